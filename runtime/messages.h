// Messages of the platform: `flag "maintenance=on"`, `ban "banned 203.0.113.9 30m"`, `unban "banned 203.0.113.9"`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/live_state.h"

namespace sprx {

/// The longest arguments of a message, bytes.
inline constexpr std::size_t kMessageLimit = 4'096;
/// The longest time of a ban, microseconds: 366 days, as in the language.
inline constexpr std::int64_t kLongestBanUs = 366LL * 86'400 * 1'000'000;

/// What came of a message: `status` as in HTTP, and one line that says what was done or what is wrong.
struct MessageResult {
  unsigned status = 200;
  std::string text;
};

/// Whether a message of this name changes the live state.
[[nodiscard]] bool is_live_message(std::string_view name);
/// Carries one out. Every worker goes by it when this returns.
[[nodiscard]] MessageResult carry_out(LiveState& state, std::string_view name, std::string_view arguments);

/// `500ms 30s 10m 2h 1d` in microseconds.
[[nodiscard]] std::optional<std::int64_t> read_duration(std::string_view text);
/// Text of someone else for a line of ours: quotes, control characters and what is not ASCII escaped, cut when long.
[[nodiscard]] std::string shown_argument(std::string_view text);

}  // namespace sprx
