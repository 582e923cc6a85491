#include "tools/fix.h"

#include <algorithm>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <system_error>
#include <vector>

namespace sprx {
namespace {

namespace fs = std::filesystem;

std::map<FileId, std::vector<Fix>> certain_fixes(const DiagnosticList& list) {
  std::map<FileId, std::vector<Fix>> by_file;
  for (const Diagnostic& found : list.all()) {
    for (const Fix& fix : found.fixes) {
      if (fix.certain && fix.span.known()) by_file[fix.span.file].push_back(fix);
    }
  }
  for (auto& [file, fixes] : by_file) {
    std::stable_sort(fixes.begin(), fixes.end(),
                     [](const Fix& a, const Fix& b) { return a.span.begin < b.span.begin; });
  }
  return by_file;
}

/// `text` with the fixes (sorted) in place; counts those that did not overlap an earlier one.
std::string with_fixes(std::string_view text, const std::vector<Fix>& fixes, std::size_t& applied) {
  std::string out;
  std::size_t at = 0;
  const Fix* last = nullptr;
  for (const Fix& fix : fixes) {
    const bool repeated = last != nullptr && last->span == fix.span;
    if (fix.span.begin < at || fix.span.end > text.size() || repeated) continue;
    out.append(text.substr(at, fix.span.begin - at));
    out.append(fix.replacement);
    at = fix.span.end;
    last = &fix;
    ++applied;
  }
  out.append(text.substr(at));
  return out;
}

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

FixResult apply_fixes(const fs::path& directory, const Compilation& compilation) {
  FixResult result;
  std::vector<Prepared> prepared;
  // All are written before the first is put in its place: what cannot be written changes nothing.
  for (const auto& [id, fixes] : certain_fixes(compilation.diagnostics)) {
    const SourceFile& file = compilation.sources[id];
    const fs::path path = directory / file.name;
    std::size_t applied = 0;
    const std::string text = with_fixes(file.text, fixes, applied);
    Prepared next;
    result.error = read_bytes(path) != file.text
                       ? fmt::format("{} changed while it was being checked; nothing was changed", path.string())
                       : prepare(path, text, next);
    if (!result.error.empty()) break;
    prepared.push_back(std::move(next));
    result.applied += applied;
    result.files.push_back(file.name);
  }
  std::error_code error;
  for (const Prepared& file : prepared) {
    if (result.error.empty()) fs::rename(file.fresh, file.real, error);
    if (result.error.empty() && error)
      result.error = fmt::format("cannot replace {}: {}", file.real.string(), error.message());
    std::error_code ignored;
    if (!result.error.empty()) fs::remove(file.fresh, ignored);
  }
  return result;
}

}  // namespace sprx
