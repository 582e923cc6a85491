// Actions: their words, phases and order; `origin` and `log`. Edits are in check_edits.cc, answers in check_answers.cc.
#include <algorithm>

#include "compiler/check_edit_names.h"
#include "compiler/check_foreign_text.h"
#include "compiler/rule_state.h"
#include "compiler/words.h"

namespace sprx {
namespace {

/// Whether the text can stand as the key of `log`.
bool is_log_key(std::string_view text) {
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  return !text.empty() && (text[0] < '0' || text[0] > '9') && std::all_of(text.begin(), text.end(), fits);
}

constexpr std::uint32_t kMostLogShown = 40;  // bytes of a value that are shown after `log reason =`

/// `100000` for `100,000`; "" where it is no number with commas.
std::string without_commas(std::string_view text) {
  std::string out;
  std::size_t group = 0;
  for (const char c : text) {
    if (c >= '0' && c <= '9') {
      out += c;
      if (++group > 3) return {};
    } else if (c == ',' && group > 0 && (out.size() == group || group == 3)) {
      group = 0;
    } else {
      return {};
    }
  }
  return group == 3 && out.size() > 3 ? out : std::string{};
}

bool is_unit(std::string_view word) {
  return word == "ms" || word == "s" || word == "m" || word == "h" || word == "d" || word == "KiB" || word == "MiB" ||
         word == "GiB";
}

/// `delete query["a"];`: what can be removed, as it was written; "" where something else stands there.
std::string removed_entries(const SourceSet& sources, const ast::Action& a) {
  constexpr std::size_t kShown = 60;
  const std::string& word = a.word.text;
  if ((word != "delete" && word != "remove" && word != "del") || a.arguments.size() != 1 || a.assigned) return {};
  const ast::Expr& e = a.arguments[0];
  if (!e.is(ast::Expr::Kind::index)) return {};
  const std::string& of = e.children[0].text;
  const std::string out(sources.text(e.span));
  const bool known =
      of == "header" || of == "query" || of == "cookie" || of == "response.header" || of == "response.cookie";
  return known && out.size() <= kShown ? out : std::string{};
}

/// `redirect 301 "/b";` where it stands right before `at`, without its `;`.
std::string redirect_before(const SourceSet& sources, Span at) {
  constexpr std::uint32_t kLookedBack = 80;
  const std::string_view text = sources.text({at.file, at.begin > kLookedBack ? at.begin - kLookedBack : 0, at.begin});
  const std::size_t begin = text.rfind("redirect ");
  const std::size_t end = text.find_last_not_of(" \n");
  if (begin == std::string_view::npos || end == std::string_view::npos || text[end] != ';') return {};
  const std::string_view said = text.substr(begin, end - begin);
  return said.find_first_of(";{}\n") == std::string_view::npos ? std::string(said) : std::string{};
}

/// What belongs to the statement before it: `= "v"; secure;`, `redirect 301 "/b"; keep_query;`. "" for other words.
std::string help_for_part(const SourceSet& sources, const ast::Action& a) {
  const std::string& word = a.word.text;
  if (is_cookie_attribute(word)) {
    constexpr std::size_t kShown = 30;
    const std::string entry(sources.text(a.span));
    const bool shown =
        entry.size() <= kShown && entry.ends_with(';') && word.find("ttp") == std::string::npos && word != "samesite";
    return "attributes of a cookie stand in a block behind its value: `= \"v\" { " +
           (shown ? entry : "secure; http_only;") + " }`";
  }
  if (word != "keep_query" && word != "keep_query_unless_set") return {};
  const std::string before = redirect_before(sources, a.word.span);
  return "it stands behind the target of a redirect: `" + (before.empty() ? "redirect 301 \"/new\"" : before) + " " +
         word + ";`";
}

}  // namespace

/// `path = "/y";`, `header["X"] = "1";`, `query["a"] == "1";`, whose key was read as a list.
bool Checker::field_first(const ast::Action& a) {
  using K = ast::Expr::Kind;
  const std::string& word = a.word.text;
  const bool keyed = word == "header" || word == "query" || word == "cookie";
  if (a.incomplete || a.block || a.arguments.size() > 1 || (!keyed && word != "path" && word != "host")) return false;
  const ast::Expr* const argument = a.arguments.empty() ? nullptr : &a.arguments[0];
  const bool key = argument != nullptr && argument->is(K::list) && argument->children.size() == 1;
  const bool compared = keyed && argument != nullptr && argument->is(K::comparison) &&
                        argument->children[0].is(K::list) && argument->children[0].children.size() == 1;
  const bool edited = a.assigned && (keyed ? key : argument == nullptr);
  if ((!edited && !compared) || (compared && a.assigned)) return false;
  const Span part{a.word.span.file, a.word.span.begin, compared ? argument->span.end : a.assigned->span.end};
  const std::string shown = (compared ? "when " : "set ") + std::string(sources_.text(part)) + ";";
  constexpr std::size_t kShown = 70;
  Diagnostic& d = report(Kind::unknown_action, a.word.span, "`" + word + "` is a field, no statement begins with it");
  d.help(shown.size() <= kShown ? "write `" + shown + "`"
         : compared             ? "a condition begins with `when`"
                                : "an edit begins with `set`");
  d.fix({a.word.span.file, a.word.span.begin, a.word.span.begin}, compared ? "when " : "set ", compared);
  return true;
}

void Checker::unknown_action(const ast::Action& a) {
  const std::string& word = a.word.text;
  if (a.incomplete && out_.syntax_error_in({a.word.span.file, a.word.span.begin, a.word.span.begin})) return;
  if (field_first(a)) return;
  if (word == "response" && !a.assigned) {
    const bool status = !a.arguments.empty() && a.arguments[0].is(ast::Expr::Kind::integer);
    if (status || a.block) {
      report(Kind::unknown_action, a.word.span, "this action is called `respond`")
          .help("write `respond 503;` or `respond 503 { body \"…\"; }`")
          .fix(a.word.span, "respond", false);
      return;
    }
  }
  if (const std::string entries = removed_entries(sources_, a); !entries.empty()) {
    report(Kind::left_out, a.word.span, "this action is called `unset`")
        .help("write `unset " + entries + ";`")
        .fix(a.word.span, "unset", true);
    return;
  }
  if (const std::string help = help_for_part(sources_, a); !help.empty()) {
    report(Kind::unknown_action, a.word.span, "`" + word + "` is no action").help(help);
    return;
  }
  if (const LeftOut* known = left_out(word)) {
    report(Kind::left_out, a.word.span, std::string(known->message)).help(std::string(known->help));
    return;
  }
  if (is_field_root(word)) {
    Diagnostic& d = report(Kind::unknown_action, a.word.span, "`" + word + "` is a field, no statement begins with it");
    const std::string value = a.assigned ? std::string(sources_.text(a.assigned->span)) : "\"…\"";
    d.help("a condition reads it: `when " + word + " == " + value + ";`");
    return;
  }
  const bool function =
      std::any_of(kFunctions.begin(), kFunctions.end(), [&](const FunctionInfo& known) { return known.name == word; });
  if (function && !a.arguments.empty()) {
    const std::string text(sources_.text({a.word.span.file, a.word.span.begin, a.arguments.back().span.end}));
    report(Kind::unknown_action, a.word.span, "`" + word + "` is a function, no statement begins with it")
        .help("a condition stands after `when`: `when " + (text.size() <= 60 ? text : word + "(…) == …") + ";`")
        .fix({a.word.span.file, a.word.span.begin, a.word.span.begin}, "when ", false);
    return;
  }
  if (a.assigned && a.arguments.empty() && !a.block) {
    // `cc = geo.country;`
    const std::string text(sources_.text(a.assigned->span));
    report(Kind::unknown_action, a.word.span, "`" + word + "` is given a value without `let`")
        .help("write `let " + word + " = " + (text.size() <= 60 ? text : "…") + ";`")
        .fix({a.word.span.file, a.word.span.begin, a.word.span.begin}, "let ", false);  // or a `log` that was left out
    broken_names_.insert(word);
    return;
  }
  std::vector<std::string_view> names{"when", "over", "let"};
  for (const ActionInfo& known : kActions) names.push_back(known.name);
  const std::string_view near = similar(word, names);
  Diagnostic& d = report(Kind::unknown_action, a.word.span, "unknown action `" + word + "`");
  if (!near.empty()) {
    d.help(std::string(near == "when" || near == "over" || near == "let" ? "a statement" : "an action") +
           " with a similar name exists: `" + std::string(near) + "`")
        .fix(a.word.span, std::string(near), false);
  } else {
    d.help(
        "actions are `set add unset keep sort origin log ban respond redirect deny drop forward`; before them stand "
        "`when let over since until dry_run`");
  }
}

void Checker::action(const ast::Action& a, RuleState& rule) {
  if (!a.word.known()) {
    rule.poisoned = true;
    return;
  }
  const ActionInfo* known = nullptr;
  for (const ActionInfo& word : kActions) {
    if (word.name == a.word.text) known = &word;
  }
  if (known == nullptr) {
    rule.poisoned = true;
    // It may be meant for `when`: what it would bind and prove is not known.
    const bool condition = !a.arguments.empty() || a.incomplete;
    rule.env.incomplete = rule.env.incomplete || condition;
    rule.env.unproved = rule.env.unproved || condition;
    return unknown_action(a);
  }
  const bool wrong = (known->phases == ActionInfo::Phases::request && rule.phase == Phase::response) ||
                     (known->phases == ActionInfo::Phases::response && rule.phase == Phase::request);
  if (wrong) {
    const std::string here = rule.phase == Phase::request ? "request" : "response";
    report(Kind::action_phase, a.word.span,
           "`" + a.word.text + "` cannot stand in a " + here +
               " rule: " + (rule.phase == Phase::response ? "the request has been sent" : "there is no response yet"))
        .help(rule.phase == Phase::response ? "write it in a `rule` without `response`"
                                            : "write it in a `response rule`");
    rule.poisoned = true;
    return;
  }
  if (known->id == ActionWord::since || known->id == ActionWord::until) return time_guard(a, rule);
  if (known->id == ActionWord::dry_run) return dry_run(a, rule);
  rule.said_action = rule.said_action || known->kind != ActionInfo::Kind::guard;
  switch (known->kind) {
    case ActionInfo::Kind::edit:
      return edit(a, known->id, rule);
    case ActionInfo::Kind::terminal:
      return terminal(a, known->id, rule);
    default:
      if (known->id == ActionWord::ban) return ban_action(a, rule);
      return known->id == ActionWord::log ? log_action(a, rule) : origin_action(a, rule);
  }
}

bool Checker::near_miss(const ast::Action& a, std::size_t most, bool assigned, bool block) {
  for (const ast::Expr& argument : a.arguments) {
    if (argument.is(ast::Expr::Kind::error)) return false;
  }
  for (const ast::Expr& argument : a.arguments) {
    if (!argument.is(ast::Expr::Kind::path) || (argument.text != "if" && argument.text != "unless")) continue;
    report(Kind::bad_action, argument.span, "a condition stands before the actions, and is for all of them")
        .help("write `when …; " + a.word.text + " …;`, in a rule of its own");
    return true;
  }
  const auto text = [&](const ast::Expr& e) { return std::string(sources_.text(e.span)); };
  const Span head{a.word.span.file, a.word.span.begin, a.arguments.empty() ? a.word.span.end : a.arguments[0].span.end};
  const auto short_enough = [](const std::string& shown) { return shown.size() <= 70; };
  const bool keyed = a.word.text == "header" || a.word.text == "cookie" || a.word.text == "query";
  if (keyed && a.arguments.size() == 1 && a.arguments[0].is(ast::Expr::Kind::list) &&
      a.arguments[0].children.size() == 1 && a.arguments[0].children[0].is(ast::Expr::Kind::string)) {
    // `header["X"] = "1"` in a block
    const ast::Expr& list = a.arguments[0];
    const std::string name = text(list.children[0]);
    const std::string shown = a.word.text + " " + name + (a.assigned ? " = " + text(*a.assigned) : "") + ";";
    Diagnostic& d =
        report(Kind::bad_action, list.span, "in a block the name follows `" + a.word.text + "` without brackets");
    d.help(short_enough(shown) ? "write `" + shown + "`" : "write `" + a.word.text + " " + name + "`")
        .fix({list.span.file, a.word.span.end, list.span.end}, " " + name, true);
    return true;
  }
  if (assigned && !a.assigned && a.arguments.size() == 2 && most == 1) {
    // `set header["X"] "1"`
    const std::string shown = std::string(sources_.text(head)) + " = " + text(a.arguments[1]) + ";";
    Diagnostic& d = report(Kind::bad_action, a.arguments[1].span, "`" + a.word.text + "` wants `=` before its value");
    d.help(short_enough(shown) ? "write `" + shown + "`" : "write `=` before it")
        .fix({head.file, head.end, a.arguments[1].span.begin}, " = ", true);
    return true;
  }
  if (!assigned && a.assigned && a.arguments.empty() && most >= 1 && !block) {
    // `connect_timeout = 2s;`
    std::string value = text(*a.assigned);
    if (a.word.text == "same_site") std::transform(value.begin(), value.end(), value.begin(), fold);
    if (a.word.text == "max_age" && a.assigned->is(ast::Expr::Kind::integer)) value += "s";
    const std::string shown = a.word.text + " " + value + ";";
    Diagnostic& d = report(Kind::bad_action, {head.file, head.end, a.assigned->span.begin},
                           "`" + a.word.text + "` takes its value without `=`");
    d.help(short_enough(shown) ? "write `" + shown + "`" : "leave the `=` out")
        .fix({head.file, head.end, a.assigned->span.end}, " " + value, true);
    return true;
  }
  const bool answers = a.word.text == "respond" || a.word.text == "deny";
  if (answers && block && (redirect_as_answer(a) || body_before_block(a) || status_word(a))) return true;
  if (answers && block && !a.block && !a.assigned && a.arguments.size() == 2 &&
      a.arguments[0].is(ast::Expr::Kind::string) && a.arguments[1].is(ast::Expr::Kind::integer)) {
    const std::string shown = a.word.text + " " + text(a.arguments[1]) + " { body " + text(a.arguments[0]) + "; }";
    const Span both{a.span.file, a.arguments[0].span.begin, a.arguments[1].span.end};
    const Span end{a.span.file, both.end, a.span.end};
    report(Kind::bad_action, both, "the status of `" + a.word.text + "` stands before its block, its body in it")
        .help(short_enough(shown) ? "write `" + shown + "`" : "write `" + a.word.text + " 404 { body \"…\"; }`")
        .fix({a.span.file, a.word.span.begin, sources_.text(end) == ";" ? end.end : end.begin}, shown, true);
    return true;
  }
  const bool body = block && !a.block && !a.assigned && a.arguments.size() >= 2 &&
                    a.arguments[0].is(ast::Expr::Kind::integer) && answers;
  if (!body) return false;
  // `respond 404 "not found";` and `respond 404 body "not found";`
  const bool named = a.arguments[1].is(ast::Expr::Kind::path) && a.arguments[1].text == "body";
  const bool text_last = a.arguments.size() == (named ? 3U : 2U) && a.arguments.back().is(ast::Expr::Kind::string);
  Diagnostic& d =
      report(Kind::bad_action, a.arguments[1].span, "the body of `" + a.word.text + "` stands in its block");
  const std::string inside = text_last ? text(a.arguments.back()) : "\"…\"";
  const std::string shown = a.word.text + " " + text(a.arguments[0]) + " { body " + inside + "; }";
  d.help(short_enough(shown) ? "write `" + shown + "`" : "write `" + a.word.text + " 404 { body \"…\"; }`");
  if (text_last) {
    Span end{a.span.file, a.arguments.back().span.end, a.span.end};
    d.fix({a.span.file, a.word.span.begin, sources_.text(end) == ";" ? end.end : end.begin}, shown, true);
  }
  return true;
}

/// `redirect redirect "/b"`, `redirect 301 301 "/b"`: nothing that follows a word is twice the same.
bool Checker::said_twice(const ast::Action& a) {
  Span before = a.word.span;
  for (const ast::Expr& argument : a.arguments) {
    const std::string_view text = sources_.text(argument.span);
    const bool plain = argument.is(ast::Expr::Kind::path) || argument.is(ast::Expr::Kind::integer) ||
                       argument.is(ast::Expr::Kind::string);
    if (plain && text == sources_.text(before)) {
      constexpr std::size_t kShown = 40;
      report(Kind::bad_action, argument.span,
             (text.size() <= kShown ? "`" + std::string(text) + "`" : std::string("this")) + " stands here twice")
          .help("write it once")
          .fix({before.file, before.end, argument.span.end}, "", true);
      return true;
    }
    before = argument.span;
  }
  return false;
}

bool Checker::shape(const ast::Action& a, std::size_t least, std::size_t most, bool assigned, bool block,
                    std::string_view usage) {
  if (a.incomplete) return false;
  const std::string word = "`" + a.word.text + "`";
  std::string message;
  Span where = a.word.span;
  if (a.arguments.size() > most && said_twice(a)) return false;
  if (near_miss(a, most, assigned, block)) return false;
  if (a.arguments.size() > most && missing_semicolon(a, most)) return false;
  if (a.arguments.size() < least) {
    message = word + " wants more than this";
  } else if (a.arguments.size() > most) {
    where = a.arguments[most].span;
    message = word + " takes no argument here";
    for (const ast::Expr& argument : a.arguments) {
      if (argument.is(ast::Expr::Kind::error)) return false;
    }
  } else if (assigned && !a.assigned) {
    message = word + " wants `=` and a value";
  } else if (!assigned && a.assigned) {
    where = a.assigned->span;
    message = word + " takes no `=`";
  } else if (!block && a.block) {
    where = {a.block->span.file, a.block->span.begin, a.block->span.begin + 1};
    message = word + " takes no block";
  }
  if (message.empty()) return true;
  Diagnostic& d = report(Kind::bad_action, where, std::move(message));
  using K = ast::Expr::Kind;
  const Span said = a.arguments.empty()
                        ? a.word.span
                        : Span{a.word.span.file, a.arguments.front().span.begin, a.arguments.back().span.end};
  if (const std::string number = a.arguments.size() > most ? without_commas(sources_.text(said)) : "";
      !number.empty()) {
    d.help("a number has no commas: `" + a.word.text + " " + number + ";`").fix(said, number, true);
    return false;
  }
  const bool two = most == 1 && a.arguments.size() == 2 && a.arguments[0].is(K::integer) && a.arguments[1].is(K::path);
  if (two && is_unit(a.arguments[1].text)) {  // `connect_timeout 5 s;`
    const std::string value = std::to_string(a.arguments[0].number) + a.arguments[1].text;
    d.help("a unit follows its number without a blank: `" + a.word.text + " " + value + ";`")
        .fix({where.file, a.arguments[0].span.begin, where.end}, value, true);
  } else if (most == 1 && a.arguments.size() > 1 && a.arguments[0].is(K::integer) &&
             usage.find('/') == std::string_view::npos) {  // `burst 20 nodelay;`
    d.help("write `" + a.word.text + " " + std::string(sources_.text(a.arguments[0].span)) + ";`");
  } else {
    d.help("write `" + std::string(usage) + "`");
  }
  return false;
}

void Checker::push(RuleState& rule, const ast::Action& a, Action action) {
  if (rule.actions.size() >= limits_.actions) {
    if (rule.actions.size() == limits_.actions && !rule.poisoned) {
      report(Kind::limit_actions, a.span, "more than " + std::to_string(limits_.actions) + " actions in one rule");
    }
    rule.poisoned = true;
    return;
  }
  lint_edited_twice(view_, rule.actions, rule.places, a, action);
  rule.actions.push_back(action);
  rule.places.push_back(a.span);
}

ExprId Checker::text_of(const ast::Expr& e, RuleState& rule, std::string_view place) {
  rule.env.nodes = 0;
  if (place != "a redirect target") lint_foreign_text(view_, e, rule.env, uses_);
  const Value v = value(e, rule.env);
  if (!v.ok()) return kNoExpr;
  if (v.type == Type::boolean || v.type == Type::string_list || v.type == Type::time) {
    if (is_cut(e)) return kNoExpr;  // what did not parse may go on with it: `a == b ? "c" : "d"`
    Diagnostic& d = report(Kind::type_mismatch, e.span,
                           std::string(place) + " wants text, this is a " + std::string(name_of(v.type)));
    if (pool()[v.id].op == Op::boolean) {
      const std::string quoted = "\"" + std::string(sources_.text(e.span)) + "\"";
      d.help("text stands in quotes: `" + quoted + "`").fix(e.span, quoted, true);
      return kNoExpr;
    }
    d.help(v.type == Type::boolean ? "choose a text: `choose { … => \"yes\"; else => \"no\"; }`"
                                   : "text, numbers, paths, hosts and addresses can stand here");
    return kNoExpr;
  }
  const Expr& known = pool()[v.id];
  if (known.op == Op::text) {
    const std::string_view text = pool().strings.view(StrId{known.a});
    if (text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos && place != "a body") {
      report(Kind::bad_value, e.span, std::string(place) + " cannot hold line ends or NUL").help("leave them out");
      return kNoExpr;
    }
  }
  return v.id;
}

void Checker::origin_action(const ast::Action& a, RuleState& rule) {
  if (!shape(a, 1, 1, false, false, "origin \"name\";")) {
    rule.poisoned = true;
    return;
  }
  const ExprId id = text_of(a.arguments[0], rule, "`origin`");
  if (id == kNoExpr || !need_present({id, Type::string, a.arguments[0].span}, rule.env, "`origin`")) {
    rule.poisoned = true;
    return;
  }
  if (const Expr& known = pool()[id]; known.op == Op::text && !is_token(pool().strings.view(StrId{known.a}))) {
    report(Kind::bad_value, a.arguments[0].span, "this is no name of an origin")
        .help("names are letters, digits, `-` and `_`: `origin \"blue\";`");
    rule.poisoned = true;
    return;
  }
  push(rule, a, {.word = ActionWord::origin, .value = id});
}

void Checker::log_action(const ast::Action& a, RuleState& rule) {
  if (!a.key.known() || !a.assigned) {
    const bool quoted = a.assigned && a.arguments.size() == 1 && a.arguments[0].is_plain_string();
    std::string key = quoted ? a.arguments[0].plain_text() : std::string();
    std::transform(key.begin(), key.end(), key.begin(), [](char c) { return c == '-' || c == '.' ? '_' : fold(c); });
    if (is_log_key(key)) {
      report(Kind::bad_action, a.arguments[0].span, "the key of `log` stands without quotes")
          .help("write `log " + key + " = …;`")
          .fix(a.arguments[0].span, key, key == a.arguments[0].plain_text());
    } else if (!a.incomplete)
      report(Kind::bad_action, a.word.span, "`log` wants a key and a value")
          .help(a.arguments.size() == 1 && a.arguments[0].is(ast::Expr::Kind::string) &&
                        a.arguments[0].span.end - a.arguments[0].span.begin <= kMostLogShown
                    ? "write `log reason = " + std::string(sources_.text(a.arguments[0].span)) + ";`"
                    : "write `log reason = \"…\";`");
    rule.poisoned = true;
    return;
  }
  const ExprId id = text_of(*a.assigned, rule, "a log field");
  if (id == kNoExpr) {
    rule.poisoned = true;
    return;
  }
  Action out{.word = ActionWord::log, .value = id};
  out.first_name = static_cast<std::uint32_t>(rules().names.size());
  out.name_count = 1;
  rules().names.push_back(pool().strings.intern(a.key.text));
  push(rule, a, out);
}

}  // namespace sprx
