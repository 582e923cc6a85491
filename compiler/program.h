// CheckedProgram: what `check` proves a configuration to mean. Names are ids, types and phases are right; ready to build.
#pragma once

#include <string>
#include <vector>

#include "compiler/table/rules.h"
#include "grammar/source.h"

namespace sprx {

/// A RuleSet plus what only the compiler needs. `build_table` takes `rules` over.
struct CheckedProgram {
  RuleSet rules;
  std::array<std::vector<Span>, 2> rule_names;  ///< where each rule's name stands, by Phase, parallel to RuleSet::rules
  std::array<std::vector<Span>, 2> rule_owners;  ///< likewise: the `redirects` a rule is a line of, else unknown
  std::vector<std::vector<Span>> table_rows;     ///< by TableId: where each row's key stands
  std::vector<bool> list_is_data;   ///< by ListId: its rows come from a file; that it is empty today is no mistake
  std::vector<bool> table_is_data;  ///< by TableId
  bool incomplete = false;          ///< conditions or rules are missing since something did not parse
  bool lints_deny = false;
};

/// The program as text, for `sprx dump --stage program`.
[[nodiscard]] std::string dump(const CheckedProgram& program);

}  // namespace sprx
