#include "runtime/decide/plain.h"

#include "runtime/decide/act.h"
#include "runtime/decide/plain_evaluation.h"

namespace sprx {
namespace {

/// Texts of the two sides of a condition.
struct Sides {
  std::string left;
  std::string right;
};

std::string shown(const Datum& value) {
  if (!value.present()) return "absent";
  if (value.kind() == Datum::Kind::list && value.as_list().empty()) return "absent";
  std::string out;
  Inputs::append_text(value, out);
  return out;
}

class Explainer {
 public:
  Explainer(const RuleSet& rules, PlainEvaluation& evaluation) : rules_(rules), pool_(rules.pool), evaluation_(evaluation) {}

  /// The first part of a condition that is false; `id` itself where it has no parts.
  ExprId first_false(ExprId id) {
    while (pool_[id].op == Op::all) {
      ExprId next = id;
      for (const ExprId part : pool_.list(pool_[id])) {
        if (evaluation_.test(part)) continue;
        next = part;
        break;
      }
      if (next == id) return id;
      id = next;
    }
    return id;
  }

  Sides sides(ExprId id) {
    const Expr& e = pool_[id];
    switch (e.op) {
      case Op::never:
      case Op::always:
        return {};
      case Op::all:
      case Op::any:
        return pool_.list(e).empty() ? Sides{} : sides(first_false(pool_.list(e).front()));
      case Op::negate:
        return sides(ExprId{e.a});
      case Op::exists:
        return {left(e), ""};
      case Op::holds:
        return {left(e), "true"};
      default:
        return {left(e), right(id)};
    }
  }

 private:
  std::string left(const Expr& e) { return shown(evaluation_.value(ExprId{e.a})); }
  std::string right(ExprId id) {
    const Expr& e = pool_[id];
    switch (e.op) {
      case Op::in_list:
      case Op::in_table:
      case Op::in_cidr:
      case Op::in_range:
      case Op::like:
      case Op::matches:
        return render_right(rules_, id);
      default:
        return shown(evaluation_.value(ExprId{e.b}));
    }
  }

  const RuleSet& rules_;
  const ExprPool& pool_;
  PlainEvaluation& evaluation_;
};

/// Of a rule whose condition does not hold.
WhyNot why_not(PlainEvaluation& evaluation, const Rule& rule) {
  const RuleSet& rules = evaluation.rules();
  evaluation.begin_rule();
  Explainer explainer(rules, evaluation);
  const ExprId atom = explainer.first_false(rule.condition);
  Sides sides = explainer.sides(atom);
  return {std::string(rules.pool.strings.view(rule.name)), render(rules, atom), std::move(sides.left),
          std::move(sides.right)};
}

/// What the walk came to at a rule.
enum class Step : std::uint8_t { missed, matched, ended, failed };

Step try_rule(PlainEvaluation& evaluation, const Rule& rule, RuleIndex index, Decision& out) {
  evaluation.begin_rule();
  const bool holds = evaluation.test(rule.condition);
  bool ended = false;
  if (holds && !evaluation.inputs().failed()) {
    out.matched.push_back(index);
    ended = act(evaluation, rule, index, out);
  }
  if (evaluation.inputs().failed()) {
    out.clear();
    out.outcome = Outcome::failed;
    out.rule = index;
    return Step::failed;
  }
  return !holds ? Step::missed : ended ? Step::ended : Step::matched;
}

}  // namespace

void decide_plain(const DecisionTable& table, Phase phase, const RequestFacts& request, const ResponseHead* response,
                  Arena& arena, Decision& out) {
  out.clear();
  std::string buffer;
  Inputs inputs(request, response, arena, buffer);
  PlainEvaluation evaluation(table.rules(), inputs);
  const std::vector<Rule>& rules = table.rules().of(phase);
  for (RuleIndex index = 0; index < rules.size(); ++index) {
    const Step step = try_rule(evaluation, rules[index], index, out);
    if (step == Step::ended || step == Step::failed) return;
  }
}

std::vector<WhyNot> explain(const DecisionTable& table, Phase phase, const RequestFacts& request,
                            const ResponseHead* response, Arena& arena) {
  std::vector<WhyNot> reasons;
  std::string buffer;
  Inputs inputs(request, response, arena, buffer);
  PlainEvaluation evaluation(table.rules(), inputs);
  Decision decision;
  const std::vector<Rule>& rules = table.rules().of(phase);
  for (RuleIndex index = 0; index < rules.size(); ++index) {
    const Rule& rule = rules[index];
    const Step step = try_rule(evaluation, rule, index, decision);
    if (step == Step::ended || step == Step::failed) break;
    if (step == Step::missed) reasons.push_back(why_not(evaluation, rule));
  }
  return reasons;
}

std::optional<WhyNot> explain_rule(const DecisionTable& table, Phase phase, std::uint32_t index,
                                   const RequestFacts& request, const ResponseHead* response, Arena& arena) {
  std::string buffer;
  Inputs inputs(request, response, arena, buffer);
  PlainEvaluation evaluation(table.rules(), inputs);
  const Rule& rule = table.rules().of(phase)[index];
  evaluation.begin_rule();
  if (evaluation.test(rule.condition) || inputs.failed()) return std::nullopt;
  return why_not(evaluation, rule);
}

}  // namespace sprx
