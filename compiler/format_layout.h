// FormatLayout: decides where lines end. One walk over the tree writes every token once, in order; whether something
// stays on its line is asked of the tokens' widths, so the walk is linear.
#pragma once

#include <string>
#include <vector>

#include "compiler/format_tokens.h"
#include "compiler/format_writer.h"

namespace sprx {

class FormatLayout {
 public:
  FormatLayout(const SyntaxTree& tree, const FormatTokens& tokens) : tree_(tree), tokens_(tokens) {}

  [[nodiscard]] std::string run();

 private:
  // Statements (format_layout.cc). `indent` is the column of the line that a construct begins on.
  void entries(NodeId parent, std::uint32_t indent);
  void statement(NodeId id, std::uint32_t indent);
  void parts(NodeId id, std::uint32_t indent);
  void part(NodeKind parent, NodeId id, std::uint32_t indent);
  void argument(NodeId id, std::uint32_t indent);
  void assigned(NodeId id, std::uint32_t indent);
  void body(NodeId id, std::uint32_t indent);
  void arms(NodeId parent, std::uint32_t indent);
  std::size_t run_of_arms(const std::vector<NodeId>& arms, std::size_t from, std::uint32_t indent,
                          std::uint32_t* arrow) const;
  void arm(NodeId id, std::uint32_t indent, std::uint32_t arrow);
  void broken_arm(NodeId id, std::uint32_t indent);

  // Expressions (format_expression.cc). `joints` is the column of the `and`, `or` and `??` that lead a line.
  void expression(NodeId id, std::uint32_t indent, std::uint32_t joints);
  void chain(NodeId id, std::uint32_t joints);
  void comparison(NodeId id, std::uint32_t indent, std::uint32_t joints);
  void bracketed(NodeId id, std::uint32_t indent, std::uint32_t joints);
  void elements(const std::vector<NodeId>& elements, std::uint32_t indent, bool list);
  [[nodiscard]] bool short_elements(const std::vector<NodeId>& elements) const;

  // Tokens (format_layout.cc).
  void glue();
  void glue_until(TokenId end);
  void glue_through(TokenId last) { glue_until(last + 1); }
  void fresh(std::uint32_t indent, bool blanks);
  void close(std::uint32_t indent);
  bool comments(const Token& token, std::uint32_t indent, bool blanks);

  [[nodiscard]] const Node& node(NodeId id) const { return tree_[id]; }
  [[nodiscard]] std::vector<NodeId> children(NodeId id) const;
  /// Columns that what follows `last` takes on its line whatever happens.
  [[nodiscard]] std::uint32_t tail(TokenId last) const;
  [[nodiscard]] std::uint32_t next_column() const;
  /// Whether the node, which comes next, goes on the line as it is.
  [[nodiscard]] bool fits(NodeId id) const;
  /// Whether it would on a line of its own that begins at `indent`.
  [[nodiscard]] bool fits_at(TokenId from, TokenId to, std::uint32_t indent) const;

  const SyntaxTree& tree_;
  const FormatTokens& tokens_;
  FormatWriter writer_;
  TokenId next_ = 0;
  bool begun_ = false;      ///< a line was begun for the next token
  std::uint32_t hang_ = 2;  ///< where a line goes on that a comment ended
};

/// Whether a node has brackets or arms of its own to be broken in.
[[nodiscard]] bool opens_lines(NodeKind kind);

}  // namespace sprx
