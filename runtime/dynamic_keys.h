// DynamicKeys: the writing side of one dynamic list: its keys by time of expiry, and the immutable shards that readers
// see. One writer at a time (LiveState's lock).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/table/changing.h"
#include "runtime/decide/live.h"

namespace sprx {

/// What readers may still look at after it has been replaced.
struct Retired {
  std::unique_ptr<const LiveKeys> keys;
  std::vector<std::unique_ptr<const LiveShard>> shards;
};

class DynamicKeys {
 public:
  explicit DynamicKeys(const DynamicList& list);

  [[nodiscard]] KeyKind kind() const { return kind_; }
  [[nodiscard]] std::size_t size() const { return by_key_.size(); }
  [[nodiscard]] std::uint32_t max() const { return max_; }
  [[nodiscard]] std::int64_t ttl_us() const { return ttl_us_; }
  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }
  /// What a new table says of the list; too many keys go at the next change.
  void declare(const DynamicList& list);

  /// Makes `key` one until then; with `extend` an end that is later already stays. False: nothing changed.
  bool put(std::string key, std::int64_t until_us, bool extend);
  /// False: it was none.
  bool remove(const std::string& key);
  /// Takes out what has expired, and what expires soonest while there are too many.
  void trim(std::int64_t now_us);
  /// Makes what was changed since the last call visible: the keys to publish, and what they replace.
  [[nodiscard]] Retired publish();

  [[nodiscard]] const LiveKeys* keys() const { return keys_.get(); }
  template <typename Each>
  void each(Each each) const {
    for (const auto& [key, until_us] : by_key_) each(key, until_us);
  }

 private:
  void erase(std::map<std::string, std::int64_t>::iterator place);
  [[nodiscard]] std::unique_ptr<const LiveShard> remade(std::size_t shard);
  [[nodiscard]] std::vector<std::uint8_t> lengths() const;

  KeyKind kind_;
  std::uint32_t max_;
  std::int64_t ttl_us_;
  std::uint64_t dropped_ = 0;
  HashKey seed_;
  std::map<std::string, std::int64_t> by_key_;
  std::set<std::pair<std::int64_t, std::string>> by_expiry_;
  std::map<std::size_t, std::vector<std::string>> fresh_;  ///< by shard that is to be remade: keys that are new to it
  std::map<std::uint8_t, std::size_t> length_counts_;      ///< cidr: keys of each length
  std::vector<std::unique_ptr<const LiveShard>> shards_;
  std::unique_ptr<const LiveKeys> keys_;
};

}  // namespace sprx
