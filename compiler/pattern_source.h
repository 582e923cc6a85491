// What the source of a pattern says about a named group: enough to know that it begins with `/`, or is one of a few
// words.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sprx {

struct GroupShape {
  bool begins_with_slash = false;         ///< whatever the group matches begins with `/`
  std::vector<std::string> alternatives;  ///< not empty: it matches exactly one of these (case aside)
};

/// Nothing is claimed where the group is not plainly written.
[[nodiscard]] GroupShape group_shape(std::string_view source, std::string_view name);

}  // namespace sprx
