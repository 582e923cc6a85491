// The reports of `sprx test` for programs: one JSON object, or JUnit's XML.
#include <boost/json.hpp>
#include <fmt/format.h>
#include <sstream>

#include "tools/json_text.h"
#include "tools/test_report.h"
#include "tools/verify.h"

namespace sprx {
namespace {

namespace json = boost::json;

void add_place(const SourceSet& sources, Span where, json::object& out) {
  const SourceFile& file = sources[where.file];
  const LineColumn at = file.locate(where.begin);
  out["file"] = json_text(file.name);
  out["line"] = at.line;
  out["column"] = at.column;
}

std::string_view name_of(const Compilation& compiled, RuleRef rule) {
  const RuleSet& rules = compiled.table->rules();
  return rules.pool.strings.view(rules.of(rule.phase)[rule.index].name);
}

std::string_view word_of(TestFailure::Of of) {
  constexpr std::string_view kWords[] = {"outcome", "forward", "answer", "rule", "log", "time"};
  return kWords[static_cast<std::size_t>(of)];
}

json::object failure_json(const Compilation& compiled, const TestFailure& failure) {
  json::object out{
      {"of", word_of(failure.of)}, {"expected", json_text(failure.expected)}, {"got", json_text(failure.got)}};
  add_place(compiled.sources, compiled.tests.places[failure.place], out);
  if (!failure.rule) return out;
  json::object rule{{"name", json_text(name_of(compiled, *failure.rule))}, {"why", failure.why}};
  add_place(compiled.sources, place_of(compiled.tests, *failure.rule), rule);
  out["rule"] = std::move(rule);
  return out;
}

json::object rule_json(const Compilation& compiled, const TestRun& run, RuleRef rule) {
  const auto phase = static_cast<std::size_t>(rule.phase);
  const RuleCoverage& seen = run.coverage.rules[phase][rule.index];
  json::array conditions;
  for (const AtomCoverage& atom : seen.atoms) {
    json::object one{{"text", json_text(render(compiled.table->rules(), atom.atom))},
                     {"true", atom.seen_true},
                     {"false", atom.seen_false}};
    if (const Span where = place_of(compiled, rule, atom.atom); where.known()) add_place(compiled.sources, where, one);
    conditions.push_back(std::move(one));
  }
  json::object out{{"name", json_text(name_of(compiled, rule))},
                   {"matched", run.matched[phase][rule.index]},
                   {"reached", seen.reached}};
  add_place(compiled.sources, place_of(compiled.tests, rule), out);
  out["conditions"] = std::move(conditions);
  return out;
}

json::object coverage_json(const TestReport& report) {
  const CoverageSums sums = sums_of(report.compiled, report.run);
  json::object out{{"percent", sums.percent()},
                   {"rules", sums.rules},
                   {"rules_matched", sums.rules_seen},
                   {"outcomes", sums.outcomes},
                   {"outcomes_seen", sums.outcomes_seen}};
  json::array details;
  for (const Phase phase : {Phase::request, Phase::response}) {
    const auto count = report.run.matched[static_cast<std::size_t>(phase)].size();
    for (RuleIndex index = 0; index < count; ++index) {
      if (!is_line(report.compiled.tests, {phase, index}))
        details.push_back(rule_json(report.compiled, report.run, {phase, index}));
    }
  }
  json::array redirects;
  for (const RedirectsPlace& lines : report.compiled.tests.redirects) {
    json::object one{{"name", lines.name}, {"lines", lines.count}, {"met", lines_met(lines, report.run)}};
    add_place(report.compiled.sources, lines.where, one);
    redirects.push_back(std::move(one));
  }
  out["rule_details"] = std::move(details);
  out["redirects"] = std::move(redirects);
  return out;
}

/// Text in XML; what XML cannot hold becomes U+FFFD.
std::string xml(std::string_view bytes) {
  std::string out;
  for (const char c : json_text(bytes)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\n':
        out += "&#10;";
        break;
      case '\t':
        out += "&#9;";
        break;
      default:
        out += static_cast<unsigned char>(c) < 0x20 ? "\xEF\xBF\xBD" : std::string(1, c);
    }
  }
  return out;
}

std::string seconds(std::int64_t us) { return fmt::format("{:.6f}", static_cast<double>(us) / 1e6); }

void junit_case(const TestReport& report, std::size_t i, std::string& out) {
  const Compilation& compiled = report.compiled;
  const TestCase& test = compiled.tests.cases[i];
  const TestResult& result = report.run.results[i];
  const Span where = compiled.tests.places[test.place];
  const SourceFile& file = compiled.sources[where.file];
  out += fmt::format("    <testcase name=\"{}\" classname=\"{}\" file=\"{}\" line=\"{}\" time=\"0\"", xml(test.name),
                     xml(file.name), xml(file.name), file.line_of(where.begin));
  if (result.ran && result.failures.empty()) {
    out += "/>\n";
    return;
  }
  out += ">\n";
  if (!result.ran) out += "      <skipped/>\n";
  // One element: some readers take only the first.
  if (!result.failures.empty()) {
    std::string text;
    for (const TestFailure& failure : result.failures) {
      const SourceFile& in = compiled.sources[compiled.tests.places[failure.place].file];
      const LineColumn at = in.locate(compiled.tests.places[failure.place].begin);
      text += fmt::format("{}:{}:{}: expected {}, got {}", in.name, at.line, at.column, failure.expected, failure.got);
      if (failure.rule) text += fmt::format(" ({}: {})", name_of(compiled, *failure.rule), failure.why);
      text += '\n';
    }
    const TestFailure& first = result.failures.front();
    out += fmt::format("      <failure type=\"{}\" message=\"{}\">{}</failure>\n", word_of(first.of),
                       xml(fmt::format("expected {}, got {}", first.expected, first.got)), xml(text));
  }
  out += "    </testcase>\n";
}

}  // namespace

std::string test_json(const TestReport& report) {
  const TestRun& run = report.run;
  json::array results;
  for (std::size_t i = 0; i < run.results.size(); ++i) {
    if (!run.results[i].ran) continue;
    const TestCase& test = report.compiled.tests.cases[i];
    json::object one{{"name", test.name}, {"passed", run.results[i].failures.empty()}};
    add_place(report.compiled.sources, report.compiled.tests.places[test.place], one);
    if (!run.results[i].failures.empty()) {
      json::array failures;
      for (const TestFailure& failure : run.results[i].failures)
        failures.push_back(failure_json(report.compiled, failure));
      one["failures"] = std::move(failures);
      one["trace"] = json_text(trace_command(test.request));
    }
    results.push_back(std::move(one));
  }
  json::object out{{"tests", run.passed + run.failed},
                   {"passed", run.passed},
                   {"failed", run.failed},
                   {"not_chosen", run.results.size() - run.passed - run.failed},
                   {"duration_us", report.duration_us}};
  out["results"] = std::move(results);
  if (report.coverage) out["coverage"] = coverage_json(report);
  return json::serialize(out) + "\n";
}

std::string test_junit(const TestReport& report) {
  const TestRun& run = report.run;
  const std::string counts =
      fmt::format("tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\" time=\"{}\"", run.results.size(),
                  run.failed, run.results.size() - run.passed - run.failed, seconds(report.duration_us));
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  out += fmt::format("<testsuites name=\"sprx\" {}>\n  <testsuite name=\"sprx\" {}>\n", counts, counts);
  for (std::size_t i = 0; i < run.results.size(); ++i) junit_case(report, i, out);
  return out + "  </testsuite>\n</testsuites>\n";
}

std::string test_json_of_errors(const Compilation& compiled) {
  json::array found;
  std::istringstream lines(render(compiled.diagnostics, compiled.sources, {.format = Format::json}));
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('{')) found.push_back(json::parse(line));
  }
  const json::object out{{"tests", 0},
                         {"passed", 0},
                         {"failed", 0},
                         {"not_chosen", 0},
                         {"duration_us", 0},
                         {"error", "the configuration does not compile, no test ran"},
                         {"diagnostics", std::move(found)},
                         {"results", json::array{}}};
  return json::serialize(out) + "\n";
}

std::string test_junit_of_errors(const Compilation& compiled) {
  const std::string counts = "tests=\"1\" failures=\"0\" errors=\"1\" skipped=\"0\" time=\"0\"";
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  out += fmt::format("<testsuites name=\"sprx\" {}>\n  <testsuite name=\"sprx\" {}>\n", counts, counts);
  out += "    <testcase name=\"the configuration compiles\" classname=\"sprx\" time=\"0\">\n";
  out += fmt::format(
      "      <error type=\"configuration\" message=\"the configuration does not compile, no test ran\">{}"
      "</error>\n    </testcase>\n  </testsuite>\n</testsuites>\n",
      xml(render(compiled.diagnostics, compiled.sources, {.format = Format::shorter})));
  return out;
}

}  // namespace sprx
