// Dot segments of a path as an origin may see them once it has decoded and split the path. The checker refuses them in
// the author's text, run time takes them out of what requests bring.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sprx {

/// Bytes of a segment's end at `at`, 0 where there is none. What an origin may take for a `/` when it has decoded it is
/// one: `%2F`, and `\` as Windows has it, written `%5C`.
[[nodiscard]] std::size_t separator_at(std::string_view path, std::size_t at);

/// How many dots a segment is, 0 where it is no dot segment: `%2e` is one too, and what follows a `;` is no part of the
/// name for some origins.
[[nodiscard]] int dots_of(std::string_view segment);

/// What a segment is as far as it is written: one bit each, so that several possible ones are a set.
enum SegmentBegun : std::uint8_t { kNothingBegun = 1, kOneDot = 2, kTwoDots = 4, kNameBegun = 8 };

/// The set after `text`, which goes on where one of `at` was. `*dots` is set where a dot segment ends in it.
[[nodiscard]] std::uint8_t segment_after(std::string_view text, std::uint8_t at, bool* dots);

/// Where in `path` a `%` stands that begins no escape, or that of NUL; npos if nowhere.
[[nodiscard]] std::size_t bad_escape(std::string_view path);

}  // namespace sprx
