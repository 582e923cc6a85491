// What declarations of dynamic lists and limits have in common. Private to check_changing.cc and check_limits.cc.
#pragma once

#include <cstdint>

namespace sprx {

inline constexpr std::int64_t kHour = 3'600'000'000;
/// The longest that anything is remembered, in microseconds: 366 days.
inline constexpr std::int64_t kLongestTime = 366 * 24 * kHour;
/// Keys that a dynamic list or a limit holds, unless it says `max`.
inline constexpr std::uint32_t kDefaultKeys = 100'000;

}  // namespace sprx
