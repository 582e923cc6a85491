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
  std::string message;  ///< in the words of a diagnostic: "look-ahead `(?=` is not supported"
  std::string help;
};

struct PatternResult {
  Pattern value;
  std::vector<PatternError> errors;  ///< empty when `value.regex` is set
};

/// Compiles. `(?<name>` is accepted; `.` matches newline, `$` only the end; Latin-1 unless the text is not ASCII.
[[nodiscard]] PatternResult compile_pattern(std::string_view source, bool nocase);

/// How many groups a pattern has, named or not.
[[nodiscard]] int group_count(const Pattern& pattern);

/// Instructions of the compiled pattern: what it costs in memory, and in time to compile.
[[nodiscard]] std::size_t program_size(const Pattern& pattern);

enum class MatchOutcome : std::uint8_t {
  no,
  yes,
  failed
};  ///< failed: a bound was reached; never to be taken for `no`

/// Searches `value`; on `yes` sets `captures[i]` for `names[i]` ("" where the group took no part).
[[nodiscard]] MatchOutcome search(const Pattern& pattern, std::string_view value, std::span<std::string_view> captures);

/// Replacements that one `replace_all` makes. A pattern such as `a.*b|a` looks through the whole rest for each, so that
/// without this a long text of a client's would cost the square of its length.
inline constexpr std::size_t kMaxReplacements = 4'096;

/// Appends `text` to `out` with every match replaced, as RE2's GlobalReplace does: from left to right, what was matched
/// is not looked at again, an empty match counts where it does not touch the one before it. In `replacement` `\1` to
/// `\9` are the groups ("" where one took no part), `\0` is the match, `\\` a backslash. `no`: nothing matched, `out`
/// is as it was; `failed`: more than kMaxReplacements, or `out` grew past `most` bytes.
[[nodiscard]] MatchOutcome replace_all(const Pattern& pattern, std::string_view text, std::string_view replacement,
                                       std::size_t most, std::string& out);

}  // namespace sprx
