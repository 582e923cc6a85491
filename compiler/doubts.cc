// A statement that goes on in the next line is no mistake of syntax: `when path ==` before `deny;` compares with what
// `deny` names. Where nothing has that name, a value and a `;` were left out, and that is what is said.
#include "grammar/doubts.h"

#include <algorithm>
#include <map>

#include "compiler/data_file.h"
#include "compiler/load.h"

namespace sprx {
namespace {

/// Where a statement ends, as far as a report's place needs it.
std::uint32_t statement_end(std::string_view text, std::uint32_t at) {
  return static_cast<std::uint32_t>(std::min(text.find_first_of(";{}", at), text.size()));
}

/// Whether it is about what stands behind the doubtful line end.
bool concerns(const Doubt& doubt, std::string_view text, Span where) {
  return doubt.statement <= where.begin && where.end > doubt.at && where.begin < statement_end(text, doubt.at);
}

void settle_doubts_of(FileId file, std::string_view text, const std::vector<Span>& wrong, DiagnosticList& out) {
  std::vector<Doubt> settled = find_doubts(file, text);
  std::erase_if(settled, [&](const Doubt& doubt) {
    return std::none_of(wrong.begin(), wrong.end(), [&](Span where) { return concerns(doubt, text, where); });
  });
  if (settled.empty()) return;
  std::vector<std::pair<Kind, Span>> beside;
  for (const Diagnostic& d : out.all()) {
    const bool about = d.primary.file == file && std::any_of(settled.begin(), settled.end(), [&](const Doubt& doubt) {
                         return concerns(doubt, text, d.primary);
                       });
    if (about) beside.emplace_back(d.kind, d.primary);
  }
  for (const auto& [kind, where] : beside) (void)out.take_back(kind, where);
  for (const SyntaxError& error : parse_doubted(file, text, settled).errors) report(error, out);
}

}  // namespace

void settle_doubts(const SourceSet& sources, DiagnosticList& out) {
  std::map<FileId, std::vector<Span>> wrong;
  for (const Diagnostic& d : out.all()) {
    if (d.primary.known() && out.severity(d) == Severity::error) wrong[d.primary.file].push_back(d.primary);
  }
  for (const auto& [file, places] : wrong) {
    if (!data_format(sources[file].name)) settle_doubts_of(file, sources[file].text, places, out);
  }
}

}  // namespace sprx
