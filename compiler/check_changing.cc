// What changes at run time: flags, dynamic lists and limits, as they are declared.
#include <algorithm>
#include <limits>

#include "compiler/literals.h"
#include "compiler/rule_state.h"
#include "compiler/table/renderer.h"
#include "compiler/words.h"

namespace sprx {
namespace {

constexpr std::int64_t kHour = 3'600'000'000;
constexpr std::int64_t kDefaultTtl = kHour;
constexpr std::uint32_t kDefaultMax = 100'000;
/// The longest that anything is remembered, in microseconds: 366 days.
constexpr std::int64_t kLongest = 366 * 24 * kHour;

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
  return duration(e, "the time of a ban", kLongest);
}

std::optional<std::int64_t> Checker::count(const ast::Action& a, std::int64_t most, Kind past) {
  if (!shape(a, 1, 1, false, false, a.word.text + " 1000;")) return std::nullopt;
  const ast::Expr& e = a.arguments[0];
  if (e.is(ast::Expr::Kind::error)) return std::nullopt;
  const std::string word = "`" + a.word.text + "`";
  if (!e.is(ast::Expr::Kind::integer) || e.number == 0) {
    report(Kind::bad_literal, e.span, word + " is a number greater than zero")
        .help("write `" + a.word.text + " 1000;`");
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
      const std::optional<std::int64_t> ttl = whole ? duration(a.arguments[0], "`ttl`", kLongest) : std::nullopt;
      out.ttl_us = ttl.value_or(kDefaultTtl);
      good = good && ttl.has_value();
    } else if (a.word.text == "max" && !option_again(a, given)) {
      const auto most = static_cast<std::int64_t>(limits_.dynamic_keys);
      const std::optional<std::int64_t> max = count(a, most, Kind::limit_dynamic_keys);
      out.max = static_cast<std::uint32_t>(max.value_or(kDefaultMax));
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
  const Span outer = construct_;
  construct_ = {};
  const ast::List& list = *symbol.list;
  DynamicList made;
  made.ttl_us = kDefaultTtl;
  made.max = kDefaultMax;
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
  construct_ = outer;
  symbol.poisoned = symbol.poisoned || !good;
  if (symbol.poisoned) return;
  made.name = pool().strings.intern(symbol.full_name);
  made.kind = known;
  symbol.id = static_cast<std::uint32_t>(rules().dynamic_lists.size());
  rules().dynamic_lists.push_back(made);
}

void Checker::declare_limit(const ast::Limit& limit) {
  if (!limit.name.known()) return;
  const auto [first, fresh] = limit_symbols_.try_emplace(limit.name.text);
  if (!fresh) {
    report(Kind::duplicate_limit, limit.name.span, "limit `" + limit.name.text + "` is declared twice")
        .label(first->second.where, "declared here first")
        .help("give one of the two another name");
    return;
  }
  first->second.where = limit.name.span;
  first->second.declaration = &limit;
}

namespace {

/// `5/m` for `5 per minute`; "" where that is not what stands there.
std::string rate_in_words(const ast::Action& a) {
  if (a.arguments.size() < 2 || a.arguments.size() > 3 || !a.arguments[0].is(ast::Expr::Kind::integer)) return {};
  for (const ast::Expr& word : a.arguments) {
    if (&word != &a.arguments[0] && !word.is(ast::Expr::Kind::path)) return {};
  }
  const std::string& joint = a.arguments[1].text;
  if (a.arguments.size() == 3 && joint != "per" && joint != "a" && joint != "an" && joint != "every" && joint != "each")
    return {};
  const std::string& unit = a.arguments.back().text;
  for (const std::string_view known : {"second", "minute", "hour", "day", "sec", "min"}) {
    if (unit == known || unit == std::string(known) + "s")
      return std::to_string(a.arguments[0].number) + "/" + (known == "day" ? "24h" : unit.substr(0, 1));
  }
  return {};
}

}  // namespace

bool Checker::limit_rate(const ast::Action& a, Limit& out) {
  if (const std::string usage = rate_in_words(a); !usage.empty() && !a.incomplete) {
    report(Kind::bad_rate, {a.word.span.file, a.arguments.front().span.begin, a.arguments.back().span.end},
           "a rate is so many in a time")
        .help("write `rate " + usage + ";`");
    return false;
  }
  if (!shape(a, 1, 1, false, false, "rate 10/s;")) return false;
  const ast::Expr& e = a.arguments[0];
  if (e.is(ast::Expr::Kind::error)) return false;
  const std::optional<Rate> rate = e.is(ast::Expr::Kind::rate) ? parse_rate(sources_.text(e.span)) : std::nullopt;
  if (!rate) {
    const bool form = e.is(ast::Expr::Kind::rate);
    report(Kind::bad_rate, e.span,
           form ? "a rate is not zero, and its time is not zero" : "a rate is so many in a time")
        .help("write `10/s`, `600/m`, or `1/10s` for one in ten seconds");
    return false;
  }
  const auto most = static_cast<std::int64_t>(limits_.burst);
  if (rate->count > most || rate->micros > kLongest || rate->count / most > rate->micros / 1'000'000) {
    report(Kind::limit_burst, e.span,
           "a rate is at most " + std::to_string(most) + " in a second and at least one in 366 days");
    return false;
  }
  out.count = rate->count;
  out.period_us = rate->micros;
  return true;
}

bool Checker::limit_key(const ast::Action& a, Limit& out) {
  if (!shape(a, 1, 8, false, false, "key client.ip;")) return false;
  bool good = true;
  Env env;
  env.scope = &top_;
  env.construct = "limit";
  std::vector<ExprId> keys;
  std::size_t fixed = 0;  // parts that are the same for every request
  for (std::size_t i = 0; i < a.arguments.size(); ++i) {
    const ast::Expr& e = a.arguments[i];
    if (i > 0 && missing_semicolon(a, i)) return false;
    env.nodes = 0;
    const Value v = value(e, env);
    good = good && v.ok();
    if (!v.ok()) continue;
    if (v.type == Type::boolean || v.type == Type::time || v.type == Type::string_list) {
      report(Kind::bad_limit_key, e.span,
             "a key of a limit is text, a number or an address, this is a " + std::string(name_of(v.type)))
          .help(v.type == Type::string_list ? "ask for one value, for example `header[\"X-Api-Key\"]`"
                                            : "choose a text: `choose { … => \"a\"; else => \"b\"; }`");
      good = false;
    } else if (pool()[v.id].op == Op::text || pool()[v.id].op == Op::integer) {
      const std::string text = e.is_plain_string() ? e.plain_text() : std::string{};
      const bool field = std::any_of(std::begin(kFields), std::end(kFields),
                                     [&](const FieldInfo& known) { return known.name == text; });
      // Beside another key it may well name the limit, as in `key client.ip, "login";`.
      if (!field && (++fixed < a.arguments.size() || !good)) {
        keys.push_back(v.id);
        continue;
      }
      Diagnostic& d = report(Kind::bad_limit_key, e.span, "this key is the same for every request");
      d.help(field ? "a field stands without quotes: `key " + text + ";`"
                   : "a limit without `key` has one bucket for all requests");
      if (field) d.fix(e.span, text, true);
      good = false;
    } else if (key_of_each_request(e, v)) {
      good = false;
    }
    keys.push_back(v.id);
  }
  rules().capture_slots = std::max(rules().capture_slots, env.next_slot);
  out.first_key = static_cast<std::uint32_t>(rules().limit_keys.size());
  out.key_count = static_cast<std::uint32_t>(keys.size());
  rules().limit_keys.insert(rules().limit_keys.end(), keys.begin(), keys.end());
  return good;
}

bool Checker::limit_option(const ast::Action& a, Limit& out) {
  const std::string& word = a.word.text;
  if (word == "rate") return limit_rate(a, out);
  if (word == "key") return limit_key(a, out);
  if (word == "burst") {
    const std::optional<std::int64_t> burst = count(a, static_cast<std::int64_t>(limits_.burst), Kind::limit_burst);
    out.burst = burst.value_or(0);
    return burst.has_value();
  }
  if (word == "penalty") {
    const bool whole = shape(a, 1, 1, false, false, "penalty 10m;");
    const std::optional<std::int64_t> time = whole ? duration(a.arguments[0], "`penalty`", kLongest) : std::nullopt;
    out.penalty_us = time.value_or(0);
    return time.has_value();
  }
  if (word == "max") {
    const std::optional<std::int64_t> max =
        count(a, static_cast<std::int64_t>(limits_.dynamic_keys), Kind::limit_dynamic_keys);
    out.max = static_cast<std::uint32_t>(max.value_or(kDefaultMax));
    return max.has_value();
  }
  unknown_option(a, "limit", {"key", "rate", "burst", "penalty", "max"});
  return false;
}

void Checker::check_limit(LimitSymbol& symbol) {
  const ast::Limit& limit = *symbol.declaration;
  construct_ = symbol.where;
  construct_label_ = "in this limit";
  Limit made;
  made.burst = 0;
  made.max = kDefaultMax;
  std::map<std::string, Span> given;
  bool good = room_for_changing(rules().limits.size(), symbol.where, "limits");
  bool complete = !limit.incomplete;
  for (const ast::Action& a : limit.block.actions) {
    if (a.word.text == "allow") continue;
    complete = complete && a.word.known();
    if (a.word.known()) good = !option_again(a, given) && limit_option(a, made) && good;
  }
  const bool misspelt = std::any_of(limit.block.actions.begin(), limit.block.actions.end(), [](const ast::Action& a) {
    // `key client.ip rate 10/s;`: the `;` that is missing was reported.
    const bool inside = std::any_of(a.arguments.begin(), a.arguments.end(),
                                    [](const ast::Expr& e) { return e.is(ast::Expr::Kind::path) && e.text == "rate"; });
    return inside || (a.word.text != "rate" && similar(a.word.text, {"rate"}) == "rate");
  });
  if (!given.contains("rate") && complete && !misspelt) {
    report(Kind::limit_without_rate, symbol.where, "limit `" + limit.name.text + "` has no rate")
        .help("write `rate 10/s;` into it");
    good = false;
  }
  good = good && complete && !misspelt;
  if (good) {
    if (made.burst == 0) made.burst = made.count;
    const std::int64_t interval = std::max<std::int64_t>(1, made.period_us / made.count);
    if (made.burst > kLongest / interval) {
      report(Kind::limit_burst, given.contains("burst") ? given["burst"] : given["rate"],
             "at this rate an empty bucket would take more than 366 days to fill")
          .help("make `burst` smaller or `rate` greater");
      good = false;
    }
  }
  construct_ = {};
  symbol.poisoned = !good;
  if (!good) return;
  made.name = pool().strings.intern(limit.name.text);
  symbol.id = LimitId{static_cast<std::uint32_t>(rules().limits.size())};
  rules().limits.push_back(made);
}

void Checker::check_limits(const std::vector<ast::Item>& items) {
  for (const ast::Item& item : items) {
    const auto* limit = std::get_if<ast::Limit>(&item.is);
    if (limit == nullptr) continue;
    const auto known = limit_symbols_.find(limit->name.text);
    if (known != limit_symbols_.end() && known->second.declaration == limit) check_limit(known->second);
  }
}

}  // namespace sprx
