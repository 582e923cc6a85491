// Hexadecimal digits, as percent-encoding has them (RFC 3986 2.1).
#pragma once

#include "compiler/table/canonical.h"

namespace sprx {

/// The digit's value, or -1.
[[nodiscard]] constexpr int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = fold(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace sprx
