// Box: a set of points: for each subject a set of values, for each opaque condition whether it is true; what is not
// named can be anything. And the point that a box stands for when one is needed.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "compiler/sets/value_set.h"

namespace sprx::sets {

class Box {
 public:
  struct Opaque {
    ExprId atom;
    bool truth;
  };
  /// Leaves only points for which the literal is right; `free` atoms leave all. The literal's atom must not be `all`,
  /// `any`, `negate` or a `holds` that stands for a condition.
  Verdict intersect(Space& space, Literal literal);

  [[nodiscard]] const std::vector<ValueSet>& sets() const { return sets_; }
  [[nodiscard]] const ValueSet* find(ExprId subject) const;
  /// Whether the opaque condition is true; nothing where the box leaves it open.
  [[nodiscard]] const bool* truth(ExprId atom) const;
  [[nodiscard]] bool has_opaque() const { return !opaque_.empty(); }
  [[nodiscard]] const std::vector<Opaque>& opaque() const { return opaque_; }

 private:
  std::vector<ValueSet> sets_;
  std::vector<Opaque> opaque_;
};

/// One point of a box, which must not change meanwhile: subjects that it does not name have the values of a plain
/// request, opaque conditions are false.
class Point {
 public:
  Point(Space& space, const Box& box) : space_(space), box_(box) {}

  /// Whether a condition holds here. Conditions that read captures: true and false are both wrong, this says false.
  [[nodiscard]] bool holds(ExprId condition);
  [[nodiscard]] const Box& box() const { return box_; }
  /// The value of a subject here.
  [[nodiscard]] Value value(ExprId subject);

 private:
  [[nodiscard]] Value usual(ExprId subject);
  Space& space_;
  const Box& box_;
  /// Conditions that lets stand for: lets made of lets that name each twice would be asked 2^64 times.
  std::unordered_map<std::uint32_t, bool> lets_;
};

/// Host of requests of which only something else is known.
inline constexpr std::string_view kUsualHost = "www.example.com";

}  // namespace sprx::sets
