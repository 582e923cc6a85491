// What must be true of every formatted file, for the tests and the fuzz target of `format`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sprx::testing {

/// What is wrong with how `format` lays out `text`, or "". It must parse, be the same program, hold the same comments
/// in the same order, have no blanks at line ends, and stay as it is when it is formatted again. "" where `text` does
/// not parse; then `*formatted` is empty.
[[nodiscard]] std::string broken_layout(std::string_view text, std::string* formatted);

/// The comments of a file that parses, in order, without blanks at their ends.
[[nodiscard]] std::vector<std::string> comments_of(std::string_view text);

}  // namespace sprx::testing
