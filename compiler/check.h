// check: ast::File -> CheckedProgram. Names become ids, types, phases and origins are proven; every independent mistake
// is reported once.
#pragma once

#include "compiler/ast.h"
#include "compiler/diagnostics.h"
#include "compiler/files.h"
#include "compiler/limits.h"
#include "compiler/program.h"

namespace sprx {

/// The program is whole only when `out` has no errors. Data files are read through `files`. Without `tests` those
/// of the configuration are not looked at.
[[nodiscard]] CheckedProgram check(const ast::File& file, FileReader& files, SourceSet& sources, DiagnosticList& out,
                                   const CheckLimits& limits = {}, bool tests = true);

}  // namespace sprx
