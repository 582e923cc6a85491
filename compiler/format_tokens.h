// FormatTokens: what the formatter works on. Every token of a file in order, the comments between them, and for each
// node of the tree the tokens it spans. Blanks are gone; what an author meant with line ends is kept as numbers.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "grammar/syntax_tree.h"

namespace sprx {

using TokenId = std::uint32_t;

enum class TokenKind : std::uint8_t {
  leaf,  ///< a node of its own: name, path, number, whole string, pattern, operator
  word,  ///< a keyword
  sign,  ///< `=` `=>` `->` `:` `..` `??` `-`
  comma,
  semicolon,
  open,   ///< `(` `[` `{`
  close,  ///< `)` `]` `}`
  end_of_file,
};

struct Comment {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;       ///< without blanks at its end
  std::uint32_t newlines = 0;  ///< between what stands before it and itself
};

struct Token {
  TokenKind kind = TokenKind::end_of_file;
  NodeKind owner = NodeKind::file;  ///< of a leaf its own kind, else the node it belongs to
  char first = '\0';
  bool space = false;  ///< a blank before it where the line goes on
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::uint32_t line = 0;           ///< of the source, from 0
  std::uint32_t end_line = 0;       ///< greater only for a literal that holds line ends
  std::uint32_t newlines = 0;       ///< between the comment or token before it and itself
  std::uint32_t width = 0;          ///< in characters; of a literal over several lines that of its first
  std::uint32_t first_comment = 0;  ///< those that stand before it: [first_comment, last_comment)
  std::uint32_t last_comment = 0;

  [[nodiscard]] bool commented() const { return first_comment != last_comment; }
};

class FormatTokens {
 public:
  FormatTokens(const SyntaxTree& tree, std::string_view text);

  [[nodiscard]] const Token& operator[](TokenId id) const { return tokens_[id]; }
  [[nodiscard]] const Comment& comment(std::uint32_t id) const { return comments_[id]; }
  [[nodiscard]] TokenId size() const { return static_cast<TokenId>(tokens_.size()); }  ///< the last is end_of_file
  [[nodiscard]] TokenId first(NodeId node) const { return of_node_[node].first; }
  [[nodiscard]] TokenId last(NodeId node) const { return of_node_[node].last; }
  [[nodiscard]] std::string_view text(TokenId id) const {
    return text_.substr(tokens_[id].begin, tokens_[id].end - tokens_[id].begin);
  }
  [[nodiscard]] std::string_view text(const Comment& comment) const {
    return text_.substr(comment.begin, comment.end - comment.begin);
  }
  /// Columns of the tokens `from` to `to` on one line, without a blank before the first.
  [[nodiscard]] std::uint32_t width(TokenId from, TokenId to) const;
  /// Whether something between the first and the last of these tokens ends a line: a comment, a body or list that the
  /// author wrote over several lines, a literal that holds a line end.
  [[nodiscard]] bool broken(TokenId from, TokenId to) const { return breaks_[to] != breaks_[from]; }

 private:
  struct Range {
    TokenId first = 0;
    TokenId last = 0;
  };

  void visit(NodeId id);
  void gap(NodeKind owner, std::uint32_t end, bool last);
  void leaf(const Node& node);
  void push(TokenKind kind, NodeKind owner, std::uint32_t end);
  void take_comment(std::uint32_t limit);
  std::uint32_t taken_newlines();
  void move_comments();
  void measure();
  void keep_bodies();
  [[nodiscard]] bool dropped(NodeKind owner, char c, bool last) const;
  [[nodiscard]] bool holds_on(TokenId id) const;
  [[nodiscard]] bool spaced(TokenId id) const;

  const SyntaxTree& tree_;
  std::string_view text_;
  std::vector<Token> tokens_;
  std::vector<Comment> comments_;
  std::vector<Range> of_node_;
  std::vector<std::uint32_t> columns_;  ///< where each token ends if all stood on one line
  std::vector<std::uint32_t> breaks_;   ///< reasons for a line end up to each token
  std::uint32_t at_ = 0;                ///< next byte to read
  std::uint32_t line_ = 0;
  std::uint32_t newlines_ = 0;         ///< since the last token or comment
  std::uint32_t passed_newlines_ = 0;  ///< the most before a token that was dropped since
  std::uint32_t first_comment_ = 0;    ///< of the token to come
};

}  // namespace sprx
