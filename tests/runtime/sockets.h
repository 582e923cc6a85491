// Blocking loopback sockets with a time limit, for scripted clients and origins.
#pragma once

#include <cstdint>
#include <netinet/in.h>
#include <optional>
#include <string>
#include <string_view>

namespace sprx {

/// A connected socket; closes itself.
class Peer {
 public:
  Peer() = default;
  explicit Peer(int fd) : fd_(fd) {}
  Peer(Peer&& other) noexcept;
  Peer& operator=(Peer&& other) noexcept;
  ~Peer();

  [[nodiscard]] bool open() const { return fd_ >= 0; }
  [[nodiscard]] int fd() const { return fd_; }
  /// False if the other side is gone.
  bool send(std::string_view bytes);
  /// Exactly `size` bytes, fewer at the end of the connection or of the time.
  std::string receive(std::size_t size);
  /// Everything to the end; `reset` says whether it ended with one, `timed_out` that it did not end.
  std::string receive_all(bool* reset = nullptr, bool* timed_out = nullptr);
  /// Up to and with `end`.
  std::string receive_until(std::string_view end);
  void shut();
  void close();
  void reset();

 private:
  int fd_ = -1;
};

Peer connect_to(std::uint16_t port);
Peer connect_unix(const std::string& path);

[[nodiscard]] sockaddr_in loopback(std::uint16_t port);

/// A listening socket on a free port of 127.0.0.1.
class Listener {
 public:
  Listener();
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// The next connection; not open if none came in time.
  Peer accept();
  /// A connection if there is one already.
  Peer accept_now();
  /// From now on connections are refused.
  void close();
  void reopen();

 private:
  int fd_ = -1;
  std::uint16_t port_ = 0;
};

}  // namespace sprx
