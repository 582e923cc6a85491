// Text of a transcript to bytes and back: escapes, generated runs, and a form of any bytes that can be printed on one
// line.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace sprx::http_suite {

/// Bytes of one line of a transcript: `\r \n \t \0 \e \\ \xHH`, `@{repeat N TEXT}` and `@{pattern N}`. Any other text
/// stands for itself. Nothing where an escape is malformed.
[[nodiscard]] std::optional<std::string> unescape(std::string_view text);

/// The inverse, for messages; at most `limit` bytes of input are shown.
[[nodiscard]] std::string escape(std::string_view bytes, std::size_t limit = 700);

/// Byte `at` of the endless text that big bodies are made of. A position that is off by any amount below 2^20 differs.
[[nodiscard]] constexpr char pattern_at(std::size_t at) {
  const std::size_t mixed = at * 2654435761U;
  return static_cast<char>('a' + ((mixed >> 16) + at) % 26);
}

/// `size` bytes of that text from position `from`.
[[nodiscard]] std::string pattern(std::size_t from, std::size_t size);

}  // namespace sprx::http_suite
