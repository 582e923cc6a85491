// `sprx check --fix`: which fixes are applied, which are not and what is said of these.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

#include "tests/tools/program.h"

namespace sprx::test {
namespace {

using ::testing::HasSubstr;

/// What `--fix` leaves in a file that holds `text`.
std::string after_fix(const std::string& text) {
  Folder folder;
  folder.write("main.sprx", text);
  (void)sprx({"check", folder.path().string(), "--fix"});
  return read_file(folder / "main.sprx");
}

TEST(Fix, puts_a_missing_quote_or_bracket_where_it_is_missing) {
  EXPECT_EQ(after_fix("include tests.sprx\";\n"), "include \"tests.sprx\";\n");
  EXPECT_EQ(after_fix("list l: string from l.txt\";\n"), "list l: string from \"l.txt\";\n");
  EXPECT_EQ(after_fix("rule r { set header[X-A\"] = \"1\"; }\n"), "rule r { set header[\"X-A\"] = \"1\"; }\n");
  EXPECT_EQ(after_fix("rule r { set header[\"X] = \"1\"; }\n"), "rule r { set header[\"X\"] = \"1\"; }\n");
  EXPECT_EQ(after_fix("rule r { set header[\"X-A\" = \"1\"; }\n"), "rule r { set header[\"X-A\"] = \"1\"; }\n");
  EXPECT_EQ(after_fix("rule r { when method in [\"GET\", HEAD\"]; deny; }\n"),
            "rule r { when method in [\"GET\", \"HEAD\"]; deny; }\n");
  EXPECT_EQ(after_fix("list d: domain = \"a.org\", \"b.org\";\n"), "list d: domain = [\"a.org\", \"b.org\"];\n");
  EXPECT_EQ(after_fix("list l: string from from \"x.txt\";\n"), "list l: string from \"x.txt\";\n");
  EXPECT_EQ(after_fix("rule r { log k : \"v\"; }\n"), "rule r { log k = \"v\"; }\n");
}

TEST(Fix, takes_a_comparison_from_a_flag) {
  const auto rule = [](const std::string& text) { return "flag m = off;\nrule r { when " + text + "; deny; }\n"; };
  for (const std::string text : {"m = on", "m == on", "m is on", "m == \"on\"", "m != off", "m is not off", "m = true"})
    EXPECT_EQ(after_fix(rule(text)), rule("m")) << text;
  for (const std::string text : {"m = off", "m == off", "m != on", "m is off"})
    EXPECT_EQ(after_fix(rule(text)), rule("not m")) << text;
  EXPECT_EQ(after_fix(rule("path == \"/a\" and not m = off")), rule("path == \"/a\" and not not m"));
}

TEST(Fix, takes_brackets_from_a_file_and_nocase_out_of_its_block) {
  EXPECT_EQ(after_fix("redirects l from [\"l.tsv\"] { status 301; }\n"),
            "redirects l from \"l.tsv\" { status 301; }\n");
  EXPECT_EQ(after_fix("list l: string from [l.txt];\n"), "list l: string from \"l.txt\";\n");
  EXPECT_EQ(after_fix("redirects l from \"l.tsv\" { status 301; nocase; }\n"),
            "redirects l from \"l.tsv\" nocase { status 301; }\n");
  EXPECT_EQ(after_fix("redirects l nocase from \"l.tsv\" { status 301; }\n"),
            "redirects l from \"l.tsv\" nocase { status 301; }\n");
  Folder folder;
  folder.write("l.tsv", "/a\t/b\n");
  folder.write("main.sprx",
               "redirects l from \"l.tsv\" { status 301; }\ntest t { get \"http://x.org/a\"; expect rule l.1; }\n");
  (void)sprx({"check", folder.path().string(), "--fix"});
  EXPECT_THAT(read_file(folder / "main.sprx"), HasSubstr("expect rule \"l.1\";"));
}

TEST(Fix, reads_a_string_as_the_pattern_that_was_meant) {
  EXPECT_EQ(after_fix("let a = header[\"X\"] matches \"^/a\\\\.b$\";\n"),
            "let a = header[\"X\"] matches r\"^/a\\.b$\";\n");
  EXPECT_EQ(after_fix("let a = header[\"X\"] matches \"\\.php$\";\n"), "let a = header[\"X\"] matches r\"\\.php$\";\n");
  EXPECT_EQ(after_fix("let a = header[\"X\"] matches \"a\\\\d\"i;\n"), "let a = header[\"X\"] matches r\"a\\d\"i;\n");
  EXPECT_EQ(after_fix("list l: pattern = [\"\\d\\\"\"];\n"), "list l: pattern = [r\"\\d\\\"\"];\n");
  // `\$` in a string is the sign that ends a pattern, in a pattern one that is looked for.
  const std::string either = "let a = header[\"X\"] matches \"a\\$\";\n";
  EXPECT_EQ(after_fix(either), either);
}

TEST(Fix, puts_neighbours_in_their_order) {
  const auto rule = [](const std::string& text) { return "rule r { " + text + " }\n"; };
  EXPECT_EQ(after_fix(rule("deny when path == \"/x\";")), rule("when path == \"/x\"; deny;"));
  EXPECT_EQ(after_fix(rule("301 redirect \"/y\";")), rule("redirect 301 \"/y\";"));
  EXPECT_EQ(after_fix(rule("when under path \"/x\"; deny;")), rule("when path under \"/x\"; deny;"));
  EXPECT_EQ(after_fix("r rule { deny; }\n"), "rule r { deny; }\n");
  EXPECT_EQ(after_fix("list cidr a = [\"192.0.2.0/24\"];\n"), "list a: cidr = [\"192.0.2.0/24\"];\n");
  EXPECT_EQ(after_fix("pattern p = /a\\/b/i;\n"), "list p: pattern = [/a\\/b/i];\n");
  // There the condition would be for more than the one action.
  const std::string more = rule("log a = \"x\"; deny when path == \"/x\";");
  EXPECT_EQ(after_fix(more), more);
}

TEST(Fix, puts_habits_of_other_languages_right) {
  const auto rule = [](const std::string& text) { return "rule r { when path == \"/a\"; " + text + " }\n"; };
  EXPECT_EQ(after_fix(rule("respond 301 \"/x\";")), rule("redirect 301 \"/x\";"));
  EXPECT_EQ(after_fix(rule("respond 503 \"Back\" { header \"Retry-After\" = \"60\"; }")),
            rule("respond 503 { body \"Back\"; header \"Retry-After\" = \"60\"; }"));
  EXPECT_EQ(after_fix("rule r { when path in [\"/a\" or \"/b\"]; deny; }\n"),
            "rule r { when path in [\"/a\" , \"/b\"]; deny; }\n");
  EXPECT_EQ(after_fix("settings { upstream { max_idle 1k; } }\n"), "settings { upstream { max_idle 1_000; } }\n");
}

TEST(Fix, applies_what_is_certain_whatever_else_is_wrong_beside_it) {
  const auto rule = [](const std::string& text) { return "rule r { when " + text + "; deny; }\n"; };
  EXPECT_EQ(after_fix(rule("path = \"/a\" and method ~~ \"x\"")), rule("path == \"/a\" and method ~~ \"x\""));
  EXPECT_EQ(after_fix(rule("path == '/a' and host == \"a.org\" xx yy")),
            rule("path == \"/a\" and host == \"a.org\" xx yy"));
  EXPECT_EQ(after_fix(rule("path = \"/a//b\" && host is sorta \"a.org\"")),
            rule("path == \"/a/b\" and host is sorta \"a.org\""));
  EXPECT_EQ(after_fix(rule("header[\"X\"] matches \"/a|b/i\" and hosst == \"a.org\"")),
            rule("header[\"X\"] matches /a|b/i and hosst == \"a.org\""));
  // Of the same part: what follows says that something else may be meant.
  EXPECT_EQ(after_fix(rule("path = \"/a\" foo bar")), rule("path = \"/a\" foo bar"));
}

TEST(Fix, applies_all_of_a_kind_in_one_condition) {
  std::string wrong = "rule r { when path == \"/a\"";
  std::string right = wrong;
  for (int i = 0; i < 70; ++i) {
    wrong += " || path = '/b" + std::to_string(i) + "'";
    right += " or path == \"/b" + std::to_string(i) + "\"";
  }
  EXPECT_EQ(after_fix(wrong + "; deny; }\n"), right + "; deny; }\n");
}

TEST(Fix, applies_all_of_a_list) {
  std::string wrong = "list l: path = [\n";
  std::string right = wrong;
  for (int i = 0; i < 3'000; ++i) {
    const std::string n = std::to_string(i);
    wrong += "  '/a" + n + "'  # no comma\n";
    right += "  \"/a" + n + (i < 2'999 ? "\"," : "\"") + "  # no comma\n";
  }
  EXPECT_EQ(after_fix(wrong + "];\n"), right + "];\n");
  EXPECT_EQ(after_fix("rule r { when path in ['/a', '/b',\n'/c']; deny; }\n"),
            "rule r { when path in [\"/a\", \"/b\",\n\"/c\"]; deny; }\n");
}

TEST(Fix, applies_more_than_the_parser_tells_in_one_go) {
  std::string wrong;
  std::string right;
  for (int i = 0; i < 3'000; ++i) {
    const std::string n = std::to_string(i);
    wrong += "rule r" + n + " { when path == '/a" + n + "'; deny; }\n";
    right += "rule r" + n + " { when path == \"/a" + n + "\"; deny; }\n";
  }
  EXPECT_EQ(after_fix(wrong), right);
}

TEST(Fix, leaves_alone_what_may_mean_something_else) {
  for (const std::string text : {
           "rule r { when path == \"/a\"; respond 302 \"${scheme}://${host}${uri}\"; }\n",
           "rule r { when header[\"User-Agent\"] in \"bots.txt\"; deny; }\n",
           "rule r { set header[\"X-Frame-Options\"] = \"DENY\"; }\n",
       }) {
    EXPECT_EQ(after_fix(text), text);
  }
  for (const std::string text : {
           "rule r { when path.extension == \"tar.gz\"; deny; }\n",
           "rule r { when path.file == \"a/b\"; deny; }\n",
           "rule r { when geo.country in \"AU,NZ\"; deny; }\n",
           "rule r {\n  when path == \"/x\";\n  respond 404 {\n    body Use /api/v2, please.\\n\";\n  }\n}\n",
           "list l: string from names of.txt;\n",
           "rule r { when path matches /^\\/blog /\\d+; deny; }\n",
           "group g when host == \"x.org\" {\n  limit { api key client.ip; rate 10/s; }\n}\n",
       }) {
    EXPECT_EQ(after_fix(text), text);
  }
}

TEST(Fix, leaves_alone_what_is_no_condition_or_may_be_an_edit) {
  for (const std::string text : {
           "response rule r { response.header[\"X-Frame-Options\"] = \"DENY\"; unset response.header[\"Server\"]; }\n",
           "response rule r { response.status = 410; }\n",
           "rule r { client.ip = \"192.0.2.1\"; deny; }\n",
           "rule r { path = \"/y\"; }\n",
           "rule r { query[\"a\"] = \"1\"; }\n",
           "rule r {\n  when path == \"/x\"\n  andd method == \"GET\";\n  deny;\n}\n",
           "rule r { when header[\"X\"] is empty; deny; }\n",
           "rule r { when header[\"X\"] is not null; deny; }\n",
           "rule r { when path == \"/a\" unless method == \"GET\" or port == 80; deny; }\n",
           "rule r { when header[\"X\"] match \"/bot/i\"; deny; }\n",
           "rule r { when header[\"X\"] matches /^a$/m; deny; }\n",
           "let a: b; let c = \"1\";\n",
           "list l: pattern = \"b.*\";\n",
           "list l: string = \"robots.txt\";\nrule r { when path.file in l; deny; }\n",
           "table t: path -> string = \"/a\";\n",
           "rule r { when path matches \"/a|b/i\"; deny; }\n",
           "rule r { when header[\"X\"] matches \"*bot*\"; deny; }\n",
           "rule r { redirect 301 to \"/y\" slowly; }\n",
       }) {
    EXPECT_EQ(after_fix(text), text);
  }
}

TEST(Fix, leaves_alone_where_a_word_is_missing) {
  for (const std::string text : {
           "rule r { when path not \"/admin\"; deny; }\n",
           "rule r { when port not 80; deny; }\n",
           "rule r { reason = \"blocked country\"; deny; }\n",
           "maint = off;\n",
           "let a = substring(header[\"B\"], , 5);\n",
           "rule r { when subnet(client.ip, , 48) == \"192.0.2.0/24\"; deny; }\n",
       }) {
    EXPECT_EQ(after_fix(text), text);
  }
  EXPECT_EQ(after_fix("list l: string = [\"a\",, \"b\"];\n"), "list l: string = [\"a\", \"b\"];\n");
  EXPECT_EQ(after_fix("rule r { when method in [\"GET\",, \"PUT\"]; deny; }\n"),
            "rule r { when method in [\"GET\", \"PUT\"]; deny; }\n");
  EXPECT_EQ(after_fix("rule r { when path == not \"/h\"; deny; }\n"), "rule r { when path != \"/h\"; deny; }\n");
}

TEST(Fix, makes_of_a_colon_what_it_stands_for) {
  EXPECT_EQ(after_fix("rule r {\n  set header[\"A\"] = \"1\":\n  deny;\n}\n"),
            "rule r {\n  set header[\"A\"] = \"1\";\n  deny;\n}\n");
  EXPECT_EQ(after_fix("rule r { set header[\"A\"] = \"1\": deny; }\n"),
            "rule r { set header[\"A\"] = \"1\"; deny; }\n");
  EXPECT_EQ(after_fix("rule r { log a = \"1\"; deny: }\n"), "rule r { log a = \"1\"; deny; }\n");
  EXPECT_EQ(after_fix("rule r { set header[\"A\"] : \"1\"; }\n"), "rule r { set header[\"A\"] = \"1\"; }\n");
  EXPECT_EQ(after_fix("rule r { log a = \"b\"; deny; }\ntest t { get \"/\"; expect log a : \"b\"; }\n"),
            "rule r { log a = \"b\"; deny; }\ntest t { get \"/\"; expect log a = \"b\"; }\n");
  const std::string flag = "flag m = off;\nrule r { when m; deny; }\n";
  EXPECT_EQ(after_fix(flag + "test t { flag m : on; get \"/\"; expect deny; }\n"),
            flag + "test t { flag m = on; get \"/\"; expect deny; }\n");
  EXPECT_EQ(after_fix("let a = choose { path = \"/a\" => 1; else => 2; };\n"),
            "let a = choose { path == \"/a\" => 1; else => 2; };\n");
  for (const std::string text : {
           "rule r {\n  set header[\"A\"]:\n  deny;\n}\n",
           "rule r { set header[\"A\"] = \"1\" : \"2\"; }\n",
           "test t { get \"/\" { header : = \"curl\"; } expect forward; }\n",
           "test t { get \"/\" { country :; } expect forward; }\n",
           "rule r { set= header[\"A\"] = \"1\"; }\n",
           "rule r { respond && { body \"x\"; } }\n",
       }) {
    EXPECT_EQ(after_fix(text), text);
  }
}

TEST(Fix, puts_no_quotes_round_code) {
  for (const std::string text : {
           "rule b { when raw_query != \"; deny; }\n",
           "rule b {\n  when raw_query != \";\n  deny;\n}\n",
           "rule b {\n  when raw_query\";\n  deny;\n}\n",
           "rule b {\n  set header[\"A\"] = \";\n}\n",
           "rule b { let x = lower(\"); deny; }\n",
           "limit l { key client.ip; rate 120/m;\" burst 20; }\n",
           "test t {\n  get \"/\";\n  expect forward {\" query \"a\"; }\n}\n",
           "rule b {\n  when path == \"/a\";\n  deny\";\n}\n",
           "test t {\n  get \"/\";\n  expect forward\";\n}\n",
           "include ,\";\n",
           "include ,;\n",
           "include };\n",
       }) {
    EXPECT_EQ(after_fix(text), text);
  }
}

TEST(Fix, puts_all_semicolons_of_a_block) {
  EXPECT_EQ(after_fix("rule r { respond 200 { body \"x\" content_type \"text/html\" header \"A\" = \"b\"; } }\n"),
            "rule r { respond 200 { body \"x\"; content_type \"text/html\"; header \"A\" = \"b\"; } }\n");
  EXPECT_EQ(after_fix("rule r { deny; }\ntest t { get \"/b\" { client \"192.0.2.4\" country \"AU\" at "
                      "\"2026-01-01T00:00:00Z\"; } expect deny; }\n"),
            "rule r { deny; }\ntest t { get \"/b\" { client \"192.0.2.4\"; country \"AU\"; at "
            "\"2026-01-01T00:00:00Z\"; } expect deny; }\n");
}

TEST(Fix, keeps_what_was_meant) {
  EXPECT_EQ(after_fix("rule r { when header[\"UA\"] matches \"/sqlmap|nikto/i\"; deny; }\n"),
            "rule r { when header[\"UA\"] matches /sqlmap|nikto/i; deny; }\n");
  EXPECT_EQ(after_fix("rule r { when path nocase != [\"/a\", \"/b\"]; deny; }\n"),
            "rule r { when path not nocase in [\"/a\", \"/b\"]; deny; }\n");
  EXPECT_EQ(after_fix("rule r { redirect 301 \"/y\" with query; }\n"), "rule r { redirect 301 \"/y\" keep_query; }\n");
  EXPECT_EQ(after_fix("rule r { redirect permanent \"/y\" keep_query_unless_set; }\n"),
            "rule r { redirect 301 \"/y\" keep_query_unless_set; }\n");
  EXPECT_EQ(after_fix("rule r { respond 200 { content_type text/html; body \"x\"; } }\n"),
            "rule r { respond 200 { content_type \"text/html\"; body \"x\"; } }\n");
  EXPECT_EQ(after_fix("limit l { key client.ip; rate 10 / s; }\n"), "limit l { key client.ip; rate 10/s; }\n");
  EXPECT_EQ(after_fix("limit l { key client.ip; rate 10 req/s; }\n"), "limit l { key client.ip; rate 10/s; }\n");
  EXPECT_EQ(after_fix("rule r { set header[\"X\"] := \"1\"; }\n"), "rule r { set header[\"X\"] = \"1\"; }\n");
  EXPECT_EQ(after_fix("rule r { when path := \"/x\"; deny; }\n"), "rule r { when path == \"/x\"; deny; }\n");
  EXPECT_EQ(after_fix("rule r { header[\"X\"] == \"1\"; deny; }\n"), "rule r { when header[\"X\"] == \"1\"; deny; }\n");
  EXPECT_EQ(after_fix("rule r { client.ip == \"192.0.2.1\"; deny; }\n"),
            "rule r { when client.ip == \"192.0.2.1\"; deny; }\n");
  EXPECT_EQ(after_fix("rule r { respond 503 { header[\"Retry-After\"] = \"600\"; } }\n"),
            "rule r { respond 503 { header \"Retry-After\" = \"600\"; } }\n");
  EXPECT_EQ(after_fix("rule r { respond 503 { header Retry-After = \"600\"; } }\n"),
            "rule r { respond 503 { header \"Retry-After\" = \"600\"; } }\n");
  EXPECT_EQ(after_fix("rule r { set header X-Name = \"1\"; }\n"), "rule r { set header[\"X-Name\"] = \"1\"; }\n");
}

/// A configuration of several files that is fixed in place.
class Fixed : public ::testing::Test {
 protected:
  Finished fix() { return sprx({"check", folder_.path().string(), "--fix"}); }
  std::string text(std::string_view name = "main.sprx") { return read_file(folder_ / name); }

  /// A second run finds nothing to do.
  void expect_the_same_again() {
    const std::string before = text();
    const Finished again = fix();
    EXPECT_EQ(text(), before);
    EXPECT_THAT(again.err, ::testing::Not(HasSubstr("fixed ")));
  }

  Folder folder_;
};

TEST_F(Fixed, a_fix_that_would_hide_a_rule_is_not_applied) {
  const std::string before =
      "rule a { when path == \"/a/b\"; deny; }\n"
      "rule b { when path == \"/a//b\"; redirect 301 \"/new\"; }\n";
  folder_.write("main.sprx", before);
  const Finished done = fix();
  EXPECT_EQ(done.status, 1);
  EXPECT_EQ(text(), before);
  EXPECT_THAT(done.err,
              ::testing::StartsWith(
                  "not applied: main.sprx:2:23: `\"/a/b\"` instead of `\"/a//b\"`: `a` hides `b`: every request "
                  "that the later rule could match ends here [E3001]\n"));
  EXPECT_THAT(done.err, HasSubstr("error[E2008]"));
  expect_the_same_again();
}

TEST_F(Fixed, a_file_that_was_given_as_a_row_is_read_where_no_row_can_be_meant) {
  folder_.write("nets.txt", "192.0.2.0/24\n");
  folder_.write("main.sprx", "list nets: cidr = \"nets.txt\";\nrule a { when client.ip in nets; deny; }\n");
  EXPECT_EQ(fix().status, 0);
  EXPECT_EQ(text(), "list nets: cidr from \"nets.txt\";\nrule a { when client.ip in nets; deny; }\n");
}

TEST_F(Fixed, what_is_put_in_and_is_wrong_itself_is_not_applied) {
  const std::string before = "rule a { when host == 'a b'; deny; }\n";
  folder_.write("main.sprx", before);
  const Finished done = fix();
  EXPECT_EQ(text(), before);
  EXPECT_THAT(done.err, ::testing::StartsWith(
                            "not applied: main.sprx:1:23: `\"a b\"` instead of `'a b'`: `a b` is no host [E2006]\n"));
}

TEST_F(Fixed, what_stands_beside_a_fix_that_is_not_applied_is_fixed) {
  folder_.write("main.sprx",
                "rule a { when path == \"/a/b\"; deny; }\n"
                "rule b { when path == \"/a//b\"; redirect 301 \"/new\"; }\n"
                "rule c { when path == \"/c//d\"; redirect 301 \"/new\"; }\n"
                "rule d { when host == \"WWW.example.com\"; redirect 301 \"/d\"; }\n");
  const Finished done = fix();
  EXPECT_THAT(done.err,
              ::testing::StartsWith("fixed 2 places in 1 file\n  main.sprx:3:23: `\"/c/d\"` instead of `\"/c//d\"`\n"
                                    "  main.sprx:4:23: `\"www.example.com\"` instead of `\"WWW.example.com\"`\n"
                                    "not applied: main.sprx:2:23: "));
  EXPECT_EQ(text(),
            "rule a { when path == \"/a/b\"; deny; }\n"
            "rule b { when path == \"/a//b\"; redirect 301 \"/new\"; }\n"
            "rule c { when path == \"/c/d\"; redirect 301 \"/new\"; }\n"
            "rule d { when host == \"www.example.com\"; redirect 301 \"/d\"; }\n");
  expect_the_same_again();
}

TEST_F(Fixed, two_fixes_that_exclude_each_other_are_not_both_applied) {
  // Either is fine alone; together one rule would hide the other.
  folder_.write("main.sprx",
                "rule a { when path == \"/a//b\"; deny; }\n"
                "rule b { when path == \"//a/b\"; redirect 301 \"/new\"; }\n");
  const Finished done = fix();
  EXPECT_EQ(done.status, 1);
  EXPECT_THAT(done.err,
              ::testing::StartsWith("fixed 1 place in 1 file\n  main.sprx:1:23: `\"/a/b\"` instead of `\"/a//b\"`\n"
                                    "not applied: main.sprx:2:23: "));
  EXPECT_EQ(text(),
            "rule a { when path == \"/a/b\"; deny; }\n"
            "rule b { when path == \"//a/b\"; redirect 301 \"/new\"; }\n");
  expect_the_same_again();
}

TEST_F(Fixed, a_failing_test_that_comes_to_light_does_not_count) {
  folder_.write("main.sprx",
                "rule a { when path == \"/a//b\"; deny; }\n"
                "test t { get \"/a/b\"; expect forward; }\n");
  const Finished done = fix();
  EXPECT_EQ(done.status, 1);
  EXPECT_THAT(done.err, ::testing::StartsWith(
                            "fixed 1 place in 1 file\n  main.sprx:1:23: `\"/a/b\"` instead of `\"/a//b\"`\nerror[E7"));
  EXPECT_EQ(text(), "rule a { when path == \"/a/b\"; deny; }\ntest t { get \"/a/b\"; expect forward; }\n");
}

TEST_F(Fixed, several_fixes_in_one_line_and_in_several_files) {
  folder_.write("main.sprx", "include \"sub/b.sprx\";\nrule a { when path == \"/A//a\" and host == \"A.org\" deny }\n");
  folder_.write("sub/b.sprx", "rule b { when path = '/b' && host = 'b.org'; deny; }\n");
  folder_.write("sub/unused.sprx", "rule c { when path = '/c'; deny; }\n");
  const Finished done = fix();
  EXPECT_EQ(done.status, 0) << done.err;
  EXPECT_EQ(done.err.substr(0, done.err.find('\n')), "fixed 9 places in 2 files");
  EXPECT_EQ(text(), "include \"sub/b.sprx\";\nrule a { when path == \"/A/a\" and host == \"a.org\"; deny; }\n");
  EXPECT_EQ(text("sub/b.sprx"), "rule b { when path == \"/b\" and host == \"b.org\"; deny; }\n");
  EXPECT_EQ(text("sub/unused.sprx"), "rule c { when path = '/c'; deny; }\n") << "no file of the configuration";
  expect_the_same_again();
}

TEST_F(Fixed, line_ends_and_a_byte_order_mark_stay_as_they_are) {
  folder_.write("main.sprx",
                "\xEF\xBB\xBFrule a {\r\n  when path = '/a'\r\n  deny\r\n}\r\n# end\r\n"
                "rule b { when host == \"B.org\"; redirect 301 \"https://c.org/\"; }");
  EXPECT_EQ(fix().status, 0);
  EXPECT_EQ(text(),
            "\xEF\xBB\xBFrule a {\r\n  when path == \"/a\";\r\n  deny;\r\n}\r\n# end\r\n"
            "rule b { when host == \"b.org\"; redirect 301 \"https://c.org/\"; }");
  expect_the_same_again();
}

TEST_F(Fixed, fixes_that_overlap_are_taken_one_after_the_other) {
  // `(301, '/b')` is one fix, its text in quotes another.
  folder_.write("main.sprx", "rule a { when path == \"/a\"; redirect(301, '/b'); }\n");
  EXPECT_EQ(fix().status, 0);
  EXPECT_EQ(text(), "rule a { when path == \"/a\"; redirect 301 \"/b\"; }\n");
  expect_the_same_again();
}

TEST_F(Fixed, a_data_file_is_left_alone_and_counts_for_what_is_tried) {
  folder_.write("main.sprx",
                "list taken: path from \"taken.txt\";\n"
                "rule a { when path in taken; deny; }\n"
                "rule b { when path == \"/x//y\"; redirect 301 \"/new\"; }\n");
  folder_.write("taken.txt", "/x/y\n");
  const Finished done = fix();
  EXPECT_THAT(done.err, ::testing::StartsWith("not applied: main.sprx:3:23: "));
  EXPECT_EQ(text("taken.txt"), "/x/y\n");
}

TEST_F(Fixed, of_very_many_that_cannot_be_applied_each_is_told) {
  std::string rules;
  for (int i = 0; i < 100; ++i) {
    const std::string n = std::to_string(i);
    rules += "rule a" + n + " { when path == \"/" + n + "/b\"; deny; }\nrule b" + n + " { when path == \"/" + n +
             "//b\"; redirect 301 \"/new\"; }\n";
  }
  folder_.write("main.sprx", rules);
  const Finished done = fix();
  EXPECT_EQ(text(), rules);
  EXPECT_THAT(done.err, HasSubstr(" [E3001]\n"));
  EXPECT_THAT(done.err, HasSubstr("  and 80 more\n"));
  EXPECT_THAT(done.err, ::testing::Not(HasSubstr("too many others were tried")));
}

TEST_F(Fixed, those_that_cannot_be_applied_do_not_use_up_the_tries_of_the_others) {
  std::string wrong;
  std::string right;
  for (int i = 0; i < 1'000; i += 2) {
    const std::string first =
        "rule r" + std::to_string(i) + " { when header[\"X" + std::to_string(i) + "\"] == \"a\" or 'b'; deny; }\n";
    const std::string head = "rule r" + std::to_string(i + 1) + " { when path ";
    const std::string path = "\"/x" + std::to_string(i + 1) + "\"";
    wrong += first + head + "= " + path + " deny }\n";
    right += first + head + "== " + path + "; deny; }\n";
  }
  folder_.write("main.sprx", wrong);
  (void)fix();
  EXPECT_EQ(text(), right);
  expect_the_same_again();
}

TEST_F(Fixed, of_rules_that_would_all_hide_each_other_one_is_fixed) {
  std::string rules;
  for (int i = 0; i < 60; ++i)
    rules += "rule a" + std::to_string(i) + " { when path == \"//a/b\"; redirect 301 \"/new\"; }\n";
  folder_.write("main.sprx", rules);
  (void)fix();
  EXPECT_EQ(text().size(), rules.size() - 1);
  expect_the_same_again();
}

}  // namespace
}  // namespace sprx::test
