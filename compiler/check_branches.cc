// Captures of the branches of an `or`: they use the same slots; where a name lies in different slots on its sides, the
// sides are moved apart and the name becomes a choice between them.
#include <algorithm>

#include "compiler/checker.h"

namespace sprx {
namespace {

void merge(CaptureInfo& into, const CaptureInfo& other) {
  into.authority = into.authority && other.authority;
  into.begins_with_slash = into.begins_with_slash && other.begins_with_slash;
  into.behind_word = into.behind_word && other.behind_word;
  into.behind_slash = into.behind_slash && other.behind_slash;
  into.may_be_empty = into.may_be_empty || other.may_be_empty;
  if (into.alternatives.empty() || other.alternatives.empty()) {
    into.alternatives.clear();
  } else {
    into.alternatives.insert(into.alternatives.end(), other.alternatives.begin(), other.alternatives.end());
  }
}

const Capture* named(const std::vector<Capture>& captures, std::string_view name) {
  for (const Capture& capture : captures) {
    if (capture.name == name) return &capture;
  }
  return nullptr;
}

}  // namespace

void Checker::join_branches(const ast::Expr& e, std::vector<std::vector<Capture>> branches,
                            std::vector<ExprId>& operands, const std::vector<std::uint32_t>& sizes, Env& env) {
  std::vector<std::string> kept;
  bool apart = false;
  for (std::size_t i = 0; i < branches.size(); ++i) {
    for (const Capture& capture : branches[i]) {
      std::size_t missing = branches.size();
      for (std::size_t k = 0; k < branches.size() && missing == branches.size(); ++k) {
        const Capture* const there = named(branches[k], capture.name);
        if (there == nullptr) missing = k;
        apart = apart || (there != nullptr && there->value != capture.value);
      }
      if (missing < branches.size()) {
        env.lost.push_back(
            {capture.name, capture.where, e.children[missing].span, "this side of the `or` does not bind it"});
      } else if (i == 0) {
        kept.push_back(capture.name);
      }
    }
  }
  if (kept.empty()) return;
  const std::uint32_t base = env.next_slot - *std::max_element(sizes.begin(), sizes.end());
  std::uint32_t by = 0;
  for (std::size_t k = 0; apart && k < branches.size(); ++k) {
    if (by > 0) {
      if (operands[k] != kNoExpr) operands[k] = shift_slots(operands[k], base, by);
      for (Capture& capture : branches[k]) {
        capture.value = shift_slots(capture.value, base, by);
        prover_.know(capture.value, capture.info);
      }
    }
    by += sizes[k];
  }
  if (apart) env.next_slot = base + by;
  rules().capture_slots = std::max(rules().capture_slots, env.next_slot);
  const bool poisoned = std::find(operands.begin(), operands.end(), kNoExpr) != operands.end();
  for (const std::string& name : kept) {
    Capture joined = *named(branches[0], name);
    std::vector<ExprId> arms;
    std::vector<ExprId> values;
    for (std::size_t k = 0; k < branches.size(); ++k) {
      const Capture& there = *named(branches[k], name);
      if (k > 0) merge(joined.info, there.info);
      if (k + 1 < branches.size()) arms.push_back(operands[k]);
      arms.push_back(there.value);
      values.push_back(there.value);
    }
    if (std::all_of(values.begin(), values.end(), [&](ExprId id) { return id == values[0]; })) {
      prover_.know(joined.value, joined.info);
    } else if (poisoned || std::find(values.begin(), values.end(), kNoExpr) != values.end()) {
      joined.value = kNoExpr;
    } else {
      joined.value = pool().add_list({.op = Op::choose, .type = Type::string, .origin = origin_of(values)}, arms);
    }
    env.captures.push_back(std::move(joined));
  }
}

ExprId Checker::shift_slots(ExprId id, std::uint32_t from, std::uint32_t by) {
  if (id == kNoExpr) return id;  // a capture that was refused
  Expr e = pool()[id];
  const auto move = [&](std::uint32_t& inner) {
    inner = static_cast<std::uint32_t>(shift_slots(ExprId{inner}, from, by));
  };
  const Operands operands = operands_of(e.op);
  if (operands == Operands::list) {
    const std::span<const ExprId> old = pool().list(e);
    std::vector<ExprId> items(old.begin(), old.end());
    for (ExprId& item : items) item = shift_slots(item, from, by);
    return pool().add_list(e, items);
  }
  if (operands == Operands::a || operands == Operands::a_and_b) move(e.a);
  if (operands == Operands::b || operands == Operands::a_and_b) move(e.b);
  if (e.op == Op::capture && e.a >= from) e.a += by;
  if ((e.op == Op::like || e.op == Op::matches) && e.c != kNoSlots && e.c >= from) e.c += by;
  return pool().add(e);
}

}  // namespace sprx
