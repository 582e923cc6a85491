// run_tests: the tests of a configuration against its table. Pure like `decide`: same tests, same table, same result,
// on every day. `tools/` makes diagnostics and reports of what comes out.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/table/table.h"
#include "compiler/table/tests.h"
#include "runtime/decide/coverage.h"
#include "runtime/decide/decision.h"

namespace sprx {

struct RuleRef {
  Phase phase = Phase::request;
  RuleIndex index = 0;
  friend bool operator==(const RuleRef&, const RuleRef&) = default;
};

/// One expectation, or a part of one, that was not met. Both texts go on after "expected" and "got".
struct TestFailure {
  enum class Of : std::uint8_t { outcome, forward, answer, rule, log, time };
  Of of = Of::outcome;
  PlaceId place = 0;
  std::string expected;
  std::string got;
  std::optional<RuleRef> rule;  ///< what did it
  std::string why;              ///< what that rule did, as a label beside it
};

struct TestResult {
  std::vector<TestFailure> failures;  ///< empty: it passed
  bool ran = true;                    ///< false: not chosen by the filter
};

struct TestRunOptions {
  std::string_view filter;  ///< only tests whose name holds this
  bool coverage = false;    ///< also what each condition came to
};

struct TestRun {
  std::vector<TestResult> results;  ///< parallel to the tests
  std::array<std::vector<std::uint32_t>, 2>
      matched;        ///< by Phase and rule: in how many tests it matched, or would have (`dry_run`)
  Coverage coverage;  ///< if wanted
  std::size_t passed = 0;
  std::size_t failed = 0;
};

[[nodiscard]] TestRun run_tests(const DecisionTable& table, const std::vector<TestCase>& tests,
                                const TestRunOptions& options = {});

}  // namespace sprx
