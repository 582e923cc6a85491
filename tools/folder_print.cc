#include "tools/folder_print.h"

#include <string>
#include <string_view>
#include <sys/stat.h>
#include <vector>

namespace sprx {
namespace {

namespace fs = std::filesystem;

/// FNV-1a: what is compared is our own directory, nobody gains from two that look alike.
class Sum {
 public:
  void add(std::string_view bytes) {
    for (const char byte : bytes) value_ = (value_ ^ static_cast<unsigned char>(byte)) * 0x100000001b3U;
    value_ = (value_ ^ 0xffU) * 0x100000001b3U;
  }
  void add(std::uint64_t number) { add({reinterpret_cast<const char*>(&number), sizeof number}); }
  [[nodiscard]] std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 0xcbf29ce484222325U;
};

std::uint64_t nanoseconds(const timespec& time) {
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000U + static_cast<std::uint64_t>(time.tv_nsec);
}

void add_file(Sum& sum, const struct stat& about) {
  for (const std::uint64_t number :
       {std::uint64_t{about.st_mode}, std::uint64_t{about.st_dev}, std::uint64_t{about.st_ino},
        static_cast<std::uint64_t>(about.st_size), nanoseconds(about.st_mtim), nanoseconds(about.st_ctim)}) {
    sum.add(number);
  }
}

}  // namespace

std::optional<std::uint64_t> folder_print(const fs::path& folder, std::size_t most) {
  struct stat about {};
  // A root that is a link is followed; links below are not, what they lead to lies below too or is of no use.
  if (::stat(folder.c_str(), &about) != 0) return 0;
  Sum root;
  root.add(about.st_dev);
  root.add(about.st_ino);
  std::uint64_t all = root.value();
  std::size_t entries = 0;
  std::vector<fs::path> open{folder};
  while (!open.empty()) {
    const fs::path at = std::move(open.back());
    open.pop_back();
    std::error_code ec;
    fs::directory_iterator entry(at, fs::directory_options::skip_permission_denied, ec);
    for (; !ec && entry != fs::directory_iterator(); entry.increment(ec)) {
      const fs::path& path = entry->path();
      if (path.filename() == ".git") continue;
      if (++entries > most) return std::nullopt;
      if (::lstat(path.c_str(), &about) != 0) continue;  // it has just gone
      Sum sum;
      sum.add(path.native());
      add_file(sum, about);
      if (S_ISLNK(about.st_mode)) sum.add(fs::read_symlink(path, ec).native());
      if (S_ISDIR(about.st_mode)) open.push_back(path);
      all += sum.value();  // whatever the order in which the directory tells them
    }
  }
  return all;
}

}  // namespace sprx
