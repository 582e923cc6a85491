// UpstreamPool: a worker's unused connections to the next hop, most recently used first.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "runtime/buffer.h"
#include "runtime/counters.h"
#include "runtime/stream.h"

namespace sprx {

/// A connection to the next hop and what was received on it but not yet used.
struct UpstreamConnection {
  UpstreamConnection(Poller& poller, StreamList& list, std::size_t read_limit) : stream(poller, list, read_limit) {}
  Stream stream;
  Buffer in;
  std::string address;  ///< as in Endpoint::text
  Milliseconds idle_since = 0;
  bool reused = false;  ///< has served a request before
};

class UpstreamPool {
 public:
  explicit UpstreamPool(Counters& counters) : counters_(counters) {}

  /// How much is made of a connection being alive and silent: `must` asks the kernel, for a request that cannot be sent
  /// twice, and for one after which nobody else has asked it.
  enum class Alive : std::uint8_t { should, must };
  /// The connection used last, if it still looks alive; null if there is none.
  std::unique_ptr<UpstreamConnection> take(Milliseconds now, Milliseconds idle_timeout, Alive alive);
  /// Keeps a connection; the least recently used one goes if there are more than `most`.
  void give(std::unique_ptr<UpstreamConnection> connection, Milliseconds now, std::size_t most);
  /// Closes what has been idle for too long.
  void sweep(Milliseconds now, Milliseconds idle_timeout);
  /// Closes the least recently used connection; false if there is none. For when descriptors are short.
  bool shed();
  void clear();
  [[nodiscard]] std::size_t size() const { return idle_.size(); }

 private:
  std::vector<std::unique_ptr<UpstreamConnection>> idle_;  ///< the last one was used last
  Counters& counters_;
};

}  // namespace sprx
