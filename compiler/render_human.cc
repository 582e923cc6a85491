// The format for people, as diagnostics.md draws it, and its one-line relative `short`.
#include <algorithm>
#include <fmt/format.h>

#include "compiler/render.h"
#include "compiler/render_snippet.h"

namespace sprx {
namespace {

constexpr std::size_t kLeastWidth = 40;

/// The marks of one file, the primary one's file first.
struct Section {
  FileId file = kNoFile;
  LineColumn place;
  std::vector<Mark> marks;
};

std::vector<Section> sections_of(const Diagnostic& diagnostic, const SourceSet& sources) {
  std::vector<Section> sections;
  const auto add = [&](const Span& span, bool primary, const std::string& text) {
    const LinePlace place = locate(span, sources);
    if (!place.known) return;
    auto section =
        std::find_if(sections.begin(), sections.end(), [&](const Section& s) { return s.file == span.file; });
    if (section == sections.end()) section = sections.insert(section, {span.file, place.begin, {}});
    section->marks.push_back({span, primary, text});
  };
  add(diagnostic.primary, true, diagnostic.primary_text);
  for (const Label& label : diagnostic.labels) add(label.span, false, label.text);
  return sections;
}

std::string counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

/// How many diagnostics of each severity are shown: errors first, lints where there is room left.
struct Quota {
  std::size_t errors = 0;
  std::size_t lints = 0;
  [[nodiscard]] bool take(Severity severity) {
    std::size_t& left = severity == Severity::error ? errors : lints;
    if (left == 0) return false;
    --left;
    return true;
  }
};

Quota quota_for(const DiagnosticList& list, std::size_t most) {
  if (most == 0) return {list.all().size(), list.all().size()};
  return {most, most - std::min(most, list.errors())};
}

/// What was not shown, or "" if all was.
std::string rest_line(const DiagnosticList& list, std::size_t shown) {
  const std::size_t all = list.errors() + list.lints();
  if (shown >= all) return {};
  return fmt::format("{} more not shown{}\n", all - shown,
                     shown < list.all().size() ? " (--max-errors 0 shows all)" : "");
}

/// The code to name at the end: of the first error, else of the first lint.
std::string_view first_code(const DiagnosticList& list) {
  for (const Diagnostic& diagnostic : list.all()) {
    if (list.severity(diagnostic) == Severity::error) return info(diagnostic.kind).code;
  }
  return info(list.all().front().kind).code;
}

std::string sum_line(const DiagnosticList& list) {
  std::string out;
  if (list.errors() > 0) out = counted(list.errors(), "error");
  if (list.lints() > 0) out += (out.empty() ? "" : ", ") + counted(list.lints(), "lint");
  return fmt::format("{}; see sprx explain {}\n", out, first_code(list));
}

/// `text` in lines of the width that is left after `indent` columns, the first of which follow what is written.
void append_wrapped(std::string& out, std::string_view text, std::size_t indent, Style style,
                    const RenderOptions& options) {
  const std::size_t width = std::max(options.width, kLeastWidth);
  bool first = true;
  for (const std::string& line : wrap(text, width > indent ? width - indent : 1)) {
    if (!first) out += std::string(indent, ' ');
    out += paint(line, style, options.color) + "\n";
    first = false;
  }
}

/// What was not looked at, in a note of its own; "" where there is nothing to say.
std::string left_out_note(const DiagnosticList& list, const RenderOptions& options) {
  if (list.left_out().empty()) return {};
  std::string what;
  for (const std::string& one : list.left_out()) what += (what.empty() ? "" : ", ") + one;
  constexpr std::string_view kNote = "note: ";
  std::string out = paint(kNote, Style::bold, options.color);
  append_wrapped(out, "not looked at because of the errors: " + what, kNote.size(), Style::plain, options);
  return out;
}

}  // namespace

std::string render_one(const Diagnostic& diagnostic, Severity severity, const SourceSet& sources,
                       const RenderOptions& options) {
  const Style accent = severity == Severity::error ? Style::error : Style::lint;
  const std::string head = fmt::format("{}[{}]", word(severity), info(diagnostic.kind).code);
  std::string out = paint(head, accent, options.color) + paint(": ", Style::bold, options.color);
  append_wrapped(out, printable(diagnostic.message, options.ascii), head.size() + 2, Style::bold, options);

  const std::vector<Section> sections = sections_of(diagnostic, sources);
  std::uint32_t greatest = 1;
  for (const Section& section : sections)
    greatest = std::max(greatest, last_line(sources[section.file], section.marks));
  const std::size_t gutter = std::to_string(greatest).size();
  const SnippetOptions snippet{accent, gutter, std::max(options.width, kLeastWidth), options.color, options.ascii};
  const std::string blanks(gutter, ' ');
  for (const Section& section : sections) {
    const SourceFile& file = sources[section.file];
    out += blanks + paint(&section == sections.data() ? "-->" : ":::", Style::gutter, options.color);
    out += fmt::format(" {}:{}:{}\n", printable(file.name, options.ascii), section.place.line, section.place.column);
    out += render_snippet(file, section.marks, snippet);
  }
  for (const Note& note : diagnostic.notes) {
    const std::string_view label = note.word == Note::Word::help ? "help: " : "note: ";
    out += blanks + " " + paint("=", Style::gutter, options.color) + " " + paint(label, Style::bold, options.color);
    append_wrapped(out, printable(note.text, options.ascii), gutter + 3 + label.size(), Style::plain, options);
  }
  return out;
}

std::string render_human(const DiagnosticList& list, const SourceSet& sources, const RenderOptions& options) {
  if (list.all().empty()) return {};
  std::string out;
  Quota quota = quota_for(list, options.max_errors);
  std::size_t shown = 0;
  for (const Diagnostic& diagnostic : list.all()) {
    const Severity severity = list.severity(diagnostic);
    if (!quota.take(severity)) continue;
    out += render_one(diagnostic, severity, sources, options) + "\n";
    ++shown;
  }
  return out + rest_line(list, shown) + left_out_note(list, options) + sum_line(list);
}

std::string render_short(const DiagnosticList& list, const SourceSet& sources, const RenderOptions& options) {
  std::string out;
  Quota quota = quota_for(list, options.max_errors);
  std::size_t shown = 0;
  for (const Diagnostic& diagnostic : list.all()) {
    const Severity severity = list.severity(diagnostic);
    if (!quota.take(severity)) continue;
    const LinePlace place = locate(diagnostic.primary, sources);
    if (place.known) {
      out += fmt::format("{}:{}:{}: ", printable(place.file, options.ascii), place.begin.line, place.begin.column);
    }
    out += fmt::format("{}: {} [{}]\n", word(severity), printable(diagnostic.message, options.ascii),
                       info(diagnostic.kind).code);
    ++shown;
  }
  return out + rest_line(list, shown);
}

}  // namespace sprx
