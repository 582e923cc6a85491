#include "tools/replace_file.h"

#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace sprx {
namespace {

namespace fs = std::filesystem;

std::string reason() { return std::generic_category().message(errno); }

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

/// Fills `fd`, the new file, in the likeness of `real`.
bool fill(int fd, const fs::path& real, std::string_view bytes) {
  struct stat about = {};
  if (::stat(real.c_str(), &about) != 0 || !write_all(fd, bytes)) return false;
  // Only root may give files away; anybody else's new file is his own. Changing the owner may clear bits of the mode.
  if (::fchown(fd, about.st_uid, about.st_gid) != 0) errno = 0;
  return ::fchmod(fd, about.st_mode & 07777) == 0 && ::fsync(fd) == 0;
}

}  // namespace

std::string write_beside(const fs::path& path, std::string_view bytes, FreshFile& out) {
  std::error_code error;
  out.real = fs::canonical(path, error);
  if (error) return fmt::format("cannot find {}: {}", path.string(), error.message());
  std::string fresh = (out.real.parent_path() / ("." + out.real.filename().string() + ".XXXXXX")).string();
  const int fd = ::mkostemp(fresh.data(), O_CLOEXEC);
  if (fd < 0) return fmt::format("cannot write beside {}: {}", out.real.string(), reason());
  out.fresh = fresh;
  bool done = fill(fd, out.real, bytes);
  std::string why = done ? std::string() : reason();
  if (::close(fd) != 0 && done) {
    done = false;
    why = reason();
  }
  if (done) return {};
  discard(out);
  return fmt::format("cannot replace {}: {}", out.real.string(), why);
}

std::string put_in_place(const FreshFile& file) {
  if (::rename(file.fresh.c_str(), file.real.c_str()) == 0) return {};
  std::string why = reason();
  discard(file);
  return fmt::format("cannot replace {}: {}", file.real.string(), why);
}

void discard(const FreshFile& file) { ::unlink(file.fresh.c_str()); }

std::string replace_file(const fs::path& path, std::string_view bytes) {
  FreshFile file;
  std::string wrong = write_beside(path, bytes, file);
  return wrong.empty() ? put_in_place(file) : wrong;
}

}  // namespace sprx
