// What a condition that held proves: which values are present, and which are one of few. Expressions are made once
// each, so a value is its id.
#include "compiler/check_facts.h"

#include <algorithm>

#include "compiler/table/let_value.h"
#include "compiler/target_walk.h"

namespace sprx {
namespace {

/// Nodes of what lets stand for that are looked at for one condition that names some.
constexpr int kBehindLets = 500;

/// The same for one value on one side of an `or`.
constexpr int kSideBudget = 100;
/// Sides of an `or` that are looked at while another's are: a let names lets whose `or`s name lets, and each has two.
constexpr int kMaxSides = 2;

}  // namespace

void Prover::learn_present(ExprId value, Facts& facts) const {
  if (!facts.present.insert(static_cast<std::uint32_t>(value)).second) return;
  const Expr& e = rules_.pool[value];
  switch (e.op) {
    case Op::call:  // given absent, every function gives absent
      for (const ExprId argument : rules_.pool.list(e)) learn_present(argument, facts);
      break;
    case Op::lookup:
      learn_present(ExprId{e.b}, facts);
      break;
    case Op::let:
      learn_present(rules_.lets[e.a].value, facts);
      break;
    default:
      break;
  }
}

void Prover::learn_membership(const Expr& e, Facts& facts) const {
  learn_present(ExprId{e.a}, facts);
  const bool table = e.op == Op::in_table;
  if (table) facts.keys.insert(Facts::key(ExprId{e.a}, e.b));
  const Keys& keys = table ? rules_.tables[e.b].keys : rules_.lists[e.b].keys;
  if (rules_.pool[ExprId{e.a}].type == Type::string_list) return;
  const bool texts = keys.kind == KeyKind::string || keys.kind == KeyKind::path || keys.kind == KeyKind::host;
  const bool below = keys.kind == KeyKind::domain || (keys.kind == KeyKind::host && keys.mode == MatchMode::under);
  if (keys.mode == MatchMode::exact && texts) {
    facts.proofs.try_emplace(e.a, std::vector<Proof>{{table ? Proof::Kind::table : Proof::Kind::list, e.b}});
  } else if (below) {
    facts.proofs.try_emplace(e.a, std::vector<Proof>{{Proof::Kind::trusted, 0}});
  }
}

void Prover::learn_equal(const Expr& e, Facts& facts) const {
  learn_present(ExprId{e.a}, facts);
  learn_present(ExprId{e.b}, facts);
  if (rules_.pool[ExprId{e.a}].type == Type::string_list) return;
  for (const auto& [side, other] : {std::pair(e.a, e.b), std::pair(e.b, e.a)}) {
    const Expr& constant = rules_.pool[ExprId{other}];
    if (constant.op == Op::text) facts.proofs.try_emplace(side, std::vector<Proof>{{Proof::Kind::text, other}});
  }
}

void Prover::learn_common(std::span<const ExprId> operands, bool truth, Facts& facts) const {
  if (operands.empty()) return;
  Facts shared;
  learn(operands[0], truth, shared);
  for (std::size_t i = 1; i < operands.size() && !shared.present.empty(); ++i) {
    Facts other;
    learn(operands[i], truth, other);
    // A look-up is present because it was asked for on one side, and because its key was found on the other.
    const auto proven = [this](std::uint32_t id, const Facts& side) {
      int budget = kSideBudget;
      if (sides_ >= kMaxSides) return side.has(ExprId{id});
      ++sides_;
      const bool present = is_present(ExprId{id}, side, budget);
      --sides_;
      return present;
    };
    std::erase_if(other.present, [&](std::uint32_t id) { return !proven(id, shared); });
    std::erase_if(shared.present, [&](std::uint32_t id) { return !proven(id, other); });
    shared.present.insert(other.present.begin(), other.present.end());
    std::erase_if(shared.keys, [&](std::uint64_t key) { return !other.keys.contains(key); });
    std::erase_if(shared.proofs, [&](const auto& proof) { return !other.proofs.contains(proof.first); });
    for (auto& [id, proofs] : shared.proofs) {
      const std::vector<Proof>& more = other.proofs[id];
      proofs.insert(proofs.end(), more.begin(), more.end());
    }
  }
  facts.present.merge(shared.present);
  facts.keys.merge(shared.keys);
  facts.proofs.merge(shared.proofs);
}

void Prover::learn_holds(ExprId value, bool truth, Facts& facts) const {
  if (truth) learn_present(value, facts);
  bool negated = false;
  const ExprId condition = condition_behind(rules_, value, negated);
  if (condition == kNoExpr) return;
  if (!in_let_) behind_lets_ = kBehindLets;
  const Scoped inside(in_let_, true);
  learn(condition, truth != negated, facts);
}

void Prover::learn(ExprId condition, bool truth, Facts& facts) const {
  // What is not looked at proves nothing.
  if (in_let_ && --behind_lets_ < 0) return;
  const Expr& e = rules_.pool[condition];
  switch (e.op) {
    case Op::all:
    case Op::any:
      if ((e.op == Op::all) == truth) {
        for (const ExprId operand : rules_.pool.list(e)) learn(operand, truth, facts);
      } else {
        learn_common(rules_.pool.list(e), truth, facts);
      }
      return;
    case Op::negate:
      return learn(ExprId{e.a}, !truth, facts);
    case Op::holds:
      return learn_holds(ExprId{e.a}, truth, facts);
    case Op::never:
    case Op::always:
    case Op::flag:
      return;
    default:
      break;
  }
  if (!truth) return;
  switch (e.op) {
    case Op::equal:
      return learn_equal(e, facts);
    case Op::in_list:
    case Op::in_table:
      return learn_membership(e, facts);
    case Op::under:
      learn_present(ExprId{e.a}, facts);
      learn_present(ExprId{e.b}, facts);
      if (rules_.pool[ExprId{e.a}].type == Type::host && rules_.pool[ExprId{e.b}].op == Op::text) {
        facts.proofs.try_emplace(e.a, std::vector<Proof>{{Proof::Kind::trusted, 0}});
      }
      return;
    case Op::less:
    case Op::less_equal:
    case Op::greater:
    case Op::greater_equal:
    case Op::contains:
    case Op::starts_with:
    case Op::ends_with:
      learn_present(ExprId{e.b}, facts);
      return learn_present(ExprId{e.a}, facts);
    default:
      return learn_present(ExprId{e.a}, facts);
  }
}

bool Prover::any_present(std::span<const ExprId> items, const Facts& facts, int& budget, bool every) const {
  for (const ExprId item : items) {
    if (is_present(item, facts, budget) != every) return !every;
  }
  return every;
}

bool Prover::is_constant(ExprId value) const {
  const Op op = rules_.pool[value].op;
  return op == Op::text || op == Op::integer || op == Op::boolean || op == Op::address;
}

bool Prover::choose_present(const Expr& e, const Facts& facts, int& budget) const {
  const std::span<const ExprId> items = rules_.pool.list(e);
  if (items.size() % 2 == 0) return false;
  // Of constants, such as the yes and no of a condition in a let, nothing needs to be proved.
  bool constant = true;
  for (std::size_t i = 1; i < items.size(); i += 2) constant = constant && is_constant(items[i]);
  if (constant && is_constant(items.back())) return true;
  Facts before;
  before.parent = &facts;
  for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
    Facts branch;
    branch.parent = &before;
    learn(items[i], true, branch);
    if (!is_present(items[i + 1], branch, budget)) return false;
    learn(items[i], false, before);
  }
  return is_present(items.back(), before, budget);
}

bool Prover::is_present(ExprId value, const Facts& facts, int& budget) const {
  if (--budget < 0) return false;
  if (facts.has(value)) return true;
  const Expr& e = rules_.pool[value];
  switch (e.op) {
    case Op::field:
      return info(static_cast<Field>(e.a)).presence == FieldInfo::Presence::always;
    case Op::let:
      return is_present(rules_.lets[e.a].value, facts, budget);
    case Op::fallback:
      return any_present(rules_.pool.list(e), facts, budget, false);
    case Op::choose:
      return choose_present(e, facts, budget);
    case Op::call: {
      if (info(static_cast<Function>(e.a)).presence == FunctionInfo::Presence::maybe) return false;
      return any_present(rules_.pool.list(e), facts, budget, true);
    }
    case Op::lookup:
      return facts.has_key(ExprId{e.b}, e.a);
    default:
      return true;
  }
}

bool Prover::authority_safe(ExprId value, const Facts& facts, int& budget) const {
  if (--budget < 0) return false;
  const Expr& e = rules_.pool[value];
  if (e.origin == Origin::own) return true;
  const auto every = [&](std::span<const ExprId> items) {
    return std::all_of(items.begin(), items.end(), [&](ExprId item) { return authority_safe(item, facts, budget); });
  };
  if (facts.proof(value) != nullptr) return true;
  switch (e.op) {
    case Op::field: {
      const auto field = static_cast<Field>(e.a);
      return field == Field::host || field == Field::port || field == Field::scheme;
    }
    case Op::capture: {
      const auto known = captures_.find(static_cast<std::uint32_t>(value));
      return known != captures_.end() && (known->second.authority || !known->second.alternatives.empty());
    }
    case Op::let:
      return authority_safe(rules_.lets[e.a].value, facts, budget);
    case Op::fallback:
    case Op::concat:
      return every(rules_.pool.list(e));
    case Op::choose: {
      const std::span<const ExprId> items = rules_.pool.list(e);
      for (std::size_t i = 0; i < items.size(); ++i) {
        const bool is_value = i % 2 == 1 || i + 1 == items.size();
        if (is_value && !authority_safe(items[i], facts, budget)) return false;
      }
      return true;
    }
    case Op::call: {
      const auto function = static_cast<Function>(e.a);
      const bool keeps = function == Function::lower || function == Function::upper || function == Function::trim ||
                         function == Function::substring || function == Function::replace ||
                         function == Function::regex_replace || function == Function::split;
      return keeps && every(rules_.pool.list(e));
    }
    default:
      return false;
  }
}

Knowledge Prover::knowledge() const {
  const auto is_there = [this](ExprId id, const Facts& facts) {
    int budget = kProofBudget;
    return is_present(id, facts, budget);
  };
  return {is_there, [this](ExprId id, bool truth, Facts& facts) { learn(id, truth, facts); }};
}

}  // namespace sprx
