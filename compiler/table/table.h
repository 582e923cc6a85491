// DecisionTable: a checked program in the form that `decide` walks. Immutable once built; shared by all workers.
#pragma once

#include <memory>
#include <string>

#include "compiler/table/rules.h"

namespace sprx {

struct TableIndex;  // compiler/table/index.h: look-up structures of lists and tables, access index of the rules

/// Built by `build_table` (compiler/build_table.h), which cannot fail. Holds no source text; only names and places.
class DecisionTable {
 public:
  DecisionTable(RuleSet rules, std::unique_ptr<const TableIndex> index, std::string version);
  ~DecisionTable();
  DecisionTable(const DecisionTable&) = delete;
  DecisionTable& operator=(const DecisionTable&) = delete;

  [[nodiscard]] const RuleSet& rules() const { return rules_; }
  [[nodiscard]] const TableIndex& index() const { return *index_; }
  /// Sixteen hex digits of a stable hash of what the program says: equal programs, equal versions.
  [[nodiscard]] const std::string& version() const { return version_; }

 private:
  RuleSet rules_;
  std::unique_ptr<const TableIndex> index_;
  std::string version_;
};

/// Seals the rules, builds their index and their version.
[[nodiscard]] std::shared_ptr<const DecisionTable> make_table(RuleSet rules);
/// Sixteen hex digits; see DecisionTable::version.
[[nodiscard]] std::string version_of(const RuleSet& rules);
/// A table without rules: everything passes through.
[[nodiscard]] std::shared_ptr<const DecisionTable> empty_table();

/// The table as text: settings, lists (with row counts), lets, rules with their conditions and actions, the access
/// index.
[[nodiscard]] std::string dump(const DecisionTable& table);
/// One expression as a rule author would write it: `host == "a.example.com"`.
[[nodiscard]] std::string render(const RuleSet& rules, ExprId id);
/// What stands right of the operator of a membership, `like` or `matches`, for reports that show both sides.
[[nodiscard]] std::string render_right(const RuleSet& rules, ExprId id);

}  // namespace sprx
