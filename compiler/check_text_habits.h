// Text beside an operator that is hardly meant as it is written.
#pragma once

#include <span>
#include <string_view>

#include "compiler/ast.h"
#include "compiler/check_view.h"
#include "compiler/scopes.h"

namespace sprx {

/// Written as a pattern, a template, a value of another form. `negated`: the comparison holds where the text is not
/// met.
void lint_plain_text(const CheckView& view, const ast::Expr& literal, const Value& left, std::string_view op,
                     bool negated = false);
/// A whole `Content-Type` that has parameters when it is sent. `e`: the comparison, or the list that the text is in.
void lint_media_type(const CheckView& view, const ast::Expr& e, const ast::Expr& literal, const Value& left);
/// `contains "googlebot"` where all that send it write `Googlebot`. `others`: of a list that it stands in.
void lint_agent_case(const CheckView& view, const ast::Expr& literal, const Value& left, std::string_view op,
                     std::span<const ast::Expr> others = {});
/// Capitals in what is sent in small letters or in any case.
void lint_wire_case(const CheckView& view, const ast::Expr& e, const ast::Expr& literal, const Value& left);

/// Signs of a pattern beside `op`, which takes text. True: something was said.
bool lint_pattern_sign(const CheckView& view, const ast::Expr& literal, const Value& left, std::string_view op);
/// What the field beside it hardly ever is. True: something was said.
bool lint_unlike_value(const CheckView& view, const ast::Expr& literal, const Value& left, std::string_view op);
/// `matches r"^/old"`: a pattern that is plain text.
void lint_literal_pattern(const CheckView& view, const ast::Expr& e, const Value& left, const Pattern& pattern);

}  // namespace sprx
