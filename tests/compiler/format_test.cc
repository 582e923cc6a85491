// The formatter: goldens of testdata/format, and what must be true of every file, over every rule file of the project
// and over mutations of them.
#include "compiler/format.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <random>
#include <string>

#include "compiler/format_tokens.h"
#include "grammar/parse.h"
#include "support/paths.h"
#include "tests/compiler/check_support.h"
#include "tests/compiler/compile_input.h"
#include "tests/compiler/format_corpus.h"
#include "tests/compiler/format_support.h"

namespace sprx::testing {
namespace {

namespace fs = std::filesystem;

std::string formatted(std::string_view text) {
  const ParseResult parsed = parse(FileId{0}, text);
  EXPECT_TRUE(parsed.errors.empty()) << text;
  return format(parsed.tree, text);
}

// --- goldens ---

std::vector<std::string> golden_names() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(testdata("/format"))) {
    if (entry.path().extension() == ".sprx") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

class FormatGolden : public ::testing::TestWithParam<std::string> {};

TEST_P(FormatGolden, IsLaidOutAsRecorded) {
  const std::string base = testdata("/format/") + GetParam();
  const std::string found = formatted(read_text(base + ".sprx"));
  if (std::getenv("SPRX_UPDATE_GOLDENS") != nullptr) std::ofstream(base + ".formatted", std::ios::binary) << found;
  EXPECT_EQ(found, read_text(base + ".formatted"));
}

INSTANTIATE_TEST_SUITE_P(Files, FormatGolden, ::testing::ValuesIn(golden_names()),
                         [](const auto& test) { return test.param; });

// --- every rule file of the project ---

TEST(FormatCorpus, HoldsEveryKindOfFile) { EXPECT_GT(all_configurations().size(), 400U); }

TEST(FormatCorpus, KeepsProgramAndCommentsAndIsStable) {
  std::size_t tried = 0;
  for (const Configuration& configuration : all_configurations()) {
    for (const auto& [name, text] : configuration.files) {
      if (!name.ends_with(".sprx")) continue;
      std::string out;
      EXPECT_EQ(broken_layout(text, &out), "") << configuration.name << " " << name << "\n" << out;
      tried += out.empty() ? 0 : 1;
    }
  }
  EXPECT_GT(tried, 300U);
}

TEST(FormatCorpus, CheckedProgramAndDiagnosticsAreTheSame) {
  std::size_t whole = 0;
  for (const Configuration& configuration : all_configurations()) {
    const std::string expected = meaning_of(configuration.files);
    const MemoryFiles found = formatted_files(configuration.files);
    if (only_worded_by_lines(configuration.files, found)) continue;
    EXPECT_EQ(meaning_of(found), expected) << configuration.name;
    whole += expected.find("rule ") != std::string::npos ? 1 : 0;
  }
  EXPECT_GT(whole, 100U);
}

TEST(FormatCorpus, ExamplesOfTheFormattingPageAreFormatted) {
  std::size_t count = 0;
  for (const Configuration& configuration : all_configurations()) {
    if (!configuration.name.starts_with("formatting.md")) continue;
    ++count;
    EXPECT_EQ(formatted(configuration.files.at("main.sprx")), configuration.files.at("main.sprx"));
  }
  EXPECT_EQ(count, 1U);
}

// --- mutations ---

/// Where tokens begin in a file that parses; its end too.
std::vector<std::uint32_t> token_places(std::string_view text) {
  const ParseResult parsed = parse(FileId{0}, text);
  const FormatTokens tokens(parsed.tree, text);
  std::vector<std::uint32_t> places;
  for (TokenId id = 0; id < tokens.size(); ++id) places.push_back(tokens[id].begin);
  return places;
}

/// `text` with blanks, line ends and numbered comments put before some tokens.
std::string shaken(std::string_view text, std::mt19937& random) {
  static constexpr const char* kBlanks[] = {" ",      "  ",    "\t",     "\n",
                                            "\n\n\n", " \r\n", "\n    ", "\n                    "};
  std::string out;
  std::size_t from = 0;
  int comment = 0;
  for (const std::uint32_t place : token_places(text)) {
    out += text.substr(from, place - from);
    from = place;
    const auto dice = random() % 8;
    if (dice < 3) out += kBlanks[random() % std::size(kBlanks)];
    if (dice == 0) out += "# mark " + std::to_string(++comment) + " \n" + std::string(random() % 30, ' ');
  }
  return out + std::string(text.substr(from));
}

TEST(FormatMutation, OfBlanksAndCommentsChangesNothingElse) {
  std::mt19937 random(20261125);
  std::size_t tried = 0;
  std::size_t parsed = 0;
  for (const Configuration& configuration : all_configurations()) {
    for (const auto& [name, text] : configuration.files) {
      const ParseResult plain = parse(FileId{0}, text);
      if (!name.ends_with(".sprx") || !plain.errors.empty()) continue;
      for (int turn = 0; turn < 30; ++turn) {
        const std::string other = shaken(text, random);
        std::string out;
        const std::string problem = broken_layout(other, &out);
        ASSERT_EQ(problem, "") << configuration.name << "\n--- from\n" << other << "\n--- to\n" << out;
        ++tried;
        // A name first on its line can begin a statement: not every place takes a line end.
        if (out.empty()) continue;
        ++parsed;
        const ParseResult after = parse(FileId{0}, out);
        ASSERT_TRUE(same_meaning(plain.tree, text, after.tree, out)) << other;
      }
    }
  }
  EXPECT_GT(tried, 5'000U);
  EXPECT_GT(parsed, tried * 3 / 4) << tried;
}

TEST(FormatMutation, ToOneLineGivesTheSameProgram) {
  for (const Configuration& configuration : all_configurations()) {
    for (const auto& [name, text] : configuration.files) {
      const ParseResult plain = parse(FileId{0}, text);
      if (!name.ends_with(".sprx") || !plain.errors.empty()) continue;
      const FormatTokens tokens(plain.tree, text);
      std::string line;
      for (TokenId id = 0; id < tokens.size(); ++id) line += std::string(tokens.text(id)) + " ";
      std::string out;
      ASSERT_EQ(broken_layout(line, &out), "") << configuration.name << "\n" << line << "\n" << out;
      const ParseResult after = parse(FileId{0}, out);
      ASSERT_TRUE(same_meaning(plain.tree, text, after.tree, out)) << line << "\n" << out;
    }
  }
}

// --- bounds and bytes ---

TEST(Format, NestingAtTheParsersBoundIsLaidOut) {
  const std::uint32_t depth = ParseLimits{}.depth - 1;
  std::string text = "let x = ";
  for (std::uint32_t i = 0; i < depth; ++i) text += "(a or ";
  text += "b" + std::string(depth, ')') + ";";
  std::string out;
  EXPECT_EQ(broken_layout(text, &out), "") << out;
  EXPECT_NE(out.find("\n" + std::string(std::size_t{2} * depth, ' ') + "or b"), std::string::npos) << out;
}

TEST(Format, ALargeFileIsLaidOutAsItsParts) {
  const std::string part = "rule a{when path==\"/a\"and host==\"b\";# c\ndeny;}\n";
  const std::string expected = formatted(part);
  std::string text;
  std::string whole;
  for (int i = 0; i < 25'000; ++i) {
    text += part;
    whole += expected;
  }
  EXPECT_EQ(formatted(text), whole);
}

TEST(Format, LineEndsBecomeLfAndAByteOrderMarkGoes) {
  EXPECT_EQ(formatted("\xEF\xBB\xBF# a\r\nlet x = 1;\r\n\r\n\r\nlet y = 2;\r\n"), "# a\nlet x = 1;\n\nlet y = 2;\n");
}

TEST(Format, ARawStringKeepsItsLineEnds) {
  EXPECT_EQ(formatted("let x=\"\"\"a\r\n  b \r\n\"\"\";\r\n"), "let x = \"\"\"a\r\n  b \r\n\"\"\";\n");
}

TEST(Format, NothingGivesNothing) {
  EXPECT_EQ(formatted(""), "");
  EXPECT_EQ(formatted(" \n\n\t"), "");
  EXPECT_EQ(formatted(";;\n;"), "");
  EXPECT_EQ(formatted("# only"), "# only\n");
}

TEST(Format, AHundredColumnsFitAndOneMoreDoesNot) {
  const auto rule = [](std::size_t columns) {
    const std::string head = "rule a { when path == \"/";
    const std::string foot = "\"; deny; }";
    return head + std::string(columns - head.size() - foot.size(), 'x') + foot;
  };
  EXPECT_EQ(formatted(rule(100)), rule(100) + "\n");
  const std::string longer = formatted(rule(101));
  EXPECT_EQ(longer.substr(0, 9), "rule a {\n");
  EXPECT_EQ(std::count(longer.begin(), longer.end(), '\n'), 4);
}

TEST(Format, ColumnsAreCharactersNotBytes) {
  const auto rule = [](std::size_t letters) {
    std::string out = "let x = \"";
    for (std::size_t i = 0; i < letters; ++i) out += "\xC3\xA9";
    return out + "\" == host;\n";
  };
  EXPECT_EQ(formatted(rule(81)), rule(81));  // 100 columns
  EXPECT_NE(formatted(rule(82)), rule(82));
}

TEST(FormatFile, ReportsMistakesAndGivesNoText) {
  SourceSet sources;
  DiagnosticList found;
  const FormatResult result = format_file(sources, sources.add("main.sprx", "rule a { deny }"), found);
  EXPECT_EQ(result.outcome, FormatOutcome::mistakes);
  EXPECT_EQ(result.text, "");
  ASSERT_EQ(found.all().size(), 1U);
  EXPECT_EQ(info(found.all()[0].kind).code, "E0002");
}

TEST(SameMeaning, TellsWhatDiffers) {
  const auto same = [](std::string_view a, std::string_view b) {
    return same_meaning(parse(FileId{0}, a).tree, a, parse(FileId{0}, b).tree, b);
  };
  EXPECT_TRUE(same("let x = [1, 2];", "let x=[1,2,];;"));
  EXPECT_FALSE(same("let x = [1, 2];", "let x = [1, 3];"));
  EXPECT_FALSE(same("let x = a in b;", "let x = a not in b;"));
  EXPECT_FALSE(same("let x = \"a\";", "let x = \"a \";"));
  EXPECT_FALSE(same("let x = \"a\";", "let x = \"\"\"a\"\"\";"));
  EXPECT_FALSE(same("let x = a; let y = b;", "let x = a;"));
}

}  // namespace
}  // namespace sprx::testing
