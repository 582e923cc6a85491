// Patterns: regular expressions with the language's rules (bytes, linear time, ASCII case folding) on top of RE2.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace re2 {
class RE2;
}

namespace sprx {

/// A compiled pattern. Immutable and shareable between threads.
struct Pattern {
  std::string source;  ///< as written, without delimiters
  bool nocase = false;
  std::shared_ptr<const re2::RE2> regex;  ///< set when it compiled
  std::vector<std::string> names;         ///< named groups in group order
  std::vector<int> groups;                ///< group number of each name
};

/// Memory one pattern may use when compiled and matching, bytes.
inline constexpr std::int64_t kPatternMemory = 8 << 20;
/// Longest pattern, bytes.
inline constexpr std::size_t kMaxPatternBytes = 64 * 1024;

struct PatternError {
  std::size_t begin = 0;  ///< bytes of the source that are wrong
  std::size_t end = 0;
  std::string message;    ///< in the words of a diagnostic: "look-ahead `(?=` is not supported"
  std::string help;
};

struct PatternResult {
  Pattern value;
  std::vector<PatternError> errors;  ///< empty when `value.regex` is set
};

/// Compiles. `(?<name>` is accepted; `.` matches newline, `$` only the end; Latin-1 unless the text is not ASCII.
[[nodiscard]] PatternResult compile_pattern(std::string_view source, bool nocase);

enum class MatchOutcome : std::uint8_t { no, yes, failed };  ///< failed: a bound was reached; never to be taken for `no`

/// Searches `value`; on `yes` sets `captures[i]` for `names[i]` ("" where the group took no part).
[[nodiscard]] MatchOutcome search(const Pattern& pattern, std::string_view value, std::span<std::string_view> captures);

}  // namespace sprx
