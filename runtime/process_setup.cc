#include "runtime/process_setup.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <sys/resource.h>
#include <unistd.h>

namespace sprx {

std::optional<std::string> make_directories(const std::vector<std::string>& directories, const std::string& user) {
  const passwd* entry = user.empty() || ::geteuid() != 0 ? nullptr : ::getpwnam(user.c_str());
  std::optional<std::string> first;
  for (const std::string& directory : directories) {
    if (directory.empty()) continue;
    std::error_code ec;
    std::filesystem::create_directories(directory, ec);
    if (ec && !first) first = fmt::format("cannot make {}: {}", directory, ec.message());
    if (!ec && entry != nullptr && ::chown(directory.c_str(), entry->pw_uid, entry->pw_gid) != 0) {
      if (!first) first = fmt::format("cannot give {} to {}: {}", directory, user, std::strerror(errno));
    }
  }
  return first;
}

std::optional<std::string> become(const std::string& user) {
  if (user.empty() || ::geteuid() != 0) return std::nullopt;
  const passwd* entry = ::getpwnam(user.c_str());
  if (entry == nullptr) return fmt::format("there is no user `{}`", user);
  if (entry->pw_uid == 0) return std::nullopt;
  if (::initgroups(user.c_str(), entry->pw_gid) != 0 || ::setgid(entry->pw_gid) != 0 || ::setuid(entry->pw_uid) != 0) {
    return fmt::format("cannot become {}: {}", user, std::strerror(errno));
  }
  // Root must be gone for good.
  if (::setuid(0) == 0) return fmt::format("becoming {} did not give up root", user);
  return std::nullopt;
}

void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace sprx
