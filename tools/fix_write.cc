// Writing fixed files: all of them, or none.
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <optional>
#include <system_error>
#include <vector>

#include "tools/fix.h"
#include "tools/replace_file.h"

namespace sprx {
namespace {

namespace fs = std::filesystem;

std::optional<std::string> read_bytes(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(in), {});
}

/// Writes `bytes` beside `path`; what went wrong, if anything.
std::string prepare(const fs::path& path, const std::string& bytes, FreshFile& out) {
  std::error_code error;
  // Asked of the mode itself: root may write everything, and a file that was made read-only was made so for a reason.
  const fs::perms mode = fs::status(path, error).permissions();
  const fs::perms write = fs::perms::owner_write | fs::perms::group_write | fs::perms::others_write;
  if (error || (mode & write) == fs::perms::none)
    return fmt::format("{} is read-only; nothing was changed", path.string());
  const std::string wrong = write_beside(path, bytes, out);
  return wrong.empty() ? wrong : wrong + "; nothing was changed";
}

}  // namespace

std::string write_files(const fs::path& directory, const MemoryFiles& texts, const MemoryFiles& before) {
  std::string wrong;
  std::vector<FreshFile> prepared;
  // All are written before the first is put in its place: what cannot be written changes nothing.
  for (const auto& [name, text] : texts) {
    const fs::path path = directory / name;
    FreshFile next;
    wrong = read_bytes(path) != before.at(name)
                ? fmt::format("{} changed while it was being checked; nothing was changed", path.string())
                : prepare(path, text, next);
    if (!wrong.empty()) break;
    prepared.push_back(std::move(next));
  }
  std::size_t written = 0;
  for (const FreshFile& file : prepared) {
    if (!wrong.empty()) {
      discard(file);
    } else if (wrong = put_in_place(file); wrong.empty()) {
      ++written;
    } else {
      wrong += fmt::format("; of {} files the first {} were changed", prepared.size(), written);
    }
  }
  return wrong;
}

}  // namespace sprx
