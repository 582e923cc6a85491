// Every testdata/check/NAME.sprx, or directory NAME, is checked; the report must be NAME.stderr to the byte. With
// SPRX_UPDATE_GOLDENS=1 the files are written instead, so that a change is reviewed as a diff.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "support/paths.h"
#include "tests/compiler/check_support.h"
#include "tests/compiler/limits_line.h"
#include "tools/verify.h"

namespace sprx::testing {
namespace {

const std::filesystem::path kGoldens = testdata("/check");

std::vector<std::string> golden_names() {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(kGoldens)) {
    if (entry.is_directory()) names.insert(entry.path().filename().string());
    if (entry.path().extension() == ".sprx") names.insert(entry.path().stem().string());
  }
  return {names.begin(), names.end()};
}

/// What `sprx check` prints for the golden.
std::string report_of(const std::string& name) {
  const std::filesystem::path directory = kGoldens / name;
  TempDirectory temporary;
  const bool single = !std::filesystem::is_directory(directory);
  const std::string main = read_text(single ? kGoldens / (name + ".sprx") : directory / "main.sprx");
  if (single) temporary.write("main.sprx", main);
  CompileOptions options;
  options.limits = limits_of_first_line(main);
  Compilation run = compile(single ? temporary.path() : directory, options);
  verify(run, true);
  return render(run.diagnostics, run.sources, {});
}

class CheckGolden : public ::testing::TestWithParam<std::string> {};

TEST_P(CheckGolden, PrintsExactlyWhatIsExpected) {
  const std::filesystem::path expected = kGoldens / (GetParam() + ".stderr");
  const std::string report = report_of(GetParam());
  if (std::getenv("SPRX_UPDATE_GOLDENS") != nullptr) {
    std::ofstream(expected, std::ios::binary) << report;
    return;
  }
  ASSERT_TRUE(std::filesystem::exists(expected)) << "no " << expected;
  EXPECT_EQ(report, read_text(expected));
}

INSTANTIATE_TEST_SUITE_P(All, CheckGolden, ::testing::ValuesIn(golden_names()),
                         [](const auto& name) { return name.param; });

TEST(CheckGoldens, ReportTheCodeThatTheyAreNamedAfter) {
  for (const std::string& name : golden_names()) {
    const std::string code = name.substr(0, 5);
    if (code.find_first_not_of("EL0123456789") != std::string::npos) continue;
    const std::string report = report_of(name);
    EXPECT_NE(report.find("[" + code + "]"), std::string::npos) << name << "\n" << report;
  }
}

TEST(CheckGoldens, EveryKindOfDiagnosticHasOne) {
  std::set<std::string> seen;
  for (const std::string& name : golden_names()) {
    const std::string report = read_text(kGoldens / (name + ".stderr"));
    for (std::size_t at = report.find('['); at != std::string::npos; at = report.find('[', at + 1))
      seen.insert(report.substr(at + 1, 5));
  }
  for (const KindInfo& kind : all_kinds()) {
    EXPECT_TRUE(seen.contains(std::string(kind.code))) << kind.code << ": " << kind.title;
  }
}

TEST(CheckGoldens, CodesAreUnique) {
  std::set<std::string_view> codes;
  for (const KindInfo& kind : all_kinds()) EXPECT_TRUE(codes.insert(kind.code).second) << kind.code;
}

TEST(CheckGoldens, TenMistakesGiveExactlyTenDiagnostics) {
  const Checked checked = check_text(read_text(kGoldens / "ten_mistakes.sprx"));
  EXPECT_EQ(std::count(checked.codes.begin(), checked.codes.end(), ' '), 9) << checked.report;
}

TEST(CheckGoldens, TheValidExampleSaysNothing) { EXPECT_EQ(report_of("valid"), ""); }

}  // namespace
}  // namespace sprx::testing
