#include "runtime/control_socket.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <grp.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace sprx {
namespace {

constexpr mode_t kSocketMode = 0660;
constexpr int kBacklog = 16;

}  // namespace

ControlSocket::~ControlSocket() { close(); }

void ControlSocket::close() {
  if (fd_ >= 0) {
    ::unlink(path_.c_str());
    ::close(fd_);
    fd_ = -1;
  }
  if (lock_ >= 0) {
    ::close(lock_);
    lock_ = -1;
  }
}

std::optional<std::string> ControlSocket::open(const std::string& path, const std::string& group) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return fmt::format("the control socket's path is too long: {}", path);
  path.copy(address.sun_path, path.size());
  std::error_code ec;
  const auto directory = std::filesystem::path(path).parent_path();
  if (!directory.empty()) std::filesystem::create_directories(directory, ec);

  const std::string lock_path = path + ".lock";
  lock_ = ::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock_ < 0) return fmt::format("cannot open {}: {}", lock_path, std::strerror(errno));
  if (::flock(lock_, LOCK_EX | LOCK_NB) != 0) {
    ::close(lock_);
    lock_ = -1;
    return fmt::format("another sprx is running: {} is locked", lock_path);
  }
  // Whoever made a socket that is there no longer holds the lock: it is dead.
  ::unlink(path.c_str());
  fd_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  path_ = path;
  if (fd_ < 0 || ::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return fmt::format("cannot bind {}: {}", path, std::strerror(errno));
  }
  ::chmod(path.c_str(), kSocketMode);
  if (const ::group* entry = group.empty() ? nullptr : ::getgrnam(group.c_str()); entry != nullptr) {
    if (::chown(path.c_str(), static_cast<uid_t>(-1), entry->gr_gid) != 0) {
      return fmt::format("cannot give {} to group {}: {}", path, group, std::strerror(errno));
    }
  }
  if (::listen(fd_, kBacklog) != 0) return fmt::format("cannot listen on {}: {}", path, std::strerror(errno));
  return std::nullopt;
}

}  // namespace sprx
