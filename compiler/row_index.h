// RowIndex: which row of a list or table already has a text, for lists of millions of rows: open addressing over row
// numbers, no copy of any text.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "compiler/table/hash.h"

namespace sprx {

class RowIndex {
 public:
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;

  /// The row that has `text` already, else kNone, and then `row` has it from now on. `text_of(row)` is a row's text.
  template <typename TextOf>
  std::uint32_t find_or_add(std::string_view text, std::uint32_t row, const TextOf& text_of) {
    if ((count_ + 1) * 2 > slots_.size()) grow();
    const std::uint64_t hash = hash_text(text, false);
    const auto tag = static_cast<std::uint32_t>(hash >> 32);
    // By the same half of the hash: growing needs no text.
    for (std::size_t at = tag & (slots_.size() - 1);; at = (at + 1) & (slots_.size() - 1)) {
      if (slots_[at].row == kNone) {
        slots_[at] = {tag, row};
        ++count_;
        return kNone;
      }
      if (slots_[at].tag == tag && text_of(slots_[at].row) == text) return slots_[at].row;
    }
  }

 private:
  struct Slot {
    std::uint32_t tag = 0;
    std::uint32_t row = kNone;
  };

  void grow() {
    std::vector<Slot> old(slots_.empty() ? 64 : slots_.size() * 2);
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.row == kNone) continue;
      std::size_t at = slot.tag & (slots_.size() - 1);
      while (slots_[at].row != kNone) at = (at + 1) & (slots_.size() - 1);
      slots_[at] = slot;
    }
  }

  std::vector<Slot> slots_;
  std::size_t count_ = 0;
};

}  // namespace sprx
