// What time it is for measuring how long things take.
#pragma once

#include <chrono>
#include <cstdint>

namespace sprx {

/// Microseconds of a clock that never goes back; from an arbitrary beginning.
[[nodiscard]] inline std::int64_t steady_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace sprx
