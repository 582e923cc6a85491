#include "tests/compiler/compile_input.h"

#include <algorithm>
#include <set>
#include <sstream>

#include "compiler/compile.h"
#include "compiler/format.h"
#include "grammar/doubts.h"
#include "grammar/parse.h"

namespace sprx::testing {
namespace {

/// `rule a.b at main.sprx:12` without the 12.
std::string without_line(const std::string& line) {
  const bool rule = line.starts_with("rule ") || line.starts_with("response rule ");
  return rule ? line.substr(0, line.rfind(':')) : line;
}

std::string meaning_of(const Compilation& run) {
  std::multiset<std::string_view> codes;
  for (const Diagnostic& d : run.diagnostics.all()) codes.insert(info(d.kind).code);
  std::string out;
  for (const std::string_view code : codes) out += std::string(code) + "\n";
  std::istringstream program(run.program ? dump(*run.program) : "");
  for (std::string line; std::getline(program, line);) out += without_line(line) + "\n";
  return out;
}

}  // namespace

MemoryFiles files_of(std::string_view bytes) {
  MemoryFiles files;
  std::string name = "main.sprx";
  bool text = true;
  while (true) {
    const std::size_t end = std::min(bytes.find('\0'), bytes.size());
    const std::string part(bytes.substr(0, end));
    if (text) files.emplace(name, part);
    name = part;
    text = !text;
    if (end == bytes.size()) return files;
    bytes.remove_prefix(end + 1);
  }
}

std::string meaning_of(const MemoryFiles& files) { return meaning_of(compile(files, {.build = false})); }

MemoryFiles formatted_files(MemoryFiles files) {
  for (auto& [name, text] : files) {
    if (!name.ends_with(".sprx")) continue;
    const ParseResult parsed = parse(FileId{0}, text);
    if (parsed.errors.empty()) text = format(parsed.tree, text);
  }
  return files;
}

bool only_worded_by_lines(const MemoryFiles& files, const MemoryFiles& formatted) {
  const bool doubtful = std::any_of(files.begin(), files.end(), [](const auto& file) {
    return file.first.ends_with(".sprx") && !find_doubts(FileId{0}, file.second).empty();
  });
  return doubtful && !compile(files).ok() && !compile(formatted).ok();
}

std::string broken_compilation(std::string_view bytes) {
  const MemoryFiles files = files_of(bytes);
  const Compilation run = compile(files);
  for (const Format as : {Format::human, Format::shorter, Format::json, Format::sarif, Format::github}) {
    const std::string report = render(run.diagnostics, run.sources, {.format = as});
    if (report.empty() && !run.diagnostics.all().empty()) return "findings without a report";
  }
  if (run.ok() != (run.table != nullptr)) return "errors and a table, or neither";
  if (run.table && dump(*run.table).empty()) return "a table without a dump";
  const std::string before = meaning_of(files);
  const std::string after = meaning_of(formatted_files(files));
  return before == after || only_worded_by_lines(files, formatted_files(files))
             ? std::string()
             : "formatted it is another program:\n" + before + "---\n" + after;
}

}  // namespace sprx::testing
