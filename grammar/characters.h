// The characters of a file before it is parsed: is it text at all, UTF-8, without control characters, and does each
// character look like what it is.
#pragma once

#include <string>

#include "grammar/parse_state.h"

namespace sprx {

/// Reports bytes that are not UTF-8, control characters and characters that reorder what is shown; each kind once a
/// file. False: this is no text, there is nothing to parse.
bool check_characters(ParseState& state);

/// The text with every character in code (not in strings, patterns and comments) that only looks like one of the
/// language put right, byte for byte as long as before, each reported with its fix; empty if there are none.
std::string without_look_alikes(ParseState& state);

/// Makes line ends of the CRs that no LF follows, outside texts: what stands after them was meant as a line of its own.
void part_lines(std::string& text);

}  // namespace sprx
