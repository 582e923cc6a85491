// Colour: on a terminal and not in a pipe, as NO_COLOR, CLICOLOR_FORCE and TERM say, and whatever they say with
// `--color`. The terminal is a pseudo-terminal that the program writes to.
#include <array>
#include <csignal>
#include <cstdlib>
#include <gtest/gtest.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/tools/program.h"

namespace sprx::test {
namespace {

using Environment = std::vector<std::pair<std::string, std::string>>;

/// What `sprx check` of a wrong configuration writes to a terminal.
std::string on_a_terminal(const std::vector<std::string>& arguments, const Environment& environment) {
  int terminal = -1;
  const pid_t child = forkpty(&terminal, nullptr, nullptr, nullptr);
  if (child < 0) return "forkpty failed";
  if (child == 0) {
    alarm(50);  // a child that hangs ends by itself
    for (const char* name : {"NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"}) unsetenv(name);
    setenv("TERM", "xterm", 1);
    for (const auto& [name, value] : environment) setenv(name.c_str(), value.c_str(), 1);
    std::vector<char*> argv{const_cast<char*>(SPRX_PROGRAM)};
    for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    execv(SPRX_PROGRAM, argv.data());
    _exit(127);
  }
  std::string out;
  std::array<char, 4096> bytes{};
  // A pseudo-terminal that nobody holds open any more reads as an error.
  for (ssize_t got = read(terminal, bytes.data(), bytes.size()); got > 0;
       got = read(terminal, bytes.data(), bytes.size()))
    out.append(bytes.data(), static_cast<std::size_t>(got));
  int status = 0;
  waitpid(child, &status, 0);
  close(terminal);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 1) << out;
  EXPECT_NE(out.find("unknown request field `hst`"), std::string::npos) << out;
  return out;
}

class Color : public ::testing::Test {
 protected:
  Color() { folder_.write("main.sprx", "rule x { when hst == \"a\"; deny; }\n"); }

  bool terminal(const Environment& environment, std::vector<std::string> options = {}) {
    options.insert(options.begin(), {"check", folder_.path().string()});
    return on_a_terminal(options, environment).find("\x1b[") != std::string::npos;
  }
  bool pipe(Environment environment, std::vector<std::string> options = {}) {
    options.insert(options.begin(), {SPRX_PROGRAM, "check", folder_.path().string()});
    for (const char* name : {"NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"})
      environment.insert(environment.begin(), {name, ""});
    const Finished done = run(options, {}, environment);
    EXPECT_EQ(done.status, 1);
    return done.err.find("\x1b[") != std::string::npos;
  }
  Folder folder_;
};

TEST_F(Color, is_for_terminals) {
  EXPECT_TRUE(terminal({}));
  EXPECT_FALSE(pipe({{"TERM", "xterm"}}));
}

TEST_F(Color, is_not_wanted_where_the_environment_says_so) {
  EXPECT_FALSE(terminal({{"NO_COLOR", "1"}}));
  EXPECT_FALSE(terminal({{"TERM", "dumb"}}));
  EXPECT_FALSE(terminal({{"TERM", ""}}));
  EXPECT_FALSE(terminal({{"CLICOLOR", "0"}}));
  // An empty NO_COLOR says nothing (https://no-color.org).
  EXPECT_TRUE(terminal({{"NO_COLOR", ""}}));
  EXPECT_TRUE(terminal({{"CLICOLOR", "1"}}));
}

TEST_F(Color, can_be_forced_into_a_pipe) {
  EXPECT_TRUE(pipe({{"CLICOLOR_FORCE", "1"}}));
  EXPECT_FALSE(pipe({{"CLICOLOR_FORCE", "0"}}));
  EXPECT_FALSE(pipe({{"CLICOLOR_FORCE", "1"}, {"NO_COLOR", "1"}}));
  EXPECT_TRUE(terminal({{"CLICOLOR_FORCE", "1"}, {"TERM", "dumb"}}));
}

TEST_F(Color, the_option_has_the_last_word) {
  EXPECT_FALSE(terminal({{"CLICOLOR_FORCE", "1"}}, {"--color", "never"}));
  EXPECT_TRUE(terminal({{"NO_COLOR", "1"}}, {"--color", "always"}));
  EXPECT_TRUE(pipe({{"NO_COLOR", "1"}}, {"--color", "always"}));
  EXPECT_TRUE(terminal({}, {"--color", "auto"}));
}

TEST_F(Color, is_never_in_what_the_platform_or_a_program_reads) {
  EXPECT_FALSE(terminal({{"CLICOLOR_FORCE", "1"}}, {"--contract"}));
  EXPECT_FALSE(terminal({{"CLICOLOR_FORCE", "1"}}, {"--format", "short"}));
  EXPECT_FALSE(terminal({}, {"--format", "github"}));
  EXPECT_FALSE(terminal({}, {"--format", "json", "--color", "always"}));
}

}  // namespace
}  // namespace sprx::test
