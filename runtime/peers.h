// PeerCounts: how many client connections each address has, over all workers. Asked only when a connection comes or
// goes, and only where `limits { connections_per_peer }` is set.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <mutex>

#include "compiler/table/address.h"

namespace sprx {

class PeerCounts {
 public:
  /// Counts one more unless there are `most` already.
  bool enter(const IpAddress& peer, std::uint64_t most) {
    Shard& shard = shard_of(peer);
    const std::lock_guard lock(shard.mutex);
    std::uint64_t& count = shard.counts[peer];
    if (count >= most) return false;
    ++count;
    return true;
  }
  void leave(const IpAddress& peer) {
    Shard& shard = shard_of(peer);
    const std::lock_guard lock(shard.mutex);
    const auto found = shard.counts.find(peer);
    if (found != shard.counts.end() && --found->second == 0) shard.counts.erase(found);
  }

 private:
  struct Shard {
    std::mutex mutex;
    std::map<IpAddress, std::uint64_t> counts;
  };
  Shard& shard_of(const IpAddress& peer) {
    std::size_t sum = 0;
    for (const std::uint8_t byte : peer.bytes) sum = sum * 31 + byte;
    return shards_[sum % shards_.size()];
  }
  std::array<Shard, 16> shards_;
};

}  // namespace sprx
