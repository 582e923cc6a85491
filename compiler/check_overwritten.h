// A header that two rules set to different values where both may match.
#pragma once

#include "compiler/diagnostics.h"
#include "compiler/program.h"

namespace sprx {

void tell_overwritten(const CheckedProgram& program, DiagnosticList& out);

}  // namespace sprx
