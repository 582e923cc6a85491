// unified_diff: what differs between two texts, as `diff -u` shows it and `patch` takes it.
#pragma once

#include <string>
#include <string_view>

namespace sprx {

/// The hunks with three lines around each change under a head that names the file twice; empty when the texts are
/// equal. Where more than kMaxDiffEdits lines in a row of the middle differ, that part is shown as replaced whole.
[[nodiscard]] std::string unified_diff(std::string_view name, std::string_view before, std::string_view after);

/// Bounds the search for the shortest difference: its time and memory grow with the square of this.
inline constexpr int kMaxDiffEdits = 1'000;

}  // namespace sprx
