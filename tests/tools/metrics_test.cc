// What is told to monitoring: the metrics by the Prometheus project's own checker, and `sprx ctl top` and `status`.
#include <chrono>
#include <csignal>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/paths.h"
#include "tests/tools/program.h"

namespace sprx::test {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

/// A proxy in front of the demo's origin with a rule of every kind that metrics tell of.
class Monitored : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_.write("rules/main.sprx",
                  "flag maintenance = off;\ndynamic list banned: ip { ttl 1h; }\n"
                  "limit api { key client.ip; rate 1000/s; }\nredirects legacy from \"legacy.tsv\" { status 301; }\n"
                  "rule down { when maintenance; respond 503; }\nrule listed { when client.ip in banned; deny; }\n"
                  "rule api { when path under \"/api\"; over api; deny 429; }\n"
                  "rule trial { when path == \"/trial\"; dry_run; deny; }\n");
    folder_.write("rules/legacy.tsv", "/old\t/new\n/older\t/newer\n");
    proxy_ = std::make_unique<Running>(
        std::vector<std::string>{SPRX_PROGRAM, "run", "--demo", "--config", (folder_ / "rules").string(), "--control",
                                 control(), "--metrics", "127.0.0.1:0"},
        folder_.path());
    ASSERT_TRUE(proxy_->says("metrics on port ")) << proxy_->err();
    port_ = number_after("listening on port ");
    metrics_port_ = number_after("metrics on port ");
  }
  std::uint16_t number_after(std::string_view text) {
    const std::string said = proxy_->err();
    return static_cast<std::uint16_t>(std::stoi(said.substr(said.find(text) + text.size())));
  }
  std::string control() { return (folder_ / "control.sock").string(); }
  Finished ctl(std::vector<std::string> words) {
    words.insert(words.begin(), {"ctl", "--control", control()});
    return sprx(std::move(words));
  }

  Folder folder_;
  std::unique_ptr<Running> proxy_;
  std::uint16_t port_ = 0;
  std::uint16_t metrics_port_ = 0;
};

TEST_F(Monitored, metrics_pass_the_checker_of_prometheus) {
  if (run({"/usr/bin/env", "promtool", "--version"}).status != 0) {
    GTEST_SKIP() << "skipped: no promtool on this machine; it is in Debian's package prometheus";
  }
  for (const char* path : {"/old", "/trial", "/api/x", "/"}) EXPECT_NE(get(port_, path), "");
  const std::string answer = get(metrics_port_, "/metrics");
  const std::string text = answer.substr(answer.find("\r\n\r\n") + 4);
  ASSERT_THAT(text, HasSubstr("sprx_rule_matches_total{rule=\"legacy\"} 1\n"));
  const Finished checked = run({"/usr/bin/env", "promtool", "check", "metrics"}, text);
  EXPECT_EQ(checked.status, 0);
  EXPECT_EQ(checked.out + checked.err, "");
  // A checker that would say nothing of anything proves nothing.
  EXPECT_NE(run({"/usr/bin/env", "promtool", "check", "metrics"}, "# TYPE a_total gauge\na_total 1\n").status, 0);
}

TEST_F(Monitored, top_prints_a_plain_table_where_there_is_no_terminal) {
  for (int i = 0; i < 3; ++i) EXPECT_THAT(get(port_, "/older"), HasSubstr("301"));
  EXPECT_NE(get(port_, "/trial"), "");
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"top", "--interval", "0.01"}, {"top", "--once", "--interval", "0.01"}}) {
    const Finished done = ctl(words);
    EXPECT_EQ(done.status, 0) << done.err;
    EXPECT_EQ(done.out,
              "0.0 matches/s; 2 of 5 rules have matched\n   matches/s        matches  rule\n"
              "         0.0              3  legacy\n         0.0              1  trial (dry run)\n");
  }
  EXPECT_EQ(lines_of(ctl({"top", "--interval", "0.01", "--rows", "1"}).out).size(), 3U);
}

TEST_F(Monitored, top_on_a_terminal_goes_on_until_the_proxy_ends) {
  if (run({"/usr/bin/script", "--version"}).status != 0) GTEST_SKIP() << "skipped: no script(1) on this machine";
  EXPECT_THAT(get(port_, "/old"), HasSubstr("301"));
  const Folder screen;
  const std::string command = std::string(SPRX_PROGRAM) + " ctl --control " + control() + " top --interval 0.02";
  Running top({"/usr/bin/script", "-qec", command, "/dev/null"}, screen.path());
  const std::string start = "\x1b[H\x1b[2J0.0 matches/s; 1 of 5 rules have matched\r\n";
  const auto frames = [&] {
    std::size_t count = 0;
    const std::string out = top.out();
    for (std::size_t at = out.find(start); at != std::string::npos; at = out.find(start, at + 1)) ++count;
    return count;
  };
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (frames() < 3 && std::chrono::steady_clock::now() < until) {
  }
  EXPECT_GE(frames(), 3U) << top.out();
  EXPECT_EQ(proxy_->end(SIGTERM), 0);
  EXPECT_EQ(top.wait_for_end(), 3);
  EXPECT_THAT(top.out(), HasSubstr("no proxy is running"));
}

TEST_F(Monitored, top_without_a_proxy_is_exit_status_3) {
  EXPECT_EQ(proxy_->end(SIGTERM), 0);
  const Finished done = ctl({"top"});
  EXPECT_EQ(done.status, 3);
  EXPECT_THAT(done.err, HasSubstr("no proxy is running"));
}

TEST_F(Monitored, status_is_for_people_unless_told_otherwise) {
  const std::vector<std::string> lines = lines_of(ctl({"status"}).out);
  ASSERT_GE(lines.size(), 6U);
  EXPECT_THAT(lines[0], MatchesRegex("running for [0-9]+ s, [0-9]+ workers, sprx [0-9.]+ \\(commit [0-9a-z]+\\)"));
  EXPECT_THAT(lines[1], MatchesRegex("table [0-9a-f]+ with 6 rules, in force for [0-9]+ s; 0 reloads, 0 refused"));
  folder_.write("rules/main.sprx", "rule a { when pth == \"/\"; deny; }\n");
  EXPECT_EQ(ctl({"reload"}).status, 1);
  EXPECT_THAT(ctl({"status"}).out, HasSubstr("; 0 reloads, 1 refused, the last one too: see error.log\n"));
  EXPECT_THAT(ctl({"status", "--json"}).out, HasSubstr("\"reloads_failed\":1,\"last_reload\":\"refused\","));
}

/// The names in the first column of the page's tables that begin with `prefix`.
std::vector<std::string> explained(const std::string& prefix) {
  std::vector<std::string> out;
  for (const std::string& line : lines_of(read_file(sprx::testing::source_tree("/docs/monitoring.md")))) {
    const std::string start = "| `" + prefix;
    if (line.starts_with(start)) out.push_back(line.substr(3, line.find('`', 3) - 3));
  }
  return out;
}

TEST(Alerts, are_right_tested_and_explained_each) {
  const std::string folder = sprx::testing::source_tree("/oci/prometheus");
  std::vector<std::string> names;
  for (const std::string& line : lines_of(read_file(folder + "/alerts.yml"))) {
    constexpr std::string_view kAlert = "      - alert: ";
    if (line.starts_with(kAlert)) names.push_back(line.substr(kAlert.size()));
  }
  EXPECT_EQ(names, explained("Sprx"));
  const std::string tests = read_file(folder + "/alerts_test.yml");
  for (const std::string& name : names) {
    EXPECT_THAT(tests, HasSubstr("alertname: " + name + ", exp_alerts: [{")) << "no test in which it fires";
  }
  if (run({"/usr/bin/env", "promtool", "--version"}).status != 0) {
    GTEST_SKIP() << "skipped: no promtool on this machine; it is in Debian's package prometheus";
  }
  const Finished checked = run({"/usr/bin/env", "promtool", "check", "rules", folder + "/alerts.yml"});
  EXPECT_EQ(checked.status, 0) << checked.out << checked.err;
  const Finished tested = run({"/usr/bin/env", "promtool", "test", "rules", folder + "/alerts_test.yml"});
  EXPECT_EQ(tested.status, 0) << tested.out << tested.err;
}

TEST(Metrics, a_port_that_is_taken_stops_the_start) {
  const Folder folder;
  folder.write("rules/main.sprx", "");
  const auto command = [&](const std::string& metrics, const std::string& name) {
    return std::vector<std::string>{
        SPRX_PROGRAM, "run",  "--demo", "--config", (folder / "rules").string(), "--control", (folder / name).string(),
        "--metrics",  metrics};
  };
  Running first(command("127.0.0.1:0", "a.sock"), folder / "rules");
  ASSERT_TRUE(first.says("metrics on port "));
  const std::string said = first.err();
  const std::string place = "127.0.0.1:" + std::to_string(std::stoi(said.substr(said.find("metrics on port ") + 16)));
  const Finished second = run(command(place, "b.sock"));
  EXPECT_EQ(second.status, 1);
  EXPECT_EQ(second.err, "sprx: cannot listen on " + place + ": Address already in use\n");
}

}  // namespace
}  // namespace sprx::test
