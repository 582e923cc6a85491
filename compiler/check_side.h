// Names of headers, parameters and cookies: on the side of a message that never has them, misspelt, and many in one.
#pragma once

#include <string>

#include "compiler/ast.h"
#include "compiler/check_view.h"
#include "compiler/table/vocabulary.h"

namespace sprx {

/// Of the headers that an edit names.
void lint_side(const CheckView& view, const ast::Expr& e, ActionWord word, const Action& out, Phase phase);
void lint_header_name(const CheckView& view, const ast::Expr& e, const std::string& name);
/// Of a header that is read.
void lint_read_header(const CheckView& view, const ast::Expr& e, const std::string& name, bool response);
/// Of a parameter or cookie that is read.
void lint_read_name(const CheckView& view, const ast::Expr& e, const FieldInfo& field, const std::string& name);

}  // namespace sprx
