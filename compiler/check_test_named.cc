// Tests: rules and log fields that expectations name.
#include <algorithm>
#include <utility>

#include "compiler/test_reader.h"

namespace sprx {

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
  if (c.said_names_.joins(Kind::unknown_rule, out.name, "", e.span)) return false;
  Diagnostic& d = report(Kind::unknown_rule, e.span, "there is no rule `" + out.name + "`");
  c.said_names_.remember(Kind::unknown_rule, out.name, "");
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

}  // namespace sprx
