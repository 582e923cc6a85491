// Groups and rules, in source order.
#include <algorithm>
#include <utility>

#include "compiler/check_reflected.h"
#include "compiler/check_sent.h"
#include "compiler/rule_state.h"

namespace sprx {
namespace {

/// Conditions of a group are spread into its rules' `all` up to this many, so that an index sees them at once.
constexpr std::size_t kSpreadConditions = 16;

}  // namespace

void Checker::unique(const ast::Ident& name, std::unordered_map<std::string, Span>& names, std::string_view what) {
  if (!name.known()) return;
  const auto [first, fresh] = names.emplace(name.text, name.span);
  if (fresh) return;
  report(Kind::duplicate_rule, name.span,
         std::string(what) + " `" + name.text + "` has the name of another rule, group or redirects here")
      .label(first->second, "used here first")
      .help("names of rules are unique in their group; logs and metrics go by them");
}

void Checker::add_rule(Phase phase, const std::string& name, Span where, ExprId condition, std::vector<Action> actions,
                       std::uint32_t guard, Span owner) {
  Rule rule;
  rule.name = pool().strings.add(name);
  const SourceFile& file = sources_[where.file];
  rule.file = pool().strings.intern(file.name);
  rule.line = file.line_of(where.begin);
  rule.condition = condition;
  rule.guard = guard;
  rule.first_action = static_cast<std::uint32_t>(rules().actions.size());
  rule.action_count = static_cast<std::uint32_t>(actions.size());
  rules().actions.insert(rules().actions.end(), actions.begin(), actions.end());
  const auto place = static_cast<std::size_t>(phase);
  rules().rules[place].push_back(rule);
  program_.rule_names[place].push_back(where);
  program_.rule_owners[place].push_back(owner);
  program_.conditions[place].push_back(std::exchange(noted_, {}));
}

bool Checker::room_for_rule(Span where) {
  if (++rule_count_ <= limits_.rules) return true;
  if (rule_count_ == limits_.rules + 1)
    report(Kind::limit_rules, where, "more than " + std::to_string(limits_.rules) + " rules in one configuration");
  return false;
}

ExprId Checker::joined(const std::vector<ExprId>& outer, const std::vector<ExprId>& own) {
  std::vector<ExprId> all;
  for (const std::vector<ExprId>* list : {&outer, &own}) {
    for (const ExprId id : *list) {
      const Expr& e = pool()[id];
      if (e.op == Op::all && (list == &own || e.b <= kSpreadConditions)) {
        const std::span<const ExprId> items = pool().list(e);
        all.insert(all.end(), items.begin(), items.end());
      } else if (e.op != Op::always) {
        all.push_back(id);
      }
    }
  }
  if (all.empty()) return node(Op::always);
  return all.size() == 1 ? all[0] : pool().add_list({.op = Op::all, .type = Type::boolean}, all);
}

void Checker::rule_body(const ast::Rule& r, const GroupState& group, RuleState& rule, std::vector<ExprId>& conditions) {
  const Scoped inside(construct_, Construct{r.name.span, "in this rule"});
  if (!r.response && group.response_condition.known()) {
    report(Kind::request_rule_in_response_group, r.name.known() ? r.name.span : r.span,
           "a request rule cannot stand under a condition on the response")
        .label(group.response_condition, "this reads the response")
        .help("write `response rule`");
    rule.poisoned = true;
  }
  for (const ast::Statement& statement : r.statements) this->statement(statement, rule, conditions);
  finish_guard(rule);
  const bool nothing = rule.actions.empty() && !rule.poisoned;
  if (nothing)
    out_.add(Kind::rule_without_action, r.name.span, "this rule does nothing")
        .help("give it an action, such as `log`, `deny` or `redirect`");
  if (!rule.poisoned) {
    lint_raw_guard(view_, r);
    lint_late_condition(view_, r);
  }
}

void Checker::rule(const ast::Rule& r, GroupState& group) {
  unique(r.name, group.names, "rule");
  if (!room_for_rule(r.name.known() ? r.name.span : r.span)) return;
  noted_ = {{}, group.written.parts};
  const CaptureUses outer = std::exchange(uses_, {});
  RuleState rule;
  rule.phase = r.response ? Phase::response : Phase::request;
  rule.name = group.prefix + r.name.text;
  Scope scope;
  scope.parent = group.env.scope;
  scope.prefix = rule.name + ".";
  rule.env.parent = &group.env;
  rule.env.facts.parent = &group.env.facts;
  rule.env.scope = &scope;
  rule.env.response = r.response;
  rule.env.rule = &r;
  rule.env.incomplete = r.incomplete;
  rule.env.unproved = r.incomplete;  // what did not parse may have been a condition
  rule.env.next_slot = group.env.next_slot;
  rule.poisoned = r.incomplete || !r.name.known();
  std::vector<ExprId> conditions;
  rule_body(r, group, rule, conditions);
  if (noted_.whens.empty()) noted_.whens = group.written.whens;
  end_captures(outer, !rule.poisoned && !group.lost);
  // Names of this rule's lets point into `scope`: nothing looks them up after this.
  if (rule.poisoned || group.lost) {
    never_silent(r.name.known() ? r.name.span : r.span);
  } else {
    read_back_.note(rule.actions, rule.places, rule.phase, rule.terminal != nullptr);
    const ExprId all = joined(group.conditions, conditions);
    lint_reflected_origin(view_, rule.actions, rule.places, all);
    add_rule(rule.phase, rule.name, r.name.span, all, std::move(rule.actions), guard_id(rule.guard));
  }
}

namespace {

/// Words of the conditions of a rule; alone in another rule they would leave this one to all requests.
bool is_guard_word(std::string_view word) { return word == "since" || word == "until" || word == "dry_run"; }

/// Of others is said that they are none, and not where they stand.
bool is_action_word(std::string_view word) {
  return word.empty() || std::any_of(std::begin(kActions), std::end(kActions),
                                     [word](const ActionInfo& known) { return known.name == word; });
}

}  // namespace

void Checker::never_silent(Span where) {
  // What is left out of the program has been reported. Should a way without a report ever be left, this is said instead
  // of running without the rule.
  if (!out_.has_errors()) report(Kind::syntax_unexpected, where, "this could not be understood");
}

void Checker::statement(const ast::Statement& statement, RuleState& rule, std::vector<ExprId>& conditions) {
  const auto* action = std::get_if<ast::Action>(&statement);
  const auto* when = std::get_if<ast::When>(&statement);
  const auto* over = std::get_if<ast::Over>(&statement);
  const auto* let = std::get_if<ast::Let>(&statement);
  // `allow` says nothing about what the rule does: `collect_allows` has read it.
  if (action != nullptr && action->word.text == "allow") {
    rule.poisoned = rule.poisoned || action->arguments.size() < 2;  // meant to let requests through, perhaps
    return;
  }
  // In a rule of which a part did not parse, such as an `else`, what follows need not follow.
  const bool of_redirect = action != nullptr && action->word.text.starts_with("keep_query");
  const bool known = action == nullptr || is_action_word(action->word.text);
  if (rule.terminal != nullptr && !rule.said_after && !rule.env.incomplete && !of_redirect && known) {
    const Span where = action != nullptr ? (action->word.known() ? action->word.span : action->span)
                       : when != nullptr ? when->span
                       : over != nullptr ? over->span
                                         : let->name.span;
    report(Kind::after_terminal, where, "this comes after `" + rule.terminal->word.text + "`, which ends the rule")
        .label(rule.terminal->word.span, "the rule ends here")
        .help("put it before `" + rule.terminal->word.text + "`" +
              (action != nullptr && !is_guard_word(action->word.text) ? ", or in a rule of its own" : ""));
    rule.said_after = true;
    rule.poisoned = true;
  }
  if (action != nullptr) {
    const Scoped cut(cut_, action->incomplete);
    this->action(*action, rule);
    return;
  }
  if (let != nullptr) return rule_let(*let, rule);
  if (over != nullptr) return this->over(*over, rule);
  rule.env.nodes = 0;
  const ExprId c = cut_condition(when->condition, when->cut, rule.env);
  if (c == kNoExpr) {
    rule.poisoned = true;
    rule.env.unproved = true;
    return;
  }
  conditions.push_back(c);
  noted_.whens.push_back(when->condition.span);
  prover_.learn(c, true, rule.env.facts);
}

ExprId Checker::cut_condition(const ast::Expr& e, bool is_cut, Env& env) {
  const Scoped cut(cut_, is_cut);
  return condition(e, env);
}

ExprId Checker::group_condition(const ast::Group& g, Env& env) {
  const Scoped inside(construct_, Construct{g.name.span, "in this group"});
  return cut_condition(*g.when, g.when_cut, env);
}

void Checker::group(const ast::Group& g, GroupState& parent) {
  unique(g.name, parent.names, "group");
  if (parent.depth >= limits_.group_depth) {
    report(Kind::limit_group_depth, g.name.known() ? g.name.span : g.span,
           "groups nest at most " + std::to_string(limits_.group_depth) + " deep")
        .help("put the conditions of some groups together with `and`");
    return;
  }
  GroupState state;
  state.depth = parent.depth + 1;
  state.prefix = parent.prefix + g.name.text + ".";
  state.conditions = parent.conditions;
  state.response_condition = parent.response_condition;
  state.env.parent = &parent.env;
  state.env.facts.parent = &parent.env.facts;
  state.env.scope = group_scopes_.at(&g);
  state.env.response = true;
  state.env.next_slot = parent.env.next_slot;
  state.written = parent.written;
  state.lost = parent.lost;
  const CaptureUses outer = std::exchange(uses_, {});
  if (g.when) {
    noted_ = {};
    const ExprId c = group_condition(g, state.env);
    state.written.whens = {g.when->span};
    state.written.parts.insert(state.written.parts.end(), noted_.parts.begin(), noted_.parts.end());
    if (state.env.reads_response && !state.response_condition.known()) state.response_condition = g.when->span;
    if (c == kNoExpr) {
      never_silent(g.when->span);
      state.env.unproved = true;
      state.env.incomplete = true;
      state.lost = true;
    } else {
      state.conditions.push_back(c);
      prover_.learn(c, true, state.env.facts);
    }
  }
  walk(g.items, state);
  end_captures(outer, !state.lost);
}

}  // namespace sprx
