// TreeReader: what building the declarations and the expressions of an ast::File share: a syntax tree with its text,
// and the bound on how deep it is followed.
#pragma once

#include <string_view>
#include <vector>

#include "compiler/ast.h"

namespace sprx::ast {

/// Deeper trees than any the parser makes on purpose (its own bound is ParseLimits::depth); what is below is poisoned.
inline constexpr int kMaxTreeDepth = 400;

class TreeReader {
 public:
  TreeReader(const SyntaxTree& tree, std::string_view text) : tree_(tree), text_(text) {}

  /// An expression; an `error` one where it did not parse or lies too deep.
  Expr expr(NodeId at, int depth);

 protected:
  /// Whether `depth` is past what is followed; the first such place is kept.
  bool too_deep(NodeId at, int depth) {
    if (depth <= kMaxTreeDepth) return false;
    if (!too_deep_.known()) too_deep_ = {tree_.file, node(at).begin, node(at).begin + 1};
    return true;
  }
  [[nodiscard]] const Node& node(NodeId id) const { return tree_[id]; }
  [[nodiscard]] std::string_view text_of(NodeId id) const {
    return text_.substr(node(id).begin, node(id).end - node(id).begin);
  }
  [[nodiscard]] std::vector<NodeId> children(NodeId id) const {
    std::vector<NodeId> out;
    for (NodeId at = node(id).first_child; at != Node::kNone; at = node(at).next_sibling) out.push_back(at);
    return out;
  }

  const SyntaxTree& tree_;
  std::string_view text_;
  Span too_deep_;

 private:
  void compound(NodeId at, Expr& out, int depth);
  void widen_operator(Expr& out, std::uint32_t left_end) const;
  void string(NodeId at, Expr& out, int depth);
  void regex(NodeId at, Expr& out) const;
  void term(NodeId at, Expr& out, int depth);
  void measure(NodeId at, Expr& out) const;
};

}  // namespace sprx::ast
