// testdata/syntax/mistakes.txt: short files with one or two mistakes and exactly what is said about them.
#include <gtest/gtest.h>
#include <sstream>
#include <string>
#include <vector>

#include "error_text.h"
#include "support/paths.h"

namespace sprx::testing {
namespace {

const std::string kFile = testdata("/syntax/mistakes.txt");

struct Case {
  std::string name;
  std::string source;
  std::string expected;
};

struct CaseFile {
  std::string head;  ///< the comment before the first case
  std::vector<Case> cases;
};

CaseFile read_cases() {
  CaseFile file;
  std::istringstream in(read_file(kFile));
  bool expected = false;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("=== ")) {
      file.cases.push_back({line.substr(4), "", ""});
      expected = false;
    } else if (file.cases.empty()) {
      file.head += line + "\n";
    } else if (line == "---") {
      expected = true;
    } else {
      (expected ? file.cases.back().expected : file.cases.back().source) += line + "\n";
    }
  }
  return file;
}

class Mistake : public ::testing::TestWithParam<Case> {};

TEST_P(Mistake, IsReportedOnceWithItsPlaceAndWords) {
  Parsed parsed(GetParam().source);
  parsed.doubt();
  EXPECT_EQ(parsed.errors(), GetParam().expected) << GetParam().source;
  EXPECT_EQ(broken_promise(parsed), "");
}

INSTANTIATE_TEST_SUITE_P(Cases, Mistake, ::testing::ValuesIn(read_cases().cases),
                         [](const auto& test) { return "case" + test.param.name; });

TEST(MistakeCases, AreAtLeastSixtyAndCanBeRewritten) {
  const CaseFile file = read_cases();
  EXPECT_GE(file.cases.size(), 60u);
  if (updating_goldens()) {
    std::string text = file.head;
    for (const Case& one : file.cases) {
      text += "=== " + one.name + "\n" + one.source + "---\n" + Parsed(one.source).errors();
    }
    write_file(kFile, text);
  }
}

TEST(Mistake, InBytesIsReportedOnceARun) {
  EXPECT_EQ(Parsed("let x = \"\xC3\xC3\";\nlet y = 5;").errors(), "not_utf8 1:10 byte 0xC3 is not UTF-8\n");
  EXPECT_EQ(Parsed("let x = \xFF\xFE;\nlet y = ;").errors(),
            "not_utf8 1:9 byte 0xFF is not UTF-8\nunexpected 2:9 expected a value after `=`, found `;`\n");
  EXPECT_EQ(Parsed(std::string("rule a { deny; \0\0 }", 19)).errors(),
            "control_character 1:16 control character U+0000\n");
  EXPECT_EQ(Parsed("let x = \"a\x1b[0m\";").errors(), "control_character 1:11 control character U+001B\n");
  EXPECT_EQ(Parsed("# \xED\xA0\x80 a surrogate, \xC0\x80 overlong\n").errors(),
            "not_utf8 1:3 byte 0xED is not UTF-8, the first of 2 in this file\n");
}

TEST(Mistake, AtTheLimitOfErrorsStopsParsing) {
  ParseLimits limits;
  limits.errors = 3;
  const Parsed parsed("let = 1; let = 2; let = 3; let = 4; let = 5;", limits);
  EXPECT_EQ(parsed.result.errors.size(), 3u);
  EXPECT_EQ(broken_promise(parsed), "");
}

TEST(Recovery, KeepsTheNamesOfWhatDidNotParse) {
  const Parsed parsed("let x = (5;\nrule r { list inner: string = [\"a\"]; when ; deny; }\n");
  const std::string tree = parsed.tree();
  EXPECT_NE(tree.find("  let incomplete @0-10\n    name @4-5 `x`\n"), std::string::npos) << tree;
  EXPECT_NE(tree.find("      list @21-48\n        name @26-31 `inner`\n"), std::string::npos) << tree;
  EXPECT_NE(tree.find("    when incomplete"), std::string::npos) << tree;
  EXPECT_NE(tree.find("    action @"), std::string::npos) << tree;
}

}  // namespace
}  // namespace sprx::testing
