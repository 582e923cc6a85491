#include "compiler/sets/space.h"

#include <algorithm>

#include "compiler/table/canonical.h"
#include "compiler/table/let_value.h"

namespace sprx::sets {
namespace {

bool is_member(const Expr& e) { return e.op == Op::in_list || e.op == Op::in_table; }

bool is_number(Type type) { return type == Type::integer || type == Type::time || type == Type::duration; }

bool is_under(std::string_view text, std::string_view top, bool by_labels) {
  if (text == top) return true;
  if (by_labels) return text.size() > top.size() && text.ends_with(top) && text[text.size() - top.size() - 1] == '.';
  return text.starts_with(top) && (top.ends_with('/') || (text.size() > top.size() && text[top.size()] == '/'));
}

bool compare_texts(const Expr& e, Type left, std::string_view a, std::string_view b) {
  switch (e.op) {
    case Op::under:
      return is_under(a, b, left == Type::host || left == Type::domain);
    case Op::contains:
      return a.find(b) != std::string_view::npos;
    case Op::starts_with:
      return a.starts_with(b);
    case Op::ends_with:
      return a.ends_with(b);
    default:
      return a == b;
  }
}

}  // namespace

ExprId Space::resolve(ExprId value) const { return resolve_let(rules_, value); }

ExprId Space::condition_of(ExprId value, bool* negated) const { return condition_behind(rules_, value, *negated); }

bool Space::reads_captures(ExprId id) {
  const auto key = static_cast<std::uint32_t>(id);
  if (const auto known = reads_.find(key); known != reads_.end()) return known->second;
  const Expr& e = pool()[id];
  bool reads = e.op == Op::capture || e.op == Op::pattern;
  const auto look = [&](ExprId operand) { reads = reads || reads_captures(operand); };
  for_each_operand(pool(), e, look);
  if (e.op == Op::let) look(rules_.lets[e.a].value);
  return reads_[key] = reads;
}

bool Space::is_constant(ExprId id) const {
  const Op op = pool()[id].op;
  return op == Op::text || op == Op::integer || op == Op::address || op == Op::boolean;
}

Sort Space::sort_of(Type type) const {
  if (is_text(type)) return Sort::text;
  if (type == Type::string_list) return Sort::texts;
  if (is_number(type)) return Sort::integer;
  return type == Type::ip ? Sort::address : Sort::opaque;
}

const Atom& Space::atom(ExprId condition) {
  const auto key = static_cast<std::uint32_t>(condition);
  if (const auto known = atoms_.find(key); known != atoms_.end()) return known->second;
  const Atom made = classify(condition);
  return atoms_.emplace(key, made).first->second;
}

Atom Space::compare(ExprId id, const Expr& e) {
  const ExprId left = resolve(ExprId{e.a});
  const Expr& right = pool()[ExprId{e.b}];
  const Sort sort = sort_of(pool()[left].type);
  const bool fits = (sort == Sort::text || sort == Sort::texts)
                        ? right.op == Op::text
                        : (sort == Sort::integer && right.op == Op::integer) ||
                              (sort == Sort::address && right.op == Op::address && e.op == Op::equal);
  if (!fits || is_constant(left)) return {Sort::opaque, false, id, kNoExpr};
  return {sort, false, id, left};
}

Atom Space::classify(ExprId condition) {
  const Expr& e = pool()[condition];
  if (e.op == Op::never || e.op == Op::always) return {Sort::fixed, e.op == Op::always, condition, kNoExpr};
  if (reads_captures(condition)) return {Sort::free, false, condition, kNoExpr};
  // What flags and dynamic lists hold is the same for all of a phase, and can be anything.
  if (e.op == Op::flag || e.op == Op::in_dynamic) return {Sort::opaque, false, condition, kNoExpr};
  const ExprId left = resolve(ExprId{e.a});
  const Sort sort = sort_of(pool()[left].type);
  switch (e.op) {
    case Op::equal:
    case Op::less:
    case Op::less_equal:
    case Op::greater:
    case Op::greater_equal:
    case Op::under:
    case Op::contains:
    case Op::starts_with:
    case Op::ends_with:
      return compare(condition, e);
    case Op::exists:
      if (is_constant(left)) return {Sort::fixed, true, condition, kNoExpr};
      return {sort, false, condition, sort == Sort::opaque ? kNoExpr : left};
    case Op::in_list:
    case Op::in_table: {
      // One without rows is a place for rows to come; the lint about it is enough.
      const bool open = keys(e).size() == 0;
      if (open || sort == Sort::opaque || is_constant(left)) return {Sort::opaque, false, condition, kNoExpr};
      return {sort, false, condition, left};
    }
    case Op::in_cidr:
      if (sort != Sort::address || is_constant(left)) break;
      return {Sort::address, false, condition, left};
    case Op::in_range:
      if (sort != Sort::integer || is_constant(left)) break;
      return {Sort::integer, false, condition, left};
    case Op::like:
    case Op::matches: {
      if ((sort != Sort::text && sort != Sort::texts) || is_constant(left)) break;
      const std::uint64_t key =
          hash_mix(static_cast<std::uint64_t>(left) << 32 | e.b, (e.op == Op::like ? 2U : 4U) + (e.nocase ? 1U : 0U));
      const ExprId known = same_.try_emplace(key, condition).first->second;
      const Expr& first = pool()[known];
      // Two keys that collide are told apart: then each is its own.
      const bool same =
          first.op == e.op && first.b == e.b && first.nocase == e.nocase && resolve(ExprId{first.a}) == left;
      return {sort, false, same ? known : condition, left};
    }
    default:
      break;
  }
  return {Sort::opaque, false, condition, kNoExpr};
}

bool Space::always_present(ExprId id) const {
  const Expr& e = pool()[resolve(id)];
  switch (e.op) {
    case Op::field:
      return info(static_cast<Field>(e.a)).presence == FieldInfo::Presence::always;
    case Op::concat:
    case Op::capture:
    case Op::text:
    case Op::integer:
    case Op::boolean:
    case Op::address:
      return true;
    case Op::fallback: {
      const std::span<const ExprId> parts = pool().list(e);
      return std::any_of(parts.begin(), parts.end(), [this](ExprId part) { return always_present(part); });
    }
    default:
      return false;
  }
}

Domain Space::make_domain(ExprId subject) const {
  Domain out;
  const Expr& e = pool()[subject];
  out.may_be_absent = !always_present(subject);
  out.integers = Integers::between(std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max());
  const auto some = [&](std::vector<std::string> texts) {
    out.kind = Domain::Kind::some;
    out.texts = std::move(texts);
  };
  if (e.op == Op::choose && is_text(e.type)) {
    const std::span<const ExprId> parts = pool().list(e);
    std::vector<std::string> texts;
    bool constant = true;
    bool absent = parts.size() % 2 == 0;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (i % 2 == 0 && i + 1 < parts.size()) continue;
      const Expr& value = pool()[parts[i]];
      constant = constant && value.op == Op::text;
      if (value.op == Op::text) texts.emplace_back(pool().strings.view(StrId{value.a}));
    }
    if (constant) some(std::move(texts));
    if (constant) out.may_be_absent = absent;
    return out;
  }
  if (e.op == Op::call && static_cast<Function>(e.a) == Function::length)
    out.integers = Integers::between(0, std::numeric_limits<std::int64_t>::max());
  if (e.op == Op::call && static_cast<Function>(e.a) == Function::bucket) {
    const Expr& buckets = pool()[pool().list(e)[2]];
    if (buckets.op == Op::integer) out.integers = Integers::between(0, pool().integers[buckets.a] - 1);
  }
  if (e.op == Op::call && static_cast<Function>(e.a) == Function::lower) out.kind = Domain::Kind::lower;
  if (e.op != Op::field) return out;
  switch (static_cast<Field>(e.a)) {
    case Field::path:
      out.kind = Domain::Kind::path;
      break;
    case Field::host:
      out.kind = Domain::Kind::host;
      break;
    case Field::scheme:
      some({"https", "http"});
      break;
    case Field::response_source:
      some({"upstream", "rule", "proxy"});
      break;
    case Field::path_extension:
    case Field::response_media_type:
      out.kind = Domain::Kind::lower;
      break;
    case Field::port:
      out.integers = Integers::between(1, 65'535);
      break;
    case Field::response_status:
      out.integers = Integers::between(100, 999);
      break;
    default:
      break;
  }
  return out;
}

const Domain& Space::domain(ExprId subject) {
  const auto key = static_cast<std::uint32_t>(subject);
  if (const auto known = domains_.find(key); known != domains_.end()) return known->second;
  return domains_.emplace(key, make_domain(subject)).first->second;
}

bool Space::in_domain(const Domain& domain, std::string_view text) const {
  switch (domain.kind) {
    case Domain::Kind::any:
      return true;
    case Domain::Kind::path: {
      std::string canonical;
      return canonical_path_literal(text, canonical) == PathError::none && canonical == text;
    }
    case Domain::Kind::host:
      return std::none_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; }) &&
             text.find("..") == std::string_view::npos && text.find_first_of("/ ,;?#@") == std::string_view::npos &&
             (text.empty() || (text.front() != '.' && (text.back() != '.')));
    case Domain::Kind::lower:
      return std::none_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    case Domain::Kind::some:
      return std::find(domain.texts.begin(), domain.texts.end(), text) != domain.texts.end();
  }
  return true;
}

const Keys& Space::keys(const Expr& e) const {
  return e.op == Op::in_table ? rules_.tables[e.b].keys : rules_.lists[e.b].keys;
}

const KeyLookup& Space::lookup(const Expr& e) {
  const std::uint64_t key = static_cast<std::uint64_t>(e.b) * 2 + (e.op == Op::in_table ? 1U : 0U);
  const auto [place, fresh] = lookups_.try_emplace(key);
  if (fresh) place->second.build(pool(), keys(e), false);
  return place->second;
}

const KeyLookup& Space::rows_of(TableId table) {
  const auto id = static_cast<std::uint32_t>(table);
  const auto [place, fresh] = rows_.try_emplace(id);
  if (fresh) place->second.build(pool(), rules_.tables[id].keys, true);
  return place->second;
}

std::string_view Space::constant(const Expr& e) const { return pool().strings.view(StrId{pool()[ExprId{e.b}].a}); }

MatchOutcome Space::text_holds(ExprId atom, std::string_view text) {
  const Expr& e = pool()[atom];
  spend(e.op == Op::matches ? kSearchCost : 1);
  switch (e.op) {
    case Op::exists:
      return MatchOutcome::yes;
    case Op::in_list:
    case Op::in_table: {
      const std::uint32_t row = lookup(e).find(pool(), keys(e), text);
      return row == kRowFailed ? MatchOutcome::failed : row == kNoRow ? MatchOutcome::no : MatchOutcome::yes;
    }
    case Op::like: {
      const Template& pattern = pool().at(TemplateId{e.b});
      std::vector<std::string_view> captures(pattern.names.size());
      return match(pattern, text, e.nocase, captures) ? MatchOutcome::yes : MatchOutcome::no;
    }
    case Op::matches:
      return search(pool().at(PatternId{e.b}), text, {});
    default: {
      const Type left = pool()[ExprId{e.a}].type;
      const bool holds = e.nocase ? compare_texts(e, left, folded(text), folded(constant(e)))
                                  : compare_texts(e, left, text, constant(e));
      return holds ? MatchOutcome::yes : MatchOutcome::no;
    }
  }
}

bool Space::folds(ExprId atom) const {
  const Expr& e = pool()[atom];
  if (e.op == Op::exists) return true;
  if (is_member(e)) return keys(e).nocase && keys(e).patterns.empty();
  return e.op != Op::matches && e.nocase;
}

std::optional<std::vector<std::string_view>> Space::finite_texts(ExprId atom, bool* fold_them) const {
  const Expr& e = pool()[atom];
  *fold_them = folds(atom);
  std::vector<std::string_view> out;
  if (e.op == Op::equal) {
    out.push_back(constant(e));
    return out;
  }
  if (!is_member(e)) return std::nullopt;
  const Keys& all = keys(e);
  const bool texts = all.kind == KeyKind::string || all.kind == KeyKind::path || all.kind == KeyKind::host;
  if (!texts || all.mode != MatchMode::exact || all.texts.size() > kMaxTried) return std::nullopt;
  out.reserve(all.texts.size());
  for (const StrId id : all.texts) out.push_back(pool().strings.view(id));
  return out;
}

const Integers& Space::integers(ExprId atom) {
  const auto key = static_cast<std::uint32_t>(atom);
  if (const auto known = integers_.find(key); known != integers_.end()) return known->second;
  constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  const Expr& e = pool()[atom];
  Integers out;
  if (is_member(e)) {
    std::vector<Integers::Range> ranges;
    for (const IntRange& range : keys(e).ranges) ranges.push_back({range.first, range.last});
    out = Integers(std::move(ranges));
  } else if (e.op == Op::in_range) {
    out = Integers::between(pool().integers[e.b], pool().integers[e.b + 1]);
  } else if (e.op == Op::exists) {
    out = Integers::between(kLeast, kMost);
  } else {
    const std::int64_t number = pool().integers[pool()[ExprId{e.b}].a];
    if (e.op == Op::equal) out = Integers::between(number, number);
    if (e.op == Op::less && number > kLeast) out = Integers::between(kLeast, number - 1);
    if (e.op == Op::less_equal) out = Integers::between(kLeast, number);
    if (e.op == Op::greater && number < kMost) out = Integers::between(number + 1, kMost);
    if (e.op == Op::greater_equal) out = Integers::between(number, kMost);
  }
  return integers_.emplace(key, std::move(out)).first->second;
}

const Addresses& Space::addresses(ExprId atom) {
  const auto key = static_cast<std::uint32_t>(atom);
  if (const auto known = addresses_.find(key); known != addresses_.end()) return known->second;
  const Expr& e = pool()[atom];
  std::vector<Addresses::Range> ranges;
  const auto take = [&](const Cidr& cidr) {
    const Addresses in = addresses_in(cidr);
    ranges.insert(ranges.end(), in.ranges().begin(), in.ranges().end());
  };
  if (is_member(e)) {
    for (const Cidr& cidr : keys(e).prefixes) take(cidr);
  } else if (e.op == Op::in_cidr) {
    take(pool().prefixes[e.b]);
  } else if (e.op == Op::exists) {
    ranges.push_back({0, kLastAddress});
  } else {
    const Uint128 number = number_of(pool().addresses[pool()[ExprId{e.b}].a]);
    ranges.push_back({number, number});
  }
  return addresses_.emplace(key, Addresses(std::move(ranges))).first->second;
}

}  // namespace sprx::sets
