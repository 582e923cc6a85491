#include "compiler/sets/value_set.h"

#include <algorithm>

namespace sprx::sets {

bool is_right(Space& space, Sort sort, const Value& value, Literal literal) {
  if (sort == Sort::texts) {
    const bool some = std::any_of(value.texts.begin(), value.texts.end(), [&](const std::string& text) {
      return space.text_holds(literal.atom, text) == MatchOutcome::yes;
    });
    return some == literal.truth;
  }
  if (!value.present) return !literal.truth;
  switch (sort) {
    case Sort::integer:
      return space.integers(literal.atom).contains(value.integer) == literal.truth;
    case Sort::address:
      return space.addresses(literal.atom).contains(value.address) == literal.truth;
    default: {
      const MatchOutcome outcome = space.text_holds(literal.atom, value.text);
      return outcome != MatchOutcome::failed && (outcome == MatchOutcome::yes) == literal.truth;
    }
  }
}

bool ValueSet::some_must_hold() const {
  return std::any_of(literals_.begin(), literals_.end(), [](const Literal& literal) { return literal.truth; });
}

Verdict ValueSet::intersect(Space& space, Literal literal) {
  if (verdict_ == Verdict::empty) return verdict_;
  space.spend(literals_.size() + 1);
  for (const Literal& known : literals_) {
    if (known.atom != literal.atom) continue;
    if (known.truth != literal.truth) verdict_ = Verdict::empty;
    return verdict_;
  }
  const bool first = literals_.empty();
  literals_.push_back(literal);
  if (first || verdict_ == Verdict::unknown || !is_right(space, sort_, value_, literal)) decide(space);
  return verdict_;
}

std::vector<ValueSet> ValueSet::subtract(Space& space, const ValueSet& other) const {
  std::vector<ValueSet> out;
  ValueSet rest = *this;
  for (const Literal& literal : other.literals_) {
    ValueSet piece = rest;
    if (piece.intersect(space, {literal.atom, !literal.truth}) != Verdict::empty) out.push_back(std::move(piece));
    if (rest.intersect(space, literal) == Verdict::empty) break;
  }
  return out;
}

bool ValueSet::contains(Space& space, const ValueSet& other) const { return other.subtract(space, *this).empty(); }

template <typename T>
void ValueSet::decide_ranges(Space& space, const RangeSet<T>& all, const RangeSet<T>& (Space::*set_of)(ExprId),
                             T Value::*place) {
  RangeSet<T> left = all;
  for (const Literal& literal : literals_) {
    const RangeSet<T>& set = (space.*set_of)(literal.atom);
    space.spend(left.ranges().size() + set.ranges().size());
    left = literal.truth ? left.intersect(set) : left.subtract(set);
  }
  const bool absent = space.domain(subject_).may_be_absent && !some_must_hold();
  value_.present = !absent;
  if (!left.empty()) value_.*place = left.ranges().front().first;
  verdict_ = absent || !left.empty() ? Verdict::some : Verdict::empty;
}

void ValueSet::decide(Space& space) {
  value_ = {};
  switch (sort_) {
    case Sort::integer: {
      const Integers all = space.domain(subject_).integers;
      decide_ranges<std::int64_t>(space, all, &Space::integers, &Value::integer);
      break;
    }
    case Sort::address:
      decide_ranges<Uint128>(space, Addresses::between(0, kLastAddress), &Space::addresses, &Value::address);
      break;
    case Sort::texts:
      decide_texts(space);
      break;
    default:
      decide_text(space);
      break;
  }
}

void ValueSet::decide_text(Space& space) {
  const Domain& domain = space.domain(subject_);
  if (domain.may_be_absent && !some_must_hold()) {
    verdict_ = Verdict::some;
    return;
  }
  value_.present = true;
  verdict_ = find_text(space, domain, literals_, &value_.text);
  value_.certain = verdict_ == Verdict::some;
}

void ValueSet::decide_texts(Space& space) {
  // One element for each comparison that must hold; none of them may meet one that must not.
  value_.present = true;
  verdict_ = Verdict::some;
  Domain domain;
  domain.may_be_absent = false;
  std::vector<Literal> wanted;
  for (const Literal& literal : literals_) {
    if (!literal.truth) wanted.push_back(literal);
  }
  wanted.emplace_back();
  for (const Literal& literal : literals_) {
    if (!literal.truth) continue;
    wanted.back() = literal;
    std::string text;
    const Verdict found = find_text(space, domain, wanted, &text);
    if (found == Verdict::empty) {
      verdict_ = Verdict::empty;
      return;
    }
    if (found == Verdict::unknown) verdict_ = Verdict::unknown;
    value_.texts.push_back(std::move(text));
  }
  value_.certain = verdict_ == Verdict::some;
}

}  // namespace sprx::sets
