#include "runtime/buckets.h"

#include <algorithm>

namespace sprx {
namespace {

/// How often a place that another thread is filling is looked at again. If that thread was stopped in the middle, the
/// request is let in: nobody waits for it.
constexpr int kAttempts = 64;

std::uint64_t packed(std::int64_t time_ns, bool penalty) {
  return static_cast<std::uint64_t>(time_ns) << 1 | (penalty ? 1U : 0U);
}
std::int64_t time_of(std::uint64_t tat) { return static_cast<std::int64_t>(tat >> 1); }

}  // namespace

BucketRate bucket_rate(const Limit& limit) {
  BucketRate rate;
  rate.interval_ns = std::max<std::int64_t>(1, limit.period_us * 1'000 / limit.count);
  rate.tolerance_ns = (limit.burst - 1) * rate.interval_ns;
  rate.penalty_ns = limit.penalty_us * 1'000;
  rate.max = limit.max;
  return rate;
}

Buckets::Buckets(const BucketRate& rate, HashKey seed)
    : rate_(rate),
      seed_(seed),
      ways_(rate.max <= kSmall ? std::max<std::size_t>(1, rate.max) : kWays),
      sets_(rate.max <= kSmall ? 1 : (rate.max + kWays - 1) / kWays),
      places_(std::make_unique<Place[]>(ways_ * sets_)) {}

Buckets::Place* Buckets::find(Place* set, std::uint64_t key) const {
  for (std::size_t i = 0; i < ways_; ++i) {
    if (set[i].key.load(std::memory_order_acquire) == key) return &set[i];
  }
  return nullptr;
}

/// A free place, else one whose bucket is full again (nothing is lost with it), else the one that was idle for longest.
/// None while another thread fills one, which may be for this very key.
Buckets::Victim Buckets::victim(Place* set, std::uint64_t wanted, std::int64_t now_ns) const {
  Victim best;
  std::int64_t idle_since = 0;
  for (std::size_t i = 0; i < ways_; ++i) {
    const std::uint64_t key = set[i].key.load(std::memory_order_relaxed);
    if (key == 0) return {&set[i], 0};
    if (key == kClaimed || key == wanted) return {};
    const bool full = time_of(set[i].tat.load(std::memory_order_relaxed)) <= now_ns;
    const std::int64_t seen = full ? 0 : set[i].seen.load(std::memory_order_relaxed);
    if (best.place == nullptr || seen < idle_since) {
      best = {&set[i], key};
      idle_since = seen;
    }
  }
  return best;
}

Buckets::Answer Buckets::take_from(Place& place, std::uint64_t key, std::int64_t now_ns) const {
  std::uint64_t tat = place.tat.load(std::memory_order_acquire);
  place.seen.store(now_ns, std::memory_order_relaxed);
  for (;;) {
    if (place.key.load(std::memory_order_acquire) != key) return Answer::gone;
    const std::int64_t due = time_of(tat);
    const bool token = due <= now_ns + rate_.tolerance_ns;
    const bool in_penalty = (tat & 1) != 0;
    if (!token && (in_penalty || rate_.penalty_ns == 0)) return Answer::none;
    // The penalty ends with one token there; until then being asked again changes nothing.
    const std::uint64_t next = token ? packed(std::max(due, now_ns) + rate_.interval_ns, false)
                                     : packed(std::max(due, now_ns + rate_.tolerance_ns + rate_.penalty_ns), true);
    if (place.tat.compare_exchange_weak(tat, next, std::memory_order_acq_rel, std::memory_order_acquire)) {
      return token ? Answer::token : Answer::none;
    }
  }
}

Buckets::Taken Buckets::take(std::string_view text, std::int64_t now_ns) {
  // 0 and 1 mean something else; that two keys of 2^64 share a bucket with them is nothing.
  const std::uint64_t key = std::max<std::uint64_t>(2, sip_hash(seed_, text));
  Place* const set = &places_[(key >> 17) % sets_ * ways_];
  Taken taken;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    if (Place* const place = find(set, key)) {
      const Answer answer = take_from(*place, key, now_ns);
      if (answer == Answer::gone) continue;
      taken.token = answer == Answer::token;
      return taken;
    }
    const Victim free = victim(set, key, now_ns);
    if (free.place == nullptr) continue;
    Place& place = *free.place;
    // Only while it still holds what was judged: by now another thread may have put this very key there.
    std::uint64_t old = free.key;
    if (!place.key.compare_exchange_strong(old, kClaimed, std::memory_order_acq_rel)) continue;
    taken.evicted = old != 0 && time_of(place.tat.load(std::memory_order_relaxed)) > now_ns;
    place.tat.store(packed(now_ns + rate_.interval_ns, false), std::memory_order_release);
    place.seen.store(now_ns, std::memory_order_relaxed);
    place.key.store(key, std::memory_order_release);
    taken.token = true;
    return taken;
  }
  taken.token = true;
  taken.unasked = true;
  return taken;
}

std::size_t Buckets::used(std::int64_t now_ns) const {
  std::size_t count = 0;
  for (std::size_t i = 0; i < sets_ * ways_; ++i) {
    const bool held = places_[i].key.load(std::memory_order_relaxed) > kClaimed;
    if (held && time_of(places_[i].tat.load(std::memory_order_relaxed)) > now_ns) ++count;
  }
  return count;
}

}  // namespace sprx
