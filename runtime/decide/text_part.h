// TextPart: one piece of a text that is put together, with what its encoding depends on.
#pragma once

#include <string_view>

#include "compiler/table/types.h"

namespace sprx {

struct TextPart {
  std::string_view text;
  Origin origin = Origin::own;
  bool is_path = false;  ///< the field path, uri or raw_path
  bool made = false;     ///< worked out from others by the author's expression, no plain field or capture
};

}  // namespace sprx
