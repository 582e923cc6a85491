// Prover: what a condition that held proves, and what is asked of it.
#pragma once

#include <span>
#include <unordered_map>
#include <utility>

#include "compiler/facts.h"
#include "compiler/scoped.h"
#include "compiler/table/rules.h"

namespace sprx {

struct Knowledge;

class Prover {
 public:
  explicit Prover(const RuleSet& rules) : rules_(rules) {}

  /// Notes what a capture is known to hold.
  void know(ExprId capture, CaptureInfo info) { captures_[static_cast<std::uint32_t>(capture)] = std::move(info); }
  [[nodiscard]] const std::unordered_map<std::uint32_t, CaptureInfo>& captures() const { return captures_; }

  /// Adds to `facts` what holds where `condition` is `truth`.
  void learn(ExprId condition, bool truth, Facts& facts) const;
  /// Whether the value is there. Counts `budget` down; at its end the answer is no.
  [[nodiscard]] bool is_present(ExprId value, const Facts& facts, int& budget) const;
  /// Whether the value is text that a request's host, or the author, made.
  [[nodiscard]] bool authority_safe(ExprId value, const Facts& facts, int& budget) const;
  /// What a walk along a target may ask.
  [[nodiscard]] Knowledge knowledge() const;

 private:
  void learn_present(ExprId value, Facts& facts) const;
  void learn_membership(const Expr& e, Facts& facts) const;
  void learn_common(std::span<const ExprId> operands, bool truth, Facts& facts) const;
  void learn_equal(const Expr& e, Facts& facts) const;
  /// Of a value that is true or false: a let proves what the condition proves that it stands for.
  void learn_holds(ExprId value, bool truth, Facts& facts) const;
  [[nodiscard]] bool any_present(std::span<const ExprId> items, const Facts& facts, int& budget, bool every) const;
  [[nodiscard]] bool is_constant(ExprId value) const;
  [[nodiscard]] bool choose_present(const Expr& e, const Facts& facts, int& budget) const;

  const RuleSet& rules_;
  std::unordered_map<std::uint32_t, CaptureInfo> captures_;  ///< by ExprId
  mutable int sides_ = 0;                                    ///< of an `or` that are being looked at, one in the other
  mutable bool in_let_ = false;                              ///< what a let stands for is being learnt
  mutable int behind_lets_ = 0;                              ///< nodes that may still be looked at there
};

}  // namespace sprx
