// RuleHits: how often each rule matched. Each worker counts in memory of its own, without a lock or a shared cache
// line; reports add up, and go on from a table to the next by the names of the rules.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "runtime/decide/decision.h"
#include "runtime/histogram.h"

namespace sprx {

/// The counts of one table. A row is a rule; all lines of a `redirects` are one row (their own names are in the log).
class RuleHits {
 public:
  RuleHits(const RuleSet& rules, std::size_t workers);

  /// The worker: one more match of each rule.
  void count(std::size_t worker, Phase phase, std::span<const RuleIndex> matched) {
    Line* const mine = counts_[worker].data();
    const std::uint32_t* const row_of = row_of_[static_cast<std::size_t>(phase)].data();
    for (const RuleIndex rule : matched) mine[row_of[rule] / kLine].counters[row_of[rule] % kLine].add();
  }

 private:
  friend class HitBook;
  static constexpr std::size_t kLine = 8;  ///< counters in a cache line
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;
  struct alignas(64) Line {
    Counter counters[kLine];
  };
  struct Row {
    std::string name;
    bool dry_run = false;
    std::uint32_t before = kNone;  ///< the same rule's row in the table before
    std::uint64_t base = 0;        ///< of tables that are gone
  };
  [[nodiscard]] std::uint64_t own(std::size_t row) const;

  std::vector<Row> rows_;  ///< in source order, request rules first
  std::vector<std::uint32_t> row_of_[2];
  std::vector<std::vector<Line>> counts_;
};

/// The counts of all tables that are or were in use. A rule is known by its name and whether it is on trial: while both
/// stay, its count goes on; a rule that is gone takes its count along. Any thread.
class HitBook {
 public:
  explicit HitBook(std::size_t workers) : workers_(workers) {}

  [[nodiscard]] std::shared_ptr<RuleHits> bind(const RuleSet& rules);
  /// Takes over the counts of tables that nobody holds any more; true while some are left.
  bool collect();

  struct Hit {
    std::string name;
    bool dry_run = false;
    std::uint64_t matches = 0;
  };
  struct Report {
    std::vector<Hit> rules;
    std::size_t left_out = 0;        ///< rules that are not in `rules` …
    std::uint64_t others = 0;        ///< … and their matches
    std::uint64_t others_would = 0;  ///< of those on trial
  };
  /// The first `most` rules in source order.
  [[nodiscard]] Report report(std::size_t most) const;
  /// The `most` rules that matched most often, those first.
  [[nodiscard]] Report top(std::size_t most) const;

 private:
  [[nodiscard]] std::uint64_t total(std::size_t table, std::uint32_t row) const;
  [[nodiscard]] Report take(const std::vector<std::uint32_t>& order, std::size_t most) const;

  std::size_t workers_;
  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<RuleHits>> tables_;  ///< oldest first; the last is the current one
};

}  // namespace sprx
