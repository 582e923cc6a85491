#include "compiler/table/let_value.h"

namespace sprx {

ExprId resolve_let(const RuleSet& rules, ExprId value) {
  // A let sees only those before it, so this ends.
  while (rules.pool[value].op == Op::let) value = rules.lets[rules.pool[value].a].value;
  return value;
}

ExprId condition_behind(const RuleSet& rules, ExprId value, bool& negated) {
  const Expr& e = rules.pool[resolve_let(rules, value)];
  if (e.op != Op::choose || e.b != 3) return kNoExpr;
  const std::span<const ExprId> parts = rules.pool.list(e);
  const Expr& yes = rules.pool[parts[1]];
  const Expr& no = rules.pool[parts[2]];
  if (yes.op != Op::boolean || no.op != Op::boolean || yes.a == no.a) return kNoExpr;
  negated = yes.a == 0;
  return parts[0];
}

}  // namespace sprx
