// The digits of numbers, ports and status codes.
#pragma once

namespace sprx {

[[nodiscard]] constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace sprx
