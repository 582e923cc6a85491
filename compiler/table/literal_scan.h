// LiteralScan: whether any of many literal texts occurs in a value: by rare grams, and what those cannot take in one
// pass of Aho-Corasick.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "compiler/table/gram_scan.h"

namespace sprx {

/// Immutable once built. Scanning is linear in the value and allocates nothing.
class LiteralScan {
 public:
  /// `literals` are in lower case where `nocase`. An empty one occurs in everything.
  void build(std::span<const std::string_view> literals, bool nocase);
  [[nodiscard]] bool occurs_in(std::string_view value) const;

 private:
  void build_automaton(std::vector<std::string_view> sorted);
  struct Node {
    std::uint32_t first_edge = 0;
    std::uint16_t edge_count = 0;
    bool hit = false;  // here or at a node that `fail` leads to
    std::uint32_t fail = 0;
  };
  struct Edge {
    std::uint8_t byte = 0;
    std::uint32_t to = 0;
  };
  [[nodiscard]] std::uint32_t child(std::uint32_t node, std::uint8_t byte) const;
  [[nodiscard]] std::uint32_t step(std::uint32_t node, std::uint8_t byte) const;

  GramScan grams_;
  std::vector<Node> nodes_;                // empty: the grams have taken all
  std::vector<Edge> edges_;                // of a node: sorted by byte
  std::vector<std::uint32_t> root_edges_;  // by byte; 0: none
  bool nocase_ = false;
  bool always_ = false;
};

}  // namespace sprx
