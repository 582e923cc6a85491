// The steps of a brief (compiler/table/brief.h), taken for one message.
#pragma once

#include "compiler/table/brief.h"
#include "runtime/decide/decision.h"
#include "runtime/decide/evaluate.h"

namespace sprx {

/// Whether a step of a condition holds. Worth nothing once `inputs().failed()`.
[[nodiscard]] bool holds(const BriefStep& step, Evaluation& evaluation);
/// Does what a step of rule `index` says, any but Kind::act. True: it ends the phase.
[[nodiscard]] bool take(const BriefStep& step, const StringPool& strings, RuleIndex index, Decision& out);

}  // namespace sprx
