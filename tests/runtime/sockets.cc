#include "tests/runtime/sockets.h"

#include <arpa/inet.h>
#include <cerrno>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

namespace sprx {
namespace {

constexpr int kPatienceMs = 20'000;  // only a failing test waits this long

bool ready(int fd, short events) {
  pollfd state{fd, events, 0};
  return ::poll(&state, 1, kPatienceMs) > 0;
}

}  // namespace

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

Peer::Peer(Peer&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
Peer& Peer::operator=(Peer&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}
Peer::~Peer() { close(); }

bool Peer::send(std::string_view bytes) {
  while (!bytes.empty()) {
    if (!ready(fd_, POLLOUT)) return false;
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno == EAGAIN) continue;
    if (sent < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

std::string Peer::receive(std::size_t size) {
  std::string out(size, '\0');
  std::size_t have = 0;
  while (have < size && ready(fd_, POLLIN)) {
    const ssize_t got = ::recv(fd_, out.data() + have, size - have, 0);
    if (got <= 0) break;
    have += static_cast<std::size_t>(got);
  }
  out.resize(have);
  return out;
}

std::string Peer::receive_all(bool* reset, bool* timed_out) {
  std::string out;
  char block[65536];
  if (reset != nullptr) *reset = false;
  if (timed_out != nullptr) *timed_out = false;
  for (;;) {
    if (!ready(fd_, POLLIN)) {
      if (timed_out != nullptr) *timed_out = true;
      return out;
    }
    const ssize_t got = ::recv(fd_, block, sizeof block, 0);
    if (got < 0 && reset != nullptr) *reset = true;
    if (got <= 0) return out;
    out.append(block, static_cast<std::size_t>(got));
  }
}

std::string Peer::receive_until(std::string_view end) {
  std::string out;
  while (!out.ends_with(end)) {
    const std::string byte = receive(1);
    if (byte.empty()) break;
    out += byte;
  }
  return out;
}

void Peer::shut() { ::shutdown(fd_, SHUT_WR); }

void Peer::close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

void Peer::reset() {
  const linger now{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  close();
}

Peer connect_to(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(port);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(fd);
    return {};
  }
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return Peer(fd);
}

Peer connect_unix(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(fd);
    return {};
  }
  return Peer(fd);
}

Listener::Listener() { reopen(); }
Listener::~Listener() { close(); }

void Listener::reopen() {
  fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  ::setsockopt(fd_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address = loopback(port_);
  ::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  ::listen(fd_, 64);
  socklen_t size = sizeof address;
  ::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
}

void Listener::close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

Peer Listener::accept() {
  if (!ready(fd_, POLLIN)) return {};
  return accept_now();
}

Peer Listener::accept_now() {
  pollfd state{fd_, POLLIN, 0};
  if (fd_ < 0 || ::poll(&state, 1, 0) <= 0) return {};
  const int fd = ::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC);
  if (fd < 0) return {};
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return Peer(fd);
}

}  // namespace sprx
