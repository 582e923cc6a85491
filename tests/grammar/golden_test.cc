// testdata/tree: each NAME.sprx has its tree in NAME.tree and its mistakes in NAME.errors (absent when there are none).
#include <algorithm>
#include <filesystem>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "error_text.h"
#include "support/paths.h"

namespace sprx::testing {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> golden_files() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(testdata("/tree"))) {
    if (entry.path().extension() == ".sprx") {
      names.push_back(entry.path().stem().string());
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

class TreeGolden : public ::testing::TestWithParam<std::string> {};

TEST_P(TreeGolden, HasTheRecordedTreeAndMistakes) {
  const std::string base = testdata("/tree/") + GetParam();
  const Parsed parsed(read_file(base + ".sprx"));
  const std::string tree = parsed.tree();
  const std::string errors = full(parsed.source(), parsed.result.errors);
  EXPECT_EQ(broken_promise(parsed), "");
  if (updating_goldens()) {
    write_file(base + ".tree", tree);
    if (errors.empty()) {
      fs::remove(base + ".errors");
    } else {
      write_file(base + ".errors", errors);
    }
  }
  EXPECT_EQ(tree, read_file(base + ".tree"));
  EXPECT_EQ(errors, fs::exists(base + ".errors") ? read_file(base + ".errors") : "");
}

INSTANTIATE_TEST_SUITE_P(Files, TreeGolden, ::testing::ValuesIn(golden_files()),
                         [](const auto& test) { return test.param; });

TEST(TreeGolden, EveryConstructOfTheReferenceParsesWithoutMistakes) {
  for (const char* name : {"taste", "expressions", "literals", "declarations", "statements", "groups", "tests",
                           "bom_crlf", "empty", "only_comment"}) {
    const Parsed parsed(read_file(testdata("/tree/") + name + ".sprx"));
    EXPECT_EQ(parsed.errors(), "") << name;
    EXPECT_FALSE(parsed.result.tree[parsed.result.tree.root].incomplete) << name;
    EXPECT_EQ(parsed.tree().find("  error "), std::string::npos) << name;
  }
}

TEST(TreeGolden, FilesWithSeveralMistakesHaveExactlyThatMany) {
  const auto count = [](const char* name) {
    return Parsed(read_file(testdata("/tree/") + name + ".sprx")).result.errors.size();
  };
  EXPECT_EQ(count("five_mistakes"), 5u);
  EXPECT_EQ(count("ten_mistakes"), 10u);
  EXPECT_EQ(count("missing_braces"), 4u);
}

}  // namespace
}  // namespace sprx::testing
