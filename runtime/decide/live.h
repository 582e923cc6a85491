// LiveView: what flags and dynamic lists hold while one phase of one message is decided. Plain immutable data that is
// handed in: the proxy takes it from what its workers share, a test or a trace makes its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/table/address.h"
#include "compiler/table/lists.h"
#include "runtime/decide/sip_hash.h"

namespace sprx {

struct RuleSet;

/// The longest key that a dynamic list holds, bytes.
inline constexpr std::size_t kMaxLiveKey = 1024;

/// A key of a dynamic list and when it stops being one, microseconds since 1970.
struct LiveKey {
  std::string key;
  std::int64_t until_us = 0;
};

/// Keys as bytes: text as it is; an address as its sixteen bytes; a prefix as its address and one byte, its length of
/// 128.
[[nodiscard]] std::string live_key(const IpAddress& address);
[[nodiscard]] std::string live_key(const Cidr& prefix);

/// A part of the keys of a list, immutable: an open hash table over one block of text.
class LiveShard {
 public:
  LiveShard(const HashKey& seed, std::span<const LiveKey> keys);
  /// When `key` stops being one; 0 where it is none.
  [[nodiscard]] std::int64_t until(std::uint64_t hash, std::string_view key) const;
  template <typename Each>
  void each(Each each) const {
    for (const Place& place : places_) {
      if (place.until_us != 0) each(key_of(place), place.until_us);
    }
  }

 private:
  struct Place {
    std::uint64_t hash = 0;
    std::int64_t until_us = 0;  ///< 0: free
    std::uint32_t begin = 0;
    std::uint32_t size = 0;
  };
  [[nodiscard]] std::string_view key_of(const Place& place) const {
    return std::string_view(bytes_).substr(place.begin, place.size);
  }
  std::vector<Place> places_;  ///< a power of two, at most half full
  std::string bytes_;
};

/// The keys of a dynamic list at one moment, in shards by hash, so that changing one copies little. Does not own its
/// shards.
class LiveKeys {
 public:
  LiveKeys(HashKey seed, std::vector<const LiveShard*> shards, std::vector<std::uint8_t> lengths)
      : seed_(seed), shards_(std::move(shards)), lengths_(std::move(lengths)) {}

  [[nodiscard]] bool holds(std::string_view key, std::int64_t now_us) const;
  /// An address: itself, or (`cidr` lists) in one of the prefixes.
  [[nodiscard]] bool holds(const IpAddress& address, KeyKind kind, std::int64_t now_us) const;
  [[nodiscard]] std::size_t shard_of(std::string_view key) const { return sip_hash(seed_, key) & (shards_.size() - 1); }
  [[nodiscard]] std::span<const LiveShard* const> shards() const { return shards_; }

 private:
  HashKey seed_;
  std::vector<const LiveShard*> shards_;  ///< a power of two
  std::vector<std::uint8_t> lengths_;     ///< cidr: lengths of prefixes in use, of 128
};

/// Indexed like RuleSet::flags and RuleSet::dynamic_lists. Empty: every flag as declared, every list without keys.
struct LiveView {
  std::span<const std::uint8_t> flags;
  std::span<const LiveKeys* const> lists;
};

/// A view of one's own: for tests, traces and whatever else decides outside of the proxy.
class OwnLive {
 public:
  /// Flags as declared, lists empty.
  explicit OwnLive(const RuleSet& rules);
  OwnLive(const OwnLive&) = delete;
  OwnLive& operator=(const OwnLive&) = delete;

  /// False if no flag has that name.
  bool set_flag(std::string_view name, bool on);
  /// Puts a key in, as text; false with `*why` if there is no such list or the text is none of its keys.
  bool put(std::string_view list, std::string_view key, std::string* why);
  [[nodiscard]] LiveView view();

 private:
  const RuleSet& rules_;
  std::vector<std::uint8_t> flags_;
  std::vector<std::vector<LiveKey>> keys_;
  std::vector<std::unique_ptr<LiveShard>> shards_;
  std::vector<std::unique_ptr<LiveKeys>> lists_;
  std::vector<const LiveKeys*> pointers_;
};

/// A key of a dynamic list from the text that a person or a message gives; `*why` says what is wrong with it.
[[nodiscard]] bool read_live_key(KeyKind kind, std::string_view text, std::string* out, std::string* why);
/// The other way round.
[[nodiscard]] std::string live_key_text(KeyKind kind, std::string_view key);

}  // namespace sprx
