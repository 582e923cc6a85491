// `sprx explain`: the page of a diagnostic code.
#include <algorithm>
#include <cctype>
#include <fmt/format.h>
#include <memory>

#include "compiler/diagnostics.h"
#include "tools/command.h"

namespace sprx {
namespace {

struct ExplainOptions {
  std::string code;
  bool list = false;
};

int list_codes() {
  for (const KindInfo& kind : all_kinds()) {
    print(fmt::format("{}  {:5}  {}\n", kind.code, kind.severity == Severity::error ? "error" : "lint", kind.title));
  }
  return kFine;
}

int explain_code(std::string code) {
  std::transform(code.begin(), code.end(), code.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  const std::string page = explain_page(code);
  if (page.empty()) {
    complain(fmt::format("sprx: there is no code `{}`; `sprx explain --list` shows all\n", code));
    return kUsage;
  }
  print(page);
  if (page.back() != '\n') print("\n");
  return kFine;
}

}  // namespace

void add_explain(CLI::App& program, Command& chosen) {
  CLI::App* command =
      program.add_subcommand("explain", "what a diagnostic code means, with a wrong and a right example");
  auto options = std::make_shared<ExplainOptions>();
  command->add_option("CODE", options->code, "such as E1003");
  command->add_flag("--list", options->list, "all codes, one a line");
  command->callback([options, &chosen] {
    if (!options->list && options->code.empty()) throw CLI::RequiredError("CODE");
    chosen = [options] { return options->list ? list_codes() : explain_code(options->code); };
  });
}

}  // namespace sprx
