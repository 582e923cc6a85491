// `sprx doc`: the language's words, shell completion and the manual page.
#include "tools/doc.h"

#include <memory>

#include "tools/command.h"

namespace sprx {
namespace {

int write_doc(const std::string& format, const CLI::App& program) {
  if (format == "md") print(language_reference());
  if (format == "json") print(language_json());
  if (format == "completion") print(bash_completion(program));
  if (format == "limits") print(limits_tables());
  if (format == "man") print(manual_page(program));
  return kFine;
}

}  // namespace

void add_doc(CLI::App& program, Command& chosen) {
  CLI::App* command = program.add_subcommand("doc", "the words of the language; shell completion; the manual page");
  auto format = std::make_shared<std::string>("md");
  add_choice(*command, "--format", *format, {"md", "json", "completion", "man", "limits"}, "what to write");
  command->callback(
      [format, &chosen, &program] { chosen = [format, &program] { return write_doc(*format, program); }; });
}

}  // namespace sprx
