// load: a configuration directory -> one ast::File, with every include spliced in place. Mistakes of syntax become
// diagnostics here.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/ast.h"
#include "compiler/diagnostics.h"
#include "compiler/files.h"
#include "compiler/limits.h"
#include "grammar/parse.h"

namespace sprx {

/// An include whose pattern no file matches.
struct EmptyGlob {
  Span span;
  std::string pattern;
};

struct Loaded {
  ast::File file;
  std::vector<SyntaxTree> trees;  ///< with `keep_trees`
  std::vector<EmptyGlob> empty_globs;
};

struct LoadOptions {
  bool keep_trees = false;
  std::uint32_t syntax_errors = ParseLimits{}.errors;  ///< of one file
};

/// Reads `main` and what it includes. `main` was read already.
[[nodiscard]] Loaded load(FileId main, FileReader& files, SourceSet& sources, DiagnosticList& out,
                          const CheckLimits& limits, const LoadOptions& options);

/// A mistake of the parser as a diagnostic.
void report(const SyntaxError& error, DiagnosticList& out);

/// After the check: errors in statements that go on in a line which looks like a statement of its own give way to one
/// that says what is missing before it.
void settle_doubts(const SourceSet& sources, DiagnosticList& out);

}  // namespace sprx
