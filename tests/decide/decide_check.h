// What the fuzz target of decisions asks, for it and for the replay of what it found.
#pragma once

#include <string>
#include <string_view>

namespace sprx::test {

/// Messages an input is asked about at most.
inline constexpr int kMessagesOfInput = 12;

/// Makes a program, its live state and messages of `input` and lets both evaluators decide about each, in both phases:
/// what they do not agree on, or an empty text.
[[nodiscard]] std::string broken_decision(std::string_view input);

}  // namespace sprx::test
