// Expressions of a program and of its decision table: small nodes in one vector, named by ids, made once each.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "compiler/table/address.h"
#include "compiler/table/pattern.h"
#include "compiler/table/strings.h"
#include "compiler/table/template.h"
#include "compiler/table/types.h"
#include "compiler/table/vocabulary.h"

namespace sprx {

enum class ExprId : std::uint32_t {};
inline constexpr ExprId kNoExpr{0xFFFFFFFF};
enum class ListId : std::uint32_t {};
enum class TableId : std::uint32_t {};
enum class LetId : std::uint32_t {};
enum class TemplateId : std::uint32_t {};
enum class PatternId : std::uint32_t {};
enum class FlagId : std::uint32_t {};
enum class DynamicListId : std::uint32_t {};
enum class LimitId : std::uint32_t {};
inline constexpr LimitId kNoLimit{0xFFFFFFFF};

/// What a node does. Conditions give true or false, values give a Value (maybe absent).
/// A comparison with an absent operand is false; the checker wraps negated forms in `negate`, so they are exact.
/// Where `a` is a list of strings (Type::string_list), a comparison holds if it holds for some element.
enum class Op : std::uint8_t {
  // conditions
  never,
  always,
  all,         // operands[a, a+b): every one, in order, stops at the first that is false (captures bind left to right)
  any,         // operands[a, a+b): some one, in order, stops at the first that is true
  negate,      // a
  exists,      // a
  flag,        // FlagId a: whether it is on at the moment
  holds,       // a: a boolean value (let, table look-up, choose) as a condition
  equal,       // a b; flag nocase
  less,        // a b     (integers, times)
  less_equal,  // a b
  greater,     // a b
  greater_equal,  // a b
  in_list,        // a, ListId b       membership by the list's kind and mode
  in_table,       // a, TableId b      among its keys
  in_dynamic,     // a, DynamicListId b: among the keys that it holds at the moment
  in_cidr,        // a, prefixes[b]
  in_range,       // a, integers[b] <= a <= integers[b + 1]
  under,          // a b: `a` is `b` or below it (segments of a path, labels of a host); flag nocase
  contains,       // a b; flag nocase
  starts_with,    // a b; flag nocase
  ends_with,      // a b; flag nocase
  like,     // a, TemplateId b, captures[c…]: capture i of the template goes to slot c + i unless c == kNoSlots; flag
            // nocase
  matches,  // a, PatternId b, captures[c…] likewise
  // values
  text,      // StrId a
  integer,   // integers[a]; type integer, duration (ms) or time (microseconds since 1970)
  boolean,   // a: 0 or 1
  address,   // addresses[a]
  field,     // Field a, key StrId b (lower case for headers; kNoStr for plain fields)
  capture,   // slot a; never absent
  let,       // LetId a; computed once a message
  lookup,    // TableId a, key b
  fallback,  // operands[a, a+b): the first that is present
  concat,    // operands[a, a+b): texts; absent counts as ""
  choose,    // operands[a, a+b): condition value condition value … [else value]; b odd: has an else
  call,      // Function a, operands[b, b+c)
  score,     // operands[a, a+b): condition number condition number …; the sum of the numbers whose condition holds
  pattern,   // PatternId a; only as an argument
};

/// Which members of a node name its operands.
enum class Operands : std::uint8_t { none, a, b, a_and_b, list };
[[nodiscard]] constexpr Operands operands_of(Op op) {
  switch (op) {
    case Op::never:
    case Op::always:
    case Op::flag:
    case Op::text:
    case Op::integer:
    case Op::boolean:
    case Op::address:
    case Op::field:
    case Op::capture:
    case Op::let:  // its value is the rule set's
    case Op::pattern:
      return Operands::none;
    case Op::negate:
    case Op::exists:
    case Op::holds:
    case Op::in_list:
    case Op::in_table:
    case Op::in_dynamic:
    case Op::in_cidr:
    case Op::in_range:
    case Op::like:
    case Op::matches:
      return Operands::a;
    case Op::lookup:
      return Operands::b;
    case Op::equal:
    case Op::less:
    case Op::less_equal:
    case Op::greater:
    case Op::greater_equal:
    case Op::under:
    case Op::contains:
    case Op::starts_with:
    case Op::ends_with:
      return Operands::a_and_b;
    case Op::all:
    case Op::any:
    case Op::fallback:
    case Op::concat:
    case Op::choose:
    case Op::call:
    case Op::score:
      return Operands::list;
  }
  return Operands::none;
}

inline constexpr std::uint32_t kNoSlots = 0xFFFFFFFF;

/// One node: 16 bytes. What a, b, c mean is said at the Op.
struct Expr {
  Op op = Op::never;
  Type type = Type::boolean;
  Origin origin = Origin::own;
  bool nocase = false;
  std::uint32_t a = 0;
  std::uint32_t b = 0;
  std::uint32_t c = 0;
  friend bool operator==(const Expr&, const Expr&) = default;
};
static_assert(sizeof(Expr) == 16);

struct ExprPool;

/// Which constants a pool has already, so that equal ones share an id. Only needed while building.
class ConstantIds {
 public:
  std::uint32_t integer(ExprPool& pool, std::int64_t value);
  std::uint32_t pair(ExprPool& pool, std::int64_t first, std::int64_t second);
  std::uint32_t address(ExprPool& pool, const IpAddress& value);
  std::uint32_t prefix(ExprPool& pool, const Cidr& value);

 private:
  std::map<std::int64_t, std::uint32_t> integers_;
  std::map<std::pair<std::int64_t, std::int64_t>, std::uint32_t> pairs_;
  std::map<IpAddress, std::uint32_t> addresses_;
  std::map<Cidr, std::uint32_t> prefixes_;
};

/// Owns expressions and the constants they name. Equal nodes are the same id (hash-consing), whatever made them.
struct ExprPool {
  StringPool strings;
  std::vector<Expr> exprs;
  std::vector<ExprId> operands;
  std::vector<std::int64_t> integers;
  std::vector<IpAddress> addresses;
  std::vector<Cidr> prefixes;
  std::vector<Template> templates;
  std::vector<Pattern> patterns;

  [[nodiscard]] const Expr& operator[](ExprId id) const { return exprs[static_cast<std::size_t>(id)]; }
  [[nodiscard]] std::span<const ExprId> list(const Expr& e) const {
    return std::span(operands).subspan(e.op == Op::call ? e.b : e.a, e.op == Op::call ? e.c : e.b);
  }
  [[nodiscard]] const Template& at(TemplateId id) const { return templates[static_cast<std::size_t>(id)]; }
  [[nodiscard]] const Pattern& at(PatternId id) const { return patterns[static_cast<std::size_t>(id)]; }

  /// The id of an equal node, else a new one. Nodes with operands go through `add_list`.
  ExprId add(const Expr& e);
  /// A node over `items` (all, any, fallback, concat, choose, score, call), consed by its operands' ids.
  ExprId add_list(Expr e, std::span<const ExprId> items);
  ExprId text(std::string_view value, Type type = Type::string);
  ExprId integer(std::int64_t value, Type type = Type::integer);
  ExprId address(const IpAddress& value);
  ExprId boolean(bool value);
  /// Ids of constants; equal ones share an id.
  std::uint32_t prefix(const Cidr& value);
  std::uint32_t integer_pair(std::int64_t first, std::int64_t second);
  TemplateId template_id(Template value);
  PatternId pattern_id(Pattern value);
  /// Drops what is only needed while building.
  void seal();

 private:
  std::unordered_multimap<std::size_t, ExprId> consed_;
  std::unordered_map<std::string, TemplateId> template_ids_;
  std::unordered_map<std::string, PatternId> pattern_ids_;
  ConstantIds constant_ids_;
};

/// Calls `visit(ExprId)` for each operand in order; a let's value is no operand of its node.
template <typename Visit>
void for_each_operand(const ExprPool& pool, const Expr& e, Visit&& visit) {
  switch (operands_of(e.op)) {
    case Operands::none:
      return;
    case Operands::a:
      return visit(ExprId{e.a});
    case Operands::b:
      return visit(ExprId{e.b});
    case Operands::a_and_b:
      visit(ExprId{e.a});
      return visit(ExprId{e.b});
    case Operands::list:
      for (const ExprId item : pool.list(e)) visit(item);
  }
}

}  // namespace sprx
