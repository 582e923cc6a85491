// The accepting side of a worker: taking connections, the limits on them, and what happens when descriptors run out.
#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "runtime/limits.h"
#include "runtime/session.h"
#include "runtime/worker.h"

namespace sprx {
namespace {

using boost::system::error_code;

constexpr int kAcceptBurst = 64;  ///< connections taken before others get their turn

IpAddress address_of(const sockaddr_storage& address) {
  IpAddress ip;
  if (address.ss_family == AF_INET6) {
    std::memcpy(ip.bytes.data(), &reinterpret_cast<const sockaddr_in6&>(address).sin6_addr, 16);
  } else if (address.ss_family == AF_INET) {
    ip.bytes[10] = ip.bytes[11] = 0xff;
    std::memcpy(ip.bytes.data() + 12, &reinterpret_cast<const sockaddr_in&>(address).sin_addr, 4);
  }
  return ip;
}

}  // namespace

void Worker::wait_for_connections() {
  listener_.async_wait(Descriptor::wait_read, [this](const error_code& ec) {
    if (ec || draining_) return;
    accept_some();
    if (accepting_) wait_for_connections();
  });
}

bool Worker::accept_some() {
  for (int taken = 0; taken < kAcceptBurst; ++taken) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    const int fd = ::accept4(listener_.native_handle(), reinterpret_cast<sockaddr*>(&address), &size,
                             SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
      admit(fd, address_of(address));
      continue;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK) return false;
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      counters_.accept_failures.add();
      if (!shed_connection()) {
        accepting_ = false;  // the tick tries again
        return false;
      }
      continue;
    }
    if (errno == EBADF || errno == EINVAL) return false;
    // ECONNABORTED and the network's errors belong to one connection: the next may be fine.
  }
  return true;
}

/// No descriptor for the next client: an unused one to the next hop is given up for it, else the client is turned away,
/// which takes the descriptor held in reserve. False if not even that works.
bool Worker::shed_connection() {
  if (pool_.shed()) return true;
  if (reserve_fd_ < 0) return false;
  ::close(reserve_fd_);
  const int fd = ::accept4(listener_.native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd >= 0) {
    const linger now{1, 0};
    ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    ::close(fd);
  }
  reserve_fd_ = ::open("/dev/null", 0);
  return reserve_fd_ >= 0;
}

void Worker::admit(int fd, const IpAddress& peer) {
  const auto most = static_cast<std::uint64_t>(settings()[Setting::limit_connections]);
  const auto most_of_peer = static_cast<std::uint64_t>(settings()[Setting::limit_connections_per_client]);
  const std::uint64_t open = commons_.connections.fetch_add(1, std::memory_order_relaxed);
  bool refused = open >= most;
  // Counted even where there is no limit, so that one set by a reload starts from the truth.
  if (!commons_.peers.enter(peer, most_of_peer == 0 ? UINT64_MAX : most_of_peer)) {
    refused = true;
    commons_.peers.enter(peer, UINT64_MAX);
  }
  counters_.connections_accepted.add();
  counters_.connections_open.add();
  if (refused) {
    counters_.connections_refused.add();
    if (open >= most + kRefusalsOpen) {
      ::close(fd);
      counters_.connections_open.sub();
      commons_.connections.fetch_sub(1, std::memory_order_relaxed);
      commons_.peers.leave(peer);
      return;
    }
  }
  Session::begin(*this, fd, peer, refused);
}

}  // namespace sprx
