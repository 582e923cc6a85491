#include "tools/verify.h"

#include <chrono>
#include <fmt/format.h>

#include "compiler/test_url.h"

namespace sprx {
namespace {

Kind kind_of(const TestCase& test, TestFailure::Of of) {
  if (of == TestFailure::Of::time) return Kind::test_time;
  if (test.from_file) return Kind::test_line;
  switch (of) {
    case TestFailure::Of::outcome:
      return Kind::test_outcome;
    case TestFailure::Of::forward:
      return Kind::test_forward;
    case TestFailure::Of::answer:
      return Kind::test_answer;
    case TestFailure::Of::rule:
      return Kind::test_rule;
    case TestFailure::Of::log:
      return Kind::test_log;
    case TestFailure::Of::time:
      break;
  }
  return Kind::test_time;
}

/// As one word of a shell's command line.
std::string shell_word(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

std::string time_text(std::int64_t us) {
  using namespace std::chrono;  // NOLINT: calendar types
  const sys_time<microseconds> at{microseconds(us)};
  const auto day = floor<days>(at);
  const year_month_day date(day);
  const hh_mm_ss<microseconds> time(at - day);
  std::string out = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                                time.hours().count(), time.minutes().count(), time.seconds().count());
  if (time.subseconds().count() != 0) out += fmt::format(".{:06}", time.subseconds().count());
  return out + "Z";
}

/// Rules that no test matched; the lines of a `redirects` count as one.
void lint_untested(Compilation& run, const TestRun& tests) {
  const auto& requests = tests.matched[static_cast<std::size_t>(Phase::request)];
  std::vector<bool> of_lines(requests.size(), false);
  for (const RedirectsPlace& lines : run.tests.redirects) {
    bool met = lines.count == 0;
    for (std::uint32_t i = lines.first; i < lines.first + lines.count; ++i) {
      of_lines[i] = true;
      met = met || requests[i] > 0;
    }
    if (met || run.allows.silences(Kind::rule_without_test, lines.where, {})) continue;
    run.diagnostics.add(Kind::rule_without_test, lines.where, fmt::format("no test meets a line of `{}`", lines.name))
        .help("a file with one test a line is run by `tests NAME from \"cases.tsv\";`");
  }
  for (const Phase phase : {Phase::request, Phase::response}) {
    const auto& matched = tests.matched[static_cast<std::size_t>(phase)];
    for (RuleIndex index = 0; index < matched.size(); ++index) {
      if (matched[index] > 0 || (phase == Phase::request && of_lines[index])) continue;
      const Span place = place_of(run.tests, {phase, index});
      if (run.allows.silences(Kind::rule_without_test, place, {})) continue;
      const RuleSet& rules = run.table->rules();
      const std::string_view name = rules.pool.strings.view(rules.of(phase)[index].name);
      const std::uint32_t guard = rules.of(phase)[index].guard;
      const bool trial = guard != kNoGuard && rules.guards[guard].dry_run;
      run.diagnostics.add(Kind::rule_without_test, place, fmt::format("no test matches the rule `{}`", name))
          .help(fmt::format("write a test whose request it matches, with `expect {} {};`", trial ? "would" : "rule",
                            name));
    }
  }
}

}  // namespace

Span place_of(const CheckedTests& tests, RuleRef rule) {
  return tests.rule_names[static_cast<std::size_t>(rule.phase)][rule.index];
}

std::string trace_command(const TestRequest& request) {
  std::string out = fmt::format("sprx trace . {}", shell_word(request.scheme + "://" + request.authority +
                                                              (request.target == "*" ? "" : request.target)));
  if (request.method != "GET") out += " -X " + request.method;
  for (const TestHeader& header : request.headers) {
    out += header.name == kCountryHeader ? " --country " + header.value
                                         : " -H " + shell_word(header.name + ": " + header.value);
  }
  if (!request.client.empty()) out += " --client " + request.client;
  if (request.at_us) out += " --at " + time_text(*request.at_us);
  for (const TestFlag& flag : request.flags) out += " --flag " + flag.name + (flag.on ? "" : "=off");
  for (const TestKey& key : request.keys) out += " --has " + shell_word(key.list + "=" + key.key);
  for (const std::string& limit : request.exhausted) out += " --exhausted " + limit;
  if (!request.upstream_error.empty()) out += " --upstream-error " + request.upstream_error;
  if (request.upstream_status != 200) out += fmt::format(" --upstream-status {}", request.upstream_status);
  for (const TestHeader& header : request.upstream_headers)
    out += " --upstream-header " + shell_word(header.name + ": " + header.value);
  return out;
}

void report_failure(const Compilation& run, const TestCase& test, const TestFailure& failure, DiagnosticList& out) {
  const Span where = run.tests.places[failure.place];
  const Kind kind = kind_of(test, failure.of);
  Diagnostic& d =
      kind == Kind::test_time
          ? out.add(kind, where,
                    fmt::format("the answer to `{}` depends on the time, and the test does not say it", test.name))
          : out.add(kind, where, fmt::format("`{}` expects {}, got {}", test.name, failure.expected, failure.got));
  if (!test.from_file) d.label(run.tests.places[test.place], "in this test");
  if (failure.rule) d.label(place_of(run.tests, *failure.rule), failure.why);
  if (kind == Kind::test_time) {
    d.help(test.from_file ? "write it as a `test` of its own, with `at \"2026-11-27T00:00:00Z\";`"
                          : "say when the request comes: `{ at \"2026-11-27T00:00:00Z\"; }`");
  } else {
    d.help(fmt::format("`{}` shows why", trace_command(test.request)));
  }
}

void verify(Compilation& run, bool lints) {
  if (!run.ok() || !run.table || run.tests.cases.empty()) return;
  const TestRun tests = run_tests(*run.table, run.tests.cases);
  for (std::size_t i = 0; i < tests.results.size(); ++i) {
    for (const TestFailure& failure : tests.results[i].failures)
      report_failure(run, run.tests.cases[i], failure, run.diagnostics);
  }
  if (lints && tests.failed == 0) {
    lint_untested(run, tests);
    run.allows.report_unneeded(Kind::rule_without_test, run.diagnostics);
  }
  run.diagnostics.sort(run.sources);
}

}  // namespace sprx
