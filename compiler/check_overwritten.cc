// A header that two rules set to different values where both may match: the later one wins, which is hardly meant.
#include "compiler/check_overwritten.h"

#include <algorithm>
#include <map>

#include "compiler/table/canonical.h"
#include "compiler/table/let_value.h"

namespace sprx {
namespace {

/// Conditions of a rule that are looked at when two rules are compared.
constexpr std::size_t kComparedConditions = 32;

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

bool holds_all(const std::vector<ExprId>& all, const std::vector<ExprId>& some) {
  return std::all_of(some.begin(), some.end(),
                     [&](ExprId id) { return std::find(all.begin(), all.end(), id) != all.end(); });
}

}  // namespace

void tell_overwritten(const CheckedProgram& program, DiagnosticList& out) {
  const RuleSet& rules = program.rules;
  struct Edit {
    std::size_t rule = 0;
    ExprId value = kNoExpr;
  };
  for (const Phase phase : {Phase::request, Phase::response}) {
    std::map<std::pair<Target, std::string>, Edit> last;
    const std::vector<Rule>& all = rules.of(phase);
    const auto& places = program.rule_names[static_cast<std::size_t>(phase)];
    for (std::size_t i = 0; i < all.size(); ++i) {
      bool ends = false;
      for (std::uint32_t n = 0; n < all[i].action_count; ++n) {
        const Action& a = rules.actions[all[i].first_action + n];
        ends = ends || (a.word != ActionWord::set && a.word != ActionWord::add && a.word != ActionWord::unset &&
                        a.word != ActionWord::keep && a.word != ActionWord::sort && a.word != ActionWord::log &&
                        a.word != ActionWord::origin);
      }
      for (std::uint32_t n = 0; n < all[i].action_count; ++n) {
        const Action& a = rules.actions[all[i].first_action + n];
        const bool header = a.target == Target::header || a.target == Target::response_header;
        if (a.word != ActionWord::set || !header || a.name_count != 1) continue;
        std::string name(rules.pool.strings.view(rules.names[a.first_name]));
        std::transform(name.begin(), name.end(), name.begin(), fold);
        const auto [known, fresh] = last.try_emplace({a.target, name}, Edit{i, a.value});
        const Edit before = known->second;
        if (ends) {
          if (fresh) last.erase(known);  // what follows is not reached where this rule matched
        } else {
          known->second = {i, a.value};
        }
        if (fresh || before.rule == i || before.value == a.value) continue;
        const std::vector<ExprId> first = conjuncts(rules, all[before.rule].condition);
        const std::vector<ExprId> second = conjuncts(rules, all[i].condition);
        const bool always = holds_all(first, second);  // wherever the first matches the second does
        if (!always && (holds_all(second, first) || !may_both_match(rules.pool, first, second))) continue;
        out.add(Kind::overwritten, places[i],
                "this rule sets `" + std::string(rules.pool.strings.view(rules.names[a.first_name])) + "`, as does `" +
                    std::string(rules.pool.strings.view(all[before.rule].name)) + "`; where both match, this one wins")
            .label(places[before.rule], always ? "never has the last word" : "sets it to something else")
            .help(always ? "put the general rule before the special one, or remove one of them"
                         : "make the conditions exclude each other, or choose the value in one rule");
      }
    }
  }
}

}  // namespace sprx
