// Writing fixed files: all of them, or none.
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <optional>
#include <system_error>
#include <vector>

#include "tools/fix.h"

namespace sprx {
namespace {

namespace fs = std::filesystem;

std::optional<std::string> read_bytes(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(in), {});
}

/// A file's new bytes, written beside it under another name and not yet in its place.
struct Prepared {
  fs::path fresh;
  fs::path real;
};

/// Writes `bytes` beside `path`; what went wrong, if anything.
std::string prepare(const fs::path& path, const std::string& bytes, Prepared& out) {
  std::error_code error;
  out.real = fs::canonical(path, error);
  if (error) return fmt::format("cannot find {}: {}", path.string(), error.message());
  // Asked of the mode itself: root may write everything, and a file that was made read-only was made so for a reason.
  const fs::perms mode = fs::status(out.real, error).permissions();
  const fs::perms write = fs::perms::owner_write | fs::perms::group_write | fs::perms::others_write;
  if (error || (mode & write) == fs::perms::none)
    return fmt::format("{} is read-only; nothing was changed", path.string());
  out.fresh = out.real;
  out.fresh += ".sprx-fix";
  std::ofstream file(out.fresh, std::ios::binary | std::ios::trunc);
  file << bytes;
  file.close();
  if (!file) {
    fs::remove(out.fresh, error);
    return fmt::format("cannot write {}; nothing was changed", out.fresh.string());
  }
  fs::permissions(out.fresh, mode, error);
  return {};
}

}  // namespace

std::string write_files(const fs::path& directory, const MemoryFiles& texts, const MemoryFiles& before) {
  std::string wrong;
  std::vector<Prepared> prepared;
  // All are written before the first is put in its place: what cannot be written changes nothing.
  for (const auto& [name, text] : texts) {
    const fs::path path = directory / name;
    Prepared next;
    wrong = read_bytes(path) != before.at(name)
                ? fmt::format("{} changed while it was being checked; nothing was changed", path.string())
                : prepare(path, text, next);
    if (!wrong.empty()) break;
    prepared.push_back(std::move(next));
  }
  std::error_code error;
  for (const Prepared& file : prepared) {
    if (wrong.empty()) fs::rename(file.fresh, file.real, error);
    if (wrong.empty() && error) wrong = fmt::format("cannot replace {}: {}", file.real.string(), error.message());
    std::error_code ignored;
    if (!wrong.empty()) fs::remove(file.fresh, ignored);
  }
  return wrong;
}

}  // namespace sprx
