#include "compiler/table/index.h"

namespace sprx {
namespace {

/// Whether keeping the value of a node beats working it out again.
bool is_costly(const RuleSet& rules, const Expr& e) {
  switch (e.op) {
    case Op::field:
      return StrId{e.b} != kNoStr || e.type == Type::string_list || static_cast<Field>(e.a) == Field::path_extension ||
             static_cast<Field>(e.a) == Field::response_media_type || info(static_cast<Field>(e.a)).name.starts_with("geo.");
    case Op::let:
    case Op::matches:
    case Op::contains:
    case Op::lookup:
    case Op::call:
    case Op::score:
      return true;
    case Op::in_list: {
      const Keys& keys = rules.lists[e.b].keys;
      return keys.size() > 1;
    }
    case Op::in_table:
    case Op::in_dynamic:
    case Op::holds:
      return true;
    default:
      return false;
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
    bool reads = false;
    const auto look = [&](std::uint32_t operand) { reads = self(self, ExprId{operand}) || reads; };
    switch (e.op) {
      case Op::capture:
        reads = true;
        break;
      case Op::all:
      case Op::any:
      case Op::fallback:
      case Op::concat:
      case Op::choose:
      case Op::score:
      case Op::call:
        for (const ExprId item : pool.list(e)) reads = self(self, item) || reads;
        break;
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
        look(e.a);
        // A match that binds captures has an effect: it may not be left out or kept from elsewhere.
        if ((e.op == Op::like || e.op == Op::matches) && e.c != kNoSlots) reads = true;
        break;
      case Op::equal:
      case Op::less:
      case Op::less_equal:
      case Op::greater:
      case Op::greater_equal:
      case Op::under:
      case Op::contains:
      case Op::starts_with:
      case Op::ends_with:
        look(e.a);
        look(e.b);
        break;
      case Op::let:
        reads = self(self, rules.lets[e.a].value);
        break;
      case Op::lookup:
        look(e.b);
        break;
      default:
        break;
    }
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
  }
  return index;
}

}  // namespace sprx
