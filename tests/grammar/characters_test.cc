// Characters before parsing: what is no text, what only looks like a sign of the language, what reorders a line.
#include <gtest/gtest.h>
#include <string>

#include "error_text.h"

namespace sprx::testing {
namespace {

constexpr const char* kRule = "rule a { when path == \"/a\"; deny; }\n";

TEST(Characters, FourNulsNearTheBeginningAreNoText) {
  const std::string nuls(4, '\0');
  EXPECT_EQ(Parsed(kRule + std::string(3, '\0') + "\n").errors(), "control_character 2:1 control character U+0000\n");
  EXPECT_EQ(Parsed(kRule + nuls).errors(), "not_utf8 1:1 this file is not text\n");
  // Past the first 8000 bytes they are a slip like any other.
  EXPECT_EQ(Parsed(std::string(7996, '\n') + nuls).errors(), "not_utf8 1:1 this file is not text\n");
  EXPECT_EQ(Parsed(std::string(7997, '\n') + nuls).errors(), "control_character 7998:1 control character U+0000\n");
}

TEST(Characters, Utf16IsNamed) {
  EXPECT_EQ(Parsed(std::string("\xFF\xFEr\0u\0", 6)).errors(), "not_utf8 1:1 this file is UTF-16\n");
  EXPECT_EQ(Parsed(std::string("\xFE\xFF\0r\0u", 6)).errors(), "not_utf8 1:1 this file is UTF-16\n");
}

TEST(Characters, ThatAreNoTextLeaveAnIncompleteTree) {
  const Parsed parsed(std::string(10, '\0'));
  EXPECT_EQ(broken_promise(parsed), "");
  EXPECT_TRUE(parsed.result.tree[parsed.result.tree.root].incomplete);
}

TEST(Characters, ThatLookAlikeAreReportedOnceAKindWithAllTheirFixes) {
  const Parsed parsed("rule a \xEF\xBD\x9B deny\xEF\xBC\x9B log x = \"y\"\xEF\xBC\x9B }\n");
  EXPECT_EQ(parsed.errors(),
            "look_alike 1:8 U+FF5B looks like `{` and is not\n"
            "look_alike 1:14 U+FF1B looks like `;` and is not, the first of 2 in this file\n");
  ASSERT_EQ(parsed.result.errors.size(), 2U);
  EXPECT_EQ(parsed.result.errors[1].fixes.size(), 2U);
  EXPECT_EQ(broken_promise(parsed), "");
}

TEST(Characters, ThatLookAlikeAreThemselvesInTextAndComments) {
  EXPECT_EQ(Parsed("rule a { when path == \"/\xEF\xBC\x9B\"; deny; }  # \xEF\xBC\x9B \xC2\xA0\n").errors(), "");
  EXPECT_EQ(Parsed("rule a { when path matches /\xEF\xBC\x9B/; deny; }\n").errors(), "");
}

TEST(Characters, WithoutWidthAreFoundBetweenWords) {
  EXPECT_EQ(Parsed("rule a { when path == \"/a\"; \xE2\x80\x8B"
                   "deny; }\n")
                .errors(),
            "look_alike 1:29 U+200B has no width and cannot be seen\n");
  EXPECT_EQ(Parsed("rule a {\xC2\xA0"
                   "deny; }\n")
                .errors(),
            "look_alike 1:9 U+00A0 looks like a blank and is not\n");
}

TEST(Characters, ThatEndALineAreLfOrCrlf) {
  EXPECT_EQ(Parsed("rule a { deny; }\r\n# comment\r\nrule b { deny; }\r\n").errors(), "");
  // Every line of it would be one, and the comment would hide the rest.
  const Parsed old("rule a { deny; }\r# comment\rrule b { deny }\rrule c { deny; }\r");
  EXPECT_EQ(old.errors(),
            "control_character 1:17 a CR that no LF follows, the first of 4 in this file\n"
            "missing_semicolon 1:41 expected `;` after this statement, found `}`\n");
  ASSERT_EQ(old.result.errors.size(), 2U);
  EXPECT_EQ(old.result.errors[0].fixes.size(), 4U);
  EXPECT_EQ(broken_promise(old), "");
  // Among other lines it may be anything: that is for the author to say.
  const Parsed mixed("rule a { deny; } # one\rrule b { deny; }\nrule c { set header[\"A\"] = \"a\rb\"; }\n");
  EXPECT_EQ(mixed.errors(), "control_character 1:23 a CR that no LF follows, the first of 2 in this file\n");
  ASSERT_EQ(mixed.result.errors.size(), 1U);
  EXPECT_TRUE(mixed.result.errors[0].fixes.empty());
  EXPECT_EQ(Parsed("rule a { deny; }\r\r\n").errors(), "control_character 1:17 a CR that no LF follows\n");
}

TEST(Characters, ThatReorderALineAreRefusedEverywhere) {
  EXPECT_EQ(Parsed("# \xE2\x80\xAE\n").errors(),
            "hidden_order 1:3 U+202E changes the order in which this line is shown\n");
  EXPECT_EQ(Parsed("let x = \"\xE2\x81\xA6\";\n").errors(),
            "hidden_order 1:10 U+2066 changes the order in which this line is shown\n");
  EXPECT_EQ(Parsed("let x\xE2\x80\x8F = 1;\n").errors(),
            "hidden_order 1:6 U+200F changes the order in which this line is shown\n");
  const Parsed string("let x = \"a\xE2\x80\xAE\";\n");
  ASSERT_EQ(string.result.errors.size(), 1U);
  ASSERT_EQ(string.result.errors[0].fixes.size(), 1U);
  EXPECT_EQ(string.result.errors[0].fixes[0].replacement, "\\u{202E}");
}

}  // namespace
}  // namespace sprx::testing
