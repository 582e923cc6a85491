// reach: rules that can never match, and rules that earlier ones hide. A finding is given only when it is proved (see
// compiler/sets/space.h); what cannot be proved within the bounds is not spoken of.
#pragma once

#include "compiler/allow.h"
#include "compiler/diagnostics.h"
#include "compiler/program.h"

namespace sprx {

/// Earlier rules that are taken together to cover one; and, over all rules, boxes that are tried in all.
inline constexpr std::size_t kMaxCovering = 64;
inline constexpr std::int64_t kMaxReachTries = 3'000'000;

/// Reports E3001, E3002 and L0021. Nothing is reported of a program with missing parts. False: a bound was reached before
/// all rules were looked at.
bool check_reachability(const CheckedProgram& program, AllowSet& allows, DiagnosticList& out);

}  // namespace sprx
