#include "tools/fix.h"

#include <algorithm>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <system_error>
#include <vector>

#include "tools/replace_file.h"

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

}  // namespace

FixResult apply_fixes(const fs::path& directory, const Compilation& compilation) {
  FixResult result;
  for (const auto& [id, fixes] : certain_fixes(compilation.diagnostics)) {
    const SourceFile& file = compilation.sources[id];
    const fs::path path = directory / file.name;
    if (read_bytes(path) != file.text) {
      result.error = fmt::format("{} changed while it was being checked", path.string());
      return result;
    }
    std::size_t applied = 0;
    const std::string text = with_fixes(file.text, fixes, applied);
    result.error = replace_file(path, text);
    if (!result.error.empty()) return result;
    result.applied += applied;
    ++result.files;
  }
  return result;
}

}  // namespace sprx
