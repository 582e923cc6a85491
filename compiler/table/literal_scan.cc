#include "compiler/table/literal_scan.h"

#include <algorithm>
#include <string>

#include "compiler/table/canonical.h"

namespace sprx {

void LiteralScan::build(std::span<const std::string_view> literals, bool nocase) {
  nocase_ = nocase;
  std::vector<std::string_view> sorted(literals.begin(), literals.end());
  std::sort(sorted.begin(), sorted.end());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  always_ = !sorted.empty() && sorted.front().empty();
  if (always_ || sorted.empty()) return;
  std::vector<Literal> literals_to_find;
  literals_to_find.reserve(sorted.size());
  for (const std::string_view text : sorted) literals_to_find.push_back({text, nocase, 0});
  std::vector<std::string_view> refused;
  for (const std::uint32_t index : grams_.build(literals_to_find)) refused.push_back(sorted[index]);
  if (!refused.empty()) build_automaton(std::move(refused));
}

void LiteralScan::build_automaton(std::vector<std::string_view> sorted) {
  root_edges_.assign(256, 0);
  // Breadth first over ranges of the sorted literals: the children of a node are runs of equal next bytes.
  struct Pending {
    std::size_t first;
    std::size_t last;
    std::size_t depth;
  };
  std::vector<Pending> queue{{0, sorted.size(), 0}};
  nodes_.push_back({});
  for (std::uint32_t at = 0; at < queue.size(); ++at) {
    auto [first, last, depth] = queue[at];
    nodes_[at].first_edge = static_cast<std::uint32_t>(edges_.size());
    if (first < last && sorted[first].size() == depth) {
      nodes_[at].hit = true;
      ++first;
    }
    while (first < last) {
      const auto byte = static_cast<std::uint8_t>(sorted[first][depth]);
      std::size_t end = first;
      while (end < last && static_cast<std::uint8_t>(sorted[end][depth]) == byte) ++end;
      const auto node = static_cast<std::uint32_t>(nodes_.size());
      edges_.push_back({byte, node});
      ++nodes_[at].edge_count;
      if (at == 0) root_edges_[byte] = node;
      nodes_.push_back({});
      queue.push_back({first, end, depth + 1});
      first = end;
    }
  }
  for (std::uint32_t at = 1; at < nodes_.size(); ++at) {
    for (std::uint32_t e = nodes_[at].first_edge; e < nodes_[at].first_edge + nodes_[at].edge_count; ++e) {
      Node& to = nodes_[edges_[e].to];
      to.fail = step(nodes_[at].fail, edges_[e].byte);
      to.hit = to.hit || nodes_[to.fail].hit;
    }
  }
}

std::uint32_t LiteralScan::child(std::uint32_t node, std::uint8_t byte) const {
  if (node == 0) return root_edges_[byte];
  const Edge* first = edges_.data() + nodes_[node].first_edge;
  const Edge* last = first + nodes_[node].edge_count;
  const Edge* place =
      std::lower_bound(first, last, byte, [](const Edge& edge, std::uint8_t b) { return edge.byte < b; });
  return place != last && place->byte == byte ? place->to : 0;
}

std::uint32_t LiteralScan::step(std::uint32_t node, std::uint8_t byte) const {
  while (true) {
    const std::uint32_t next = child(node, byte);
    if (next != 0 || node == 0) return next;
    node = nodes_[node].fail;
  }
}

bool LiteralScan::occurs_in(std::string_view value) const {
  if (always_) return true;
  if (grams_.scan(value, [](std::uint32_t) { return true; })) return true;
  if (nodes_.empty()) return false;
  std::uint32_t node = 0;
  for (const char c : value) {
    node = step(node, static_cast<std::uint8_t>(nocase_ ? fold(c) : c));
    if (nodes_[node].hit) return true;
  }
  return false;
}

}  // namespace sprx
