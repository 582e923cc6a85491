// compile: a configuration directory -> diagnostics and, where there are no errors, a decision table. The whole line on
// one screen.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compiler/allow.h"
#include "compiler/diagnostics.h"
#include "compiler/files.h"
#include "compiler/limits.h"
#include "compiler/program.h"
#include "compiler/table/table.h"
#include "grammar/parse.h"
#include "grammar/source.h"
#include "grammar/syntax_tree.h"

namespace sprx {

struct CompileOptions {
  bool lints = true;
  bool keep_trees = false;                             ///< for `dump --stage tree`
  bool tests = true;                                   ///< false: the tests of the configuration are not even looked at
  bool build = true;                                   ///< false: stop after the check
  std::uint32_t syntax_errors = ParseLimits{}.errors;  ///< of one file; then parsing stops
  CheckLimits limits = {};                             ///< named bounds; tests make them small
  MemoryFiles instead = {};  ///< texts that stand for the files of these names: what a fix would lead to
};

/// Everything a run found out. Diagnostics are sorted by file and place.
struct Compilation {
  SourceSet sources;
  std::vector<SyntaxTree> trees;  ///< with keep_trees
  DiagnosticList diagnostics;
  std::optional<CheckedProgram> program;       ///< without errors and with build == false
  std::shared_ptr<const DecisionTable> table;  ///< without errors and with build == true
  CheckedTests tests;                          ///< with tests
  AllowSet allows;                             ///< for what is found when the tests have run
  [[nodiscard]] bool ok() const { return !diagnostics.has_errors(); }
};

/// Reads `directory` (nothing outside it), parses, checks, builds. A directory that does not exist or holds no .sprx
/// file gives an empty table. Never throws for what the directory holds; writes nothing.
[[nodiscard]] Compilation compile(const std::filesystem::path& directory, const CompileOptions& options = {});
/// The same of a directory in memory.
[[nodiscard]] Compilation compile(MemoryFiles files, const CompileOptions& options = {});

}  // namespace sprx
