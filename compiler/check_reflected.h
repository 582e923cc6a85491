// Answers that any site may read with the visitor's cookies.
#pragma once

#include <vector>

#include "compiler/check_view.h"

namespace sprx {

/// Of a rule's actions, which stand at `places`; `condition` is the rule's and that of the groups around it.
void lint_reflected_origin(const CheckView& view, const std::vector<Action>& actions, const std::vector<Span>& places,
                           ExprId condition);

}  // namespace sprx
