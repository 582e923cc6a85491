// PrefixTable: which of many address prefixes hold an address, the longest first; flattened to sorted ranges.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "compiler/table/address.h"
#include "compiler/table/hash.h"

namespace sprx {

/// Nodes are the distinct prefixes; each knows the next shorter one around it, so that all covering prefixes are a walk
/// of at most 129 steps. IPv4 has ranges of its own and, past kRootRanges, a table over the first 16 bits.
class PrefixTable {
 public:
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;
  static constexpr std::size_t kRootRanges = 512;

  /// `prefixes` in any order, equal ones allowed; node_of(i) tells the node of prefixes[i].
  void build(std::span<const Cidr> prefixes);
  [[nodiscard]] std::uint32_t node_of(std::size_t row) const { return node_of_[row]; }
  [[nodiscard]] std::size_t size() const { return parents_.size(); }
  /// The node of the longest prefix that holds `ip`, or kNone.
  [[nodiscard]] std::uint32_t find(const IpAddress& ip) const;
  /// The next shorter prefix around a node, or kNone.
  [[nodiscard]] std::uint32_t parent(std::uint32_t node) const { return parents_[node]; }
  /// Drops node_of, which is only needed while building.
  void seal() { node_of_ = {}; }

 private:
  void sweep(std::span<const Cidr> distinct);
  void emit(Uint128 start, std::uint32_t node);
  void split_v4(std::span<const Cidr> distinct);

  std::vector<std::uint32_t> node_of_;
  std::vector<std::uint32_t> parents_;
  std::vector<Uint128> starts_;       // sorted; a range ends where the next starts
  std::vector<std::uint32_t> nodes_;  // of each range, kNone in gaps
  std::vector<std::uint32_t> starts4_;
  std::vector<std::uint32_t> nodes4_;
  std::vector<std::uint32_t> root4_;  // by the first 16 bits: the range in which they begin
};

}  // namespace sprx
