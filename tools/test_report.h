// Reports of `sprx test`: what the tests came to, for people and for programs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "compiler/compile.h"
#include "runtime/decide/run_tests.h"

namespace sprx {

struct TestReport {
  const Compilation& compiled;
  const TestRun& run;
  std::int64_t duration_us = 0;
  bool coverage = false;
};

/// How much of a configuration its tests saw. A rule is seen when a test matched it, the lines of a `redirects` when
/// one of them was; an atom of a condition has two outcomes.
struct CoverageSums {
  std::size_t rules = 0;
  std::size_t rules_seen = 0;
  std::size_t outcomes = 0;
  std::size_t outcomes_seen = 0;
  /// Of both together, rounded down; 100 where there is nothing to see.
  [[nodiscard]] unsigned percent() const;
};
[[nodiscard]] CoverageSums sums_of(const Compilation& compiled, const TestRun& run);

/// A rule of a `redirects` file: counted with its declaration, not alone.
[[nodiscard]] bool is_line(const CheckedTests& tests, RuleRef rule);
/// Where an atom of a rule's condition is written; an unknown span where that is not known.
[[nodiscard]] Span place_of(const Compilation& compiled, RuleRef rule, ExprId atom);
/// How many of a declaration's lines tests met.
[[nodiscard]] std::size_t lines_met(const RedirectsPlace& lines, const TestRun& run);

[[nodiscard]] std::string test_text(const TestReport& report, bool color);
[[nodiscard]] std::string test_json(const TestReport& report);
[[nodiscard]] std::string test_junit(const TestReport& report);
/// Where the rules do not compile, so that no test could run: what is wrong, in the same shapes.
[[nodiscard]] std::string test_json_of_errors(const Compilation& compiled);
[[nodiscard]] std::string test_junit_of_errors(const Compilation& compiled);
/// What `--coverage` shows people: the sums, and every rule and condition that tests left out, beside its source line.
[[nodiscard]] std::string coverage_text(const TestReport& report, bool color);

}  // namespace sprx
