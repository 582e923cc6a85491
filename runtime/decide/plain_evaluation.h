// PlainEvaluation: conditions and values worked out the slow and obvious way: no index, no kept results, lists row by
// row.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/table/rules.h"
#include "runtime/decide/datum.h"
#include "runtime/decide/inputs.h"
#include "runtime/decide/ledger.h"

namespace sprx {

/// Written apart from Evaluation on purpose; they share what reads fields and calls functions, not how conditions and
/// look-ups are decided.
class PlainEvaluation {
 public:
  PlainEvaluation(const RuleSet& rules, Inputs& inputs)
      : rules_(rules),
        pool_(rules.pool),
        inputs_(inputs),
        captures_(rules.capture_slots),
        lets_(rules.lets.size()),
        charged_(rules.limits.size()) {}

  void begin_rule() { captures_.assign(captures_.size(), std::string_view("", 0)); }
  [[nodiscard]] bool test(ExprId id);
  [[nodiscard]] Datum value(ExprId id);
  [[nodiscard]] bool over(LimitId limit, Ledger& ledger);
  [[nodiscard]] Inputs& inputs() { return inputs_; }
  [[nodiscard]] const RuleSet& rules() const { return rules_; }

 private:
  [[nodiscard]] bool compare(const Expr& e);
  [[nodiscard]] bool compare_texts(const Expr& e, const Type left_type, std::string_view left,
                                   std::string_view right) const;
  [[nodiscard]] bool bind_template(const Expr& e);
  [[nodiscard]] bool bind_pattern(const Expr& e);
  [[nodiscard]] std::optional<std::size_t> find_row(const Keys& keys, const Datum& value);
  [[nodiscard]] std::optional<std::size_t> find_text(const Keys& keys, std::string_view text);
  [[nodiscard]] bool in_dynamic(const Expr& e);
  [[nodiscard]] std::vector<std::string_view> texts_of(const Datum& value);

  const RuleSet& rules_;
  const ExprPool& pool_;
  Inputs& inputs_;
  std::vector<std::string_view> captures_;
  std::vector<std::optional<Datum>> lets_;
  std::vector<std::optional<bool>> charged_;
};

}  // namespace sprx
