// PlainBodies: bodies that are HTML, of answers without a type.
#pragma once

#include <vector>

#include "compiler/ast.h"
#include "compiler/check_view.h"

namespace sprx {

/// `body "errors/503.html";`
void lint_file_as_body(const CheckView& view, const ast::Expr& e);

class PlainBodies {
 public:
  explicit PlainBodies(const CheckView& view) : view_(view) {}

  /// `before`: what the answer's rule has done by then.
  void note(const ast::Block& block, const Answer& answer, const std::vector<Action>& before);
  /// Once all rules have been added: one of responses may give them their type.
  void tell();

 private:
  [[nodiscard]] bool sets_type(const Action& action) const;

  const CheckView view_;
  std::vector<Span> bodies_;
};

}  // namespace sprx
