#include "compiler/read_source.h"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>
#include <unistd.h>

namespace sprx {
namespace {

constexpr std::size_t kChunk = 64 * 1024;

/// A file descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] bool open() const { return fd_ >= 0; }

 private:
  int fd_;
};

std::string descriptor_path(const Descriptor& fd) { return "/proc/self/fd/" + std::to_string(fd.get()); }

bool same_inode(const struct stat& a, const struct stat& b) { return a.st_dev == b.st_dev && a.st_ino == b.st_ino; }

/// Where what was opened as `name` really is, links resolved; "" if that cannot be found out. The kernel knows it
/// exactly; where /proc is not mounted (a bare chroot) the name is resolved again and must lead to the same inode.
std::string real_place(const Descriptor& fd, const std::filesystem::path& name) {
  std::string place(PATH_MAX, '\0');
  const ssize_t size = readlink(descriptor_path(fd).c_str(), place.data(), place.size());
  if (size > 0 && static_cast<std::size_t>(size) < place.size()) {
    place.resize(static_cast<std::size_t>(size));
    return place;
  }
  struct stat held = {};
  struct stat named = {};
  if (size >= 0 || realpath(name.c_str(), place.data()) == nullptr) return {};
  place.resize(place.find('\0'));
  if (fstat(fd.get(), &held) != 0 || stat(place.c_str(), &named) != 0 || !same_inode(held, named)) return {};
  return place;
}

bool lies_in(std::string_view place, std::string_view directory) {
  if (place.empty() || directory.empty()) return false;
  if (directory == "/") return place.front() == '/';
  return place.starts_with(directory) && (place.size() == directory.size() || place[directory.size()] == '/');
}

ReadOutcome outcome_of(int error) {
  return error == ENOENT || error == ENOTDIR || error == ENAMETOOLONG ? ReadOutcome::missing : ReadOutcome::unreadable;
}

/// Likewise for `name`, seen from the directory `at`: a link that leads nowhere is no missing file. Taken for one, a
/// broken deployment would switch off every rule without a word.
ReadOutcome outcome_of(int error, int at, const char* name) {
  struct stat about = {};
  const bool link = fstatat(at, name, &about, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(about.st_mode);
  return link ? ReadOutcome::unreadable : outcome_of(error);
}

/// Why something that is there cannot be read.
std::string why_unreadable(int error) {
  if (error == ENOENT || error == ENOTDIR) return "it is a link that leads nowhere";
  if (error == ELOOP) return "its links lead in a circle";
  if (error == EACCES || error == EPERM) return "permission denied";
  std::string text = std::strerror(error);
  if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z' && error != EIO) text[0] = static_cast<char>(text[0] | 0x20);
  return text;
}

/// Something of the directory that is held by its inode; what it is called may change, what is read does not.
struct Held {
  ReadOutcome outcome = ReadOutcome::missing;
  int error = 0;  ///< errno of what failed
  std::unique_ptr<Descriptor> fd;
  struct stat about = {};
  std::filesystem::path name;
};

/// Opens for reading the very inode that is held, -1 if that fails; `flags` as open() knows them.
int reopen(const Held& held, int flags) {
  flags |= O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
  const int direct = ::open(descriptor_path(*held.fd).c_str(), flags);
  if (direct >= 0 || errno != ENOENT) return direct;
  // No /proc. A regular file or directory: nothing notices that it is opened by name and then compared.
  struct stat opened = {};
  const int by_name = ::open(held.name.c_str(), flags);
  if (by_name < 0 || (fstat(by_name, &opened) == 0 && same_inode(opened, held.about))) return by_name;
  close(by_name);
  return -1;
}

/// Takes hold of `name` without opening it, so that a FIFO or device notices nothing, and checks that it lies inside.
Held hold(const std::filesystem::path& directory, std::string_view name) {
  Held out;
  const Descriptor root(::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!root.open()) {
    out.error = errno;
    out.outcome = outcome_of(out.error, AT_FDCWD, directory.c_str());
    return out;
  }
  const std::string relative = name.empty() ? "." : std::string(name);
  out.name = directory / relative;
  out.fd = std::make_unique<Descriptor>(openat(root.get(), relative.c_str(), O_PATH | O_CLOEXEC));
  if (!out.fd->open()) {
    out.error = errno;
    out.outcome = outcome_of(out.error, root.get(), relative.c_str());
  } else if (!lies_in(real_place(*out.fd, out.name), real_place(root, directory))) {
    out.outcome = ReadOutcome::outside;
  } else {
    out.outcome = fstat(out.fd->get(), &out.about) == 0 ? ReadOutcome::ok : ReadOutcome::unreadable;
    out.error = out.outcome == ReadOutcome::ok ? 0 : errno;
  }
  return out;
}

ReadText read_all(const Descriptor& fd, std::size_t expected, std::size_t most) {
  ReadText out;
  out.text.reserve(std::min(expected, most) + 1);
  for (;;) {
    const std::size_t have = out.text.size();
    const std::size_t wanted = std::min(kChunk, most + 1 - have);
    out.text.resize(have + wanted);
    const ssize_t got = read(fd.get(), out.text.data() + have, wanted);
    out.text.resize(have + (got > 0 ? static_cast<std::size_t>(got) : 0));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return {ReadOutcome::unreadable, {}, why_unreadable(errno)};
    if (got == 0) break;
    // It may have grown since it was measured.
    if (out.text.size() > most) return {ReadOutcome::too_large, {}, {}};
  }
  out.outcome = ReadOutcome::ok;
  return out;
}

bool matches(std::string_view pattern, std::string_view name) {
  if (name.starts_with('.') && !pattern.starts_with('.')) return false;
  // The latest `*` and where the name stood then: going back to an earlier one never helps.
  std::size_t p = 0;
  std::size_t n = 0;
  std::size_t star = std::string_view::npos;
  std::size_t resume = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = n;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == name[n])) {
      ++p;
      ++n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

class Glob {
 public:
  Glob(const std::filesystem::path& directory, std::size_t& looked) : directory_(directory), looked_(looked) {}

  /// Matches what is left of the pattern in the directory `prefix` ("" or ending in `/`).
  void walk(const std::string& prefix, std::string_view pattern) {
    const std::size_t slash = pattern.find('/');
    const std::string_view segment = pattern.substr(0, slash);
    const bool last = slash == std::string_view::npos;
    if (!is_glob(segment)) {
      take(prefix + std::string(segment), last ? std::string_view{} : pattern.substr(slash + 1), last);
      return;
    }
    for (const std::string& name : entries(prefix)) {
      if (matches(segment, name)) take(prefix + name, last ? std::string_view{} : pattern.substr(slash + 1), last);
    }
  }
  GlobResult result() {
    std::sort(result_.names.begin(), result_.names.end());
    return std::move(result_);
  }

 private:
  void take(const std::string& name, std::string_view rest, bool last) {
    if (!last) return walk(name + "/", rest);
    const Held held = hold(directory_, name);
    if (held.outcome == ReadOutcome::missing) return;
    if (held.outcome == ReadOutcome::ok && S_ISDIR(held.about.st_mode)) return;
    result_.names.push_back(name);  // what cannot be read is said when it is
  }

  /// What is in a directory that is there but cannot be looked through may be any rule: it is not taken for empty.
  std::vector<std::string> unreadable(std::string_view name, int error) {
    result_.outcome = ReadOutcome::unreadable;
    result_.why = (name.empty() ? "the configuration directory" : "the directory `" + std::string(name) + "`") +
                  " cannot be looked through: " + why_unreadable(error);
    return {};
  }

  std::vector<std::string> entries(std::string_view name) {
    if (name.ends_with('/')) name.remove_suffix(1);
    const Held held = hold(directory_, name);
    if (held.outcome == ReadOutcome::outside) result_.outcome = ReadOutcome::outside;
    if (held.outcome == ReadOutcome::unreadable) return unreadable(name, held.error);
    if (held.outcome != ReadOutcome::ok || !S_ISDIR(held.about.st_mode)) return {};
    const int fd = reopen(held, O_DIRECTORY);
    if (fd < 0) return unreadable(name, errno);
    DIR* const open = fdopendir(fd);
    if (open == nullptr) {
      const int error = errno;
      close(fd);
      return unreadable(name, error);
    }
    std::vector<std::string> out;
    const int error = list(open, out);
    closedir(open);
    return error == 0 ? out : unreadable(name, error);
  }

  /// 0, or errno of what failed.
  int list(DIR* open, std::vector<std::string>& out) {
    for (;;) {
      errno = 0;
      const dirent* const entry = readdir(open);
      if (entry == nullptr) return errno;
      const std::string_view name(entry->d_name);
      if (name == "." || name == "..") continue;
      if (++looked_ > kMaxGlobEntries) {
        result_.outcome = ReadOutcome::too_many;
        return 0;
      }
      out.emplace_back(name);
    }
  }

  const std::filesystem::path& directory_;
  std::size_t& looked_;
  GlobResult result_;
};

}  // namespace

std::optional<std::string> resolve_name(std::string_view from, std::string_view name) {
  if (name.starts_with('/') || name.find('\0') != std::string_view::npos) return std::nullopt;
  const std::size_t last = from.rfind('/');
  const std::string whole =
      (last == std::string_view::npos ? "" : std::string(from.substr(0, last + 1))) + std::string(name);
  std::vector<std::string_view> segments;
  for (std::size_t begin = 0; begin <= whole.size();) {
    const std::size_t end = std::min(whole.find('/', begin), whole.size());
    const std::string_view segment = std::string_view(whole).substr(begin, end - begin);
    if (segment == "..") {
      if (segments.empty()) return std::nullopt;
      segments.pop_back();
    } else if (!segment.empty() && segment != ".") {
      segments.push_back(segment);
    }
    begin = end + 1;
  }
  std::string out;
  for (const std::string_view segment : segments) out += (out.empty() ? "" : "/") + std::string(segment);
  return out;
}

ReadText read_source(const std::filesystem::path& directory, std::string_view name, std::size_t most) {
  if (name.find('\0') != std::string_view::npos || name.starts_with('/')) return {ReadOutcome::outside, {}, {}};
  const Held held = hold(directory, name);
  if (held.outcome == ReadOutcome::outside) return {held.outcome, {}, "it leads out of the directory"};
  if (held.outcome == ReadOutcome::unreadable) return {held.outcome, {}, why_unreadable(held.error)};
  if (held.outcome != ReadOutcome::ok) return {held.outcome, {}, {}};
  if (!S_ISREG(held.about.st_mode)) {
    return {ReadOutcome::not_a_file, {}, S_ISDIR(held.about.st_mode) ? "it is a directory" : "it is no regular file"};
  }
  const auto size = static_cast<std::size_t>(held.about.st_size);
  if (size > most) return {ReadOutcome::too_large, {}, {}};
  // Opens the very inode that was checked.
  const Descriptor file(reopen(held, 0));
  if (!file.open()) return {ReadOutcome::unreadable, {}, why_unreadable(errno)};
  return read_all(file, size, most);
}

bool is_glob(std::string_view name) { return name.find_first_of("*?") != std::string_view::npos; }

bool glob_matches(std::string_view pattern, std::string_view name) {
  for (;;) {
    const std::size_t slash = pattern.find('/');
    const std::size_t other = name.find('/');
    if (!matches(pattern.substr(0, slash), name.substr(0, other))) return false;
    if (slash == std::string_view::npos || other == std::string_view::npos) return slash == other;
    pattern.remove_prefix(slash + 1);
    name.remove_prefix(other + 1);
  }
}

GlobResult glob_sources(const std::filesystem::path& directory, std::string_view from, std::string_view pattern,
                        std::size_t& looked) {
  const std::optional<std::string> resolved = resolve_name(from, pattern);
  if (!resolved) return {ReadOutcome::outside, {}, {}};
  Glob glob(directory, looked);
  glob.walk("", *resolved);
  return glob.result();
}

}  // namespace sprx
