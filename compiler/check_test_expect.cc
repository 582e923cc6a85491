// Tests: what is expected, and expectations that no request can meet.
#include <algorithm>
#include <utility>

#include "compiler/test_reader.h"

namespace sprx {
namespace {

constexpr std::string_view kRedirectStatuses = "301, 302, 303, 307 or 308";

bool is_redirect_status(std::int64_t status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

std::optional<Expected> expected_of(TestWord word) {
  switch (word) {
    case TestWord::expect_redirect:
      return Expected::redirect;
    case TestWord::expect_respond:
      return Expected::respond;
    case TestWord::expect_deny:
      return Expected::deny;
    case TestWord::expect_drop:
      return Expected::drop;
    case TestWord::expect_forward:
      return Expected::forward;
    case TestWord::expect_response:
      return Expected::response;
    case TestWord::expect_refused:
      return Expected::refused;
    default:
      return std::nullopt;
  }
}

/// Ends of which a request has one.
bool is_end(Expected what) {
  return what == Expected::redirect || what == Expected::respond || what == Expected::deny || what == Expected::drop ||
         what == Expected::refused;
}

std::string word_of(Expected what) {
  constexpr std::string_view kWords[] = {"redirect", "respond", "deny",  "drop",  "forward", "response", "refused",
                                         "rule",     "rule",    "would", "would", "log",     "log"};
  return std::string(kWords[static_cast<std::size_t>(what)]);
}

}  // namespace

void Checker::TestReader::expect(const ast::Action& a, TestCase& out) {
  if (a.incomplete) return;
  if (a.arguments.empty()) {
    report(Kind::bad_action, a.word.span, "`expect` wants more than this").help("write `expect forward;`");
    poisoned = true;
    return;
  }
  const ast::Expr& first = a.arguments[0];
  if (first.is(ast::Expr::Kind::error)) {
    poisoned = true;
    return;
  }
  if (!first.is(ast::Expr::Kind::path)) {
    poisoned = true;
    if (misplaced_not(a)) return;
    if (first.is(ast::Expr::Kind::integer)) {
      const std::string status = std::to_string(first.number);
      Diagnostic& d =
          report(Kind::unknown_test_word, first.span, "after `expect` stands what should happen, not its status");
      d.help(is_redirect_status(first.number)
                 ? "write `expect redirect " + status + " \"/new\";`"
                 : "write `expect deny " + status + ";` or `expect respond " + status + ";`, or `expect response " +
                       status + ";` whoever makes the answer");
      return;
    }
    report(Kind::unknown_test_word, first.span, "after `expect` stands what should happen")
        .help("for example `expect forward;`, `expect redirect 301 \"/new\";` or `expect rule old_blog;`");
    return;
  }
  const TestWordInfo* const known = word({first.text, first.span}, TestPlace::expect);
  if (known == nullptr) return;
  if (misplaced_not(a)) {
    poisoned = true;
    return;
  }
  Expectation made;
  bool good = false;
  if (const std::optional<Expected> what = expected_of(known->id)) {
    made.what = *what;
    good = outcome(a, *known, made);
  } else if (known->id == TestWord::expect_rule || known->id == TestWord::expect_would) {
    made.what = known->id == TestWord::expect_rule ? Expected::rule : Expected::would;
    good = c.shape(a, 2, 2, false, false, known->usage) && rule_name(a, 1, made);
  } else if (known->id == TestWord::expect_log) {
    made.what = Expected::log;
    good = c.shape(a, 2, 2, true, false, known->usage) && log_field(a, 1, made);
  } else {
    good = negated(a, made);
  }
  if (!good) {
    poisoned = true;
    return;
  }
  made.place = place({a.span.file, first.span.begin, std::max(a.arguments.back().span.end, first.span.end)});
  contradictions(made, out.expectations);
  out.expectations.push_back(std::move(made));
}

/// `expect rule not a;`, `expect not rule a;`: `no` stands before the word.
bool Checker::TestReader::misplaced_not(const ast::Action& a) {
  const auto negated_name = [](const ast::Expr& e) {
    return e.is(ast::Expr::Kind::not_) && e.children[0].is(ast::Expr::Kind::path) ? e.children[0].text : std::string{};
  };
  const ast::Expr& first = a.arguments[0];
  const bool two = a.arguments.size() == 2;
  std::string word = negated_name(first);
  std::string name = two ? std::string(c.sources_.text(a.arguments[1].span)) : "";
  if (word.empty() && two && first.is(ast::Expr::Kind::path)) {
    word = first.text;
    name = negated_name(a.arguments[1]);
  }
  const bool known = word == "rule" || word == "would" || word == "log";
  if (word.empty() || (name.empty() && first.is(ast::Expr::Kind::path))) return false;
  const Span where{first.span.file, first.span.begin, a.arguments.back().span.end};
  Diagnostic& d = report(Kind::unknown_test_word, where, "what should not happen is said with `no`");
  if (known && !name.empty()) {
    d.help("write `expect no " + word + " " + name + ";`").fix(where, "no " + word + " " + name, true);
  } else {
    d.help(
        "`no` stands before `rule`, `would` and `log`: `expect no rule shop.beta;`; of an answer say what it is "
        "instead");
  }
  return true;
}

bool Checker::TestReader::negated(const ast::Action& a, Expectation& out) {
  constexpr std::string_view kUsage = "expect no rule shop.beta;";
  if (a.arguments.size() == 2 && a.arguments[1].is(ast::Expr::Kind::path) && a.arguments[1].text != "rule" &&
      a.arguments[1].text != "would" && a.arguments[1].text != "log") {
    report(Kind::unknown_test_word, a.arguments[1].span, "after `expect no` stands `rule`, `would` or `log`")
        .help("say what happens instead, such as `expect forward;`, or which rule does not match: `" +
              std::string(kUsage) + "`");
    return false;
  }
  if (a.assigned && a.arguments.size() == 3 && a.arguments[1].text == "log" &&
      a.arguments[2].is(ast::Expr::Kind::path)) {
    const std::string field = a.arguments[2].text;
    report(Kind::bad_action, a.assigned->span, "`expect no log` names a field, whatever its value")
        .help("write `expect no log " + field + ";`, or what it is instead: `expect log " + field + " = \"…\";`");
    return false;
  }
  if (!c.shape(a, 3, 3, false, false, kUsage)) return false;
  const ast::Expr& what = a.arguments[1];
  const std::string word = what.is(ast::Expr::Kind::path) ? what.text : "";
  if (word != "rule" && word != "would" && word != "log") {
    report(Kind::unknown_test_word, what.span, "after `expect no` stands `rule`, `would` or `log`")
        .help("write `" + std::string(kUsage) + "` or `expect no log reason;`");
    return false;
  }
  out.what = word == "rule" ? Expected::no_rule : word == "would" ? Expected::no_would : Expected::no_log;
  return word == "log" ? log_field(a, 2, out) : rule_name(a, 2, out);
}

bool Checker::TestReader::rule_name(const ast::Action& a, std::size_t at, Expectation& out) {
  const ast::Expr& e = a.arguments[at];
  if (e.is(ast::Expr::Kind::error)) return false;
  if (e.is(ast::Expr::Kind::path)) {
    out.name = e.text;
  } else if (const std::optional<std::string> name = text(e, "the name of a rule")) {
    out.name = *name;
  } else {
    return false;
  }
  const std::size_t dot = out.name.rfind('.');
  const bool of_lines = dot != std::string::npos && line_names.contains(out.name.substr(0, dot));
  if (rule_names.contains(out.name) || line_names.contains(out.name) || known_lines.contains(out.name)) return true;
  // Rules of parts that did not parse, and lines with mistakes, have been reported.
  if (c.incomplete_ || (of_lines && errors_before)) return true;
  if (c.said_names_.before(out.name, "rule", e.span)) return false;
  Diagnostic& d = report(Kind::unknown_rule, e.span, "there is no rule `" + out.name + "`");
  c.said_names_.remember(out.name, "rule");
  if (of_lines) {
    d.help("rules of `redirects` are named by the number of their line");
    return false;
  }
  std::string_view near;
  if (c.similar_work_ > 0) {
    std::vector<std::string_view> names(rule_names.begin(), rule_names.end());
    names.insert(names.end(), line_names.begin(), line_names.end());
    near = similar(out.name, names, c.similar_work_);
  }
  for (const std::string& known : rule_names) {
    if (near.empty() && c.similar_work_ > 0 && known.ends_with("." + out.name)) near = known;
  }
  if (near.empty()) {
    d.help("a rule in a group has the group's name before its own: `shop.beta`");
  } else {
    d.help("a rule with a similar name exists: `" + std::string(near) + "`").fix(e.span, std::string(near), false);
  }
  return false;
}

void Checker::TestReader::learn_rules() {
  if (std::exchange(rules_learnt, true)) return;
  for (const Phase phase : {Phase::request, Phase::response}) {
    for (const Rule& rule : c.rules().of(phase)) {
      for (std::uint32_t i = 0; i < rule.action_count; ++i) {
        const Action& action = c.rules().actions[rule.first_action + i];
        if (action.word == ActionWord::log) logged.insert(c.pool().strings.view(c.rules().names[action.first_name]));
      }
    }
  }
}

/// A field that no rule logs is not expected: such an expectation tests nothing. Of `expect no rule` and `no would`
/// this is not said: a rule that goes on trial, or off it, makes no test wrong.
bool Checker::TestReader::never_fails(const Expectation& expected) {
  if (c.incomplete_ || errors_before || expected.what != Expected::no_log) return false;
  learn_rules();
  const Span where = c.program_.tests.places[expected.place];
  if (logged.contains(expected.name)) return false;
  const std::string near(similar(expected.name, std::vector<std::string_view>(logged.begin(), logged.end())));
  report(Kind::unknown_rule, where, "no rule logs `" + expected.name + "`")
      .help(near.empty() ? "this never fails; name a field that a rule writes with `log`"
                         : "a field with a similar name is logged: `" + near + "`");
  return true;
}

bool Checker::TestReader::log_field(const ast::Action& a, std::size_t at, Expectation& out) {
  const ast::Expr& e = a.arguments[at];
  if (e.is(ast::Expr::Kind::error)) return false;
  if (e.is(ast::Expr::Kind::path)) {
    out.name = e.text;
  } else if (const std::optional<std::string> key = text(e, "the key of a log field")) {
    out.name = *key;
  } else {
    return false;
  }
  if (!a.assigned) return true;
  out.location_place = place(a.assigned->span);
  const std::optional<std::string> value = text(*a.assigned, "the value of a log field");
  if (value) out.value = *value;
  return value.has_value();
}

bool Checker::TestReader::never(const ast::Expr& e, const std::string& message, const std::string& help) {
  report(Kind::test_impossible, e.span, message).help(help);
  return false;
}

bool Checker::TestReader::redirect_arguments(const ast::Action& a, Expectation& out) {
  using K = ast::Expr::Kind;
  std::size_t at = 1;
  if (at < a.arguments.size() && a.arguments[at].is(K::integer)) {
    const ast::Expr& e = a.arguments[at++];
    if (!is_redirect_status(e.number))
      return never(e, "no redirect has the status " + std::to_string(e.number),
                   "the status of a redirect is " + std::string(kRedirectStatuses));
    out.status = static_cast<std::uint16_t>(e.number);
    out.status_place = place(e.span);
  }
  if (at + 1 < a.arguments.size() && a.arguments[at].is(ast::Expr::Kind::path) && a.arguments[at].text == "to") {
    report(Kind::bad_action, a.arguments[at].span, "the location of a redirect stands beside its status")
        .help("leave `to` out: `expect redirect 301 \"/new\";`")
        .fix({a.arguments[at].span.file, a.arguments[at].span.begin, a.arguments[at + 1].span.begin}, "", true);
    return false;
  }
  if (at < a.arguments.size()) {
    const std::optional<std::string> location = text(a.arguments[at], "the location of a redirect");
    if (!location) return false;
    out.location = *location;
    out.location_place = place(a.arguments[at++].span);
  }
  if (at == a.arguments.size()) return true;
  report(Kind::bad_action, a.arguments[at].span, "`expect redirect` takes a status and a location")
      .help("write `expect redirect 301 \"/new\";`");
  return false;
}

bool Checker::TestReader::one_status(const ast::Action& a, const TestWordInfo& word, Expectation& out) {
  const bool takes = word.id != TestWord::expect_drop && word.id != TestWord::expect_forward;
  const std::size_t least = word.id == TestWord::expect_response ? 2 : 1;
  const std::string usage(word.usage);
  if (a.arguments.size() < least) {
    report(Kind::bad_action, a.arguments[0].span, "`expect " + std::string(word.name) + "` wants a status")
        .help("write `" + usage + "`");
    return false;
  }
  const std::size_t most = takes ? 2 : 1;
  if (a.arguments.size() > most || (a.arguments.size() == 2 && !a.arguments[1].is(ast::Expr::Kind::integer))) {
    const ast::Expr& e = a.arguments[a.arguments.size() > most ? most : 1];
    if (e.is(ast::Expr::Kind::error)) return false;
    report(Kind::bad_action, e.span,
           "`expect " + std::string(word.name) + "` takes " + (takes ? "a status" : "nothing") + " here")
        .help("write `" + usage + "`");
    return false;
  }
  if (a.arguments.size() == 1) return true;
  const ast::Expr& e = a.arguments[1];
  const bool refusal = word.id == TestWord::expect_deny || word.id == TestWord::expect_refused;
  const std::int64_t first = refusal ? 400 : 200;
  if (e.number < first || e.number > 599)
    return never(e, "`" + std::string(word.name) + "` never gives the status " + std::to_string(e.number),
                 "it gives " + std::to_string(first) + " to 599");
  out.status = static_cast<std::uint16_t>(e.number);
  out.status_place = place(e.span);
  return true;
}

bool Checker::TestReader::outcome(const ast::Action& a, const TestWordInfo& word, Expectation& out) {
  if (a.assigned) {
    report(Kind::bad_action, a.assigned->span, "`expect " + std::string(word.name) + "` takes no `=`")
        .help("write `" + std::string(word.usage) + "`");
    return false;
  }
  const bool good = out.what == Expected::redirect ? redirect_arguments(a, out) : one_status(a, word, out);
  if (a.block && (out.what == Expected::drop || out.what == Expected::refused)) {
    report(Kind::bad_action, {a.block->span.file, a.block->span.begin, a.block->span.begin + 1},
           "`expect " + std::string(word.name) + "` takes no block")
        .help("there is nothing in it that rules decide");
    return false;
  }
  return (!a.block || block(a, out)) && good;
}

bool Checker::TestReader::block(const ast::Action& a, Expectation& out) {
  const TestPlace where = out.what == Expected::forward ? TestPlace::forward : TestPlace::answer;
  bool good = true;
  for (const ast::Action& entry : a.block->actions) {
    if (entry.incomplete || !entry.word.known()) poisoned = true;
    if (!room_for_part(entry)) return false;
    good = part(entry, where, out) && good;
  }
  return good;
}

bool Checker::TestReader::part(const ast::Action& a, TestPlace where, Expectation& out) {
  const TestWordInfo* const known = word(a.word, where);
  if (known == nullptr) return false;
  ExpectedPart made;
  const auto one_text = [&](PartOf of) {
    if (!c.shape(a, 1, 1, false, false, known->usage)) return false;
    const std::optional<std::string> value =
        text(a.arguments[0], "`" + std::string(known->name) + "` of an expectation");
    if (!value) return false;
    made.of = of;
    made.value = *value;
    made.place = place(a.arguments[0].span);
    return true;
  };
  const auto named = [&](PartOf of) {
    const std::optional<TestHeader> line = pair(a, *known);
    if (!line) return false;
    made = {of, line->name, line->value, place(a.assigned->span)};
    return true;
  };
  const auto read = [&] {
    switch (known->id) {
      case TestWord::forward_path:
        return one_text(PartOf::path);
      case TestWord::forward_query:
        return one_text(PartOf::query);
      case TestWord::forward_host:
        return one_text(PartOf::host);
      case TestWord::forward_method:
        return one_text(PartOf::method);
      case TestWord::forward_origin:
        return one_text(PartOf::origin);
      case TestWord::answer_body:
        return one_text(PartOf::body);
      case TestWord::forward_header:
      case TestWord::answer_header:
        return named(PartOf::header);
      case TestWord::forward_cookie:
      case TestWord::answer_cookie:
        return named(PartOf::cookie);
      default:
        return no_part(a, *known, where, made);
    }
  };
  if (!read()) return false;
  out.parts.push_back(std::move(made));
  return true;
}

bool Checker::TestReader::no_part(const ast::Action& a, const TestWordInfo& word, TestPlace where, ExpectedPart& out) {
  if (!c.shape(a, 1, 2, false, false, word.usage)) return false;
  const ast::Expr& what = a.arguments[0];
  if (a.arguments.size() == 1 && what.is(ast::Expr::Kind::index) && what.children.size() == 2 &&
      (what.children[0].text == "header" || what.children[0].text == "cookie")) {
    const std::string shown = what.children[0].text + " " + std::string(c.sources_.text(what.children[1].span));
    report(Kind::bad_action, what.span, "in a block the name follows `" + what.children[0].text + "` without brackets")
        .help("write `no " + shown + ";`")
        .fix(what.span, shown, true);
    return false;
  }
  const std::string name = what.is(ast::Expr::Kind::path) ? what.text : "";
  const bool keyed = name == "header" || name == "cookie";
  const bool bare = where == TestPlace::forward && (name == "query" || name == "origin");
  if (!keyed && !bare) {
    report(Kind::unknown_test_word, what.span,
           where == TestPlace::forward ? "after `no` stands `header`, `cookie`, `query` or `origin`"
                                       : "after `no` stands `header` or `cookie`")
        .help("write `" + std::string(word.usage) + "`");
    return false;
  }
  if (a.arguments.size() != (keyed ? 2U : 1U)) {
    report(Kind::bad_action, keyed ? what.span : a.arguments[1].span,
           keyed ? "`no " + name + "` wants a name" : "`no " + name + "` takes no argument")
        .help(keyed ? "write `no " + name + " \"Name\";`" : "write `no " + name + ";`");
    return false;
  }
  out.place = place({what.span.file, a.word.span.begin, a.arguments.back().span.end});
  if (bare) {
    out.of = name == "query" ? PartOf::no_query : PartOf::no_origin;
    return true;
  }
  const std::optional<std::string> key =
      name == "header" ? header_name(a.arguments[1]) : line_text(a.arguments[1], "a cookie's name");
  if (!key) return false;
  out.of = name == "header" ? PartOf::no_header : PartOf::no_cookie;
  out.name = *key;
  return true;
}

void Checker::TestReader::contradictions(const Expectation& made, const std::vector<Expectation>& before) {
  const std::vector<Span>& places = c.program_.tests.places;
  for (const Expectation& other : before) {
    const auto are = [&](Expected a, Expected b) {
      return (made.what == a && other.what == b) || (made.what == b && other.what == a);
    };
    std::string message;
    if (is_end(made.what) && is_end(other.what) && made.what != other.what) {
      message = "one request cannot end both in `" + word_of(other.what) + "` and in `" + word_of(made.what) + "`";
    } else if (made.what == other.what && made.status != 0 && other.status != 0 && made.status != other.status) {
      message =
          "one answer cannot have the statuses " + std::to_string(other.status) + " and " + std::to_string(made.status);
    } else if (made.name == other.name && are(Expected::rule, Expected::no_rule)) {
      message = "the rule `" + made.name + "` cannot both match and not match";
    } else if (made.name == other.name && are(Expected::would, Expected::no_would)) {
      message = "the rule `" + made.name + "` cannot be one that would match and one that would not";
    }
    if (message.empty()) continue;
    report(Kind::test_impossible, places[made.place], message)
        .label(places[other.place], "expected here too")
        .help("write two tests");
    poisoned = true;
    return;
  }
}

}  // namespace sprx
