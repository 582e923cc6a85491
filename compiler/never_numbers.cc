// Numbers out of bounds: what a field, a function or a sum can be, and what comparisons with it come to.
#include <algorithm>
#include <limits>

#include "compiler/never.h"

namespace sprx {
namespace {

constexpr std::int64_t kNoEnd = std::numeric_limits<std::int64_t>::max();

struct Bounds {
  std::string name;
  std::int64_t least = 0;
  std::int64_t most = 0;
  bool made = false;  ///< by a function or a sum, whose bounds stand in the rules
};

/// Of a sum of what holds: all that lowers it, all that raises it.
Bounds bounds_of_score(const ExprPool& pool, const Expr& score) {
  Bounds out{"this score", 0, 0, true};
  const std::span<const ExprId> parts = pool.list(score);
  for (std::size_t i = 1; i < parts.size(); i += 2) {
    const std::int64_t points = pool.integers[pool[parts[i]].a];
    (points < 0 ? out.least : out.most) += points;
  }
  return out;
}

std::optional<Bounds> bounds_of(const ExprPool& pool, const Expr& e) {
  if (e.op == Op::score) return bounds_of_score(pool, e);
  if (e.op == Op::field) {
    const auto field = static_cast<Field>(e.a);
    const std::string name = "`" + std::string(info(field).name) + "`";
    if (field == Field::port) return Bounds{name, 0, 65'535};
    if (field == Field::response_status) return Bounds{name, 200, 999};
    if (field == Field::geo_asn) return Bounds{name, 0, 4'294'967'295};
    return std::nullopt;
  }
  if (e.op != Op::call) return std::nullopt;
  const auto function = static_cast<Function>(e.a);
  Bounds out{"`" + std::string(info(function).name) + "`", 0, kNoEnd, true};
  if (function == Function::length) return out;
  if (function != Function::bucket) return std::nullopt;
  const Expr& buckets = pool[pool.list(e)[2]];
  if (buckets.op == Op::integer) out.most = pool.integers[buckets.a] - 1;
  return out;
}

std::string range_of(const Bounds& bounds) {
  return bounds.name + " is " + std::to_string(bounds.least) +
         (bounds.most == kNoEnd         ? " or more"
          : bounds.most == bounds.least ? std::string()
                                        : " to " + std::to_string(bounds.most));
}

constexpr std::string_view kInRange = "compare with a number in that range: no other is ever met";
constexpr std::string_view kAlways =
    "compare with a number in that range; whether there is a value at all is asked by `exists`";

std::string beyond(Op op, std::int64_t number) {
  const std::string shown = std::to_string(number);
  if (op == Op::less) return "below " + shown;
  if (op == Op::greater) return "above " + shown;
  return shown + (op == Op::less_equal ? " or less" : " or more");
}

/// Whether `value` is so to `number`.
bool holds_of(Op op, std::int64_t value, std::int64_t number) {
  if (op == Op::less) return value < number;
  if (op == Op::less_equal) return value <= number;
  return op == Op::greater ? value > number : value >= number;
}

}  // namespace

std::optional<Never> number_never(const ExprPool& pool, const Expr& subject, std::int64_t first, std::int64_t last) {
  const std::optional<Bounds> bounds = bounds_of(pool, subject);
  if (!bounds || (last >= bounds->least && first <= bounds->most)) return std::nullopt;
  Never out;
  out.why = range_of(*bounds) + ", never this";
  out.help = kInRange;
  return out;
}

std::optional<Never> order_never(const ExprPool& pool, const Expr& subject, Op op, std::int64_t number) {
  const std::optional<Bounds> bounds = bounds_of(pool, subject);
  if (!bounds) return std::nullopt;
  const bool least = holds_of(op, bounds->least, number);
  const bool most = holds_of(op, bounds->most, number);
  Never out;
  out.help = kInRange;
  if (!least && !most) {
    out.why = range_of(*bounds) + ", never " + beyond(op, number);
    return out;
  }
  // Of a field both ends of a range may be said, as in `response.status >= 200 and response.status < 300`.
  if (!least || !most || !bounds->made) return std::nullopt;
  out.kind = Kind::always_holds;
  out.why = "this always holds: " + range_of(*bounds);
  out.help = kAlways;
  return out;
}

std::optional<Never> range_always(const ExprPool& pool, const Expr& subject, std::int64_t first, std::int64_t last) {
  const std::optional<Bounds> bounds = bounds_of(pool, subject);
  if (!bounds || !bounds->made || first > bounds->least || last < bounds->most) return std::nullopt;
  Never out;
  out.kind = Kind::always_holds;
  out.why = "this always holds: " + range_of(*bounds);
  out.help = kAlways;
  return out;
}

}  // namespace sprx
