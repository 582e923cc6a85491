// Text that is sent or compared as it stands where something else is meant.
#pragma once

#include <string_view>

#include "compiler/ast.h"
#include "compiler/check_view.h"
#include "compiler/scopes.h"

namespace sprx {

/// A part of a template in a target; `uses` learns of the capture that is meant.
void lint_template_in_target(const CheckView& view, const ast::Expr& e, const Env& env, CaptureUses& uses);
/// The same in a target of a `redirects` file.
void lint_template_in_row(const CheckView& view, std::string_view text, Span where, const Env& env);
/// A rule that refuses requests by what the client wrote.
void lint_raw_guard(const CheckView& view, const ast::Rule& rule);
/// A `when` behind an edit: it is for the edit too.
void lint_late_condition(const CheckView& view, const ast::Rule& rule);
/// `redirect 301 "http://…"`
void lint_http_target(const CheckView& view, const ast::Expr& e);

}  // namespace sprx
