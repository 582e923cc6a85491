// ValueSet: the values of one subject that some comparisons leave over, absence included; exact set operations, each
// answered with yes, no or unknown, and a value of the set to show.
//
// Numbers and addresses are ranges. Sets of texts are kept as the comparisons that made them, and decided in this
// order: a finite list among them is tried text by text (by any comparison, patterns too); texts made of the operands
// are tried; at last an automaton is built of all of them but patterns, which says exactly whether a text is left.
// Where a pattern is among them the automaton's texts are tried against it; if none fits, the set is `unknown`, with a
// text that may be in it. Sets of lists of texts ("some element …") hold one text for each comparison that must hold.
#pragma once

#include <string>
#include <vector>

#include "compiler/sets/space.h"

namespace sprx::sets {

/// A comparison that holds, or does not.
struct Literal {
  ExprId atom = kNoExpr;
  bool truth = true;
};

/// What is known of a set.
enum class Verdict : std::uint8_t { empty, some, unknown };

/// A value of a subject.
struct Value {
  bool present = false;
  bool certain = true;  ///< false: of a set that is `unknown`; it meets all comparisons but, maybe, patterns
  std::string text;
  std::vector<std::string> texts;
  std::int64_t integer = 0;
  Uint128 address = 0;
};

class ValueSet {
 public:
  ValueSet(Sort sort, ExprId subject) : sort_(sort), subject_(subject) {}

  /// Leaves only values for which the literal (its atom is about this subject) is right.
  Verdict intersect(Space& space, Literal literal);
  /// The rest when what `other` holds is taken away, as disjoint sets; empty ones are left out.
  [[nodiscard]] std::vector<ValueSet> subtract(Space& space, const ValueSet& other) const;
  /// Whether every value of `other` is in this set: yes only if it is proved.
  [[nodiscard]] bool contains(Space& space, const ValueSet& other) const;

  [[nodiscard]] Verdict verdict() const { return verdict_; }
  [[nodiscard]] ExprId subject() const { return subject_; }
  [[nodiscard]] Sort sort() const { return sort_; }
  /// A value of the set, unless it is empty. Before any `intersect` it is not worked out.
  [[nodiscard]] const Value& value() const { return value_; }
  [[nodiscard]] const std::vector<Literal>& literals() const { return literals_; }

 private:
  void decide(Space& space);
  void decide_text(Space& space);
  void decide_texts(Space& space);
  template <typename T>
  void decide_ranges(Space& space, const RangeSet<T>& all, const RangeSet<T>& (Space::*set_of)(ExprId),
                     T Value::*place);
  [[nodiscard]] bool some_must_hold() const;

  Sort sort_;
  ExprId subject_;
  std::vector<Literal> literals_;
  Verdict verdict_ = Verdict::some;
  Value value_;
};

/// Whether the literal is right for the value. `failed` of a pattern counts as wrong.
[[nodiscard]] bool is_right(Space& space, Sort sort, const Value& value, Literal literal);

/// A text of `domain` for which all literals are right. `unknown`: `*out` may be one, or there may be none.
[[nodiscard]] Verdict find_text(Space& space, const Domain& domain, const std::vector<Literal>& literals,
                                std::string* out);

}  // namespace sprx::sets
