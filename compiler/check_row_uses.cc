// Rows of named lists and tables that the field they are compared with never equals, or hardly. Each is reported where
// the row stands, once.
#include "compiler/check_row_uses.h"

#include <algorithm>
#include <map>

#include "compiler/data_file.h"
#include "compiler/never.h"
#include "compiler/table/canonical.h"

namespace sprx {
namespace {

/// Comparisons with different values that are kept of one list; of a list with more nothing is said.
constexpr std::size_t kMaxRowUses = 16;

/// Whether there are texts that the field never is or holds.
bool has_form(Field field) {
  switch (field) {
    case Field::path:
    case Field::host:
    case Field::method:
    case Field::scheme:
    case Field::uri:
    case Field::raw_path:
    case Field::raw_query:
    case Field::header_names:
    case Field::geo_country:
    case Field::geo_country_name:
    case Field::geo_asn:
    case Field::port:
    case Field::response_status:
    case Field::response_source:
    case Field::response_error:
    case Field::response_media_type:
    case Field::path_extension:
    case Field::path_file:
    case Field::http_version:
      return true;
    default:
      return false;
  }
}

/// Whether a `*` at the ends of a row is worth a word; nothing else is ever wrong with one.
bool is_free_text(Field field) {
  return field == Field::header || field == Field::cookie || field == Field::query || field == Field::response_header ||
         field == Field::cookie_names || field == Field::query_names;
}

/// A row such as `*bot*`.
std::optional<Never> wildcard_in_text(const ExprPool& pool, const Expr& subject, std::string_view text) {
  const std::string_view name =
      subject.b == static_cast<std::uint32_t>(kNoStr) ? std::string_view{} : pool.strings.view(StrId{subject.b});
  if (!is_wildcard_in_text(static_cast<Field>(subject.a), name, text)) return std::nullopt;
  Never out;
  out.kind = Kind::wildcard_as_text;
  out.why = "`*` is plain text in a row of a list";
  // A part of a URL that is looked for lets in every other one that holds it.
  const bool url = equal_nocase(name, "origin") || equal_nocase(name, "referer");
  const auto field = static_cast<Field>(subject.a);
  const bool begins = field == Field::cookie_names || field == Field::query_names;
  const bool part = text.starts_with('*') && text.ends_with('*');
  out.help =
      begins && text.ends_with('*') && !part ? "leave it out and write `starts_with` instead of `in`"
      : field == Field::path_file && !part
          ? std::string("leave it out and write `") + (text[0] == '*' ? "ends" : "starts") + "_with` instead of `in`"
      : url ? "compare the host with a list of domains: `url_host(header[\"" + std::string(name) + "\"]) in hosts`"
            : "leave it out and write `nocase contains` instead of `in`";
  return out;
}

/// What is to be written, for rows of a file: `"https://x.org"` stands there without its quotes.
std::string without_quotes(std::string_view help) {
  std::string out(help);
  const std::size_t begin = out.find("write `\"");
  const std::size_t end = begin == std::string::npos ? begin : out.find("\"`", begin);
  if (end == std::string::npos) return out;
  return out.erase(end, 1).erase(begin + 7, 1);
}

/// Whether no value of the field is called `default`.
bool is_no_word(Field field, std::string_view name) {
  const bool header = field == Field::header && (name == "user-agent" || name == "referer" || name == "host" ||
                                                 name == "origin" || name.starts_with("accept"));
  return header || field == Field::host || field == Field::method || field == Field::geo_country_name;
}

/// A row of a table for all other keys, as nginx has it.
Never default_as_key() {
  Never out;
  out.kind = Kind::wildcard_as_text;
  out.why = "`default` is a key like the others in a table";
  out.help = "what stands in for a key that is not there is written where it is looked up: `NAME[…] \?\? \"…\"`";
  return out;
}

/// A row that looks like a template, beside what is compared as it is.
std::optional<Never> wildcard_row(Field field, std::string_view text) {
  if ((field != Field::path && field != Field::host) || text.find('*') == std::string_view::npos || text == "*")
    return std::nullopt;
  Never out;
  out.kind = Kind::wildcard_as_text;
  out.why = "`*` is plain text in a row of a list";
  out.help = "a template stands after `like`; all below a path is `path under`";
  return out;
}

std::optional<Never> row_doubt(const CheckView& view, const RowUse& use, std::string_view text, bool table) {
  const Expr& subject = view.source_of(use.subject);
  if (subject.op != Op::field) return std::nullopt;
  const auto field = static_cast<Field>(subject.a);
  const std::string_view name =
      subject.b == static_cast<std::uint32_t>(kNoStr) ? std::string_view{} : view.text(StrId{subject.b});
  if (table && text == "default" && use.mode == MatchMode::exact && is_no_word(field, name)) return default_as_key();
  if (!is_free_text(field)) {
    if (use.mode != MatchMode::exact) return std::nullopt;
    std::optional<Never> found =
        field == Field::path_file ? wildcard_in_text(view.pool(), subject, text) : wildcard_row(field, text);
    return !found && field == Field::path ? not_of_path(text) : found;
  }
  if (std::optional<Never> found = wildcard_in_text(view.pool(), subject, text)) return found;
  std::optional<Never> found = unlike_never(field, name, std::string(text), use.mode);
  if (found && name == "user-agent" && use.mode == MatchMode::exact)
    found->help = "write `nocase contains` instead of `in`; where the words alone are meant: `allow L0055 \"…\";`";
  return found;
}

std::optional<Never> row_never(const CheckView& view, const RowUse& use, const Keys& keys, std::size_t row,
                               bool table) {
  const Expr& subject = view.source_of(use.subject);
  const auto field = static_cast<Field>(subject.a);
  if (!keys.texts.empty()) {
    const std::string_view written = view.text(keys.texts[row]);
    if (subject.op == Op::field && is_free_text(field)) return row_doubt(view, use, written, table);
    const std::string text(written);
    if (use.mode != MatchMode::exact)
      return subject.op == Op::field ? fragment_never(field, text, use.mode, use.nocase) : std::nullopt;
    if (std::optional<Never> found = value_never(view.pool(), subject, text, use.nocase)) return found;
    return row_doubt(view, use, text, table);
  }
  if (subject.op != Op::field) return std::nullopt;
  if (!keys.patterns.empty()) return pattern_never(field, view.pool().at(keys.patterns[row]));
  return keys.ranges.empty() ? std::nullopt
                             : number_never(view.pool(), subject, keys.ranges[row].first, keys.ranges[row].last);
}

void report_row(const CheckView& view, const Symbol& symbol, const RowUse& use, std::size_t row, const Never& found) {
  const Span where = symbol.rows[row];
  const bool literal = symbol.list->source.kind != ast::Source::Kind::file;
  Diagnostic& d = view.out.add(found.kind, where, found.why);
  d.label(use.where, "used here");
  const std::string quote = literal ? "\"" : "";
  if (!found.similar.empty()) d.help("a similar word exists: `" + quote + found.similar + quote + "`");
  if (!found.help.empty()) {
    d.help(literal ? found.help : without_quotes(found.help));
  } else if (!found.form.empty()) {
    d.help("the form it can equal is `" + quote + found.form + quote + "`");
  } else {
    d.help("take this row out");
  }
  const std::string form = found.form.empty() ? found.similar : found.form;
  const std::string_view written = view.sources.text(where);
  if (literal && !form.empty() && written.starts_with('"') && !written.starts_with("\"\"\"") &&
      form.find_first_of("\"\\$") == std::string::npos)
    d.fix(where, "\"" + form + "\"", written.size() >= 2 && equal_nocase(form, written.substr(1, written.size() - 2)));
}

/// What is wrong with a row in all of its uses, and in which of them.
std::optional<Never> row_fault(const CheckView& view, const Symbol& symbol, const Keys& keys, std::size_t row,
                               const RowUse** use) {
  std::optional<Never> found;
  for (const RowUse& one_use : symbol.uses) {
    std::optional<Never> one = row_never(view, one_use, keys, row, symbol.kind == Symbol::Kind::table);
    // What literals and files of paths are told when they are read.
    if (one && keys.kind == KeyKind::path && one->kind == Kind::question_in_source) one.reset();
    if (!one) return std::nullopt;
    // What one use merely doubts is not wrong.
    if (!found || (found->kind == Kind::never_equal && one->kind != Kind::never_equal)) {
      found = std::move(one);
      *use = &one_use;
    }
  }
  return found;
}

/// The first row of each fault that is told once: in a long list all are meant in the same way.
struct AlikeRows {
  struct First {
    std::size_t row = 0;
    const RowUse* use = nullptr;
    Never found{};
    std::size_t count = 0;
  };
  std::map<std::string, First> faults{};  ///< by what is said of them

  /// Of parts of `split` all rows are wrong where one is, or few.
  static bool takes(const CheckView& view, const RowUse& use, Kind kind) {
    const Expr& subject = view.source_of(use.subject);
    return kind == Kind::question_in_source || kind == Kind::unlike_value ||
           (subject.op == Op::call && static_cast<Function>(subject.a) == Function::split);
  }
};

void tell_alike(const CheckView& view, const Symbol& symbol, std::size_t rows, const AlikeRows& alike) {
  for (const auto& [why, first] : alike.faults) {
    // Whoever collected what clients send has a short name among the long ones.
    const Expr& subject = view.source_of(first.use->subject);
    const bool name = first.found.kind == Kind::unlike_value && subject.op == Op::field &&
                      static_cast<Field>(subject.a) == Field::header && view.text(StrId{subject.b}) == "user-agent";
    if (name && first.count * 2 < rows) continue;
    report_row(view, symbol, *first.use, first.row, first.found);
    if (first.count > 1)
      view.out.last().note(std::to_string(first.count - 1) + (first.count == 2 ? " more row is" : " more rows are") +
                           " written like this one");
  }
}

void tell_rows_of(const CheckView& view, const Symbol& symbol) {
  const bool table = symbol.kind == Symbol::Kind::table;
  const Keys& keys = table ? view.rules.tables[symbol.id].keys : view.rules.lists[symbol.id].keys;
  if (keys.kind == KeyKind::domain || symbol.rows.size() != keys.size() || symbol.pasted) return;
  const auto owned = view.out.belongs_to(symbol.list->span);
  AlikeRows alike;
  std::size_t count = 0;
  for (std::size_t row = 0; row < keys.size(); ++row) {
    const RowUse* use = nullptr;
    std::optional<Never> found = row_fault(view, symbol, keys, row, &use);
    if (!found) continue;
    if (AlikeRows::takes(view, *use, found->kind)) {
      AlikeRows::First& first =
          alike.faults.try_emplace(found->why, AlikeRows::First{row, use, *found, 0}).first->second;
      ++first.count;
    } else if (++count <= kMaxDataErrors) {
      report_row(view, symbol, *use, row, *found);
    }
  }
  if (count > kMaxDataErrors) {
    const std::size_t more = count - kMaxDataErrors;
    view.out.last().note(std::to_string(more) + " more row" + (more == 1 ? "" : "s") + " of `" + symbol.name +
                         "` can never match");
  }
  tell_alike(view, symbol, keys.size(), alike);
}

}  // namespace

void note_use(const CheckView& view, Symbol& symbol, const RowUse& use) {
  const Expr& subject = view.source_of(use.subject);
  const bool known = subject.op == Op::call ||
                     (subject.op == Op::field &&
                      (has_form(static_cast<Field>(subject.a)) || is_free_text(static_cast<Field>(subject.a))));
  // The keys that `under` asks for are made by the compiler from the rows, which reports those that it cannot use.
  symbol.used_otherwise = symbol.used_otherwise || !known || use.mode == MatchMode::under;
  if (symbol.used_otherwise) return;
  const bool noted = std::any_of(symbol.uses.begin(), symbol.uses.end(), [&](const RowUse& other) {
    return other.subject == use.subject && other.mode == use.mode && other.nocase == use.nocase;
  });
  if (noted) return;
  if (symbol.uses.size() == kMaxRowUses) {
    symbol.used_otherwise = true;
  } else {
    symbol.uses.push_back(use);
  }
}

void tell_row_uses(const CheckView& view, const std::deque<Symbol>& symbols) {
  for (const Symbol& symbol : symbols) {
    const bool rows = symbol.kind == Symbol::Kind::list || symbol.kind == Symbol::Kind::table;
    if (!rows || symbol.uses.empty() || symbol.used_otherwise || symbol.poisoned || symbol.state != Symbol::State::done)
      continue;
    tell_rows_of(view, symbol);
  }
}

}  // namespace sprx
