// Workflow commands of GitHub Actions: `::error file=…,line=…::message`.
#include <fmt/format.h>

#include "compiler/render.h"

namespace sprx {
namespace {

/// What a workflow command cannot hold raw: `%` and line ends; in a property also `:` and `,`.
std::string escaped(std::string_view text, bool property) {
  std::string out;
  for (const char c : valid_utf8(text)) {
    const bool escape = c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ','));
    const bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    if (control && !escape && c != '\t') {
      out += fmt::format("\\u{{{:02x}}}", static_cast<unsigned char>(c));  // a log is read on terminals
    } else if (escape) {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out;
}

std::string place_of(const LinePlace& place) {
  if (!place.known) return {};
  std::string out = fmt::format("file={},line={},col={},endLine={}", escaped(place.file, true), place.begin.line,
                                place.begin.column, place.end.line);
  // An annotation over several lines takes no columns; an end column of another line would be misread.
  if (place.begin.line == place.end.line) out += fmt::format(",endColumn={}", place.end.column);
  return out + ",";
}

}  // namespace

std::string render_github(const DiagnosticList& list, const SourceSet& sources) {
  std::string out;
  for (const Diagnostic& diagnostic : list.all()) {
    const std::string_view command = list.severity(diagnostic) == Severity::error ? "error" : "warning";
    std::string message = diagnostic.message;
    for (const Note& note : diagnostic.notes) {
      message += note.word == Note::Word::help ? "\nhelp: " : "\nnote: ";
      message += note.text;
    }
    out += fmt::format("::{} {}title={}::{}\n", command, place_of(locate(diagnostic.primary, sources)),
                       info(diagnostic.kind).code, escaped(message, false));
  }
  return out;
}

}  // namespace sprx
