// The `sprx` program: reads the command line, runs one subcommand, maps every failure to an exit status.
#include <cstdio>
#include <exception>
#include <fmt/format.h>
#include <string_view>
#include <vector>

#include "compiler/diagnostics.h"
#include "tools/command.h"

namespace sprx {
namespace {

constexpr const char* kAbout = "sprx: HTTP traffic rules, compiled to a decision table and applied by a reverse proxy";
constexpr const char* kExits =
    "Exit status: 0 fine; 1 the configuration is wrong or the proxy refused; 2 usage or internal error; 3 (ctl) no "
    "proxy\n"
    "running. `sprx COMMAND --help` tells more about a command.";

void add_commands(CLI::App& program, Command& chosen) {
  program.require_subcommand(1);
  program.footer(kExits);
  program.set_version_flag("--version", version_line());
  add_check(program, chosen);
  add_test(program, chosen);
  add_run(program, chosen);
  add_trace(program, chosen);
  add_ctl(program, chosen);
  add_dump(program, chosen);
  add_explain(program, chosen);
  add_fmt(program, chosen);
  add_doc(program, chosen);
  add_version(program, chosen);
  for (CLI::App* command : program.get_subcommands(nullptr)) command->get_formatter()->column_width(34);
}

bool is_command(const CLI::App& program, std::string_view word) {
  const auto commands = program.get_subcommands([&](const CLI::App* command) { return command->get_name() == word; });
  return !commands.empty();
}

/// A line that names a command like `word`, or nothing.
std::string similar_command(const CLI::App& program, std::string_view word) {
  std::vector<std::string> names;
  for (const CLI::App* command : program.get_subcommands(nullptr)) names.push_back(command->get_name());
  const std::string_view near = similar(word, {names.begin(), names.end()});
  return near.empty() ? std::string{} : fmt::format("a command with a similar name: `sprx {}`\n", near);
}

/// The subcommand the command line got as far as, for `see ... --help`.
std::string help_of(const CLI::App& program) {
  for (const CLI::App* command : program.get_subcommands()) return fmt::format("sprx {} --help", command->get_name());
  return "sprx --help";
}

int parse_and_run(int argc, char** argv) {
  CLI::App program(kAbout, "sprx");
  Command chosen;
  add_commands(program, chosen);
  if (argc <= 1) {
    complain(program.help());
    return kUsage;
  }
  const std::string_view first = argv[1];
  if (!first.starts_with('-') && !is_command(program, first)) {
    complain(
        fmt::format("sprx: there is no command `{}`\n{}see `sprx --help`\n", first, similar_command(program, first)));
    return kUsage;
  }
  try {
    program.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    const auto commands = program.get_subcommands();
    print(commands.empty() ? program.help() : commands.front()->help("sprx"));
    return kFine;
  } catch (const CLI::CallForVersion&) {
    print(version_line() + "\n");
    return kFine;
  } catch (const CLI::ParseError& error) {
    complain(fmt::format("sprx: {}\nsee `{}`\n", error.what(), help_of(program)));
    return kUsage;
  }
  return chosen ? chosen() : kUsage;
}

}  // namespace
}  // namespace sprx

int main(int argc, char** argv) {
  int status = sprx::kUsage;
  try {
    status = sprx::parse_and_run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "sprx: internal error: %s\n", error.what());
    return sprx::kUsage;
  }
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
    std::fputs("sprx: cannot write to standard output\n", stderr);
    return status == sprx::kFine ? sprx::kUsage : status;
  }
  return status;
}
