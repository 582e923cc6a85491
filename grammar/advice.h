// What a person meant where the grammar wanted something else: text without quotes, calls of methods, signs of other
// languages. Looks at the bytes round the place and at nothing else.
#pragma once

#include <optional>

#include "grammar/foreign.h"

namespace sprx {

/// Where a committed rule failed.
struct Failure {
  Expectation wanted;
  Offset at = 0;
  Offset opened = 0;    ///< where the construct began that failed
  Offset previous = 0;  ///< where the token before `at` ended
  Place place = Place::file;
  Offset container = 0;  ///< where the statement began that this one stands in
};

[[nodiscard]] std::optional<Foreign> misread(std::string_view text, const Failure& failure);
/// Whether a comparison begins at `at`: a name, with its parts and its key, and an operator.
[[nodiscard]] bool begins_comparison(std::string_view text, Offset at);
/// Whether a word that is nearly `and` or `or` stands at `at` before another comparison.
[[nodiscard]] bool misspelt_joiner(std::string_view text, Offset at);
/// Whether a key in quotes begins at `at` whose `[` is missing.
[[nodiscard]] bool key_without_bracket(std::string_view text, Offset at);
/// As a mistake of the file that is being parsed.
[[nodiscard]] SyntaxError of_foreign(const ParseState& state, const Foreign& foreign);

}  // namespace sprx
