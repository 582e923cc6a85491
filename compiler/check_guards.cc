// Guards of rules: `over`, `since`, `until`, `dry_run`; and `ban`.
#include <algorithm>
#include <chrono>

#include "compiler/rule_state.h"
#include "compiler/words.h"

namespace sprx {
namespace {

/// What a rule without these words has.
bool is_plain(const Guard& guard) {
  const Guard none;
  return guard.since_us == none.since_us && guard.until_us == none.until_us && guard.over == none.over &&
         !guard.dry_run;
}

}  // namespace

std::uint32_t Checker::guard_id(const Guard& guard) {
  if (is_plain(guard)) return kNoGuard;
  rules().guards.push_back(guard);
  return static_cast<std::uint32_t>(rules().guards.size() - 1);
}

bool Checker::guard_place(RuleState& rule, const std::string& word, Span where) {
  const auto [first, fresh] = rule.guards_given.emplace(word, where);
  if (!fresh) {
    report(Kind::guard_place, where, "a rule has one `" + word + "`")
        .label(first->second, "given here first")
        .help(word == "over" ? "a rule of its own can ask another limit" : "leave one of them");
  } else if (rule.said_after) {
    // That it comes after the end has been said.
  } else if (!rule.actions.empty() || rule.said_action) {
    report(Kind::guard_place, where, "`" + word + "` stands before the actions of its rule")
        .help(word == "over" ? "write it after the `when`s" : "write it beside the `when`s");
  } else {
    return true;
  }
  rule.poisoned = true;
  return false;
}

void Checker::unknown_limit(const ast::Ident& name, const Env& env) {
  if (excused(env, name.text)) return;
  if (const Symbol* const other = find_symbol(env, name.text)) {
    const std::string_view kinds[] = {"list", "table", "let", "flag", "dynamic list", "name"};
    report(Kind::no_limit, name.span,
           "`" + name.text + "` is a " + std::string(kinds[static_cast<std::size_t>(other->kind)]) +
               ", `over` wants a limit")
        .label(other->where, "declared here")
        .help("what is no limit is asked in a condition: `when …;`");
    return;
  }
  std::vector<std::string_view> names;
  for (const auto& [known, symbol] : limit_symbols_) names.push_back(known);
  const std::string near(similar(name.text, names, similar_work_));
  if (near.empty() && broken_names_.contains(std::string())) return;
  if (said_names_.joins(Kind::unknown_limit, name.text, near, name.span)) return;
  Diagnostic& d = report(Kind::unknown_limit, name.span, "unknown limit `" + name.text + "`");
  said_names_.remember(Kind::unknown_limit, name.text, near);
  if (near.empty()) {
    d.help("declare it at the top of a file: `limit " + name.text + " { key client.ip; rate 10/s; }`");
  } else {
    d.help("a limit with a similar name exists: `" + near + "`").fix(name.span, near, false);
  }
}

void Checker::over(const ast::Over& over, RuleState& rule) {
  const Span word{over.span.file, over.span.begin, over.span.begin + 4};
  if (!over.name.known()) {
    rule.poisoned = true;
    return;
  }
  const auto known = limit_symbols_.find(over.name.text);
  if (known != limit_symbols_.end()) known->second.used = true;
  if (rule.phase == Phase::response) {
    report(Kind::action_phase, word, "`over` cannot stand in a response rule: the request has been let through")
        .help("write it in a `rule` without `response`");
    rule.poisoned = true;
    return;
  }
  if (!guard_place(rule, "over", word)) return;
  if (known == limit_symbols_.end() || known->second.poisoned) {
    if (known == limit_symbols_.end()) unknown_limit(over.name, rule.env);
    rule.poisoned = true;
    return;
  }
  rule.guard.over = known->second.id;
}

void Checker::time_guard(const ast::Action& a, RuleState& rule) {
  const bool since = a.word.text == "since";
  const std::string usage = a.word.text + " \"2026-11-27T00:00:00Z\";";
  if (!guard_place(rule, a.word.text, a.word.span)) return;
  if (!shape(a, 1, 1, false, false, usage) || a.arguments.empty()) {
    rule.poisoned = true;
    return;
  }
  const ast::Expr& e = a.arguments[0];
  if (!e.is(ast::Expr::Kind::string)) {
    rule.poisoned = true;
    if (e.is(ast::Expr::Kind::error)) return;
    report(Kind::bad_time, e.span, "`" + a.word.text + "` takes a time in quotes").help("write `" + usage + "`");
    return;
  }
  const Value v = e.is_plain_string() ? literal(e, {Type::time}) : string_value(e, rule.env, {Type::time});
  if (!v.ok()) {
    rule.poisoned = true;
    return;
  }
  const std::int64_t time = pool().integers[pool()[v.id].a];
  (since ? rule.guard.since_us : rule.guard.until_us) = time;
  (since ? rule.since_span : rule.until_span) = e.span;
}

void Checker::dry_run(const ast::Action& a, RuleState& rule) {
  if (!guard_place(rule, "dry_run", a.word.span)) return;
  rule.guard.dry_run = true;
  if (!shape(a, 0, 0, false, false, "dry_run;")) rule.poisoned = true;
}

void Checker::finish_guard(RuleState& rule) {
  const Guard& guard = rule.guard;
  if (rule.since_span.known() && rule.until_span.known() && guard.since_us >= guard.until_us) {
    report(Kind::empty_window, rule.until_span, "this is not after `since`, so the rule never matches")
        .label(rule.since_span, "it begins here")
        .help("`since` is the first moment that counts, `until` the first that does not");
    rule.poisoned = true;
    return;
  }
  // A lint that a change of date alone brings about: `lints deny` and `--contract` pass over it.
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const bool open = guard.until_us > std::chrono::duration_cast<std::chrono::microseconds>(now).count();
  if (!rule.until_span.known() || open) return;
  out_.add(Kind::expired_until, rule.until_span, "this time has passed: the rule matches no more")
      .help("remove the rule");
}

Symbol* Checker::banned_list(const ast::Expr& e, RuleState& rule) {
  if (!e.is(ast::Expr::Kind::path)) {
    if (!e.is(ast::Expr::Kind::error))
      report(Kind::bad_ban, e.span, "`ban` wants a dynamic list first").help("write `ban banned client.ip for 10m;`");
    return nullptr;
  }
  Symbol* const symbol = find_capture(rule.env, e.text) == nullptr ? find_symbol(rule.env, e.text) : nullptr;
  if (symbol == nullptr) {
    if (excused(rule.env, e.text)) return nullptr;
    std::vector<std::string_view> names;
    for (const Symbol& known : symbols_) {
      if (known.kind == Symbol::Kind::dynamic) names.push_back(known.name);
    }
    const std::string near(similar(e.text, names, similar_work_));
    if (near.empty() && broken_names_.contains(std::string())) return nullptr;
    const Kind said = near.empty() ? Kind::unknown_dynamic : Kind::unknown_name;
    if (said_names_.joins(said, e.text, near, e.span)) return nullptr;
    Diagnostic& d = report(Kind::unknown_dynamic, e.span, "unknown dynamic list `" + e.text + "`");
    said_names_.remember(said, e.text, near);
    if (near.empty()) {
      d.help("declare it: `dynamic list " + e.text + ": ip { ttl 1h; max 10_000; }`");
    } else {
      d.help("a dynamic list with a similar name exists: `" + near + "`").fix(e.span, near, false);
    }
    return nullptr;
  }
  if (symbol->kind == Symbol::Kind::dynamic) {
    symbol->banned = true;
    check_list(*symbol);
    return symbol->poisoned ? nullptr : symbol;
  }
  symbol->used = true;
  if (!symbol->poisoned) {
    report(Kind::bad_ban, e.span,
           "`" + symbol->name + "` is no dynamic list: what it holds does not change at run time")
        .label(symbol->where, "declared here")
        .help("declare one: `dynamic list NAME: ip { ttl 1h; max 10_000; }`");
  }
  return nullptr;
}

void Checker::ban_action(const ast::Action& a, RuleState& rule) {
  constexpr std::string_view kUsage = "ban banned client.ip for 10m;";
  const std::size_t count = a.arguments.size();
  const bool timed = count == 4 && a.arguments[2].is(ast::Expr::Kind::path) && a.arguments[2].text == "for";
  for (const ast::Expr& argument : a.arguments) rule.poisoned = rule.poisoned || argument.is(ast::Expr::Kind::error);
  if (a.incomplete || rule.poisoned) {
    rule.poisoned = true;
    if (count > 0) static_cast<void>(banned_list(a.arguments[0], rule));
    return;
  }
  if (misplaced_ban(a)) {
    rule.poisoned = true;
    return;
  }
  if ((!timed && count != 2) || a.assigned || a.block) {
    report(Kind::bad_action, a.word.span, "`ban` takes a dynamic list, a key and, after `for`, a time")
        .help("write `" + std::string(kUsage) + "`");
    if (count > 1) static_cast<void>(banned_list(a.arguments[0], rule));
    rule.poisoned = true;
    return;
  }
  Symbol* const list = banned_list(a.arguments[0], rule);
  rule.env.nodes = 0;
  const Want want{list == nullptr ? Type::none : list->type == Type::cidr ? Type::ip : list->type};
  const Value key = value(a.arguments[1], rule.env, want);
  // Without a time it is the list's.
  std::optional<std::int64_t> time;
  if (timed) time = ban_duration(a.arguments[3]);
  if (!timed && list != nullptr) time = rules().dynamic_lists[list->id].ttl_us;
  const bool good = list != nullptr && key.ok() && time.has_value();
  if (!good || !ban_key(a.arguments[1], key, *list, rule)) {
    rule.poisoned = true;
    return;
  }
  rules().bans.push_back({DynamicListId{list->id}, key.id, *time});
  push(rule, a, {.word = ActionWord::ban, .answer = static_cast<std::uint32_t>(rules().bans.size() - 1)});
}

bool Checker::ban_key(const ast::Expr& e, const Value& key, const Symbol& list, RuleState& rule) {
  const Type wanted = list.type == Type::cidr ? Type::ip : list.type;
  const bool text = key.type == Type::string || key.type == Type::path || key.type == Type::host;
  if (wanted == key.type || (wanted == Type::string && text)) return need_present(key, rule.env, "`ban`");
  report(Kind::bad_ban, e.span,
         "`" + list.name + "` holds keys of type `" + std::string(name_of(list.type)) + "`, this is a" +
             (key.type == Type::ip || key.type == Type::integer ? "n " : " ") + std::string(name_of(key.type)))
      .label(list.where, "declared here")
      .help("ban a value of that type, or declare a dynamic list of type `" + std::string(name_of(key.type)) + "`");
  return false;
}

}  // namespace sprx
