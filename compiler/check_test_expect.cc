// Tests: what is expected, and expectations that no request can meet.
#include <algorithm>

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
