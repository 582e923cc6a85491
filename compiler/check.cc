#include "compiler/check.h"

#include "compiler/checker.h"

namespace sprx {

CheckedProgram check(const ast::File& file, FileReader& files, SourceSet& sources, DiagnosticList& out,
                     const CheckLimits& limits) {
  return Checker(files, sources, out, limits).run(file);
}

}  // namespace sprx
