// `# limits: rules=2 rows=3` in the first line of a golden makes limits small, so that a golden can pass them.
#pragma once

#include <string>

#include "compiler/limits.h"

namespace sprx::testing {

[[nodiscard]] CheckLimits limits_of_first_line(const std::string& text);

}  // namespace sprx::testing
