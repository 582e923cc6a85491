// Edits that are hardly meant so: of the same twice in one rule, and of names that are written as several.
#pragma once

#include <string>
#include <vector>

#include "compiler/ast.h"
#include "compiler/check_view.h"

namespace sprx {

/// Of a name that `unset` or `keep` is given.
void lint_edit_name(const CheckView& view, const ast::Expr& key, const std::string& name, ActionWord word);
/// Of the next action of a rule. `before`: those that it has, which stand at `places`.
void lint_edited_twice(const CheckView& view, const std::vector<Action>& before, const std::vector<Span>& places,
                       const ast::Action& a, const Action& action);
/// Of a response cookie that is set to the value it has: its attributes are lost.
void lint_cookie_again(const CheckView& view, const ast::Action& a, const Action& action);

}  // namespace sprx
