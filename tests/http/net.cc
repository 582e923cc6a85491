#include "http/net.h"

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace sprx::http_suite {
namespace {

constexpr std::size_t kReadSize = 256 * 1024;

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

bool wait_for(pollfd* fds, nfds_t count, Milliseconds deadline) {
  const auto until = Clock::now() + deadline;
  for (;;) {
    const auto left = std::chrono::duration_cast<Milliseconds>(until - Clock::now()).count();
    const int ready = ::poll(fds, count, left > 0 ? static_cast<int>(left) : 0);
    if (ready > 0) return true;
    if (ready == 0 || errno != EINTR) return false;
  }
}

}  // namespace

void Descriptor::close() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

ReadEnd read_some(int fd, std::string& into, Milliseconds deadline) {
  static thread_local std::array<char, kReadSize> buffer;
  if (!wait_readable(fd, -1, deadline)) return ReadEnd::late;
  const ssize_t size = ::recv(fd, buffer.data(), buffer.size(), 0);
  if (size > 0) {
    into.append(buffer.data(), static_cast<std::size_t>(size));
    return ReadEnd::data;
  }
  return size == 0 ? ReadEnd::eof : ReadEnd::reset;
}

long write_some(int fd, std::string_view bytes) {
  const ssize_t size = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (size >= 0) return size;
  return errno == EAGAIN || errno == EINTR ? 0 : -1;
}

bool wait_readable(int fd, int other, Milliseconds deadline) {
  std::array<pollfd, 2> fds{{{fd, POLLIN, 0}, {other, POLLIN, 0}}};
  return wait_for(fds.data(), fds.size(), deadline);
}

bool wait_writable(int fd, Milliseconds deadline) {
  pollfd one{fd, POLLOUT, 0};
  return wait_for(&one, 1, deadline);
}

Descriptor connect_to(std::uint16_t port) {
  Descriptor fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sockaddr_in address = loopback(port);
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    const int why = errno;
    fd.close();
    errno = why;
    return fd;
  }
  const int on = 1;
  ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

Descriptor listen_on(std::uint16_t port, int backlog) {
  Descriptor fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int on = 1;
  ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const sockaddr_in address = loopback(port);
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return Descriptor();
  if (::listen(fd.get(), backlog) != 0) return Descriptor();
  return fd;
}

std::uint16_t port_of(int fd) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

std::uint16_t free_port() {
  const Descriptor fd = listen_on(0, 1);
  return port_of(fd.get());
}

void close_with_reset(Descriptor& fd) {
  const linger abort{1, 0};
  ::setsockopt(fd.get(), SOL_SOCKET, SO_LINGER, &abort, sizeof abort);
  fd.close();
}

long unread_by_peer(int fd) {
  static const Descriptor netlink(::socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG));
  sockaddr_in mine{};
  sockaddr_in peer{};
  socklen_t size = sizeof mine;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&mine), &size) != 0) return -1;
  size = sizeof peer;
  if (::getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) != 0) return -1;
  struct {
    nlmsghdr head;
    inet_diag_req_v2 ask;
  } request{};
  request.head.nlmsg_len = sizeof request;
  request.head.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  request.head.nlmsg_flags = NLM_F_REQUEST;
  request.ask.sdiag_family = AF_INET;
  request.ask.sdiag_protocol = IPPROTO_TCP;
  request.ask.idiag_states = ~0U;
  request.ask.id.idiag_sport = peer.sin_port;
  request.ask.id.idiag_dport = mine.sin_port;
  request.ask.id.idiag_src[0] = peer.sin_addr.s_addr;
  request.ask.id.idiag_dst[0] = mine.sin_addr.s_addr;
  request.ask.id.idiag_cookie[0] = INET_DIAG_NOCOOKIE;
  request.ask.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
  if (::send(netlink.get(), &request, sizeof request, 0) < 0) return -1;
  alignas(nlmsghdr) std::array<char, 8192> answer;
  const ssize_t got = ::recv(netlink.get(), answer.data(), answer.size(), 0);
  if (got < static_cast<ssize_t>(NLMSG_LENGTH(sizeof(inet_diag_msg)))) return -1;
  nlmsghdr head;
  std::memcpy(&head, answer.data(), sizeof head);
  if (head.nlmsg_type != SOCK_DIAG_BY_FAMILY) return -1;
  inet_diag_msg found;
  std::memcpy(&found, answer.data() + NLMSG_HDRLEN, sizeof found);
  return found.idiag_rqueue;
}

}  // namespace sprx::http_suite
