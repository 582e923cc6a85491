// What changes at run time: flags and dynamic lists, as they are declared, and the options of declarations.
#include "compiler/changing_bounds.h"
#include "compiler/literals.h"
#include "compiler/rule_state.h"
#include "compiler/table/renderer.h"
#include "compiler/words.h"

namespace sprx {
namespace {

constexpr std::int64_t kDefaultTtl = kHour;

}  // namespace

bool Checker::room_for_changing(std::size_t count, Span where, std::string_view what) {
  if (count < limits_.changing) return true;
  if (count == limits_.changing) {
    report(Kind::limit_changing, where,
           "more than " + std::to_string(limits_.changing) + " " + std::string(what) + " in one configuration");
  }
  return false;
}

void Checker::flag(const ast::Flag& flag, Scope& scope) {
  Symbol symbol;
  symbol.kind = Symbol::Kind::flag;
  symbol.state = Symbol::State::done;
  symbol.name = flag.name.text;
  symbol.where = flag.name.span;
  symbol.type = Type::boolean;
  symbol.id = static_cast<std::uint32_t>(rules().flags.size());
  symbol.poisoned = !room_for_changing(flag_count_++, symbol.where, "flags");
  if (!symbol.poisoned) rules().flags.push_back({pool().strings.intern(flag.name.text), flag.on});
  declare(scope, std::move(symbol));
}

std::optional<std::int64_t> Checker::duration(const ast::Expr& e, std::string_view what, std::int64_t most) {
  if (e.is(ast::Expr::Kind::error)) return std::nullopt;
  const std::optional<std::int64_t> read =
      e.is(ast::Expr::Kind::measure) ? parse_duration(sources_.text(e.span)) : std::nullopt;
  if (!read) {
    report(Kind::bad_duration, e.span, std::string(what) + " is a duration with its unit")
        .help("write for example `10m`; units are `ms s m h d`");
    return std::nullopt;
  }
  if (*read == 0) {
    report(Kind::bad_duration, e.span, std::string(what) + " is longer than nothing").help("write for example `10m`");
    return std::nullopt;
  }
  if (*read > most) {
    report(Kind::limit_duration, e.span, std::string(what) + " is at most " + duration_text(most / 1'000))
        .help("what must hold for longer belongs into a list of the configuration");
    return std::nullopt;
  }
  return read;
}

std::optional<std::int64_t> Checker::ban_duration(const ast::Expr& e) {
  return duration(e, "the time of a ban", kLongestTime);
}

std::optional<std::int64_t> Checker::count(const ast::Action& a, std::int64_t most, Kind past) {
  if (!shape(a, 1, 1, false, false, a.word.text + " 1000;")) return std::nullopt;
  const ast::Expr& e = a.arguments[0];
  if (e.is(ast::Expr::Kind::error)) return std::nullopt;
  const std::string word = "`" + a.word.text + "`";
  if (!e.is(ast::Expr::Kind::integer) || e.number <= 0) {
    report(Kind::bad_literal, e.span, word + " is a number greater than zero")
        .help(a.word.text == "burst" && e.is(ast::Expr::Kind::integer) && e.number == 0
                  ? "write `burst 1;`: one request at a time, and no more than the rate lets through"
                  : "write `" + a.word.text + " 1000;`");
    return std::nullopt;
  }
  if (e.number > most) {
    report(past, e.span, word + " is at most " + std::to_string(most));
    return std::nullopt;
  }
  return e.number;
}

bool Checker::option_again(const ast::Action& a, std::map<std::string, Span>& given, const std::string& option) {
  const auto [first, fresh] = given.emplace(option.empty() ? a.word.text : option, a.word.span);
  const std::string_view before = sources_.text(first->second);
  if (!fresh)
    report(Kind::duplicate_option, a.word.span,
           "`" + a.word.text + "` " +
               (before == a.word.text ? "is set twice" : "and `" + std::string(before) + "` exclude each other"))
        .label(first->second, "set here first")
        .help(a.word.text == "key" ? "several keys stand in one: `key client.ip, host;`" : "keep one of them");
  return !fresh;
}

void Checker::unknown_option(const ast::Action& a, std::string_view what, const std::vector<std::string_view>& known) {
  const std::string_view near = similar(a.word.text, known);
  std::string all;
  for (const std::string_view name : known) all += (all.empty() ? "" : " ") + std::string(name);
  Diagnostic& d =
      report(Kind::unknown_option, a.word.span, "`" + a.word.text + "` is no option of a " + std::string(what));
  if (near.empty()) {
    d.help("a " + std::string(what) + " has `" + all + "`");
  } else {
    d.help("an option with a similar name exists: `" + std::string(near) + "`")
        .fix(a.word.span, std::string(near), false);
  }
}

bool Checker::dynamic_options(const ast::List& list, DynamicList& out) {
  bool good = true;
  std::map<std::string, Span> given;
  if (!list.block) return true;
  for (const ast::Action& a : list.block->actions) {
    if (a.word.text == "allow") continue;
    if (!a.word.known()) {
      good = false;
    } else if (a.word.text == "ttl" && !option_again(a, given)) {
      const bool whole = shape(a, 1, 1, false, false, "ttl 1h;");
      const std::optional<std::int64_t> ttl = whole ? duration(a.arguments[0], "`ttl`", kLongestTime) : std::nullopt;
      out.ttl_us = ttl.value_or(kDefaultTtl);
      good = good && ttl.has_value();
    } else if (a.word.text == "max" && !option_again(a, given)) {
      const auto most = static_cast<std::int64_t>(limits_.dynamic_keys);
      const std::optional<std::int64_t> max = count(a, most, Kind::limit_dynamic_keys);
      out.max = static_cast<std::uint32_t>(max.value_or(kDefaultKeys));
      good = good && max.has_value();
    } else {
      if (a.word.text != "ttl" && a.word.text != "max") unknown_option(a, "dynamic list", {"ttl", "max"});
      good = false;
    }
  }
  return good;
}

void Checker::check_dynamic(Symbol& symbol) {
  symbol.state = Symbol::State::done;
  const Scoped outside(construct_, Construct{});
  const ast::List& list = *symbol.list;
  DynamicList made;
  made.ttl_us = kDefaultTtl;
  made.max = kDefaultKeys;
  bool good = room_for_changing(dynamic_count_++, symbol.where, "dynamic lists");
  const std::optional<KeyKind> kind = key_kind(list.key_type, &symbol.type);
  const KeyKind known = kind.value_or(KeyKind::string);
  const bool fits = known == KeyKind::string || known == KeyKind::path || known == KeyKind::host ||
                    known == KeyKind::ip || known == KeyKind::cidr;
  if (kind && !fits) {
    report(Kind::bad_dynamic_list, list.key_type.span, "no dynamic list has keys of type `" + list.key_type.text + "`")
        .help("types of its keys are `string path host ip cidr`");
  }
  if (list.source.kind != ast::Source::Kind::none || list.source.nocase) {
    const Span where = list.source.span.known() ? list.source.span : list.name.span;
    report(Kind::bad_dynamic_list, where, "a dynamic list begins empty and compares its keys exactly")
        .help("rows that are known beforehand belong into a `list` beside it");
    good = false;
  }
  good = dynamic_options(list, made) && good && kind.has_value() && fits && !list.source.incomplete;
  symbol.poisoned = symbol.poisoned || !good;
  if (symbol.poisoned) return;
  made.name = pool().strings.intern(symbol.full_name);
  made.kind = known;
  symbol.id = static_cast<std::uint32_t>(rules().dynamic_lists.size());
  rules().dynamic_lists.push_back(made);
}

}  // namespace sprx
