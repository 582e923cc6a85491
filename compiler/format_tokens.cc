#include "compiler/format_tokens.h"

#include <algorithm>
#include <utility>

#include "compiler/table/utf8.h"

namespace sprx {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

/// Nodes whose text is one token. Strings are: what is between their quotes stays as it is.
bool is_leaf(NodeKind kind) {
  switch (kind) {
    case NodeKind::operator_:
    case NodeKind::rate:
    case NodeKind::measure:
    case NodeKind::integer:
    case NodeKind::string:
    case NodeKind::regex:
    case NodeKind::path:
    case NodeKind::name:
      return true;
    default:
      return false;
  }
}

TokenKind kind_of(char c) {
  switch (c) {
    case ',':
      return TokenKind::comma;
    case ';':
      return TokenKind::semicolon;
    case '(':
    case '[':
    case '{':
      return TokenKind::open;
    case ')':
    case ']':
    case '}':
      return TokenKind::close;
    default:
      return TokenKind::sign;
  }
}

bool has_named_body(NodeKind kind) {
  return kind == NodeKind::rule || kind == NodeKind::group || kind == NodeKind::limit || kind == NodeKind::test;
}

bool joins_operands(const Token& token, std::string_view text) {
  const bool chain =
      token.owner == NodeKind::or_expr || token.owner == NodeKind::and_expr || token.owner == NodeKind::fallback;
  return chain && token.kind != TokenKind::leaf && (text == "and" || text == "or" || text == "??");
}

}  // namespace

FormatTokens::FormatTokens(const SyntaxTree& tree, std::string_view text)
    : tree_(tree), text_(text), of_node_(tree.nodes.size()) {
  if (text.starts_with("\xEF\xBB\xBF")) at_ = 3;
  if (tree.root != Node::kNone) visit(tree.root);
  gap(NodeKind::file, static_cast<std::uint32_t>(text.size()), true);
  push(TokenKind::end_of_file, NodeKind::file, at_);
  move_comments();
  measure();
}

void FormatTokens::visit(NodeId id) {
  const Node& node = tree_[id];
  of_node_[id].first = size();
  if (is_leaf(node.kind)) {
    leaf(node);
  } else {
    for (NodeId child = node.first_child; child != Node::kNone; child = tree_[child].next_sibling) {
      gap(node.kind, tree_[child].begin, false);
      visit(child);
    }
    gap(node.kind, node.end, true);
  }
  of_node_[id].last = size() > 0 ? size() - 1 : 0;
}

void FormatTokens::leaf(const Node& node) { push(TokenKind::leaf, node.kind, node.end); }

/// Whether a token says nothing: an empty statement, or the comma before a list's `]`, which the layout puts in or not.
bool FormatTokens::dropped(NodeKind owner, char c, bool last) const {
  const bool holds_statements =
      owner == NodeKind::file || owner == NodeKind::rule || owner == NodeKind::group || owner == NodeKind::block;
  if (c == ';') return holds_statements;
  return c == ',' && last && owner == NodeKind::list_literal;
}

/// Reads what stands between nodes; `last` after the last child of `owner`.
void FormatTokens::gap(NodeKind owner, std::uint32_t end, bool last) {
  while (at_ < end) {
    const char c = text_[at_];
    if (is_space(c)) {
      newlines_ += c == '\n' ? 1 : 0;
      line_ += c == '\n' ? 1 : 0;
      ++at_;
    } else if (c == '#') {
      take_comment(end);
    } else if (is_word(c)) {
      std::uint32_t stop = at_ + 1;
      while (stop < end && (is_word(text_[stop]) || (text_[stop] >= '0' && text_[stop] <= '9'))) ++stop;
      push(TokenKind::word, owner, stop);
    } else if (dropped(owner, c, last)) {
      passed_newlines_ = std::max(passed_newlines_, newlines_);
      newlines_ = 0;
      ++at_;
    } else {
      const std::string_view two = text_.substr(at_, 2);
      const bool pair = two == "=>" || two == "->" || two == ".." || two == "??";
      push(kind_of(c), owner, at_ + (pair ? 2 : 1));
    }
  }
}

/// Line ends since the last comment or token; a token that is dropped is none.
std::uint32_t FormatTokens::taken_newlines() {
  return std::max(std::exchange(passed_newlines_, 0), std::exchange(newlines_, 0));
}

void FormatTokens::take_comment(std::uint32_t limit) {
  const std::size_t found = text_.substr(0, limit).find('\n', at_);
  const auto stop = static_cast<std::uint32_t>(std::min<std::size_t>(found, limit));
  std::uint32_t end = stop;
  while (is_space(text_[end - 1])) --end;
  comments_.push_back({at_, end, taken_newlines()});
  at_ = stop;
}

void FormatTokens::push(TokenKind kind, NodeKind owner, std::uint32_t end) {
  Token token;
  token.kind = kind;
  token.owner = owner;
  token.begin = at_;
  token.end = end;
  token.newlines = taken_newlines();
  token.line = line_;
  const std::string_view text = text_.substr(at_, end - at_);
  token.first = text.empty() ? '\0' : text.front();
  token.width = utf8_count(text.substr(0, text.find('\n')));
  token.first_comment = first_comment_;
  token.last_comment = static_cast<std::uint32_t>(comments_.size());
  line_ += static_cast<std::uint32_t>(std::count(text.begin(), text.end(), '\n'));
  token.end_line = line_;
  tokens_.push_back(token);
  first_comment_ = token.last_comment;
  at_ = end;
}

/// Whether a token always follows the one before it on its line. A comment between the two goes behind it.
bool FormatTokens::holds_on(TokenId id) const {
  const Token& token = tokens_[id];
  const Token& before = tokens_[id - 1];
  if (token.kind == TokenKind::comma || token.kind == TokenKind::semicolon) return true;
  if (token.kind == TokenKind::sign && token.first == ':') return true;
  if (token.first == '{' && token.kind == TokenKind::open) return true;
  if (token.first == '(' && token.kind == TokenKind::open) return token.owner == NodeKind::call;
  if (token.first == '[' && token.kind == TokenKind::open) {
    return token.owner == NodeKind::index || before.owner == NodeKind::operator_ || before.first == '=';
  }
  if (token.kind == TokenKind::leaf && token.owner == NodeKind::name) {
    return before.kind == TokenKind::word && has_named_body(before.owner);
  }
  return token.kind == TokenKind::word && token.owner == NodeKind::rule && before.owner == NodeKind::rule &&
         before.kind == TokenKind::word;
}

/// Comments behind `and`, `or` and `??` go before them, since these lead their line; those before a token that ends its
/// line go behind it. Their order never changes.
void FormatTokens::move_comments() {
  for (TokenId id = 0; id + 1 < size(); ++id) {
    if (!joins_operands(tokens_[id], text(id))) continue;
    tokens_[id].last_comment = tokens_[id + 1].last_comment;
    tokens_[id + 1].first_comment = tokens_[id + 1].last_comment;
  }
  for (TokenId id = 1; id + 1 < size(); ++id) {
    if (!tokens_[id].commented() || !holds_on(id)) continue;
    tokens_[id + 1].first_comment = tokens_[id].first_comment;
    tokens_[id].last_comment = tokens_[id].first_comment;
  }
}

bool FormatTokens::spaced(TokenId id) const {
  const Token& token = tokens_[id];
  const Token& before = tokens_[id - 1];
  const bool opened = before.kind == TokenKind::open;
  switch (token.kind) {
    case TokenKind::comma:
    case TokenKind::semicolon:
      return false;
    case TokenKind::close:
      return token.first == '}' && !(opened && before.first == '{');
    case TokenKind::open:
      if (token.owner == NodeKind::call || token.owner == NodeKind::index) return false;
      break;
    case TokenKind::sign:
      if (token.first == ':' || token.first == '.') return false;
      break;
    default:
      break;
  }
  if (opened) return before.first == '{';
  return !(before.kind == TokenKind::sign &&
           (before.first == '.' || (before.first == '-' && before.owner == NodeKind::score_term)));
}

void FormatTokens::measure() {
  columns_.resize(size());
  breaks_.resize(size());
  for (TokenId id = 0; id < size(); ++id) {
    Token& token = tokens_[id];
    token.space = id > 0 && spaced(id);
    columns_[id] = (id > 0 ? columns_[id - 1] : 0) + (token.space ? 1 : 0) + token.width;
    breaks_[id] += token.commented() ? 1 : 0;
    if (token.end_line != token.line && id + 1 < size()) ++breaks_[id + 1];
  }
  keep_bodies();
  for (TokenId id = 1; id < size(); ++id) breaks_[id] += breaks_[id - 1];
}

/// What an author wrote over several lines stays so. It counts at the token after the opening one: that lies within
/// every range that holds the opening one and more.
void FormatTokens::keep_bodies() {
  std::vector<TokenId> open;
  for (TokenId id = 0; id < size(); ++id) {
    const Token& token = tokens_[id];
    if (token.kind == TokenKind::open) open.push_back(id);
    if (token.kind != TokenKind::close || open.empty()) continue;
    const TokenId start = open.back();
    open.pop_back();
    if (id == start + 1) continue;
    const bool body = token.first == '}' && (token.line != tokens_[start].line || token.owner == NodeKind::group);
    const bool list = token.owner == NodeKind::list_literal && tokens_[start + 1].line != tokens_[start].line;
    if (body || list) ++breaks_[start + 1];
  }
}

std::uint32_t FormatTokens::width(TokenId from, TokenId to) const {
  const std::uint32_t before = from > 0 ? columns_[from - 1] : 0;
  return columns_[to] - before - (tokens_[from].space ? 1 : 0);
}

}  // namespace sprx
