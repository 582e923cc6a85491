// All that a condition is made of.
#pragma once

#include <unordered_set>
#include <vector>

#include "compiler/table/rules.h"

namespace sprx {

/// Calls `visit` with every node of a condition or value, those behind its lets too, each once and in no order. It says
/// whether the operands of that node are visited.
template <typename Visit>
void for_each_node(const RuleSet& rules, ExprId root, Visit&& visit) {
  std::unordered_set<std::uint32_t> seen;
  std::vector<ExprId> open{root};
  while (!open.empty()) {
    const ExprId id = open.back();
    open.pop_back();
    if (!seen.insert(static_cast<std::uint32_t>(id)).second) continue;
    const Expr& e = rules.pool[id];
    if (!visit(e)) continue;
    if (e.op == Op::let) open.push_back(rules.lets[e.a].value);
    for_each_operand(rules.pool, e, [&](ExprId operand) { open.push_back(operand); });
  }
}

}  // namespace sprx
