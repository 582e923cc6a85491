// Checks of literals that need no grammar: numbers, escapes and patterns, once the tree is there.
#pragma once

#include "grammar/parse_state.h"

namespace sprx {

/// Reports numbers, escapes and empty patterns that have the right shape and no meaning, and marks their nodes and
/// everything above them incomplete.
void check_literals(ParseState& state, SyntaxTree& tree);

}  // namespace sprx
