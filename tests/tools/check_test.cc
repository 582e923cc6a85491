// `sprx check` and `sprx dump`: streams, formats and exit statuses; what is found is the compiler's own tests'
// business.
#include <boost/json.hpp>
#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/tools/program.h"

namespace sprx::test {
namespace {

using ::testing::HasSubstr;

constexpr const char* kGood = "rule old { when path == \"/old\"; redirect 301 \"/new\"; }\n";
constexpr const char* kBad =
    "rule old { when hst == \"a.example.com\"; redirect 301 \"/new\"; }\n"
    "rule older { when path == \"/older\" redirect 301 \"/new\"; }\n";

class Check : public ::testing::Test {
 protected:
  Finished check(std::vector<std::string> options = {}) {
    std::vector<std::string> arguments{"check", folder_.path().string()};
    arguments.insert(arguments.end(), options.begin(), options.end());
    return sprx(arguments);
  }
  Folder folder_;
};

TEST_F(Check, a_valid_configuration_is_silent) {
  folder_.write("main.sprx", kGood);
  for (const char* option : {"--contract", "--format=human", "--format=short", "--format=github"}) {
    const Finished done = check({option});
    EXPECT_EQ(done.status, 0) << option;
    EXPECT_EQ(done.out, "") << option;
    EXPECT_EQ(done.err, "") << option;
  }
}

TEST_F(Check, mistakes_go_to_standard_error_and_exit_with_1) {
  folder_.write("main.sprx", kBad);
  const Finished done = check();
  EXPECT_EQ(done.status, 1);
  EXPECT_EQ(done.out, "");
  EXPECT_THAT(done.err, HasSubstr(" --> main.sprx:1:17\n"));
  EXPECT_THAT(done.err, HasSubstr(" --> main.sprx:2:35\n"));
  EXPECT_THAT(done.err, HasSubstr("2 errors"));
  EXPECT_EQ(done.err.find('\x1b'), std::string::npos) << "no colour in a pipe";
}

TEST_F(Check, colour_can_be_had_in_a_pipe) {
  folder_.write("main.sprx", kBad);
  EXPECT_NE(check({"--color", "always"}).err.find('\x1b'), std::string::npos);
  EXPECT_EQ(check({"--color", "never"}).err.find('\x1b'), std::string::npos);
  EXPECT_EQ(check({"--color", "always", "--contract"}).err.find('\x1b'), std::string::npos);
}

TEST_F(Check, short_is_one_line_each_on_standard_error) {
  folder_.write("main.sprx", kBad);
  const Finished done = check({"--format", "short"});
  EXPECT_EQ(done.status, 1);
  EXPECT_EQ(done.out, "");
  const std::vector<std::string> lines = lines_of(done.err);
  ASSERT_GE(lines.size(), 2U);
  EXPECT_THAT(lines[0], ::testing::MatchesRegex("main\\.sprx:1:17: error: .* \\[E[0-9]+\\]"));
  EXPECT_THAT(lines[1], ::testing::MatchesRegex("main\\.sprx:2:35: error: .* \\[E0002\\]"));
}

TEST_F(Check, json_is_one_object_a_line_on_standard_output) {
  folder_.write("main.sprx", kBad);
  const Finished done = check({"--format", "json"});
  EXPECT_EQ(done.status, 1);
  EXPECT_EQ(done.err, "");
  const std::vector<std::string> lines = lines_of(done.out);
  ASSERT_EQ(lines.size(), 2U);
  const boost::json::object first = boost::json::parse(lines[0]).as_object();
  EXPECT_EQ(first.at("file").as_string(), "main.sprx");
  EXPECT_EQ(first.at("line").as_int64(), 1);
  EXPECT_EQ(first.at("column").as_int64(), 17);
  EXPECT_EQ(first.at("end_column").as_int64(), 20);
  EXPECT_EQ(first.at("severity").as_string(), "error");
  EXPECT_EQ(boost::json::parse(lines[1]).as_object().at("code").as_string(), "E0002");
}

TEST_F(Check, sarif_names_its_version_and_every_finding) {
  folder_.write("main.sprx", kBad);
  const Finished done = check({"--format", "sarif"});
  EXPECT_EQ(done.status, 1);
  const boost::json::object log = boost::json::parse(done.out).as_object();
  EXPECT_EQ(log.at("version").as_string(), "2.1.0");
  EXPECT_EQ(log.at("runs").as_array().at(0).as_object().at("results").as_array().size(), 2U);
}

TEST_F(Check, github_writes_workflow_commands) {
  folder_.write("main.sprx", kBad);
  const Finished done = check({"--format", "github"});
  EXPECT_EQ(done.status, 1);
  EXPECT_THAT(done.out, ::testing::StartsWith("::error file=main.sprx,line=1,"));
}

TEST_F(Check, max_errors_shows_so_many_and_counts_all) {
  folder_.write("main.sprx", kBad);
  EXPECT_EQ(check({"--max-errors", "-1"}).status, 2);
  const Finished done = check({"--max-errors", "1"});
  EXPECT_THAT(done.err, HasSubstr("main.sprx:1:17"));
  EXPECT_THAT(done.err, ::testing::Not(HasSubstr("main.sprx:2:35")));
  EXPECT_THAT(done.err, HasSubstr("2 errors"));
}

TEST_F(Check, fix_writes_what_is_certain_and_checks_again) {
  const std::string before = "rule older { when path == \"/older\" redirect 301 \"/new\"; }\n";
  folder_.write("main.sprx", before);
  const Finished without = check();
  EXPECT_EQ(without.status, 1);
  EXPECT_EQ(read_file(folder_ / "main.sprx"), before);
  const Finished done = check({"--fix"});
  EXPECT_EQ(done.status, 0) << done.err;
  EXPECT_THAT(done.err, HasSubstr("fixed 1 place in 1 file\n  main.sprx:1:35: putting in `;`\n"));
  EXPECT_EQ(read_file(folder_ / "main.sprx"), "rule older { when path == \"/older\"; redirect 301 \"/new\"; }\n");
}

TEST_F(Check, fix_goes_on_until_nothing_certain_is_left) {
  // The `;` has to be there before anything is said of the address.
  folder_.write("main.sprx",
                "include \"lists.sprx\";\n"
                "rule a { when client.ip in office && path = '/a' then deny; }\n"
                "rule b { when host == \"WWW.example.com\" redirect(301, \"https://b.example.com/\"); }\n");
  folder_.write("lists.sprx", "list office: cidr = [192.0.2.0/24 \"198.51.100.0/24\"];\n");
  const Finished done = check({"--fix"});
  EXPECT_EQ(done.status, 0) << done.err;
  EXPECT_EQ(read_file(folder_ / "main.sprx"),
            "include \"lists.sprx\";\n"
            "rule a { when client.ip in office and path == \"/a\" ; deny; }\n"
            "rule b { when host == \"www.example.com\"; redirect 301 \"https://b.example.com/\"; }\n");
  EXPECT_EQ(read_file(folder_ / "lists.sprx"), "list office: cidr = [\"192.0.2.0/24\", \"198.51.100.0/24\"];\n");
  const Finished again = check({"--fix"});
  EXPECT_EQ(again.status, 0);
  EXPECT_EQ(again.err, "") << "nothing was left to fix";
}

TEST_F(Check, fix_leaves_what_is_only_likely) {
  const std::string text = "rule a { when hst == \"a.example.com\"; dney; }\n";
  folder_.write("main.sprx", text);
  const Finished done = check({"--fix"});
  EXPECT_EQ(done.status, 1);
  EXPECT_EQ(read_file(folder_ / "main.sprx"), text);
}

TEST_F(Check, fix_changes_no_file_when_one_is_read_only) {
  const std::string main = "include \"b.sprx\";\nrule a { when path == \"/a\" deny; }\n";
  const std::string other = "rule b { when path == \"/b\" deny; }\n";
  folder_.write("main.sprx", main);
  folder_.write("b.sprx", other);
  std::filesystem::permissions(folder_ / "b.sprx", std::filesystem::perms::owner_read);
  const Finished done = check({"--fix"});
  EXPECT_EQ(done.status, 2);
  EXPECT_EQ(done.err, "sprx: " + (folder_ / "b.sprx").string() + " is read-only; nothing was changed\n");
  EXPECT_EQ(read_file(folder_ / "main.sprx"), main);
  EXPECT_EQ(read_file(folder_ / "b.sprx"), other);
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder_.path())) ++files;
  EXPECT_EQ(files, 2U) << "nothing is left beside them";
}

TEST_F(Check, fix_leaves_owner_and_mode_as_they_were) {
  folder_.write("main.sprx", "rule a { when path == \"/a\" deny; }\n");
  std::filesystem::permissions(folder_ / "main.sprx", std::filesystem::perms(0640));
  const std::string name = (folder_ / "main.sprx").string();
  if (geteuid() == 0) {
    ASSERT_EQ(chown(name.c_str(), 1234, 2345), 0);
  }
  struct stat before = {};
  ASSERT_EQ(stat(name.c_str(), &before), 0);
  EXPECT_EQ(check({"--fix"}).status, 0);
  EXPECT_EQ(read_file(folder_ / "main.sprx"), "rule a { when path == \"/a\"; deny; }\n");
  struct stat after = {};
  ASSERT_EQ(stat(name.c_str(), &after), 0);
  EXPECT_EQ(after.st_uid, before.st_uid);
  EXPECT_EQ(after.st_gid, before.st_gid);
  EXPECT_EQ(after.st_mode, before.st_mode);
}

TEST_F(Check, fix_does_not_follow_a_link_out_of_the_directory) {
  Folder outside;
  const std::string text = "rule a { when path == \"/a\" deny; }\n";
  outside.write("real.sprx", text);
  folder_.write("main.sprx", "include \"link.sprx\";\n");
  std::filesystem::create_symlink(outside / "real.sprx", folder_ / "link.sprx");
  const Finished done = check({"--fix"});
  EXPECT_EQ(done.status, 1);
  EXPECT_EQ(read_file(outside / "real.sprx"), text);
  EXPECT_THAT(done.err, HasSubstr("leaves the configuration directory"));
}

TEST_F(Check, fixes_are_in_json_and_sarif) {
  folder_.write("main.sprx", "rule a { when path = \"/a\"; deny; }\n");
  const boost::json::object found = boost::json::parse(lines_of(check({"--format", "json"}).out).at(0)).as_object();
  const boost::json::object& fix = found.at("fixes").as_array().at(0).as_object();
  EXPECT_EQ(boost::json::serialize(fix),
            "{\"file\":\"main.sprx\",\"line\":1,\"column\":20,\"end_line\":1,\"end_column\":21,"
            "\"replacement\":\"==\",\"certain\":true}");
  const boost::json::object log = boost::json::parse(check({"--format", "sarif"}).out).as_object();
  const boost::json::object& result =
      log.at("runs").as_array().at(0).as_object().at("results").as_array().at(0).as_object();
  const boost::json::object& change =
      result.at("fixes").as_array().at(0).as_object().at("artifactChanges").as_array().at(0).as_object();
  EXPECT_EQ(boost::json::serialize(change.at("replacements")),
            "[{\"deletedRegion\":{\"startLine\":1,\"startColumn\":20,\"endLine\":1,\"endColumn\":21},"
            "\"insertedContent\":{\"text\":\"==\"}}]");
}

TEST_F(Check, no_color_and_a_pipe_are_plain) {
  folder_.write("main.sprx", kBad);
  EXPECT_EQ(check({"--color", "auto"}).err.find('\x1b'), std::string::npos) << "standard error is no terminal here";
}

TEST_F(Check, file_names_of_any_kind_are_printed_safely) {
  const std::string odd = "sp ace\nnew\xFF\x1b[31m.sprx";
  folder_.write("main.sprx", "include \"*.sprx\";\n");
  folder_.write(odd, "rule a { when hst == \"x\"; deny; }\n");
  const Finished human = check();
  EXPECT_THAT(human.err, HasSubstr("sp ace\\u{a}new\\xff\\u{1b}[31m.sprx:1:15\n")) << human.err;
  EXPECT_EQ(lines_of(check({"--format", "short"}).err).size(), 1U);
  const Finished github = check({"--format", "github"});
  EXPECT_EQ(lines_of(github.out).size(), 1U);
  EXPECT_THAT(github.out, ::testing::StartsWith("::error file=sp ace%0Anew\xEF\xBF\xBD"));
  EXPECT_EQ(lines_of(check({"--format", "json"}).out).size(), 1U);
  for (const char* format : {"json", "sarif"})
    EXPECT_EQ(check({"--format", format}).out.find("\x1b"), std::string::npos) << format;
}

TEST_F(Check, the_order_of_a_report_does_not_depend_on_the_order_of_finding) {
  folder_.write("main.sprx", "include \"b.sprx\";\ninclude \"a.sprx\";\nrule m { when hst == \"m\"; deny; }\n");
  folder_.write("a.sprx", "rule a { when hst == \"a\"; deny; }\nrule a2 { when path == \"/a\" deny; }\n");
  folder_.write("b.sprx", "rule b { when hst == \"b\"; deny; }\n");
  std::vector<std::string> places;
  for (const std::string& line : lines_of(check({"--format", "short"}).err))
    places.push_back(line.substr(0, line.find(": ")));
  EXPECT_EQ(places, (std::vector<std::string>{"a.sprx:1:15", "a.sprx:2:28", "b.sprx:1:15", "main.sprx:3:15"}));
  EXPECT_EQ(check().err, check().err);
}

TEST_F(Check, contract_leaves_lints_out_and_writes_nothing) {
  folder_.write("main.sprx", std::string(kGood) + "list unused: string = [\"a\"];\n");
  EXPECT_NE(check().err, "");
  EXPECT_EQ(check().status, 0);
  EXPECT_EQ(check({"--contract"}).err, "");
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::recursive_directory_iterator(folder_.path())) ++files;
  EXPECT_EQ(files, 1U);
}

TEST_F(Check, an_absent_directory_is_a_mistake_of_usage_and_valid_for_the_platform) {
  const std::string missing = (folder_ / "missing").string();
  const Finished done = sprx({"check", missing});
  EXPECT_EQ(done.status, 2);
  EXPECT_EQ(done.err, "sprx: there is no directory `" + missing + "`\n");
  const Finished contract = sprx({"check", "--contract", missing});
  EXPECT_EQ(contract.status, 0);
  EXPECT_EQ(contract.err, "");
}

TEST_F(Check, a_number_of_errors_below_zero_is_answered_with_what_to_write) {
  const Finished done = sprx({"check", "--max-errors", "-1", folder_.path().string()});
  EXPECT_EQ(done.status, 2);
  EXPECT_THAT(done.err, HasSubstr("`-1` is no number of errors: write 20, or 0 for all"));
}

TEST_F(Check, a_file_in_place_of_a_directory_is_a_mistake_of_usage) {
  folder_.write("main.sprx", kGood);
  EXPECT_EQ(sprx({"check", (folder_ / "main.sprx").string()}).status, 2);
}

TEST_F(Check, dump_shows_every_stage) {
  folder_.write("main.sprx", kGood);
  for (const char* stage : {"tree", "program", "table"}) {
    const Finished done = sprx({"dump", folder_.path().string(), "--stage", stage});
    EXPECT_EQ(done.status, 0) << stage << done.err;
    EXPECT_THAT(done.out, HasSubstr("/old")) << stage;
    EXPECT_EQ(done.err, "") << stage;
  }
  EXPECT_EQ(sprx({"dump", folder_.path().string(), "--stage", "cost"}).out.substr(0, 75),
            "request rules: 1, 1 found by look-ups, 0 behind shared conditions, 0 tried ");
  EXPECT_EQ(sprx({"dump", folder_.path().string()}).status, 2);
}

TEST_F(Check, dump_of_a_wrong_configuration_has_the_tree_and_the_mistakes) {
  folder_.write("main.sprx", kBad);
  const Finished done = sprx({"dump", folder_.path().string(), "--stage", "tree"});
  EXPECT_EQ(done.status, 1);
  EXPECT_THAT(done.out, HasSubstr("# main.sprx\n"));
  EXPECT_THAT(done.err, HasSubstr("2 errors"));
}

}  // namespace
}  // namespace sprx::test
