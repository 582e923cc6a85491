// However a file without mistakes is laid out, it is the same file: lines and indentation are for its readers.
#include <algorithm>
#include <filesystem>
#include <functional>
#include <gtest/gtest.h>
#include <random>
#include <regex>
#include <string>
#include <vector>

#include "error_text.h"
#include "support/paths.h"

namespace sprx::testing {
namespace {

namespace fs = std::filesystem;

/// The tree without places.
std::string shape(const Parsed& parsed) {
  static const std::regex kPlace(" @[0-9]+-[0-9]+");
  static const std::regex kEmpty("`[\\[{][^\n]*[\\]}]`\n");  // a body or list without entries is shown with its blanks
  return std::regex_replace(std::regex_replace(parsed.tree(), kPlace, ""), kEmpty, "\n");
}

/// The texts and patterns of a file: what stands in them stays as it is.
std::vector<Span> texts_of(const Parsed& parsed) {
  std::vector<Span> out;
  for (const Node& node : parsed.result.tree.nodes) {
    if (node.kind == NodeKind::string || node.kind == NodeKind::regex)
      out.push_back({parsed.file, node.begin, node.end});
  }
  std::sort(out.begin(), out.end(), [](const Span& a, const Span& b) { return a.begin < b.begin; });
  return out;
}

using Blanks = std::function<std::string(const std::string& run)>;

/// The file with other blanks between its tokens. What ends a comment stays a line end.
std::string laid_out(const Parsed& parsed, const Blanks& blanks) {
  const std::string_view text = parsed.source().text;
  const std::vector<Span> texts = texts_of(parsed);
  auto next = texts.begin();
  std::string out;
  bool comment = false;
  for (std::size_t at = 0; at < text.size();) {
    while (next != texts.end() && next->begin < at) ++next;  // a text in a text
    std::size_t end = at + 1;
    if (next != texts.end() && next->begin == at) {
      end = next->end;
    } else if (text[at] == '#') {
      end = std::min(text.find_first_of("\r\n", at), text.size());
      comment = true;
    } else if (std::string_view(" \t\r\n").find(text[at]) != std::string_view::npos) {
      end = std::min(text.find_first_not_of(" \t\r\n", at), text.size());
      const std::string run = blanks(std::string(text.substr(at, end - at)));
      out += comment && run.find('\n') == std::string::npos ? "\n" + run : run;
      comment = false;
      at = end;
      continue;
    }
    out += text.substr(at, end - at);
    at = end;
  }
  return out;
}

bool has_line(const std::string& run) { return run.find('\n') != std::string::npos; }

struct Style {
  const char* name;
  Blanks blanks;
};

std::vector<Style> styles() {
  static std::mt19937 random(20261126);
  const auto some = [] { return std::string(random() % 9, ' '); };
  return {
      {"all at column 0", [](const std::string& run) { return has_line(run) ? std::string("\n") : run; }},
      {"indented anyhow", [some](const std::string& run) { return has_line(run) ? "\n" + some() : run; }},
      {"indented anyhow, again", [some](const std::string& run) { return has_line(run) ? "\n" + some() : run; }},
      {"one line", [](const std::string&) { return std::string(" "); }},
      {"a word a line", [](const std::string&) { return std::string("\n"); }},
      {"a word a line, indented anyhow", [some](const std::string&) { return "\n" + some(); }},
      {"lines anywhere", [some](const std::string&) { return random() % 3 == 0 ? "\n" + some() : std::string(" "); }},
      {"CRLF", [](const std::string& run) { return has_line(run) ? std::string("\r\n\t") : run; }},
  };
}

/// Every rule file of testdata/ that parses without a mistake.
std::vector<std::string> files_without_mistakes() {
  std::vector<std::string> out;
  for (const auto& entry : fs::recursive_directory_iterator(testdata(""))) {
    if (entry.path().extension() != ".sprx") continue;
    if (Parsed(read_file(entry.path().string())).result.errors.empty()) out.push_back(entry.path().string());
  }
  std::sort(out.begin(), out.end());
  return out;
}

TEST(Layout, NeverDecidesWhatAFileWithoutMistakesIs) {
  const std::vector<std::string> files = files_without_mistakes();
  EXPECT_GE(files.size(), 300U);
  for (const std::string& name : files) {
    const Parsed plain(read_file(name));
    const std::string expected = shape(plain);
    for (const Style& style : styles()) {
      const std::string text = laid_out(plain, style.blanks);
      const Parsed parsed(text);
      ASSERT_EQ(parsed.errors(), "") << name << ", " << style.name << ":\n" << text;
      ASSERT_EQ(shape(parsed), expected) << name << ", " << style.name << ":\n" << text;
    }
  }
}

TEST(Layout, OfAStatementMayGoBackToTheLeft) {
  for (const char* text :
       {"rule x {\nwhen exists header[\"A\"];\nlet l = lower(header[\"A\"]);\nset header[\"B\"] = l;\n}\n",
        "    rule x {\n  when exists header[\"A\"];\n  let l = lower(header[\"A\"]);\n  set header[\"B\"] = l;\n    "
        "}\n",
        "group g {\nrule x {\nlet l = lower(header[\"A\"]);\nset header[\"B\"] = l;\n}\nlet n = 1;\nlist a: int = "
        "[1];\n}\n",
        "flag maintenance = off;\nrule a { when maintenance; deny; }\n"
        "test t {\nget \"/\" {\nflag maintenance = on;\n}\nexpect deny;\n}\n",
        "test t { get \"/\"; expect\n    forward; }\n",
        "rule a {\n  when path ==\npath;\n  set header[\"A\"] =\nhost;\n}\n"}) {
    EXPECT_EQ(Parsed(text).errors(), "") << text;
  }
}

TEST(Layout, StillSaysWhereSomethingIsMissing) {
  EXPECT_EQ(Parsed("rule a {\n  when path == \"/a\";\n  deny;\n\nlet l = 1;\nrule b { deny; }\n").errors(),
            "unclosed_brace 1:8 this `{` is never closed\n");
}

TEST(Layout, ThatGuessesWrongGivesWay) {
  EXPECT_EQ(
      Parsed(
          "rule x {\nwhen exists header[\"A\"];\nlet l = lower(header[\"A\"]);\nset header[\"B\"] = l;\ndeny 403\n}\n"
          "rule y {\nlet m = lower(host;\nset header[\"B\"] = m;\n}\n")
          .errors(),
      "missing_semicolon 5:9 expected `;` after this statement, found `}`\n"
      "unclosed_bracket 8:19 expected `,` or `)` in this call, found `;`\n");
}

TEST(Layout, OfABlockSaysThatItsBraceIsMissing) {
  const std::string block = "    header \"Retry-After\" = \"600\";\n    body \"x\";\n  }\n}\nrule b { deny; }\n";
  EXPECT_EQ(Parsed("rule a {\n  respond 503\n" + block).errors(),
            "unexpected 2:14 expected `{` before the block of this `respond`, found `header`\n");
  EXPECT_EQ(Parsed("rule a {\n  respond 503 {\n" + block).errors(), "");
  // The `}` of a rule that is not laid out shows nothing.
  EXPECT_EQ(Parsed("rule a {\nset header[\"A\"] =\n  lower(path);\n}\nrule b {\n").errors(),
            "unclosed_brace 5:8 this `{` is never closed\n");
  EXPECT_EQ(Parsed("rule a {\nredirect 301\n  target;\n}\nrule b {\n").errors(),
            "unclosed_brace 5:8 this `{` is never closed\n");
}

/// Only who knows what `deny` is can tell: a value of that name, or the next statement.
TEST(Layout, IsDoubtedOnlyWhereSomebodyAsks) {
  Parsed parsed("rule a {\n  when path ==\n  deny;\n  redirect 301 \"/x\"\n  log reason = \"x\";\n}\n");
  EXPECT_EQ(parsed.errors(), "");
  const std::vector<Doubt> doubts = find_doubts(parsed.file, parsed.source().text);
  ASSERT_EQ(doubts.size(), 2U);
  EXPECT_EQ(doubts[0].statement, 11U);
  EXPECT_EQ(doubts[0].at, 26U);
  EXPECT_EQ(brief(parsed.source(), parse_doubted(parsed.file, parsed.source().text, {doubts[1]}).errors),
            "missing_semicolon 4:20 expected `;` after this statement, found `log`\n");
  parsed.doubt();
  EXPECT_EQ(parsed.errors(),
            "unexpected 3:3 expected a value after this operator, found `deny`\n"
            "missing_semicolon 4:20 expected `;` after this statement, found `log`\n");
}

}  // namespace
}  // namespace sprx::testing
