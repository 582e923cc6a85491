// The reader of pattern text before RE2 sees it: finds what the language does not have and says so in its own words,
// and rewrites the rest so that case folding is ASCII everywhere and named groups are spelled as RE2 wants them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/table/pattern.h"

namespace sprx {

/// Pattern text made ready for RE2.
struct ScannedPattern {
  std::string text;                  ///< for RE2, to be compiled case-sensitively
  std::vector<std::size_t> origins;  ///< for each byte of `text`, the byte of the source it comes from
  bool utf8 = false;                 ///< RE2 is to read characters, not bytes
  std::vector<std::string> names;    ///< named groups in order
  std::vector<int> groups;           ///< their numbers
  std::vector<PatternError> errors;
};

/// Longest nested repetition (`{…}` times `{…}` …) that RE2 takes.
inline constexpr unsigned kMaxRepetition = 1000;

/// Reads `source`; one pass, no recursion.
[[nodiscard]] ScannedPattern scan_pattern(std::string_view source, bool nocase);

}  // namespace sprx
