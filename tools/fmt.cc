// `sprx fmt`: rule files in the one style of the language.
#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <optional>
#include <system_error>
#include <unistd.h>

#include "compiler/format.h"
#include "grammar/parse.h"
#include "tools/command.h"
#include "tools/replace_file.h"
#include "tools/unified_diff.h"

namespace sprx {
namespace {

namespace fs = std::filesystem;

struct FormatOptions {
  std::vector<std::string> files;
  bool check = false;
  bool diff = false;
  bool standard_input = false;
};

/// One run over all files. Mistakes of syntax are gathered and shown together at the end.
class Formatting {
 public:
  explicit Formatting(const FormatOptions& options) : options_(options) {}

  int run() {
    if (options_.standard_input) {
      one("<stdin>", std::string(std::istreambuf_iterator<char>(std::cin), {}));
    }
    for (const std::string& name : options_.files) argument(name);
    mistakes_.sort(wrong_);
    complain(render(mistakes_, wrong_, {.color = wants_color("auto", STDERR_FILENO)}));
    return status_;
  }

 private:
  const FormatOptions& options_;
  SourceSet wrong_;  ///< the files with mistakes
  DiagnosticList mistakes_;
  int status_ = kFine;

  void worsen(int status) { status_ = std::max(status_, status); }
  void fail(const std::string& message) {
    complain(fmt::format("sprx: {}\n", message));
    worsen(kUsage);
  }

  void argument(const std::string& name) {
    std::error_code error;
    if (!fs::is_directory(name, error)) return file(name);
    for (const std::string& found : rule_files(name)) file(found);
  }

  /// All `.sprx` files below a directory, in bytewise order. Links are passed over, so each file is met once.
  std::vector<std::string> rule_files(const std::string& directory) {
    std::vector<std::string> out;
    std::error_code error;
    fs::recursive_directory_iterator at(directory, error);
    for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
      std::error_code ignored;
      const bool plain = at->symlink_status(ignored).type() == fs::file_type::regular;
      if (plain && at->path().extension() == ".sprx") out.push_back(at->path().string());
    }
    if (error) fail(fmt::format("cannot look through {}: {}", directory, error.message()));
    std::sort(out.begin(), out.end());
    return out;
  }

  void file(const std::string& name) {
    std::error_code error;
    const fs::file_status about = fs::status(name, error);
    if (!fs::exists(about)) return fail(fmt::format("there is no file {}", name));
    if (about.type() != fs::file_type::regular) return fail(fmt::format("{} is not a file", name));
    std::ifstream in(name, std::ios::binary);
    std::string text(std::istreambuf_iterator<char>(in), {});
    if (!in) return fail(fmt::format("cannot read {}", name));
    one(name, std::move(text));
  }

  void one(const std::string& name, std::string text) {
    if (text.size() > ParseLimits{}.file_bytes) {
      return fail(fmt::format("{} is larger than {} bytes", name, ParseLimits{}.file_bytes));
    }
    SourceSet sources;
    DiagnosticList found;
    const FileId id = sources.add(name, std::move(text));
    const FormatResult result = format_file(sources, id, found);
    if (result.outcome == FormatOutcome::mistakes) return keep_mistakes(sources[id]);
    if (result.outcome == FormatOutcome::refused) {
      return fail(
          fmt::format("{} is left as it is: formatting it would change what it means; please report this", name));
    }
    write(name, sources[id].text, result.text);
  }

  void keep_mistakes(const SourceFile& file) {
    worsen(kWrong);
    if (wrong_.full()) return;
    const FileId id = wrong_.add(file.name, file.text);
    (void)format_file(wrong_, id, mistakes_);
  }

  void write(const std::string& name, const std::string& before, const std::string& after) {
    const bool same = before == after;
    if (options_.check || options_.diff) {
      if (!same) worsen(kWrong);
      if (!same && options_.check) print(name + "\n");
      if (options_.diff) print(unified_diff(name, before, after));
    } else if (options_.standard_input) {
      print(after);
    } else if (!same) {
      const std::string problem = replace_file(name, after);
      if (!problem.empty()) fail(problem);
    }
  }
};

int format_files(const FormatOptions& options) {
  if (options.files.empty() && !options.standard_input) {
    complain("sprx: name the files or directories to format, or use --stdin\nsee `sprx fmt --help`\n");
    return kUsage;
  }
  return Formatting(options).run();
}

}  // namespace

void add_fmt(CLI::App& program, Command& chosen) {
  CLI::App* command = program.add_subcommand("fmt", "lay rule files out in the one style of the language");
  auto options = std::make_shared<FormatOptions>();
  CLI::Option* files =
      command->add_option("FILE", options->files, "files to rewrite; of a directory all .sprx below it");
  CLI::Option* check = command->add_flag("--check", options->check,
                                         "write nothing; name the files that would change, exit with 1 if any");
  command->add_flag("--diff", options->diff, "write nothing; show what would change, exit with 1 if anything would")
      ->excludes(check);
  command->add_flag("--stdin", options->standard_input, "read standard input, write standard output")->excludes(files);
  command->callback([options, &chosen] { chosen = [options] { return format_files(*options); }; });
}

}  // namespace sprx
