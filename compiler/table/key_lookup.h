// KeyLookup: how a value finds its row among the keys of a list or table, for every kind of key and mode of comparison.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "compiler/table/lists.h"
#include "compiler/table/literal_scan.h"
#include "compiler/table/pattern_set.h"
#include "compiler/table/prefix_table.h"
#include "compiler/table/steps.h"
#include "compiler/table/template_table.h"
#include "compiler/table/text_table.h"

namespace sprx {

/// Immutable once built. The pool and the keys that it was built from are passed to every look-up, since they move with
/// their RuleSet; only the part that the kind and mode need holds anything.
class KeyLookup {
 public:
  /// `rows_count`: a table, which row wins counts; else any row is as good a sign that there is one.
  void build(const ExprPool& pool, const Keys& keys, bool rows_count);

  /// The row that `value` finds, kNoRow or kRowFailed.
  [[nodiscard]] std::uint32_t find(const ExprPool& pool, const Keys& keys, std::string_view value) const;
  [[nodiscard]] std::uint32_t find(const IpAddress& value) const;
  [[nodiscard]] std::uint32_t find(std::int64_t value) const;

 private:
  void build_exact(const StringPool& strings, const Keys& keys);
  void build_steps(const StringPool& strings, const Keys& keys);
  void build_affixes(const StringPool& strings, const Keys& keys);
  void build_ranges(const Keys& keys);
  [[nodiscard]] std::uint32_t find_step(const StringPool& strings, const Keys& keys, std::string_view value) const;
  [[nodiscard]] std::uint32_t find_affix(const StringPool& strings, const Keys& keys, std::string_view value) const;

  StepOrder order_ = StepOrder::path;
  std::uint32_t deepest_ = 0;
  TextTable texts_;  ///< exact keys; of steps: the step and what is below it
  TextTable below_;  ///< steps: only what is below it (`*.x.org`, `/a/`)
  TextTable only_;   ///< steps: only it (`=x.org`)
  LiteralScan literals_;
  std::vector<std::uint32_t> affixes_;  ///< sorted rows of starts_with and ends_with, none an affix of another
  PrefixTable prefixes_;
  std::vector<std::uint32_t> prefix_rows_;  ///< by node
  std::vector<std::int64_t> range_starts_;  ///< sorted
  std::vector<std::uint32_t> range_rows_;
  PatternSet patterns_;
  TemplateTable templates_;
};

}  // namespace sprx
