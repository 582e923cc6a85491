#include "compiler/check.h"

#include "compiler/checker.h"

namespace sprx {

CheckedProgram check(const ast::File& file, FileReader& files, SourceSet& sources, DiagnosticList& out,
                     const CheckLimits& limits, bool tests) {
  return Checker(files, sources, out, limits).run(file, tests);
}

}  // namespace sprx
