// Excluding: an `or` of negations of which one always holds.
#pragma once

#include <cstddef>
#include <vector>

#include "compiler/ast.h"
#include "compiler/check_view.h"

namespace sprx {

class Excluding {
 public:
  explicit Excluding(const CheckView& view) : view_(view) {}

  /// Looks at an `or` with its checked operands: what differs in a text is told, what needs a proof is kept.
  void look_at(const ast::Expr& e, const std::vector<ExprId>& operands);
  /// Proves what was kept, once all lists have their rows.
  void tell();

 private:
  struct Negations {
    const ast::Expr* e = nullptr;       ///< the `or`
    std::vector<std::size_t> branches;  ///< that negate a comparison of one value
    std::vector<ExprId> claims;         ///< what they negate
  };
  bool either_differs(const ast::Expr& e, const std::vector<ExprId>& operands);
  void note(const ast::Expr& e, const std::vector<ExprId>& operands);
  void tell_one(const Negations& all);

  const CheckView view_;
  std::vector<Negations> negations_;  ///< may exclude each other
};

}  // namespace sprx
