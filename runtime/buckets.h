// Buckets: the token buckets of one limit, one a key, shared by all workers without a lock and bounded in memory.
//
// A bucket is the generic cell rate algorithm (ITU-T I.371, "virtual scheduling"): one number a key, the theoretical
// arrival time (TAT) of its next token. A token is there iff TAT <= now + (burst - 1) * interval, and taking it makes
// TAT max(TAT, now) + interval. That is a bucket of `burst` tokens filled at the rate, without a timer and in one
// compare-and-swap.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "compiler/table/changing.h"
#include "runtime/decide/sip_hash.h"

namespace sprx {

/// The parameters that decide what the buckets of a limit mean; a reload keeps them where these are the same.
struct BucketRate {
  std::int64_t interval_ns = 1;   ///< between two tokens
  std::int64_t tolerance_ns = 0;  ///< (burst - 1) intervals
  std::int64_t penalty_ns = 0;
  std::uint32_t max = 1;
  friend bool operator==(const BucketRate&, const BucketRate&) = default;
};
[[nodiscard]] BucketRate bucket_rate(const Limit& limit);

class Buckets {
 public:
  explicit Buckets(const BucketRate& rate, HashKey seed = fresh_hash_key());
  Buckets(const Buckets&) = delete;
  Buckets& operator=(const Buckets&) = delete;

  struct Taken {
    bool token = false;
    bool evicted = false;  ///< a key that was still owed something had to give way
    bool unasked = false;  ///< let in without a bucket: another thread was stopped while it filled the place
  };
  /// Any thread. `now_ns`: any clock that does not go back, the same for all.
  Taken take(std::string_view key, std::int64_t now_ns);

  [[nodiscard]] const BucketRate& rate() const { return rate_; }
  /// Keys that are not back to a full bucket; looks at all of them.
  [[nodiscard]] std::size_t used(std::int64_t now_ns) const;
  /// Keys that fit.
  [[nodiscard]] std::size_t room() const { return sets_ * ways_; }

 private:
  /// A key is in one of the places of its set. Few places: one set, and the longest idle of all gives way; many: that
  /// of sixteen.
  struct Place {
    std::atomic<std::uint64_t> key{0};  ///< hash; 0: free, kClaimed: being filled
    std::atomic<std::uint64_t> tat{0};  ///< nanoseconds * 2, lowest bit: in its penalty
    std::atomic<std::int64_t> seen{0};  ///< when it was last asked for
  };
  static constexpr std::uint64_t kClaimed = 1;
  static constexpr std::size_t kSmall = 64;
  static constexpr std::size_t kWays = 16;

  enum class Answer : std::uint8_t { token, none, gone };
  Answer take_from(Place& place, std::uint64_t key, std::int64_t now_ns) const;
  [[nodiscard]] Place* find(Place* set, std::uint64_t key) const;
  /// What was seen in a place that may be taken.
  struct Victim {
    Place* place = nullptr;
    std::uint64_t key = 0;
  };
  [[nodiscard]] Victim victim(Place* set, std::uint64_t key, std::int64_t now_ns) const;

  BucketRate rate_;
  HashKey seed_;
  std::size_t ways_;
  std::size_t sets_;
  std::unique_ptr<Place[]> places_;
};

}  // namespace sprx
