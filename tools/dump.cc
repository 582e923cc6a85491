// `sprx dump`: what each step of the compiler made of a configuration.
#include <fmt/format.h>
#include <memory>
#include <unistd.h>

#include "compiler/compile.h"
#include "compiler/table/cost.h"
#include "tools/command.h"

namespace sprx {
namespace {

struct DumpOptions {
  std::string directory = kConfigDirectory;
  std::string stage;
};

int dump_stage(const DumpOptions& options) {
  const CompileOptions compile_as = {
      .lints = false, .keep_trees = options.stage == "tree", .build = options.stage != "program"};
  const Compilation result = compile(options.directory, compile_as);
  // Trees are there even where there are mistakes: that is when people want to see them.
  for (const SyntaxTree& tree : result.trees) {
    const SourceFile& file = result.sources[tree.file];
    print(fmt::format("# {}\n{}", file.name, dump(tree, file.text)));
  }
  if (!result.ok()) {
    complain(render(result.diagnostics, result.sources, {.color = wants_color("auto", STDERR_FILENO)}));
    return kWrong;
  }
  if (options.stage == "program" && result.program) print(dump(*result.program));
  if (options.stage == "table" && result.table) print(dump(*result.table));
  if (options.stage == "cost" && result.table) print(cost(*result.table));
  return kFine;
}

}  // namespace

void add_dump(CLI::App& program, Command& chosen) {
  CLI::App* command = program.add_subcommand("dump", "show what a step of the compiler made of a configuration");
  auto options = std::make_shared<DumpOptions>();
  add_directory(*command, options->directory);
  add_choice(*command, "--stage", options->stage, {"tree", "program", "table", "cost"}, "the step to show")->required();
  command->callback([options, &chosen] { chosen = [options] { return dump_stage(*options); }; });
}

}  // namespace sprx
