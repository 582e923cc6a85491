#include "tests/compiler/check_support.h"

#include <fstream>
#include <sstream>
#include <stdlib.h>

#include "tools/verify.h"

namespace sprx::testing {

TempDirectory::TempDirectory() {
  std::string name = (std::filesystem::temp_directory_path() / "sprx-check-XXXXXX").string();
  path_ = ::mkdtemp(name.data()) == nullptr ? std::filesystem::path() : std::filesystem::path(name);
}

TempDirectory::~TempDirectory() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

void TempDirectory::write(const std::string& name, const std::string& text) const {
  const std::filesystem::path file = path_ / name;
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
}

std::string read_text(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream all;
  all << in.rdbuf();
  return all.str();
}

Checked check_files(const Files& files, const CheckLimits& limits) {
  const TempDirectory directory;
  for (const auto& [name, text] : files) directory.write(name, text);
  CompileOptions options;
  options.build = false;
  options.limits = limits;
  Compilation run = compile(directory.path(), options);
  Checked out;
  if (run.program) out.program = dump(*run.program);
  if (!run.tests.cases.empty()) {
    options.build = true;
    run = compile(directory.path(), options);
    verify(run, true);
  }
  out.report = render(run.diagnostics, run.sources, {});
  for (const Diagnostic& d : run.diagnostics.all())
    out.codes += (out.codes.empty() ? "" : " ") + std::string(info(d.kind).code);
  return out;
}

Checked check_text(const std::string& text, const CheckLimits& limits) {
  return check_files({{"main.sprx", text}}, limits);
}

}  // namespace sprx::testing
