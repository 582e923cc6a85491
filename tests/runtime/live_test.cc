// Flags, dynamic lists and limits on live traffic: messages over the control socket, several workers, restarts.
#include <atomic>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <vector>

#include "tests/runtime/proxy_fixture.h"
#include "tests/runtime/sockets.h"

namespace sprx {
namespace {

using testing::HasSubstr;

constexpr std::int64_t kNow = 1'750'000'000'000'000;

/// The status of one request on an open connection; its body is read away.
std::string ask(Peer& client, const std::string& path = "/", const std::string& ip = "198.51.100.1") {
  if (!client.send("GET " + path + " HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: " + ip + "\r\n\r\n")) return "gone";
  const std::string head = client.receive_until("\r\n\r\n");
  const std::size_t length = head.find("Content-Length: ");
  if (length != std::string::npos) client.receive(std::stoul(head.substr(length + 16)));
  return head.substr(9, 3);
}

std::string tell(const std::string& socket, const std::string& target, const std::string& body) {
  Peer peer = connect_unix(socket);
  if (!peer.open()) return "no connection";
  peer.send("POST " + target + " HTTP/1.1\r\nHost: sprx\r\nContent-Length: " + std::to_string(body.size()) +
            "\r\n\r\n" + body);
  const std::string answer = peer.receive_all();
  const std::size_t end = answer.find("\r\n\r\n");
  return end == std::string::npos ? answer : answer.substr(9, 4) + answer.substr(end + 4);
}

std::string get(const std::string& socket, const std::string& target) {
  Peer peer = connect_unix(socket);
  if (!peer.open()) return "no connection";
  peer.send("GET " + target + " HTTP/1.1\r\nHost: sprx\r\nAccept: text/plain\r\n\r\n");
  return peer.receive_all();
}

const std::string kRules = R"(
flag maintenance = off;
dynamic list banned: ip { ttl 1h; max 100; }
limit api { key client.ip; rate 2/s; burst 3; }
rule closed { when maintenance; respond 503; }
rule blocked { when client.ip in banned; deny; }
rule trap { when path == "/trap"; ban banned client.ip for 10m; respond 404; }
rule trial { dry_run; when path == "/trial"; drop; }
rule throttle { when path under "/api"; over api; deny 429; }
rule rest { respond 200; }
)";

/// Options of a proxy whose clock the test turns and whose state is kept in `folder`.
std::function<void(ServerOptions&)> with(std::atomic<std::int64_t>& now, const std::string& state_dir = "",
                                         unsigned workers = 1) {
  return [&now, state_dir, workers](ServerOptions& options) {
    options.clock_us = [&now] { return now.load(); };
    options.state_dir = state_dir;
    options.workers = workers;
  };
}

TEST(Live, AFlagTurnsOnAllWorkersBeforeTheMessageReturns) {
  std::atomic<std::int64_t> now{kNow};
  ProxyFixture proxy(1, kRules, with(now, "", 3));
  std::vector<Peer> clients;
  for (int i = 0; i < 24; ++i) clients.push_back(connect_to(proxy.port()));
  for (int round = 0; round < 6; ++round) {
    const bool on = round % 2 == 0;
    EXPECT_EQ(tell(proxy.control(), "/message/flag", on ? "maintenance=on" : "maintenance=off"),
              on ? "200 flag maintenance is on\n" : "200 flag maintenance is off\n");
    for (Peer& client : clients) ASSERT_EQ(ask(client), on ? "503" : "200");
  }
}

TEST(Live, ABanOfARuleHoldsForTheNextRequestOfAnyWorkerAndEnds) {
  std::atomic<std::int64_t> now{kNow};
  ProxyFixture proxy(1, kRules, with(now, "", 3));
  std::vector<Peer> clients;
  for (int i = 0; i < 12; ++i) clients.push_back(connect_to(proxy.port()));
  EXPECT_EQ(ask(clients[0], "/trap"), "404") << "the message that bans is answered by its own rules";
  for (Peer& client : clients) {
    EXPECT_EQ(ask(client), "403");
    EXPECT_EQ(ask(client, "/", "198.51.100.2"), "200");
  }
  EXPECT_EQ(tell(proxy.control(), "/message/unban", "banned 198.51.100.1"), "200 unban banned 198.51.100.1\n");
  EXPECT_EQ(ask(clients[5]), "200");
  EXPECT_EQ(ask(clients[1], "/trap"), "404");
  now += 599'000'000;
  EXPECT_EQ(ask(clients[2]), "403");
  now += 1'000'000;
  EXPECT_EQ(ask(clients[3]), "200");
}

TEST(Live, ALimitHoldsOverAllWorkers) {
  std::atomic<std::int64_t> now{kNow};
  ProxyFixture proxy(1, kRules, with(now, "", 3));
  std::vector<Peer> clients;
  for (int i = 0; i < 12; ++i) clients.push_back(connect_to(proxy.port()));
  const auto passed = [&] {
    int count = 0;
    for (Peer& client : clients) count += ask(client, "/api/x") == "200" ? 1 : 0;
    return count;
  };
  EXPECT_EQ(passed(), 3);
  EXPECT_EQ(passed(), 0);
  now += 1'000'000;
  EXPECT_EQ(passed(), 2);
  EXPECT_EQ(ask(clients[0], "/api/x", "198.51.100.7"), "200");
  EXPECT_EQ(ask(clients[0], "/other"), "200") << "a rule that is not reached does not charge";
  const std::string metrics = get(proxy.control(), "/metrics");
  EXPECT_THAT(metrics, HasSubstr("\nsprx_limit_checks_total 37\n"));
  EXPECT_THAT(metrics, HasSubstr("\nsprx_limit_rejections_total 31\n"));
  EXPECT_THAT(metrics, HasSubstr("\nsprx_limit_rejected_total{limit=\"api\"} 31\n"));
}

TEST(Live, StatusShowsWhatIsHeld) {
  std::atomic<std::int64_t> now{kNow};
  ProxyFixture proxy(1, kRules, with(now));
  Peer client = connect_to(proxy.port());
  tell(proxy.control(), "/message/flag", "maintenance=on");
  tell(proxy.control(), "/message/ban", "banned 10.0.0.1");
  tell(proxy.control(), "/message/flag", "maintenance=off");
  for (int i = 0; i < 4; ++i) ask(client, "/api");
  const std::string status = get(proxy.control(), "/status");
  EXPECT_THAT(status, HasSubstr("\nflag maintenance is off (by message)\nlist banned holds 1 of 100 keys, 0 dropped\n"
                                "limit api counts 1 keys, 1 rejected, 0 evicted\n"));
}

TEST(Live, MessagesThatCannotBeCarriedOutAreRefused) {
  std::atomic<std::int64_t> now{kNow};
  ProxyFixture proxy(1, kRules, with(now));
  const std::string socket = proxy.control();
  EXPECT_EQ(tell(socket, "/message/flag", "other=on"),
            "404 flag `other`: the configuration declares no flag of this name\n");
  EXPECT_EQ(tell(socket, "/message/ban", "banned nobody 1m"),
            "400 ban `nobody` in `banned`: the key is no IP address\n");
  EXPECT_EQ(tell(socket, "/message/explode", ""),
            "404 there is no message `explode`; there are flag ban unban reload reopen-logs\n");
}

TEST(Live, ARuleOnTrialIsLoggedAndDoesNothing) {
  std::atomic<std::int64_t> now{kNow};
  ProxyFixture proxy(1, kRules, with(now));
  Peer client = connect_to(proxy.port());
  EXPECT_EQ(ask(client, "/trial"), "200");
  EXPECT_EQ(ask(client, "/"), "200");
  EXPECT_THAT(get(proxy.control(), "/metrics"), HasSubstr("\nsprx_dry_run_matches_total 1\n"));
  client.close();
  proxy.finish();
  const std::vector<std::string> lines = proxy.log_lines();
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_THAT(lines[0], HasSubstr(R"("rules":["rest"],"would":["trial"],"source":"rest")"));
  EXPECT_THAT(lines[1], HasSubstr(R"("rules":["rest"],"would":[],"source":"rest")"));
}

TEST(Live, AMessageThatIsNotKeptSaysSo) {
  std::atomic<std::int64_t> now{kNow};
  const TempFolder kept;
  const std::string state = (kept.path() / "a-file").string();
  std::ofstream(state) << "no folder";
  ProxyFixture proxy(1, kRules, with(now, state));
  EXPECT_THAT(tell(proxy.control(), "/message/flag", "maintenance=on"),
              testing::StartsWith("507 in force, but lost at the next start: flag maintenance is on: cannot write " +
                                  state + "/state"));
  Peer client = connect_to(proxy.port());
  EXPECT_EQ(ask(client), "503");
}

TEST(Live, FlagsAndListsOutliveTheProcessAndAReload) {
  std::atomic<std::int64_t> now{kNow};
  const TempFolder kept;
  const std::string state = (kept.path() / "state-dir").string();
  {
    ProxyFixture proxy(1, kRules, with(now, state));
    Peer client = connect_to(proxy.port());
    tell(proxy.control(), "/message/ban", "banned 10.0.0.1 30m");
    tell(proxy.control(), "/message/flag", "maintenance=on");
    EXPECT_TRUE(std::filesystem::exists(state + "/state")) << "what a message did is on the disk when it returns";
    proxy.server().publish(table_of("rule first { when path == \"/first\"; respond 204; }\n" + kRules));
    EXPECT_EQ(ask(client, "/first"), "204");
    EXPECT_EQ(ask(client), "503");
    tell(proxy.control(), "/message/flag", "maintenance=off");
    EXPECT_EQ(ask(client, "/", "10.0.0.1"), "403");
    EXPECT_EQ(ask(client, "/trap", "10.0.0.2"), "404");
    client.close();
    proxy.finish();
  }
  now += 60'000'000;
  ProxyFixture proxy(1, kRules, with(now, state));
  Peer client = connect_to(proxy.port());
  EXPECT_EQ(ask(client), "200");
  EXPECT_EQ(ask(client, "/", "10.0.0.1"), "403");
  EXPECT_EQ(ask(client, "/", "10.0.0.2"), "403") << "bans of rules are kept too";
  now += 9 * 60'000'000;
  EXPECT_EQ(ask(client, "/", "10.0.0.2"), "200");
}

TEST(Live, ATornStateFileIsSaidOnceAndStopsNothing) {
  std::atomic<std::int64_t> now{kNow};
  const TempFolder kept;
  const std::string state = kept.path().string();
  std::ofstream(state + "/state") << "sprx-state 1\nflag maintenance on\n";
  ProxyFixture proxy(1, kRules, with(now, state));
  Peer client = connect_to(proxy.port());
  EXPECT_EQ(ask(client), "200");
  EXPECT_EQ(tell(proxy.control(), "/message/flag", "maintenance=on"), "200 flag maintenance is on\n");
  EXPECT_EQ(ask(client), "503");
  client.close();
  proxy.finish();
  const std::vector<std::string> lines = lines_of(proxy.log_dir() / "error.log");
  int said = 0;
  for (const std::string& line : lines)
    said += line.find("flags and dynamic lists begin as declared") != std::string::npos ? 1 : 0;
  EXPECT_EQ(said, 1);
  ProxyFixture again(1, kRules, with(now, state));
  Peer second = connect_to(again.port());
  EXPECT_EQ(ask(second), "503") << "the next change replaced the torn file";
}

TEST(Live, AStateDirectoryThatCannotBeWrittenIsSaidOnceAndStopsNothing) {
  std::atomic<std::int64_t> now{kNow};
  const TempFolder kept;
  const std::string file = (kept.path() / "file").string();
  std::ofstream(file) << "not a directory";
  ProxyFixture proxy(1, kRules, with(now, file));
  Peer client = connect_to(proxy.port());
  for (const char* value : {"on", "off", "on"}) {
    EXPECT_THAT(tell(proxy.control(), "/message/flag", std::string("maintenance=") + value),
                testing::StartsWith("507 in force, but lost at the next start: "));
  }
  EXPECT_EQ(ask(client), "503");
  client.close();
  proxy.finish();
  int said = 0;
  for (const std::string& line : lines_of(proxy.log_dir() / "error.log")) {
    said += line.find("flags and dynamic lists are not kept for the next start") != std::string::npos ? 1 : 0;
  }
  EXPECT_EQ(said, 1);
}

}  // namespace
}  // namespace sprx
