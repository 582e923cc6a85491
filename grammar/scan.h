// Plain scans over the bytes of a rule file, used where the grammar cannot help: in error messages and in recovery.
// Each is linear, keeps no stack of its own and works on any bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sprx::scan {

using Offset = std::uint32_t;

[[nodiscard]] constexpr bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
[[nodiscard]] constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
[[nodiscard]] constexpr bool is_name_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
[[nodiscard]] constexpr bool is_name_char(char c) { return is_name_start(c) || is_digit(c); }

/// The name that begins at `at`; empty if none does.
[[nodiscard]] std::string_view name_at(std::string_view text, Offset at);
/// Whether `name` may not be a user's name.
[[nodiscard]] bool is_reserved(std::string_view name);
/// Past blanks and comments.
[[nodiscard]] Offset skip_blanks(std::string_view text, Offset at);
/// Past blanks that are not line ends.
[[nodiscard]] Offset skip_spaces(std::string_view text, Offset at);
/// The line end at or after `at` (the `\n` itself, or the end of the text).
[[nodiscard]] Offset line_end(std::string_view text, Offset at);
/// Past the quoted or raw string that begins at `at`; a quoted one ends at its line's end at the latest.
[[nodiscard]] Offset skip_string(std::string_view text, Offset at);
/// Past the pattern that begins at `at` with `/` or `r"`; only the `/` when it is not closed on its line.
[[nodiscard]] Offset skip_regex(std::string_view text, Offset at);
/// Past one thing as code: a string, pattern, comment, name, number or single byte; always at least one byte.
[[nodiscard]] Offset skip_token(std::string_view text, Offset at);
/// The end of what a person would call the token at `at`, for underlining.
[[nodiscard]] Offset token_end(std::string_view text, Offset at);
/// Where the blanks of a line that end at `at` begin.
[[nodiscard]] Offset before_blanks(std::string_view text, Offset at);
/// Text in the marks of code in a message.
[[nodiscard]] inline std::string ticked(std::string_view text) { return "`" + std::string(text) + "`"; }
/// In small letters (ASCII).
[[nodiscard]] std::string lower(std::string_view name);
/// A name in small letters with `_` where words meet: `http_only` for `HttpOnly`.
[[nodiscard]] std::string snake(std::string_view name);
/// Whether one letter changed, added, left out or swapped with its neighbour makes `a` out of `b`.
[[nodiscard]] bool one_slip(std::string_view a, std::string_view b);
/// How the thing at `at` is named after "found": a token in backticks, or words.
[[nodiscard]] std::string found(std::string_view text, Offset at);
/// Whether `at` is the first thing on its line; if so `*column` is how many bytes of blanks stand before it.
[[nodiscard]] bool first_on_line(std::string_view text, Offset at, Offset* column);
/// Bytes of blanks at the start of the line that `at` is on, looking back at most kLookBack bytes.
[[nodiscard]] Offset indentation(std::string_view text, Offset at);

/// How far back a line's start is looked for. Longer lines are not laid out by a person.
inline constexpr Offset kLookBack = 4096;

/// Which braces look unclosed: those closed by a `}` that stands further left than the line that opened them.
struct Layout {
  std::vector<Offset> suspicious;  ///< opening braces, sorted
  std::int64_t unclosed = 0;       ///< openings without any closing brace, over the whole text
};
[[nodiscard]] Layout layout(std::string_view text);

}  // namespace sprx::scan
