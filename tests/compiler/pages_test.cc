// The explain pages and the documents hold examples: each is compiled, so that none of them can say what is not so.
#include <gtest/gtest.h>
#include <iterator>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "compiler/diagnostics.h"
#include "compiler/explain_pages.h"
#include "support/paths.h"
#include "tests/compiler/check_support.h"

namespace sprx::testing {
namespace {

/// The files of a page's wrong or right example. A page cannot hold what is not UTF-8, nor what reorders it: it shows
/// U+FFFD there.
Files files_of(std::string_view page, bool wrong) {
  constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
  Files files;
  for (const ExplainExample& example : explain_examples(page)) {
    if (example.wrong != wrong) continue;
    std::string text = example.text;
    const std::size_t shown = text.find(kReplacement);
    const bool order = page.starts_with("# E0018");
    if (shown != std::string::npos) text.replace(shown, kReplacement.size(), order ? "\xE2\x80\xAE" : "\xE9");
    files[example.file] += text;
  }
  return files;
}

/// The page of a limit shows what passes it small: its wrong example is checked with that limit made small too.
CheckLimits limits_of(const std::string& code) {
  CheckLimits limits;
  if (code == "E8002") limits.files = 1;
  if (code == "E8003") limits.include_depth = 1;
  if (code == "E8004") limits.rules = 1;
  if (code == "E8005") limits.rows = 1;
  if (code == "E8017") limits.call_arguments = 2;
  if (code == "E8007") limits.expression_nodes = 7;
  if (code == "E8008") limits.string_bytes = 8;
  if (code == "E8009") limits.captures = 1;
  if (code == "E8010") limits.templates = 1;
  if (code == "E8011") limits.patterns = 1;
  if (code == "E8012") limits.body_file_bytes = 8;
  if (code == "E8013") limits.names = 1;
  if (code == "E8014") limits.let_depth = 1;
  if (code == "E8015") limits.data_file_bytes = 8;
  if (code == "E8016") limits.actions = 1;
  if (code == "E8020") limits.changing = 1;
  if (code == "E8026") limits.tests = 1;
  if (code == "E8027") limits.test_parts = 2;
  if (code == "E8028") limits.test_bytes = 40;
  return limits;
}

/// The codes of a report without the lints.
std::set<std::string> errors_in(const std::string& codes) {
  std::istringstream in(codes);
  std::set<std::string> out;
  for (std::string code; in >> code;) {
    if (code.starts_with('E')) out.insert(code);
  }
  return out;
}

std::set<std::string> all_in(const std::string& codes) {
  std::istringstream in(codes);
  return {std::istream_iterator<std::string>(in), {}};
}

class ExplainPageOf : public ::testing::TestWithParam<const KindInfo*> {
 protected:
  std::string code_{GetParam()->code};
  std::string page_{explain_page(code_)};
};

TEST_P(ExplainPageOf, IsThere) { EXPECT_NE(page_, "") << "compiler/explain/" << code_ << ".md is missing"; }

TEST_P(ExplainPageOf, HasAWrongExampleThatGivesThisCodeAndNoOther) {
  const Checked checked = check_files(files_of(page_, true), limits_of(code_));
  const std::set<std::string> found =
      GetParam()->severity == Severity::lint ? all_in(checked.codes) : errors_in(checked.codes);
  EXPECT_EQ(found, std::set<std::string>{code_}) << checked.report;
}

TEST_P(ExplainPageOf, HasARightExampleWithNothingToSay) { EXPECT_EQ(check_files(files_of(page_, false)).report, ""); }

std::vector<const KindInfo*> kinds() {
  std::vector<const KindInfo*> out;
  for (const KindInfo& kind : all_kinds()) out.push_back(&kind);
  return out;
}

INSTANTIATE_TEST_SUITE_P(All, ExplainPageOf, ::testing::ValuesIn(kinds()),
                         [](const auto& kind) { return std::string(kind.param->code); });

/// A fenced block of a document: what stands after the fence, and the text.
struct Block {
  std::string mark;
  std::string text;
};

std::vector<Block> blocks_of(const std::string& document) {
  std::istringstream in(document);
  std::vector<Block> out;
  bool inside = false;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("```")) {
      inside = !inside;
      if (inside) out.push_back({line.substr(3), {}});
    } else if (inside) {
      out.back().text += line + "\n";
    }
  }
  return out;
}

std::string document(const std::string& name) {
  return read_text(std::filesystem::path(source_tree("")) / "docs" / name);
}

TEST(Documents, BlocksOfTheLanguageReferenceAreWholeConfigurations) {
  std::size_t count = 0;
  for (const Block& block : blocks_of(document("language.md"))) {
    if (block.mark != "sprx") continue;
    ++count;
    EXPECT_EQ(check_text(block.text).report, "") << block.text;
  }
  EXPECT_GE(count, 5U);
}

TEST(Documents, TestingSaysNothingThatDoesNotHold) {
  // Data files stand after the block that names them.
  const std::vector<Block> blocks = blocks_of(document("testing.md"));
  std::size_t count = 0;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    if (blocks[i].mark != "sprx") continue;
    ++count;
    Files files{{"main.sprx", blocks[i].text}};
    for (std::size_t next = i + 1; next < blocks.size() && blocks[next].mark.starts_with("tsv "); ++next)
      files[blocks[next].mark.substr(4)] = blocks[next].text;
    EXPECT_EQ(check_files(files).report, "") << blocks[i].text;
  }
  EXPECT_EQ(count, 6U);
}

TEST(Documents, BlocksOfTheFormattingPageAreWholeConfigurations) {
  std::size_t count = 0;
  for (const Block& block : blocks_of(document("formatting.md"))) {
    if (block.mark != "sprx") continue;
    ++count;
    EXPECT_EQ(check_text(block.text).report, "") << block.text;
  }
  EXPECT_EQ(count, 1U);
}

TEST(Documents, BlocksOfTheImportPageAreWholeConfigurationsWithTheFilesBeforeThem) {
  Files files;
  std::size_t count = 0;
  for (const Block& block : blocks_of(document("importing.md"))) {
    const std::size_t blank = block.mark.find(' ');
    if (blank != std::string::npos) files[block.mark.substr(blank + 1)] = block.text;
    if (block.mark != "sprx") continue;
    ++count;
    files["main.sprx"] = block.text;
    EXPECT_EQ(check_files(files).report, "") << block.text;
    files.clear();
  }
  EXPECT_EQ(count, 8U);
}

}  // namespace
}  // namespace sprx::testing
