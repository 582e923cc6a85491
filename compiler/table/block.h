// Blocks: sixteen bytes of a text looked at together. A mask has a bit for each byte, the first one's lowest.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#include "compiler/table/hash.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace sprx {

inline constexpr std::size_t kBlockSize = 16;

/// What stands at `at`, which is within the text or its end, and after it; beyond the text's end there are NULs.
struct BlockBytes {
  BlockBytes(std::string_view text, std::size_t at) {
    const std::size_t left = text.size() - at;
    const char* const from = text.data() + at;
    if (left >= kBlockSize) {
      std::memcpy(words, from, kBlockSize);
    } else {
      words[0] = word_of(from, left);
      words[1] = left > 8 ? word_of(from + 8, left - 8) : 0;
    }
  }
  std::uint64_t words[2];
};

/// Where the machine has no vectors that we know: words of eight bytes.
class WordBlock {
 public:
  explicit WordBlock(const BlockBytes& bytes) : low_(bytes.words[0]), high_(bytes.words[1]) {}

  /// Bytes that are `c`.
  [[nodiscard]] std::uint32_t equal(char c) const {
    return gather(bytes_equal(low_, c)) | gather(bytes_equal(high_, c)) << 8;
  }
  /// Bytes from `least` to `most`, both included; neither is NUL or beyond ASCII.
  [[nodiscard]] std::uint32_t within(char least, char most) const {
    return gather(bytes_within(low_, least, most)) | gather(bytes_within(high_, least, most)) << 8;
  }

  /// Sixteen bytes that are there.
  [[nodiscard]] static WordBlock at(const char* bytes) {
    WordBlock out;
    std::memcpy(&out.low_, bytes, sizeof out.low_);
    std::memcpy(&out.high_, bytes + sizeof out.low_, sizeof out.high_);
    return out;
  }
  /// Sixteen times `c`.
  [[nodiscard]] static WordBlock all(char c) { return WordBlock().or_each(c); }
  /// With the bits of `bits` set in each byte.
  [[nodiscard]] WordBlock or_each(char bits) const {
    WordBlock out;
    out.low_ = low_ | static_cast<unsigned char>(bits) * kByteOnes;
    out.high_ = high_ | static_cast<unsigned char>(bits) * kByteOnes;
    return out;
  }
  /// Places where the byte of `a` is that of `b`, and that of `c` is that of `d`.
  [[nodiscard]] static std::uint32_t both_equal(const WordBlock& a, const WordBlock& b, const WordBlock& c,
                                                const WordBlock& d) {
    return gather(bytes_equal((a.low_ ^ b.low_) | (c.low_ ^ d.low_), '\0')) |
           gather(bytes_equal((a.high_ ^ b.high_) | (c.high_ ^ d.high_), '\0')) << 8;
  }

 private:
  WordBlock() = default;
  /// The highest bit of each byte as the lowest eight bits.
  static constexpr std::uint32_t gather(std::uint64_t highs) {
    return static_cast<std::uint32_t>((highs >> 7) * 0x0102040810204080ULL >> 56);
  }
  static constexpr std::uint64_t bytes_within(std::uint64_t word, char least, char most) {
    const std::uint64_t seven = word & ~kByteHighs;
    const std::uint64_t enough = seven + static_cast<std::uint64_t>(0x80 - least) * kByteOnes;
    const std::uint64_t beyond = seven + static_cast<std::uint64_t>(0x7F - most) * kByteOnes;
    return enough & ~beyond & ~word & kByteHighs;
  }

  std::uint64_t low_ = 0;
  std::uint64_t high_ = 0;
};

#if defined(__SSE2__)

/// A WordBlock's answers from a vector; every x86-64 has SSE2.
class VectorBlock {
 public:
  explicit VectorBlock(const BlockBytes& bytes)
      : bytes_(_mm_set_epi64x(static_cast<long long>(bytes.words[1]), static_cast<long long>(bytes.words[0]))) {}

  [[nodiscard]] std::uint32_t equal(char c) const { return mask_of(_mm_cmpeq_epi8(bytes_, _mm_set1_epi8(c))); }
  [[nodiscard]] std::uint32_t within(char least, char most) const {
    // Signed: what is beyond ASCII is less than everything.
    const __m128i enough = _mm_cmpgt_epi8(bytes_, _mm_set1_epi8(static_cast<char>(least - 1)));
    const __m128i beyond = _mm_cmpgt_epi8(bytes_, _mm_set1_epi8(most));
    return mask_of(_mm_andnot_si128(beyond, enough));
  }

  [[nodiscard]] static VectorBlock at(const char* bytes) {
    return VectorBlock(_mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes)));
  }
  [[nodiscard]] static VectorBlock all(char c) { return VectorBlock(_mm_set1_epi8(c)); }
  [[nodiscard]] VectorBlock or_each(char bits) const { return VectorBlock(_mm_or_si128(bytes_, _mm_set1_epi8(bits))); }
  [[nodiscard]] static std::uint32_t both_equal(const VectorBlock& a, const VectorBlock& b, const VectorBlock& c,
                                                const VectorBlock& d) {
    return mask_of(_mm_and_si128(_mm_cmpeq_epi8(a.bytes_, b.bytes_), _mm_cmpeq_epi8(c.bytes_, d.bytes_)));
  }

 private:
  explicit VectorBlock(__m128i bytes) : bytes_(bytes) {}
  static std::uint32_t mask_of(__m128i bytes) { return static_cast<std::uint32_t>(_mm_movemask_epi8(bytes)); }

  __m128i bytes_;
};

using Block = VectorBlock;
#else
using Block = WordBlock;
#endif

}  // namespace sprx
