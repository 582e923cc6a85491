// Fixes: `sprx check --fix` writes the certain replacements of a compilation back into the configuration's files.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "compiler/compile.h"

namespace sprx {

struct FixResult {
  std::size_t applied = 0;
  std::vector<std::string> files;  ///< by name in the configuration
  std::string error;               ///< why a file could not be written; files before it are written
};

/// Applies every fix marked certain, those that overlap an earlier one left out. A file is replaced whole or not at
/// all, none is before all could be written, and only if it still holds the bytes that were compiled. Read-only files
/// are left alone, with all others.
[[nodiscard]] FixResult apply_fixes(const std::filesystem::path& directory, const Compilation& compilation);

}  // namespace sprx
