#include "compiler/table/prefix_table.h"

#include <algorithm>

namespace sprx {
namespace {

constexpr Uint128 kV4First = static_cast<Uint128>(0xFFFF) << 32;
constexpr Uint128 kV4Last = kV4First | 0xFFFFFFFF;

constexpr std::uint8_t kV4Bits = 96;

Uint128 number_of(const IpAddress& ip) {
  Uint128 number = 0;
  for (const std::uint8_t byte : ip.bytes) number = number << 8 | byte;
  return number;
}

Uint128 last_of(const Cidr& cidr) {
  const Uint128 hosts = cidr.bits == 0 ? ~Uint128{0} : (Uint128{1} << (128 - cidr.bits)) - 1;
  return number_of(cidr.address) | hosts;
}

}  // namespace

void PrefixTable::build(std::span<const Cidr> prefixes) {
  std::vector<Cidr> distinct(prefixes.begin(), prefixes.end());
  std::sort(distinct.begin(), distinct.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  node_of_.reserve(prefixes.size());
  for (const Cidr& prefix : prefixes) {
    const auto place = std::lower_bound(distinct.begin(), distinct.end(), prefix);
    node_of_.push_back(static_cast<std::uint32_t>(place - distinct.begin()));
  }
  sweep(distinct);
  split_v4(distinct);
}

void PrefixTable::emit(Uint128 start, std::uint32_t node) {
  if (!starts_.empty() && starts_.back() == start) {
    nodes_.back() = node;
    return;
  }
  starts_.push_back(start);
  nodes_.push_back(node);
}

void PrefixTable::sweep(std::span<const Cidr> distinct) {
  parents_.assign(distinct.size(), kNone);
  emit(0, kNone);
  std::vector<std::uint32_t> open;
  const auto close = [&] {
    const Uint128 last = last_of(distinct[open.back()]);
    open.pop_back();
    if (last != ~Uint128{0}) emit(last + 1, open.empty() ? kNone : open.back());
  };
  for (std::uint32_t i = 0; i < distinct.size(); ++i) {
    const Uint128 start = number_of(distinct[i].address);
    while (!open.empty() && last_of(distinct[open.back()]) < start) close();
    if (!open.empty()) parents_[i] = open.back();
    emit(start, i);
    open.push_back(i);
  }
  while (!open.empty()) close();
}

/// An IPv4 address is in IPv4 prefixes only: wider ones around the mapped range do not count for it.
void PrefixTable::split_v4(std::span<const Cidr> distinct) {
  const auto v4_only = [&](std::uint32_t node) {
    return node != kNone && distinct[node].bits < kV4Bits ? kNone : node;
  };
  for (std::size_t i = 0; i < distinct.size(); ++i) {
    const Uint128 start = number_of(distinct[i].address);
    if (start >= kV4First && start <= kV4Last && distinct[i].bits >= kV4Bits) parents_[i] = v4_only(parents_[i]);
  }
  const auto first =
      static_cast<std::size_t>(std::upper_bound(starts_.begin(), starts_.end(), kV4First) - starts_.begin());
  starts4_.push_back(0);
  nodes4_.push_back(v4_only(nodes_[first - 1]));
  for (std::size_t i = first; i < starts_.size() && starts_[i] <= kV4Last; ++i) {
    starts4_.push_back(static_cast<std::uint32_t>(starts_[i]));
    nodes4_.push_back(v4_only(nodes_[i]));
  }
  if (starts4_.size() <= kRootRanges) return;
  root4_.reserve((1 << 16) + 1);
  std::size_t range = 0;
  for (std::uint32_t high = 0; high < 1 << 16; ++high) {
    while (range + 1 < starts4_.size() && starts4_[range + 1] <= high << 16) ++range;
    root4_.push_back(static_cast<std::uint32_t>(range));
  }
  root4_.push_back(static_cast<std::uint32_t>(starts4_.size() - 1));
}

std::uint32_t PrefixTable::find(const IpAddress& ip) const {
  if (parents_.empty()) return kNone;
  const Uint128 number = number_of(ip);
  if (number < kV4First || number > kV4Last) {
    const auto next = std::upper_bound(starts_.begin(), starts_.end(), number);
    return nodes_[static_cast<std::size_t>(next - starts_.begin()) - 1];
  }
  const auto low = static_cast<std::uint32_t>(number);
  auto first = starts4_.begin();
  auto last = starts4_.end();
  if (!root4_.empty()) {
    first = starts4_.begin() + root4_[low >> 16];
    last = starts4_.begin() + root4_[(low >> 16) + 1] + 1;
  }
  return nodes4_[static_cast<std::size_t>(std::upper_bound(first, last, low) - starts4_.begin()) - 1];
}

}  // namespace sprx
