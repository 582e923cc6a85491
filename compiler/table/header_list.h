// Values of headers: comma lists (RFC 9110 5.6) with quoted strings kept whole, language tags, what a cookie may hold.
// Compile time checks literals with it, run time takes headers apart.
#pragma once

#include <cstddef>
#include <string_view>

namespace sprx {

/// Offers of one negotiation, which bounds what a header costs.
inline constexpr std::size_t kMaxOffers = 64;

/// Without blanks (space and tab) at both ends.
[[nodiscard]] constexpr std::string_view without_blanks(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

/// The part of `rest` before the first `separator` outside a quoted string, without blanks around it; `rest` is what
/// follows the separator. A quoted string that does not end goes on to the end of the text.
[[nodiscard]] std::string_view next_quoted_part(std::string_view& rest, char separator);

/// What stands in a cookie's value (RFC 6265bis): visible ASCII but `"`, `,`, `;` and the backslash.
[[nodiscard]] constexpr bool is_cookie_octet(char c) {
  return c > ' ' && c < '\x7F' && c != '"' && c != ',' && c != ';' && c != '\\';
}

/// RFC 5646 by its shape: subtags of one to eight letters and digits, the first of letters only, joined by `-`.
[[nodiscard]] bool is_language_tag(std::string_view text);

}  // namespace sprx
