// Blocking sockets with a deadline for every wait, for the scripted client and the scripted origin. Nothing here
// sleeps.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace sprx::http_suite {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::milliseconds;

/// Owns a descriptor.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() { close(); }
  void close();
  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] bool is_open() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

enum class ReadEnd : std::uint8_t { data, eof, reset, late };

/// Reads what is there into the end of `into`, waiting until there is something.
[[nodiscard]] ReadEnd read_some(int fd, std::string& into, Milliseconds deadline);

/// Writes what the kernel takes without waiting; 0 where it is full, negative where the connection is broken.
[[nodiscard]] long write_some(int fd, std::string_view bytes);

/// Waits until one of two descriptors (-1 for none) can be read. False at the deadline.
[[nodiscard]] bool wait_readable(int fd, int other, Milliseconds deadline);
[[nodiscard]] bool wait_writable(int fd, Milliseconds deadline);

/// Connected to 127.0.0.1:`port`, TCP_NODELAY; not open where it is refused, with errno saying how.
[[nodiscard]] Descriptor connect_to(std::uint16_t port);

/// Listens on 127.0.0.1:`port` (0 for a free one).
[[nodiscard]] Descriptor listen_on(std::uint16_t port, int backlog);
[[nodiscard]] std::uint16_t port_of(int fd);
/// A port that is free now.
[[nodiscard]] std::uint16_t free_port();

void close_with_reset(Descriptor& fd);

/// Bytes that were sent over `fd` and that the peer's process has not read yet, asked from the kernel (sock_diag); -1
/// where the peer's socket is gone or the kernel does not tell.
[[nodiscard]] long unread_by_peer(int fd);

}  // namespace sprx::http_suite
