// Briefs: what each rule of a phase compares and does, step by step, in one place of memory. The rule set has it in
// seven, each on a page of its own among many rules: the rule, its nodes, their operands, where its texts end, the
// texts, its actions, its answers.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "compiler/table/rules.h"

namespace sprx {

/// One step. What does not fit one is named by it: a node, or the rule's actions.
struct BriefStep {
  enum class Kind : std::uint8_t {
    whole,  ///< the only step: the rule has a guard, so it is looked at as it stands in the rule set
    // the condition: all hold, in order
    test,         ///< node `of`
    equal,        ///< a value and the text, as the Op of that name
    under_path,   ///< Op::under of segments
    under_host,   ///< Op::under of labels
    starts_with,  ///< as the Op
    ends_with,    ///< as the Op
    contains,     ///< as the Op
    // what the rule does
    act,      ///< its actions
    set,      ///< names[of] of target `more` to the text
    add,      ///< likewise
    origin,   ///< the text
    respond,  ///< status `of`; the text is the body, if `more`
    deny,     ///< likewise
    redirect  ///< status `of`, KeepQuery `more`; the text is the location as it is sent
  };
  /// The value that a comparison is about; the commonest need no node.
  enum class Read : std::uint8_t { node, path, host, method };

  std::uint32_t of = 0;
  std::uint32_t at = 0;  ///< the text: StringPool::text(at, size)
  std::uint16_t size = 0;
  Kind kind = Kind::whole;
  std::uint8_t more = 0;  ///< of a comparison: nocase, negated and Read in its bits

  [[nodiscard]] bool of_condition() const { return kind >= Kind::test && kind <= Kind::contains; }
  [[nodiscard]] bool nocase() const { return (more & 1) != 0; }
  [[nodiscard]] bool negated() const { return (more & 2) != 0; }
  [[nodiscard]] Read read() const { return static_cast<Read>(more >> 2); }
};
static_assert(sizeof(BriefStep) == 12);

/// Immutable once built; a rule's brief says the same as the rule.
class Briefs {
 public:
  void build(const RuleSet& rules, Phase phase);
  [[nodiscard]] std::span<const BriefStep> of(std::uint32_t rule) const {
    return std::span(steps_).subspan(starts_[rule], starts_[rule + 1] - starts_[rule]);
  }
  /// Rules in all.
  [[nodiscard]] std::size_t size() const { return starts_.size() - 1; }
  /// Begins to bring what `of` will read.
  void fetch(std::uint32_t rule) const { __builtin_prefetch(&starts_[rule]); }
  [[nodiscard]] std::size_t bytes() const {
    return steps_.size() * sizeof(BriefStep) + starts_.size() * sizeof(std::uint32_t);
  }

 private:
  std::vector<BriefStep> steps_;
  std::vector<std::uint32_t> starts_{0};  // by rule, and the end
};

}  // namespace sprx
