// What stands behind a `let`, and the condition that a boolean value is.
#pragma once

#include "compiler/table/rules.h"

namespace sprx {

/// The value that a let, or a let of a let, stands for; any other value is itself.
[[nodiscard]] ExprId resolve_let(const RuleSet& rules, ExprId value);

/// The condition that decides a boolean value, lets looked through: of `choose { C => true; else => false; }`, which is
/// how a condition stands as a value, it is C. `negated`: the value is true where the condition does not hold. kNoExpr
/// where the value is of another form.
[[nodiscard]] ExprId condition_behind(const RuleSet& rules, ExprId value, bool& negated);

}  // namespace sprx
