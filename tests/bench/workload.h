// Workload: rule files and request heads for the benchmarks; everything follows from the numbers that are passed.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "compiler/table/table.h"

namespace sprx::bench {

/// What the rules of a file look like.
enum class Rules {
  mixed,           ///< a quarter each: exact-path redirects, prefix + method denials, host + prefix edits, user agents
  one_host,        ///< all on one host, told apart by path and method
  one_regex_each,  ///< each has a pattern of its own on the path
  all_match,       ///< every one matches every request, none ends it
  deep_groups,     ///< eight groups around each
  hundred_conditions,  ///< a hundred conditions a rule
};

/// What the requests meet in Rules::mixed.
enum class Traffic {
  nothing,  ///< no rule answers
  mixed,    ///< 20 % exact paths, 12 % prefix + POST, 20 % host + prefix, 5 % bots
};

/// Length of a head, bytes, and how far it may be off.
inline constexpr std::size_t kHeadBytes = 600;
inline constexpr std::size_t kHeadSlack = 20;
/// Distinct heads of one run.
inline constexpr std::size_t kHeads = 4'000;

[[nodiscard]] std::string rule_file(Rules rules, std::size_t count);
/// The file compiled; the process ends where it has a mistake, which would be one of this file's.
[[nodiscard]] std::shared_ptr<const DecisionTable> table_of(std::string file);
[[nodiscard]] std::vector<std::string> heads(Traffic traffic, std::size_t rule_count);
/// One head of about 8 000 bytes whose User-Agent is put together from pieces of the literals of Rules::mixed.
[[nodiscard]] std::string hostile_head(std::size_t rule_count);

}  // namespace sprx::bench
