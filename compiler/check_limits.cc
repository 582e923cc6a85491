// Limits: their declarations and options.
#include <algorithm>

#include "compiler/changing_bounds.h"
#include "compiler/literals.h"
#include "compiler/rule_state.h"
#include "compiler/words.h"

namespace sprx {
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

/// A limit while its options are read.
struct Checker::LimitReader {
  Checker& c;
  LimitSymbol& symbol;
  Limit made{};
  std::map<std::string, Span> given{};  ///< options, by their words

  void read();
  bool option(const ast::Action& a);
  bool rate(const ast::Action& a);
  bool key(const ast::Action& a);
  /// What is left to be asked of the options together.
  bool together(bool complete);
  Diagnostic& report(Kind kind, Span where, std::string message) { return c.report(kind, where, std::move(message)); }
};

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

bool Checker::LimitReader::rate(const ast::Action& a) {
  if (const std::string usage = rate_in_words(a); !usage.empty() && !a.incomplete) {
    report(Kind::bad_rate, {a.word.span.file, a.arguments.front().span.begin, a.arguments.back().span.end},
           "a rate is so many in a time")
        .help("write `rate " + usage + ";`");
    return false;
  }
  if (!c.shape(a, 1, 1, false, false, "rate 10/s;")) return false;
  const ast::Expr& e = a.arguments[0];
  if (e.is(ast::Expr::Kind::error)) return false;
  const std::optional<Rate> rate = e.is(ast::Expr::Kind::rate) ? parse_rate(c.sources_.text(e.span)) : std::nullopt;
  if (!rate) {
    const bool form = e.is(ast::Expr::Kind::rate);
    report(Kind::bad_rate, e.span,
           form ? "a rate is not zero, and its time is not zero" : "a rate is so many in a time")
        .help("write `10/s`, `600/m`, or `1/10s` for one in ten seconds");
    return false;
  }
  const auto most = static_cast<std::int64_t>(c.limits_.burst);
  if (rate->count > most || rate->micros > kLongestTime || rate->count / most > rate->micros / 1'000'000) {
    report(Kind::limit_burst, e.span,
           "a rate is at most " + std::to_string(most) + " in a second and at least one in 366 days");
    return false;
  }
  made.count = rate->count;
  made.period_us = rate->micros;
  return true;
}

bool Checker::LimitReader::key(const ast::Action& a) {
  if (!c.shape(a, 1, 8, false, false, "key client.ip;")) return false;
  bool good = true;
  Env env;
  env.scope = &c.top_;
  env.construct = "limit";
  std::vector<ExprId> keys;
  std::size_t fixed = 0;  // parts that are the same for every request
  for (std::size_t i = 0; i < a.arguments.size(); ++i) {
    const ast::Expr& e = a.arguments[i];
    if (i > 0 && c.missing_semicolon(a, i)) return false;
    env.nodes = 0;
    const Value v = c.value(e, env);
    good = good && v.ok();
    if (!v.ok()) continue;
    if (v.type == Type::boolean || v.type == Type::time || v.type == Type::string_list) {
      report(Kind::bad_limit_key, e.span,
             "a key of a limit is text, a number or an address, this is a " + std::string(name_of(v.type)))
          .help(v.type == Type::string_list ? "ask for one value, for example `header[\"X-Api-Key\"]`"
                                            : "choose a text: `choose { … => \"a\"; else => \"b\"; }`");
      good = false;
    } else if (c.pool()[v.id].op == Op::text || c.pool()[v.id].op == Op::integer) {
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
    } else if (c.key_of_each_request(e, v)) {
      good = false;
    }
    keys.push_back(v.id);
  }
  c.rules().capture_slots = std::max(c.rules().capture_slots, env.next_slot);
  made.first_key = static_cast<std::uint32_t>(c.rules().limit_keys.size());
  made.key_count = static_cast<std::uint32_t>(keys.size());
  c.rules().limit_keys.insert(c.rules().limit_keys.end(), keys.begin(), keys.end());
  return good;
}

bool Checker::LimitReader::option(const ast::Action& a) {
  const std::string& word = a.word.text;
  if (word == "rate") return this->rate(a);
  if (word == "key") return key(a);
  if (word == "burst") {
    const std::optional<std::int64_t> burst = c.count(a, static_cast<std::int64_t>(c.limits_.burst), Kind::limit_burst);
    made.burst = burst.value_or(0);
    return burst.has_value();
  }
  if (word == "penalty") {
    const bool whole = c.shape(a, 1, 1, false, false, "penalty 10m;");
    const std::optional<std::int64_t> time =
        whole ? c.duration(a.arguments[0], "`penalty`", kLongestTime) : std::nullopt;
    made.penalty_us = time.value_or(0);
    return time.has_value();
  }
  if (word == "max") {
    const std::optional<std::int64_t> max =
        c.count(a, static_cast<std::int64_t>(c.limits_.dynamic_keys), Kind::limit_dynamic_keys);
    made.max = static_cast<std::uint32_t>(max.value_or(kDefaultKeys));
    return max.has_value();
  }
  c.unknown_option(a, "limit", {"key", "rate", "burst", "penalty", "max"});
  return false;
}

bool Checker::LimitReader::together(bool complete) {
  const std::vector<ast::Action>& options = symbol.declaration->block.actions;
  const bool misspelt = std::any_of(options.begin(), options.end(), [](const ast::Action& a) {
    // `key client.ip rate 10/s;`: the `;` that is missing was reported.
    const bool inside = std::any_of(a.arguments.begin(), a.arguments.end(),
                                    [](const ast::Expr& e) { return e.is(ast::Expr::Kind::path) && e.text == "rate"; });
    return inside || (a.word.text != "rate" && similar(a.word.text, {"rate"}) == "rate");
  });
  if (complete && !misspelt && given.contains("rate")) return true;
  if (complete && !misspelt)
    report(Kind::limit_without_rate, symbol.where, "limit `" + symbol.declaration->name.text + "` has no rate")
        .help("write `rate 10/s;` into it");
  return false;
}

void Checker::LimitReader::read() {
  const ast::Limit& limit = *symbol.declaration;
  const Scoped inside(c.construct_, Construct{symbol.where, "in this limit"});
  made.burst = 0;
  made.max = kDefaultKeys;
  bool good = c.room_for_changing(c.rules().limits.size(), symbol.where, "limits");
  bool complete = !limit.incomplete;
  for (const ast::Action& a : limit.block.actions) {
    if (a.word.text == "allow") continue;
    complete = complete && a.word.known();
    if (a.word.known()) good = !c.option_again(a, given) && option(a) && good;
  }
  good = together(complete) && good;
  if (good) {
    if (made.burst == 0) made.burst = made.count;
    const std::int64_t interval = std::max<std::int64_t>(1, made.period_us / made.count);
    if (made.burst > kLongestTime / interval) {
      report(Kind::limit_burst, given.contains("burst") ? given["burst"] : given["rate"],
             "at this rate an empty bucket would take more than 366 days to fill")
          .help("make `burst` smaller or `rate` greater");
      good = false;
    }
  }
  symbol.poisoned = !good;
  if (!good) return;
  made.name = c.pool().strings.intern(limit.name.text);
  symbol.id = LimitId{static_cast<std::uint32_t>(c.rules().limits.size())};
  c.rules().limits.push_back(made);
}

void Checker::check_limits(const std::vector<ast::Item>& items) {
  for (const ast::Item& item : items) {
    const auto* limit = std::get_if<ast::Limit>(&item.is);
    if (limit == nullptr) continue;
    const auto known = limit_symbols_.find(limit->name.text);
    if (known != limit_symbols_.end() && known->second.declaration == limit) LimitReader{*this, known->second}.read();
  }
}

}  // namespace sprx
