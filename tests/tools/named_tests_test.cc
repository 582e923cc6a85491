// What the documents name as proof exists: tests, groups and cases of the byte-exact suite, verbs of tools/dev, files.
#include <algorithm>
#include <filesystem>
#include <gtest/gtest.h>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "support/paths.h"
#include "tests/tools/program.h"

namespace sprx::test {
namespace {

namespace fs = std::filesystem;

fs::path top() { return sprx::testing::source_tree(""); }

/// All that a page may name.
struct Names {
  std::set<std::string> tests;   ///< `Suite` and `Suite.Test`
  std::set<std::string> groups;  ///< of testdata/http, without the ending
  std::set<std::string> cases;
  std::set<std::string> verbs;  ///< `tools/dev VERB`
};

void add_matches(const std::string& text, const std::regex& pattern, const auto& add) {
  for (std::sregex_iterator match(text.begin(), text.end(), pattern); match != std::sregex_iterator(); ++match)
    add(*match);
}

Names read_names() {
  Names out;
  const std::regex test(R"(\bTEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\))");
  for (const auto& entry : fs::recursive_directory_iterator(top() / "tests")) {
    if (entry.path().extension() != ".cc") continue;
    add_matches(read_file(entry.path()), test, [&](const std::smatch& found) {
      out.tests.insert(found[1]);
      out.tests.insert(found[1].str() + "." + found[2].str());
    });
  }
  const std::regex one_case(R"((?:^|\n)=== (\S+))");
  for (const auto& entry : fs::directory_iterator(top() / "testdata/http")) {
    if (entry.path().extension() != ".http") continue;
    out.groups.insert(entry.path().stem());
    add_matches(read_file(entry.path()), one_case, [&](const std::smatch& found) { out.cases.insert(found[1]); });
  }
  add_matches(read_file(top() / "tools/dev"), std::regex(R"(\nverb_(\w+)\(\))"),
              [&](const std::smatch& found) { out.verbs.insert("tools/dev " + found[1].str()); });
  return out;
}

std::vector<std::string> cells_of(std::string_view line) {
  std::vector<std::string> out;
  std::string cell;
  for (std::size_t i = 1; i < line.size(); ++i) {
    if (line[i] != '|' || line[i - 1] == '\\') {
      cell += line[i];
      continue;
    }
    const std::size_t first = std::min(cell.find_first_not_of(' '), cell.size());
    out.push_back(cell.substr(first, cell.find_last_not_of(' ') + 1 - first));
    cell.clear();
  }
  return out;
}

/// The cells of the columns of that name in all tables of a page.
std::vector<std::string> column(const std::string& page, const std::string& title) {
  std::vector<std::string> out;
  std::size_t wanted = std::string::npos;
  bool in_table = false;
  for (const std::string& line : lines_of(read_file(top() / "docs" / page))) {
    const bool row = line.starts_with('|');
    const std::vector<std::string> cells = row ? cells_of(line) : std::vector<std::string>();
    if (row && !in_table)
      wanted = static_cast<std::size_t>(std::find(cells.begin(), cells.end(), title) - cells.begin());
    if (row && in_table && wanted < cells.size() && !cells[wanted].starts_with("---")) out.push_back(cells[wanted]);
    in_table = row;
  }
  return out;
}

/// What of `cell` is no name of anything: whole words of it, so that nothing can hide between names.
std::string unknown(const Names& names, const std::string& cell) {
  const std::regex part(R"(`([^`]*)`|([^\s,;`]+))");
  std::string out;
  add_matches(cell, part, [&](const std::smatch& found) {
    const std::string quoted = found[1];
    const std::string plain = found[2];
    const bool known = found[1].matched ? names.tests.contains(quoted) || names.cases.contains(quoted) ||
                                              names.verbs.contains(quoted) || fs::exists(top() / quoted)
                                        : names.groups.contains(plain);
    if (!known) out += (out.empty() ? "" : " ") + found[0].str();
  });
  return out;
}

TEST(NamedTests, AreThereForEveryPromiseOfTheThreatModel) {
  const Names names = read_names();
  const std::vector<std::string> cells = column("threat-model.md", "held by");
  EXPECT_GE(cells.size(), 20U);
  for (std::string cell : cells) {
    EXPECT_NE(cell, "");
    if (cell.starts_with("every group")) cell.erase(0, std::string_view("every group").size());
    EXPECT_EQ(unknown(names, cell), "") << cell;
  }
}

TEST(NamedTests, AreThereForEveryBound) {
  const Names names = read_names();
  const std::vector<std::string> cells = column("limits.md", "held by");
  EXPECT_GE(cells.size(), 30U);
  for (const std::string& cell : cells) EXPECT_EQ(unknown(names, cell), "") << cell;
}

TEST(NamedTests, AreThereForWhatThePageOnHttpSays) {
  const Names names = read_names();
  const std::vector<std::string> cases = column("http.md", "case");
  EXPECT_GE(cases.size(), 40U);
  for (const std::string& cell : cases) EXPECT_EQ(unknown(names, cell), "") << cell;
  const std::vector<std::string> places = column("http.md", "where");
  EXPECT_GE(places.size(), 4U);
  for (const std::string& cell : places) {
    const std::string words = std::regex_replace(cell, std::regex("inputs kept in "), "");
    EXPECT_EQ(unknown(names, words), "") << cell;
  }
}

TEST(NamedTests, TheCasesOfTheSuiteAreAsManyAsThePageOnHttpSays) {
  const std::string page = read_file(top() / "docs/http.md");
  const std::string count = std::to_string(read_names().cases.size());
  EXPECT_NE(page.find("| " + count + " cases, byte for byte"), std::string::npos) << count;
  EXPECT_NE(page.find("| sprx | " + count + " | " + count + " |"), std::string::npos) << count;
}

TEST(NamedTests, AWordThatIsNoTestIsFound) {
  const Names names = read_names();
  EXPECT_EQ(unknown(names, "50-timeouts, `AccessLog` `NamedTests.AWordThatIsNoTestIsFound` `tools/dev soak`"), "");
  EXPECT_EQ(unknown(names, "99-none, `AccessLogs` decide tests `NamedTests.No`"),
            "99-none `AccessLogs` decide tests `NamedTests.No`");
}

}  // namespace
}  // namespace sprx::test
