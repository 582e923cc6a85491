#include "tools/top.h"

#include <algorithm>
#include <boost/json.hpp>
#include <fmt/format.h>
#include <iterator>
#include <map>

namespace sprx {
namespace {

namespace json = boost::json;

struct Row {
  const RuleSample::Rule* rule;
  double rate;
};

}  // namespace

std::optional<RuleSample> read_rule_sample(std::string_view text) {
  boost::system::error_code error;
  const json::value parsed = json::parse({text.data(), text.size()}, error);
  if (error || !parsed.is_object()) return std::nullopt;
  const json::object& object = parsed.get_object();
  const json::value* const at = object.if_contains("at_us");
  const json::value* const left_out = object.if_contains("left_out");
  const json::value* const rules = object.if_contains("rules");
  if (at == nullptr || !at->is_int64() || left_out == nullptr || rules == nullptr || !rules->is_array())
    return std::nullopt;
  RuleSample out;
  out.at_us = at->get_int64();
  out.left_out = left_out->to_number<std::size_t>(error);
  for (const json::value& each : rules->get_array()) {
    const json::object* const rule = each.if_object();
    const json::value* const name = rule != nullptr ? rule->if_contains("rule") : nullptr;
    const json::value* const dry_run = rule != nullptr ? rule->if_contains("dry_run") : nullptr;
    const json::value* const matches = rule != nullptr ? rule->if_contains("matches") : nullptr;
    if (name == nullptr || !name->is_string() || dry_run == nullptr || !dry_run->is_bool() || matches == nullptr) {
      return std::nullopt;
    }
    out.rules.push_back(
        {std::string(name->get_string()), dry_run->get_bool(), matches->to_number<std::uint64_t>(error)});
  }
  if (error) return std::nullopt;
  return out;
}

std::string top_text(const RuleSample& before, const RuleSample& now, std::size_t rows) {
  std::map<std::pair<std::string_view, bool>, std::uint64_t> old;
  for (const RuleSample::Rule& rule : before.rules) old[{rule.name, rule.dry_run}] = rule.matches;
  const double seconds = std::max(static_cast<double>(now.at_us - before.at_us) / 1e6, 1e-6);
  std::vector<Row> all;
  double sum = 0;
  for (const RuleSample::Rule& rule : now.rules) {
    if (rule.matches == 0) continue;
    const auto found = old.find({rule.name, rule.dry_run});
    // A rule that came with a reload in between, or whose count began anew, has only its present count.
    const std::uint64_t since = found != old.end() && found->second <= rule.matches ? found->second : 0;
    all.push_back({&rule, static_cast<double>(rule.matches - since) / seconds});
    sum += all.back().rate;
  }
  std::stable_sort(all.begin(), all.end(), [](const Row& a, const Row& b) {
    return a.rate != b.rate ? a.rate > b.rate : a.rule->matches > b.rule->matches;
  });
  std::string out;
  const auto to = std::back_inserter(out);
  fmt::format_to(to, "{:.1f} matches/s; {} of {} rules have matched\n{:>12} {:>14}  rule\n", sum, all.size(),
                 now.rules.size() + now.left_out, "matches/s", "matches");
  for (std::size_t i = 0; i < all.size() && (rows == 0 || i < rows); ++i) {
    fmt::format_to(to, "{:>12.1f} {:>14}  {}{}\n", all[i].rate, all[i].rule->matches, all[i].rule->name,
                   all[i].rule->dry_run ? " (dry run)" : "");
  }
  return out;
}

}  // namespace sprx
