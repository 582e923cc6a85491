// `sprx test`, and the tests of a configuration in `sprx check`: streams, formats, exit statuses.
#include <boost/json.hpp>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <regex>

#include "tests/tools/program.h"

namespace sprx::test {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr const char* kTested =
    "rule old { when path like \"/old/{rest...}\"; redirect 301 \"/new/${rest}\"; }\n"
    "rule gone { when path == \"/gone\" and method == \"GET\"; respond 410; }\n";
constexpr const char* kHolds =
    "test old { get \"/old/a\"; expect redirect 301 \"/new/a\"; }\n"
    "test other { get \"/gone\"; expect respond 410; }\n";
constexpr const char* kFails =
    "test wrong { post \"/old/a<b\" { client \"192.0.2.1\"; } expect redirect \"/new/b\"; }\n";

/// What differs from run to run made the same.
std::string without_times(std::string text) {
  text = std::regex_replace(text, std::regex(R"(\([0-9.]+ (ms|s)\))"), "(TIME)");
  return std::regex_replace(text, std::regex(R"(time="[0-9.]+")"), "time=\"T\"");
}

class Tests : public ::testing::Test {
 protected:
  Finished test(std::vector<std::string> options = {}) {
    std::vector<std::string> arguments{"test", folder_.path().string()};
    arguments.insert(arguments.end(), options.begin(), options.end());
    return sprx(arguments);
  }
  Folder folder_;
};

TEST_F(Tests, that_hold_are_counted_and_exit_with_0) {
  folder_.write("main.sprx", std::string(kTested) + kHolds);
  const Finished done = test();
  EXPECT_EQ(done.status, 0);
  EXPECT_EQ(without_times(done.out), "2 tests: 2 passed (TIME)\n");
  EXPECT_EQ(done.err, "");
}

TEST_F(Tests, that_fail_are_shown_with_the_rule_and_exit_with_1) {
  folder_.write("main.sprx", std::string(kTested) + kHolds + kFails);
  const Finished done = test();
  EXPECT_EQ(done.status, 1);
  EXPECT_EQ(without_times(done.out),
            "FAIL  wrong\n"
            "  main.sprx:5:70\n"
            "    expected  a redirect to `/new/b`\n"
            "    got       a 301 redirect to `/new/a%3Cb`\n"
            "    rule      old (main.sprx:1:6): this rule redirected it\n"
            "  sprx trace . 'https://www.example.com/old/a<b' -X POST --client 192.0.2.1\n"
            "\n"
            "3 tests: 2 passed, 1 failed (TIME)\n");
  EXPECT_EQ(done.err, "");
}

TEST_F(Tests, a_filter_chooses_and_one_that_chooses_nothing_is_an_error) {
  folder_.write("main.sprx", std::string(kTested) + kHolds + kFails);
  const Finished done = test({"--filter", "old"});
  EXPECT_EQ(done.status, 0);
  EXPECT_EQ(without_times(done.out), "1 test: 1 passed, 2 not chosen (TIME)\n");
  const Finished none = test({"--filter", "nothing"});
  EXPECT_EQ(none.status, 1);
  EXPECT_EQ(none.err, "sprx: no test's name holds `nothing`\n");
}

TEST_F(Tests, a_wrong_configuration_exits_with_1_and_no_directory_with_2) {
  folder_.write("main.sprx", "rule a { when hst == \"a\"; deny; }\ntest t { get \"x\"; }\n");
  const Finished done = test();
  EXPECT_EQ(done.status, 1);
  EXPECT_EQ(done.out, "");
  EXPECT_THAT(done.err, HasSubstr("[E1003]"));
  EXPECT_THAT(done.err, HasSubstr("[E2056]"));
  EXPECT_EQ(sprx({"test", (folder_.path() / "none").string()}).status, 2);
  EXPECT_EQ(test({"--fail-under", "101"}).status, 2);
  EXPECT_EQ(test({"--format", "xml"}).status, 2);
}

TEST_F(Tests, a_configuration_without_tests_is_fine) {
  folder_.write("main.sprx", kTested);
  const Finished done = test();
  EXPECT_EQ(done.status, 0);
  EXPECT_EQ(without_times(done.out), "0 tests: 0 passed (TIME)\n");
}

TEST_F(Tests, coverage_without_a_test_is_none) {
  folder_.write("main.sprx",
                "rule a { when path == \"/a\"; deny; }\nredirects legacy from \"l.tsv\" { status 301; }\n");
  folder_.write("l.tsv", "/l/1\t/m\n/l/2\t/m\n");
  const Finished done = test({"--coverage"});
  EXPECT_EQ(done.status, 0);
  EXPECT_EQ(without_times(done.out),
            "coverage 0%: 0 of 2 rules matched, 0 of 2 outcomes of conditions seen\n"
            "\n"
            "main.sprx:1: rule a: never reached\n"
            "\n"
            "main.sprx:2: redirects legacy: 0 of 2 lines met\n"
            "\n"
            "0 tests: 0 passed (TIME)\n");
  const Finished below = test({"--fail-under", "50"});
  EXPECT_EQ(below.status, 1);
  EXPECT_EQ(below.err, "sprx: the tests cover 0%, at least 50% is wanted\n");
  const Finished machine = test({"--format", "json", "--coverage"});
  EXPECT_EQ(machine.status, 0);
  const boost::json::object coverage = boost::json::parse(machine.out).as_object().at("coverage").as_object();
  EXPECT_EQ(coverage.at("percent").as_int64(), 0);
  const boost::json::array& rules = coverage.at("rule_details").as_array();
  ASSERT_EQ(rules.size(), 1U);
  EXPECT_EQ(rules[0].as_object().at("conditions").as_array().size(), 1U);
}

TEST_F(Tests, coverage_shows_what_was_never_seen_beside_its_source) {
  folder_.write("main.sprx",
                std::string(kTested) + kHolds +
                    "redirects legacy from \"l.tsv\" { status 301; }\n"
                    "rule never { when host == \"x.example.com\"; deny; }\n"
                    "response rule seal { when response.status == 404; set response.header[\"A\"] = \"1\"; }\n");
  folder_.write("l.tsv", "/l/1\t/m\n/l/2\t/m\n");
  const Finished done = test({"--coverage"});
  EXPECT_EQ(done.status, 0);
  EXPECT_EQ(without_times(done.out),
            "coverage 46%: 2 of 5 rules matched, 5 of 10 outcomes of conditions seen\n"
            "\n"
            "main.sprx:2: rule gone: matched by 1 test\n"
            "    2 | rule gone { when path == \"/gone\" and method == \"GET\"; respond 410; }\n"
            "      |                  ^^^^^^^^^^^^^^^ never false\n"
            "    2 | rule gone { when path == \"/gone\" and method == \"GET\"; respond 410; }\n"
            "      |                                      ^^^^^^^^^^^^^^^ never false\n"
            "\n"
            "main.sprx:6: rule never: never reached\n"
            "\n"
            "main.sprx:7: rule seal: never matched\n"
            "    7 | response rule seal { when response.status == 404; set response.header[\"A\"] = \"1\"; }\n"
            "      |                           ^^^^^^^^^^^^^^^^^^^^^^ never true\n"
            "\n"
            "main.sprx:5: redirects legacy: 0 of 2 lines met\n"
            "\n"
            "2 tests: 2 passed (TIME)\n");
  EXPECT_EQ(test({"--fail-under", "46"}).status, 0);
  const Finished below = test({"--fail-under", "47"});
  EXPECT_EQ(below.status, 1);
  EXPECT_EQ(below.err, "sprx: the tests cover 46%, at least 47% is wanted\n");
}

TEST_F(Tests, json_is_one_object) {
  folder_.write("main.sprx", std::string(kTested) + kHolds + kFails);
  const Finished done = test({"--format", "json", "--coverage"});
  EXPECT_EQ(done.status, 1);
  ASSERT_THAT(done.out, EndsWith("}\n"));
  boost::json::object out = boost::json::parse(done.out).as_object();
  EXPECT_TRUE(out.at("duration_us").is_int64());
  EXPECT_EQ(out.at("tests").as_int64(), 3);
  EXPECT_EQ(out.at("failed").as_int64(), 1);
  EXPECT_EQ(
      boost::json::serialize(out.at("results").as_array().at(2)),
      R"({"name":"wrong","passed":false,"file":"main.sprx","line":5,"column":6,"failures":[{"of":"outcome",)"
      R"("expected":"a redirect to `/new/b`","got":"a 301 redirect to `/new/a%3Cb`","file":"main.sprx","line":5,"column":70,)"
      R"("rule":{"name":"old","why":"this rule redirected it","file":"main.sprx","line":1,"column":6}}],)"
      R"("trace":"sprx trace . 'https://www.example.com/old/a<b' -X POST --client 192.0.2.1"})");
  EXPECT_EQ(boost::json::serialize(out.at("coverage").as_object().at("rule_details").as_array().at(0)),
            R"({"name":"old","matched":2,"reached":3,"file":"main.sprx","line":1,"column":6,"conditions":[{"text":)"
            R"("path like \"/old/{rest...}\"","true":2,"false":1,"file":"main.sprx","line":1,"column":17}]})");
}

TEST_F(Tests, junit_is_xml_with_everything_escaped) {
  folder_.write("main.sprx", std::string(kTested) + kHolds + kFails);
  const Finished done = test({"--format", "junit", "--filter", "o"});
  EXPECT_EQ(done.status, 1);
  EXPECT_EQ(
      without_times(done.out),
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<testsuites name=\"sprx\" tests=\"3\" failures=\"1\" errors=\"0\" skipped=\"0\" time=\"T\">\n"
      "  <testsuite name=\"sprx\" tests=\"3\" failures=\"1\" errors=\"0\" skipped=\"0\" time=\"T\">\n"
      "    <testcase name=\"old\" classname=\"main.sprx\" file=\"main.sprx\" line=\"3\" time=\"T\"/>\n"
      "    <testcase name=\"other\" classname=\"main.sprx\" file=\"main.sprx\" line=\"4\" time=\"T\"/>\n"
      "    <testcase name=\"wrong\" classname=\"main.sprx\" file=\"main.sprx\" line=\"5\" time=\"T\">\n"
      "      <failure type=\"outcome\" message=\"expected a redirect to `/new/b`, got a 301 redirect to "
      "`/new/a%3Cb`\">main.sprx:5:70: expected a redirect to `/new/b`, got a 301 redirect to `/new/a%3Cb` (old: this "
      "rule redirected it)&#10;</failure>\n"
      "    </testcase>\n"
      "  </testsuite>\n"
      "</testsuites>\n");
}

TEST_F(Tests, rules_that_do_not_compile_are_said_in_the_format_that_was_asked_for) {
  folder_.write("main.sprx", "rule r { when hst == \"a<b\"; deny; }\n");
  const Finished object = test({"--format", "json"});
  EXPECT_EQ(object.status, 1);
  EXPECT_THAT(object.err, HasSubstr("error[E1003]"));
  const boost::json::object out = boost::json::parse(object.out).as_object();
  EXPECT_EQ(out.at("tests").as_int64(), 0);
  EXPECT_EQ(out.at("error").as_string(), "the configuration does not compile, no test ran");
  EXPECT_EQ(out.at("diagnostics").as_array().at(0).as_object().at("code").as_string(), "E1003");
  const Finished xml = test({"--format", "junit"});
  EXPECT_EQ(xml.status, 1);
  EXPECT_THAT(xml.err, HasSubstr("error[E1003]"));
  EXPECT_EQ(xml.out,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<testsuites name=\"sprx\" tests=\"1\" failures=\"0\" errors=\"1\" skipped=\"0\" time=\"0\">\n"
            "  <testsuite name=\"sprx\" tests=\"1\" failures=\"0\" errors=\"1\" skipped=\"0\" time=\"0\">\n"
            "    <testcase name=\"the configuration compiles\" classname=\"sprx\" time=\"0\">\n"
            "      <error type=\"configuration\" message=\"the configuration does not compile, no test ran\">"
            "main.sprx:1:15: error: unknown request field `hst` [E1003]&#10;</error>\n"
            "    </testcase>\n"
            "  </testsuite>\n"
            "</testsuites>\n");
}

TEST_F(Tests, run_in_every_check_the_one_before_a_push_included) {
  folder_.write("main.sprx", std::string(kTested) + kHolds);
  const Finished good = sprx({"check", folder_.path().string(), "--contract"});
  EXPECT_EQ(good.status, 0);
  EXPECT_EQ(good.out + good.err, "");
  folder_.write("main.sprx", std::string(kTested) + kFails);
  for (const char* option : {"--contract", "--format=human", "--format=json"}) {
    const Finished done = sprx({"check", folder_.path().string(), option});
    EXPECT_EQ(done.status, 1) << option;
    EXPECT_THAT(done.out + done.err, HasSubstr("E7001")) << option;
  }
}

TEST_F(Tests, that_are_unused_by_the_contract_lints_stay_silent) {
  folder_.write("main.sprx", std::string(kTested) + "test old { get \"/old/a\"; expect rule old; }\n");
  EXPECT_EQ(sprx({"check", folder_.path().string(), "--contract"}).err, "");
  const Finished lints = sprx({"check", folder_.path().string()});
  EXPECT_EQ(lints.status, 0);
  EXPECT_THAT(lints.err, HasSubstr("lint[L0028]: no test matches the rule `gone`"));
  folder_.write("main.sprx", std::string("settings { lints deny; }\n") + kTested +
                                 "test old { get \"/old/a\"; expect rule old; }\n");
  EXPECT_EQ(sprx({"check", folder_.path().string()}).status, 1);
  EXPECT_EQ(sprx({"check", folder_.path().string(), "--contract"}).status, 0);
}

TEST_F(Tests, that_a_rule_does_without_where_it_says_so) {
  const std::string kTest = "test old { get \"/old/a\"; expect rule old; }\n";
  const std::string kAllowed = "allow L0028 \"tested by hand\"; ";
  const std::string kGone = "rule gone { WHERE when path == \"/gone\"; respond 410; }\n";
  const std::string kOld = "rule old { when path like \"/old/{rest...}\"; redirect 301 \"/new/${rest}\"; }\n";
  const auto checked = [&](const std::string& text) {
    folder_.write("main.sprx", text);
    const Finished done = sprx({"check", folder_.path().string()});
    return std::to_string(done.status) + done.err;
  };
  const auto gone = [&](const std::string& allow) { return std::string(kGone).replace(12, 5, allow); };
  EXPECT_THAT(checked(kOld + gone("") + kTest), HasSubstr("L0028"));
  EXPECT_EQ(checked(kOld + gone(kAllowed) + kTest), "0");
  EXPECT_EQ(checked("settings { lints deny; }\n" + kOld + gone(kAllowed) + kTest), "0");
  EXPECT_EQ(checked("settings { lints deny; }\n" + kAllowed + kOld + gone("") + kTest), "0");
  EXPECT_EQ(checked(kOld + "group g { " + kAllowed + gone("") + "}\n" + kTest), "0");
  folder_.write("lines.tsv", "/a\t/b\n");
  EXPECT_EQ(checked(kOld + "redirects lines from \"lines.tsv\" { status 301; " + kAllowed + "}\n" + kTest), "0");
  // Without tests nobody knows; with them it may be said of a rule that has one.
  EXPECT_EQ(checked(kOld + gone(kAllowed)), "0");
  const std::string met = "test gone { get \"/gone\"; expect rule gone; }\n";
  EXPECT_THAT(checked(kOld + gone(kAllowed) + kTest + met), HasSubstr("there is no `L0028` here"));
  EXPECT_EQ(checked(kOld + gone("allow L0020 \"for later\"; " + kAllowed) + kTest + met), "0");
}

TEST_F(Tests, ten_thousand_lines_take_a_second_or_two) {
  std::string lines;
  for (int i = 0; i < 10'000; ++i) lines += "/old/" + std::to_string(i) + "\t301\t/new/" + std::to_string(i) + "\n";
  folder_.write("cases.tsv", lines);
  folder_.write("main.sprx", std::string(kTested) + kHolds + "tests cases from \"cases.tsv\";\n");
  const Finished done = test();
  EXPECT_EQ(done.status, 0) << done.err;
  EXPECT_THAT(done.out, StartsWith("10002 tests: 10002 passed ("));
}

}  // namespace
}  // namespace sprx::test
