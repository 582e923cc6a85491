// What the source of a pattern says about a named group: enough to know that it begins with `/`, or is one of a few
// words; and whether the pattern says anything at all.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/table/pattern.h"

namespace sprx {

struct GroupShape {
  bool begins_with_slash = false;         ///< whatever the group matches begins with `/`
  std::vector<std::string> alternatives;  ///< not empty: it matches exactly one of these (case aside)
};

/// Whether every text matches, one without line ends at least, because the pattern is found in the empty text: `.*`,
/// `bot|`, `^.*$`; not `^$`.
[[nodiscard]] bool matches_every_text(const Pattern& pattern);

/// Nothing is claimed where the group is not plainly written.
[[nodiscard]] GroupShape group_shape(std::string_view source, std::string_view name);

/// Whether the group takes part in every match and then holds some text; false where it is not plainly so.
[[nodiscard]] bool group_is_never_empty(std::string_view source, std::string_view name);

}  // namespace sprx
