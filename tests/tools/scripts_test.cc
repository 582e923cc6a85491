// The platform's contract, line by line: the scripts as they are staged, run in a tree of their own.
#include <chrono>
#include <csignal>
#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>
#include <sys/socket.h>
#include <sys/un.h>
#include <thread>
#include <tuple>
#include <unistd.h>

#include "tests/tools/program.h"

namespace sprx::test {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr const char* kFirst = "rule old { when path == \"/old\"; redirect 301 \"/first\"; }\n";
constexpr const char* kSecond = "rule old { when path == \"/old\"; redirect 301 \"/second\"; }\n";
constexpr const char* kMisspelt = "rule old { when pth == \"/old\"; redirect 301 \"/third\"; }\n";

void expect_silent_success(const Finished& done) {
  EXPECT_EQ(done.status, 0);
  EXPECT_EQ(done.out, "");
  EXPECT_EQ(done.err, "");
}

/// A staged tree, with the program linked in and everything else copied.
class Platform : public ::testing::Test {
 protected:
  Platform() {
    const fs::path stage = SPRX_STAGE;
    fs::create_directories(tree_ / "usr/bin");
    fs::create_directories(tree_ / "opt/proxy_config");
    fs::copy(stage / "opt/section", tree_ / "opt/section", fs::copy_options::recursive);
    fs::copy(stage / "etc", tree_ / "etc", fs::copy_options::recursive);
    fs::create_symlink(stage / "usr/bin/sprx", tree_ / "usr/bin/sprx");
  }

  Finished script(const std::string& name, std::vector<std::string> arguments = {}) {
    arguments.insert(arguments.begin(), (tree_ / ("opt/section/" + name)).string());
    return run(arguments);
  }
  void configure(std::string_view rules) { tree_.write("opt/proxy_config/main.sprx", rules); }

  std::vector<std::string> proxy_command() {
    return {(tree_ / "usr/bin/sprx").string(),
            "run",
            "--config",
            (tree_ / "opt/proxy_config").string(),
            "--demo",
            "--listen",
            "127.0.0.1:0",
            "--control",
            control(),
            "--log-dir",
            (tree_ / "var/log/sprx").string(),
            "--state",
            (tree_ / "var/lib/sprx").string()};
  }
  /// Starts the proxy (in front of the demo's origin) and waits until it listens.
  void start() {
    proxy_ = std::make_unique<Running>(proxy_command(), tree_.path());
    ASSERT_TRUE(proxy_->says("listening on port ")) << proxy_->err();
    const std::string said = proxy_->err();
    port_ = static_cast<std::uint16_t>(std::stoi(said.substr(said.find("port ") + 5)));
  }
  std::string control() { return (tree_ / "run/sprx/control.sock").string(); }
  std::string location() {
    const std::string answer = get(port_, "/old");
    const std::size_t begin = answer.find("Location: ");
    return begin == std::string::npos ? answer : answer.substr(begin + 10, answer.find('\r', begin) - begin - 10);
  }
  std::vector<std::string> log_lines() { return lines_of(read_file(tree_ / "var/log/sprx/access.log")); }
  /// Lines are written a moment after the answer; an empty file would not be rotated. False after half a minute.
  bool log_gets(std::size_t lines) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (log_lines().size() < lines && std::chrono::steady_clock::now() < until) std::this_thread::yield();
    return log_lines().size() == lines;
  }
  /// Log lines of all files, rotated and compressed ones included.
  std::vector<std::string> all_log_lines() {
    const Finished done =
        run({"/bin/sh", "-c",
             "cd '" + (tree_ / "var/log/sprx").string() + "' && for f in access.log*; do zcat -f \"$f\"; done"});
    EXPECT_EQ(done.err, "");
    return lines_of(done.out);
  }

  Folder tree_;
  std::unique_ptr<Running> proxy_;
  std::uint16_t port_ = 0;
};

TEST_F(Platform, validate_says_nothing_of_a_valid_configuration) {
  configure(kFirst);
  expect_silent_success(script("validate.sh"));
}

TEST_F(Platform, validate_takes_an_absent_and_an_empty_configuration) {
  expect_silent_success(script("validate.sh"));
  fs::remove_all(tree_ / "opt/proxy_config");
  expect_silent_success(script("validate.sh"));
}

TEST_F(Platform, validate_says_what_is_wrong_on_standard_error) {
  configure(kMisspelt);
  const Finished done = script("validate.sh");
  EXPECT_EQ(done.status, 1);
  EXPECT_EQ(done.out, "");
  EXPECT_THAT(done.err, HasSubstr("main.sprx:1:17"));
  EXPECT_EQ(done.err.find('\x1b'), std::string::npos);
}

TEST_F(Platform, validate_writes_nothing) {
  configure(kFirst);
  const auto count = [&] {
    std::size_t entries = 0;
    for ([[maybe_unused]] const auto& entry : fs::recursive_directory_iterator(tree_.path())) ++entries;
    return entries;
  };
  const std::size_t before = count();
  expect_silent_success(script("validate.sh"));
  EXPECT_EQ(count(), before);
}

TEST_F(Platform, scripts_work_from_any_folder_and_by_a_relative_name) {
  configure(kFirst);
  expect_silent_success(run({"/bin/sh", "-c", "cd '" + (tree_ / "opt").string() + "' && section/validate.sh"}));
  expect_silent_success(run({"/bin/sh", "-c", "cd '" + (tree_ / "opt/section").string() + "' && sh validate.sh"}));
}

TEST_F(Platform, update_before_the_proxy_runs_only_checks) {
  configure(kFirst);
  expect_silent_success(script("update.sh"));
  configure(kMisspelt);
  const Finished done = script("update.sh");
  EXPECT_EQ(done.status, 1);
  EXPECT_THAT(done.err, HasSubstr("main.sprx:1:17"));
  fs::remove_all(tree_ / "opt/proxy_config");
  expect_silent_success(script("update.sh"));
}

TEST_F(Platform, update_takes_a_socket_that_a_dead_proxy_left_for_no_proxy) {
  configure(kFirst);
  start();
  proxy_->end(SIGKILL);
  ASSERT_TRUE(fs::exists(control()));
  expect_silent_success(script("update.sh"));
}

TEST_F(Platform, update_of_a_running_proxy_is_in_force_when_it_returns) {
  configure(kFirst);
  start();
  EXPECT_EQ(location(), "/first");
  configure(kSecond);
  EXPECT_EQ(location(), "/first");
  expect_silent_success(script("update.sh"));
  EXPECT_EQ(location(), "/second");
}

TEST_F(Platform, update_with_a_wrong_configuration_keeps_the_old_rules) {
  configure(kFirst);
  start();
  configure(kMisspelt);
  const Finished done = script("update.sh");
  EXPECT_EQ(done.status, 1);
  EXPECT_EQ(done.out, "");
  EXPECT_THAT(done.err, HasSubstr("main.sprx:1:17"));
  EXPECT_EQ(location(), "/first");
}

TEST_F(Platform, reload_itself_refuses_a_wrong_configuration_with_its_diagnostics) {
  configure(kFirst);
  start();
  configure(kMisspelt);
  const Finished done = sprx({"ctl", "--control", control(), "reload"});
  EXPECT_EQ(done.status, 1);
  EXPECT_THAT(done.err, HasSubstr("main.sprx:1:17"));
  EXPECT_EQ(location(), "/first");
}

TEST_F(Platform, update_while_the_proxy_starts_ends_with_the_new_rules) {
  configure(kFirst);
  proxy_ = std::make_unique<Running>(proxy_command(), tree_.path());
  configure(kSecond);
  expect_silent_success(script("update.sh"));
  ASSERT_TRUE(proxy_->says("listening on port ")) << proxy_->err();
  const std::string said = proxy_->err();
  port_ = static_cast<std::uint16_t>(std::stoi(said.substr(said.find("port ") + 5)));
  EXPECT_EQ(location(), "/second");
}

TEST_F(Platform, the_proxy_refuses_to_start_with_a_wrong_configuration) {
  configure(kMisspelt);
  proxy_ = std::make_unique<Running>(proxy_command(), tree_.path());
  EXPECT_EQ(proxy_->wait_for_end(), 1);
  EXPECT_THAT(proxy_->err(), HasSubstr("main.sprx:1:17"));
  EXPECT_THAT(proxy_->err(), HasSubstr("sprx: the configuration is wrong; not starting\n"));
}

TEST_F(Platform, the_proxy_starts_without_a_configuration_and_passes_everything) {
  fs::remove_all(tree_ / "opt/proxy_config");
  start();
  EXPECT_THAT(get(port_, "/anything"), HasSubstr("HTTP/1.1 200 OK\r\n"));
}

TEST_F(Platform, a_second_proxy_on_the_same_socket_refuses_to_start) {
  start();
  Folder other;
  Running second(proxy_command(), other.path());
  EXPECT_EQ(second.wait_for_end(), 1);
  EXPECT_THAT(second.err(), HasSubstr("another sprx is running"));
  EXPECT_THAT(get(port_, "/anything"), HasSubstr("HTTP/1.1 200 OK\r\n"));
}

TEST_F(Platform, a_termination_signal_ends_it_with_0_and_the_log_complete) {
  start();
  EXPECT_THAT(get(port_, "/one"), HasSubstr("200 OK"));
  EXPECT_EQ(proxy_->end(SIGTERM), 0);
  const std::vector<std::string> lines = log_lines();
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_THAT(lines[0], HasSubstr(R"("path":"/one")"));
}

TEST_F(Platform, logrotate_of_a_running_proxy_moves_the_lines_and_has_new_ones_in_a_new_file) {
  start();
  EXPECT_THAT(get(port_, "/before"), HasSubstr("200 OK"));
  EXPECT_TRUE(log_gets(1));
  expect_silent_success(script("logrotate.sh"));
  EXPECT_EQ(log_lines().size(), 0U);
  EXPECT_TRUE(fs::exists(tree_ / "var/log/sprx/access.log.1"));
  EXPECT_THAT(get(port_, "/after"), HasSubstr("200 OK"));
  EXPECT_TRUE(log_gets(1));
  expect_silent_success(script("logrotate.sh"));
  const std::vector<std::string> all = all_log_lines();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_TRUE(fs::exists(tree_ / "var/log/sprx/access.log.2.gz"));
}

TEST_F(Platform, logrotate_twice_at_the_same_time_loses_no_line) {
  start();
  for (int i = 0; i < 5; ++i) EXPECT_THAT(get(port_, "/some"), HasSubstr("200 OK"));
  const std::string name = (tree_ / "opt/section/logrotate.sh").string();
  const Finished both = run({"/bin/sh", "-c", "\"$0\" & \"$0\" && wait $!", name});
  expect_silent_success(both);
  EXPECT_EQ(proxy_->end(SIGTERM), 0);
  EXPECT_EQ(all_log_lines().size(), 5U);
}

TEST_F(Platform, no_environment_changes_what_the_scripts_do) {
  configure(kFirst);
  tree_.write("elsewhere/section/x", "");
  start();
  EXPECT_THAT(get(port_, "/before"), HasSubstr("200 OK"));
  EXPECT_TRUE(log_gets(1));
  // Relative names, which CDPATH would look for elsewhere; a PATH without sbin; no place for temporary files; any mask.
  for (const char* name : {"validate", "update", "logrotate"}) {
    for (const char* mask : {"000", "077"}) {
      expect_silent_success(
          run({"/bin/sh", "-c", "umask $2 && cd \"$0/opt\" && section/$1.sh", tree_.path().string(), name, mask}, {},
              {{"CDPATH", (tree_ / "elsewhere").string()}, {"PATH", "/bin:/usr/bin"}, {"TMPDIR", "/nonexistent"}}));
    }
  }
  EXPECT_TRUE(fs::exists(tree_ / "var/log/sprx/access.log.1"));
}

TEST_F(Platform, scripts_work_in_a_folder_of_any_name_but_logrotate_which_says_so) {
  const fs::path odd = tree_ / "-a \"b\" $(touch owned) `touch owned` & | ; * c";
  fs::create_directories(odd / "opt/proxy_config");
  fs::create_directories(odd / "var/log/sprx");
  fs::copy(tree_ / "opt/section", odd / "opt/section", fs::copy_options::recursive);
  fs::copy(tree_ / "etc", odd / "etc", fs::copy_options::recursive);
  fs::copy(tree_ / "usr", odd / "usr", fs::copy_options::recursive | fs::copy_options::copy_symlinks);
  const auto in_odd = [&](const char* script, const std::string& argument = "") {
    return run({"/bin/sh", "-c", "cd \"$0\" && exec \"./$1/opt/section/$2.sh\" $3", tree_.path().string(),
                odd.filename().string(), script, argument});
  };
  expect_silent_success(in_odd("validate"));
  expect_silent_success(in_odd("update"));
  const Finished message = in_odd("messagehandler", "reload");
  EXPECT_EQ(message.status, 3);
  EXPECT_THAT(message.err, HasSubstr(odd.string() + "/run/sprx/control.sock"));
  const Finished rotated = in_odd("logrotate");
  EXPECT_EQ(rotated.status, 1);
  EXPECT_EQ(rotated.err, "logrotate.sh: the folder that the tree stands in has a name that logrotate cannot hold\n");
  EXPECT_FALSE(fs::exists(tree_ / "owned"));
}

TEST_F(Platform, logrotate_many_at_once_after_the_folder_was_removed_brings_it_back_once) {
  start();
  fs::remove_all(tree_ / "var/log/sprx");
  const std::string name = (tree_ / "opt/section/logrotate.sh").string();
  const Finished all =
      run({"/bin/sh", "-c",
           "for n in 1 2 3 4 5; do \"$0\" & pids=\"${pids-} $!\"; done; for pid in $pids; do wait $pid || exit; done",
           name});
  expect_silent_success(all);
  EXPECT_THAT(get(port_, "/again"), HasSubstr("200 OK"));
  EXPECT_EQ(proxy_->end(SIGTERM), 0);
  EXPECT_EQ(all_log_lines().size(), 1U);
}

TEST_F(Platform, logrotate_works_without_a_proxy) {
  expect_silent_success(script("logrotate.sh"));
  tree_.write("var/log/sprx/access.log", "left over\n");
  expect_silent_success(script("logrotate.sh"));
  EXPECT_TRUE(fs::exists(tree_ / "var/log/sprx/access.log.1"));
}

TEST_F(Platform, logrotate_brings_back_a_log_that_somebody_removed) {
  start();
  fs::remove(tree_ / "var/log/sprx/access.log");
  expect_silent_success(script("logrotate.sh"));
  EXPECT_THAT(get(port_, "/again"), HasSubstr("200 OK"));
  EXPECT_EQ(proxy_->end(SIGTERM), 0);
  EXPECT_EQ(log_lines().size(), 1U);
}

TEST_F(Platform, a_message_that_nobody_knows_fails_with_the_reason_on_standard_error) {
  start();
  const Finished done = script("messagehandler.sh", {"no-such-message", "a b"});
  EXPECT_EQ(done.status, 1);
  EXPECT_NE(done.err, "");
  const Finished odd = script("messagehandler.sh", {"--help me", ""});
  EXPECT_EQ(odd.status, 1);
  EXPECT_EQ(odd.err, "sprx: there is no message `--help me`\n");
}

TEST_F(Platform, messages_reload_and_reopen_the_logs) {
  configure(kFirst);
  start();
  configure(kSecond);
  EXPECT_EQ(script("messagehandler.sh", {"reload", ""}).status, 0);
  EXPECT_EQ(location(), "/second");
  EXPECT_EQ(script("messagehandler.sh", {"reopen-logs"}).status, 0);
}

TEST_F(Platform, messages_turn_flags_and_change_lists_and_outlive_the_process) {
  configure(
      "flag maintenance = off;\ndynamic list banned: ip { ttl 1h; }\n"
      "rule closed { when maintenance; respond 503; }\nrule blocked { when client.ip in banned; deny; }\n");
  start();
  EXPECT_THAT(get(port_, "/"), HasSubstr("200 OK"));
  expect_silent_success(script("messagehandler.sh", {"flag", "maintenance=on"}));
  EXPECT_THAT(get(port_, "/"), HasSubstr("503 Service Unavailable"));
  expect_silent_success(script("messagehandler.sh", {"flag", "maintenance=off"}));
  expect_silent_success(script("messagehandler.sh", {"ban", "banned 127.0.0.1 30m"}));
  EXPECT_THAT(get(port_, "/"), HasSubstr("403 Forbidden"));
  EXPECT_EQ(proxy_->end(SIGTERM), 0);
  start();
  EXPECT_THAT(get(port_, "/"), HasSubstr("403 Forbidden"));
  expect_silent_success(script("messagehandler.sh", {"unban", "banned 127.0.0.1"}));
  EXPECT_THAT(get(port_, "/"), HasSubstr("200 OK"));
  for (const auto& [name, arguments, reason] :
       {std::tuple("flag", "other=on", "flag `other`: the configuration declares no flag of this name\n"),
        std::tuple("ban", "banned nobody 30m", "ban `nobody` in `banned`: the key is no IP address\n"),
        std::tuple("unban", "banned", "unban wants LIST KEY, not `banned`\n")}) {
    const Finished done = script("messagehandler.sh", {name, arguments});
    EXPECT_EQ(done.status, 1);
    EXPECT_EQ(done.err, reason);
  }
}

TEST_F(Platform, a_message_without_a_proxy_or_a_name_fails) {
  const Finished nobody = script("messagehandler.sh", {"reload", ""});
  EXPECT_EQ(nobody.status, 3);
  EXPECT_THAT(nobody.err, HasSubstr("no proxy is running"));
  EXPECT_EQ(script("messagehandler.sh").status, 2);
}

TEST_F(Platform, ctl_tells_a_socket_it_may_not_use_from_a_proxy_that_does_not_answer) {
  const std::string path = (tree_ / "datagrams.sock").string();
  const int fd = ::socket(AF_UNIX, SOCK_DGRAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  ASSERT_LT(path.size(), sizeof address.sun_path);
  path.copy(address.sun_path, path.size());
  ASSERT_EQ(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  const Finished done = sprx({"ctl", "--control", path, "status"});
  ::close(fd);
  EXPECT_EQ(done.status, 2);
  EXPECT_EQ(done.err, "sprx: cannot connect to the proxy: " + path + ": Protocol wrong type for socket\n");
}

TEST_F(Platform, ctl_shows_status_and_metrics) {
  start();
  const Finished status = sprx({"ctl", "--control", control(), "status"});
  EXPECT_EQ(status.status, 0);
  EXPECT_NE(status.out, "");
  const Finished metrics = sprx({"ctl", "--control", control(), "metrics"});
  EXPECT_THAT(metrics.out, HasSubstr("# TYPE sprx_"));
}

TEST_F(Platform, standard_output_that_nobody_reads_stops_neither_traffic_nor_reloads_nor_the_end) {
  configure(kFirst);
  std::vector<std::string> command = proxy_command();
  command.insert(command.end(), {"--log", "stdout"});
  command.insert(command.begin(), {"/bin/sh", "-c", "mkfifo \"$0/pipe\" && exec 3<>\"$0/pipe\" && exec \"$@\" >&3",
                                   tree_.path().string()});
  proxy_ = std::make_unique<Running>(command, tree_.path());
  ASSERT_TRUE(proxy_->says("listening on port ")) << proxy_->err();
  const std::string said = proxy_->err();
  port_ = static_cast<std::uint16_t>(std::stoi(said.substr(said.find("port ") + 5)));
  // More lines than the pipe holds.
  for (int i = 0; i < 400; ++i) ASSERT_THAT(get(port_, "/some"), HasSubstr("200 OK"));
  configure(kSecond);
  expect_silent_success(script("update.sh"));
  EXPECT_TRUE(proxy_->says("info: reloaded, table "));
  EXPECT_EQ(location(), "/second");
  EXPECT_EQ(sprx({"ctl", "--control", control(), "reopen-logs"}).status, 0);
  EXPECT_EQ(proxy_->end(SIGTERM), 0);
  EXPECT_THAT(proxy_->err(),
              HasSubstr("the access log cannot be written, lines are lost: Resource temporarily unavailable\n"));
  EXPECT_FALSE(fs::exists(tree_ / "var/log/sprx"));
}

TEST_F(Platform, ctl_drain_ends_the_proxy) {
  start();
  EXPECT_EQ(sprx({"ctl", "--control", control(), "health"}).out, "ok\n");
  EXPECT_EQ(sprx({"ctl", "--control", control(), "drain"}).status, 0);
  EXPECT_EQ(proxy_->wait_for_end(), 0);
}

TEST(Staged, holds_what_the_image_needs) {
  const fs::path stage = SPRX_STAGE;
  for (const char* file : {"usr/bin/sprx", "opt/section/validate.sh", "opt/section/update.sh",
                           "opt/section/logrotate.sh", "opt/section/messagehandler.sh", "etc/logrotate.d/sprx",
                           "usr/share/man/man1/sprx.1", "usr/share/bash-completion/completions/sprx"}) {
    EXPECT_TRUE(fs::is_regular_file(stage / file)) << file;
  }
  for (const char* program : {"usr/bin/sprx", "opt/section/validate.sh", "opt/section/update.sh"}) {
    EXPECT_NE(fs::status(stage / program).permissions() & fs::perms::others_exec, fs::perms::none) << program;
  }
}

}  // namespace
}  // namespace sprx::test
