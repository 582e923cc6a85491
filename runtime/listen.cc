#include "runtime/listen.h"

#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace sprx {
namespace {

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

std::optional<Address> address_of(const std::string& text, std::uint16_t port, bool v6) {
  Address out;
  if (v6) {
    auto& address = reinterpret_cast<sockaddr_in6&>(out.storage);
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(port);
    out.size = sizeof address;
    if (!text.empty() && ::inet_pton(AF_INET6, text.c_str(), &address.sin6_addr) != 1) return std::nullopt;
  } else {
    auto& address = reinterpret_cast<sockaddr_in&>(out.storage);
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    out.size = sizeof address;
    if (!text.empty() && ::inet_pton(AF_INET, text.c_str(), &address.sin_addr) != 1) return std::nullopt;
  }
  return out;
}

/// A bound and listening socket, or -1 with errno set.
int listen_socket(const Address& address, PortUse use) {
  const int fd = ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  const int on = 1;
  const int off = 0;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (use == PortUse::shared) ::setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  if (address.storage.ss_family == AF_INET6) ::setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&address.storage), address.size) == 0 &&
      ::listen(fd, SOMAXCONN) == 0)
    return fd;
  const int error = errno;
  ::close(fd);
  errno = error;
  return -1;
}

std::uint16_t port_of(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6&>(address).sin6_port
                                             : reinterpret_cast<sockaddr_in&>(address).sin_port);
}

bool has_ipv6() {
  const int fd = ::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return false;
  ::close(fd);
  return true;
}

}  // namespace

std::optional<std::string> listen_on(const std::string& text, std::uint16_t& port, unsigned count,
                                     std::vector<int>& sockets, PortUse use) {
  bool v6 = text.empty() ? has_ipv6() : text.find(':') != std::string::npos;
  for (unsigned i = 0; i < count; ++i) {
    auto address = address_of(text, port, v6);
    if (!address) return fmt::format("`{}` is not an address to listen on", text);
    int fd = listen_socket(*address, use);
    if (fd < 0 && v6 && text.empty() && i == 0 && errno == EADDRNOTAVAIL) {
      v6 = false;  // the kernel knows IPv6 but this network name space has none
      address = address_of(text, port, v6);
      fd = listen_socket(*address, use);
    }
    if (fd < 0) {
      const std::string why = std::strerror(errno);
      for (const int open : sockets) ::close(open);
      sockets.clear();
      return fmt::format("cannot listen on {}:{}: {}", text.empty() ? "*" : text, port, why);
    }
    if (port == 0) port = port_of(fd);
    sockets.push_back(fd);
  }
  return std::nullopt;
}

}  // namespace sprx
