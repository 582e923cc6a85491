// Words of eight bytes: hashing of keys, done alike when a table is built and when a message is looked up, and
// comparing without regard to case.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace sprx {

static_assert(std::endian::native == std::endian::little, "words of a key are read as little-endian numbers");

__extension__ using Uint128 = unsigned __int128;

/// Folds the 128-bit product of two words into one: every bit of both matters to every bit of the result.
[[nodiscard]] constexpr std::uint64_t hash_mix(std::uint64_t a, std::uint64_t b) {
  const Uint128 product = static_cast<Uint128>(a ^ 0x9E3779B97F4A7C15ULL) * (b ^ 0xD6E8FEB86659FD93ULL);
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

inline constexpr std::uint64_t kByteOnes = 0x0101010101010101ULL;
inline constexpr std::uint64_t kByteHighs = 0x80 * kByteOnes;

/// The high bit of every byte of `word` that is `c`, and no other bit.
[[nodiscard]] constexpr std::uint64_t bytes_equal(std::uint64_t word, char c) {
  const std::uint64_t off = word ^ static_cast<unsigned char>(c) * kByteOnes;
  return ~(((off & ~kByteHighs) + ~kByteHighs) | off) & kByteHighs;
}

/// Zero if every byte is printable ASCII (0x20 to 0x7E); which bits are set where one is not says nothing.
[[nodiscard]] constexpr std::uint64_t not_printable(std::uint64_t word) {
  const std::uint64_t below_space = (word - 0x20 * kByteOnes) & ~word & kByteHighs;
  return below_space | (word & kByteHighs) | bytes_equal(word, 0x7F);
}

/// Eight bytes at once in lower case (ASCII only; others stay).
[[nodiscard]] constexpr std::uint64_t fold_word(std::uint64_t word) {
  const std::uint64_t seven = word & (0x7F * kByteOnes);
  const std::uint64_t at_least_a = seven + (0x80 - 'A') * kByteOnes;
  const std::uint64_t above_z = seven + (0x80 - 'Z' - 1) * kByteOnes;
  const std::uint64_t capital = (at_least_a & ~above_z & ~word) & kByteHighs;
  return word | capital >> 2;
}

/// The word that 1 to 7 bytes make, without the call that a copy of unknown length is.
[[nodiscard]] inline std::uint64_t short_word(const char* at, std::size_t left) {
  if (left >= 4) {
    std::uint32_t low = 0;
    std::uint32_t high = 0;
    std::memcpy(&low, at, 4);
    std::memcpy(&high, at + left - 4, 4);
    return low | static_cast<std::uint64_t>(high) << (8 * (left - 4));
  }
  const auto byte = [&](std::size_t i) {
    return static_cast<std::uint64_t>(static_cast<unsigned char>(at[i])) << (8 * i);
  };
  return byte(0) | byte(left / 2) | byte(left - 1);
}

/// The eight bytes at `at`, or the `left` that are there with zeros after them.
[[nodiscard]] inline std::uint64_t word_of(const char* at, std::size_t left) {
  if (left < 8) return left == 0 ? 0 : short_word(at, left);
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  return word;
}

/// Where the lowest bit stands, in bytes: of a mask that has the high bits of bytes only, and at least one.
[[nodiscard]] constexpr std::size_t first_byte(std::uint64_t high_bits) {
  return static_cast<std::size_t>(std::countr_zero(high_bits)) / 8;
}

/// Place of the first `c`, which is not NUL, in a text that is short as a rule; its size if there is none.
[[nodiscard]] inline std::size_t find_byte(std::string_view text, char c) {
  for (std::size_t at = 0; at < text.size(); at += 8) {
    const std::uint64_t hits = bytes_equal(word_of(text.data() + at, text.size() - at), c);
    if (hits != 0) return at + first_byte(hits);
  }
  return text.size();
}

/// Whether `size` bytes, at least one, are those of `lower`, which holds no capital, but for case (ASCII).
[[nodiscard]] inline bool same_lower(const char* text, const char* lower, std::size_t size) {
  if (size < 8) return fold_word(short_word(text, size)) == short_word(lower, size);
  const auto same_at = [&](std::size_t at) {
    std::uint64_t a = 0;
    std::uint64_t b = 0;
    std::memcpy(&a, text + at, 8);
    std::memcpy(&b, lower + at, 8);
    return fold_word(a) == b;
  };
  for (std::size_t at = 0; at + 8 < size; at += 8) {
    if (!same_at(at)) return false;
  }
  return same_at(size - 8);
}

/// Whether `text` is `lower`, which holds no capital, but for case (ASCII). Mostly the lengths tell.
[[nodiscard]] inline bool equal_lower(std::string_view text, std::string_view lower) {
  return text.size() == lower.size() && (text.empty() || same_lower(text.data(), lower.data(), text.size()));
}

/// Hash of `text` that continues from `seed`; with `nocase` equal for texts that differ in ASCII case only.
[[nodiscard]] inline std::uint64_t hash_text(std::string_view text, bool nocase, std::uint64_t seed = 0) {
  std::uint64_t hash = hash_mix(seed, text.size());
  const char* at = text.data();
  std::size_t left = text.size();
  for (; left >= 8; at += 8, left -= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, 8);
    hash = hash_mix(hash, nocase ? fold_word(word) : word);
  }
  if (left > 0) {
    const std::uint64_t word = short_word(at, left);
    hash = hash_mix(hash, nocase ? fold_word(word) : word);
  }
  return hash;
}

}  // namespace sprx
