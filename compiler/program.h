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
  bool lints_deny = false;
};

/// The program as text, for `sprx dump --stage program`.
[[nodiscard]] std::string dump(const CheckedProgram& program);

}  // namespace sprx
