// verify: the tests of a compiled configuration are run, and what fails becomes diagnostics beside those of the
// compiler.
#pragma once

#include <string>

#include "compiler/compile.h"
#include "runtime/decide/run_tests.h"

namespace sprx {

/// Runs all tests of a compilation without errors and adds what was found out; with `lints` also rules that no test
/// matches. Does nothing where there are no tests.
void verify(Compilation& run, bool lints);

/// One failure as a diagnostic.
void report_failure(const Compilation& run, const TestCase& test, const TestFailure& failure, DiagnosticList& out);

/// The command that shows why, for the configuration in the working directory: `sprx trace . 'https://…' …`.
[[nodiscard]] std::string trace_command(const TestRequest& request);

/// Where a rule's name stands.
[[nodiscard]] Span place_of(const CheckedTests& tests, RuleRef rule);

}  // namespace sprx
