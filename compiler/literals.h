// Literals that are numbers with a meaning: times, durations, sizes and rates, read exactly or not at all.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace sprx {

/// An RFC 3339 time with an offset, in microseconds since 1970-01-01T00:00:00Z. Digits past the microsecond are
/// dropped; a leap second is the second after it.
[[nodiscard]] std::optional<std::int64_t> parse_time(std::string_view text);

/// `10ms 2s 5m 1h 30d` in microseconds; `_` may stand between digits. Absent where the unit is unknown, the
/// greatest number where it does not fit.
[[nodiscard]] std::optional<std::int64_t> parse_duration(std::string_view text);

/// `64KiB 8MiB 1GiB` or a bare number, in bytes; the greatest number where it does not fit.
[[nodiscard]] std::optional<std::int64_t> parse_size(std::string_view text);

/// `10/s`, `1/10s`, `600/m`: so many in so many microseconds, both greater than zero.
struct Rate {
  std::int64_t count = 0;
  std::int64_t micros = 0;
  friend bool operator==(const Rate&, const Rate&) = default;
};
[[nodiscard]] std::optional<Rate> parse_rate(std::string_view text);

}  // namespace sprx
