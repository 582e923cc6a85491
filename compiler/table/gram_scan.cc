#include "compiler/table/gram_scan.h"

#include <algorithm>
#include <array>
#include <bit>
#include <iterator>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "compiler/table/canonical.h"

namespace sprx {
namespace {

/// Bits of the filter a gram; of the smallest and the largest filter. Fewer literals share a wide gram, so that there
/// are more of those; their filter is to stay in the second cache.
constexpr std::size_t kBitsOfGram = 32;
constexpr std::size_t kBitsOfWideGram = 64;
constexpr std::uint32_t kMostWideFilter = 21;
constexpr std::uint32_t kLeastFilter = 12;
constexpr std::uint32_t kMostFilter = 23;
/// Largest filter that has a byte a slot; it is to stay in the nearest cache beside all else.
constexpr std::uint32_t kMostByteFilter = 13;

/// What a common gram weighs, measured in literals that share one.
constexpr std::uint32_t kCommonWeight = 64;

/// Classes of literals: the bytes of their grams, and at which places those are looked for. What has five bytes or more
/// is looked for at every second place, unless its grams are crowded wherever it could be found by them.
struct LengthClass {
  std::uint32_t width;
  std::uint32_t stride;
};
constexpr LengthClass kClasses[] = {{1, 1}, {2, 1}, {3, 1}, {4, 1}, {4, 2}, {8, 2}};
constexpr std::size_t kFour = 3;
constexpr std::size_t kLong = 4;
constexpr std::size_t kWidest = 5;
/// Longest literal that one class alone takes; shortest of the widest grams, bytes.
constexpr std::size_t kMostOfOneClass = 4;
constexpr std::size_t kLeastOfWidest = 9;
/// So many literals crowd the grams of four bytes.
constexpr std::size_t kCrowd = 4096;

/// Whether literals that are long enough have wide grams rather than those of four bytes: they are many, or no others
/// would make two passes of one.
bool prefers_wide(std::span<const Literal> literals) {
  const auto is_widest = [](const Literal& literal) { return literal.text.size() >= kLeastOfWidest; };
  const auto is_long = [](const Literal& literal) {
    return literal.text.size() > kMostOfOneClass && literal.text.size() < kLeastOfWidest;
  };
  return std::count_if(literals.begin(), literals.end(), is_widest) > static_cast<std::ptrdiff_t>(kCrowd) ||
         std::none_of(literals.begin(), literals.end(), is_long);
}

/// The classes that a literal may be in, best first.
std::array<std::size_t, 3> classes_of(std::size_t size, bool wide_first) {
  if (size <= kMostOfOneClass) return {size - 1, size - 1, size - 1};
  if (size < kLeastOfWidest) return {kLong, kFour, kFour};
  return {wide_first ? kWidest : kLong, wide_first ? kLong : kWidest, kFour};
}

}  // namespace

const std::unordered_set<std::uint32_t>& GramScan::common_grams() {
  static const std::unordered_set<std::uint32_t> made = [] {
    std::unordered_set<std::uint32_t> out;
    for (const std::string_view text : kCommonTexts) {
      for (std::size_t i = 0; i + 4 <= text.size(); ++i) out.insert(read_end(text.data() + i, 4));
    }
    return out;
  }();
  return made;
}

template <bool kByteEach, bool kOfEight>
std::size_t GramScan::worth_a_look(const Pass& pass, std::string_view value, std::size_t at) {
  // In locals: what is behind a reference would be read again for each gram.
  const std::uint8_t* const filter = pass.filter.data();
  const std::uint32_t shift = pass.filter_shift;
  const char* const text = value.data();
  const auto bit = [&](std::uint32_t gram) {
    const std::uint32_t slot = spread(gram, kOfEight) >> shift;
    if constexpr (kByteEach) return std::uint32_t{filter[slot]};
    return static_cast<std::uint32_t>(filter[slot >> 3]) >> (slot & 7);
  };
  for (; at + kGroup + (kOfEight ? kWide : 4) - 2 <= value.size(); at += kGroup) {
    std::uint32_t any = 0;
    if constexpr (kOfEight) {
      any = bit(read_wide(text + at)) | bit(read_wide(text + at + 2)) | bit(read_wide(text + at + 4)) |
            bit(read_wide(text + at + 6));
    } else {
      std::uint64_t word = 0;
      std::memcpy(&word, text + at, sizeof word);
      word |= std::uint64_t{kCase} << 32 | kCase;
      any = bit(static_cast<std::uint32_t>(word)) | bit(static_cast<std::uint32_t>(word >> 16)) |
            bit(static_cast<std::uint32_t>(word >> 32)) | bit(read(text + at + 6, 0xFFFFFFFF));
    }
    if ((any & 1) != 0) break;
  }
  return at;
}

template std::size_t GramScan::worth_a_look<true, true>(const Pass&, std::string_view, std::size_t);
template std::size_t GramScan::worth_a_look<false, true>(const Pass&, std::string_view, std::size_t);
template std::size_t GramScan::worth_a_look<true, false>(const Pass&, std::string_view, std::size_t);
template std::size_t GramScan::worth_a_look<false, false>(const Pass&, std::string_view, std::size_t);

bool GramScan::stands_at(const Ref& literal, const char* b) const {
  const char* a = texts_.data() + literal.at;
  // What shares a gram mostly differs in its first letter.
  if (((a[0] ^ b[0]) & ~0x20) != 0) return false;
  if (!literal.nocase) return std::memcmp(a, b, literal.size) == 0;
  for (std::size_t i = 0; i < literal.size; ++i) {
    if (a[i] != fold(b[i])) return false;
  }
  return true;
}

std::span<const GramScan::Place> GramScan::find(const Pass& pass, std::uint32_t gram) {
  const std::size_t mask = pass.places.size() - 1;
  const bool wide = pass.width == kWide;
  for (std::size_t at = spread(gram, wide) >> pass.place_shift; pass.places[at].count != 0; at = (at + 1) & mask) {
    if (pass.places[at].gram == gram) return std::span(pass.places).subspan(at, 1);
  }
  return {};
}

void GramScan::add_pass(std::uint32_t width, std::uint32_t stride, std::vector<Gram> grams) {
  if (grams.empty()) return;
  std::sort(grams.begin(), grams.end(),
            [](const Gram& a, const Gram& b) { return std::pair(a.gram, a.ref.at) < std::pair(b.gram, b.ref.at); });
  Pass pass;
  pass.width = width;
  pass.stride = stride;
  pass.mask = width >= 4 ? 0xFFFFFFFF : (std::uint32_t{1} << (8 * width)) - 1;
  const bool wide = width == kWide;
  const auto bits =
      static_cast<std::uint32_t>(std::bit_width(grams.size() * (wide ? kBitsOfWideGram : kBitsOfGram) - 1));
  const std::uint32_t filter_bits = std::clamp(bits, kLeastFilter, wide ? kMostWideFilter : kMostFilter);
  pass.filter_shift = 32 - filter_bits;
  pass.byte_each = filter_bits <= kMostByteFilter;
  pass.filter.assign(std::size_t{1} << (pass.byte_each ? filter_bits : filter_bits - 3), 0);
  const auto place_bits =
      static_cast<std::uint32_t>(std::max(1, static_cast<int>(std::bit_width(grams.size() * 2 - 1))));
  pass.place_shift = 32 - place_bits;
  pass.places.assign(std::size_t{1} << place_bits, {});
  for (std::size_t i = 0; i < grams.size();) {
    const std::uint32_t gram = grams[i].gram;
    const auto first = static_cast<std::uint32_t>(refs_.size());
    for (; i < grams.size() && grams[i].gram == gram; ++i) refs_.push_back(grams[i].ref);
    const std::uint32_t spread_out = spread(gram, wide);
    const std::uint32_t slot = spread_out >> pass.filter_shift;
    std::uint8_t& byte = pass.filter[pass.byte_each ? slot : slot >> 3];
    byte = static_cast<std::uint8_t>(byte | 1U << (pass.byte_each ? 0 : slot & 7));
    std::size_t at = spread_out >> pass.place_shift;
    while (pass.places[at].count != 0) at = (at + 1) & (pass.places.size() - 1);
    pass.places[at] = {gram, first, static_cast<std::uint32_t>(refs_.size()) - first};
  }
  passes_.push_back(std::move(pass));
}

bool GramScan::is_common(const char* at, std::uint32_t width) {
  if (width == kWide && !common_grams().contains(read_end(at + 4, 4))) return false;
  return common_grams().contains(read_end(at, std::min<std::uint32_t>(width, 4)));
}

std::size_t GramScan::best_gram(std::string_view text, std::uint32_t width, std::uint32_t stride, const Loads& loads) {
  std::size_t best = text.size();
  std::uint32_t least = 0;
  for (std::size_t at = 0; at + width + stride - 1 <= text.size(); ++at) {
    std::uint32_t weight = 0;
    bool crowded = false;
    for (std::size_t i = at; i < at + stride; ++i) {
      const auto place = loads.find(gram_of(text.data() + i, width));
      const std::uint32_t shared = place == loads.end() ? 0 : place->second;
      // A text such as "aaaaaa" has both its grams in one place.
      crowded = crowded || shared + stride > kMaxLiteralsOfGram;
      weight += shared + (is_common(text.data() + i, width) ? kCommonWeight : 0);
    }
    // Of equal ones the last: names differ at their ends.
    if (crowded || (best != text.size() && weight > least)) continue;
    best = at;
    least = weight;
  }
  return best;
}

std::vector<std::uint32_t> GramScan::build(std::span<const Literal> literals) {
  if (PairScan::takes(literals)) {
    count_ = literals.size();
    few_.build(literals);
    return {};
  }
  std::vector<std::uint32_t> refused;
  const bool wide_first = prefers_wide(literals);
  std::vector<Gram> grams[std::size(kClasses)];
  Loads loads[std::size(kClasses)];
  for (std::uint32_t index = 0; index < literals.size(); ++index) {
    const Literal& literal = literals[index];
    const std::size_t size = literal.text.size();
    std::size_t best = size;
    std::size_t kind = 0;
    if (size > 0 && size <= kMaxGramLiteral) {
      for (const std::size_t tried : classes_of(size, wide_first)) {
        kind = tried;
        best = best_gram(literal.text, kClasses[kind].width, kClasses[kind].stride, loads[kind]);
        if (best != size) break;
      }
    }
    if (best == size) {
      refused.push_back(index);
      continue;
    }
    Ref ref;
    ref.at = static_cast<std::uint32_t>(texts_.size());
    ref.id = literal.id;
    ref.size = static_cast<std::uint16_t>(size);
    ref.nocase = literal.nocase ? 1 : 0;
    if (size >= 4) ref.end = read(literal.text.data() + size - 4, 0xFFFFFFFF);
    ++count_;
    for (const char c : literal.text) texts_ += literal.nocase ? fold(c) : c;
    for (std::size_t i = best; i < best + kClasses[kind].stride; ++i) {
      const std::uint32_t gram = gram_of(literal.text.data() + i, kClasses[kind].width);
      ++loads[kind][gram];
      ref.before = i & 0x7FFF;
      grams[kind].push_back({gram, ref});
    }
  }
  for (std::size_t kind = 0; kind < std::size(kClasses); ++kind) {
    add_pass(kClasses[kind].width, kClasses[kind].stride, std::move(grams[kind]));
  }
  return refused;
}

std::size_t GramScan::bytes() const {
  std::size_t sum = few_.bytes() + refs_.size() * sizeof(Ref) + texts_.size();
  for (const Pass& pass : passes_) sum += pass.filter.size() + pass.places.size() * sizeof(Place);
  return sum;
}

}  // namespace sprx
