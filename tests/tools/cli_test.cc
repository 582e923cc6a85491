// The command line: usage, exit statuses, what goes to which stream.
#include <boost/json.hpp>
#include <cstdlib>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/paths.h"
#include "tests/tools/program.h"

namespace sprx::test {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(Cli, without_arguments_tells_how_to_use_it_and_exits_with_2) {
  const Finished done = sprx({});
  EXPECT_EQ(done.status, 2);
  EXPECT_EQ(done.out, "");
  EXPECT_THAT(done.err, HasSubstr("Usage: sprx [OPTIONS] SUBCOMMAND"));
}

TEST(Cli, help_of_every_command_goes_to_standard_output) {
  for (const char* command : {"check", "test", "run", "trace", "ctl", "dump", "explain", "fmt", "doc", "version"}) {
    const Finished done = sprx({command, "--help"});
    EXPECT_EQ(done.status, 0) << command;
    EXPECT_EQ(done.err, "") << command;
    EXPECT_THAT(done.out, HasSubstr(std::string("Usage: sprx ") + command)) << command;
  }
}

TEST(Cli, an_unknown_command_is_named) {
  const Finished done = sprx({"chekc"});
  EXPECT_EQ(done.status, 2);
  EXPECT_EQ(done.out, "");
  EXPECT_EQ(done.err,
            "sprx: there is no command `chekc`\na command with a similar name: `sprx check`\nsee `sprx --help`\n");
}

TEST(Cli, an_unknown_option_is_named) {
  const Finished done = sprx({"check", "--frmat", "json"});
  EXPECT_EQ(done.status, 2);
  EXPECT_EQ(done.out, "");
  EXPECT_THAT(done.err, HasSubstr("--frmat"));
  EXPECT_THAT(done.err, HasSubstr("see `sprx check --help`"));
}

TEST(Cli, a_word_that_an_option_does_not_take_is_refused_with_those_it_takes) {
  const Finished done = sprx({"check", "--format", "xml"});
  EXPECT_EQ(done.status, 2);
  EXPECT_THAT(done.err, HasSubstr("human,short,json,sarif,github"));
}

TEST(Cli, two_directories_are_refused) {
  EXPECT_EQ(sprx({"check", "a", "b"}).status, 2);
  EXPECT_EQ(sprx({"check", "a", "--config", "b"}).status, 2);
}

TEST(Cli, a_write_that_fails_is_not_success) {
  const Finished done = run({"/bin/sh", "-c", std::string(SPRX_PROGRAM) + " version >/dev/full"});
  EXPECT_EQ(done.status, 2);
  EXPECT_EQ(done.err, "sprx: cannot write to standard output\n");
}

TEST(Version, json_names_version_commit_compiler_and_libraries) {
  const Finished done = sprx({"version", "--json"});
  ASSERT_EQ(done.status, 0);
  const boost::json::object about = boost::json::parse(done.out).as_object();
  EXPECT_EQ(about.at("name").as_string(), "sprx");
  EXPECT_TRUE(about.contains("commit"));
  EXPECT_THAT(std::string(about.at("compiler").as_string()), ::testing::MatchesRegex("(GCC|clang) [0-9.]+.*"));
  for (const char* library : {"boost", "pegtl", "re2", "fmt", "jemalloc", "libidn2", "cli11"}) {
    EXPECT_NE(about.at("libraries").as_object().at(library).as_string(), "") << library;
  }
}

TEST(Allocator, is_jemalloc_with_our_settings_but_under_a_sanitizer) {
  const Finished done = run({SPRX_PROGRAM, "version"}, {}, {{"MALLOC_CONF", "stats_print:true"}});
  ASSERT_EQ(done.status, 0);
  if (done.err.empty()) GTEST_SKIP() << "built with a sanitizer, whose allocator it is";
  EXPECT_THAT(done.err, ::testing::HasSubstr("opt.narenas: 2"));
}

TEST(Version, the_option_says_the_same_line) {
  const Finished done = sprx({"--version"});
  EXPECT_EQ(done.status, 0);
  EXPECT_THAT(sprx({"version"}).out, StartsWith(done.out));
}

TEST(Explain, every_listed_code_has_a_page) {
  const Finished list = sprx({"explain", "--list"});
  ASSERT_EQ(list.status, 0);
  const std::vector<std::string> lines = lines_of(list.out);
  EXPECT_GE(lines.size(), 40U);
  for (const std::string& line : lines) {
    const std::string code = line.substr(0, line.find(' '));
    const Finished page = sprx({"explain", code});
    EXPECT_EQ(page.status, 0) << code;
    EXPECT_THAT(page.out, HasSubstr(code)) << code;
  }
}

TEST(Explain, takes_a_code_in_lower_case) { EXPECT_EQ(sprx({"explain", "e0001"}).out, sprx({"explain", "E0001"}).out); }

TEST(Explain, an_unknown_code_is_a_mistake_of_usage) {
  const Finished done = sprx({"explain", "E9999"});
  EXPECT_EQ(done.status, 2);
  EXPECT_EQ(done.out, "");
  EXPECT_EQ(done.err, "sprx: there is no code `E9999`; `sprx explain --list` shows all\n");
}

TEST(Explain, wants_a_code) { EXPECT_EQ(sprx({"explain"}).status, 2); }

TEST(Doc, the_reference_in_docs_is_what_the_program_writes) {
  const std::filesystem::path path = std::filesystem::path(sprx::testing::source_tree("")) / "docs/reference.md";
  const Finished done = sprx({"doc", "--format", "md"});
  ASSERT_EQ(done.status, 0);
  if (std::getenv("SPRX_UPDATE_GOLDENS") != nullptr) std::ofstream(path, std::ios::binary) << done.out;
  EXPECT_EQ(read_file(path), done.out) << "docs/reference.md is written by `./tools/dev golden Doc`";
}

/// Between two marks of docs/limits.md.
TEST(Doc, the_limits_in_docs_are_those_of_the_code) {
  constexpr std::string_view kBegin = "<!-- limits: written by sprx doc --format limits -->\n";
  const std::filesystem::path path = std::filesystem::path(sprx::testing::source_tree("")) / "docs/limits.md";
  std::string page = read_file(path);
  const std::size_t begin = page.find(kBegin) + kBegin.size();
  const std::size_t end = page.find("<!-- end of limits -->");
  ASSERT_LE(begin, end);
  const Finished done = sprx({"doc", "--format", "limits"});
  ASSERT_EQ(done.status, 0);
  if (std::getenv("SPRX_UPDATE_GOLDENS") != nullptr) {
    std::ofstream(path, std::ios::binary) << page.replace(begin, end - begin, done.out);
    return;
  }
  EXPECT_EQ(page.substr(begin, end - begin), done.out) << "docs/limits.md is written by `./tools/dev golden Doc`";
}

std::string all_of(const std::filesystem::path& folder, std::string_view extension) {
  std::string out;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == extension) out += read_file(entry.path());
  }
  return out;
}

/// `Suite.Name` is a GoogleTest, anything else a case of testdata/http.
TEST(Doc, every_limit_names_tests_that_exist) {
  const std::filesystem::path root = sprx::testing::source_tree("");
  const std::string cases = all_of(root / "testdata/http", ".http");
  const std::string tests = all_of(root / "tests", ".cc");
  const std::string out = sprx({"doc", "--format", "limits"}).out;
  std::size_t names = 0;
  for (std::size_t at = 0; at < out.size();) {
    const std::string line = out.substr(at, out.find('\n', at) - at);
    at += line.size() + 1;
    std::string held_by = line.substr(std::min(line.rfind("| ", line.size() - 3), line.size()));
    for (std::size_t tick = held_by.find('`'); tick != std::string::npos; tick = held_by.find('`', tick + 1)) {
      const std::size_t stop = held_by.find('`', tick + 1);
      const std::string name = held_by.substr(tick + 1, stop - tick - 1);
      tick = stop;
      const std::size_t dot = name.find('.');
      const bool found =
          dot == std::string::npos
              ? (cases.find("=== " + name + "\n") != std::string::npos ||
                 cases.find("=== " + name + " ") != std::string::npos)
              : tests.find("(" + name.substr(0, dot) + ", " + name.substr(dot + 1) + ")") != std::string::npos;
      EXPECT_TRUE(found) << name;
      ++names;
    }
  }
  EXPECT_GE(names, 40U);
}

/// A setting that bounds traffic and has no row would be a limit nobody is told of.
TEST(Doc, every_setting_of_traffic_is_a_limit) {
  const boost::json::object all = boost::json::parse(sprx({"doc", "--format", "json"}).out).as_object();
  const std::string out = sprx({"doc", "--format", "limits"}).out;
  for (const boost::json::value& value : all.at("settings").as_array()) {
    const boost::json::object& setting = value.as_object();
    const std::string section(setting.at("section").as_string());
    if (section != "upstream" && section != "client" && section != "tunnel" && section != "limits") continue;
    const std::string name = section + " { " + std::string(setting.at("name").as_string()) + " }";
    EXPECT_NE(out.find(name), std::string::npos) << name;
  }
}

TEST(Doc, json_has_every_kind_of_word) {
  const boost::json::object all = boost::json::parse(sprx({"doc", "--format", "json"}).out).as_object();
  for (const char* kind : {"fields", "functions", "actions", "settings", "diagnostics"}) {
    EXPECT_GT(all.at(kind).as_array().size(), 5U) << kind;
  }
}

/// What bash offers for `words`, the last of which is being typed.
std::string completed(const std::string& words, int at) {
  const std::string script = std::string(SPRX_STAGE) + "/usr/share/bash-completion/completions/sprx";
  const Finished done = run({"/bin/bash", "-c",
                             "set -eu; . " + script + "; COMP_WORDS=(" + words + "); COMP_CWORD=" + std::to_string(at) +
                                 "; _sprx; echo \"${COMPREPLY[*]}\""});
  EXPECT_EQ(done.err, "");
  return done.out;
}

TEST(Completion, offers_commands_options_and_their_words) {
  EXPECT_EQ(completed("sprx che", 1), "check\n");
  EXPECT_EQ(completed("sprx check --max", 2), "--max-errors\n");
  EXPECT_EQ(completed("sprx check --format s", 3), "short sarif\n");
  EXPECT_EQ(completed("sprx ctl reo", 2), "reopen-logs\n");
  EXPECT_EQ(completed("sprx explain E000", 2).substr(0, 12), "E0001 E0002 ");
}

}  // namespace
}  // namespace sprx::test
