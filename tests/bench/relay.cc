// A relay of bytes that knows nothing of HTTP: the least that any proxy can cost. One thread; each client has a
// connection of its own to the origin. `sprx_relay PORT ORIGIN_PORT`, both of 127.0.0.1; ends with a signal.
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string>
#include <string_view>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

namespace {

constexpr std::size_t kBufferBytes = 64 * 1024;
constexpr int kBacklog = 4096;
constexpr int kEventsAtOnce = 256;

struct Pair;

/// One of the two connections of a pair. What could not be sent to it at once waits in `pending`, and its peer is not
/// read meanwhile.
struct Side {
  int fd = -1;
  Pair* pair = nullptr;
  Side* peer = nullptr;
  std::string pending;
  bool ended = false;  ///< it has sent its last byte
};

struct Pair {
  Side client;
  Side origin;
  bool dead = false;
};

[[noreturn]] void fail(const char* what) {
  std::perror(what);
  std::exit(EXIT_FAILURE);
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(port);
  out.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return out;
}

class Relay {
 public:
  Relay(std::uint16_t port, std::uint16_t origin_port) : origin_(loopback(origin_port)), buffer_(kBufferBytes) {
    const int one = 1;
    const sockaddr_in here = loopback(port);
    if (listener_ < 0 || epoll_ < 0) fail("socket");
    setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listener_, reinterpret_cast<const sockaddr*>(&here), sizeof here) != 0) fail("bind");
    if (listen(listener_, kBacklog) != 0) fail("listen");
    watch(EPOLL_CTL_ADD, listener_, EPOLLIN, nullptr);
  }

  [[noreturn]] void run() {
    std::array<epoll_event, kEventsAtOnce> events;
    for (;;) {
      const int count = epoll_wait(epoll_, events.data(), kEventsAtOnce, -1);
      for (int i = 0; i < count; ++i) {
        auto* side = static_cast<Side*>(events[static_cast<std::size_t>(i)].data.ptr);
        if (side == nullptr) {
          accept_all();
        } else if (!side->pair->dead && !serve(*side, events[static_cast<std::size_t>(i)].events)) {
          close_pair(*side->pair);
        }
      }
      dead_.clear();  // only now: an event of this batch may have named one of them
    }
  }

 private:
  void watch(int what, int fd, std::uint32_t for_events, Side* side) {
    epoll_event event{};
    event.events = for_events;
    event.data.ptr = side;
    epoll_ctl(epoll_, what, fd, &event);
  }

  void accept_all() {
    for (;;) {
      const int client = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (client < 0) return;
      const int origin = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      if (origin < 0 || connect(origin, reinterpret_cast<const sockaddr*>(&origin_), sizeof origin_) != 0) {
        close(client);
        if (origin >= 0) close(origin);
        continue;
      }
      auto* pair = new Pair;
      join(pair->client, client, pair->origin, *pair);
      join(pair->origin, origin, pair->client, *pair);
    }
  }

  void join(Side& side, int fd, Side& peer, Pair& pair) {
    const int one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    side.fd = fd;
    side.peer = &peer;
    side.pair = &pair;
    watch(EPOLL_CTL_ADD, fd, EPOLLIN, &side);
  }

  /// False when the pair is to be closed.
  bool serve(Side& side, std::uint32_t events) {
    if ((events & EPOLLERR) != 0 || ((events & EPOLLHUP) != 0 && side.ended)) return false;
    if ((events & EPOLLOUT) != 0 && !flush(side)) return false;
    if ((events & (EPOLLIN | EPOLLHUP)) == 0 || !side.peer->pending.empty() || side.ended) return true;
    const ssize_t got = recv(side.fd, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (got < 0) return errno == EAGAIN || errno == EINTR;
    if (got == 0) return end_of(side);
    return pass(*side.peer, {buffer_.data(), static_cast<std::size_t>(got)});
  }

  bool pass(Side& to, std::string_view bytes) {
    const ssize_t sent = send(to.fd, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) return false;
    const std::size_t taken = sent < 0 ? 0 : static_cast<std::size_t>(sent);
    if (taken == bytes.size()) return true;
    to.pending.assign(bytes.substr(taken));
    watch_again(to);
    return true;
  }

  bool flush(Side& side) {
    if (side.pending.empty()) return true;
    const ssize_t sent = send(side.fd, side.pending.data(), side.pending.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0) return errno == EAGAIN || errno == EINTR;
    side.pending.erase(0, static_cast<std::size_t>(sent));
    if (side.pending.empty()) watch_again(side);
    return true;
  }

  /// Its peer hears of the end, having all bytes already; the pair goes when both have ended.
  bool end_of(Side& side) {
    side.ended = true;
    shutdown(side.peer->fd, SHUT_WR);
    watch_again(side);
    return !side.peer->ended;
  }

  void watch_again(Side& side) {
    for (Side* of : {&side, side.peer}) {
      const bool reads = !of->ended && of->peer->pending.empty();
      watch(EPOLL_CTL_MOD, of->fd, (reads ? EPOLLIN : 0U) | (of->pending.empty() ? 0U : EPOLLOUT), of);
    }
  }

  void close_pair(Pair& pair) {
    close(pair.client.fd);
    close(pair.origin.fd);
    pair.dead = true;
    dead_.emplace_back(&pair);
  }

  sockaddr_in origin_;
  std::vector<char> buffer_;
  std::vector<std::unique_ptr<Pair>> dead_;
  int listener_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  int epoll_ = epoll_create1(EPOLL_CLOEXEC);
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: sprx_relay PORT ORIGIN_PORT\n", stderr);
    return 2;
  }
  Relay(static_cast<std::uint16_t>(std::atoi(argv[1])), static_cast<std::uint16_t>(std::atoi(argv[2]))).run();
}
