// TableIndex: the look-up structures of a decision table. It only says where to look; it never changes an answer.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "compiler/table/access.h"
#include "compiler/table/key_lookup.h"
#include "compiler/table/rules.h"

namespace sprx {

inline constexpr std::uint32_t kNoMemo = 0xFFFFFFFF;

struct TableIndex {
  std::vector<KeyLookup> lists;   ///< by ListId
  std::vector<KeyLookup> tables;  ///< by TableId
  AccessIndex access[2];          ///< by Phase
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
