// SipHash-2-4 (Aumasson and Bernstein, "SipHash: a fast short-input PRF", INDOCRYPT 2012): a hash with a secret key, so
// that clients who choose the keys of a table cannot choose where they fall.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace sprx {

struct HashKey {
  std::uint64_t first = 0;
  std::uint64_t second = 0;
};

/// A key that nobody knows, from the system's random source.
[[nodiscard]] HashKey fresh_hash_key();

[[nodiscard]] inline std::uint64_t sip_hash(const HashKey& key, std::string_view text) {
  std::uint64_t v0 = key.first ^ 0x736F6D6570736575ULL;
  std::uint64_t v1 = key.second ^ 0x646F72616E646F6DULL;
  std::uint64_t v2 = key.first ^ 0x6C7967656E657261ULL;
  std::uint64_t v3 = key.second ^ 0x7465646279746573ULL;
  const auto round = [&] {
    v0 += v1;
    v1 = std::rotl(v1, 13) ^ v0;
    v0 = std::rotl(v0, 32);
    v2 += v3;
    v3 = std::rotl(v3, 16) ^ v2;
    v0 += v3;
    v3 = std::rotl(v3, 21) ^ v0;
    v2 += v1;
    v1 = std::rotl(v1, 17) ^ v2;
    v2 = std::rotl(v2, 32);
  };
  const auto absorb = [&](std::uint64_t word) {
    v3 ^= word;
    round();
    round();
    v0 ^= word;
  };
  const std::uint64_t size = text.size();
  while (text.size() >= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data(), 8);
    absorb(word);
    text.remove_prefix(8);
  }
  std::uint64_t last = 0;
  if (!text.empty()) std::memcpy(&last, text.data(), text.size());
  absorb(last | size << 56);
  v2 ^= 0xFF;
  for (int i = 0; i < 4; ++i) round();
  return v0 ^ v1 ^ v2 ^ v3;
}

}  // namespace sprx
