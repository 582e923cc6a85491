#include "runtime/dynamic_keys.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace sprx {
namespace {

/// A ban that would end less than this after the one that is there changes nothing: a client that is banned by each of
/// its requests is not published for each of them.
constexpr std::int64_t kSameEndUs = 1'000'000;
constexpr std::size_t kMostShards = 1'024;

/// A change copies one shard and the list of shards: both about the square root of the most keys.
std::size_t shard_count(std::uint32_t max) {
  const auto root = static_cast<std::size_t>(std::sqrt(static_cast<double>(max)));
  return std::clamp<std::size_t>(std::bit_ceil(root), 1, kMostShards);
}

}  // namespace

DynamicKeys::DynamicKeys(const DynamicList& list)
    : kind_(list.kind), max_(list.max), ttl_us_(list.ttl_us), seed_(fresh_hash_key()), shards_(shard_count(list.max)) {
  for (auto& shard : shards_) shard = std::make_unique<LiveShard>(seed_, std::span<const LiveKey>{});
  static_cast<void>(publish());
}

void DynamicKeys::declare(const DynamicList& list) {
  max_ = list.max;
  ttl_us_ = list.ttl_us;
}

void DynamicKeys::erase(std::map<std::string, std::int64_t>::iterator place) {
  fresh_[keys_->shard_of(place->first)];
  by_expiry_.erase({place->second, place->first});
  if (kind_ == KeyKind::cidr) {
    const auto length = length_counts_.find(static_cast<std::uint8_t>(place->first.back()));
    if (--length->second == 0) length_counts_.erase(length);
  }
  by_key_.erase(place);
}

bool DynamicKeys::put(std::string key, std::int64_t until_us, bool extend) {
  const auto place = by_key_.find(key);
  if (place != by_key_.end()) {
    if (extend ? until_us - place->second < kSameEndUs : until_us == place->second) return false;
    erase(place);
  }
  fresh_[keys_->shard_of(key)].push_back(key);
  if (kind_ == KeyKind::cidr) ++length_counts_[static_cast<std::uint8_t>(key.back())];
  by_expiry_.emplace(until_us, key);
  by_key_.emplace(std::move(key), until_us);
  return true;
}

bool DynamicKeys::remove(const std::string& key) {
  const auto place = by_key_.find(key);
  if (place == by_key_.end()) return false;
  erase(place);
  return true;
}

void DynamicKeys::trim(std::int64_t now_us) {
  while (!by_expiry_.empty() && by_expiry_.begin()->first <= now_us) erase(by_key_.find(by_expiry_.begin()->second));
  while (by_key_.size() > max_) {
    erase(by_key_.find(by_expiry_.begin()->second));
    ++dropped_;
  }
}

std::unique_ptr<const LiveShard> DynamicKeys::remade(std::size_t shard) {
  std::vector<LiveKey> rows;
  const auto add = [&](const std::string& key) {
    const auto place = by_key_.find(key);
    if (place != by_key_.end()) rows.push_back({key, place->second});
  };
  std::vector<std::string>& fresh = fresh_[shard];
  std::sort(fresh.begin(), fresh.end());
  fresh.erase(std::unique(fresh.begin(), fresh.end()), fresh.end());
  shards_[shard]->each([&](std::string_view key, std::int64_t) {
    std::string text(key);
    if (!std::binary_search(fresh.begin(), fresh.end(), text)) add(text);
  });
  for (const std::string& key : fresh) add(key);
  return std::make_unique<LiveShard>(seed_, rows);
}

std::vector<std::uint8_t> DynamicKeys::lengths() const {
  std::vector<std::uint8_t> out;
  for (const auto& [length, count] : length_counts_) out.push_back(length);
  return out;
}

Retired DynamicKeys::publish() {
  Retired old;
  for (const auto& [shard, fresh] : fresh_) {
    std::unique_ptr<const LiveShard> next = remade(shard);
    old.shards.push_back(std::exchange(shards_[shard], std::move(next)));
  }
  fresh_.clear();
  std::vector<const LiveShard*> shards;
  shards.reserve(shards_.size());
  for (const auto& shard : shards_) shards.push_back(shard.get());
  old.keys = std::exchange(keys_, std::make_unique<const LiveKeys>(seed_, std::move(shards), lengths()));
  return old;
}

}  // namespace sprx
