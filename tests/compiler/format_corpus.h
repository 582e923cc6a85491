// Every rule file of the project: what is true of the formatter must be true of each.
#pragma once

#include <string>
#include <vector>

#include "compiler/files.h"

namespace sprx::testing {

/// A configuration of testdata/, docs/ or the explain pages.
struct Configuration {
  std::string name;
  MemoryFiles files;  ///< data files too
};

[[nodiscard]] std::vector<Configuration> all_configurations();

}  // namespace sprx::testing
