// Rows of named lists and tables that what they are used for cannot take: keys that the field they are compared with
// never equals, values that make no host, path or redirect target. Each is reported where the row stands, once.
#include <algorithm>
#include <unordered_map>

#include "compiler/checker.h"
#include "compiler/never.h"
#include "compiler/target_walk.h"

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
  return field == Field::header || field == Field::cookie || field == Field::query || field == Field::response_header;
}

/// A row such as `*bot*`.
std::optional<Never> wildcard_in_text(const ExprPool& pool, const Expr& subject, std::string_view text) {
  const std::string_view name =
      subject.b == static_cast<std::uint32_t>(kNoStr) ? std::string_view{} : pool.strings.view(StrId{subject.b});
  if (!is_wildcard_in_text(static_cast<Field>(subject.a), name, text)) return std::nullopt;
  Never out;
  out.kind = Kind::wildcard_as_text;
  out.why = "`*` is plain text in a row of a list";
  out.help = "leave it out and write `nocase contains` instead of `in`";
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

}  // namespace

void Checker::note_use(Symbol& symbol, const RowUse& use) {
  const Expr& subject = source_of(use.subject);
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

std::optional<Never> Checker::row_never(const RowUse& use, const Keys& keys, std::size_t row) const {
  const Expr& subject = source_of(use.subject);
  const auto field = static_cast<Field>(subject.a);
  if (!keys.texts.empty()) {
    if (subject.op == Op::field && is_free_text(field))
      return wildcard_in_text(pool(), subject, pool().strings.view(keys.texts[row]));
    const std::string text(pool().strings.view(keys.texts[row]));
    if (use.mode != MatchMode::exact)
      return subject.op == Op::field ? fragment_never(field, text, use.mode, use.nocase) : std::nullopt;
    if (std::optional<Never> found = never_is(use.subject, text, use.nocase)) return found;
    return subject.op == Op::field ? wildcard_row(field, text) : std::nullopt;
  }
  if (subject.op != Op::field) return std::nullopt;
  if (!keys.patterns.empty()) return pattern_never(field, pool().at(keys.patterns[row]));
  return keys.ranges.empty() ? std::nullopt
                             : number_never(pool(), subject, keys.ranges[row].first, keys.ranges[row].last);
}

void Checker::report_row(const Symbol& symbol, const RowUse& use, std::size_t row, const Never& found) {
  const Span where = symbol.rows[row];
  const bool literal = symbol.list->source.kind != ast::Source::Kind::file;
  Diagnostic& d = report(found.kind, where, found.why);
  d.label(use.where, "used here");
  const std::string quote = literal ? "\"" : "";
  if (!found.similar.empty()) d.help("a similar word exists: `" + quote + found.similar + quote + "`");
  if (!found.help.empty()) {
    d.help(found.help);
  } else if (!found.form.empty()) {
    d.help("the form it can equal is `" + quote + found.form + quote + "`");
  } else {
    d.help("take this row out");
  }
  const std::string form = found.form.empty() ? found.similar : found.form;
  const std::string_view written = sources_.text(where);
  if (literal && !form.empty() && written.starts_with('"') && !written.starts_with("\"\"\"") &&
      form.find_first_of("\"\\$") == std::string::npos)
    d.fix(where, "\"" + form + "\"", written.size() >= 2 && equal_nocase(form, written.substr(1, written.size() - 2)));
}

void Checker::check_row_uses(Symbol& symbol) {
  const bool table = symbol.kind == Symbol::Kind::table;
  const Keys& keys = table ? rules().tables[symbol.id].keys : rules().lists[symbol.id].keys;
  if (keys.kind == KeyKind::domain || symbol.rows.size() != keys.size()) return;
  out_.belongs_to(symbol.list->span);
  std::size_t count = 0;
  for (std::size_t row = 0; row < keys.size(); ++row) {
    std::optional<Never> found;
    const RowUse* first = nullptr;
    for (const RowUse& use : symbol.uses) {
      std::optional<Never> one = row_never(use, keys, row);
      if (!one) {
        found.reset();
        break;
      }
      // What one use merely doubts is not wrong.
      if (!found || (found->kind == Kind::never_equal && one->kind != Kind::never_equal)) {
        found = std::move(one);
        first = &use;
      }
    }
    if (found && ++count <= kMaxDataErrors) report_row(symbol, *first, row, *found);
  }
  if (count > kMaxDataErrors) {
    const std::size_t more = count - kMaxDataErrors;
    out_.last().note(std::to_string(more) + " more row" + (more == 1 ? "" : "s") + " of `" + symbol.name +
                     "` can never match");
  }
  out_.belongs_to({});
}

void Checker::check_row_uses() {
  if (incomplete_) return;  // uses in what did not parse are not known
  for (Symbol& symbol : symbols_) {
    const bool rows = symbol.kind == Symbol::Kind::list || symbol.kind == Symbol::Kind::table;
    if (!rows || symbol.uses.empty() || symbol.used_otherwise || symbol.poisoned || symbol.state != Symbol::State::done)
      continue;
    check_row_uses(symbol);
  }
}

namespace {

/// Where the values of a table stand, by the places of their keys.
std::unordered_map<std::uint32_t, Span> value_places(const SourceSet& sources, const Symbol& symbol) {
  std::unordered_map<std::uint32_t, Span> out;
  const ast::Source& source = symbol.list->source;
  if (source.kind != ast::Source::Kind::file) {
    for (std::size_t i = 0; i + 1 < source.items.size(); i += 2)
      out.emplace(source.items[i].span.begin, source.items[i + 1].span);
  } else if (!symbol.rows.empty()) {
    const std::optional<DataFormat> format = data_format(source.file.plain_text());
    const auto take = [&out](const DataRow& row) {
      if (row.cells.size() == 2) out.emplace(row.cells[0].span.begin, row.cells[1].span);
    };
    if (format) static_cast<void>(read_rows(sources, symbol.rows.front().file, *format, 2, take));
  }
  return out;
}

}  // namespace

bool Checker::report_bad_rows(const BadRows& bad, Kind kind, Span use, const RowFault& fault) {
  const Symbol* const symbol = bad.table ? table_symbols_[bad.id] : list_symbols_[bad.id];
  const Keys& keys = bad.table ? rules().tables[bad.id].keys : rules().lists[bad.id].keys;
  if (symbol == nullptr || symbol->rows.size() != keys.size()) return false;
  std::unordered_map<std::uint32_t, Span> values;
  if (bad.values) values = value_places(sources_, *symbol);
  for (const std::uint32_t row : bad.rows) {
    Span where = symbol->rows[row];
    if (const auto value = values.find(where.begin); value != values.end()) where = value->second;
    const std::string_view text = pool().strings.view(bad.values ? rules().tables[bad.id].texts[row] : keys.texts[row]);
    const auto said = fault(text);
    if (!said) continue;
    report(kind, where, said->first).label(use, "used here").help(said->second);
  }
  if (bad.count > bad.rows.size()) {
    const std::size_t more = bad.count - bad.rows.size();
    out_.last().note(std::to_string(more) + " more row" + (more == 1 ? "" : "s") + " of `" + symbol->name + "` " +
                     (more == 1 ? "is" : "are") + " no better");
  }
  return true;
}

bool Checker::rows_fit(ExprId value, const Env& env, Kind kind, Span use, const RowFault& fault) {
  std::unordered_set<std::uint32_t> seen;
  std::vector<ExprId> open{value};
  bool good = true;
  const auto ask = [&](const std::vector<StrId>& texts, BadRows bad) {
    for (std::uint32_t row = 0; row < texts.size(); ++row) {
      if (!fault(pool().strings.view(texts[row]))) continue;
      if (bad.rows.size() < kMaxDataErrors) bad.rows.push_back(row);
      ++bad.count;
    }
    if (bad.count != 0) good = !report_bad_rows(bad, kind, use, fault) && good;
  };
  while (!open.empty()) {
    const ExprId id = open.back();
    open.pop_back();
    if (!seen.insert(static_cast<std::uint32_t>(id)).second) continue;
    const Expr& e = pool()[id];
    if (const std::vector<Proof>* const proofs = env.facts.proof(id)) {
      for (const Proof& proof : *proofs) {
        if (proof.kind == Proof::Kind::table) ask(rules().tables[proof.id].keys.texts, {true, false, proof.id, {}, 0});
        if (proof.kind == Proof::Kind::list) ask(rules().lists[proof.id].keys.texts, {false, false, proof.id, {}, 0});
      }
    } else if (e.op == Op::text) {
      const auto said = fault(pool().strings.view(StrId{e.a}));
      if (said) report(kind, use, said->first).help(said->second);
      good = good && !said;
    } else if (e.op == Op::lookup && rules().tables[e.a].value_type == Type::string) {
      ask(rules().tables[e.a].texts, {true, true, e.a, {}, 0});
    } else if (e.op == Op::let) {
      open.push_back(rules().lets[e.a].value);
    } else if (e.op == Op::fallback || e.op == Op::choose) {
      const std::span<const ExprId> items = pool().list(e);
      for (std::size_t i = 0; i < items.size(); ++i) {
        if (e.op == Op::fallback || i % 2 == 1 || i + 1 == items.size()) open.push_back(items[i]);
      }
    }
  }
  return good;
}

}  // namespace sprx
