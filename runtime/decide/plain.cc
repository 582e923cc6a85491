#include "runtime/decide/plain.h"

#include "compiler/table/renderer.h"
#include "runtime/decide/act.h"
#include "runtime/decide/plain_evaluation.h"

namespace sprx {
namespace {

/// Texts of the two sides of a condition.
struct Sides {
  std::string left;
  std::string right;
  bool negated = false;  ///< any value but `right` is wanted
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
  Explainer(const RuleSet& rules, PlainEvaluation& evaluation)
      : rules_(rules), pool_(rules.pool), evaluation_(evaluation) {}

  /// The first part of a condition that is false; `id` itself where it has no parts.
  ExprId first_false(ExprId id) {
    while (pool_[id].op == Op::all) {
      ExprId next = id;
      for (const ExprId part : pool_.list(pool_[id])) {
        if (evaluation_.test(part)) {
          passed_ = true;
          continue;
        }
        next = part;
        break;
      }
      if (next == id) return id;
      id = next;
    }
    return id;
  }

  /// Whether a part before the one that first_false found held.
  [[nodiscard]] bool passed() const { return passed_; }

  Sides sides(ExprId id) {
    const Expr& e = pool_[id];
    switch (e.op) {
      case Op::never:
      case Op::always:
        return {};
      case Op::flag:
        return {evaluation_.test(id) ? "on" : "off", "on", false};
      case Op::all:
      case Op::any:
        return pool_.list(e).empty() ? Sides{} : sides(first_false(pool_.list(e).front()));
      case Op::negate: {
        Sides inner = sides(ExprId{e.a});
        const Op what = pool_[ExprId{e.a}].op;
        if (what == Op::holds) inner.right = "false";
        if (what == Op::flag) inner.right = "off";
        inner.negated = what != Op::holds && what != Op::flag && !inner.right.empty();
        return inner;
      }
      case Op::exists:
        return {left(e), "", false};
      case Op::holds:
        return {left(e), "true", false};
      default:
        return {left(e), right(id), false};
    }
  }

 private:
  std::string left(const Expr& e) { return shown(evaluation_.value(ExprId{e.a})); }
  std::string right(ExprId id) {
    const Expr& e = pool_[id];
    switch (e.op) {
      case Op::in_list:
      case Op::in_table:
      case Op::in_dynamic:
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
  bool passed_ = false;
};

/// Of a rule whose condition does not hold.
WhyNot why_not(PlainEvaluation& evaluation, const Rule& rule) {
  const RuleSet& rules = evaluation.rules();
  evaluation.begin_rule();
  Explainer explainer(rules, evaluation);
  const ExprId atom = explainer.first_false(rule.condition);
  const bool close = explainer.passed();
  Sides sides = explainer.sides(atom);
  // The whole condition says what its captures are called.
  Renderer renderer(rules);
  renderer.name_captures(rule.condition);
  return {std::string(rules.pool.strings.view(rule.name)),
          renderer.value(atom),
          std::move(sides.left),
          std::move(sides.right),
          close,
          sides.negated};
}

/// What the walk came to at a rule.
enum class Step : std::uint8_t { not_yet, no_longer, missed, not_over, would, matched, ended, failed };

Step try_rule(PlainEvaluation& evaluation, const Rule& rule, RuleIndex index, Ledger& ledger, Decision& out) {
  const Guard guard = rule.guard == kNoGuard ? Guard{} : evaluation.rules().guards[rule.guard];
  const std::int64_t now = evaluation.inputs().request().now_us;
  if (now < guard.since_us) return Step::not_yet;
  if (now >= guard.until_us) return Step::no_longer;
  evaluation.begin_rule();
  bool holds = evaluation.test(rule.condition);
  bool over = true;
  if (holds && !evaluation.inputs().failed() && guard.over != kNoLimit) over = evaluation.over(guard.over, ledger);
  const bool missed_limit = holds && !over;
  holds = holds && over;
  if (holds && guard.dry_run && !evaluation.inputs().failed()) {
    out.would.push_back(index);
    return Step::would;
  }
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
  if (missed_limit) return Step::not_over;
  return !holds ? Step::missed : ended ? Step::ended : Step::matched;
}

/// Why a rule whose guard said no did not match.
WhyNot guard_reason(const RuleSet& rules, const Rule& rule, Step step, std::int64_t now_us) {
  const Guard& guard = rules.guards[rule.guard];
  WhyNot out;
  out.close = true;
  out.rule = rules.pool.strings.view(rule.name);
  if (step == Step::not_over) {
    const std::string_view limit = rules.pool.strings.view(rules.limits[static_cast<std::size_t>(guard.over)].name);
    out.atom = "over " + std::string(limit);
    out.left = "a token was left";
    out.right = "none";
    return out;
  }
  const bool early = step == Step::not_yet;
  out.atom = std::string(early ? "since " : "until ") + quoted(time_text(early ? guard.since_us : guard.until_us));
  out.left = time_text(now_us);
  return out;
}

}  // namespace

void decide_plain(const DecisionTable& table, Phase phase, const RequestFacts& request, const ResponseHead* response,
                  const LiveView& live, Ledger& ledger, Arena& arena, Decision& out) {
  out.clear();
  std::string buffer;
  Inputs inputs(request, response, live, arena, buffer);
  PlainEvaluation evaluation(table.rules(), inputs);
  const std::vector<Rule>& rules = table.rules().of(phase);
  for (RuleIndex index = 0; index < rules.size(); ++index) {
    const Step step = try_rule(evaluation, rules[index], index, ledger, out);
    if (step == Step::ended || step == Step::failed) return;
  }
}

std::vector<WhyNot> explain(const DecisionTable& table, Phase phase, const RequestFacts& request,
                            const ResponseHead* response, const LiveView& live, Ledger& ledger, Arena& arena) {
  std::vector<WhyNot> reasons;
  std::string buffer;
  Inputs inputs(request, response, live, arena, buffer);
  PlainEvaluation evaluation(table.rules(), inputs);
  Decision decision;
  const std::vector<Rule>& rules = table.rules().of(phase);
  for (RuleIndex index = 0; index < rules.size(); ++index) {
    const Rule& rule = rules[index];
    const Step step = try_rule(evaluation, rule, index, ledger, decision);
    if (step == Step::ended || step == Step::failed) break;
    if (step == Step::missed) reasons.push_back(why_not(evaluation, rule));
    if (step == Step::not_yet || step == Step::no_longer || step == Step::not_over) {
      reasons.push_back(guard_reason(table.rules(), rule, step, request.now_us));
    }
  }
  return reasons;
}

std::optional<WhyNot> explain_rule(const DecisionTable& table, Phase phase, std::uint32_t index,
                                   const RequestFacts& request, const ResponseHead* response, const LiveView& live,
                                   Arena& arena) {
  std::string buffer;
  Inputs inputs(request, response, live, arena, buffer);
  PlainEvaluation evaluation(table.rules(), inputs);
  const Rule& rule = table.rules().of(phase)[index];
  const Guard guard = rule.guard == kNoGuard ? Guard{} : table.rules().guards[rule.guard];
  if (request.now_us < guard.since_us) return guard_reason(table.rules(), rule, Step::not_yet, request.now_us);
  if (request.now_us >= guard.until_us) return guard_reason(table.rules(), rule, Step::no_longer, request.now_us);
  evaluation.begin_rule();
  const bool holds = evaluation.test(rule.condition);
  if (inputs.failed()) return std::nullopt;
  if (!holds) return why_not(evaluation, rule);
  if (guard.over == kNoLimit) return std::nullopt;
  return guard_reason(table.rules(), rule, Step::not_over, request.now_us);
}

}  // namespace sprx
