// Edits: `set add unset keep sort` and what each of them can change.
#include <algorithm>

#include "compiler/check_edit_names.h"
#include "compiler/check_side.h"
#include "compiler/rule_state.h"
#include "compiler/words.h"

namespace sprx {
namespace {

struct KeyedTarget {
  std::string_view name;
  Target target;
};

constexpr KeyedTarget kKeyed[] = {{"header", Target::header},
                                  {"query", Target::query},
                                  {"cookie", Target::cookie},
                                  {"response.header", Target::response_header},
                                  {"response.cookie", Target::response_cookie}};

bool is_response(Target target) {
  return target == Target::response_header || target == Target::response_cookie || target == Target::response_status;
}
bool is_header(Target target) { return target == Target::header || target == Target::response_header; }

constexpr std::string_view kEditUsage[] = {"set header[\"Name\"] = \"value\";", "add header[\"Name\"] = \"value\";",
                                           "unset header[\"Name\", \"X-Debug-*\"];", "keep cookie[\"name\", \"wp_*\"];",
                                           "sort query;"};

/// `set response.cookie["sid"] { secure; }` and `unset query["a"], query["b"];` with what was written; "" where that is
/// none of theirs.
std::string own_edit(const SourceSet& sources, const ast::Action& a, bool assigns) {
  using K = ast::Expr::Kind;
  constexpr std::size_t kShown = 70;
  std::string keys;
  std::string each;  // a statement for each
  bool one = true;
  for (const ast::Expr& e : a.arguments) {
    if (!e.is(K::index) || e.children.size() < 2) return {};
    one = one && e.children[0].text == a.arguments[0].children[0].text;
    each += (each.empty() ? "" : " ") + a.word.text + " " + std::string(sources.text(e.span)) + ";";
    for (std::size_t i = 1; i < e.children.size(); ++i)
      keys += (keys.empty() ? "" : ", ") + std::string(sources.text(e.children[i].span));
  }
  if (!one) return assigns || each.size() > kShown ? std::string{} : each;
  if (keys.empty() || (assigns && (a.arguments.size() > 1 || a.arguments[0].children.size() > 2))) return {};
  if (assigns && a.assigned) return {};
  const std::string block = a.block && a.arguments[0].children[0].text == "response.cookie"
                                ? " " + std::string(sources.text(a.block->span))
                                : ";";
  const std::string out =
      a.word.text + " " + a.arguments[0].children[0].text + "[" + keys + "]" + (assigns ? " = \"value\"" + block : ";");
  return out.size() <= kShown && out.find('\n') == std::string::npos ? out : std::string{};
}

/// `set header "X-Name" = "1";` is shown with its own name.
std::string edit_usage(const SourceSet& sources, const ast::Action& a, ActionWord word) {
  using K = ast::Expr::Kind;
  if (std::string own = own_edit(sources, a, word == ActionWord::set || word == ActionWord::add);
      !own.empty() && word != ActionWord::sort)
    return own;
  const std::string_view usage = kEditUsage[static_cast<std::size_t>(word)];
  constexpr std::size_t kLongestName = 40;
  const bool named = a.arguments.size() == 2 && a.arguments[0].is(K::path) && a.arguments[1].is_plain_string() &&
                     std::any_of(std::begin(kKeyed), std::end(kKeyed),
                                 [&](const KeyedTarget& known) { return known.name == a.arguments[0].text; });
  const std::string name = named ? a.arguments[1].plain_text() : std::string{};
  if (!is_token(name) || name.size() > kLongestName) return std::string(usage);
  const bool assigns = word == ActionWord::set || word == ActionWord::add;
  return a.word.text + " " + a.arguments[0].text + "[\"" + name + "\"]" + (assigns ? " = \"value\";" : ";");
}

}  // namespace

void Checker::edit(const ast::Action& a, ActionWord word, RuleState& rule) {
  const bool assigns = word == ActionWord::set || word == ActionWord::add;
  Action out{.word = word};
  const bool for_cookie = assigns && !a.arguments.empty() && a.arguments[0].is(ast::Expr::Kind::index) &&
                          a.arguments[0].children[0].text == "response.cookie";
  if (misplaced_edit(a, rule)) {
    rule.poisoned = true;
    return;
  }
  if (!shape(a, 1, 1, assigns, for_cookie, edit_usage(sources_, a, word)) ||
      !edit_target(a.arguments[0], word, rule, out)) {
    rule.poisoned = true;
    if (a.assigned) text_of(*a.assigned, rule, "a value");
    return;
  }
  const bool good = !assigns || edit_value(a, rule, out);
  const bool named = !for_cookie || cookie(a, a.arguments[0].children[1].plain_text(), out);
  if (!good || !named) {
    rule.poisoned = true;
    return;
  }
  lint_side(view_, a.arguments[0], word, out, rule.phase);
  if (assigns && out.target == Target::response_header)
    lint_sent_value(pool().strings.view(rules().names[out.first_name]), *a.assigned, rule);
  if (for_cookie) lint_cookie_again(view_, a, out);
  push(rule, a, out);
}

bool Checker::edit_target(const ast::Expr& e, ActionWord word, RuleState& rule, Action& out) {
  using K = ast::Expr::Kind;
  if (e.is(K::error)) return false;
  if (e.is(K::path)) return edit_plain_target(e, word, rule, out);
  if (!e.is(K::index) || !e.children[0].is(K::path)) {
    report(Kind::bad_target, e.span,
           "`" + std::string(info(word).name) + "` changes a header, a query parameter, a cookie, the path or the host")
        .help("write `" + std::string(kEditUsage[static_cast<std::size_t>(word)]) + "`");
    return false;
  }
  const std::string& name = e.children[0].text;
  for (const KeyedTarget& known : kKeyed) {
    if (known.name == name) out.target = known.target;
  }
  if (out.target == Target::none) {
    if (answer_foreign(e.children[0], name)) return false;
    report(Kind::bad_target, e.children[0].span, "`" + name + "` cannot be changed")
        .help("`header`, `query`, `cookie`, `response.header` and `response.cookie` have entries that can");
    return false;
  }
  if (word == ActionWord::sort ||
      (word == ActionWord::keep && out.target != Target::query && out.target != Target::cookie)) {
    report(Kind::bad_target, e.span, "`" + std::string(info(word).name) + "` is not for `" + name + "`")
        .help(word == ActionWord::sort ? "write `sort query;`"
                                       : "`keep` is for `query` and `cookie`; headers are removed with `unset`");
    return false;
  }
  return edit_phase(e, rule, out.target) && edit_names(e, word, out);
}

bool Checker::edit_phase(const ast::Expr& e, RuleState& rule, Target target) {
  const bool response = is_response(target);
  if (!response && rule.phase == Phase::response) {
    report(Kind::action_phase, e.span, "the request has been sent when a response rule runs, it cannot be changed")
        .help("write it in a `rule`, or change the response: `response.header[\"…\"]`");
    return false;
  }
  if (target == Target::response_status && rule.phase == Phase::request) {
    if (said_response_.joins(construct_.name, e.span)) return false;
    report(Kind::action_phase, e.span, "the status of a response can be set in a response rule only")
        .help("write `response rule`, or answer here with `respond`");
    said_response_.remember(construct_.name);
    return false;
  }
  return true;
}

bool Checker::edit_plain_target(const ast::Expr& e, ActionWord word, RuleState& rule, Action& out) {
  const std::string& name = e.text;
  if (word == ActionWord::sort) {
    out.target = Target::query;
    if (name == "query") return edit_phase(e, rule, out.target);
    report(Kind::bad_target, e.span, "only the query can be sorted").help("write `sort query;`");
    return false;
  }
  for (const KeyedTarget& known : kKeyed) {
    if (known.name != name) continue;
    Diagnostic& d = report(Kind::missing_key, e.span, "`" + name + "` wants the name of one");
    d.help(name == "query" && word == ActionWord::unset
               ? "name those to remove, `unset query[\"utm_*\"];`, or `*` for all: `unset query[\"*\"];`"
           : name == "query" && word == ActionWord::keep ? "name those that stay: `keep query[\"page\"];`"
           : name == "query" ? "parameters are changed one by one: `set query[\"page\"] = \"1\";`"
                             : "write `" + name + "[\"…\"]`");
    return false;
  }
  if (word == ActionWord::set) {
    if (name == "path") out.target = Target::path;
    if (name == "host") out.target = Target::host;
    if (name == "response.status") out.target = Target::response_status;
    if (out.target != Target::none) return edit_phase(e, rule, out.target);
  }
  if (answer_foreign(e, name)) return false;
  const bool own = name.find('.') == std::string::npos && !is_field_root(name) &&
                   find_symbol(rule.env, name) == nullptr && find_capture(rule.env, name) == nullptr;
  if (own && word == ActionWord::set && name == "origin") {
    report(Kind::bad_target, e.span, "the origin is no part of the request: it is chosen with a statement of its own")
        .help("write `origin \"name\";`");
    return false;
  }
  if (own && word == ActionWord::set) {
    report(Kind::bad_target, e.span, "there are no variables to set: `" + name + "` is given its value by `let`")
        .help("write `let " + name + " = …;`, once and before it is used");
    broken_names_.insert(name);
    return false;
  }
  Diagnostic& d =
      report(Kind::bad_target, e.span, "`" + name + "` cannot be changed with `" + std::string(info(word).name) + "`");
  if (name == "method") {
    d.help("the method is forwarded as it came");
  } else if (name == "uri" || name == "raw_path" || name == "raw_query") {
    d.help("change `path` and `query[\"…\"]`");
  } else if (name == "path" || name == "host") {
    d.help("write `set " + name + " = …;`");
  } else {
    d.help(
        "what can be changed: `header[…]`, `query[…]`, `cookie[…]`, `path`, `host`, `response.header[…]`, "
        "`response.cookie[…]`, `response.status`");
  }
  return false;
}

bool Checker::name_allowed(const ast::Expr& e, const std::string& name, Target target, ActionWord word) {
  const bool removes = word == ActionWord::unset || word == ActionWord::keep;
  const bool wild = removes && name.ends_with('*');
  const std::string stem = wild ? name.substr(0, name.size() - 1) : name;
  const bool token = is_header(target) || target == Target::cookie || target == Target::response_cookie;
  if ((token && !stem.empty() && !is_token(stem)) || (stem.empty() && !wild) ||
      (token && stem.find('*') != std::string::npos)) {
    report(Kind::bad_header_name, e.span,
           (name.empty() ? "an empty text" : "`" + name + "`") + " is no name of a " +
               (is_header(target)         ? "header"
                : target == Target::query ? "query parameter"
                                          : "cookie"))
        .help(name.find('*') != std::string::npos ? "a `*` stands at the end, after `unset` and `keep` only"
              : is_header(target)                 ? "names are letters, digits and `-`"
                                                  : "names are letters, digits, `-` and `_`");
    return false;
  }
  if (removes) lint_edit_name(view_, e, name, word);
  if (!is_header(target)) return true;
  lint_header_name(view_, e, name);
  if (wild) {
    constexpr std::string_view kSetCookie = "set-cookie";
    const std::string_view framing = framing_header_under(stem);
    if (framing.empty() && target == Target::response_header && equal_nocase(kSetCookie.substr(0, stem.size()), stem)) {
      report(Kind::forbidden_header, e.span,
             "`" + name + "` would take `set-cookie` along, which is changed as `response.cookie[\"name\"]` only")
          .help(
              "name the headers one by one, or with a longer beginning; all cookies: `unset response.cookie[\"*\"];`");
      return false;
    }
    if (framing.empty()) return true;
    report(Kind::forbidden_header, e.span,
           "`" + name + "` would take `" + std::string(framing) + "` along, which no rule can touch")
        .help("name the headers one by one, or with a longer beginning");
    return false;
  }
  if (is_framing_header(name)) {
    report(Kind::forbidden_header, e.span, "`" + name + "` belongs to the framing of the message, no rule can touch it")
        .help("the proxy sets it for what it sends");
    return false;
  }
  if (target == Target::header && equal_nocase(name, "host")) {
    report(Kind::forbidden_header, e.span, "`Host` is changed with `set host` only").help("write `set host = \"…\";`");
    return false;
  }
  if (is_unset_only_header(name) && word != ActionWord::unset) {
    report(Kind::forbidden_header, e.span, "`" + name + "` can be removed, not set")
        .help("write `unset header[\"" + name + "\"];`");
    return false;
  }
  if (target == Target::response_header && equal_nocase(name, "set-cookie")) {
    report(Kind::forbidden_header, e.span, "Set-Cookie is changed as `response.cookie[\"name\"]` only")
        .help(word == ActionWord::unset
                  ? "write `unset response.cookie[\"*\"];` for all cookies, or name those to remove"
              : removes ? "write `keep response.cookie[\"name\"];`"
                        : "write `set response.cookie[\"name\"] = \"…\";`");
    return false;
  }
  return true;
}

bool Checker::edit_names(const ast::Expr& e, ActionWord word, Action& out) {
  const bool several = word == ActionWord::unset || word == ActionWord::keep;
  bool good = true;
  if (!several && e.children.size() > 2) {
    report(Kind::unwanted_key, e.children[2].span, "`" + std::string(info(word).name) + "` changes one at a time")
        .help("write one statement for each");
    good = false;
  }
  std::vector<StrId> names;
  for (std::size_t i = 1; i < e.children.size(); ++i) {
    const ast::Expr& key = e.children[i];
    if (!plain(key, "a name") || !check_escapes(key)) {
      good = false;
      continue;
    }
    const std::string name = key.plain_text();
    good = name_allowed(key, name, out.target, word) && good;
    names.push_back(pool().strings.intern(name));
  }
  out.first_name = static_cast<std::uint32_t>(rules().names.size());
  out.name_count = static_cast<std::uint32_t>(names.size());
  rules().names.insert(rules().names.end(), names.begin(), names.end());
  return good;
}

bool Checker::edit_value(const ast::Action& a, RuleState& rule, Action& out) {
  const ast::Expr& e = *a.assigned;
  if (out.target == Target::path) return edit_path(e, rule, out);
  if (out.target == Target::host) return edit_host(e, rule, out);
  if (out.target == Target::response_status) {
    const std::optional<std::uint16_t> number = status(e, 200, 599, "set response.status");
    if (number) out.value = pool().integer(*number);
    return number.has_value();
  }
  const std::string_view place = is_header(out.target)         ? "a header"
                                 : out.target == Target::query ? "a query parameter"
                                                               : "a cookie";
  out.value = text_of(e, rule, place);
  if (out.value != kNoExpr && out.target == Target::response_header && out.name_count == 1)
    lint_location(pool().strings.view(rules().names[out.first_name]), e, out.value, rule);
  return out.value != kNoExpr;
}

namespace {

bool is_of_path(Field field) { return field == Field::path || field == Field::raw_path || field == Field::uri; }

/// A host with or without a port as it is sent: a name in lower case, A-labels for what is not ASCII.
std::optional<std::string> host_with_port(const std::string& text) {
  const std::string port = port_of(text);
  std::optional<std::string> host = canonical_host_literal(port.empty() ? text : text.substr(0, text.rfind(':')));
  if (host && !port.empty()) *host += ":" + port;
  return host;
}

}  // namespace

bool Checker::edit_host(const ast::Expr& e, RuleState& rule, Action& out) {
  const ExprId id = text_of(e, rule, "`set host`");
  if (id == kNoExpr || !need_present({id, Type::host, e.span}, rule.env, "`set host`")) return false;
  out.value = id;
  if (pool()[id].op == Op::field && is_of_path(static_cast<Field>(pool()[id].a))) {
    report(Kind::bad_host, e.span,
           "`" + std::string(sources_.text(e.span)) + "` begins with `/`, so it is never a host")
        .help("write a name such as `\"www.example.com\"`; the path is changed with `set path`");
    return false;
  }
  const auto fault = [](std::string_view text) -> std::optional<std::pair<std::string, std::string>> {
    if (host_with_port(std::string(text))) return std::nullopt;
    return std::pair("`" + std::string(text.substr(0, 60)) + (text.size() > 60 ? "…` is no host" : "` is no host"),
                     "write a name such as `\"www.example.com\"`, with `:port` after it if need be");
  };
  if (!rows_fit(id, rule.env, Kind::bad_host, e.span, fault)) return false;
  const Expr& known = pool()[id];
  if (known.op != Op::text) return true;
  if (const auto host = host_with_port(std::string(pool().strings.view(StrId{known.a}))))
    out.value = pool().text(*host);
  return true;
}

}  // namespace sprx
