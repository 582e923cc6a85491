// Steps of a path (from the left, at `/`) or a host (from the right, at `.`): their running hashes in one pass.
#pragma once

#include <cstdint>
#include <string_view>

#include "compiler/table/hash.h"

namespace sprx {

inline constexpr std::uint64_t kStepSeed = 0x5B1D7C3A9E4F6082ULL;

/// Calls `visit(length, hash, whole)` for every prefix of `path` that ends before a `/` (whole == false; the empty one
/// before a leading `/` included), shortest first, then for the path itself (whole == true), for as long as it returns
/// true. Linear in what is visited: each word of a segment is looked at once, for its end and for the hash.
template <typename Visit>
void each_path_step(std::string_view path, bool nocase, Visit visit) {
  std::uint64_t hash = kStepSeed;
  std::size_t begin = 0;
  if (path.empty() || path.front() == '/') {
    if (!visit(std::size_t{0}, hash, path.empty()) || path.empty()) return;
    begin = 1;
  }
  for (std::size_t at = begin;;) {
    const std::size_t left = path.size() - at;
    const std::uint64_t read = word_of(path.data() + at, left);
    const std::uint64_t word = nocase ? fold_word(read) : read;
    const std::uint64_t slashes = bytes_equal(read, '/');
    if (slashes == 0 && left >= 8) {
      hash = hash_mix(hash, word);
      at += 8;
      continue;
    }
    const bool whole = slashes == 0;
    const std::size_t kept = whole ? left : first_byte(slashes);
    const std::size_t end = at + kept;
    hash = hash_mix(hash + (end - begin), word & ((std::uint64_t{1} << (8 * kept)) - 1));
    if (!visit(end, hash, whole) || whole) return;
    begin = at = end + 1;
  }
}

/// Likewise for every suffix of `host` that begins after a `.`, then for the host itself.
template <typename Visit>
void each_host_step(std::string_view host, bool nocase, Visit visit) {
  std::uint64_t hash = kStepSeed;
  std::size_t done = host.size();
  for (std::size_t dot = host.rfind('.'); dot != std::string_view::npos;) {
    if (dot + 1 < done) hash = hash_text(host.substr(dot + 1, done - dot - 1), nocase, hash);
    if (!visit(host.size() - dot - 1, hash, false)) return;
    done = dot + 1;
    if (dot == 0) break;
    dot = host.rfind('.', dot - 1);
  }
  if (done > 0) hash = hash_text(host.substr(0, done), nocase, hash);
  static_cast<void>(visit(host.size(), hash, true));
}

enum class StepOrder : std::uint8_t { path, host };

template <typename Visit>
void each_step(StepOrder order, std::string_view text, bool nocase, Visit visit) {
  if (order == StepOrder::path) {
    each_path_step(text, nocase, visit);
  } else {
    each_host_step(text, nocase, visit);
  }
}

/// The hash that `each_step` has for `text` as a whole or as a step of something longer.
[[nodiscard]] inline std::uint64_t step_hash(StepOrder order, std::string_view text, bool nocase) {
  std::uint64_t result = kStepSeed;
  each_step(order, text, nocase, [&](std::size_t, std::uint64_t hash, bool whole) {
    if (whole) result = hash;
    return true;
  });
  return result;
}

/// How many steps `text` has.
[[nodiscard]] inline std::uint32_t step_count(StepOrder order, std::string_view text) {
  std::uint32_t count = 0;
  each_step(order, text, false, [&](std::size_t, std::uint64_t, bool) { return ++count != 0; });
  return count;
}

}  // namespace sprx
