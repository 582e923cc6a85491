// The report of `sprx test` for people: failures, then one line of counts.
#include "tools/test_report.h"

#include <fmt/format.h>

#include "tools/paint.h"
#include "tools/verify.h"

namespace sprx {
namespace {

/// Failing tests that are shown; of more there is a count.
constexpr std::size_t kShownTests = 50;

std::string place_text(const SourceSet& sources, Span where) {
  const SourceFile& file = sources[where.file];
  const LineColumn at = file.locate(where.begin);
  return fmt::format("{}:{}:{}", file.name, at.line, at.column);
}

void failing(const TestReport& report, const TestCase& test, const TestResult& result, const Paint& paint,
             std::string& out) {
  const Compilation& compiled = report.compiled;
  out += fmt::format("{}  {}\n", paint.red("FAIL"), paint.bold(test.name));
  for (const TestFailure& failure : result.failures) {
    out += fmt::format("  {}\n", place_text(compiled.sources, compiled.tests.places[failure.place]));
    out += fmt::format("    expected  {}\n    got       {}\n", shown(failure.expected), shown(failure.got));
    if (!failure.rule) continue;
    const RuleSet& rules = compiled.table->rules();
    out += fmt::format("    rule      {} ({}): {}\n",
                       rules.pool.strings.view(rules.of(failure.rule->phase)[failure.rule->index].name),
                       place_text(compiled.sources, place_of(compiled.tests, *failure.rule)), failure.why);
  }
  out += fmt::format("  {}\n\n", paint.faint(shown(trace_command(test.request))));
}

std::string duration(std::int64_t us) {
  return us < 1'000'000 ? fmt::format("{:.1f} ms", static_cast<double>(us) / 1e3)
                        : fmt::format("{:.2f} s", static_cast<double>(us) / 1e6);
}

}  // namespace

std::string test_text(const TestReport& report, bool color) {
  const Paint paint(color);
  const TestRun& run = report.run;
  std::string out;
  std::size_t left = kShownTests;
  for (std::size_t i = 0; i < run.results.size(); ++i) {
    if (run.results[i].failures.empty() || left == 0) continue;
    --left;
    failing(report, report.compiled.tests.cases[i], run.results[i], paint, out);
  }
  if (run.failed > kShownTests) out += fmt::format("and {} more that failed\n\n", run.failed - kShownTests);
  if (report.coverage) out += coverage_text(report, color) + "\n";
  const std::size_t ran = run.passed + run.failed;
  const std::string counts =
      run.failed == 0 ? paint.green(fmt::format("{} passed", run.passed))
                      : fmt::format("{} passed, {}", run.passed, paint.red(fmt::format("{} failed", run.failed)));
  out += fmt::format("{} {}: {}", ran, ran == 1 ? "test" : "tests", counts);
  if (ran < run.results.size()) out += fmt::format(", {} not chosen", run.results.size() - ran);
  return out + fmt::format(" ({})\n", duration(report.duration_us));
}

}  // namespace sprx
