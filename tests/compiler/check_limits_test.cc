// Each limit of the checker: a configuration at it is accepted, one past it is its error. The limits are made small for
// this.
#include <gtest/gtest.h>

#include "compiler/table/pattern.h"
#include "tests/compiler/check_support.h"

namespace sprx::testing {
namespace {

std::string rules(int count) {
  std::string out;
  for (int i = 0; i < count; ++i)
    out += "rule r" + std::to_string(i) + " { when path == \"/" + std::to_string(i) + "\"; deny; }\n";
  return out;
}

TEST(CheckLimits, RulesUpToTheLimitAreTaken) {
  CheckLimits limits;
  limits.rules = 3;
  EXPECT_EQ(check_text(rules(3), limits).codes, "");
  EXPECT_EQ(check_text(rules(4), limits).codes, "E8004");
  EXPECT_EQ(check_text(rules(9), limits).codes, "E8004");
}

TEST(CheckLimits, RowsUpToTheLimitAreTaken) {
  CheckLimits limits;
  limits.rows = 2;
  const std::string use = "rule r { when path in l; deny; }\n";
  EXPECT_EQ(check_text("list l: path = [\"/a\", \"/b\"];\n" + use, limits).codes, "");
  EXPECT_EQ(check_text("list l: path = [\"/a\", \"/b\", \"/c\"];\n" + use, limits).codes, "E8005");
  EXPECT_EQ(check_files({{"main.sprx", "list l: path from \"l.txt\";\n" + use}, {"l.txt", "/a\n/b\n"}}, limits).codes,
            "");
  EXPECT_EQ(
      check_files({{"main.sprx", "list l: path from \"l.txt\";\n" + use}, {"l.txt", "/a\n/b\n/c\n/d\n"}}, limits).codes,
      "E8005");
}

TEST(CheckLimits, TextsUpToTheLimitAreTaken) {
  const std::string text = "rule r { when path == \"/a\"; deny; }\n";
  CheckLimits limits;
  limits.text_bytes = 0;
  // What was not taken may be missed elsewhere too.
  while (limits.text_bytes < 100 && check_text(text, limits).codes.starts_with("E8005")) ++limits.text_bytes;
  EXPECT_GE(limits.text_bytes, 3U);  // "r" and "/a", each once
  EXPECT_LT(limits.text_bytes, 100U);
  EXPECT_EQ(check_text(text, limits).codes, "");
}

TEST(StringPool, a_text_that_does_not_fit_is_not_taken_and_changes_no_other) {
  StringPool pool;
  pool.set_limit(5);
  const StrId three = pool.add("abc");
  EXPECT_EQ(pool.add("def"), kEmptyStr);
  EXPECT_TRUE(pool.full());
  const StrId two = pool.intern("de");
  EXPECT_EQ(pool.intern("f"), kEmptyStr);
  EXPECT_EQ(pool.view(three), "abc");
  EXPECT_EQ(pool.view(two), "de");
  EXPECT_EQ(pool.view(kEmptyStr), "");
}

TEST(CheckLimits, GroupsNestUpToTheLimit) {
  CheckLimits limits;
  limits.group_depth = 1;
  EXPECT_EQ(check_text("group a { rule r { deny; } }", limits).codes, "");
  EXPECT_EQ(check_text("group a { group b { rule r { deny; } } }", limits).codes, "E8006");
}

TEST(CheckLimits, ExpressionsGrowUpToTheLimit) {
  CheckLimits limits;
  limits.expression_nodes = 7;
  EXPECT_EQ(check_text("rule r { when path == \"/a\" or path == \"/b\"; deny; }", limits).codes, "");
  EXPECT_EQ(check_text("rule r { when path == \"/a\" or path == \"/b\" or path == \"/c\"; deny; }", limits).codes,
            "E8007");
}

TEST(CheckLimits, LetsPutIntoATargetCount) {
  std::string text = "let l0 = \"${path}-\";\n";
  for (int i = 1; i < 20; ++i)
    text +=
        "let l" + std::to_string(i) + " = \"${l" + std::to_string(i - 1) + "}${l" + std::to_string(i - 1) + "}\";\n";
  EXPECT_EQ(check_text(text + "rule r { redirect 301 l19; }").codes, "E8007");
}

TEST(CheckLimits, StringsAreAsLongAsTheLimit) {
  CheckLimits limits;
  limits.string_bytes = 4;
  EXPECT_EQ(check_text("rule r { when path == \"/abc\"; deny; }", limits).codes, "");
  EXPECT_EQ(check_text("rule r { when path == \"/abcd\"; deny; }", limits).codes, "E8008");
}

TEST(CheckLimits, CapturesAreBoundUpToTheLimit) {
  CheckLimits limits;
  limits.captures = 2;
  EXPECT_EQ(check_text("rule r { when path like \"/{_a}/{_b}\"; deny; }", limits).codes, "");
  EXPECT_EQ(check_text("rule r { when path like \"/{a}/{b}/{c}\"; log x = c; }", limits).codes, "E8009");
}

TEST(CheckLimits, TemplatesAreTakenUpToTheLimit) {
  CheckLimits limits;
  limits.templates = 1;
  EXPECT_EQ(check_text("rule r { when path like \"/a/*\"; deny; }", limits).codes, "");
  EXPECT_EQ(check_text("rule r { when path like \"/a/*\"; when path like \"*/b\"; deny; }", limits).codes, "E8010");
}

TEST(CheckLimits, PatternsAreTakenUpToTheLimit) {
  CheckLimits limits;
  limits.patterns = 1;
  EXPECT_EQ(check_text("rule r { when method matches r\"a.\"; deny; }", limits).codes, "");
  EXPECT_EQ(check_text("rule r { when method matches r\"a.\"; when method matches r\"b.\"; deny; }", limits).codes,
            "E8011");
}

TEST(CheckLimits, ProgramsOfPatternsAreAsLargeAsTheLimit) {
  const auto rule = [](std::string name, std::string pattern, std::string field = "method") {
    return "rule " + name + " { when " + field + " matches r\"" + pattern + "\"; deny; }\n";
  };
  const auto size = [](std::string pattern) { return program_size(compile_pattern(pattern, false).value); };
  const std::size_t both = size("a.{1,90}") + size("b.{1,90}");
  ASSERT_GT(both, 2 * 90);
  const std::string text = rule("a", "a.{1,90}") + rule("b", "b.{1,90}");
  CheckLimits limits;
  limits.pattern_instructions = both;
  EXPECT_EQ(check_text(text, limits).codes, "");
  // The same pattern at another place is no other pattern.
  EXPECT_EQ(check_text(text + rule("c", "a.{1,90}", "raw_query"), limits).codes, "");
  limits.pattern_instructions = both - 1;
  const Checked past = check_text(text + rule("c", "c.{1,90}"), limits);
  EXPECT_EQ(past.codes, "E8011");
  EXPECT_EQ(past.report.substr(0, past.report.find("  |")),
            "error[E8011]: with this pattern all of them compile to more than " + std::to_string(both - 1) +
                " instructions\n --> main.sprx:2:30\n");
}

TEST(CheckLimits, ProgramsOfPatternsInListsCountToo) {
  const std::size_t size = program_size(compile_pattern("a.{1,90}", true).value);
  const Files files{{"main.sprx", "list l: pattern from \"l.txt\" nocase;\nrule r { when method in l; deny; }"},
                    {"l.txt", "a.{1,90}\n"}};
  CheckLimits limits;
  limits.pattern_instructions = size;
  EXPECT_EQ(check_files(files, limits).codes, "");
  limits.pattern_instructions = size - 1;
  EXPECT_EQ(check_files(files, limits).codes, "E8011");
}

TEST(CheckLimits, SidesOfAnOrAreLookedAtWithinEachOtherUpToTheLimit) {
  // Whether `w1` is there where the host is in `t` is asked while the sides of one `or` are compared, and asks for
  // those of another; `w2` asks for a third, which is one too many: it counts as not proved, never as proved.
  const std::string lets =
      "table s: host -> string = { \"s.org\" => \"/s\"; };\ntable t: host -> string = { \"t.org\" => \"/t\"; };\n"
      "table u: host -> string = { \"u.org\" => \"/u\"; };\n"
      "let w1 = choose { exists u[host] or host in u => u[host]; else => t[host]; };\n"
      "let w2 = choose { exists w1 or host in t => w1; else => s[host]; };\n";
  EXPECT_EQ(check_text(lets + "rule r { when exists w1 or host in t; redirect 302 w1; }\n"
                              "rule q { when exists w2; redirect 302 w2; }")
                .codes,
            "");
  EXPECT_EQ(check_text(lets + "rule r { when exists w2 or host in s; redirect 302 w2; }").codes, "E2019");
}

TEST(CheckLimits, BodyFilesAreAsLargeAsTheLimit) {
  CheckLimits limits;
  limits.body_file_bytes = 3;
  const std::string main = "rule r { respond 200 { body file \"b.txt\"; } }";
  EXPECT_EQ(check_files({{"main.sprx", main}, {"b.txt", "abc"}}, limits).codes, "");
  EXPECT_EQ(check_files({{"main.sprx", main}, {"b.txt", "abcd"}}, limits).codes, "E8012");
}

TEST(CheckLimits, NamesAreDeclaredUpToTheLimit) {
  CheckLimits limits;
  limits.names = 1;
  EXPECT_EQ(check_text("let a = \"x\";\nrule r { when path == a; deny; }", limits).codes, "");
  EXPECT_EQ(check_text("let a = \"x\";\nlet b = \"y\";\nrule r { when path == a or path == b; deny; }", limits).codes,
            "E8013");
}

TEST(CheckLimits, LetsNestUpToTheLimit) {
  CheckLimits limits;
  limits.let_depth = 2;
  EXPECT_EQ(check_text("let a = \"x\";\nlet b = a;\nrule r { when path == b; deny; }", limits).codes, "");
  EXPECT_EQ(check_text("let a = \"x\";\nlet b = a;\nlet c = b;\nrule r { when path == c; deny; }", limits).codes,
            "E8014");
  EXPECT_EQ(check_text("let c = b;\nlet b = a;\nlet a = \"x\";\nrule r { when path == c; deny; }", limits).codes,
            "E8014");
}

TEST(CheckLimits, DataFilesAreAsLargeAsTheLimit) {
  CheckLimits limits;
  limits.data_file_bytes = 3;
  const std::string main = "list l: path from \"l.txt\";\nrule r { when path in l; deny; }";
  EXPECT_EQ(check_files({{"main.sprx", main}, {"l.txt", "/a\n"}}, limits).codes, "");
  EXPECT_EQ(check_files({{"main.sprx", main}, {"l.txt", "/ab\n"}}, limits).codes, "E8015");
}

TEST(CheckLimits, ActionsOfARuleUpToTheLimit) {
  CheckLimits limits;
  limits.actions = 2;
  EXPECT_EQ(check_text("rule r { log a = \"x\"; log b = \"x\"; }", limits).codes, "");
  EXPECT_EQ(check_text("rule r { log a = \"x\"; log b = \"x\"; log c = \"x\"; }", limits).codes, "E8016");
}

TEST(CheckLimits, FilesUpToTheLimit) {
  CheckLimits limits;
  limits.files = 2;
  EXPECT_EQ(check_files({{"main.sprx", "include \"a.sprx\";"}, {"a.sprx", ""}}, limits).codes, "");
  EXPECT_EQ(
      check_files({{"main.sprx", "include \"a.sprx\";\ninclude \"b.sprx\";"}, {"a.sprx", ""}, {"b.sprx", ""}}, limits)
          .codes,
      "E8002");
}

TEST(CheckLimits, IncludesNestUpToTheLimit) {
  CheckLimits limits;
  limits.include_depth = 2;
  EXPECT_EQ(check_files({{"main.sprx", "include \"a.sprx\";"}, {"a.sprx", ""}}, limits).codes, "");
  EXPECT_EQ(
      check_files({{"main.sprx", "include \"a.sprx\";"}, {"a.sprx", "include \"b.sprx\";"}, {"b.sprx", ""}}, limits)
          .codes,
      "E8003");
}

TEST(CheckLimits, TestsTheirStatementsAndTheirTextUpToTheLimitAreTaken) {
  // Names, hosts and paths: (1 + 15 + 1) + (1 + 15 + 2) bytes.
  const std::string two =
      "test a { get \"/\"; expect forward; }\ntest b { get \"/b\" { client \"192.0.2.1\"; } expect forward; }\n";
  const auto with = [&](std::size_t CheckLimits::*limit, std::size_t value) {
    CheckLimits limits;
    limits.*limit = value;
    return check_text(two, limits).codes;
  };
  EXPECT_EQ(with(&CheckLimits::tests, 2), "");
  EXPECT_EQ(with(&CheckLimits::tests, 1), "E8026");
  EXPECT_EQ(with(&CheckLimits::test_parts, 3), "");
  EXPECT_EQ(with(&CheckLimits::test_parts, 2), "E8027");
  EXPECT_EQ(with(&CheckLimits::test_bytes, 35), "");
  EXPECT_EQ(with(&CheckLimits::test_bytes, 34), "E8028");
  CheckLimits limits;
  limits.tests = 2;
  const std::string lines = "tests t from \"t.tsv\";\n";
  EXPECT_EQ(check_files({{"main.sprx", lines}, {"t.tsv", "/a\t-\n/b\t-\n"}}, limits).codes, "");
  EXPECT_EQ(check_files({{"main.sprx", lines}, {"t.tsv", "/a\t-\n/b\t-\n/c\t-\n/d\t-\n"}}, limits).codes, "E8026");
}

TEST(CheckLimits, CookiesAreAsLargeAsBrowsersTakeThem) {
  const auto set = [](std::size_t name, std::size_t value, std::size_t path) {
    const std::string attribute = path == 0 ? ";" : " { path \"/" + std::string(path - 1, 'p') + "\"; }";
    return check_text("response rule r { set response.cookie[\"" + std::string(name, 'n') + "\"] = \"" +
                      std::string(value, 'v') + "\"" + attribute + " }\n")
        .codes;
  };
  // Name and value together: RFC 6265bis 5.6.
  EXPECT_EQ(set(1, 4'095, 0), "");
  EXPECT_EQ(set(96, 4'000, 0), "");
  EXPECT_EQ(set(1, 4'096, 0), "E2037");
  EXPECT_EQ(set(97, 4'000, 0), "E2037");
  EXPECT_EQ(set(1, 1, 1'024), "");
  EXPECT_EQ(set(1, 1, 1'025), "E2038");
}

}  // namespace
}  // namespace sprx::testing
