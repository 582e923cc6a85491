#include "compiler/table/pair_scan.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "compiler/table/canonical.h"

namespace sprx {
namespace {

/// With more literals one look-up in a filter is cheaper than a comparison for each.
constexpr std::size_t kMostPairs = 4;

/// Bytes that are read for sixteen places where a pair may begin.
constexpr std::size_t kPlacesAndOne = kBlockSize + 1;

/// Without regard to case, which is enough for finding.
constexpr char without_case(char c) { return static_cast<char>(c | 0x20); }

/// How often texts that are common have the pair that begins at `pair`.
std::size_t commonness(const char* pair) {
  std::size_t count = 0;
  for (const std::string_view text : kCommonTexts) {
    for (std::size_t i = 0; i + 1 < text.size(); ++i) {
      const bool same =
          without_case(text[i]) == without_case(pair[0]) && without_case(text[i + 1]) == without_case(pair[1]);
      count += same ? 1 : 0;
    }
  }
  return count;
}

/// Where the rarest pair of `text` begins; of equal ones the last.
std::size_t rarest_pair(std::string_view text) {
  std::size_t best = 0;
  std::size_t least = commonness(text.data());
  for (std::size_t at = 1; at + 1 < text.size(); ++at) {
    const std::size_t count = commonness(text.data() + at);
    if (count > least) continue;
    best = at;
    least = count;
  }
  return best;
}

}  // namespace

bool PairScan::takes(std::span<const Literal> literals) {
  return literals.size() <= kMostPairs && std::all_of(literals.begin(), literals.end(), [](const Literal& literal) {
           return literal.text.size() >= 2 && literal.text.size() <= kMaxGramLiteral;
         });
}

void PairScan::build(std::span<const Literal> literals) {
  for (const Literal& literal : literals) {
    const std::size_t pair = rarest_pair(literal.text);
    wanted_.push_back({Block::all(without_case(literal.text[pair])), Block::all(without_case(literal.text[pair + 1])),
                       static_cast<std::uint32_t>(texts_.size()), literal.id,
                       static_cast<std::uint16_t>(literal.text.size()), static_cast<std::uint16_t>(pair),
                       literal.nocase});
    for (const char c : literal.text) texts_ += literal.nocase ? fold(c) : c;
  }
}

std::uint32_t PairScan::starts_in(const char* places) const {
  const Block first = Block::at(places).or_each(0x20);
  const Block second = Block::at(places + 1).or_each(0x20);
  std::uint32_t found = 0;
  for (const Wanted& wanted : wanted_) found |= Block::both_equal(first, wanted.first, second, wanted.second);
  return found;
}

std::size_t PairScan::next(std::string_view value, std::size_t at) const {
  for (; at + kPlacesAndOne <= value.size(); at += kBlockSize) {
    const std::uint32_t found = starts_in(value.data() + at);
    if (found != 0) return at + static_cast<std::size_t>(std::countr_zero(found));
  }
  if (at + 1 >= value.size()) return value.size();
  // What is left again with what stands before it, or with zeros after it.
  std::array<char, kPlacesAndOne> room{};
  std::size_t from = at;
  const char* places = room.data();
  if (value.size() >= kPlacesAndOne) {
    from = value.size() - kPlacesAndOne;
    places = value.data() + from;
  } else {
    std::memcpy(room.data(), value.data() + at, value.size() - at);
  }
  const std::uint32_t found = starts_in(places) >> (at - from);
  return found == 0 ? value.size() : at + static_cast<std::size_t>(std::countr_zero(found));
}

bool PairScan::stands_at(const Wanted& wanted, std::string_view value, std::size_t at) const {
  if (wanted.before > at || wanted.size > value.size() - (at - wanted.before)) return false;
  const char* const a = texts_.data() + wanted.at;
  const char* const b = value.data() + at - wanted.before;
  if (!wanted.nocase) return std::memcmp(a, b, wanted.size) == 0;
  for (std::size_t i = 0; i < wanted.size; ++i) {
    if (a[i] != fold(b[i])) return false;
  }
  return true;
}

}  // namespace sprx
