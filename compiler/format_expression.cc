#include <algorithm>

#include "compiler/format.h"
#include "compiler/format_layout.h"

namespace sprx {
namespace {

constexpr std::uint32_t kInnerStep = 2;
/// Elements of a list that are all this short share lines; longer ones have one each.
constexpr std::uint32_t kShortElement = 12;

bool is_chain(NodeKind kind) {
  return kind == NodeKind::or_expr || kind == NodeKind::and_expr || kind == NodeKind::fallback;
}

}  // namespace

bool opens_lines(NodeKind kind) {
  switch (kind) {
    case NodeKind::choose:
    case NodeKind::score:
    case NodeKind::map_literal:
    case NodeKind::list_literal:
    case NodeKind::call:
    case NodeKind::paren:
      return true;
    default:
      return false;
  }
}

/// An expression whose first token comes next.
void FormatLayout::expression(NodeId id, std::uint32_t indent, std::uint32_t joints) {
  if (fits(id)) return glue_through(tokens_.last(id));
  switch (node(id).kind) {
    case NodeKind::or_expr:
    case NodeKind::and_expr:
    case NodeKind::fallback:
      return chain(id, joints);
    case NodeKind::comparison:
      return comparison(id, indent, joints);
    case NodeKind::not_expr:
    case NodeKind::exists_expr:
      glue_until(tokens_.first(node(id).first_child));
      return expression(node(id).first_child, indent, joints);
    case NodeKind::paren:
    case NodeKind::call:
    case NodeKind::index:
    case NodeKind::list_literal:
      return bracketed(id, indent, joints);
    case NodeKind::choose:
    case NodeKind::score:
      glue();
      return body(id, indent);
    case NodeKind::map_literal:
      return body(id, indent);
    default:
      return glue_through(tokens_.last(id));
  }
}

/// Operands, all but the first behind their `and`, `or` or `??` on a line of their own.
void FormatLayout::chain(NodeId id, std::uint32_t joints) {
  const std::uint32_t outer = hang_;
  for (NodeId child = node(id).first_child; child != Node::kNone; child = node(child).next_sibling) {
    if (next_ < tokens_.first(child)) {
      fresh(joints, false);
      hang_ = joints + kInnerStep;
      glue_until(tokens_.first(child));
    }
    expression(child, joints, joints + kInnerStep);
  }
  hang_ = outer;
}

void FormatLayout::comparison(NodeId id, std::uint32_t indent, std::uint32_t joints) {
  const NodeId left = node(id).first_child;
  const NodeId right = node(node(left).next_sibling).next_sibling;
  expression(left, indent, joints);
  const TokenId end = tokens_.last(id);
  const bool helps = !fits_at(next_, end, next_column()) && fits_at(next_, end, joints) && joints < writer_.column();
  if (helps && !opens_lines(node(right).kind)) fresh(joints, false);
  glue_until(tokens_.first(right));
  expression(right, indent, joints);
}

/// `( … )`, `[ … ]` or a call or look-up that does not fit: what is inside gets lines of its own.
void FormatLayout::bracketed(NodeId id, std::uint32_t indent, std::uint32_t joints) {
  std::vector<NodeId> inner = children(id);
  const NodeKind kind = node(id).kind;
  if (kind == NodeKind::call) {
    glue();
    inner.erase(inner.begin());
  } else if (kind == NodeKind::index) {
    expression(inner.front(), indent, joints);
    inner.erase(inner.begin());
  }
  glue();
  // One argument is no reason for lines of its own; it may have reasons inside.
  const bool single = inner.size() == 1 && (kind == NodeKind::call || kind == NodeKind::index);
  if (single && !tokens_[next_].commented() && !tokens_[tokens_.last(id)].commented()) {
    expression(inner.front(), indent, joints);
    return glue();
  }
  elements(inner, indent + kInnerStep, kind == NodeKind::list_literal);
  close(indent);
}

bool FormatLayout::short_elements(const std::vector<NodeId>& elements) const {
  return elements.size() > 1 && std::all_of(elements.begin(), elements.end(), [this](NodeId id) {
           const TokenId first = tokens_.first(id);
           return !tokens_.broken(first, tokens_.last(id)) && tokens_.width(first, tokens_.last(id)) <= kShortElement;
         });
}

/// What stands between brackets. A list ends with a comma where it has lines of its own.
void FormatLayout::elements(const std::vector<NodeId>& elements, std::uint32_t indent, bool list) {
  const std::uint32_t outer = hang_;
  hang_ = indent + kInnerStep;
  const bool shared = list && short_elements(elements);
  for (const NodeId element : elements) {
    const Token& first = tokens_[next_];
    const std::uint32_t end = next_column() + tokens_.width(next_, tokens_.last(element)) + 1;
    const bool apart = first.newlines > 1 || first.commented() || end > kFormatColumns;
    if (!shared || element == elements.front() || apart) fresh(indent, true);
    expression(element, indent, is_chain(node(element).kind) && elements.size() == 1 ? indent : indent + kInnerStep);
    if (element != elements.back()) {
      glue();
    } else if (list) {
      writer_.text(",");
    }
  }
  hang_ = outer;
}

}  // namespace sprx
