#include "compiler/table/index.h"

namespace sprx {
namespace {

/// Whether keeping the value of a node beats working it out again.
bool is_costly(const RuleSet& rules, const Expr& e) {
  if (!may_be_kept(e.op)) return false;
  switch (e.op) {
    case Op::field:
      return StrId{e.b} != kNoStr || e.type == Type::string_list || static_cast<Field>(e.a) == Field::path_extension ||
             static_cast<Field>(e.a) == Field::response_media_type ||
             info(static_cast<Field>(e.a)).name.starts_with("geo.");
    case Op::in_list:
      return rules.lists[e.b].keys.size() > 1;
    default:
      return true;
  }
}

}  // namespace

CaptureUse::CaptureUse(const RuleSet& rules) : reads_(rules.pool.exprs.size(), false) {
  const ExprPool& pool = rules.pool;
  std::vector<std::uint8_t> seen(pool.exprs.size(), 0);
  const auto visit = [&](const auto& self, ExprId id) -> bool {
    const auto at = static_cast<std::size_t>(id);
    if (id == kNoExpr || at >= seen.size()) return false;
    if (seen[at] != 0) return reads_[at];
    seen[at] = 1;
    const Expr& e = pool.exprs[at];
    // A match that binds captures has an effect: it may not be left out or kept from elsewhere.
    bool reads = e.op == Op::capture || ((e.op == Op::like || e.op == Op::matches) && e.c != kNoSlots);
    const auto look = [&](ExprId operand) { reads = self(self, operand) || reads; };
    for_each_operand(pool, e, look);
    if (e.op == Op::let) look(rules.lets[e.a].value);
    reads_[at] = reads;
    return reads;
  };
  for (std::uint32_t id = 0; id < pool.exprs.size(); ++id) visit(visit, ExprId{id});
}

std::unique_ptr<const TableIndex> build_index(const RuleSet& rules) {
  auto index = std::make_unique<TableIndex>();
  index->lists.resize(rules.lists.size());
  for (std::size_t i = 0; i < rules.lists.size(); ++i) index->lists[i].build(rules.pool, rules.lists[i].keys, false);
  index->tables.resize(rules.tables.size());
  for (std::size_t i = 0; i < rules.tables.size(); ++i) index->tables[i].build(rules.pool, rules.tables[i].keys, true);

  const CaptureUse captures(rules);
  std::vector<bool> reads(rules.pool.exprs.size());
  index->memo.assign(rules.pool.exprs.size(), kNoMemo);
  for (std::uint32_t id = 0; id < reads.size(); ++id) {
    const Expr& e = rules.pool.exprs[id];
    reads[id] = captures.reads_captures(ExprId{id});
    // A let is worked out once a message, whatever it reads.
    if (is_costly(rules, e) && (!reads[id] || e.op == Op::let)) index->memo[id] = index->memo_count++;
  }
  for (const Phase phase : {Phase::request, Phase::response}) {
    index->access[static_cast<std::size_t>(phase)] = build_access(rules, phase, reads);
    index->briefs[static_cast<std::size_t>(phase)].build(rules, phase);
  }
  return index;
}

}  // namespace sprx
