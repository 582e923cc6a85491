// A header that two rules set to different values where both may match: the later one wins, which is hardly meant.
#include "compiler/check_overwritten.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "compiler/sets/prove.h"
#include "compiler/table/canonical.h"
#include "compiler/table/let_value.h"

namespace sprx {
namespace {

/// Conditions of a rule that are looked at when two rules are compared.
constexpr std::size_t kComparedConditions = 32;
/// Comparisons that all proofs of two rules excluding each other may take together (Space::spend).
constexpr std::uint64_t kMaxProofWork = 5'000'000;

/// A rule's conditions one by one, those of lets too.
std::vector<ExprId> conjuncts(const RuleSet& rules, ExprId condition) {
  std::vector<ExprId> out;
  std::vector<ExprId> open{condition};
  for (std::size_t steps = 0; !open.empty() && steps < 4 * kComparedConditions; ++steps) {
    const ExprId id = open.back();
    open.pop_back();
    const Expr& e = rules.pool[id];
    bool negated = false;
    const ExprId behind = e.op == Op::holds ? condition_behind(rules, ExprId{e.a}, negated) : kNoExpr;
    if (e.op == Op::all) {
      const std::span<const ExprId> items = rules.pool.list(e);
      open.insert(open.end(), items.rbegin(), items.rend());
    } else if (behind != kNoExpr && !negated) {
      open.push_back(behind);
    } else if (e.op != Op::always && out.size() < kComparedConditions) {
      out.push_back(id);
    }
  }
  return out;
}

/// What a condition looks at, so that two on the same thing are taken for alternatives.
std::uint32_t subject_of(const ExprPool& pool, ExprId condition) {
  const Expr& e = pool[condition];
  switch (e.op) {
    case Op::negate:
      return subject_of(pool, ExprId{e.a});
    case Op::any:
    case Op::all:
    case Op::always:
    case Op::never:
      return static_cast<std::uint32_t>(kNoExpr);
    default:
      return e.a;
  }
}

/// Whether two rules may well both match: neither needs more than the other knows, and nothing that one asks about is
/// asked about by the other with another answer.
bool may_both_match(const ExprPool& pool, const std::vector<ExprId>& first, const std::vector<ExprId>& second) {
  for (const ExprId a : first) {
    for (const ExprId b : second) {
      if (a == b) continue;
      const Expr& ea = pool[a];
      const Expr& eb = pool[b];
      const bool opaque = ea.op == Op::any || eb.op == Op::any || ea.op == Op::all || eb.op == Op::all ||
                          ea.op == Op::never || eb.op == Op::never;
      if (opaque || subject_of(pool, a) == subject_of(pool, b)) return false;
    }
  }
  return true;
}

/// Whether it is proved that no message meets both, as with a condition and its negation.
bool exclude_each_other(sets::Space& space, ExprId first, ExprId second) {
  const std::array<sets::Claim, 2> both{sets::Claim{first, true}, sets::Claim{second, true}};
  return !space.exhausted() && sets::prove(space, both).verdict == sets::Verdict::empty;
}

bool holds_all(const std::vector<ExprId>& all, const std::vector<ExprId>& some) {
  return std::all_of(some.begin(), some.end(),
                     [&](ExprId id) { return std::find(all.begin(), all.end(), id) != all.end(); });
}

/// What an action sets and a later rule sets anew: a header, a cookie of the response, the origin.
std::optional<std::pair<Target, std::string>> set_by(const RuleSet& rules, const Action& a) {
  if (a.word == ActionWord::origin) return std::pair(Target::none, std::string());
  const bool header = a.target == Target::header || a.target == Target::response_header;
  if (a.word != ActionWord::set || (!header && a.target != Target::response_cookie) || a.name_count != 1)
    return std::nullopt;
  std::string name(rules.pool.strings.view(rules.names[a.first_name]));
  if (header) std::transform(name.begin(), name.end(), name.begin(), fold);
  return std::pair(a.target, name);
}

/// The last rule that set it.
struct LastSet {
  std::size_t rule = 0;
  const Action* action = nullptr;
};

bool ends_message(const RuleSet& rules, const Rule& rule) {
  const auto begin = rules.actions.begin() + rule.first_action;
  return std::any_of(begin, begin + rule.action_count, [](const Action& a) {
    return a.word != ActionWord::set && a.word != ActionWord::add && a.word != ActionWord::unset &&
           a.word != ActionWord::keep && a.word != ActionWord::sort && a.word != ActionWord::log &&
           a.word != ActionWord::origin;
  });
}

/// Two rules, of which the later sets what the earlier has set.
void tell_two(const CheckedProgram& program, Phase phase, const LastSet& before, const LastSet& now, sets::Space& space,
              DiagnosticList& out) {
  const RuleSet& rules = program.rules;
  const std::vector<Rule>& all = rules.of(phase);
  const auto& places = program.rule_names[static_cast<std::size_t>(phase)];
  const bool origin = now.action->word == ActionWord::origin;
  const std::vector<ExprId> first = conjuncts(rules, all[before.rule].condition);
  const std::vector<ExprId> second = conjuncts(rules, all[now.rule].condition);
  const bool always = holds_all(first, second);  // wherever the first matches the second does
  if (!always && (origin || holds_all(second, first) || !may_both_match(rules.pool, first, second))) return;
  const bool timed = all[before.rule].guard != kNoGuard || all[now.rule].guard != kNoGuard;
  if (timed) return;  // a trial, or for a while
  if (exclude_each_other(space, all[before.rule].condition, all[now.rule].condition)) return;
  const std::string what =
      origin ? "chooses an origin"
             : "sets `" + std::string(rules.pool.strings.view(rules.names[now.action->first_name])) + "`";
  out.add(Kind::overwritten, places[now.rule],
          "this rule " + what + ", as does `" + std::string(rules.pool.strings.view(all[before.rule].name)) +
              "`; where both match, this one wins")
      .label(places[before.rule], always ? "never has the last word" : "sets it to something else")
      .help(always ? "put the general rule before the special one, or remove one of them"
                   : "make the conditions exclude each other, or choose the value in one rule");
}

}  // namespace

void tell_overwritten(const CheckedProgram& program, DiagnosticList& out) {
  const RuleSet& rules = program.rules;
  sets::Space space(rules);
  space.allow(kMaxProofWork);
  for (const Phase phase : {Phase::request, Phase::response}) {
    std::map<std::pair<Target, std::string>, LastSet> last;
    const std::vector<Rule>& all = rules.of(phase);
    for (std::size_t i = 0; i < all.size(); ++i) {
      const bool ends = ends_message(rules, all[i]);
      for (std::uint32_t n = 0; n < all[i].action_count; ++n) {
        const Action& a = rules.actions[all[i].first_action + n];
        const auto key = set_by(rules, a);
        if (!key) continue;
        const auto [known, fresh] = last.try_emplace(*key, LastSet{i, &a});
        const LastSet before = known->second;
        if (ends) {
          if (fresh) last.erase(known);  // what follows is not reached where this rule matched
        } else {
          known->second = {i, &a};
        }
        const bool same = before.action->value == a.value && before.action->attributes == a.attributes;
        if (!fresh && before.rule != i && !same) tell_two(program, phase, before, {i, &a}, space, out);
      }
    }
  }
}

}  // namespace sprx
