// What small programs come to: names resolved, types and phases proven, conditions and actions in their order.
#include <chrono>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/compiler/check_support.h"

namespace sprx::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// The program of a text that must have no findings but lints.
std::string program_of(const std::string& text) {
  const Checked checked = check_text(text);
  EXPECT_THAT(checked.codes, Not(HasSubstr("E"))) << checked.report;
  return checked.program;
}

TEST(CheckProgram, OneRuleIsAConditionAndAnAction) {
  EXPECT_EQ(program_of("rule r { when path == \"/x\"; redirect 301 \"/y\"; }"),
            "rule r at main.sprx:1\n"
            "  when path == \"/x\"\n"
            "  redirect 301 \"/y\"\n");
}

TEST(CheckProgram, AnEmptyDirectoryAndOneThatIsNotThereAreEmptyPrograms) {
  EXPECT_EQ(check_files({}).report, "");
  EXPECT_TRUE(compile("/nonexistent/directory", {}).ok());
  EXPECT_NE(compile("/nonexistent/directory", {}).table, nullptr);
}

TEST(CheckProgram, AFileIsTakenOnceWhateverLinksLeadToIt) {
  const TempDirectory directory;
  directory.write("sub/in.sprx", "rule a { when path == \"/a\"; deny; }\n");
  directory.write("main.sprx", "include \"in.sprx\";\ninclude \"self/self/*.sprx\";\ninclude \"sub/*.sprx\";\n");
  std::filesystem::create_symlink("sub/in.sprx", directory.path() / "in.sprx");
  std::filesystem::create_directory_symlink(".", directory.path() / "self");
  CompileOptions options;
  options.build = false;
  Compilation run = compile(directory.path(), options);
  EXPECT_EQ(render(run.diagnostics, run.sources, {}), "");
  ASSERT_TRUE(run.program);
  EXPECT_EQ(run.program->rules.of(Phase::request).size(), 1U);

  directory.write("main.sprx", "include \"in.sprx\";\ninclude \"sub/in.sprx\";\n");
  run = compile(directory.path(), options);
  ASSERT_EQ(run.diagnostics.all().size(), 1U);
  EXPECT_EQ(run.diagnostics.all()[0].kind, Kind::included_again);

  directory.write("sub/in.sprx", "include \"self/in.sprx\";\n");
  directory.write("main.sprx", "include \"in.sprx\";\n");
  run = compile(directory.path(), options);
  ASSERT_EQ(run.diagnostics.all().size(), 1U);
  EXPECT_EQ(run.diagnostics.all()[0].kind, Kind::include_cycle);
}

TEST(CheckProgram, RulesAfterAnIncludeStandWhereItStands) {
  const Checked checked =
      check_files({{"main.sprx", "rule a { log a = method; }\ninclude \"d/*.sprx\";\nrule z { log a = method; }"},
                   {"d/2.sprx", "rule two { log a = method; }"},
                   {"d/1.sprx", "include \"sub/one.sprx\";"},
                   {"d/sub/one.sprx", "rule one { log a = method; }"}});
  EXPECT_EQ(checked.codes, "");
  std::vector<std::size_t> places;
  for (const char* name : {"rule a ", "rule one at d/sub/one.sprx:1", "rule two ", "rule z "})
    places.push_back(checked.program.find(name));
  EXPECT_TRUE(std::is_sorted(places.begin(), places.end())) << checked.program;
  EXPECT_NE(places.back(), std::string::npos);
}

TEST(CheckProgram, AGroupAddsItsConditionAndItsName) {
  const std::string program = program_of(
      "group shop when host like \"{site}.example.com\" {\n"
      "  list beta: path = [\"/beta\"];\n"
      "  let target = \"/s/${site}\";\n"
      "  group inner when method == \"GET\" { rule r { when path in beta; redirect 302 target; } }\n"
      "}\n");
  EXPECT_THAT(program, HasSubstr("list shop.beta: path, 1 rows\n"));
  EXPECT_THAT(program, HasSubstr("rule shop.inner.r at main.sprx:4\n"));
  EXPECT_THAT(program, HasSubstr("when host like \"{site}.example.com\" and method == \"GET\" and path in shop.beta"));
}

TEST(CheckProgram, NamesOfAGroupAreSeenThereOnly) {
  EXPECT_EQ(check_text("group a { list l: path = [\"/x\"]; rule r { when path in l; deny; } }\n"
                       "group b { list l: path = [\"/y\"]; rule r { when path in l; deny; } }\n")
                .codes,
            "");
  EXPECT_EQ(
      check_text(
          "group a { list l: path = [\"/x\"]; rule r { when path in l; deny; } }\nrule r { when path in l; deny; }")
          .codes,
      "E1001");
  EXPECT_EQ(check_text("list l: path = [\"/x\"];\ngroup a { let l = \"x\"; }\nrule r { when path in l; deny; }").codes,
            "E1008");
}

TEST(CheckProgram, LetsAreFreeOfOrder) {
  const std::string program =
      program_of("rule r { when c == \"x\"; deny; }\nlet c = \"${b}!\";\nlet b = lower(a);\nlet a = header[\"X\"];\n");
  EXPECT_LT(program.find("let a "), program.find("let b "));
  EXPECT_LT(program.find("let b "), program.find("let c "));
}

TEST(CheckProgram, ALetOfAConditionIsABoolean) {
  EXPECT_THAT(program_of("let admin = path under \"/admin\" and method == \"POST\";\nrule r { when not admin; deny; }"),
              HasSubstr("let admin = choose"));
}

TEST(CheckProgram, ALetOfARuleSeesItsCaptures) {
  EXPECT_THAT(program_of("rule r { when path like \"/a/{x}\"; let y = upper(x); log y = y; }"),
              HasSubstr("let r.y = upper("));
}

TEST(CheckProgram, EveryNegatedFormIsExactlyTheNegation) {
  const std::string program = program_of(
      "list l: path = [\"/x\"];\nrule r { when path not in l and host != \"a.example\" and path not nocase like "
      "\"/A/*\"; deny; }");
  EXPECT_THAT(program, HasSubstr("path not in l"));
  EXPECT_THAT(program, HasSubstr("host != \"a.example\""));
}

TEST(CheckProgram, AListOnTheRightIsDerivedForItsOperator) {
  const std::string program = program_of(
      "list l: string = [\"/.git\", \"/WP-login\"];\n"
      "rule a { when path contains l; log a = method; }\nrule b { when path nocase starts_with l; log a = method; "
      "}\nrule c { when path "
      "like l; log a = method; }\n"
      "rule d { when path under l; log a = method; }\nrule e { when header.values ends_with l; log a = method; }\n");
  EXPECT_THAT(program, HasSubstr("list l: string contains, 2 rows\n"));
  EXPECT_THAT(program, HasSubstr("list l: string starts_with nocase, 2 rows\n  \"/.git\"\n  \"/wp-login\"\n"));
  EXPECT_THAT(program, HasSubstr("list l: path template, 2 rows\n"));
  EXPECT_THAT(program, HasSubstr("list l: path under, 2 rows\n"));
  EXPECT_THAT(program, HasSubstr("list l: string ends_with, 2 rows\n"));
}

TEST(CheckProgram, EqualInlineListsAreOne) {
  const std::string program = program_of(
      "rule a { when path in [\"/x\", \"/y\"]; log a = method; }\nrule b { when path in [\"/x\", \"/y\"]; log a = "
      "method; }\nrule c { when "
      "response_is_none; log a = method; }\nlet response_is_none = port in [80, 8000..8999];\n");
  EXPECT_EQ(program.find("list (inline): path"), program.rfind("list (inline): path"));
  EXPECT_THAT(program, HasSubstr("list (inline): int, 2 rows\n  80\n  8000..8999\n"));
}

TEST(CheckProgram, TablesOfEveryKindAreRead) {
  const Checked checked = check_files(
      {{"main.sprx",
        "table a: path -> string from \"a.csv\" nocase;\ntable b: string -> int from \"b.tsv\" { duplicates last; }\n"
        "table c: cidr -> bool from \"c.json\";\ntable d: domain -> string = { \"*.x.org\" => \"1\"; \"=x.org\" => "
        "\"2\"; };\n"
        "rule r { when path in a and b[header[\"X\"]] > 3 and c[client.ip] and d[host] == \"1\"; deny; }"},
       {"a.csv", "/A,\"b,c\"\n"},
       {"b.tsv", "k\t1\nk\t2\n"},
       {"c.json", "{\"10.0.0.0/8\": true}"}});
  EXPECT_EQ(checked.codes, "") << checked.report;
  EXPECT_THAT(checked.program, HasSubstr("table a: path nocase, 1 rows\n  \"/a\" => \"b,c\"\n"));
  EXPECT_THAT(checked.program, HasSubstr("table b: string, 1 rows\n  \"k\" => 2\n"));
  EXPECT_THAT(checked.program, HasSubstr("table c: cidr, 1 rows\n  10.0.0.0/8 => true\n"));
  EXPECT_THAT(checked.program, HasSubstr("table d: domain, 2 rows\n"));
}

TEST(CheckProgram, RedirectsLinesAreRules) {
  const Checked checked = check_files(
      {{"main.sprx",
        "group g when method == \"GET\" { redirects old from \"old.tsv\" nocase { status 301; keep_query; } }"},
       {"old.tsv",
        "# comment\n/a/{x}\t/b/{x}?u={uri}\n\n//old.example/{p...}\thttps://new.example/{p}\t302\t-\n/Exact\t/y\n"}});
  EXPECT_EQ(checked.codes, "") << checked.report;
  EXPECT_THAT(checked.program, HasSubstr("rule g.old.2 at old.tsv:2\n"));
  EXPECT_THAT(checked.program, HasSubstr("rule g.old.4 at old.tsv:4\n"));
  EXPECT_THAT(checked.program, HasSubstr("?u=${uri}\" keep_query\n"));
  EXPECT_THAT(checked.program, HasSubstr("redirect 302 \"https://new.example/"));
  EXPECT_THAT(checked.program, HasSubstr("path nocase == \"/exact\""));
}

TEST(CheckProgram, BothSidesOfAnOrShareSlotsWhereTheyBindAlike) {
  const std::string program =
      program_of("rule r { when path like \"/a/{x}\" or path like \"/b/{x}\"; redirect 301 \"/c/${x}\"; }");
  EXPECT_THAT(program, HasSubstr("captures 1\n"));
}

TEST(CheckProgram, BothSidesOfAnOrMayBindInAnotherOrder) {
  const std::string program = program_of(
      "rule r { when path like \"/a/{x}/{y}\" or path like \"/b/{y}/{x}\"; redirect 301 \"/c/${x}/${y}\"; }");
  EXPECT_THAT(program, HasSubstr("captures 4\n"));
  EXPECT_THAT(program, HasSubstr("choose { path like \"/a/{x}/{y}\" => "));
}

TEST(CheckProgram, PresenceIsProvenByWhatHeld) {
  const std::string preamble =
      "table t: path -> string = { \"/a\" => \"/b\"; };\nlet v = t[path];\nrule used { when v == \"x\"; deny; }\n";
  for (const char* condition :
       {"path in t", "exists t[path]", "t[path] == \"/b\"", "not (path not in t)", "exists v", "not not exists t[path]",
        "path in t and method == \"GET\"", "(path in t and host == \"a.example\") or exists t[path]",
        "lower(t[path]) == \"/b\""}) {
    const std::string text = preamble + "rule r { when " + condition + "; redirect 301 t[path]; }";
    EXPECT_EQ(check_text(text).codes, "") << condition << "\n" << check_text(text).report;
  }
  for (const char* condition : {"path not in t", "not exists t[path]", "t[path] != \"/b\"",
                                "path in t or method == \"GET\"", "exists header[\"X\"]", "path nocase in t"}) {
    EXPECT_EQ(check_text(preamble + "rule r { when " + condition + "; redirect 301 t[path]; }").codes, "E2019")
        << condition;
  }
  EXPECT_EQ(check_text(preamble + "group g when path in t { rule r { redirect 301 t[path]; } }").codes, "");
  EXPECT_EQ(
      check_text(preamble +
                 "rule r { redirect 301 choose { path in t => t[path]; else => \"https://www.example.com/\"; }; }")
          .codes,
      "");
  EXPECT_EQ(check_text(preamble + "rule r { redirect 301 choose { path in t => t[path]; }; }").codes, "E2019");
}

TEST(CheckProgram, NamesOfPartsThatDidNotParseAreNotUnknown) {
  EXPECT_EQ(check_text("list office: cidr = [\"10.0.0.0/8\";\nrule r { when client.ip in office; deny; }").codes,
            "E0004");
  EXPECT_EQ(check_text("rule r { when path like \"/{x}\" and; log a = x; }").codes, "E0001");
}

TEST(CheckProgram, ResponseRulesMayAnswer) {
  EXPECT_THAT(
      program_of("response rule r { when response.status == 404 and path under \"/old\"; redirect 302 \"/\"; }"),
      HasSubstr("response rule r at main.sprx:1\n"));
}

TEST(CheckProgram, LetsThatReadTheResponseAreForResponseRules) {
  EXPECT_EQ(check_text("let bad = response.status >= 500;\nresponse rule r { when bad; deny; }").codes, "");
  EXPECT_EQ(check_text("let bad = response.status >= 500;\nrule r { when bad; deny; }").codes, "E2009");
}

TEST(CheckProgram, LintsCanBeDenied) {
  const Checked checked = check_text("settings { lints deny; }\nlist l: path = [\"/x\"];");
  EXPECT_EQ(checked.codes, "L0001");
  EXPECT_EQ(checked.program, "");
}

TEST(CheckProgram, TenThousandRulesTakeNoTime) {
  std::string text;
  for (int i = 0; i < 10'000; ++i) {
    text += "rule r" + std::to_string(i) + " { when host == \"h" + std::to_string(i % 100) +
            ".example\" and path like \"/p" + std::to_string(i) + "/{x}\"; redirect 301 \"/q/${x}\"; }\n";
  }
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(check_text(text).codes, "");
  // Not a measurement: a quadratic pass would take minutes even here.
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(60));
}

TEST(CheckProgram, AFileOfManyRowsIsReadAtOnce) {
  std::string rows;
  for (int i = 0; i < 200'000; ++i) rows += "/key/" + std::to_string(i) + "\t/value\n";
  const Checked checked = check_files(
      {{"main.sprx", "table t: path -> string from \"t.tsv\";\nrule r { when path in t; redirect 301 t[path]; }"},
       {"t.tsv", rows}});
  EXPECT_EQ(checked.codes, "");
  EXPECT_THAT(checked.program, HasSubstr("200000 rows"));
}

TEST(CheckProgram, DeepNestingIsRefusedAndNothingCrashes) {
  for (const std::string& open :
       {std::string("("), std::string("not "), std::string("["), std::string("x["), std::string("\"${")}) {
    std::string text = "rule r { when ";
    for (int i = 0; i < 5'000; ++i) text += open;
    EXPECT_THAT(check_text(text + " ; deny; }").codes, HasSubstr("E")) << open;
  }
  std::string chain = "rule r { when a";
  for (int i = 0; i < 20'000; ++i) chain += "[1]";
  EXPECT_THAT(check_text(chain + "; deny; }").codes, HasSubstr("E"));
}

}  // namespace
}  // namespace sprx::testing
