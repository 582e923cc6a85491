#include "compiler/odd_rows.h"

#include <algorithm>
#include <array>
#include <vector>

#include "compiler/never.h"

namespace sprx {
namespace {

/// Names of columns, as exports of tables have them in their first line.
constexpr auto kColumnNames =
    std::to_array<std::string_view>({"key",         "from",        "source",       "src",
                                     "old",         "path",        "url",          "uri",
                                     "host",        "domain",      "hostname",     "ip",
                                     "name",        "id",          "code",         "lang",
                                     "language",    "locale",      "country",      "old_path",
                                     "old_url",     "source_path", "source_url",   "request_path",
                                     "request_url", "value",       "to",           "target",
                                     "destination", "dest",        "dst",          "new",
                                     "redirect",    "location",    "origin",       "status",
                                     "status_code", "enabled",     "new_path",     "new_url",
                                     "target_url",  "target_path", "method",       "destination_url",
                                     "ip_address",  "address",     "cidr",         "network",
                                     "subnet",      "prefix",      "asn",          "number",
                                     "port",        "user_agent",  "regex",        "pattern",
                                     "keep_query",  "expected",    "landing_page", "type"});

/// In small letters, with `_` for blanks and dashes.
std::string with_underscores(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c == ' ' || c == '-' ? '_' : c;
  });
  return out;
}

/// The blanks round it taken away, in small letters.
std::string column_name(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  const std::size_t end = text.find_last_not_of(" \t");
  return begin == std::string_view::npos ? std::string{} : with_underscores(text.substr(begin, end - begin + 1));
}

bool is_plain_name(std::string_view name) {
  return !name.empty() && (name[0] < '0' || name[0] > '9') && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

enum class Likeness : std::uint8_t { no, nearly, yes };

Likeness known_column(std::string_view text) {
  const std::string name = column_name(text);
  if (!is_plain_name(name)) return Likeness::no;
  if (std::find(kColumnNames.begin(), kColumnNames.end(), name) != kColumnNames.end()) return Likeness::yes;
  static const std::vector<std::string_view> all(kColumnNames.begin(), kColumnNames.end());
  return similar(name, all).empty() ? Likeness::no : Likeness::nearly;
}

/// Whether no key of that kind looks like a name.
bool refuses_names(KeyKind kind) {
  return kind == KeyKind::path || kind == KeyKind::cidr || kind == KeyKind::ip || kind == KeyKind::integer;
}

/// Whether keys of that kind hold any text, a comment too.
bool holds_text(KeyKind kind) { return kind == KeyKind::string || kind == KeyKind::path || kind == KeyKind::pattern; }

/// A tab that parts nothing, as one before a comment does.
std::size_t tab_in_row(std::string_view key) {
  return comment_in_row(key) == std::string_view::npos ? key.find('\t') : std::string_view::npos;
}

/// The pattern that was put into slashes or quotes, as it is written here; empty if the row is none.
std::string without_delimiters(std::string_view row) {
  if (row.ends_with("\",") || row.ends_with("',")) row.remove_suffix(1);
  const std::size_t last = row.rfind('/');
  const auto inside = [row](std::size_t begin, std::size_t end) { return std::string(row.substr(begin, end - begin)); };
  const std::size_t behind = row.find_first_not_of(' ', 2);
  if (row.starts_with("~*") && behind != std::string_view::npos) return "(?i)" + inside(behind, row.size());
  if (row.size() > 2 && row.starts_with('"') && row.ends_with('"')) return inside(1, row.size() - 1);
  if (row.size() > 2 && row.starts_with('\'') && row.ends_with('\'')) return inside(1, row.size() - 1);
  if (row.size() > 3 && row.starts_with("r\"") && row.ends_with('"')) return inside(2, row.size() - 1);
  // `/blog/` and `/blog/s` may be looked for in a path.
  if (!row.starts_with('/') || last < 2 || last + 1 == row.size()) return {};
  const std::string_view flags = row.substr(last + 1);
  if (flags.find_first_not_of("gimsux") != std::string_view::npos ||
      flags.find_first_of("ig") == std::string_view::npos)
    return {};
  if (row.find('/', 1) != last) return {};
  return (flags.find('i') != std::string_view::npos ? "(?i)" : "") + inside(1, last);
}

}  // namespace

bool names_columns(const DataRow& row) {
  if (row.line != 1 || row.cells.empty()) return false;
  std::size_t letters = 0;
  bool exact = false;
  for (const DataCell& cell : row.cells) {
    const Likeness known = known_column(cell.text);
    if (known == Likeness::no) return false;
    exact = exact || known == Likeness::yes;
    letters += cell.text.size();
  }
  // Short words are near to many.
  constexpr std::size_t kFewestLetters = 8;
  return exact || (row.cells.size() > 1 && letters >= kFewestLetters);
}

void OddRows::look_at_single(const DataRow& row) {
  if (rows_ == 1 && row.line == 1 && known_column(row.cells[0].text) == Likeness::yes) single_ = row.cells[0];
  // A list of names may begin with `host`; the next row shows whether it is one.
  if (rows_ == 2 && single_.span.known() && !is_plain_name(row.cells[0].text))
    header_.note(single_, 0, single_.span.end - single_.span.begin);
}

std::string_view text_in_quotes(std::string_view row) {
  if (row.ends_with(',')) row.remove_suffix(1);
  const bool quotes = row.size() > 2 && (row[0] == '"' || row[0] == '\'') && row.back() == row[0];
  return quotes ? row.substr(1, row.size() - 2) : std::string_view{};
}

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

void OddRows::look_at_path(std::string_view comment_free, const DataCell& key) {
  const std::size_t question = comment_free.find('?');
  const std::size_t fragment = comment_free.find('#');
  if (question != std::string_view::npos) {
    queries_.note(key, question, question + 1);
  } else if (fragment != std::string_view::npos) {
    fragments_.note(key, fragment, fragment + 1);
  }
}

void OddRows::look_at_text(const DataRow& row) {
  const DataCell& key = row.cells[0];
  const bool lines = format_ == DataFormat::txt || format_ == DataFormat::tsv;
  // A path that begins with something else is an error of its own, and so is what no other kind of key can be.
  if (kind_ == KeyKind::path && key.text.starts_with('/')) {
    look_at_path(key.text.substr(0, format_ == DataFormat::txt ? comment_in_row(key.text) : std::string_view::npos),
                 key);
    text_.look_at(key, true);
  }
  if (kind_ == KeyKind::string || kind_ == KeyKind::pattern) text_.look_at(key, false);
  // A value that is shown may end in a mark of direction, as Hebrew does; one that is a target may not.
  const bool target =
      row.cells.size() > 1 && (row.cells[1].text.starts_with('/') || row.cells[1].text.starts_with("http"));
  if (target) text_.look_at(row.cells[1], false);
  const std::string_view inside =
      lines && kind_ == KeyKind::string && key.text.ends_with(',') ? text_in_quotes(key.text) : std::string_view{};
  if (!inside.empty()) {
    if (pasted_.count == 0) unquoted_ = inside;
    pasted_.note(key, 0, key.text.size());
  } else if (format_ == DataFormat::txt && holds_text(kind_) && key.text.ends_with(',') &&
             text_in_quotes(key.text).empty()) {
    commas_.note(key, key.text.size() - 1, key.text.size());
  }
}

bool OddRows::look_at(const DataRow& row) {
  const DataCell& key = row.cells[0];
  ++rows_;
  if (format_ == DataFormat::csv || format_ == DataFormat::tsv) {
    const bool refused = refuses_names(kind_) && row.line == 1 && known_column(key.text) != Likeness::no;
    if (refused || (table_ && row.cells.size() == 2 && names_columns(row))) {
      header_.note(key, 0, key.text.size());
      header_error_ = refuses_names(kind_);
      return !header_error_;
    }
    if (!table_) look_at_single(row);
  }
  if (const std::size_t tab = tab_in_row(key.text); format_ == DataFormat::txt && tab != std::string_view::npos) {
    tabs_.note(key, tab, key.text.size());
    return holds_text(kind_);
  }
  look_at_text(row);
  if (kind_ == KeyKind::pattern) {
    std::string meant = without_delimiters(key.text);
    if (!meant.empty() && delimited_.count == 0) pattern_ = meant;
    if (!meant.empty()) delimited_.note(key, 0, key.text.size());
  }
  if (format_ != DataFormat::txt) return true;
  const std::size_t comment = comment_in_row(key.text);
  if (comment == std::string_view::npos || comment == 0) return true;
  comments_.note(key, comment, key.text.size());
  return holds_text(kind_);
}

void OddRows::tell_path(DiagnosticList& out) const {
  if (queries_.count > 0) {
    Diagnostic& d = out.add(Kind::question_in_source, queries_.first,
                            "this `?` is a character of the path, written `%3F` in a URL");
    queries_.say_count(d);
    d.help("the query is not part of `path`; keys that are compared with `uri` stand in a list of type `string`");
  }
  if (fragments_.count > 0) {
    Diagnostic& d = out.add(Kind::question_in_source, fragments_.first,
                            "this `#` is a character of the path, written `%23` in a URL");
    fragments_.say_count(d);
    d.help(std::string(kFragmentStays));
  }
}

void OddRows::tell_tabs(DiagnosticList& out) const {
  if (tabs_.count == 0) return;
  const bool text = holds_text(kind_);
  Diagnostic& d = out.add(text ? Kind::unseen_character : Kind::data_row, tabs_.first,
                          text ? "this tab and what stands behind it are part of the key" : "a tab behind a key");
  tabs_.say_count(d);
  d.help("a `.txt` file has one key a line; a table of keys and values is read from a `.tsv` file");
}

void OddRows::tell_pasted(DiagnosticList& out) const {
  constexpr std::size_t kShownOfText = 60;
  if (pasted_.count > 0) {
    Diagnostic& d = out.add(Kind::delimited_row, pasted_.first, "the quotes and the comma are part of this key");
    pasted_.say_count(d);
    d.help(unquoted_.size() <= kShownOfText ? "a row is the text alone: `" + unquoted_ + "`"
                                            : "a row is the text alone, without quotes and commas");
  }
  // A name may end with a comma, but hardly each of them; behind the last one there may be none.
  if (commas_.count < 2 || commas_.count + 1 < rows_) return;
  Diagnostic& d = out.add(Kind::delimited_row, commas_.first, "this comma is part of the key");
  commas_.say_count(d);
  d.help("rows stand on lines of their own, with nothing between them");
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
  tell_path(out);
  text_.tell(out);
  tell_tabs(out);
  tell_pasted(out);
  if (delimited_.count > 0) {
    constexpr std::size_t kShownOfRow = 60;
    Diagnostic& d = out.add(Kind::delimited_row, delimited_.first, "what stands round this pattern is part of it");
    delimited_.say_count(d);
    d.help(pattern_.size() <= kShownOfRow ? "a row is the pattern alone: `" + pattern_ + "`"
                                          : "a row is the pattern alone, without slashes, flags or quotes");
  }
  if (header_.count > 0)
    out.add(header_error_ ? Kind::data_row : Kind::header_row, header_.first,
            header_error_ ? "this is a line of column names" : "this line of column names is a row like the others")
        .help(std::string(kNoColumnNames));
}

}  // namespace sprx
