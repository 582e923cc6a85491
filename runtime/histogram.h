// Histogram: how long things took, in buckets that suit both a rule's answer and a slow origin. Written by one thread,
// read by any, like the counters it is made of.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>

namespace sprx {

/// A number that one thread changes and others read.
class Counter {
 public:
  void add(std::uint64_t by = 1) {
    value_.store(value_.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
  }
  void sub(std::uint64_t by = 1) {
    value_.store(value_.load(std::memory_order_relaxed) - by, std::memory_order_relaxed);
  }
  void set(std::uint64_t to) { value_.store(to, std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

struct Histogram {
  /// Upper bounds, each included in its bucket; what is longer is in the last one, which has none.
  static constexpr std::array<std::int64_t, 16> kBoundsUs{100,       250,       500,        1'000,     2'500,   5'000,
                                                          10'000,    25'000,    50'000,     100'000,   250'000, 500'000,
                                                          1'000'000, 2'500'000, 10'000'000, 60'000'000};
  std::array<Counter, kBoundsUs.size() + 1> counts;
  Counter sum_us;

  void observe(std::int64_t us) {
    const auto bound = std::lower_bound(kBoundsUs.begin(), kBoundsUs.end(), us);
    counts[static_cast<std::size_t>(bound - kBoundsUs.begin())].add();
    if (us > 0) sum_us.add(static_cast<std::uint64_t>(us));
  }
};

}  // namespace sprx
