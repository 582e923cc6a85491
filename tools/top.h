// `sprx ctl top`: how often each rule matches now, from two looks at the proxy's counts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sprx {

/// The proxy's answer to GET /rules.
struct RuleSample {
  struct Rule {
    std::string name;
    bool dry_run = false;
    std::uint64_t matches = 0;
  };
  std::int64_t at_us = 0;  ///< of the proxy's steady clock
  std::size_t left_out = 0;
  std::vector<Rule> rules;
};

/// Nothing if `text` is no such answer.
[[nodiscard]] std::optional<RuleSample> read_rule_sample(std::string_view text);

/// The rules that have matched, those that match most often now first; `rows` of them, 0 for all.
[[nodiscard]] std::string top_text(const RuleSample& before, const RuleSample& now, std::size_t rows);

}  // namespace sprx
