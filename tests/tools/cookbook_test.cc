// The recipes of testdata/cookbook and the site of testdata/site: silent in a check, covered whole by their own tests,
// laid out as `sprx fmt` does it, and shown in docs/cookbook.md as they are. A new directory is picked up by itself.
#include <algorithm>
#include <boost/json.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "support/paths.h"
#include "tests/tools/program.h"

namespace sprx::test {
namespace {

namespace fs = std::filesystem;
using ::sprx::testing::source_tree;
using ::sprx::testing::testdata;

std::vector<std::string> recipes() {
  std::vector<std::string> out;
  for (const fs::directory_entry& entry : fs::directory_iterator(testdata("/cookbook"))) {
    if (entry.is_directory()) out.push_back(entry.path().filename().string());
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<std::string> configurations() {
  std::vector<std::string> out;
  for (const std::string& name : recipes()) out.push_back("/cookbook/" + name);
  out.emplace_back("/site");
  return out;
}

class Recipe : public ::testing::TestWithParam<std::string> {
 protected:
  std::string folder_ = testdata(GetParam());
};

TEST_P(Recipe, is_silent_in_a_check) {
  const Finished done = sprx({"check", folder_});
  EXPECT_EQ(done.status, 0);
  EXPECT_EQ(done.err, "");
  EXPECT_EQ(done.out, "");
}

TEST_P(Recipe, is_covered_whole_by_its_tests) {
  const Finished done = sprx({"test", folder_, "--coverage", "--fail-under", "100"});
  EXPECT_EQ(done.status, 0) << done.out << done.err;
  const boost::json::object report =
      boost::json::parse(sprx({"test", folder_, "--coverage", "--format", "json"}).out).as_object();
  EXPECT_GE(report.at("tests").as_int64(), 5);
  EXPECT_EQ(report.at("failed").as_int64(), 0);
  const boost::json::object& coverage = report.at("coverage").as_object();
  EXPECT_GE(coverage.at("rules").as_int64(), 1);
  EXPECT_EQ(coverage.at("rules_matched"), coverage.at("rules"));
  EXPECT_EQ(coverage.at("outcomes_seen"), coverage.at("outcomes"));
  for (const boost::json::value& lines : coverage.at("redirects").as_array())
    EXPECT_EQ(lines.at("met"), lines.at("lines")) << lines;
}

TEST_P(Recipe, is_laid_out_as_fmt_does_it) {
  const Finished done = sprx({"fmt", "--check", folder_});
  EXPECT_EQ(done.status, 0) << done.out << done.err;
}

INSTANTIATE_TEST_SUITE_P(Cookbook, Recipe, ::testing::ValuesIn(configurations()), [](const auto& about) {
  std::string name = about.param.substr(1);
  std::replace(name.begin(), name.end(), '/', '_');
  return name;
});

// docs/cookbook.md: a block marked ```LANGUAGE RECIPE/FILE is that file, but for the line that includes the tests.

constexpr const char* kTests = "include \"tests.sprx\";\n\n";

std::string shown(const std::string& file) {
  const std::string text = read_file(testdata("/cookbook/" + file));
  return text.starts_with(kTests) ? text.substr(std::string_view(kTests).size()) : text;
}

struct Page {
  std::string updated;                       // the page with its blocks as the files are
  std::map<std::string, std::string> files;  // what it says each is
};

Page read_page(const std::string& text) {
  std::istringstream in(text);
  Page page;
  std::string file;
  for (std::string line; std::getline(in, line);) {
    const bool fence = line.starts_with("```");
    const std::size_t blank = line.find(' ');
    if (fence && file.empty() && blank != std::string::npos) {
      file = line.substr(blank + 1);
      page.files[file];
      page.updated += line + "\n" + shown(file);
      continue;
    }
    if (fence) file.clear();
    if (file.empty()) {
      page.updated += line + "\n";
    } else {
      page.files[file] += line + "\n";
    }
  }
  return page;
}

TEST(CookbookPage, shows_every_recipe_as_it_is) {
  const std::string path = source_tree("/docs/cookbook.md");
  const Page page = read_page(read_file(path));
  if (std::getenv("SPRX_UPDATE_GOLDENS") != nullptr) {
    std::ofstream(path, std::ios::binary) << page.updated;
    return;
  }
  for (const auto& [file, text] : page.files) EXPECT_EQ(text, shown(file)) << file;
  for (const std::string& name : recipes())
    EXPECT_EQ(page.files.count(name + "/main.sprx"), 1U) << name << " is not in docs/cookbook.md";
}

}  // namespace
}  // namespace sprx::test
