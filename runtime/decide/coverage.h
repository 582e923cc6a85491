// Coverage: which rules tests matched, and what each part of their conditions came to, seen along the walk that the
// language promises: rules in order up to the one that ends the phase, conditions left to right.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "compiler/table/table.h"
#include "runtime/decide/arena.h"
#include "runtime/decide/decide.h"

namespace sprx {

struct AtomCoverage {
  ExprId atom = kNoExpr;  ///< a comparison, or its negation where that is what is written
  std::uint32_t seen_true = 0;
  std::uint32_t seen_false = 0;
};

struct RuleCoverage {
  std::uint32_t reached = 0;        ///< in how many tests its condition was asked
  std::vector<AtomCoverage> atoms;  ///< in the order they are written, each once
};

struct Coverage {
  std::array<std::vector<RuleCoverage>, 2> rules;  ///< by Phase
};

/// Every rule with its atoms and nothing seen.
[[nodiscard]] Coverage empty_coverage(const RuleSet& rules);

/// Notes one phase of one message; `decision` is what `decide` came to.
void cover(const DecisionTable& table, Phase phase, const RequestFacts& request, const ResponseHead* response,
           const LiveView& live, const Decision& decision, Arena& arena, Scratch& scratch, Coverage& coverage);

/// Which rules can read the time, in their conditions or in actions other than `log`.
class TimeReaders {
 public:
  explicit TimeReaders(const RuleSet& rules);
  [[nodiscard]] const std::vector<RuleIndex>& of(Phase phase) const { return rules_[static_cast<std::size_t>(phase)]; }
  [[nodiscard]] bool none() const { return rules_[0].empty() && rules_[1].empty(); }

 private:
  std::array<std::vector<RuleIndex>, 2> rules_;
};

/// The first rule that asked for the time on the way to `decision`, kNoRule if none did.
inline constexpr RuleIndex kNoRuleIndex = 0xFFFFFFFF;
[[nodiscard]] RuleIndex asked_for_time(const DecisionTable& table, const TimeReaders& readers, Phase phase,
                                       const RequestFacts& request, const ResponseHead* response, const LiveView& live,
                                       const Decision& decision, Arena& arena, Scratch& scratch);

}  // namespace sprx
