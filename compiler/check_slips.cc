// Slips of the pen whose meaning is plain: a `;` left out on a line, a statement or a declared name in the place of
// something else. Each gets one message that says what to write.
#include <algorithm>

#include "compiler/literals.h"
#include "compiler/rule_state.h"
#include "compiler/table/address.h"
#include "compiler/test_words.h"
#include "compiler/words.h"

namespace sprx {
namespace {

/// Longer source is not repeated in a help line.
constexpr std::size_t kShown = 70;

/// Words of blocks that are in no registry.
constexpr std::string_view kBlockWords[] = {
    "key",        "rate",         "burst",  "penalty", "max",        "ttl",
    "duplicates", "max_age",      "domain", "secure",  "http_only",  "same_site",
    "header",     "content_type", "body",   "status",  "keep_query", "keep_query_unless_set",
    "lints"};

/// Whether a statement of a rule or of some block begins with it, and no value does.
bool opens_statement(std::string_view word) {
  const auto is = [word](const auto& known) { return known.name == word; };
  if (is_field_root(word) && word != "header") return false;
  return word == "when" || word == "let" ||
         std::find(std::begin(kBlockWords), std::end(kBlockWords), word) != std::end(kBlockWords) ||
         std::any_of(kActions.begin(), kActions.end(), is) || std::any_of(kSettings.begin(), kSettings.end(), is) ||
         std::any_of(kTestWords.begin(), kTestWords.end(), is);
}

/// What stands after such a word in a statement of its own; "" where nothing does.
std::string_view usage_of_guard(std::string_view word) {
  if (word == "over") return "over NAME;";
  if (word == "since") return "since \"2026-11-27T00:00:00Z\";";
  if (word == "until") return "until \"2026-12-24T00:00:00Z\";";
  return word == "dry_run" ? "dry_run;" : std::string_view{};
}

}  // namespace

/// `unset header["X"] deny;`: the argument at `at` is one too many and the word of another statement.
bool Checker::missing_semicolon(const ast::Action& a, std::size_t at) {
  const ast::Expr& next = a.arguments[at];
  if (!next.is(ast::Expr::Kind::path) || !opens_statement(next.text) || top_.names.contains(next.text)) return false;
  const Span before = at == 0 ? a.word.span : a.arguments[at - 1].span;
  if (sources_.text({before.file, before.end, next.span.begin}).find(',') != std::string_view::npos) return false;
  report(Kind::bad_action, next.span, "expected `;` before `" + next.text + "`, which begins another statement")
      .help("write `;` after what stands before it")
      .fix({before.file, before.end, before.end}, ";", true);
  return true;
}

/// `redirect "/y" keep_query;`, `redirect 301 keep_query "/y";`: what there is, in the order that it has.
bool Checker::redirect_in_order(const ast::Action& a) {
  if (a.incomplete || a.arguments.empty()) return false;
  const ast::Expr* status = nullptr;
  const ast::Expr* target = nullptr;
  const ast::Expr* keep = nullptr;
  for (const ast::Expr& e : a.arguments) {
    const bool word = e.text == "keep_query" || e.text == "keep_query_unless_set";
    const ast::Expr** const place = e.is(ast::Expr::Kind::integer)        ? &status
                                    : e.is(ast::Expr::Kind::path) && word ? &keep
                                                                          : &target;
    if (*place != nullptr || e.is(ast::Expr::Kind::error)) return false;
    *place = &e;
  }
  const bool right = keep == &a.arguments.back() && status == &a.arguments.front();
  if (keep == nullptr || target == nullptr || (status != nullptr && right)) return false;
  const std::string number = status == nullptr ? "301" : std::string(sources_.text(status->span));
  const std::string whole = number + " " + std::string(sources_.text(target->span)) + " " + keep->text;
  const Span all{a.word.span.file, a.arguments.front().span.begin, a.arguments.back().span.end};
  report(Kind::bad_action, status == nullptr ? a.word.span : keep->span,
         status == nullptr ? "`redirect` wants a status before its target"
                           : "`" + keep->text + "` stands after the target of a redirect")
      .help(whole.size() <= kShown ? "write `redirect " + whole + ";`" : "write `redirect 301 \"/new\" keep_query;`")
      .fix(all, whole, status != nullptr);
  return true;
}

/// `when over api;`, `when api;`, `… and dry_run`: what is a statement of its own is no condition.
bool Checker::statement_as_value(const ast::Expr& e) {
  const bool limit = limit_symbols_.contains(e.text);
  const std::string_view usage = usage_of_guard(e.text);
  if (!limit && usage.empty()) return false;
  if (limit) limit_symbols_[e.text].used = true;
  Diagnostic& d = report(Kind::unknown_name, e.is(ast::Expr::Kind::call) ? e.word : e.span,
                         limit ? "`" + e.text + "` is a limit, no value"
                               : "`" + e.text + "` is a statement of its own, no part of a condition");
  std::string shown = limit ? "over " + e.text + ";" : std::string(usage);
  if (e.text == "over" && e.children.size() == 1 && e.children[0].is(ast::Expr::Kind::path)) {
    shown = "over " + e.children[0].text + ";";
    if (const auto named = limit_symbols_.find(e.children[0].text); named != limit_symbols_.end())
      named->second.used = true;
  } else if (!e.children.empty() && e.text != "over") {
    shown = e.text + " " + std::string(sources_.text(e.children[0].span)) + ";";
  }
  d.help("write `" + (shown.size() <= kShown ? shown : std::string(usage)) + "` after the `when`s");
  return true;
}

/// `sites(geo.country)`: a declared name that is called like a function.
bool Checker::called_name(const ast::Expr& e, Env& env) {
  if (statement_as_value(e)) return true;
  Symbol* const symbol = find_capture(env, e.text) == nullptr ? find_symbol(env, e.text) : nullptr;
  if (symbol == nullptr) return false;
  symbol->used = symbol->used_otherwise = true;
  if (symbol->poisoned) return true;
  const bool table = symbol->kind == Symbol::Kind::table;
  const bool list = symbol->kind == Symbol::Kind::list || symbol->kind == Symbol::Kind::dynamic;
  Diagnostic& d = report(Kind::unknown_function, e.word,
                         "`" + e.text + "` is a " +
                             (table  ? "table"
                              : list ? "list"
                                     : "value") +
                             " and no function");
  d.label(symbol->where, "declared here");
  const std::string argument = e.children.size() == 1 ? std::string(sources_.text(e.children[0].span)) : "";
  const bool shown = !argument.empty() && argument.size() <= kShown;
  const std::string text = table  ? e.text + "[" + (shown ? argument : "path") + "]"
                           : list ? (shown ? argument : "path") + " in " + e.text
                                  : e.text;
  d.help("write `" + text + "`");
  if (shown && (table || list)) d.fix(e.span, text, true);
  return true;
}

/// `sites.get`, `office.size`: what is declared has no parts.
bool Checker::part_of_name(const ast::Expr& e, const Env& env) {
  const std::string root = e.text.substr(0, e.text.find('.'));
  Symbol* const symbol = find_capture(env, root) == nullptr ? find_symbol(env, root) : nullptr;
  if (symbol == nullptr || is_field_root(root)) return false;
  symbol->used = symbol->used_otherwise = true;
  if (symbol->poisoned) return true;
  const bool table = symbol->kind == Symbol::Kind::table;
  const bool list = symbol->kind == Symbol::Kind::list || symbol->kind == Symbol::Kind::dynamic;
  report(Kind::unknown_name, e.span, "`" + root + "` has no parts with names")
      .label(symbol->where, "declared here")
      .help(table  ? "look a key up: `" + root + "[path]`"
            : list ? "ask whether a value is in it: `path in " + root + "`"
                   : "write `" + root + "` alone");
  return true;
}

/// `client.ip in "office"` with a list `office`.
bool Checker::name_in_quotes(const ast::Expr& right, const Env& env) {
  if (!right.is_plain_string()) return false;
  const std::string text = right.plain_text();
  Symbol* const symbol = find_symbol(env, text);
  const bool holds = symbol != nullptr && (symbol->kind == Symbol::Kind::list || symbol->kind == Symbol::Kind::table ||
                                           symbol->kind == Symbol::Kind::dynamic);
  if (!holds) return false;
  symbol->used = symbol->used_otherwise = true;
  if (symbol->poisoned) return true;
  report(Kind::in_wants_set, right.span, "`\"" + text + "\"` is text, the list is named without quotes")
      .label(symbol->where, "declared here")
      .help("write `in " + text + "`")
      .fix(right.span, text, true);
  return true;
}

/// A word without quotes in a list of text: one report a list, however many words it has.
bool Checker::bare_row(const Keys& keys, const ast::Expr& e) {
  const bool text = keys.kind == KeyKind::string || keys.kind == KeyKind::host || keys.kind == KeyKind::domain;
  if (!text || !e.is(ast::Expr::Kind::path) || e.text.find('.') != std::string::npos || is_field_root(e.text) ||
      top_.names.contains(e.text))
    return false;
  const std::string quoted = "\"" + e.text + "\"";
  if (bare_rows_.joins(e.span, quoted)) return true;
  report(Kind::bad_row, e.span, "text in a list stands in quotes")
      .help("write `" + quoted + "`")
      .fix(e.span, quoted, true);
  bare_rows_.remember();
  return true;
}

/// `default => "b";` in a `choose`.
bool Checker::misnamed_else(const ast::Expr& e, const Env& env) {
  const bool word = e.is(ast::Expr::Kind::path) && (e.text == "default" || e.text == "otherwise" || e.text == "_");
  if (!word || find_symbol(env, e.text) != nullptr || find_capture(env, e.text) != nullptr) return false;
  report(Kind::unknown_name, e.span, "the branch for all that is left is called `else`")
      .help("write `else => \"…\";`")
      .fix(e.span, "else", true);
  return true;
}

/// `deny status 429;`, `respond code 404 { … }`: the status follows its action.
bool Checker::status_word(const ast::Action& a) {
  using K = ast::Expr::Kind;
  if (a.assigned || a.arguments.size() != 2 || !a.arguments[0].is(K::path) || !a.arguments[1].is(K::integer))
    return false;
  const std::string& word = a.arguments[0].text;
  if (word != "status" && word != "deny_status" && word != "code" && word != "with" && word != "status_code")
    return false;
  const std::string status = std::to_string(a.arguments[1].number);
  report(Kind::bad_action, a.arguments[0].span, "the status of `" + a.word.text + "` follows it without a word between")
      .help("write `" + a.word.text + " " + status + (a.block ? " { … }`" : ";`"))
      .fix({a.word.span.file, a.arguments[0].span.begin, a.arguments[1].span.end}, status, true);
  return true;
}

/// `unix(now) > "2027-01-01T00:00:00Z"`, `subnet(client.ip, 24, 48) in "10.0.0.0/8"`: what is asked of the argument
/// itself. `literal` is on the other side.
bool Checker::asked_of_argument(const ast::Expr& e, const ast::Expr& call, const ast::Expr& literal) {
  using K = ast::Expr::Kind;
  if (!call.is(K::call) || call.children.empty() || !literal.is_plain_string()) return false;
  const std::string text = literal.plain_text();
  const bool time = call.text == "unix" && parse_time(text).has_value();
  const CidrError prefix = call.text == "subnet" ? parse_cidr(text).error : CidrError::bad_address;
  if (!time && prefix != CidrError::none) return false;
  const std::string argument(sources_.text(call.children[0].span));
  const std::string value(sources_.text(literal.span));
  const bool first = call.span.begin < literal.span.begin;
  const std::string sign(sources_.text(e.word));
  const std::string whole = first ? argument + " " + sign + " " + value : value + " " + sign + " " + argument;
  report(time ? Kind::operator_type : Kind::in_wants_set, call.span,
         time ? "`unix` gives a number, which is compared with no time" : "`subnet` gives text, which is in no prefix")
      .help(whole.size() <= 70 ? "write `" + whole + "`" : "compare the value itself, without `" + call.text + "`")
      .fix(e.span, whole, true);
  return true;
}

/// `ban client.ip;`, `ban client.ip in banned;`: the list stands before the key.
bool Checker::misplaced_ban(const ast::Action& a) {
  using K = ast::Expr::Kind;
  if (a.arguments.empty() || a.assigned || a.block) return false;
  const ast::Expr& first = a.arguments[0];
  const ast::Expr* key = &first;
  std::string list;
  if (first.is(K::comparison) && first.children[1].is(K::path)) {
    key = &first.children[0];
    list = first.children[1].text;
  }
  const std::string base = first.is(K::index) && first.children.size() == 2 ? first.children[0].text : std::string();
  for (const Symbol& symbol : symbols_) {  // `ban banned[client.ip];`
    if (base.empty() || symbol.kind != Symbol::Kind::dynamic || symbol.name != base) continue;
    key = &first.children[1];
    list = base;
  }
  const bool keyed = key != &first && !base.empty();
  const bool field =
      keyed || key->is(K::index) || (key->is(K::path) && is_field_root(key->text.substr(0, key->text.find('.'))));
  if (!field || (list.empty() && !first.is(K::path) && !first.is(K::index))) return false;
  const std::string shown(sources_.text(key->span));
  const bool named = !list.empty();
  for (Symbol& symbol : symbols_) {
    if (symbol.kind != Symbol::Kind::dynamic) continue;
    symbol.used = true;
    if (!named && list.empty()) list = symbol.name;
  }
  report(Kind::bad_action, first.span, "`ban` names a dynamic list first, then the key")
      .help("write `ban " + (list.empty() ? "banned" : list) + " " + (shown.size() <= kShown ? shown : "client.ip") +
            " for 10m;`");
  return true;
}

/// `add banned client.ip;`, `set cookie["x"] = "y" { max_age 1d; }`.
bool Checker::misplaced_edit(const ast::Action& a, const RuleState& rule) {
  if (a.incomplete || a.arguments.empty()) return false;
  const ast::Expr& first = a.arguments[0];
  const std::string word = a.word.text;
  if (first.is(ast::Expr::Kind::path)) {
    Symbol* const symbol = find_symbol(rule.env, first.text);
    if (symbol != nullptr && symbol->kind == Symbol::Kind::flag) {
      symbol->used = true;
      report(Kind::bad_target, first.span, "`" + first.text + "` is a flag, which no rule turns on or off")
          .label(symbol->where, "declared here")
          .help("the platform turns it on and off; a rule asks it: `when " + first.text + ";`");
      return true;
    }
    if (symbol == nullptr || symbol->kind != Symbol::Kind::dynamic) return false;
    symbol->used = true;
    const ast::Expr* const key = a.assigned ? &*a.assigned : a.arguments.size() > 1 ? &a.arguments[1] : nullptr;
    const std::string shown = key == nullptr ? "client.ip" : std::string(sources_.text(key->span));
    report(Kind::bad_target, first.span, "`" + first.text + "` is a dynamic list, which `" + word + "` does not change")
        .label(symbol->where, "declared here")
        .help(word == "unset" || word == "keep"
                  ? "its keys go by themselves when their time is over, or by the platform's message `unban`"
                  : "write `ban " + first.text + " " + (shown.size() <= kShown ? shown : "client.ip") + ";`");
    return true;
  }
  const bool cookie = a.block && first.is(ast::Expr::Kind::index) && first.children[0].is(ast::Expr::Kind::path) &&
                      first.children[0].text == "cookie";
  if (!cookie || (word != "set" && word != "add")) return false;
  const std::string key(sources_.text(first.children[1].span));
  report(Kind::bad_action, first.children[0].span, "`cookie` is a cookie of the request, which has no attributes")
      .help("a cookie of the response is set: `" + word + " response.cookie[" + (key.size() <= kShown ? key : "\"…\"") +
            "] = \"…\" { … }`")
      .fix(first.children[0].span, "response.cookie", false);
  return true;
}

/// `maintenance == on`, `maintenance != "off"`: a flag is compared with nothing.
bool Checker::flag_compared(const ast::Expr& e, const Env& env) {
  const ast::Expr& left = ast::without_parens(e.children[0]);
  const ast::Expr& right = ast::without_parens(e.children[1]);
  if (!left.is(ast::Expr::Kind::path) || find_capture(env, left.text) != nullptr) return false;
  Symbol* const symbol = find_symbol(env, left.text);
  if (symbol == nullptr || symbol->kind != Symbol::Kind::flag || symbol->poisoned) return false;
  const bool text = right.is_plain_string();
  const bool word = right.is(ast::Expr::Kind::path) && find_symbol(env, right.text) == nullptr;
  const std::string value = text ? right.plain_text() : word ? right.text : std::string{};
  if (!text && value != "on" && value != "off") return false;  // `true` and `false` are values
  const bool on = value == "on" || value == "true" || value == "1";
  if (!on && value != "off" && value != "false" && value != "0") return false;
  symbol->used = true;
  const std::string condition = (on == (e.text == "==") ? "" : "not ") + left.text;
  report(text ? Kind::type_mismatch : Kind::unknown_name, e.span, "a flag is a condition by itself, it is not compared")
      .help("write `" + condition + "`")
      .fix(e.span, condition, true);
  return true;
}

}  // namespace sprx
