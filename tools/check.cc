// `sprx check`: compile a configuration and say what is wrong with it.
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <map>
#include <memory>
#include <string>
#include <system_error>
#include <unistd.h>

#include "compiler/compile.h"
#include "tools/command.h"
#include "tools/fix.h"
#include "tools/verify.h"

namespace sprx {
namespace {

struct CheckOptions {
  std::string directory = kConfigDirectory;
  bool contract = false;
  std::string format = "human";
  std::size_t max_errors = 20;
  bool fix = false;
  std::string color = "auto";
};

Format format_of(const std::string& word) {
  static const std::map<std::string, Format, std::less<>> kFormats = {{"human", Format::human},
                                                                      {"short", Format::shorter},
                                                                      {"json", Format::json},
                                                                      {"sarif", Format::sarif},
                                                                      {"github", Format::github}};
  return kFormats.at(word);
}

RenderOptions render_options(const CheckOptions& options) {
  RenderOptions render;
  render.max_errors = options.max_errors;
  if (options.contract) return render;
  render.format = format_of(options.format);
  render.color = render.format == Format::human && wants_color(options.color, STDERR_FILENO);
  return render;
}

std::string counted(std::size_t n, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", n, n == 1 ? one : many);
}

/// What a person at a terminal is told of a configuration without findings.
std::string all_is_well(const Compilation& result) {
  const RuleSet& rules = result.table->rules();
  const std::size_t tests = result.tests.cases.size();
  return fmt::format("fine: {}, {}, {}{}\n", counted(rules.of(Phase::request).size(), "rule", "rules"),
                     counted(rules.of(Phase::response).size(), "response rule", "response rules"),
                     counted(rules.lists.size() + rules.tables.size(), "list or table", "lists and tables"),
                     tests == 0 ? "" : ", " + counted(tests, "test", "tests") + " passed");
}

CompileOptions compile_options(const CheckOptions& options) { return {.lints = !options.contract}; }

Compilation compile_and_verify(const CheckOptions& options) {
  Compilation result = compile(options.directory, compile_options(options));
  verify(result, !options.contract);
  return result;
}

/// False: a file could not be written, which has been said.
bool fix_all(const CheckOptions& options, Compilation& result) {
  const FixResult fixed = fix_certain(options.directory, compile_options(options), result);
  if (!fixed.error.empty()) {
    complain(fmt::format("sprx: {}\n", fixed.error));
    return false;
  }
  if (fixed.applied > 0) {
    result = compile_and_verify(options);
    complain(fmt::format("fixed {} in {}\n", counted(fixed.applied, "place", "places"),
                         counted(fixed.files.size(), "file", "files")));
    for (const std::string& line : fixed.places) complain(fmt::format("  {}\n", line));
    if (fixed.applied > fixed.places.size())
      complain(fmt::format("  and {} more\n", fixed.applied - fixed.places.size()));
  }
  for (const std::string& line : fixed.not_applied) complain(fmt::format("not applied: {}\n", line));
  if (fixed.left > fixed.not_applied.size())
    complain(fmt::format("  and {} more\n", fixed.left - fixed.not_applied.size()));
  return true;
}

int check(const CheckOptions& options) {
  std::error_code ignored;
  const bool there = std::filesystem::exists(options.directory, ignored);
  if (there && !std::filesystem::is_directory(options.directory, ignored)) {
    complain(fmt::format("sprx: `{}` is not a directory; a configuration is a directory with a main.sprx\n",
                         options.directory));
    return kUsage;
  }
  Compilation result = compile_and_verify(options);
  if (options.fix && !fix_all(options, result)) return kUsage;
  const RenderOptions render_as = render_options(options);
  const std::string report = render(result.diagnostics, result.sources, render_as);
  const bool for_people = render_as.format == Format::human || render_as.format == Format::shorter;
  if (for_people) {
    complain(report);
  } else {
    print(report);
  }
  if (!result.ok()) return kWrong;
  if (for_people && !options.contract && report.empty()) {
    if (!there)
      complain(fmt::format("note: there is no directory `{}`: everything passes through\n", options.directory));
    if (there && isatty(STDERR_FILENO) == 1) complain(all_is_well(result));
  }
  return kFine;
}

}  // namespace

void add_check(CLI::App& program, Command& chosen) {
  CLI::App* command = program.add_subcommand("check", "compile a configuration and report every mistake");
  auto options = std::make_shared<CheckOptions>();
  const CLI::Option* const directory = add_directory(*command, options->directory);
  command->add_flag("--contract", options->contract,
                    "as the platform wants it: no colour, no lints, silent when valid");
  add_choice(*command, "--format", options->format, {"human", "short", "json", "sarif", "github"},
             "human and short go to standard error, the others to standard output");
  command->add_option("--max-errors", options->max_errors, "show at most this many, 0 for all")
      ->check(
          [](const std::string& text) {
            const bool number = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
            return number ? std::string() : "`" + text + "` is no number of errors: write 20, or 0 for all";
          },
          "")
      ->capture_default_str();
  command->add_flag("--fix", options->fix, "apply the fixes that are certain, then check again");
  add_choice(*command, "--color", options->color, {"auto", "always", "never"}, "colour; auto: on a terminal");
  command->callback([options, directory, &chosen] {
    // What the platform calls finds no section, and no section is a valid one.
    const bool wrong = !options->contract && names_no_directory(*directory, options->directory);
    chosen = [options, wrong] {
      if (wrong) complain_of_directory(options->directory);
      return wrong ? static_cast<int>(kUsage) : check(*options);
    };
  });
}

}  // namespace sprx
