// What other languages put into text: `$host`, `{name}`, `${…}` in `"""…"""`.
#pragma once

#include "compiler/ast.h"
#include "compiler/check_view.h"
#include "compiler/scopes.h"

namespace sprx {

/// `uses` learns of the captures that are meant.
void lint_foreign_text(const CheckView& view, const ast::Expr& e, const Env& env, CaptureUses& uses);

}  // namespace sprx
