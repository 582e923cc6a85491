// Evaluation: conditions and values of a table for one message. What is costly and shared is kept for the whole
// message.
#pragma once

#include <span>
#include <string_view>

#include "compiler/table/index.h"
#include "compiler/table/table.h"
#include "runtime/decide/datum.h"
#include "runtime/decide/inputs.h"
#include "runtime/decide/state.h"

namespace sprx {

class Evaluation {
 public:
  Evaluation(const DecisionTable& table, Inputs& inputs, Scratch::State& state);

  /// Captures of the rule before are unbound from here on.
  void begin_rule() { ++state_.rule; }
  /// Whether a condition holds. Worth nothing once `inputs().failed()`.
  [[nodiscard]] bool test(ExprId id);
  [[nodiscard]] Datum value(ExprId id);
  /// Whether a limit has no token left for this message; the first question takes one.
  [[nodiscard]] bool over(LimitId limit, Ledger& ledger);

  [[nodiscard]] Inputs& inputs() { return inputs_; }
  [[nodiscard]] const RuleSet& rules() const { return rules_; }

 private:
  [[nodiscard]] bool test_now(const Expr& e);
  [[nodiscard]] Datum value_now(const Expr& e);
  [[nodiscard]] bool in_list(const Expr& e);
  [[nodiscard]] bool in_table(const Expr& e);
  [[nodiscard]] bool in_dynamic(const Expr& e);
  [[nodiscard]] bool like(const Expr& e);
  [[nodiscard]] bool matches(const Expr& e);
  [[nodiscard]] Datum lookup(const Expr& e);
  [[nodiscard]] Datum choose(const Expr& e);
  [[nodiscard]] Datum score(const Expr& e);
  [[nodiscard]] Datum concat(const Expr& e);
  [[nodiscard]] Datum call(const Expr& e);
  [[nodiscard]] std::uint32_t find_row(const KeyLookup& lookup, const Keys& keys, const Datum& value);
  template <typename Compare>
  bool compare_texts(const Expr& e, Compare compare);
  template <typename Compare>
  bool compare_numbers(const Expr& e, Compare compare);
  [[nodiscard]] bool equal(const Expr& e);
  void bind(std::uint32_t first, std::size_t count);
  [[nodiscard]] std::span<std::string_view> match_room(std::size_t count);

  const RuleSet& rules_;
  const ExprPool& pool_;
  const TableIndex& index_;
  Inputs& inputs_;
  Scratch::State& state_;
};

}  // namespace sprx
