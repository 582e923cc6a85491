// TableIndex: the look-up structures of a decision table. It only says where to look; it never changes an answer.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "compiler/table/access.h"
#include "compiler/table/brief.h"
#include "compiler/table/key_lookup.h"
#include "compiler/table/rules.h"

namespace sprx {

inline constexpr std::uint32_t kNoMemo = 0xFFFFFFFF;

/// Whether the value of a node of this kind may be worth keeping. Asked before TableIndex::memo is: that is as long as
/// the program, and what it says of a rule's own nodes is in no cache.
[[nodiscard]] constexpr bool may_be_kept(Op op) {
  const auto bit = [](Op kept) { return std::uint64_t{1} << static_cast<unsigned>(kept); };
  const std::uint64_t kept = bit(Op::field) | bit(Op::let) | bit(Op::matches) | bit(Op::contains) | bit(Op::lookup) |
                             bit(Op::call) | bit(Op::score) | bit(Op::in_list) | bit(Op::in_table) |
                             bit(Op::in_dynamic) | bit(Op::holds);
  return (kept >> static_cast<unsigned>(op) & 1) != 0;
}

struct TableIndex {
  std::vector<KeyLookup> lists;   ///< by ListId
  std::vector<KeyLookup> tables;  ///< by TableId
  AccessIndex access[2];          ///< by Phase
  Briefs briefs[2];               ///< likewise
  /// By ExprId: where the value of a node that is worth keeping for the rest of the message is kept.
  std::vector<std::uint32_t> memo;
  std::uint32_t memo_count = 0;
};

/// Builds all of it. Cannot fail: what does not fit a fast structure is looked up the plain way.
[[nodiscard]] std::unique_ptr<const TableIndex> build_index(const RuleSet& rules);

/// Whether a value depends on captures, and so on the rule that is being evaluated.
class CaptureUse {
 public:
  explicit CaptureUse(const RuleSet& rules);
  [[nodiscard]] bool reads_captures(ExprId id) const { return reads_[static_cast<std::size_t>(id)]; }

 private:
  std::vector<bool> reads_;
};

}  // namespace sprx
