// PatternSet: many patterns scanned for at once (RE2::Set); where that cannot be, one by one. Never a silent "no
// match".
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "compiler/table/expr.h"
#include "compiler/table/pattern.h"
#include "compiler/table/text_table.h"

namespace sprx {

/// Memory one set may use, bytes; a set that needs more is searched pattern by pattern.
inline constexpr std::int64_t kPatternSetMemory = 32 << 20;
/// Where the first match counts, patterns are in sets of so many: the set says whether, a walk of at most this many
/// which.
inline constexpr std::size_t kPatternChunk = 64;

/// Immutable once built; `find` may be called by several threads.
class PatternSet {
 public:
  PatternSet();
  ~PatternSet();
  PatternSet(PatternSet&&) noexcept;
  PatternSet& operator=(PatternSet&&) noexcept;

  /// `ordered`: `find` gives the first row that matches; else some row that is no more than a sign that one does.
  void build(const ExprPool& pool, std::span<const PatternId> rows, bool ordered);
  /// A row, kNoRow, or kRowFailed where a bound was reached that one-by-one searching reached too.
  [[nodiscard]] std::uint32_t find(const ExprPool& pool, std::span<const PatternId> rows, std::string_view value) const;

 private:
  struct Chunk;
  [[nodiscard]] std::uint32_t find_in(const Chunk& chunk, const ExprPool& pool, std::span<const PatternId> rows,
                                      std::string_view value) const;
  std::vector<Chunk> chunks_;
  bool ordered_ = false;
};

}  // namespace sprx
