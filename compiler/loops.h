// loops: redirects that lead back to themselves, and redirects that lead to further redirects. Requests that rules need
// are followed from URL to URL as the rules would answer them; what is reported has been walked.
#pragma once

#include "compiler/allow.h"
#include "compiler/diagnostics.h"
#include "compiler/program.h"

namespace sprx {

/// Redirects that are followed one after the other, as far as browsers go; and, in all, requests that are walked.
inline constexpr std::size_t kMaxHops = 20;
inline constexpr std::int64_t kMaxWalked = 300'000;
/// Rules that may match what is asked for, over all walks: where nothing can be looked up, each has to sort out all.
inline constexpr std::uint64_t kMaxWalkTests = 20'000'000;
/// More redirects in a row than this are a chain to report; rows of one file or table that lead to each other always
/// are.
inline constexpr std::size_t kLongChain = 3;

/// Reports E4006 and L0022. The program must be without errors, or an earlier rule may be missing. False: a bound was
/// reached, or what rules do to cookies or to responses made here cannot be followed.
bool check_loops(const CheckedProgram& program, AllowSet& allows, DiagnosticList& out);

}  // namespace sprx
