// What other languages write into the place of a template.
#pragma once

#include <string_view>

#include "compiler/ast.h"
#include "compiler/check_view.h"

namespace sprx {

void lint_template(const CheckView& view, const ast::Expr& e);
/// Of the source in a line of redirects.
void lint_template_of_file(const CheckView& view, std::string_view text, Span where);

}  // namespace sprx
