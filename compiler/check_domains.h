// Beginnings and ends of hosts, paths and URLs without a boundary.
#pragma once

#include <optional>
#include <string>

#include "compiler/ast.h"
#include "compiler/check_view.h"
#include "compiler/scopes.h"

namespace sprx {

/// A beginning or an end that takes more than was meant.
struct Unbounded {
  std::string taken;  ///< what it takes too
  std::string help;
  std::string form;  ///< the whole comparison as it should be
};

/// `text` at the beginning or the end of `left`, which is written as `subject`.
[[nodiscard]] std::optional<Unbounded> without_boundary(const CheckView& view, const ast::Expr& subject,
                                                        const Value& left, const std::string& text, MatchMode mode,
                                                        bool negated);
/// Of one text on the right of the comparison `e`.
void lint_boundary(const CheckView& view, const ast::Expr& e, const ast::Expr& right, const Value& left,
                   MatchMode mode);

}  // namespace sprx
