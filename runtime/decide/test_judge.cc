#include "runtime/decide/test_judge.h"

#include <algorithm>

#include "compiler/table/canonical.h"
#include "runtime/decide/apply.h"
#include "runtime/decide/inputs.h"
#include "runtime/decide/plain.h"
#include "runtime/decide/test_cookies.h"

namespace sprx {
namespace {

/// Of longer texts only the beginning is shown.
constexpr std::size_t kShownBytes = 200;

std::optional<std::string> joined(std::span<const HeaderLine> headers, std::string_view name) {
  std::optional<std::string> out;
  for (const HeaderLine& line : headers) {
    if (!equal_nocase(line.name, name)) continue;
    if (out) {
      *out += equal_nocase(name, "cookie") ? "; " : ", ";
      *out += line.value;
    } else {
      out = std::string(line.value);
    }
  }
  return out;
}

std::string with_article(std::uint16_t status, std::string_view noun) {
  if (status == 0) return (noun.starts_with('a') ? "an " : "a ") + std::string(noun);
  return "a " + std::to_string(status) + " " + std::string(noun);
}

std::string expected_text(const Expectation& e) {
  switch (e.what) {
    case Expected::redirect:
      return with_article(e.status, "redirect") + (e.location ? " to " + in_ticks(*e.location) : "");
    case Expected::respond:
      return with_article(e.status, "answer by `respond`");
    case Expected::deny:
      return with_article(e.status, "answer by `deny`");
    case Expected::drop:
      return "the connection closed by `drop`";
    case Expected::forward:
      return "the request to go to the next hop";
    case Expected::response:
      return with_article(e.status, "answer") + (e.location ? " that leads to " + in_ticks(*e.location) : "");
    case Expected::refused:
      return with_article(e.status, "refusal by the proxy itself");
    default:
      return {};
  }
}

std::string wanted_text(const Expectation& e) {
  return "the rule " + in_ticks(e.name) + (e.what == Expected::would ? " to be one that would match" : " to match");
}

std::string part_text(const ExpectedPart& part, bool answer) {
  const std::string name = in_ticks(part.name);
  switch (part.of) {
    case PartOf::header:
      return "the header " + name + " to be " + in_ticks(part.value);
    case PartOf::no_header:
      return "no header " + name;
    case PartOf::cookie:
      return (answer ? "the response to set the cookie " : "the cookie ") + name + (answer ? " to " : " to be ") +
             in_ticks(part.value);
    case PartOf::cookie_attribute:
      return "the cookie " + name + " to be set with " + in_ticks(part.value);
    case PartOf::no_cookie:
      return "no cookie " + name;
    case PartOf::path:
      return "the path " + in_ticks(part.value);
    case PartOf::query:
      return "the query " + in_ticks(part.value);
    case PartOf::no_query:
      return "no query";
    case PartOf::host:
      return "the host " + in_ticks(part.value);
    case PartOf::method:
      return "the method " + in_ticks(part.value);
    case PartOf::origin:
      return "the origin " + in_ticks(part.value);
    case PartOf::no_origin:
      return "no origin";
    case PartOf::body:
      return "the body " + in_ticks(part.value);
  }
  return {};
}

bool is_negative(PartOf of) {
  return of == PartOf::no_header || of == PartOf::no_cookie || of == PartOf::no_query || of == PartOf::no_origin;
}

bool names_it(std::string_view known, std::string_view wanted, bool nocase) {
  if (known.ends_with('*')) {
    known.remove_suffix(1);
    wanted = wanted.substr(0, known.size());
  }
  return nocase ? equal_nocase(known, wanted) : known == wanted;
}

}  // namespace

std::string in_ticks(std::string_view text) {
  if (text.size() <= kShownBytes) return "`" + std::string(text) + "`";
  return "`" + std::string(text.substr(0, kShownBytes)) + "...` (" + std::to_string(text.size()) + " bytes)";
}

TestFailure& Judge::fail(TestFailure::Of of, PlaceId place, std::string expected, std::string got) {
  return out_.emplace_back(TestFailure{of, place, std::move(expected), std::move(got), std::nullopt, {}});
}

std::string Judge::name_of(RuleRef rule) const {
  return std::string(rules_.pool.strings.view(rules_.of(rule.phase)[rule.index].name));
}

std::optional<RuleRef> Judge::ender() const {
  if (!journey_.decided()) return std::nullopt;
  const Decision& second = journey_.response_decision();
  if (journey_.response_head() && second.outcome != Outcome::pass && second.outcome != Outcome::forward)
    return RuleRef{Phase::response, second.rule};
  const Decision& first = journey_.request_decision();
  if (first.outcome == Outcome::pass) return std::nullopt;
  return RuleRef{Phase::request, first.rule};
}

std::optional<std::string> Judge::location() const {
  if (!journey_.answer()) return std::nullopt;
  return joined(journey_.answer()->headers, "Location");
}

bool Judge::came_to(Expected what) const {
  const bool answered = journey_.answer().has_value();
  if (what == Expected::refused) return journey_.refused();
  if (what == Expected::response) return answered || journey_.refused();  // the proxy answers for itself too
  if (what == Expected::forward) return journey_.forwarded();
  if (!journey_.decided() || journey_.refused()) return false;
  const Outcome second = journey_.response_decision().outcome;
  const Outcome end = second == Outcome::pass || second == Outcome::forward || !journey_.response_head()
                          ? journey_.request_decision().outcome
                          : second;
  switch (what) {
    case Expected::redirect:
      return end == Outcome::redirect;
    case Expected::respond:
      return end == Outcome::respond;
    case Expected::deny:
      return end == Outcome::deny;
    case Expected::drop:
      return end == Outcome::drop;
    default:
      return false;
  }
}

std::string Judge::happened() const {
  if (!journey_.decided() || journey_.refused())
    return "a " + std::to_string(journey_.refused_status()) + " refusal by the proxy itself (" +
           std::string(journey_.error()) + ")";
  if (came_to(Expected::drop)) return "the connection closed by `drop`";
  const std::uint16_t status = journey_.answer() ? journey_.answer()->status : 0;
  if (came_to(Expected::redirect)) {
    const std::optional<std::string> to = location();
    return with_article(status, "redirect") + (to ? " to " + in_ticks(*to) : "");
  }
  if (came_to(Expected::respond)) return with_article(status, "answer by `respond`");
  if (came_to(Expected::deny)) return with_article(status, "answer by `deny`");
  return journey_.answer() && status != 200
             ? "the request sent to the next hop and a " + std::to_string(status) + " answer"
             : "the request sent to the next hop";
}

std::string Judge::ender_text() const {
  if (came_to(Expected::drop)) return "this rule dropped it";
  if (came_to(Expected::redirect)) return "this rule redirected it";
  if (came_to(Expected::respond)) return "this rule answered it";
  if (came_to(Expected::deny)) return "this rule denied it";
  if (journey_.refused()) return "this rule could not be decided";
  return "this rule sent it on";
}

void Judge::judge(const Expectation& expected) {
  switch (expected.what) {
    case Expected::rule:
    case Expected::would:
      return rule(expected);
    case Expected::no_rule:
      return no_match(expected, false);
    case Expected::no_would:
      return no_match(expected, true);
    case Expected::log:
    case Expected::no_log:
      return log(expected);
    default:
      return outcome(expected);
  }
}

void Judge::outcome(const Expectation& e) {
  PlaceId place = e.place;
  bool good = came_to(e.what);
  if (good && e.status != 0) {
    const std::uint16_t status =
        e.what == Expected::refused || !journey_.answer() ? journey_.refused_status() : journey_.answer()->status;
    good = status == e.status;
    place = e.status_place;
  }
  if (good && e.location) {
    good = location() == e.location;
    place = e.location_place;
  }
  if (good) {
    for (const ExpectedPart& one : e.parts) part(e, one);
    return;
  }
  std::string got = happened();
  if (e.what == Expected::response && e.location && location() && came_to(Expected::response))
    got = with_article(journey_.answer()->status, "answer") + " that leads to " + in_ticks(*location());
  const bool of_answer = e.what == Expected::response;
  TestFailure& failure =
      fail(of_answer ? TestFailure::Of::answer : TestFailure::Of::outcome, place, expected_text(e), std::move(got));
  if (const std::optional<RuleRef> trial = on_trial(e)) {
    failure.rule = trial;
    failure.why = "this rule would have done it, but is on trial (`dry_run`)";
    return;
  }
  failure.rule = ender();
  if (failure.rule) failure.why = ender_text();
}

/// Whether an answer has the status and, where that is one for all requests, the location that are expected.
bool Judge::gives(const Action& action, const Expectation& e) const {
  if (action.word == ActionWord::drop || action.word == ActionWord::forward) return e.status == 0;
  const Answer& answer = rules_.answers[action.answer];
  if (e.status != 0 && answer.status != e.status) return false;
  if (!e.location) return true;
  if (answer.location == kNoExpr) return false;
  const Expr& location = rules_.pool[answer.location];
  if (location.op != Op::concat) return true;
  std::string text;
  for (const ExprId part : rules_.pool.list(location)) {
    if (rules_.pool[part].op != Op::text) return true;
    text += rules_.pool.strings.view(StrId{rules_.pool[part].a});
  }
  return text == *e.location;
}

std::optional<RuleRef> Judge::on_trial(const Expectation& e) const {
  if (!journey_.decided()) return std::nullopt;
  const auto does_it = [&](const Rule& rule) {
    if (rule.action_count == 0) return false;
    const Action& action = rules_.actions[rule.first_action + rule.action_count - 1];
    const ActionWord last = action.word;
    if (info(last).kind != ActionInfo::Kind::terminal || !gives(action, e)) return false;
    switch (e.what) {
      case Expected::redirect:
        return last == ActionWord::redirect;
      case Expected::respond:
        return last == ActionWord::respond;
      case Expected::deny:
        return last == ActionWord::deny;
      case Expected::drop:
        return last == ActionWord::drop;
      case Expected::response:
        return last == ActionWord::redirect || last == ActionWord::respond || last == ActionWord::deny;
      default:
        return false;
    }
  };
  const auto look = [&](const Decision& decision, Phase phase) -> std::optional<RuleRef> {
    for (const RuleIndex index : decision.would) {
      if (does_it(rules_.of(phase)[index])) return RuleRef{phase, index};
    }
    return std::nullopt;
  };
  std::optional<RuleRef> out = look(journey_.request_decision(), Phase::request);
  if (!out && journey_.response_head()) out = look(journey_.response_decision(), Phase::response);
  return out;
}

std::vector<RuleRef> Judge::matched(std::string_view name, bool trial) const {
  std::vector<RuleRef> out;
  if (!journey_.decided()) return out;
  const auto look = [&](const Decision& decision, Phase phase) {
    for (const RuleIndex index : trial ? decision.would : decision.matched) {
      const std::string_view known = rules_.pool.strings.view(rules_.of(phase)[index].name);
      const bool below = known.starts_with(name) && known.size() > name.size() && known[name.size()] == '.';
      if (known == name || below) out.push_back({phase, index});
    }
  };
  look(journey_.request_decision(), Phase::request);
  if (journey_.response_head()) look(journey_.response_decision(), Phase::response);
  return out;
}

void Judge::no_match(const Expectation& expected, bool trial) {
  const std::vector<RuleRef> found = matched(expected.name, trial);
  if (found.empty()) return;
  TestFailure& failure =
      fail(TestFailure::Of::rule, expected.place,
           "the rule " + in_ticks(expected.name) + (trial ? " to be none that would match" : " not to match"),
           name_of(found[0]) == expected.name ? "a match" : "a match of " + in_ticks(name_of(found[0])));
  failure.rule = found[0];
  failure.why = trial ? "this rule would have matched" : "this rule matched";
}

/// `expect rule` of a rule on trial, and `expect would` of one that is not.
void Judge::wrong_word(const Expectation& expected, RuleRef rule) {
  const bool trial = expected.what == Expected::rule;
  TestFailure& failure = fail(TestFailure::Of::rule, expected.place, wanted_text(expected),
                              trial ? "one that only would have (`dry_run`), which is `expect would`"
                                    : "one that matched and is not on trial, which is `expect rule`");
  failure.rule = rule;
  failure.why = trial ? "this rule is on trial" : "this rule matched";
}

void Judge::rule(const Expectation& expected) {
  const bool trial = expected.what == Expected::would;
  if (!matched(expected.name, trial).empty()) return;
  if (const std::vector<RuleRef> other = matched(expected.name, !trial); !other.empty())
    return wrong_word(expected, other.front());
  for (const Phase phase : {Phase::request, Phase::response}) {
    const std::vector<Rule>& all = rules_.of(phase);
    for (RuleIndex index = 0; index < all.size(); ++index) {
      if (rules_.pool.strings.view(all[index].name) == expected.name) return why_no_rule(expected, {phase, index});
    }
  }
  // A group or `redirects`: many rules, none to point at.
  fail(TestFailure::Of::rule, expected.place,
       "a rule of " + in_ticks(expected.name) + (trial ? " that would match" : " to match"),
       trial ? "none that would" : "none that did");
}

void Judge::why_no_rule(const Expectation& expected, RuleRef rule) {
  TestFailure& failure = fail(TestFailure::Of::rule, expected.place, wanted_text(expected), "");
  const bool response = rule.phase == Phase::response;
  if (!journey_.decided() || (response && !journey_.response_head())) {
    failure.got = happened() + ", so that it was not asked";
    failure.rule = ender();
    if (failure.rule) failure.why = ender_text();
    return;
  }
  const Decision& decision = response ? journey_.response_decision() : journey_.request_decision();
  if (decision.outcome != Outcome::pass && decision.rule < rule.index) {
    failure.rule = RuleRef{rule.phase, decision.rule};
    failure.got = in_ticks(name_of(*failure.rule)) + ", which stands before it, ended it";
    failure.why = "this rule ended it first";
    return;
  }
  failure.rule = rule;
  const ResponseHead* const head = response ? &*journey_.response_head() : nullptr;
  const std::optional<WhyNot> why =
      explain_rule(table_, rule.phase, rule.index, journey_.facts(), head, journey_.live(), journey_.arena());
  if (why && why->atom.starts_with("over ")) {
    failure.got = in_ticks(why->atom) + " does not hold: a token is left, unless the test says " +
                  in_ticks("exhausted " + why->atom.substr(5) + ";");
  } else if (why) {
    failure.got = in_ticks(why->atom) + " does not hold" + (why->left.empty() ? "" : ": it is " + in_ticks(why->left));
  } else {
    failure.got = "no match";
  }
  failure.why = "this rule did not match";
}

void Judge::log(const Expectation& e) {
  std::optional<std::string> found;
  std::optional<RuleRef> by;
  const auto look = [&](const Decision& decision, Phase phase) {
    for (const LogField& field : decision.log) {
      if (field.key != e.name) continue;
      found = std::string(field.value);
    }
    const std::optional<RuleRef> last = last_with(phase, [&](const Action& action) {
      return action.word == ActionWord::log && rules_.pool.strings.view(rules_.names[action.first_name]) == e.name;
    });
    if (last) by = last;
  };
  if (journey_.decided()) look(journey_.request_decision(), Phase::request);
  if (journey_.response_head()) look(journey_.response_decision(), Phase::response);
  const bool wanted = e.what == Expected::log;
  if (wanted ? found == e.value : !found) return;
  TestFailure& failure = fail(
      TestFailure::Of::log, wanted ? e.location_place : e.place,
      wanted ? "the log field " + in_ticks(e.name) + " to be " + in_ticks(e.value) : "no log field " + in_ticks(e.name),
      found ? in_ticks(*found) : "no such field");
  failure.rule = by;
  if (by) failure.why = "this rule logged it";
}

std::optional<RuleRef> Judge::last_with(Phase phase, const auto& is_it) const {
  const Decision& decision = phase == Phase::request ? journey_.request_decision() : journey_.response_decision();
  std::optional<RuleRef> out;
  for (const RuleIndex index : decision.matched) {
    const Rule& rule = rules_.of(phase)[index];
    const auto actions = std::span(rules_.actions).subspan(rule.first_action, rule.action_count);
    if (std::any_of(actions.begin(), actions.end(), is_it)) out = RuleRef{phase, index};
  }
  return out;
}

std::optional<RuleRef> Judge::editor(const ExpectedPart& part, bool answer) const {
  const bool header = part.of == PartOf::header || part.of == PartOf::no_header;
  const bool cookie = part.of == PartOf::cookie || part.of == PartOf::cookie_attribute || part.of == PartOf::no_cookie;
  const auto touches = [&](const Action& action) {
    const auto named = [&](Target target) {
      if (action.target != target) return false;
      bool is_named = false;
      for (std::uint32_t i = 0; i < action.name_count; ++i) {
        const std::string_view known = rules_.pool.strings.view(rules_.names[action.first_name + i]);
        is_named = is_named || names_it(known, part.name, header);
      }
      return is_named != (action.word == ActionWord::keep);
    };
    if (header) return named(answer ? Target::response_header : Target::header);
    if (cookie) return named(answer ? Target::response_cookie : Target::cookie);
    if (part.of == PartOf::path) return action.target == Target::path;
    if (part.of == PartOf::host) return action.target == Target::host;
    if (part.of == PartOf::query || part.of == PartOf::no_query) return action.target == Target::query;
    if (part.of == PartOf::origin || part.of == PartOf::no_origin) return action.word == ActionWord::origin;
    return false;
  };
  std::optional<RuleRef> out = last_with(Phase::request, touches);
  if (answer && journey_.response_head()) {
    if (const std::optional<RuleRef> later = last_with(Phase::response, touches)) out = later;
  }
  return out;
}

std::optional<std::string> Judge::found(const Expectation& expected, const ExpectedPart& part) const {
  const bool answer = expected.what != Expected::forward;
  const RequestMessage& sent = journey_.outgoing();
  std::span<const HeaderLine> headers = sent.headers;
  if (answer) headers = journey_.answer() ? std::span<const HeaderLine>(journey_.answer()->headers) : headers.first(0);
  switch (part.of) {
    case PartOf::header:
    case PartOf::no_header:
      return joined(headers, part.name);
    case PartOf::cookie_attribute: {
      const std::optional<std::string_view> line = set_cookie_line(headers, part.name);
      if (!line) return std::nullopt;
      return has_attribute(*line, part.value) ? part.value : std::string(*line);
    }
    case PartOf::cookie:
    case PartOf::no_cookie:
      return answer ? set_cookie(headers, part.name) : request_cookie(headers, part.name);
    case PartOf::path:
      return std::string(sent.path);
    case PartOf::query:
    case PartOf::no_query:
      return sent.has_query ? std::optional(std::string(sent.query)) : std::nullopt;
    case PartOf::host:
      return joined(headers, "Host");
    case PartOf::method:
      return std::string(sent.method);
    case PartOf::origin:
    case PartOf::no_origin:
      return joined(headers, "section-origin");
    case PartOf::body:
      return journey_.body() ? std::optional(std::string(*journey_.body())) : std::nullopt;
  }
  return std::nullopt;
}

void Judge::part(const Expectation& expected, const ExpectedPart& wanted) {
  const std::optional<std::string> value = found(expected, wanted);
  const bool answer = expected.what != Expected::forward;
  if (wanted.of == PartOf::cookie_attribute && !value) return;  // said of the cookie
  if (is_negative(wanted.of) ? !value : value == wanted.value) return;
  std::string got = value ? in_ticks(*value) : "none";
  if (wanted.of == PartOf::body && !value) got = "a body that no rule makes";
  TestFailure& failure = fail(answer ? TestFailure::Of::answer : TestFailure::Of::forward, wanted.place,
                              part_text(wanted, answer), std::move(got));
  failure.rule = editor(wanted, answer);
  if (failure.rule) {
    failure.why = "changed by this rule";
  } else if (answer && makes_answer(journey_.request_decision())) {
    failure.rule = ender();
    if (failure.rule) failure.why = ender_text();
  }
}

}  // namespace sprx
