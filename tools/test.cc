// `sprx test`: run the tests of a configuration, show what failed and what the tests did not see.
#include <chrono>
#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <unistd.h>

#include "compiler/compile.h"
#include "tools/command.h"
#include "tools/test_report.h"

namespace sprx {
namespace {

constexpr int kNoBound = -1;

struct TestOptions {
  std::string directory = kConfigDirectory;
  std::string filter;
  bool coverage = false;
  int fail_under = kNoBound;
  std::string format = "human";
  std::string color = "auto";
};

std::int64_t steady_us() {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(since).count();
}

void print_report(const TestOptions& options, const TestReport& report) {
  if (options.format == "json") return print(test_json(report));
  if (options.format == "junit") return print(test_junit(report));
  print(test_text(report, wants_color(options.color, STDOUT_FILENO)));
}

int run(const TestOptions& options) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(options.directory, ignored)) {
    complain(fmt::format("sprx: `{}` is not a directory; a configuration is a directory with a main.sprx\n",
                         options.directory));
    return kUsage;
  }
  const Compilation compiled = compile(options.directory, {.lints = false});
  if (!compiled.ok()) {
    complain(render(compiled.diagnostics, compiled.sources, {.color = wants_color(options.color, STDERR_FILENO)}));
    if (options.format == "json") print(test_json_of_errors(compiled));
    if (options.format == "junit") print(test_junit_of_errors(compiled));
    return kWrong;
  }
  const bool coverage = options.coverage || options.fail_under != kNoBound;
  const std::int64_t began = steady_us();
  const TestRun tests =
      run_tests(*compiled.table, compiled.tests.cases, {.filter = options.filter, .coverage = coverage});
  print_report(options, {compiled, tests, steady_us() - began, coverage});
  if (!options.filter.empty() && tests.passed + tests.failed == 0) {
    complain(fmt::format("sprx: no test's name holds `{}`\n", options.filter));
    return kWrong;
  }
  if (tests.failed > 0) return kWrong;
  if (options.fail_under == kNoBound) return kFine;
  const unsigned percent = sums_of(compiled, tests).percent();
  if (percent >= static_cast<unsigned>(options.fail_under)) return kFine;
  complain(fmt::format("sprx: the tests cover {}%, at least {}% is wanted\n", percent, options.fail_under));
  return kWrong;
}

}  // namespace

void add_test(CLI::App& program, Command& chosen) {
  CLI::App* command = program.add_subcommand("test", "run the tests of a configuration");
  auto options = std::make_shared<TestOptions>();
  add_directory(*command, options->directory);
  command->add_option("--filter", options->filter, "only tests whose name holds this");
  command->add_flag("--coverage", options->coverage, "show rules and conditions that the tests did not see");
  command->add_option("--fail-under", options->fail_under, "exit with 1 where the coverage in percent is less")
      ->check(CLI::Range(0, 100));
  add_choice(*command, "--format", options->format, {"human", "json", "junit"}, "how the result is written");
  add_choice(*command, "--color", options->color, {"auto", "always", "never"}, "colour; auto: on a terminal");
  command->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace sprx
