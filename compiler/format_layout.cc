#include "compiler/format_layout.h"

#include <algorithm>

#include "compiler/format.h"

namespace sprx {
namespace {

/// Columns of one step of indentation.
constexpr std::uint32_t kStep = 2;
/// ` => ` between a condition and its value.
constexpr std::uint32_t kArrowColumns = 4;

bool holds_arms(NodeKind kind) { return kind == NodeKind::choose || kind == NodeKind::map_literal; }

}  // namespace

std::string FormatLayout::run() {
  entries(tree_.root, 0);
  comments(tokens_[next_], 0, true);
  return writer_.take();
}

std::vector<NodeId> FormatLayout::children(NodeId id) const {
  std::vector<NodeId> out;
  for (NodeId child = node(id).first_child; child != Node::kNone; child = node(child).next_sibling)
    out.push_back(child);
  return out;
}

// --- tokens ---

/// Writes the comments before a token. True: the line is over.
bool FormatLayout::comments(const Token& token, std::uint32_t indent, bool blanks) {
  for (std::uint32_t at = token.first_comment; at != token.last_comment; ++at) {
    const Comment& comment = tokens_.comment(at);
    if (at == token.first_comment && comment.newlines == 0 && !writer_.empty()) {
      writer_.trailing(tokens_.text(comment));
    } else {
      writer_.fresh(indent, blanks && comment.newlines > 1);
      writer_.own_line(tokens_.text(comment));
    }
  }
  return token.commented();
}

/// The next token, where the line goes on.
void FormatLayout::glue() {
  const Token& token = tokens_[next_];
  if (!begun_ && comments(token, hang_, false)) {
    writer_.fresh(hang_, false);
  } else if (!begun_ && token.space) {
    writer_.spaces(1);
  }
  begun_ = false;
  writer_.text(tokens_.text(next_));
  ++next_;
}

void FormatLayout::glue_until(TokenId end) {
  while (next_ < end) glue();
}

/// Begins a line for the next token, and for each of its comments before that.
void FormatLayout::fresh(std::uint32_t indent, bool blanks) {
  const Token& token = tokens_[next_];
  comments(token, indent, blanks);
  writer_.fresh(indent, blanks && token.newlines > 1);
  begun_ = true;
}

/// The bracket that closes what stands one step further in, and the last comments of that.
void FormatLayout::close(std::uint32_t indent) {
  comments(tokens_[next_], indent + kStep, true);
  writer_.fresh(indent, false);
  begun_ = true;
  glue();
}

std::uint32_t FormatLayout::tail(TokenId last) const {
  std::uint32_t columns = 0;
  for (TokenId at = last + 1; at < tokens_.size() && !tokens_[at].commented(); ++at) {
    const Token& token = tokens_[at];
    if (token.kind == TokenKind::comma || token.kind == TokenKind::semicolon) return columns + 1;
    const bool brace = token.first == '{' || token.first == '}';
    if (token.kind == TokenKind::close && !brace) {
      columns += 1;
      continue;
    }
    if (token.kind == TokenKind::open && brace) return columns + 2;
    if (token.kind == TokenKind::sign && token.first == '=') return columns + 1 + token.width;
    return columns;
  }
  return columns;
}

bool FormatLayout::fits_at(TokenId from, TokenId to, std::uint32_t indent) const {
  return !tokens_.broken(from, to) && indent + tokens_.width(from, to) + tail(to) <= kFormatColumns;
}

/// The column of the next token if the line goes on.
std::uint32_t FormatLayout::next_column() const {
  const Token& token = tokens_[next_];
  if (begun_) return writer_.column();
  return token.commented() ? hang_ : writer_.column() + (token.space ? 1 : 0);
}

bool FormatLayout::fits(NodeId id) const { return fits_at(next_, tokens_.last(id), next_column()); }

// --- statements ---

void FormatLayout::entries(NodeId parent, std::uint32_t indent) {
  if (holds_arms(node(parent).kind)) return arms(parent, indent);
  for (NodeId child = node(parent).first_child; child != Node::kNone; child = node(child).next_sibling) {
    if (tokens_.first(child) < next_) continue;  // of the head: a name, a group's condition
    fresh(indent, true);
    statement(child, indent);
  }
}

/// A statement, first on its line.
void FormatLayout::statement(NodeId id, std::uint32_t indent) {
  const std::uint32_t outer = hang_;
  hang_ = indent + kStep;
  parts(id, indent);
  hang_ = outer;
}

/// What is left of a node: its children where they break, its own tokens between them.
void FormatLayout::parts(NodeId id, std::uint32_t indent) {
  const NodeKind kind = node(id).kind;
  if (kind == NodeKind::rule) {
    glue_until(tokens_.first(node(id).first_child) + 1);
    return body(id, indent);
  }
  for (NodeId child = node(id).first_child; child != Node::kNone; child = node(child).next_sibling) {
    if (tokens_.first(child) < next_) continue;
    if (kind == NodeKind::group && tokens_[next_].first == '{') break;
    glue_until(tokens_.first(child));
    part(kind, child, indent);
  }
  if (kind == NodeKind::group) return body(id, indent);
  glue_through(tokens_.last(id));
}

void FormatLayout::part(NodeKind parent, NodeId id, std::uint32_t indent) {
  switch (node(id).kind) {
    case NodeKind::block:
    case NodeKind::map_literal:
      return body(id, indent);
    case NodeKind::source:
    case NodeKind::assigned:
      return parts(id, indent);
    case NodeKind::when: {  // a group's: further in than what the group holds
      glue();
      return expression(node(id).first_child, indent, indent + 2 * kStep);
    }
    default:
      break;
  }
  if (parent == NodeKind::action) return argument(id, indent);
  if (parent == NodeKind::let || parent == NodeKind::log || parent == NodeKind::assigned) return assigned(id, indent);
  expression(id, indent, indent + kStep);
}

/// One argument of an action: on the line as long as it fits, else on one of its own if that helps.
void FormatLayout::argument(NodeId id, std::uint32_t indent) {
  const NodeKind kind = node(id).kind;
  const bool chain = kind == NodeKind::or_expr || kind == NodeKind::and_expr;
  if (!chain && !opens_lines(kind) && !fits(id) && fits_at(next_, tokens_.last(id), indent + kStep)) {
    fresh(indent + kStep, false);
    return glue_through(tokens_.last(id));
  }
  expression(id, indent, indent + kStep);
}

/// The value after `=`: broken in where it has a place for that, else on a line of its own if that helps.
void FormatLayout::assigned(NodeId id, std::uint32_t indent) {
  const NodeKind kind = node(id).kind;
  const bool chain = kind == NodeKind::or_expr || kind == NodeKind::and_expr || kind == NodeKind::fallback;
  if (!chain && !opens_lines(kind) && !fits(id) && fits_at(next_, tokens_.last(id), indent + kStep)) {
    fresh(indent + kStep, false);
    return glue_through(tokens_.last(id));
  }
  expression(id, indent, indent + kStep);
}

/// `{` … `}`, on one line if the author wrote it so and there is room.
void FormatLayout::body(NodeId id, std::uint32_t indent) {
  const TokenId last = tokens_.last(id);
  if (fits_at(next_, last, next_column())) return glue_through(last);
  glue();
  entries(id, indent + kStep);
  close(indent);
}

// --- the arms of choose and of inline tables ---

void FormatLayout::arms(NodeId parent, std::uint32_t indent) {
  const std::vector<NodeId> all = children(parent);
  std::size_t end = 0;
  std::uint32_t arrow = 0;
  for (std::size_t at = 0; at < all.size(); ++at) {
    if (at == end) end = run_of_arms(all, at, indent, &arrow);
    fresh(indent, true);
    const std::uint32_t outer = hang_;
    hang_ = indent + kStep;
    arm(all[at], indent, arrow);
    hang_ = outer;
  }
}

/// The end of the neighbours of `from` whose arrows line up at column `*arrow`; 0 where they do not.
std::size_t FormatLayout::run_of_arms(const std::vector<NodeId>& arms, std::size_t from, std::uint32_t indent,
                                      std::uint32_t* arrow) const {
  std::size_t end = from;
  std::uint32_t condition = 0;
  std::uint32_t rest = 0;
  for (; end < arms.size(); ++end) {
    const TokenId first = tokens_.first(arms[end]);
    if (!fits_at(first, tokens_.last(arms[end]), indent)) break;
    const Token& token = tokens_[first];
    const bool apart = token.newlines > 1 || (token.commented() && tokens_.comment(token.first_comment).newlines > 1);
    if (end > from && apart) break;
    const bool otherwise = node(arms[end]).kind == NodeKind::otherwise;
    const TokenId sign = otherwise ? first + 1 : tokens_.last(node(arms[end]).first_child) + 1;
    condition = std::max(condition, tokens_.width(first, sign - 1));
    rest = std::max(rest, tokens_.width(sign, tokens_.last(arms[end])));
  }
  *arrow = indent + condition + 1 + rest <= kFormatColumns ? indent + condition + 1 : 0;
  return std::max(end, from + 1);
}

/// One arm, first on its line.
void FormatLayout::arm(NodeId id, std::uint32_t indent, std::uint32_t arrow) {
  const TokenId first = next_;
  const TokenId last = tokens_.last(id);
  if (!fits_at(first, last, indent)) return broken_arm(id, indent);
  const bool otherwise = node(id).kind == NodeKind::otherwise;
  const TokenId sign = otherwise ? first + 1 : tokens_.last(node(id).first_child) + 1;
  glue_until(sign);
  if (writer_.column() + 1 < arrow) writer_.spaces(arrow - writer_.column() - 1);
  glue_through(last);
}

void FormatLayout::broken_arm(NodeId id, std::uint32_t indent) {
  const TokenId first = next_;
  const NodeId condition = node(id).first_child;
  if (node(id).kind == NodeKind::otherwise) {
    glue_until(tokens_.first(condition));
    expression(condition, indent, indent + kStep);
    return glue_through(tokens_.last(id));
  }
  const NodeId value = node(condition).next_sibling;
  const TokenId sign = tokens_.last(condition) + 1;
  const std::uint32_t head = tokens_.width(first, sign - 1) + kArrowColumns + tokens_[sign + 1].width + 2;
  const bool together = !tokens_.broken(first, sign) && indent + head <= kFormatColumns;
  if (together && opens_lines(node(value).kind)) {
    glue_until(sign + 1);
    expression(value, indent, indent + kStep);
  } else {
    expression(condition, indent, indent + kStep);
    fresh(indent + kStep, false);
    glue();
    expression(value, indent + kStep, indent + 2 * kStep);
  }
  glue_through(tokens_.last(id));
}

}  // namespace sprx
