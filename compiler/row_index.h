// RowIndex: which row of a list or table already has a text, for lists of millions of rows: open addressing over row
// numbers, no copy of any text.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

namespace sprx {

class RowIndex {
 public:
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;

  /// The row that has `text` already, else kNone, and then `row` has it from now on. `text_of(row)` is a row's text.
  template <typename TextOf>
  std::uint32_t find_or_add(std::string_view text, std::uint32_t row, const TextOf& text_of) {
    if ((count_ + 1) * 2 > slots_.size()) grow(text_of);
    for (std::size_t at = place(text);; at = (at + 1) & (slots_.size() - 1)) {
      if (slots_[at] == kNone) {
        slots_[at] = row;
        ++count_;
        return kNone;
      }
      if (text_of(slots_[at]) == text) return slots_[at];
    }
  }

 private:
  [[nodiscard]] std::size_t place(std::string_view text) const {
    return std::hash<std::string_view>{}(text) & (slots_.size() - 1);
  }
  template <typename TextOf>
  void grow(const TextOf& text_of) {
    std::vector<std::uint32_t> old(slots_.empty() ? 64 : slots_.size() * 2, kNone);
    old.swap(slots_);
    for (const std::uint32_t row : old) {
      if (row == kNone) continue;
      std::size_t at = place(text_of(row));
      while (slots_[at] != kNone) at = (at + 1) & (slots_.size() - 1);
      slots_[at] = row;
    }
  }

  std::vector<std::uint32_t> slots_;
  std::size_t count_ = 0;
};

}  // namespace sprx
