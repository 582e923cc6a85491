#include "runtime/upstream_pool.h"

#include <algorithm>
#include <utility>

namespace sprx {
std::unique_ptr<UpstreamConnection> UpstreamPool::take(Milliseconds now, Milliseconds idle_timeout, Alive alive) {
  while (!idle_.empty()) {
    std::unique_ptr<UpstreamConnection> connection = std::move(idle_.back());
    idle_.pop_back();
    counters_.upstream_idle.set(idle_.size());
    if (now - connection->idle_since >= idle_timeout) {
      clear();  // all others are older
      return nullptr;
    }
    // Looked at every time: an end, an error and above all bytes that nobody asked for, which would be taken for the
    // next response, all make it unusable.
    const bool known = alive == Alive::should && connection->stream.is_known_quiet();
    if (known || connection->stream.is_quiet()) return connection;
  }
  return nullptr;
}

void UpstreamPool::give(std::unique_ptr<UpstreamConnection> connection, Milliseconds now, std::size_t most) {
  if (most == 0) return;
  connection->idle_since = now;
  connection->reused = true;
  if (idle_.size() >= most) idle_.erase(idle_.begin());
  idle_.push_back(std::move(connection));
  counters_.upstream_idle.set(idle_.size());
}

void UpstreamPool::sweep(Milliseconds now, Milliseconds idle_timeout) {
  const auto fresh =
      std::find_if(idle_.begin(), idle_.end(), [&](const std::unique_ptr<UpstreamConnection>& connection) {
        return now - connection->idle_since < idle_timeout;
      });
  idle_.erase(idle_.begin(), fresh);
  // What the next hop has closed is let go of now rather than when it is wanted: it holds a descriptor on both sides.
  std::erase_if(idle_,
                [](const std::unique_ptr<UpstreamConnection>& connection) { return !connection->stream.is_quiet(); });
  counters_.upstream_idle.set(idle_.size());
}

bool UpstreamPool::shed() {
  if (idle_.empty()) return false;
  idle_.erase(idle_.begin());
  counters_.upstream_idle.set(idle_.size());
  return true;
}

void UpstreamPool::clear() {
  idle_.clear();
  counters_.upstream_idle.set(0);
}

}  // namespace sprx
