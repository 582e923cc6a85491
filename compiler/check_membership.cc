// `in`, and lists on the right of other operators: the list an operator means is derived from the written one.
#include <algorithm>

#include "compiler/check_row_uses.h"
#include "compiler/check_text_habits.h"
#include "compiler/checker.h"
#include "compiler/words.h"

namespace sprx {
namespace {

/// The kind of keys that an inline list beside a value of this type has.
KeyKind literal_kind(Type left, const ast::Expr& list) {
  const bool patterns = !list.children.empty() && list.children[0].is(ast::Expr::Kind::regex);
  if (patterns) return KeyKind::pattern;
  switch (left) {
    case Type::ip:
      return KeyKind::cidr;
    case Type::integer:
      return KeyKind::integer;
    case Type::path:
      return KeyKind::path;
    case Type::host:
      return KeyKind::host;
    default:
      return KeyKind::string;
  }
}

std::string name_of_kind(KeyKind kind) {
  constexpr std::string_view kNames[] = {"string", "path", "host",    "domain",        "cidr",
                                         "ip",     "int",  "pattern", "path template", "host template"};
  return std::string(kNames[static_cast<std::size_t>(kind)]);
}

}  // namespace

bool Checker::comparable(const ast::Expr& e, const Value& left, const Symbol& symbol, KeyKind kind) {
  bool good = false;
  switch (kind) {
    case KeyKind::cidr:
    case KeyKind::ip:
      good = left.type == Type::ip;
      break;
    case KeyKind::integer:
      good = left.type == Type::integer;
      break;
    case KeyKind::domain:
      good = left.type == Type::host;
      break;
    case KeyKind::path:
      good = left.type == Type::path || left.type == Type::string;
      break;
    case KeyKind::host:
      good = left.type == Type::host || left.type == Type::string;
      break;
    default:
      good = is_texts(left.type);
      break;
  }
  if (good) return true;
  Diagnostic& d = report(Kind::bad_list_kind, left.span,
                         "`" + symbol.name + "` holds keys of type `" + name_of_kind(kind) + "`, this is " +
                             (left.type == Type::integer || left.type == Type::ip ? "an " : "a ") +
                             std::string(name_of(left.type)));
  if (symbol.where.known()) d.label(symbol.where, "declared here");
  if (kind == KeyKind::domain && left.type == Type::string) {
    d.help("the host of a URL is `url_host(" + std::string(sources_.text(e.span)) + ")`");
  } else if (left.type == Type::ip) {
    d.help("a list of addresses and prefixes is declared as `: cidr`");
  } else if (left.type == Type::string_list) {
    d.help("a list-valued field is compared with lists of type `string` or `pattern`");
  } else {
    d.help("declare a list of another type, or compare another value");
  }
  return false;
}

ExprId Checker::in_list(const Value& left, ListId list) {
  return node(Op::in_list, static_cast<std::uint32_t>(left.id), static_cast<std::uint32_t>(list));
}

ExprId Checker::in_operation(const ast::Expr& e, const Value& left, Env& env) {
  const ast::Expr& right = ast::without_parens(e.children[1]);
  if (right.is(ast::Expr::Kind::error)) return kNoExpr;
  if (Symbol* const symbol = list_on_right(e, env)) {
    symbol->used = true;
    symbol->used_otherwise = symbol->used_otherwise || !left.ok();
    return left.ok() ? in_symbol(e, left, *symbol) : kNoExpr;
  }
  if (name_in_quotes(right, env) || file_after_in(right, left)) return kNoExpr;
  if (right.is(ast::Expr::Kind::range)) return left.ok() ? in_range(e, left) : kNoExpr;
  if (right.is(ast::Expr::Kind::list) || (right.is(ast::Expr::Kind::string) && left.type == Type::ip)) {
    return left.ok() ? in_literal(e, left) : kNoExpr;
  }
  const Value v = value(right, env);
  if (!left.ok() || !v.ok() || is_cut(right)) return kNoExpr;
  if (asked_of_argument(e, ast::without_parens(e.children[0]), right)) return kNoExpr;
  Diagnostic& d =
      report(Kind::in_wants_set, e.children[1].span, "`in` wants a list, a table, a prefix or a range on its right");
  if (v.type == Type::string_list) {
    d.help("a list-valued field stands on the left: `" + std::string(sources_.text(right.span)) +
           " == " + std::string(sources_.text(e.children[0].span)) + "`");
  } else if (right.is(ast::Expr::Kind::string) || right.is(ast::Expr::Kind::integer)) {
    std::string several;
    const std::string plain = right.is_plain_string() ? right.plain_text() : std::string{};
    if (plain.find_first_of(", |") != std::string::npos) several = split_items(plain);
    const std::string range = left.type == Type::integer ? status_class(plain) : std::string{};
    const std::string one = "[" + std::string(sources_.text(right.span)) + "]";
    if (is_text(left.type) && plain.find('/') != std::string::npos && plain[0] != '/' &&
        parse_cidr(plain).error == CidrError::none) {
      d.help("the address of the client is compared with it: `client.ip in \"" + plain +
             "\"`; `client_ip { header \"X-Real-IP\"; }` in `settings` says which header it is read from");
      return kNoExpr;
    }
    d.help(!range.empty()    ? "a class of statuses is a range: `in " + range + "`"
           : several.empty() ? "one value is compared with `==`; a list of one is `" + one + "`"
                             : "each value of a list stands in quotes of its own: `" + several + "`");
    if (!range.empty()) {
      d.fix(right.span, range, true);
    } else {
      d.fix(right.span, several.empty() ? one : several, several.empty());
    }
  } else {
    d.help("one value is compared with `==`");
  }
  return kNoExpr;
}

ExprId Checker::in_symbol(const ast::Expr& e, const Value& left, Symbol& symbol) {
  check_list(symbol);
  if (symbol.poisoned || symbol.state != Symbol::State::done) return kNoExpr;
  if (symbol.kind == Symbol::Kind::dynamic) return in_dynamic(e, left, symbol);
  const bool table = symbol.kind == Symbol::Kind::table;
  const Keys& keys = table ? rules().tables[symbol.id].keys : rules().lists[symbol.id].keys;
  if (!comparable(e.children[0], left, symbol, keys.kind)) {
    symbol.used_otherwise = true;
    return kNoExpr;
  }
  note_use(view_, symbol, {left.id, MatchMode::exact, e.nocase || keys.nocase, e.children[1].span});
  if (table && (!e.nocase || keys.nocase)) return node(Op::in_table, static_cast<std::uint32_t>(left.id), symbol.id);
  const std::optional<ListId> list = derived(e, symbol, {keys.kind, MatchMode::exact, e.nocase || keys.nocase});
  return list ? in_list(left, *list) : kNoExpr;
}

ExprId Checker::in_dynamic(const ast::Expr& e, const Value& left, const Symbol& symbol) {
  if (!comparable(e.children[0], left, symbol, rules().dynamic_lists[symbol.id].kind)) return kNoExpr;
  if (!e.nocase) return node(Op::in_dynamic, static_cast<std::uint32_t>(left.id), symbol.id);
  report(Kind::dynamic_use, e.word, "a dynamic list compares its keys exactly")
      .label(symbol.where, "declared here")
      .help("put keys in lower case into it, and ask for `lower(…)`");
  return kNoExpr;
}

ExprId Checker::in_range(const ast::Expr& e, const Value& left) {
  const ast::Expr& range = ast::without_parens(e.children[1]);
  if (left.type != Type::integer) {
    report(Kind::operator_type, e.children[0].span,
           "a range holds numbers, this is a " + std::string(name_of(left.type)))
        .help("the number that a text is: `int(" + std::string(sources_.text(e.children[0].span)) + ")`");
    return kNoExpr;
  }
  const std::int64_t first = range.children[0].number;
  const std::int64_t last = range.children[1].number;
  if (first > last) {
    report(Kind::bad_literal, range.span,
           "a range from " + std::to_string(first) + " to " + std::to_string(last) + " holds nothing")
        .help("write the smaller number first")
        .fix(range.span, std::to_string(last) + ".." + std::to_string(first), true);
    return kNoExpr;
  }
  if (!number_can_equal(range, left, first, last)) return kNoExpr;
  lint_range_always(e, left, first, last);
  return node(Op::in_range, static_cast<std::uint32_t>(left.id), pool().integer_pair(first, last));
}

ExprId Checker::in_literal(const ast::Expr& e, const Value& left) {
  const ast::Expr& right = ast::without_parens(e.children[1]);
  if (right.is(ast::Expr::Kind::string)) {
    if (!plain(right, "a prefix") || !check_escapes(right)) return kNoExpr;
    const std::optional<Cidr> cidr = cidr_text(right.plain_text(), right, false);
    return cidr ? node(Op::in_cidr, static_cast<std::uint32_t>(left.id), pool().prefix(*cidr)) : kNoExpr;
  }
  if (left.type == Type::boolean || left.type == Type::time) {
    report(Kind::operator_type, e.children[0].span, "no list holds values of type " + std::string(name_of(left.type)));
    return kNoExpr;
  }
  const std::optional<ListId> list =
      anonymous(right, {literal_kind(left.type, right), MatchMode::exact, e.nocase}, left);
  return list ? in_list(left, *list) : kNoExpr;
}

ExprId Checker::list_operation(const ast::Expr& e, const Value& left, Symbol& symbol, const ListUse& use) {
  symbol.used = true;
  if (symbol.kind == Symbol::Kind::table) {
    report(Kind::bad_list_kind, e.children[1].span, "`" + symbol.name + "` is a table, `" + e.text + "` takes a list")
        .label(symbol.where, "declared here")
        .help("declare a list, or ask for its keys with `in`");
    return kNoExpr;
  }
  check_list(symbol);
  if (symbol.poisoned || symbol.state != Symbol::State::done) return kNoExpr;
  if (symbol.kind == Symbol::Kind::dynamic) {
    report(Kind::dynamic_use, e.word, "`" + symbol.name + "` is a dynamic list and is used with `in` only")
        .label(symbol.where, "declared here")
        .help("write `in`, or compare with a list of the configuration");
    return kNoExpr;
  }
  const Keys& keys = rules().lists[symbol.id].keys;
  const bool texts = keys.kind == KeyKind::string || keys.kind == KeyKind::path || keys.kind == KeyKind::host;
  const bool fits = use.mode == MatchMode::under ? keys.kind == KeyKind::string || keys.kind == use.kind : texts;
  if (!fits) {
    symbol.used_otherwise = true;
    Diagnostic& d =
        report(Kind::bad_list_kind, e.children[1].span,
               "`" + e.text + "` cannot use the list `" + symbol.name + "` of type `" + name_of_kind(keys.kind) + "`");
    d.label(symbol.where, "declared here");
    if (keys.kind == KeyKind::domain || keys.kind == KeyKind::cidr || keys.kind == KeyKind::pattern)
      d.help("lists of this type are used with `in`");
    return kNoExpr;
  }
  note_use(view_, symbol, {left.id, use.mode, use.nocase || keys.nocase, e.children[1].span});
  const KeyKind kind = use.mode == MatchMode::exact || use.mode == MatchMode::under ? use.kind : keys.kind;
  const std::optional<ListId> list = derived(e, symbol, {kind, use.mode, use.nocase || keys.nocase});
  return list ? in_list(left, *list) : kNoExpr;
}

std::optional<ListId> Checker::derived(const ast::Expr& e, Symbol& symbol, const ListUse& use) {
  const bool table = symbol.kind == Symbol::Kind::table;
  {
    const Keys& own = table ? rules().tables[symbol.id].keys : rules().lists[symbol.id].keys;
    if (!table && own.kind == use.kind && own.mode == use.mode && own.nocase == use.nocase) return ListId{symbol.id};
  }
  const std::tuple key(symbol.id * 2 + (table ? 1U : 0U), use.kind, use.mode, use.nocase);
  if (const auto known = derived_.find(key); known != derived_.end()) return known->second;
  // A copy: the pool and the vectors below grow.
  const Keys own = table ? rules().tables[symbol.id].keys : rules().lists[symbol.id].keys;
  const StrId name = table ? rules().tables[symbol.id].name : rules().lists[symbol.id].name;
  List list{name, own};
  list.keys.kind = use.kind;
  list.keys.mode = use.mode;
  list.keys.nocase = use.nocase;
  const bool convert = own.kind != use.kind;
  bool good = true;
  if (convert || (use.nocase && !own.nocase)) {
    list.keys.texts.clear();
    for (std::size_t row = 0; row < own.texts.size(); ++row) {
      const std::string text(pool().strings.view(own.texts[row]));
      const Span where = row < symbol.rows.size() ? symbol.rows[row] : e.span;
      good = add_key(list.keys, text, where, nullptr) && good;
    }
    if (!own.patterns.empty() && use.nocase) {
      list.keys.patterns.clear();
      for (const PatternId id : own.patterns) {
        PatternResult result = compile_pattern(pool().at(id).source, true);
        const std::optional<PatternId> folded = take_pattern(std::move(result.value), e.span);
        if (folded) list.keys.patterns.push_back(*folded);
        good = good && folded;
      }
    }
  }
  if (!good) {
    symbol.poisoned = true;
    return std::nullopt;
  }
  rules().lists.push_back(std::move(list));
  list_symbols_.push_back(&symbol);
  const ListId id{static_cast<std::uint32_t>(rules().lists.size() - 1)};
  derived_.emplace(key, id);
  return id;
}

std::optional<ListId> Checker::anonymous(const ast::Expr& list, const ListUse& use, const Value& left) {
  Keys keys;
  keys.kind = use.kind;
  keys.mode = use.mode;
  keys.nocase = use.nocase;
  bool good = true;
  const Type left_type = left.type == Type::string_list ? Type::string : left.type;
  const std::string_view op = use.mode == MatchMode::starts_with ? "starts_with"
                              : use.mode == MatchMode::ends_with ? "ends_with"
                                                                 : "contains";
  for (const ast::Expr& item : list.children) {
    if (item.is(ast::Expr::Kind::error)) {
      good = false;
      continue;
    }
    const std::size_t before = keys.size();
    if (use.mode == MatchMode::exact &&
        (use.kind == KeyKind::path || use.kind == KeyKind::host || use.kind == KeyKind::string) &&
        item.is(ast::Expr::Kind::string)) {
      const Value v = literal(item, {left_type, left.id, use.nocase});
      if (v.ok()) lint_plain_text(view_, item, left, "in");
      if (v.ok()) lint_media_type(view_, list, item, left);
      if (v.ok() && !use.nocase) lint_wire_case(view_, list, item, left);
      good = good && v.ok();
      if (v.ok()) keys.texts.push_back(StrId{pool()[v.id].a});
    } else {
      good = add_key_expr(keys, item) && good;
      if (use.kind == KeyKind::string && !use.nocase) lint_agent_case(view_, item, left, op, list.children);
      if (keys.size() > before && !keys.patterns.empty()) {
        const Pattern pattern = pool().at(keys.patterns.back());
        good = pattern_can_match(item, left, pattern) && good;
      }
      if (keys.size() > before && !keys.ranges.empty()) {
        good = number_can_equal(item, left, keys.ranges.back().first, keys.ranges.back().last) && good;
      }
    }
    const auto again = [&](const auto& rows) {
      return rows.size() > 1 && list.children.size() <= 64 &&
             std::find(rows.begin(), rows.end() - 1, rows.back()) != rows.end() - 1;
    };
    if (keys.size() > before &&
        (again(keys.texts) || again(keys.prefixes) || again(keys.ranges) || again(keys.patterns))) {
      out_.add(Kind::duplicate_row, item.span, "this row is in the list already").help("remove it");
    }
  }
  if (!good) return std::nullopt;
  if (list.children.empty()) out_.add(Kind::empty_list, list.span, "an empty list: nothing is ever in it");
  std::string key{static_cast<char>(keys.kind), static_cast<char>(keys.mode), static_cast<char>(keys.nocase)};
  const auto append = [&key](const auto& rows) {
    key.append(reinterpret_cast<const char*>(rows.data()), rows.size() * sizeof(rows[0]));
    key.push_back('|');
  };
  append(keys.texts);
  append(keys.prefixes);
  append(keys.ranges);
  append(keys.patterns);
  append(keys.templates);
  const auto [place, fresh] =
      anonymous_.try_emplace(std::move(key), ListId{static_cast<std::uint32_t>(rules().lists.size())});
  if (fresh) {
    row_count_ += keys.size();
    rules().lists.push_back({kNoStr, std::move(keys)});
    list_symbols_.push_back(nullptr);
  }
  return place->second;
}

}  // namespace sprx
