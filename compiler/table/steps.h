// Steps of a path (from the left, at `/`) or a host (from the right, at `.`): their running hashes in one pass.
#pragma once

#include <cstdint>
#include <string_view>

#include "compiler/table/hash.h"

namespace sprx {

inline constexpr std::uint64_t kStepSeed = 0x5B1D7C3A9E4F6082ULL;

/// Calls `visit(length, hash, whole)` for every prefix of `path` that ends before a `/` (whole == false; the empty one
/// before a leading `/` included), shortest first, then for the path itself (whole == true), for as long as it returns
/// true. Linear in what is visited.
template <typename Visit>
void each_path_step(std::string_view path, bool nocase, Visit visit) {
  std::uint64_t hash = kStepSeed;
  std::size_t done = 0;
  for (std::size_t at = path.find('/'); at != std::string_view::npos; at = path.find('/', at + 1)) {
    if (at > done) hash = hash_text(path.substr(done, at - done), nocase, hash);
    if (!visit(at, hash, false)) return;
    done = at;
  }
  if (path.size() > done) hash = hash_text(path.substr(done), nocase, hash);
  static_cast<void>(visit(path.size(), hash, true));
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
