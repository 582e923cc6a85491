// ControlSocket: the Unix socket that `sprx ctl` talks to, and the lock beside it that makes a second proxy refuse to
// start.
#pragma once

#include <optional>
#include <string>

namespace sprx {

class ControlSocket {
 public:
  ControlSocket() = default;
  ~ControlSocket();
  ControlSocket(const ControlSocket&) = delete;
  ControlSocket& operator=(const ControlSocket&) = delete;

  /// Takes PATH.lock, replaces a socket that a dead proxy left, binds and listens; 0660, group `group` if that exists
  /// and we may. Returns the reason on failure.
  [[nodiscard]] std::optional<std::string> open(const std::string& path, const std::string& group);
  /// Removes the socket; the lock file stays (removing it would race with the next proxy).
  void close();
  [[nodiscard]] int fd() const { return fd_; }

 private:
  std::string path_;
  int lock_ = -1;
  int fd_ = -1;
};

}  // namespace sprx
