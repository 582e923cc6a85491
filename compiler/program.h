// CheckedProgram: what `check` proves a configuration to mean. Names are ids, types and phases are right; ready to
// build.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "compiler/table/rules.h"
#include "compiler/table/tests.h"
#include "grammar/source.h"

namespace sprx {

/// Where a part of a rule's condition is written.
struct AtomPlace {
  ExprId atom = kNoExpr;
  Span where;
};

/// A `redirects` declaration and the rules that its lines are.
struct RedirectsPlace {
  std::string name;  ///< full
  Span where;
  std::uint32_t first = 0;
  std::uint32_t count = 0;
};

/// The conditions of a rule as they are written; nothing for a line of `redirects`.
struct WrittenCondition {
  std::vector<Span> whens;       ///< the rule's own, without `when`; those of the nearest group where it has none
  std::vector<AtomPlace> parts;  ///< of its groups' conditions too, outermost first
};

/// The tests of a configuration, with the places that reports about them and about what they cover point at. Apart from
/// the rules, so that a proxy never holds them; empty where tests are not looked at.
struct CheckedTests {
  std::vector<TestCase> cases;
  std::vector<Span> places;                                 ///< by PlaceId
  std::array<std::vector<Span>, 2> rule_names;              ///< as CheckedProgram's
  std::array<std::vector<WrittenCondition>, 2> conditions;  ///< likewise
  std::vector<RedirectsPlace> redirects;
};

/// A RuleSet plus what only the compiler needs. `build_table` takes `rules` over.
struct CheckedProgram {
  RuleSet rules;
  std::array<std::vector<Span>, 2> rule_names;  ///< where each rule's name stands, by Phase, parallel to RuleSet::rules
  std::array<std::vector<Span>, 2> rule_owners;  ///< likewise: the `redirects` a rule is a line of, else unknown
  std::array<std::vector<WrittenCondition>, 2> conditions;  ///< likewise; moved to the tests where they are read
  std::vector<std::vector<Span>> table_rows;                ///< by TableId: where each row's key stands
  bool doubtful = false;  ///< since something did not parse, rules may lack conditions they have
  CheckedTests tests;
  bool lints_deny = false;
};

/// The program as text, for `sprx dump --stage program`.
[[nodiscard]] std::string dump(const CheckedProgram& program);

}  // namespace sprx
