// Lists and tables: their types and options, rows from literals and from files, duplicates.
#include <algorithm>
#include <charconv>

#include "compiler/odd_rows.h"
#include "compiler/row_index.h"
#include "compiler/rule_state.h"

namespace sprx {
namespace {

struct KindName {
  std::string_view name;
  KeyKind kind;
  Type type;
};

constexpr KindName kKinds[] = {{"string", KeyKind::string, Type::string},
                               {"int", KeyKind::integer, Type::integer},
                               {"ip", KeyKind::ip, Type::ip},
                               {"cidr", KeyKind::cidr, Type::cidr},
                               {"path", KeyKind::path, Type::path},
                               {"host", KeyKind::host, Type::host},
                               {"domain", KeyKind::domain, Type::domain},
                               {"pattern", KeyKind::pattern, Type::pattern}};

/// What is equal about two rows of one list, as bytes.
std::string identity(const Keys& keys, const ExprPool& pool, std::size_t row) {
  switch (keys.kind) {
    case KeyKind::cidr:
    case KeyKind::ip: {
      const Cidr& cidr = keys.prefixes[row];
      return std::string(reinterpret_cast<const char*>(cidr.address.bytes.data()), cidr.address.bytes.size()) +
             static_cast<char>(cidr.bits);
    }
    case KeyKind::integer:
      return std::to_string(keys.ranges[row].first) + ".." + std::to_string(keys.ranges[row].last);
    case KeyKind::pattern:
      return std::to_string(static_cast<std::uint32_t>(keys.patterns[row]));
    default:
      return std::string(pool.strings.view(keys.texts[row]));
  }
}

void drop_last(Keys& keys) {
  const auto drop = [](auto& rows) {
    if (!rows.empty()) rows.pop_back();
  };
  drop(keys.texts);
  drop(keys.prefixes);
  drop(keys.ranges);
  drop(keys.patterns);
}

}  // namespace

/// Takes rows one by one: reads the key and the value, tells duplicates apart.
struct Checker::RowReader {
  Checker& checker;
  Symbol& symbol;
  Keys keys;
  Table table;
  bool is_table = false;
  bool first_wins = false;
  bool last_wins = false;
  bool good = true;
  RowIndex index{};
  std::vector<std::string> identities{};  ///< only of kinds without text
  bool json = false;                      ///< the rows of a JSON file are being read

  [[nodiscard]] bool same_value(std::size_t row, const Value& value) const {
    if (table.value_type == Type::string)
      return checker.pool().strings.view(table.texts[row]) ==
             checker.pool().strings.view(StrId{static_cast<std::uint32_t>(value.id)});
    return table.integers[row] == number;
  }
  std::int64_t number = 0;

  /// The key was added last to `keys`: whether it stays. `text` and `number` are the row's value.
  void settle(Span where, StrId text) {
    const std::size_t row = keys.size() - 1;
    const bool texts = !keys.texts.empty();
    if (!texts) identities.push_back(identity(keys, checker.pool(), row));
    const auto text_of = [this, texts](std::uint32_t other) {
      return texts ? checker.pool().strings.view(keys.texts[other]) : std::string_view(identities[other]);
    };
    const std::uint32_t known =
        index.find_or_add(text_of(static_cast<std::uint32_t>(row)), static_cast<std::uint32_t>(row), text_of);
    if (known == RowIndex::kNone) {
      symbol.rows.push_back(where);
      if (is_table) push_value(text);
      return;
    }
    drop_last(keys);
    if (!texts) identities.pop_back();
    if (is_table) return again(known, where, text);
    checker.out_.add(Kind::duplicate_row, where, "this row is in `" + symbol.name + "` already")
        .label(symbol.rows[known], "here first")
        .help("remove one of them");
  }

  void push_value(StrId text) {
    if (table.value_type == Type::string) {
      table.texts.push_back(text);
    } else {
      table.integers.push_back(number);
    }
  }

  void again(std::uint32_t known, Span where, StrId text) {
    const bool same = table.value_type == Type::string
                          ? checker.pool().strings.view(table.texts[known]) == checker.pool().strings.view(text)
                          : table.integers[known] == number;
    if (same) {
      checker.out_.add(Kind::duplicate_row, where, "this row is in `" + symbol.name + "` already, with the same value")
          .label(symbol.rows[known], "here first")
          .help("remove one of them");
    } else if (last_wins) {
      (table.value_type == Type::string ? (void)(table.texts[known] = text) : (void)(table.integers[known] = number));
      symbol.rows[known] = where;
    } else if (!first_wins) {
      checker.report(Kind::data_conflict, where, "this key is in `" + symbol.name + "` already, with another value")
          .label(symbol.rows[known], "here first")
          .help("remove one of them, or say which one counts: `{ duplicates first; }` or `{ duplicates last; }`");
      good = false;
    }
  }

  /// A number, `true` or `false` of JSON, which is no text.
  [[nodiscard]] bool is_bare(const DataCell& cell) const {
    return json && !checker.sources_.text(cell.span).starts_with('"');
  }

  /// A JSON string for a value that JSON writes without quotes is refused: who reads the file elsewhere gets text.
  bool in_quotes(const DataCell& cell, const std::string& plain) {
    if (!json || is_bare(cell)) return false;
    checker.report(Kind::data_row, cell.span, "this is a JSON string, where " + said_of(plain) + " belongs")
        .help("write `" + plain + "` without quotes")
        .fix(cell.span, plain, true);
    return true;
  }
  static std::string said_of(const std::string& plain) {
    return plain == "true" || plain == "false" ? "`true` or `false`" : "a number";
  }

  /// A number in quotes as a key of a list: keys of an object are always in quotes, and so is a range.
  bool quoted_number(const DataCell& cell) {
    std::int64_t key = 0;
    const auto [end, error] = std::from_chars(cell.text.data(), cell.text.data() + cell.text.size(), key);
    return !is_table && error == std::errc() && end == cell.text.data() + cell.text.size() &&
           in_quotes(cell, std::to_string(key));
  }

  /// Reads a table's value from a data file's cell.
  bool cell_value(const DataCell& cell, StrId* text) {
    if (table.value_type == Type::string) {
      if (is_bare(cell))
        return checker.bad_row(cell.span, nullptr, "the values of this table are text", "write it in quotes");
      if (cell.text.size() > checker.limits_.string_bytes) {
        checker.report(Kind::limit_string, cell.span,
                       "this value is longer than " + std::to_string(checker.limits_.string_bytes) + " bytes");
        return false;
      }
      *text = checker.pool().strings.add(cell.text);
      return true;
    }
    if (table.value_type == Type::boolean) {
      number = cell.text == "true" ? 1 : 0;
      if (cell.text == "true" || cell.text == "false") return !in_quotes(cell, std::string(cell.text));
      return checker.bad_row(cell.span, nullptr, "this is neither `true` nor `false`",
                             "the table's values are of type `bool`");
    }
    const std::string_view digits = cell.text;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error == std::errc() && end == digits.data() + digits.size()) return !in_quotes(cell, std::to_string(number));
    if (error == std::errc::result_out_of_range)
      return checker.bad_row(cell.span, nullptr, "this is beyond what a number can be",
                             "a number is -9223372036854775808 to 9223372036854775807");
    return checker.bad_row(cell.span, nullptr, "this is no number", "the table's values are of type `int`");
  }

  /// Reads a table's value from a literal.
  bool literal_value(const ast::Expr& e, StrId* text) {
    using K = ast::Expr::Kind;
    if (e.is(K::error)) return false;
    if (table.value_type == Type::string) {
      if (!e.is(K::string))
        return checker.bad_row(e.span, &e, "the values of this table are text", "write it in quotes");
      if (!checker.plain(e, "a value of a table") || !checker.check_escapes(e)) return false;
      *text = checker.pool().strings.intern(e.plain_text());
      return true;
    }
    if (table.value_type == Type::boolean) {
      number = e.text == "true" ? 1 : 0;
      if (e.is(K::path) && (e.text == "true" || e.text == "false")) return true;
      return checker.bad_row(e.span, &e, "the values of this table are `true` and `false`",
                             "write one of them without quotes");
    }
    number = e.number;
    return e.is(K::integer) ||
           checker.bad_row(e.span, &e, "the values of this table are numbers", "write it without quotes");
  }

  bool room(Span where) const {
    if (++checker.row_count_ <= checker.limits_.rows) return true;
    if (checker.row_count_ == checker.limits_.rows + 1) {
      checker.report(
          Kind::limit_rows, where,
          "more than " + std::to_string(checker.limits_.rows) + " rows in the lists and tables of one configuration");
    }
    return false;
  }

  void literal_rows(const ast::Source& source) {
    const std::size_t step = is_table ? 2 : 1;
    for (std::size_t i = 0; i + step <= source.items.size(); i += step) {
      const ast::Expr& written = source.items[i];
      if (!room(written.span)) return void(good = false);
      if (is_table &&
          checker.default_row(symbol, keys.kind,
                              {written.is_plain_string() ? written.plain_text() : written.text, written.span},
                              checker.sources_.text(source.items[i + 1].span), &written)) {
        good = false;
        continue;
      }
      StrId text = kEmptyStr;
      const bool value = !is_table || literal_value(source.items[i + 1], &text);
      const bool key = checker.add_key_expr(keys, source.items[i]);
      if (key && keys.kind == KeyKind::path) checker.lint_question(source.items[i]);
      if (key && value) settle(source.items[i].span, text);
      if (key && !value) drop_last(keys);
      good = good && key && value;
    }
  }

  void file_row(const DataRow& row) {
    if (!room(row.span)) return void(good = false);
    if (is_table && row.cells.size() > 1 &&
        checker.default_row(symbol, keys.kind, row.cells[0], row.cells[1].text, nullptr))
      return void(good = false);
    StrId text = kEmptyStr;
    if (is_table && (row.cells.size() < 2 || !cell_value(row.cells[1], &text))) return void(good = false);
    if (keys.kind != KeyKind::integer && is_bare(row.cells[0])) {
      checker.bad_row(row.cells[0].span, nullptr, "the keys of this list are text", "write it in quotes");
      return void(good = false);
    }
    if (keys.kind == KeyKind::integer && quoted_number(row.cells[0])) return void(good = false);
    if (!checker.add_key(keys, row.cells[0].text, row.cells[0].span, nullptr)) return void(good = false);
    settle(row.cells[0].span, text);
  }
};

std::optional<KeyKind> Checker::key_kind(const ast::Ident& type, Type* out) {
  if (!type.known()) return std::nullopt;
  for (const KindName& known : kKinds) {
    if (known.name != type.text) continue;
    *out = known.type;
    return known.kind;
  }
  std::vector<std::string_view> names;
  for (const KindName& known : kKinds) names.push_back(known.name);
  const std::string_view near = type.text == "regex"                              ? "pattern"
                                : type.text == "integer" || type.text == "number" ? "int"
                                : type.text == "str" || type.text == "text"       ? "string"
                                : type.text == "network" || type.text == "subnet" ? "cidr"
                                : type.text == "address"                          ? "ip"
                                : type.text == "url" || type.text == "uri"        ? "path"
                                                                                  : similar(type.text, names);
  Diagnostic& d = report(Kind::unknown_type, type.span, "no list has keys of type `" + type.text + "`");
  if (!near.empty()) d.fix(type.span, std::string(near), false);
  d.help(near.empty() ? "types of keys are `string int ip cidr path host domain pattern`"
                      : "write `" + std::string(near) + "`");
  return std::nullopt;
}

bool Checker::check_options(const ast::List& list, bool* first, bool* last) {
  bool good = true;
  if (!list.block) return true;
  std::map<std::string, Span> given;
  for (const ast::Action& a : list.block->actions) {
    if (!a.word.known() || a.word.text == "allow") continue;
    if (!list.table && (a.word.text == "ttl" || a.word.text == "max") && list.source.kind == ast::Source::Kind::none) {
      report(Kind::unknown_option, a.word.span, "`" + a.word.text + "` belongs to a list that is filled at run time")
          .help("write `dynamic list " + list.name.text + ": " + list.key_type.text + " { ttl 1h; max 10_000; }`")
          .fix({list.span.file, list.span.begin, list.span.begin}, "dynamic ", true);
      return false;
    }
    if (!list.table || a.word.text != "duplicates") {
      report(Kind::unknown_option, a.word.span,
             "`" + a.word.text + "` is no option of a " + (list.table ? "table" : "list"))
          .help(list.table ? "a table has `duplicates first;` and `duplicates last;`" : "a list has no options");
      good = false;
      continue;
    }
    const bool known = a.arguments.size() == 1 && (a.arguments[0].text == "first" || a.arguments[0].text == "last");
    if (!known || !shape(a, 1, 1, false, false, "duplicates first;")) {
      if (!a.incomplete && !known)
        report(Kind::bad_action, a.word.span, "`duplicates` takes `first` or `last`").help("write `duplicates first;`");
      good = false;
      continue;
    }
    good = !option_again(a, given) && good;
    (a.arguments[0].text == "first" ? *first : *last) = true;
  }
  return good;
}

void Checker::read_file_rows(RowReader& reader, const ast::Source& source) {
  if (!plain(source.file, "a file name") || !check_escapes(source.file)) return void(reader.good = false);
  FileId file{};
  if (!data_file(source.file, &file)) return void(reader.good = false);
  const std::optional<DataFormat> format = data_format(source.file.plain_text());
  if (!format) {
    report(Kind::data_format, source.file.span, "the name of a data file ends in `.txt`, `.tsv`, `.csv` or `.json`")
        .help("rename it to say what it is");
    return void(reader.good = false);
  }
  const std::size_t columns = reader.is_table ? 2 : 1;
  const Scoped reading(reader_, reader.symbol.where);
  reader.json = *format == DataFormat::json;
  OddRows odd(reader.keys.kind, reader.is_table, *format);
  const auto errors = read_rows(sources_, file, *format, columns, [&](const DataRow& row) {
    if (odd.look_at(row)) {
      reader.file_row(row);
    } else {
      reader.good = false;
    }
  });
  odd.tell(out_);
  reader.symbol.pasted = odd.pasted();
  for (const DataError& error : errors) {
    Diagnostic& d = report(Kind::data_row, error.span, error.message);
    if (!error.help.empty()) d.help(error.help);
    reader.good = false;
  }
}

void Checker::check_list(Symbol& symbol) {
  if (symbol.state != Symbol::State::untouched || symbol.list == nullptr) return;
  if (symbol.kind == Symbol::Kind::dynamic) return check_dynamic(symbol);
  symbol.state = Symbol::State::busy;
  const Scoped outside(construct_, Construct{});
  const ast::List& list = *symbol.list;
  const auto owned = out_.belongs_to(list.span);
  RowReader reader{*this, symbol, {}, {}};
  reader.is_table = list.table;
  const std::optional<KeyKind> kind = key_kind(list.key_type, &symbol.type);
  reader.good = kind.has_value() && !list.source.incomplete;
  reader.keys.kind = kind.value_or(KeyKind::string);
  reader.keys.nocase = list.source.nocase;
  reader.good = check_options(list, &reader.first_wins, &reader.last_wins) && reader.good;
  if (list.table) reader.good = table_value_type(list.value_type, &reader.table.value_type) && reader.good;
  if (reader.good) list_source(reader, list);
  finish_list(symbol, reader);
}

bool Checker::table_value_type(const ast::Ident& type, Type* out) {
  if (!type.known()) return false;
  *out = type.text == "int" ? Type::integer : type.text == "bool" ? Type::boolean : Type::string;
  if (type.text == "string" || type.text == "int" || type.text == "bool") return true;
  report(Kind::unknown_type, type.span, "no table has values of type `" + type.text + "`")
      .help("types of values are `string int bool`");
  return false;
}

void Checker::list_source(RowReader& reader, const ast::List& list) {
  const std::string what = list.table ? "table" : "list";
  switch (list.source.kind) {
    case ast::Source::Kind::none:
      report(Kind::bad_action, list.name.span, "a " + what + " needs rows")
          .help(list.table ? "write `= { \"key\" => \"value\"; }` or `from \"file.tsv\"`"
                           : "write `= [\"…\", \"…\"]` or `from \"file.txt\"`");
      reader.good = false;
      return;
    case ast::Source::Kind::file:
      return read_file_rows(reader, list.source);
    default:
      break;
  }
  const bool map = list.source.kind == ast::Source::Kind::map;
  if (map != list.table) {
    report(Kind::bad_action, list.source.span,
           map ? "a list has keys only, these rows have values" : "a table wants a value for each key")
        .help(map ? "declare a table: `table NAME: string -> string = { … }`" : "write `{ \"key\" => \"value\"; }`");
    reader.good = false;
    return;
  }
  reader.literal_rows(list.source);
}

void Checker::finish_list(Symbol& symbol, RowReader& reader) {
  symbol.state = Symbol::State::done;
  symbol.poisoned = symbol.poisoned || !reader.good;
  if (symbol.poisoned) return;
  const std::string what = reader.is_table ? "table" : "list";
  if (reader.keys.size() == 0)
    out_.add(Kind::empty_list, symbol.where, what + " `" + symbol.name + "` has no rows").help("nothing is ever in it");
  const StrId name = pool().strings.intern(symbol.full_name);
  if (reader.is_table) {
    reader.table.name = name;
    reader.table.keys = std::move(reader.keys);
    symbol.id = static_cast<std::uint32_t>(rules().tables.size());
    rules().tables.push_back(std::move(reader.table));
    table_symbols_.push_back(&symbol);
  } else {
    symbol.id = static_cast<std::uint32_t>(rules().lists.size());
    rules().lists.push_back({name, std::move(reader.keys)});
    list_symbols_.push_back(&symbol);
  }
}

}  // namespace sprx
