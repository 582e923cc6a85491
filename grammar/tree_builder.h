// TreeBuilder: makes the flat syntax tree while the parser tries rules, and takes nodes back when it backtracks.
// Nodes are made in postorder, so taking back is truncating.
#pragma once

#include <cstdint>
#include <vector>

#include "grammar/syntax_tree.h"

namespace sprx {

/// What becomes of a rule's node.
enum class NodeShape : std::uint8_t {
  keep,   ///< always a node
  fold,   ///< a node only when it has more than one child; else the child stands for it
  chain,  ///< no node of its own; `wrap` makes left-nested ones
};

/// A stack of rules being tried and of finished nodes that have no parent yet.
class TreeBuilder {
 public:
  struct Frame {
    NodeKind kind;
    NodeShape shape;
    bool flag_a = false;
    bool flag_b = false;
    bool incomplete = false;
    std::uint32_t wraps = 0;  ///< nodes that `wrap` has made, each inside the next
    std::uint32_t begin = 0;
    std::uint32_t pending = 0;  ///< height of the stack of finished nodes when the rule began
    std::uint32_t nodes = 0;    ///< number of nodes when the rule began
  };

  void open(NodeKind kind, NodeShape shape, std::uint32_t begin);
  /// The rule on top matched up to `end`.
  void close(std::uint32_t end);
  /// The rule on top did not match: whatever it made is taken back.
  void take_back();
  /// The rule on top was left by an error at `end`: a declaration keeps what was complete, an expression becomes
  /// `error`.
  void abandon(std::uint32_t end);
  /// Makes one node of everything finished since the rule on top began; how many that rule has made by now.
  std::uint32_t wrap(NodeKind kind, std::uint32_t end);
  /// A finished node without a rule of its own.
  void leaf(NodeKind kind, std::uint32_t begin, std::uint32_t end);
  /// A node over all that is finished.
  void gather(NodeKind kind, std::uint32_t begin, std::uint32_t end);
  /// Makes one `error` node of everything finished above `height` (at least one, even when there is nothing).
  void gather_error(std::uint32_t height, std::uint32_t begin, std::uint32_t end);

  void set_flag_a() { frames_.back().flag_a = true; }
  void set_flag_b() { frames_.back().flag_b = true; }
  void set_incomplete() { frames_.back().incomplete = true; }

  [[nodiscard]] const std::vector<Frame>& frames() const { return frames_; }
  [[nodiscard]] std::uint32_t height() const { return static_cast<std::uint32_t>(pending_.size()); }
  [[nodiscard]] const Node& finished(std::uint32_t place) const { return nodes_[pending_[place]]; }
  [[nodiscard]] std::vector<Node> take(NodeId& root);

 private:
  void make(const Frame& frame, std::uint32_t end);

  std::vector<Node> nodes_;
  std::vector<NodeId> pending_;
  std::vector<Frame> frames_;
};

/// Whether a node of this kind is part of an expression (it becomes `error` when it did not parse).
[[nodiscard]] bool is_expression(NodeKind kind);

}  // namespace sprx
