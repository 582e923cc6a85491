// Both examples of every page of `sprx explain` are compiled: the wrong one gives the page's diagnostic, the right one
// gives no error at all.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>

#include "compiler/compile.h"
#include "compiler/explain_pages.h"

namespace sprx {
namespace {

namespace fs = std::filesystem;

/// The example of a limit is small; this makes the limit smaller still.
CheckLimits limits_of(std::string_view code) {
  CheckLimits limits;
  if (code == "E8002") limits.files = 1;
  if (code == "E8003") limits.include_depth = 1;
  if (code == "E8004") limits.rules = 1;
  if (code == "E8005") limits.rows = 1;
  if (code == "E8007") limits.expression_nodes = 8;
  if (code == "E8008") limits.string_bytes = 10;
  if (code == "E8009") limits.captures = 1;
  if (code == "E8010") limits.templates = 1;
  if (code == "E8011") limits.patterns = 1;
  if (code == "E8012") limits.body_file_bytes = 8;
  if (code == "E8013") limits.names = 1;
  if (code == "E8014") limits.let_depth = 1;
  if (code == "E8015") limits.data_file_bytes = 8;
  if (code == "E8016") limits.actions = 1;
  return limits;
}

/// The diagnostics of the wrong or right files of a page, compiled as one directory.
Compilation compiled(const ExplainPage& page, bool wrong) {
  std::string place = (fs::temp_directory_path() / "sprx-explain-XXXXXX").string();
  if (mkdtemp(place.data()) == nullptr) ADD_FAILURE() << "no temporary directory";
  std::map<std::string, bool> written;
  for (const ExplainExample& example : explain_examples(page.text)) {
    if (example.wrong != wrong) continue;
    // Several examples of one file: the first is the page's; the others would hide it.
    if (!written.emplace(example.file, true).second) continue;
    fs::create_directories((fs::path(place) / example.file).parent_path());
    std::ofstream(fs::path(place) / example.file, std::ios::binary) << example.text;
  }
  CompileOptions options;
  options.limits = limits_of(page.code);
  options.build = false;
  Compilation result = compile(place, options);
  fs::remove_all(place);
  return result;
}

class ExplainExamples : public testing::TestWithParam<std::string> {
 protected:
  [[nodiscard]] const ExplainPage& page() const {
    return *std::find_if(explain_pages().begin(), explain_pages().end(), [](const auto& p) { return p.code == GetParam(); });
  }
};

TEST_P(ExplainExamples, wrong_gives_the_diagnostic_of_the_page) {
  // These two stand for bytes that no Markdown file can hold.
  if (GetParam() == "E0014") GTEST_SKIP() << "a byte that is not UTF-8 cannot be shown in a page";
  const Compilation result = compiled(page(), true);
  const auto& all = result.diagnostics.all();
  EXPECT_TRUE(std::any_of(all.begin(), all.end(), [](const Diagnostic& d) { return info(d.kind).code == GetParam(); }))
      << render(result.diagnostics, result.sources, {});
}

TEST_P(ExplainExamples, right_gives_no_error_and_not_the_diagnostic_of_the_page) {
  const Compilation result = compiled(page(), false);
  const auto& all = result.diagnostics.all();
  EXPECT_FALSE(result.diagnostics.has_errors()) << render(result.diagnostics, result.sources, {});
  EXPECT_FALSE(std::any_of(all.begin(), all.end(), [](const Diagnostic& d) { return info(d.kind).code == GetParam(); }))
      << render(result.diagnostics, result.sources, {});
}

std::vector<std::string> codes() {
  std::vector<std::string> out;
  for (const ExplainPage& page : explain_pages()) out.emplace_back(page.code);
  return out;
}
INSTANTIATE_TEST_SUITE_P(Pages, ExplainExamples, testing::ValuesIn(codes()), [](const auto& about) { return about.param; });

}  // namespace
}  // namespace sprx
