// `sprx fmt`: files, streams and exit statuses; how it lays out is the compiler's own tests' business.
#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/tools/program.h"

namespace sprx::test {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr const char* kLoose = "rule a{deny;}\n# end";
constexpr const char* kNeat = "rule a { deny; }\n# end\n";
constexpr const char* kWrong = "rule a { deny }\n";

class Fmt : public ::testing::Test {
 protected:
  [[nodiscard]] std::string at(std::string_view name) const { return (folder_ / name).string(); }
  [[nodiscard]] std::size_t entries() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder_.path()), fs::directory_iterator()));
  }
  Folder folder_;
};

TEST_F(Fmt, rewrites_a_file_in_place_and_says_nothing) {
  folder_.write("a.sprx", kLoose);
  const Finished done = sprx({"fmt", at("a.sprx")});
  EXPECT_EQ(done.status, 0);
  EXPECT_EQ(done.out + done.err, "");
  EXPECT_EQ(read_file(folder_ / "a.sprx"), kNeat);
  EXPECT_EQ(entries(), 1U) << "nothing is left beside it";
}

TEST_F(Fmt, keeps_the_mode_and_writes_through_a_link) {
  folder_.write("a.sprx", kLoose);
  ASSERT_EQ(chmod(at("a.sprx").c_str(), 0640), 0);
  fs::create_symlink("a.sprx", folder_ / "link.sprx");
  EXPECT_EQ(sprx({"fmt", at("link.sprx")}).status, 0);
  EXPECT_TRUE(fs::is_symlink(folder_ / "link.sprx"));
  EXPECT_EQ(read_file(folder_ / "a.sprx"), kNeat);
  EXPECT_EQ(fs::status(folder_ / "a.sprx").permissions(), fs::perms(0640));
}

TEST_F(Fmt, does_not_touch_a_file_that_is_as_it_should_be) {
  folder_.write("a.sprx", kNeat);
  struct stat before = {};
  struct stat after = {};
  ASSERT_EQ(stat(at("a.sprx").c_str(), &before), 0);
  EXPECT_EQ(sprx({"fmt", at("a.sprx")}).status, 0);
  ASSERT_EQ(stat(at("a.sprx").c_str(), &after), 0);
  EXPECT_EQ(before.st_ino, after.st_ino);
  EXPECT_EQ(before.st_mtim.tv_sec, after.st_mtim.tv_sec);
  EXPECT_EQ(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
}

TEST_F(Fmt, takes_the_rule_files_below_a_directory_and_follows_no_link) {
  folder_.write("d/a.sprx", kLoose);
  folder_.write("d/sub/b.sprx", kLoose);
  folder_.write("d/sub/data.tsv", "x{\n");
  folder_.write("other/c.sprx", kLoose);
  fs::create_directory_symlink(folder_ / "other", folder_ / "d/linked");
  fs::create_symlink(folder_ / "other/c.sprx", folder_ / "d/c.sprx");
  const Finished check = sprx({"fmt", "--check", at("d")});
  EXPECT_EQ(check.status, 1);
  EXPECT_EQ(check.out, at("d/a.sprx") + "\n" + at("d/sub/b.sprx") + "\n");
  EXPECT_EQ(sprx({"fmt", at("d")}).status, 0);
  EXPECT_EQ(read_file(folder_ / "d/sub/b.sprx"), kNeat);
  EXPECT_EQ(read_file(folder_ / "d/sub/data.tsv"), "x{\n");
  EXPECT_EQ(read_file(folder_ / "other/c.sprx"), kLoose);
}

TEST_F(Fmt, check_names_what_would_change_and_writes_nothing) {
  folder_.write("a.sprx", kLoose);
  folder_.write("b.sprx", kNeat);
  const Finished done = sprx({"fmt", "--check", at("a.sprx"), at("b.sprx")});
  EXPECT_EQ(done.status, 1);
  EXPECT_EQ(done.out, at("a.sprx") + "\n");
  EXPECT_EQ(done.err, "");
  EXPECT_EQ(read_file(folder_ / "a.sprx"), kLoose);
  EXPECT_EQ(sprx({"fmt", "--check", at("b.sprx")}).status, 0);
}

TEST_F(Fmt, diff_is_unified_and_writes_nothing) {
  folder_.write("a.sprx", kLoose);
  const Finished done = sprx({"fmt", "--diff", at("a.sprx")});
  EXPECT_EQ(done.status, 1);
  EXPECT_EQ(done.out, "--- " + at("a.sprx") + "\n+++ " + at("a.sprx") +
                          "\n@@ -1,2 +1,2 @@\n-rule a{deny;}\n-# end\n\\ No newline at end of file\n"
                          "+rule a { deny; }\n+# end\n");
  EXPECT_EQ(read_file(folder_ / "a.sprx"), kLoose);
  folder_.write("a.sprx", kNeat);
  const Finished same = sprx({"fmt", "--diff", at("a.sprx")});
  EXPECT_EQ(same.status, 0);
  EXPECT_EQ(same.out, "");
}

TEST_F(Fmt, diff_shows_three_lines_around_and_hunks_apart) {
  std::string text;
  for (int i = 1; i <= 20; ++i) {
    text += "let a" + std::to_string(i) + (i == 2 || i == 17 ? "=" : " = ") + std::to_string(i) + ";\n";
  }
  const Finished done = sprx({"fmt", "--stdin", "--diff"}, text);
  EXPECT_EQ(done.status, 1);
  EXPECT_EQ(done.out,
            "--- <stdin>\n+++ <stdin>\n"
            "@@ -1,5 +1,5 @@\n let a1 = 1;\n-let a2=2;\n+let a2 = 2;\n let a3 = 3;\n let a4 = 4;\n let a5 = 5;\n"
            "@@ -14,7 +14,7 @@\n let a14 = 14;\n let a15 = 15;\n let a16 = 16;\n-let a17=17;\n+let a17 = 17;\n"
            " let a18 = 18;\n let a19 = 19;\n let a20 = 20;\n");
}

TEST_F(Fmt, diff_past_its_bound_replaces_the_part) {
  std::string text;
  for (int i = 0; i < 3'000; ++i) text += "let a" + std::to_string(i) + "=1;\n";
  const Finished done = sprx({"fmt", "--stdin", "--diff"}, text);
  EXPECT_EQ(done.status, 1);
  EXPECT_THAT(done.out, HasSubstr("@@ -1,3000 +1,3000 @@\n"));
  EXPECT_EQ(lines_of(done.out).size(), 6'003U);
}

TEST_F(Fmt, a_diff_makes_the_formatted_file_when_it_is_applied) {
  if (run({"/bin/sh", "-c", "command -v patch"}).status != 0) GTEST_SKIP() << "no patch(1) here";
  folder_.write("a.sprx", "\n\nrule a{deny;}\nlet x = 1;\n\n\n\nlet y = 2;\nlet z=3; # end\n\n");
  const Finished diff = sprx({"fmt", "--diff", at("a.sprx")});
  const Finished formatted = sprx({"fmt", "--stdin"}, read_file(folder_ / "a.sprx"));
  const Finished patched = run({"/bin/sh", "-c", "patch -s " + at("a.sprx")}, diff.out);
  EXPECT_EQ(patched.status, 0) << patched.out << patched.err;
  EXPECT_EQ(read_file(folder_ / "a.sprx"), formatted.out);
}

TEST_F(Fmt, stdin_goes_to_standard_output) {
  const Finished done = sprx({"fmt", "--stdin"}, kLoose);
  EXPECT_EQ(done.status, 0);
  EXPECT_EQ(done.out, kNeat);
  EXPECT_EQ(done.err, "");
  const Finished check = sprx({"fmt", "--stdin", "--check"}, kLoose);
  EXPECT_EQ(check.status, 1);
  EXPECT_EQ(check.out, "<stdin>\n");
}

TEST_F(Fmt, a_file_with_mistakes_is_left_and_the_others_are_not) {
  folder_.write("a.sprx", kWrong);
  folder_.write("b.sprx", kLoose);
  folder_.write("c.sprx", kWrong);
  const Finished done = sprx({"fmt", at("a.sprx"), at("b.sprx"), at("c.sprx")});
  EXPECT_EQ(done.status, 1);
  EXPECT_EQ(done.out, "");
  EXPECT_THAT(done.err, HasSubstr("error[E0002]"));
  EXPECT_THAT(done.err, HasSubstr(" --> " + at("a.sprx") + ":1:14\n"));
  EXPECT_THAT(done.err, HasSubstr(" --> " + at("c.sprx") + ":1:14\n"));
  EXPECT_THAT(done.err, HasSubstr("2 errors"));
  EXPECT_EQ(read_file(folder_ / "a.sprx"), kWrong);
  EXPECT_EQ(read_file(folder_ / "b.sprx"), kNeat);
}

TEST_F(Fmt, mistakes_on_standard_input_give_no_output) {
  const Finished done = sprx({"fmt", "--stdin"}, kWrong);
  EXPECT_EQ(done.status, 1);
  EXPECT_EQ(done.out, "");
  EXPECT_THAT(done.err, HasSubstr("<stdin>:1:14"));
}

TEST_F(Fmt, what_cannot_be_read_or_written_is_said_with_status_2) {
  const Finished missing = sprx({"fmt", at("none.sprx")});
  EXPECT_EQ(missing.status, 2);
  EXPECT_EQ(missing.err, "sprx: there is no file " + at("none.sprx") + "\n");
  ASSERT_EQ(mkfifo(at("pipe.sprx").c_str(), 0600), 0);
  const Finished pipe = sprx({"fmt", at("pipe.sprx")});
  EXPECT_EQ(pipe.status, 2);
  EXPECT_EQ(pipe.err, "sprx: " + at("pipe.sprx") + " is not a file\n");
}

TEST_F(Fmt, wants_something_to_do_and_one_way_to_do_it) {
  EXPECT_EQ(sprx({"fmt"}).status, 2);
  EXPECT_THAT(sprx({"fmt"}).err, HasSubstr("see `sprx fmt --help`"));
  EXPECT_EQ(sprx({"fmt", "--stdin", at("a.sprx")}).status, 2);
  EXPECT_EQ(sprx({"fmt", "--check", "--diff", at("a.sprx")}).status, 2);
}

}  // namespace
}  // namespace sprx::test
