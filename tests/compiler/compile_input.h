// One input of the compiler's fuzz target: a configuration directory in a run of bytes.
#pragma once

#include <string>
#include <string_view>

#include "compiler/files.h"

namespace sprx::testing {

/// `main.sprx` up to the first NUL; then names and texts by turns, a NUL after each.
[[nodiscard]] MemoryFiles files_of(std::string_view bytes);

/// Compiles the files and shows the report in every format; what is wrong with the outcome, or "".
[[nodiscard]] std::string broken_compilation(std::string_view bytes);

/// The checked program as text without the lines that rules stand on, and the codes of what was reported, sorted.
[[nodiscard]] std::string meaning_of(const MemoryFiles& files);

/// The files with each rule file that parses laid out by `format`.
[[nodiscard]] MemoryFiles formatted_files(MemoryFiles files);

/// Whether both are wrong, and a statement of `files` goes on in a line that could be the next statement: laid out it
/// is one line, and the same mistake may be worded otherwise.
[[nodiscard]] bool only_worded_by_lines(const MemoryFiles& files, const MemoryFiles& formatted);

}  // namespace sprx::testing
