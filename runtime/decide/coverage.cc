#include "runtime/decide/coverage.h"

#include <algorithm>

#include "runtime/decide/act.h"
#include "runtime/decide/evaluate.h"

namespace sprx {
namespace {

/// `not (a or b)` is looked into.
bool is_joined(const Expr& e) { return e.op == Op::all || e.op == Op::any || e.op == Op::negate; }

void collect(const ExprPool& pool, ExprId id, std::vector<AtomCoverage>& out) {
  const Expr& e = pool[id];
  switch (e.op) {
    case Op::always:
      return;
    case Op::negate:
      if (is_joined(pool[ExprId{e.a}])) return collect(pool, ExprId{e.a}, out);
      break;  // `x not in L` is counted as it is written
    case Op::all:
    case Op::any:
      for (const ExprId part : pool.list(e)) collect(pool, part, out);
      return;
    default:
      break;
  }
  const auto same = [id](const AtomCoverage& known) { return known.atom == id; };
  if (std::none_of(out.begin(), out.end(), same)) out.push_back({id, 0, 0});
}

/// Evaluates a condition part by part, as the language says, and notes what each came to.
class Noting {
 public:
  Noting(Evaluation& evaluation, std::vector<AtomCoverage>& atoms)
      : evaluation_(evaluation), pool_(evaluation.rules().pool), atoms_(atoms) {}

  bool test(ExprId id) {
    const Expr& e = pool_[id];
    switch (e.op) {
      case Op::always:
        return true;
      case Op::negate:
        return is_joined(pool_[ExprId{e.a}]) ? !test(ExprId{e.a}) : atom(id);
      case Op::all:
        for (const ExprId part : pool_.list(e)) {
          if (!test(part)) return false;
        }
        return true;
      case Op::any:
        for (const ExprId part : pool_.list(e)) {
          if (test(part)) return true;
        }
        return false;
      default:
        return atom(id);
    }
  }

 private:
  bool atom(ExprId id) {
    const bool result = evaluation_.test(id);
    const auto known =
        std::find_if(atoms_.begin(), atoms_.end(), [id](const AtomCoverage& one) { return one.atom == id; });
    if (known != atoms_.end()) ++(result ? known->seen_true : known->seen_false);
    return result;
  }

  Evaluation& evaluation_;
  const ExprPool& pool_;
  std::vector<AtomCoverage>& atoms_;
};

/// How far the walk went: the rule that ended the phase, or past the last one.
std::size_t end_of_walk(const Decision& decision, std::size_t count) {
  return decision.outcome == Outcome::pass ? count : std::min<std::size_t>(count, decision.rule + std::size_t{1});
}

/// Marks the expressions that can read the time. A let is asked for by its expression.
class TimeMarks {
 public:
  explicit TimeMarks(const RuleSet& rules)
      : rules_(rules), pool_(rules.pool), marks_(pool_.exprs.size(), Mark::unknown) {}

  bool reads(ExprId id) {
    if (id == kNoExpr) return false;
    Mark& mark = marks_[static_cast<std::size_t>(id)];
    if (mark != Mark::unknown) return mark == Mark::yes;
    mark = Mark::no;  // lets have no cycles; this only ends a walk through equal nodes
    const bool found = look(pool_[id]);
    marks_[static_cast<std::size_t>(id)] = found ? Mark::yes : Mark::no;
    return found;
  }

 private:
  enum class Mark : std::uint8_t { unknown, no, yes };

  bool look(const Expr& e) {
    if (e.op == Op::field) return static_cast<Field>(e.a) == Field::now;
    if (e.op == Op::let) return reads(rules_.lets[e.a].value);
    bool found = false;
    for_each_operand(pool_, e, [&](ExprId operand) { found = found || reads(operand); });
    return found;
  }

  const RuleSet& rules_;
  const ExprPool& pool_;
  std::vector<Mark> marks_;
};

bool answer_reads_time(const RuleSet& rules, const Answer& answer, TimeMarks& marks) {
  if (marks.reads(answer.location) || marks.reads(answer.body)) return true;
  const auto headers = std::span(rules.answer_headers).subspan(answer.first_header, answer.header_count);
  return std::any_of(headers.begin(), headers.end(), [&](const AnswerHeader& h) { return marks.reads(h.value); });
}

bool answers(ActionWord word) {
  return word == ActionWord::respond || word == ActionWord::redirect || word == ActionWord::deny;
}

/// `since` or `until`.
bool has_window(const RuleSet& rules, const Rule& rule) {
  const Guard guard = rule.guard == kNoGuard ? Guard{} : rules.guards[rule.guard];
  return guard.since_us != Guard{}.since_us || guard.until_us != Guard{}.until_us;
}

bool rule_reads_time(const RuleSet& rules, const Rule& rule, TimeMarks& marks) {
  if (marks.reads(rule.condition)) return true;
  if (has_window(rules, rule)) return true;
  const auto actions = std::span(rules.actions).subspan(rule.first_action, rule.action_count);
  return std::any_of(actions.begin(), actions.end(), [&](const Action& action) {
    if (answers(action.word)) return answer_reads_time(rules, rules.answers[action.answer], marks);
    return action.word != ActionWord::log && marks.reads(action.value);
  });
}

/// Works the values of a rule's actions out, but for those of `log`.
void act_without_log(Evaluation& evaluation, const Rule& rule) {
  const RuleSet& rules = evaluation.rules();
  for (const Action& action : std::span(rules.actions).subspan(rule.first_action, rule.action_count)) {
    if (answers(action.word)) {
      const Answer& answer = rules.answers[action.answer];
      for (std::uint32_t i = 0; i < answer.header_count; ++i)
        (void)evaluation.value(rules.answer_headers[answer.first_header + i].value);
      if (answer.location != kNoExpr) (void)evaluation.value(answer.location);
      if (answer.body != kNoExpr) (void)evaluation.value(answer.body);
    } else if (action.word != ActionWord::log && action.value != kNoExpr) {
      (void)evaluation.value(action.value);
    }
  }
}

}  // namespace

Coverage empty_coverage(const RuleSet& rules) {
  Coverage out;
  for (std::size_t phase = 0; phase < 2; ++phase) {
    out.rules[phase].resize(rules.rules[phase].size());
    for (std::size_t i = 0; i < rules.rules[phase].size(); ++i)
      collect(rules.pool, rules.rules[phase][i].condition, out.rules[phase][i].atoms);
  }
  return out;
}

void cover(const DecisionTable& table, Phase phase, const RequestFacts& request, const ResponseHead* response,
           const LiveView& live, const Decision& decision, Arena& arena, Scratch& scratch, Coverage& coverage) {
  if (decision.outcome == Outcome::failed) return;
  Inputs inputs(request, response, live, arena, scratch.state().buffer);
  Evaluation evaluation(table, inputs, scratch.state());
  const std::vector<Rule>& rules = table.rules().of(phase);
  const std::size_t end = end_of_walk(decision, rules.size());
  for (std::size_t index = 0; index < end && !inputs.failed(); ++index) {
    RuleCoverage& rule = coverage.rules[static_cast<std::size_t>(phase)][index];
    ++rule.reached;
    evaluation.begin_rule();
    (void)Noting(evaluation, rule.atoms).test(rules[index].condition);
  }
}

TimeReaders::TimeReaders(const RuleSet& rules) {
  TimeMarks marks(rules);
  for (std::size_t phase = 0; phase < 2; ++phase) {
    for (RuleIndex index = 0; index < rules.rules[phase].size(); ++index) {
      if (rule_reads_time(rules, rules.rules[phase][index], marks)) rules_[phase].push_back(index);
    }
  }
}

RuleIndex asked_for_time(const DecisionTable& table, const TimeReaders& readers, Phase phase,
                         const RequestFacts& request, const ResponseHead* response, const LiveView& live,
                         const Decision& decision, Arena& arena, Scratch& scratch) {
  const std::vector<Rule>& rules = table.rules().of(phase);
  const std::size_t end = end_of_walk(decision, rules.size());
  for (const RuleIndex index : readers.of(phase)) {
    if (index >= end) break;
    // A fresh evaluation each: what another one kept would not be asked for again.
    Inputs inputs(request, response, live, arena, scratch.state().buffer);
    Evaluation evaluation(table, inputs, scratch.state());
    evaluation.begin_rule();
    const bool holds = evaluation.test(rules[index].condition);
    if (holds && has_window(table.rules(), rules[index])) return index;
    if (holds) act_without_log(evaluation, rules[index]);
    if (inputs.asked_for_time()) return index;
  }
  return kNoRuleIndex;
}

}  // namespace sprx
