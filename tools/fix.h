// Fixes: `sprx check --fix` writes the certain replacements of a compilation back into the configuration's files. Each
// is tried before: one that would only make another mistake is not applied, and it is said why.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "compiler/compile.h"

namespace sprx {

/// How much is tried. A trial compiles the whole configuration.
struct FixLimits {
  std::size_t rounds =
      1'000;  ///< what one fix brings to light may have one of its own: of a statement one mistake shows
  std::size_t round_bytes = std::size_t{256} << 20;  ///< that the rounds compile
  /// Trials in vain, and the bytes that they compiled: after both, or after `all_failed`, what was not tried is not
  /// applied.
  std::size_t failed = 64;
  std::size_t failed_bytes = std::size_t{16} << 20;
  std::size_t all_failed = 4'000;
};

/// Places that were changed of which each has a line, and findings that were left of which each has one.
inline constexpr std::size_t kFixPlacesShown = 20;

/// Mistakes of syntax in one file that are seen in one round, or it would take a round for each thousand. All findings
/// together are bounded as those of every compilation are.
inline constexpr std::uint32_t kFixSyntaxErrors = 1'000'000;

struct FixResult {
  std::size_t applied = 0;         ///< places that were changed
  std::vector<std::string> files;  ///< by name in the configuration
  std::vector<std::string>
      places;  ///< a line for each of the first: the place in the text of that round, what was written
  std::vector<std::string> not_applied;  ///< a line for each of the first: the place, what would be written, why not
  std::size_t left = 0;                  ///< findings whose fixes were not applied
  std::string error;                     ///< why a file could not be written; files before it are written
};

/// Applies the fixes marked certain of `first`, a compilation of `directory`, and of what they bring to light, until
/// none is left, so that a second run changes nothing. All fixes of a finding are applied, or none.
///
/// A fix is not applied when what it leads to is another mistake: its own finding stands as before, or there is an
/// error on its line, or one that points at it, that was not there. Errors that could not be seen before do not count:
/// in another part of the statement (see grammar/parted.h), of meaning after a syntax error, unless they are about what
/// was put in, failing tests, redirect loops.
///
/// Files are written when everything was tried: each whole or not at all, none before all could be written, and only
/// if they still hold the bytes that were compiled. Read-only files are left alone, with all others.
[[nodiscard]] FixResult fix_certain(const std::filesystem::path& directory, const CompileOptions& options,
                                    const Compilation& first, const FixLimits& limits = {});

/// The writing of it: `texts` by the names of files, `before` what they held.
[[nodiscard]] std::string write_files(const std::filesystem::path& directory, const MemoryFiles& texts,
                                      const MemoryFiles& before);

}  // namespace sprx
