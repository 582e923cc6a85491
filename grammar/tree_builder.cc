#include "grammar/tree_builder.h"

#include <utility>

namespace sprx {

bool is_expression(NodeKind kind) {
  switch (kind) {
    case NodeKind::choice:
    case NodeKind::otherwise:
    case NodeKind::score_term:
    case NodeKind::choose:
    case NodeKind::score:
      return false;
    default:
      return kind >= NodeKind::or_expr;
  }
}

void TreeBuilder::open(NodeKind kind, NodeShape shape, std::uint32_t begin) {
  frames_.push_back({kind, shape, false, false, false, 0, begin, height(), static_cast<std::uint32_t>(nodes_.size())});
}

void TreeBuilder::make(const Frame& frame, std::uint32_t end) {
  Node node{frame.kind, frame.flag_a, frame.flag_b, frame.incomplete, frame.begin, end};
  for (std::uint32_t at = frame.pending; at < height(); ++at) {
    const NodeId child = pending_[at];
    node.incomplete = node.incomplete || nodes_[child].incomplete;
    if (at == frame.pending) {
      node.first_child = child;
    } else {
      nodes_[pending_[at - 1]].next_sibling = child;
    }
  }
  pending_.resize(frame.pending);
  pending_.push_back(static_cast<NodeId>(nodes_.size()));
  nodes_.push_back(node);
}

void TreeBuilder::close(std::uint32_t end) {
  const Frame frame = frames_.back();
  frames_.pop_back();
  const std::uint32_t children = height() - frame.pending;
  if (frame.shape == NodeShape::keep || (frame.shape == NodeShape::fold && children > 1)) {
    make(frame, end);
  }
}

void TreeBuilder::take_back() {
  nodes_.resize(frames_.back().nodes);
  pending_.resize(frames_.back().pending);
  frames_.pop_back();
}

void TreeBuilder::abandon(std::uint32_t end) {
  Frame frame = frames_.back();
  frames_.pop_back();
  frame.incomplete = true;
  const std::uint32_t children = height() - frame.pending;
  if (!is_expression(frame.kind)) {
    if (children == 0 || !nodes_[pending_.back()].incomplete) {
      leaf(NodeKind::error, end, end);  // stands for the part that could not be read
    }
    make(frame, end);
    return;
  }
  const bool already = children == 1 && nodes_[pending_.back()].kind == NodeKind::error;
  if (!already) {
    frame.kind = NodeKind::error;
    frame.flag_a = false;
    frame.flag_b = false;
    make(frame, end);
  }
}

std::uint32_t TreeBuilder::wrap(NodeKind kind, std::uint32_t end) {
  Frame frame = frames_.back();
  frame.kind = kind;
  make(frame, end);
  return ++frames_.back().wraps;
}

void TreeBuilder::leaf(NodeKind kind, std::uint32_t begin, std::uint32_t end) {
  make({kind, NodeShape::keep, false, false, kind == NodeKind::error, 0, begin, height(), 0}, end);
}

void TreeBuilder::gather(NodeKind kind, std::uint32_t begin, std::uint32_t end) {
  make({kind, NodeShape::keep, false, false, false, 0, begin, 0, 0}, end);
}

void TreeBuilder::gather_error(std::uint32_t height_before, std::uint32_t begin, std::uint32_t end) {
  make({NodeKind::error, NodeShape::keep, false, false, true, 0, begin, height_before, 0}, end);
}

std::vector<Node> TreeBuilder::take(NodeId& root) {
  root = pending_.empty() ? Node::kNone : pending_.back();
  return std::move(nodes_);
}

}  // namespace sprx
