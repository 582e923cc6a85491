#include "runtime/rule_hits.h"

#include <algorithm>
#include <numeric>
#include <unordered_map>

namespace sprx {
namespace {

/// `legacy` of `legacy.12`, a line of `redirects legacy`; nothing for a rule, whose name begins with no digit.
std::string_view redirects_of(std::string_view rule) {
  const std::size_t dot = rule.rfind('.');
  const bool line =
      dot != std::string_view::npos && dot + 1 < rule.size() && rule[dot + 1] >= '0' && rule[dot + 1] <= '9';
  return line ? rule.substr(0, dot) : std::string_view();
}

std::string key_of(const std::string& name, bool dry_run) { return dry_run ? name + '?' : name; }

}  // namespace

RuleHits::RuleHits(const RuleSet& rules, std::size_t workers) {
  for (const Phase phase : {Phase::request, Phase::response}) {
    std::vector<std::uint32_t>& row_of = row_of_[static_cast<std::size_t>(phase)];
    row_of.reserve(rules.of(phase).size());
    std::string_view open;  // the redirects whose lines are coming
    for (const Rule& rule : rules.of(phase)) {
      const std::string_view name = rules.pool.strings.view(rule.name);
      const std::string_view redirects = redirects_of(name);
      if (redirects.empty() || redirects != open) {
        const bool dry_run = rule.guard != kNoGuard && rules.guards[rule.guard].dry_run;
        rows_.push_back({std::string(redirects.empty() ? name : redirects), dry_run, kNone, 0});
      }
      open = redirects;
      row_of.push_back(static_cast<std::uint32_t>(rows_.size() - 1));
    }
  }
  counts_.resize(workers);
  for (std::vector<Line>& mine : counts_) mine = std::vector<Line>((rows_.size() + kLine - 1) / kLine);
}

std::uint64_t RuleHits::own(std::size_t row) const {
  std::uint64_t sum = 0;
  for (const std::vector<Line>& worker : counts_) sum += worker[row / kLine].counters[row % kLine].value();
  return sum;
}

std::shared_ptr<RuleHits> HitBook::bind(const RuleSet& rules) {
  auto next = std::make_shared<RuleHits>(rules, workers_);
  const std::lock_guard lock(mutex_);
  if (!tables_.empty()) {
    const std::vector<RuleHits::Row>& before = tables_.back()->rows_;
    std::unordered_map<std::string, std::uint32_t> places;
    for (std::uint32_t row = 0; row < before.size(); ++row)
      places.emplace(key_of(before[row].name, before[row].dry_run), row);
    for (RuleHits::Row& row : next->rows_) {
      const auto found = places.find(key_of(row.name, row.dry_run));
      if (found != places.end()) row.before = found->second;
    }
  }
  tables_.push_back(next);
  return next;
}

bool HitBook::collect() {
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i + 1 < tables_.size();) {
    if (tables_[i].use_count() > 1) {
      ++i;
      continue;
    }
    for (RuleHits::Row& row : tables_[i + 1]->rows_) {
      if (row.before == RuleHits::kNone) continue;
      const RuleHits::Row& gone = tables_[i]->rows_[row.before];
      row.base += gone.base + tables_[i]->own(row.before);
      row.before = gone.before;
    }
    tables_.erase(tables_.begin() + static_cast<std::ptrdiff_t>(i));
  }
  return tables_.size() > 1;
}

std::uint64_t HitBook::total(std::size_t table, std::uint32_t row) const {
  std::uint64_t sum = 0;
  for (;; --table) {
    const RuleHits::Row& at = tables_[table]->rows_[row];
    sum += at.base + tables_[table]->own(row);
    if (at.before == RuleHits::kNone) return sum;
    row = at.before;
  }
}

HitBook::Report HitBook::take(const std::vector<std::uint32_t>& order, std::size_t most) const {
  Report out;
  const std::size_t current = tables_.size() - 1;
  for (const std::uint32_t row : order) {
    const RuleHits::Row& about = tables_[current]->rows_[row];
    const std::uint64_t matches = total(current, row);
    if (out.rules.size() < most) {
      out.rules.push_back({about.name, about.dry_run, matches});
    } else {
      ++out.left_out;
      (about.dry_run ? out.others_would : out.others) += matches;
    }
  }
  return out;
}

HitBook::Report HitBook::report(std::size_t most) const {
  const std::lock_guard lock(mutex_);
  if (tables_.empty()) return {};
  std::vector<std::uint32_t> order(tables_.back()->rows_.size());
  std::iota(order.begin(), order.end(), 0U);
  return take(order, most);
}

HitBook::Report HitBook::top(std::size_t most) const {
  const std::lock_guard lock(mutex_);
  if (tables_.empty()) return {};
  // Read once: the counts go on while they are sorted.
  std::vector<std::pair<std::uint64_t, std::uint32_t>> counted(tables_.back()->rows_.size());
  for (std::uint32_t row = 0; row < counted.size(); ++row) counted[row] = {total(tables_.size() - 1, row), row};
  std::sort(counted.begin(), counted.end(),
            [](const auto& a, const auto& b) { return a.first != b.first ? a.first > b.first : a.second < b.second; });
  std::vector<std::uint32_t> order;
  order.reserve(counted.size());
  for (const auto& [matches, row] : counted) order.push_back(row);
  return take(order, most);
}

}  // namespace sprx
