// TextTable: exact look-up of texts that live in a pool; eight bytes a place, three quarters full at most.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "compiler/table/strings.h"

namespace sprx {

inline constexpr std::uint32_t kNoRow = 0xFFFFFFFF;
/// A bound was reached while looking; never to be taken for kNoRow.
inline constexpr std::uint32_t kRowFailed = 0xFFFFFFFE;

/// Open addressing with 32-bit fingerprints; a hit is confirmed by comparing the text. Rows are indices into `texts`,
/// of which `drop_front` and `drop_back` bytes are no part of the key (`*.` and `=` of a domain, the last `/` of a
/// prefix).
class TextTable {
 public:
  struct Trim {
    std::uint8_t front = 0;
    std::uint8_t back = 0;
  };
  /// Makes room for `count` rows; `nocase`: texts are in lower case and what is looked for is folded.
  void reserve(std::size_t count, bool nocase, Trim trim);
  /// Adds a row unless an equal key is there (the first row wins). `hash` is of the trimmed key.
  void insert(const StringPool& strings, std::span<const StrId> texts, std::uint32_t row, std::uint64_t hash);
  /// The row whose key is `text`, or kNoRow. `hash` was made like that of the rows.
  [[nodiscard]] std::uint32_t find(const StringPool& strings, std::span<const StrId> texts, std::string_view text,
                                   std::uint64_t hash) const;
  [[nodiscard]] bool empty() const { return count_ == 0; }
  [[nodiscard]] std::size_t bytes() const { return places_.size() * sizeof(Place); }
  [[nodiscard]] std::string_view key(const StringPool& strings, std::span<const StrId> texts, std::uint32_t row) const;

 private:
  struct Place {
    std::uint32_t fingerprint = 0;
    std::uint32_t row = kNoRow;
  };
  [[nodiscard]] std::size_t start(std::uint64_t hash) const {
    return static_cast<std::size_t>((hash >> 32) * places_.size() >> 32);
  }
  std::vector<Place> places_;
  std::size_t count_ = 0;
  bool nocase_ = false;
  Trim trim_;
};

/// Whether `value`, folded where `nocase`, is `key` (which is in lower case then).
[[nodiscard]] bool equal_key(std::string_view value, std::string_view key, bool nocase);

}  // namespace sprx
