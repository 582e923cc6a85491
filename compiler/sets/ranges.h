// RangeSet: a set of numbers or addresses as sorted, disjoint, closed ranges; exact under every set operation.
#pragma once

#include <algorithm>
#include <limits>
#include <vector>

#include "compiler/table/address.h"
#include "compiler/table/hash.h"

namespace sprx::sets {

template <typename T>
class RangeSet {
 public:
  struct Range {
    T first{};
    T last{};
    friend bool operator==(const Range&, const Range&) = default;
  };

  RangeSet() = default;
  explicit RangeSet(std::vector<Range> ranges) : ranges_(std::move(ranges)) { normalise(); }
  static RangeSet between(T first, T last) { return RangeSet({{first, last}}); }

  [[nodiscard]] bool empty() const { return ranges_.empty(); }
  [[nodiscard]] const std::vector<Range>& ranges() const { return ranges_; }
  [[nodiscard]] bool contains(T value) const {
    const auto after = std::upper_bound(ranges_.begin(), ranges_.end(), value,
                                        [](T key, const Range& range) { return key < range.first; });
    return after != ranges_.begin() && value <= (after - 1)->last;
  }

  [[nodiscard]] RangeSet intersect(const RangeSet& other) const {
    RangeSet out;
    for (std::size_t i = 0, j = 0; i < ranges_.size() && j < other.ranges_.size();) {
      const T first = std::max(ranges_[i].first, other.ranges_[j].first);
      const T last = std::min(ranges_[i].last, other.ranges_[j].last);
      if (first <= last) out.ranges_.push_back({first, last});
      ++(ranges_[i].last < other.ranges_[j].last ? i : j);
    }
    return out;
  }
  [[nodiscard]] RangeSet subtract(const RangeSet& other) const {
    RangeSet out;
    std::size_t j = 0;
    for (Range range : ranges_) {
      while (j < other.ranges_.size() && other.ranges_[j].last < range.first) ++j;
      bool left = true;
      for (std::size_t k = j; left && k < other.ranges_.size() && other.ranges_[k].first <= range.last; ++k) {
        const Range& cut = other.ranges_[k];
        if (range.first < cut.first) out.ranges_.push_back({range.first, static_cast<T>(cut.first - 1)});
        left = cut.last < range.last;
        if (left) range.first = static_cast<T>(cut.last + 1);
      }
      if (left) out.ranges_.push_back(range);
    }
    return out;
  }

 private:
  void normalise() {
    std::erase_if(ranges_, [](const Range& range) { return range.last < range.first; });
    std::sort(ranges_.begin(), ranges_.end(), [](const Range& a, const Range& b) { return a.first < b.first; });
    std::size_t kept = 0;
    for (const Range& range : ranges_) {
      // `first - 1` cannot wrap: an earlier range begins at or before it.
      const bool joins = kept > 0 && (range.first <= ranges_[kept - 1].last ||
                                      static_cast<T>(range.first - 1) == ranges_[kept - 1].last);
      if (joins) {
        ranges_[kept - 1].last = std::max(ranges_[kept - 1].last, range.last);
      } else {
        ranges_[kept++] = range;
      }
    }
    ranges_.resize(kept);
  }

  std::vector<Range> ranges_;
};

using Integers = RangeSet<std::int64_t>;
using Addresses = RangeSet<Uint128>;

inline constexpr Uint128 kLastAddress = ~static_cast<Uint128>(0);

[[nodiscard]] constexpr Uint128 number_of(const IpAddress& ip) {
  Uint128 out = 0;
  for (const std::uint8_t byte : ip.bytes) out = out << 8 | byte;
  return out;
}
[[nodiscard]] constexpr IpAddress address_of(Uint128 number) {
  IpAddress out;
  for (std::size_t i = 16; i > 0; --i, number >>= 8) out.bytes[i - 1] = static_cast<std::uint8_t>(number & 0xFF);
  return out;
}

/// The addresses in a prefix. One that is shorter than the IPv4-mapped range holds no IPv4 address (Cidr::contains).
[[nodiscard]] inline Addresses addresses_in(const Cidr& cidr) {
  const Addresses all = Addresses::between(number_of(cidr.address), number_of(cidr.last()));
  if (cidr.bits >= 96) return all;
  const Uint128 mapped = static_cast<Uint128>(0xFFFF) << 32;
  return all.subtract(Addresses::between(mapped, mapped | 0xFFFFFFFF));
}

}  // namespace sprx::sets
