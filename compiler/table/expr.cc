#include "compiler/table/expr.h"

#include <string>

#include "compiler/table/hash.h"

namespace sprx {
namespace {

std::size_t hash_of(const Expr& e) {
  const std::uint64_t head = static_cast<std::uint64_t>(e.op) | static_cast<std::uint64_t>(e.type) << 8 |
                             static_cast<std::uint64_t>(e.origin) << 16 | static_cast<std::uint64_t>(e.nocase) << 24 |
                             static_cast<std::uint64_t>(e.a) << 32;
  return hash_mix(head, static_cast<std::uint64_t>(e.b) << 32 | e.c);
}

/// Where the operands of a node with a list of them are said.
std::uint32_t& first_of(Expr& e) { return e.op == Op::call ? e.b : e.a; }
std::uint32_t& count_of(Expr& e) { return e.op == Op::call ? e.c : e.b; }

std::uint64_t hash_of(Expr e, std::span<const ExprId> items) {
  first_of(e) = 0;
  count_of(e) = 0;
  std::uint64_t hash = hash_of(e);
  for (const ExprId item : items) hash = hash_mix(hash, static_cast<std::uint64_t>(item) + 1);
  return hash_mix(hash, items.size());
}

}  // namespace

ExprId ExprPool::add(const Expr& e) {
  const std::size_t hash = hash_of(e);
  const auto [first, last] = consed_.equal_range(hash);
  for (auto it = first; it != last; ++it) {
    if ((*this)[it->second] == e) return it->second;
  }
  const ExprId id{static_cast<std::uint32_t>(exprs.size())};
  exprs.push_back(e);
  consed_.emplace(hash, id);
  return id;
}

ExprId ExprPool::add_list(Expr e, std::span<const ExprId> items) {
  const std::size_t hash = hash_of(e, items);
  const auto [first, last] = consed_.equal_range(hash);
  for (auto it = first; it != last; ++it) {
    Expr known = (*this)[it->second];
    if (known.op != e.op) continue;
    const std::span<const ExprId> theirs = list(known);
    first_of(known) = first_of(e);
    count_of(known) = count_of(e);
    if (known == e && std::equal(theirs.begin(), theirs.end(), items.begin(), items.end())) return it->second;
  }
  // `items` may be a part of `operands`: copied before that grows.
  const std::vector<ExprId> copy(items.begin(), items.end());
  first_of(e) = static_cast<std::uint32_t>(operands.size());
  count_of(e) = static_cast<std::uint32_t>(copy.size());
  operands.insert(operands.end(), copy.begin(), copy.end());
  const ExprId id{static_cast<std::uint32_t>(exprs.size())};
  exprs.push_back(e);
  consed_.emplace(hash, id);
  return id;
}

ExprId ExprPool::text(std::string_view value, Type type) {
  return add({.op = Op::text, .type = type, .a = static_cast<std::uint32_t>(strings.intern(value))});
}

ExprId ExprPool::integer(std::int64_t value, Type type) {
  return add({.op = Op::integer, .type = type, .a = constant_ids_.integer(*this, value)});
}

ExprId ExprPool::address(const IpAddress& value) {
  return add({.op = Op::address, .type = Type::ip, .a = constant_ids_.address(*this, value)});
}

ExprId ExprPool::boolean(bool value) { return add({.op = Op::boolean, .type = Type::boolean, .a = value ? 1u : 0u}); }

std::uint32_t ExprPool::prefix(const Cidr& value) { return constant_ids_.prefix(*this, value); }

std::uint32_t ExprPool::integer_pair(std::int64_t first, std::int64_t second) {
  return constant_ids_.pair(*this, first, second);
}

TemplateId ExprPool::template_id(Template value) {
  const std::string key = (value.kind == TemplateKind::path ? "p" : "h") + value.source;
  const auto [place, fresh] = template_ids_.try_emplace(key, TemplateId{static_cast<std::uint32_t>(templates.size())});
  if (fresh) templates.push_back(std::move(value));
  return place->second;
}

PatternId ExprPool::pattern_id(Pattern value) {
  const std::string key = (value.nocase ? "i" : "s") + value.source;
  const auto [place, fresh] = pattern_ids_.try_emplace(key, PatternId{static_cast<std::uint32_t>(patterns.size())});
  if (fresh) patterns.push_back(std::move(value));
  return place->second;
}

void ExprPool::seal() {
  strings.seal();
  exprs.shrink_to_fit();
  operands.shrink_to_fit();
  consed_ = {};
  template_ids_ = {};
  pattern_ids_ = {};
  constant_ids_ = {};
}

std::uint32_t ConstantIds::integer(ExprPool& pool, std::int64_t value) {
  const auto [place, fresh] = integers_.try_emplace(value, static_cast<std::uint32_t>(pool.integers.size()));
  if (fresh) pool.integers.push_back(value);
  return place->second;
}

std::uint32_t ConstantIds::pair(ExprPool& pool, std::int64_t first, std::int64_t second) {
  const auto [place, fresh] = pairs_.try_emplace({first, second}, static_cast<std::uint32_t>(pool.integers.size()));
  if (fresh) {
    pool.integers.push_back(first);
    pool.integers.push_back(second);
  }
  return place->second;
}

std::uint32_t ConstantIds::address(ExprPool& pool, const IpAddress& value) {
  const auto [place, fresh] = addresses_.try_emplace(value, static_cast<std::uint32_t>(pool.addresses.size()));
  if (fresh) pool.addresses.push_back(value);
  return place->second;
}

std::uint32_t ConstantIds::prefix(ExprPool& pool, const Cidr& value) {
  const auto [place, fresh] = prefixes_.try_emplace(value, static_cast<std::uint32_t>(pool.prefixes.size()));
  if (fresh) pool.prefixes.push_back(value);
  return place->second;
}

}  // namespace sprx
