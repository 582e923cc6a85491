// Checks of bytes and literals that need no grammar: UTF-8 and control characters before parsing, numbers, escapes and
// patterns once the tree is there.
#pragma once

#include "grammar/parse_state.h"

namespace sprx {

/// Reports bytes that are not UTF-8 and control characters, once a run.
void check_bytes(ParseState& state);

/// Reports numbers, escapes and empty patterns that have the right shape and no meaning, and marks their nodes and
/// everything above them incomplete.
void check_literals(ParseState& state, SyntaxTree& tree);

}  // namespace sprx
