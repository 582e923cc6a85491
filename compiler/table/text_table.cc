#include "compiler/table/text_table.h"

#include "compiler/table/canonical.h"

namespace sprx {

bool equal_key(std::string_view value, std::string_view key, bool nocase) {
  if (!nocase) return value == key;
  if (value.size() != key.size()) return false;
  for (std::size_t i = 0; i < key.size(); ++i) {
    if (fold(value[i]) != key[i]) return false;
  }
  return true;
}

void TextTable::reserve(std::size_t count, bool nocase, Trim trim) {
  nocase_ = nocase;
  trim_ = trim;
  places_.assign(count == 0 ? 0 : count + count / 3 + 1, Place{});
}

std::string_view TextTable::key(const StringPool& strings, std::span<const StrId> texts, std::uint32_t row) const {
  std::string_view text = strings.view(texts[row]);
  text.remove_prefix(trim_.front);
  text.remove_suffix(trim_.back);
  return text;
}

void TextTable::insert(const StringPool& strings, std::span<const StrId> texts, std::uint32_t row, std::uint64_t hash) {
  const auto fingerprint = static_cast<std::uint32_t>(hash);
  const std::string_view text = key(strings, texts, row);
  std::size_t at = start(hash);
  while (places_[at].row != kNoRow) {
    if (places_[at].fingerprint == fingerprint && key(strings, texts, places_[at].row) == text) return;
    if (++at == places_.size()) at = 0;
  }
  places_[at] = {fingerprint, row};
  ++count_;
}

std::uint32_t TextTable::find(const StringPool& strings, std::span<const StrId> texts, std::string_view text,
                              std::uint64_t hash) const {
  if (places_.empty()) return kNoRow;
  const auto fingerprint = static_cast<std::uint32_t>(hash);
  std::size_t at = start(hash);
  while (places_[at].row != kNoRow) {
    const Place place = places_[at];
    if (place.fingerprint == fingerprint && equal_key(text, key(strings, texts, place.row), nocase_)) return place.row;
    if (++at == places_.size()) at = 0;
  }
  return kNoRow;
}

}  // namespace sprx
