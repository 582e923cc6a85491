#include "compiler/odd_rows.h"

#include <algorithm>
#include <array>

namespace sprx {
namespace {

/// Names of columns, as exports of tables have them in their first line.
constexpr auto kKeyNames = std::to_array<std::string_view>(
    {"key",    "from",     "source",   "old",     "path",        "url",        "uri",         "host",
     "domain", "hostname", "ip",       "name",    "id",          "code",       "lang",        "language",
     "locale", "country",  "old_path", "old_url", "source_path", "source_url", "request_path"});
constexpr auto kValueNames = std::to_array<std::string_view>(
    {"value",           "to",   "target", "new",     "destination", "url",     "redirect",   "location",
     "origin",          "name", "status", "enabled", "new_path",    "new_url", "target_url", "target_path",
     "destination_url", "path", "host",   "domain"});

std::string folded(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c == ' ' || c == '-' ? '_' : c;
  });
  return out;
}

bool is_one_of(const auto& names, std::string_view text) {
  return std::find(names.begin(), names.end(), folded(text)) != names.end();
}

/// Whether keys of that kind hold any text, a comment too.
bool holds_text(KeyKind kind) { return kind == KeyKind::string || kind == KeyKind::path || kind == KeyKind::pattern; }

}  // namespace

std::size_t comment_in_row(std::string_view key) {
  for (std::size_t at = key.find('#'); at != std::string_view::npos; at = key.find('#', at + 1)) {
    const bool before = at > 0 && (key[at - 1] == ' ' || key[at - 1] == '\t');
    const bool after = at + 1 == key.size() || key[at + 1] == ' ' || key[at + 1] == '\t';
    if (!before || !after) continue;
    while (at > 0 && (key[at - 1] == ' ' || key[at - 1] == '\t')) --at;
    return at;
  }
  return std::string_view::npos;
}

void OddRows::Found::note(const DataCell& cell, std::size_t begin, std::size_t end) {
  if (count++ > 0) return;
  const auto place = [&](std::size_t offset) {
    return std::min(cell.span.end, cell.span.begin + static_cast<std::uint32_t>(offset));
  };
  first = {cell.span.file, place(begin), place(end)};
}

void OddRows::Found::say_count(Diagnostic& d) const {
  if (count > 1)
    d.note(std::to_string(count - 1) + (count == 2 ? " more row is" : " more rows are") + " written like this one");
}

bool OddRows::look_at(const DataRow& row) {
  const DataCell& key = row.cells[0];
  const bool pair = table_ && row.cells.size() == 2;
  if (pair && row.line == 1 && (format_ == DataFormat::csv || format_ == DataFormat::tsv) &&
      is_one_of(kKeyNames, key.text) && is_one_of(kValueNames, row.cells[1].text))
    header_.note(key, 0, key.text.size());
  if (kind_ == KeyKind::path && key.text.starts_with('/')) {
    const std::size_t question = key.text.find('?');
    if (question != std::string_view::npos) queries_.note(key, question, question + 1);
  }
  if (format_ != DataFormat::txt) return true;
  const std::size_t comment = comment_in_row(key.text);
  if (comment == std::string_view::npos || comment == 0) return true;
  comments_.note(key, comment, key.text.size());
  return holds_text(kind_);
}

void OddRows::tell(DiagnosticList& out) const {
  constexpr std::string_view kOwnLine = "a comment stands on a line of its own, which begins with `#`";
  if (comments_.count > 0) {
    const bool text = holds_text(kind_);
    Diagnostic& d = out.add(text ? Kind::comment_in_row : Kind::data_row, comments_.first,
                            text ? "this is part of the key" : "a comment behind a key");
    comments_.say_count(d);
    d.help(std::string(kOwnLine));
  }
  if (queries_.count > 0) {
    Diagnostic& d = out.add(Kind::question_in_source, queries_.first,
                            "this `?` is a character of the path, written `%3F` in a URL");
    queries_.say_count(d);
    d.help("the query is not part of `path`; keys that are compared with `uri` stand in a list of type `string`");
  }
  if (header_.count > 0)
    out.add(Kind::header_row, header_.first, "this line of column names is a row like the others")
        .help("data files have no header line: remove it");
}

}  // namespace sprx
