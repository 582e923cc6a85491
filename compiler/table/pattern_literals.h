// What must stand in every text that a pattern matches: literals, so that a text without them never meets the regular
// expression.
#pragma once

#include <string>
#include <vector>

#include "compiler/table/pattern.h"

namespace sprx {

/// A pattern that needs more alternatives than this counts as having none.
inline constexpr std::size_t kMaxLiteralsOfPattern = 16;
/// Shorter literals say too little, bytes.
inline constexpr int kLeastLiteralOfPattern = 3;

/// Texts in lower case of which at least one stands, without regard to ASCII case, in whatever `pattern` matches; none:
/// nothing can be said.
[[nodiscard]] std::vector<std::string> required_literals(const Pattern& pattern);

}  // namespace sprx
