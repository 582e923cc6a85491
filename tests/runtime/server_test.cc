// The server as a whole: reload, drain, the control socket, logs, limits on connections, streaming.
#include "runtime/server.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <future>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <mutex>
#include <sys/resource.h>
#include <sys/stat.h>
#include <thread>

#include "runtime/limits.h"
#include "tests/runtime/proxy_fixture.h"
#include "tests/runtime/sockets.h"

namespace sprx {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

std::string rule_that_says(const std::string& word) { return "rule r { respond 200 { body \"" + word + "\"; } }\n"; }

/// One request on an open connection to a proxy whose rules answer with one letter; that letter.
std::string ask(Peer& client) {
  if (!client.send(kGet)) return "";
  const std::string head = client.receive_until("\r\n\r\n");
  return head.starts_with("HTTP/1.1 200 OK\r\n") ? client.receive(1) : head;
}

/// A whole conversation over the control socket: status line and body.
std::string control(const std::string& path, const std::string& method, const std::string& target,
                    const std::string& body = "") {
  Peer peer = connect_unix(path);
  if (!peer.open()) return "no connection";
  peer.send(method + " " + target + " HTTP/1.1\r\nHost: sprx\r\nContent-Length: " + std::to_string(body.size()) +
            "\r\n\r\n" + body);
  const std::string answer = peer.receive_all();
  const std::size_t end = answer.find("\r\n\r\n");
  if (end == std::string::npos) return answer;
  return answer.substr(0, answer.find("\r\n")) + "|" + answer.substr(end + 4);
}

TEST(Reload, TakesEffectForTheNextRequestOfAnOpenConnection) {
  std::atomic<int> loads{0};
  ProxyFixture proxy(1, rule_that_says("a"), [&](ServerOptions& options) {
    options.load = [&loads]() -> LoadResult {
      if (++loads == 1) return {nullptr, "main.sprx:1: it is wrong\n"};
      return {table_of(rule_that_says("b")), ""};
    };
  });
  Peer client = connect_to(proxy.port());
  EXPECT_EQ(ask(client), "a");
  EXPECT_EQ(control(proxy.control(), "POST", "/reload"),
            "HTTP/1.1 422 Unprocessable Content|main.sprx:1: it is wrong\n");
  EXPECT_EQ(ask(client), "a");
  EXPECT_THAT(control(proxy.control(), "POST", "/reload"), StartsWith("HTTP/1.1 200 OK|table "));
  EXPECT_EQ(ask(client), "b");
}

TEST(Reload, LeavesARequestTheTableThatItBeganWith) {
  Listener origin;
  ProxyFixture proxy(origin.port(), "response rule r { set response.header[\"X-Table\"] = \"old\"; }\n");
  Peer client = connect_to(proxy.port());
  client.send(kGet);
  Peer upstream = origin.accept();
  upstream.receive_until("\r\n\r\n");
  proxy.server().publish(table_of("response rule r { set response.header[\"X-Table\"] = \"new\"; }\n"));
  upstream.send("HTTP/1.1 204 No Content\r\n\r\n");
  EXPECT_THAT(client.receive_until("\r\n\r\n"), HasSubstr("X-Table: old\r\n"));
  client.send(kGet);
  upstream.receive_until("\r\n\r\n");
  upstream.send("HTTP/1.1 204 No Content\r\n\r\n");
  EXPECT_THAT(client.receive_until("\r\n\r\n"), HasSubstr("X-Table: new\r\n"));
}

// Whoever began a request before it, and takes his time, gets the new rules as well.
TEST(Reload, DecidesARequestWhoseHeadWasNotWhole) {
  ProxyFixture proxy(1, rule_that_says("a"));
  Peer client = connect_to(proxy.port());
  EXPECT_EQ(ask(client), "a");
  client.send(kGet.substr(0, 9));
  Peer other = connect_to(proxy.port());
  EXPECT_EQ(ask(other), "a");  // by now the bytes before it have been read
  proxy.server().publish(table_of(rule_that_says("b")));
  client.send(kGet.substr(9));
  EXPECT_THAT(client.receive_until("\r\n\r\n"), StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_EQ(client.receive(1), "b");
}

TEST(Reload, IsSeenByEveryWorkerWhenPublishReturns) {
  ProxyFixture proxy(1, rule_that_says("0"), [](ServerOptions& options) { options.workers = 3; });
  std::vector<Peer> clients;
  for (int i = 0; i < 24; ++i) clients.push_back(connect_to(proxy.port()));
  for (int round = 1; round < 8; ++round) {
    proxy.server().publish(table_of(rule_that_says(std::to_string(round))));
    for (Peer& client : clients) ASSERT_EQ(ask(client), std::to_string(round));
  }
}

// The first table is held by nobody after the start either: the one that the proxy began with is not kept for good.
TEST(Reload, FreesTheTablesBeforeAndSaysSo) {
  std::mutex mutex;
  std::condition_variable rung;
  int freed = 0;
  ProxyFixture proxy(1, rule_that_says("a"), [&](ServerOptions& options) {
    options.load = [] { return LoadResult{table_of(rule_that_says("b")), ""}; };
    options.after_freeing = [&] {
      const std::lock_guard lock(mutex);
      ++freed;
      rung.notify_all();
    };
  });
  const auto told = [&](int times) {
    std::unique_lock lock(mutex);
    return rung.wait_for(lock, std::chrono::seconds(20), [&] { return freed >= times; });
  };
  ASSERT_TRUE(told(1)) << "once after the start";
  Peer client = connect_to(proxy.port());
  EXPECT_EQ(ask(client), "a");
  for (int reload = 1; reload <= 2; ++reload) {
    EXPECT_THAT(control(proxy.control(), "POST", "/reload"), StartsWith("HTTP/1.1 200 OK|table "));
    EXPECT_EQ(ask(client), "b");
    ASSERT_TRUE(told(1 + reload)) << "after reload " << reload;
  }
}

TEST(Reload, CompilesWhereRequestsGoFirst) {
  const int ours = getpriority(PRIO_PROCESS, 0);
  std::atomic<int> theirs{ours};
  ProxyFixture proxy(1, rule_that_says("a"), [&](ServerOptions& options) {
    options.load = [&] {
      theirs = getpriority(PRIO_PROCESS, 0);
      return LoadResult{table_of(rule_that_says("b")), ""};
    };
  });
  EXPECT_THAT(control(proxy.control(), "POST", "/reload"), StartsWith("HTTP/1.1 200 OK|table "));
  EXPECT_EQ(theirs, std::min(ours + 10, 19));
  EXPECT_EQ(getpriority(PRIO_PROCESS, 0), ours);
}

TEST(Drain, FinishesWhatIsInFlightAndSaysClose) {
  Listener origin;
  ProxyFixture proxy(origin.port());
  Peer busy = connect_to(proxy.port());
  busy.send(kGet);
  Peer upstream = origin.accept();
  upstream.receive_until("\r\n\r\n");
  EXPECT_EQ(control(proxy.control(), "POST", "/drain"), "HTTP/1.1 202 Accepted|draining\n");
  std::future<void> ended = std::async(std::launch::async, [&] { proxy.finish(); });
  // Nobody listens any more once the port refuses.
  while (connect_to(proxy.port()).open()) {
  }
  upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  const std::string answer = busy.receive_all();
  EXPECT_THAT(answer, HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_TRUE(answer.ends_with("\r\n\r\nok"));
  busy.close();
  ended.get();
  EXPECT_EQ(proxy.log_lines().size(), 1U);
}

TEST(Drain, ReloadsNoMore) {
  Listener origin;
  ProxyFixture proxy(origin.port(), "", [](ServerOptions& options) {
    options.load = []() -> LoadResult { return {table_of(""), ""}; };
  });
  Peer busy = connect_to(proxy.port());
  busy.send(kGet);
  Peer upstream = origin.accept();
  upstream.receive_until("\r\n\r\n");
  proxy.server().drain();
  // What `sprx ctl --if-running reload` takes for a proxy that does not run: the next one reads what is there.
  EXPECT_EQ(control(proxy.control(), "POST", "/reload"),
            "HTTP/1.1 503 Service Unavailable|the proxy is shutting down\n");
  upstream.send("HTTP/1.1 204 No Content\r\n\r\n");
}

TEST(Drain, ServesAConnectionThatWasQueuedBefore) {
  ProxyFixture proxy(1, rule_that_says("q"));
  Peer queued = connect_to(proxy.port());
  queued.send(kGet);
  proxy.server().drain();
  EXPECT_EQ(queued.receive_until("\r\n\r\n").substr(0, 15), "HTTP/1.1 200 OK");
  queued.close();
  proxy.finish();
}

TEST(Drain, IsBoundedByItsTimeout) {
  Listener origin;
  ProxyFixture proxy(origin.port(), "settings { drain_timeout 50ms; upstream { response_timeout 40s; } }\n");
  Peer client = connect_to(proxy.port());
  client.send(kGet);
  Peer upstream = origin.accept();
  upstream.receive_until("\r\n\r\n");
  proxy.finish();
  const std::string answer = client.receive_all();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 503 Service Unavailable\r\n"));
  EXPECT_TRUE(answer.ends_with("\r\nConnection: close\r\n\r\nThe proxy is shutting down.\n")) << answer;
  ASSERT_EQ(proxy.log_lines().size(), 1U);
  EXPECT_THAT(proxy.log_lines()[0], HasSubstr("\"error\":\"draining\""));
}

TEST(Control, AnswersStatusAndMetrics) {
  ProxyFixture proxy(1, rule_that_says("a"));
  Peer client = connect_to(proxy.port());
  ask(client);
  const std::string status = control(proxy.control(), "GET", "/status");
  EXPECT_THAT(status, StartsWith("HTTP/1.1 200 OK|{\"state\":\"running\",\"table\":\""));
  EXPECT_THAT(status, HasSubstr("\"connections_open\":1"));
  EXPECT_THAT(control(proxy.control(), "GET", "/metrics"),
              HasSubstr("# HELP sprx_client_connections Client connections open.\n# TYPE sprx_client_connections "
                        "gauge\nsprx_client_connections 1\n"));
}

TEST(Control, RefusesWhatItDoesNotKnow) {
  ProxyFixture proxy(1);
  EXPECT_EQ(control(proxy.control(), "POST", "/message/flog", "a=on"),
            "HTTP/1.1 404 Not Found|there is no message `flog`; there are flag ban unban reload reopen-logs\n");
  EXPECT_EQ(control(proxy.control(), "GET", "/reload"), "HTTP/1.1 405 Method Not Allowed|use POST\n");
  EXPECT_EQ(control(proxy.control(), "POST", "/reload"), "HTTP/1.1 409 Conflict|this proxy cannot reload\n");
  EXPECT_THAT(control(proxy.control(), "GET", "/x"), StartsWith("HTTP/1.1 404 Not Found|"));
}

TEST(Control, ConversationsPastTheirNumberWait) {
  ProxyFixture proxy(1);
  std::vector<Peer> talkers;
  for (std::size_t i = 0; i < kControlConversations; ++i) {
    talkers.push_back(connect_unix(proxy.control()));
    talkers.back().send("GET /status");
  }
  Peer last = connect_unix(proxy.control());
  last.send("GET /status HTTP/1.1\r\nHost: sprx\r\n\r\n");
  // The first sixteen are in conversation once one of them can be ended and the last one is answered.
  talkers.front().send(" HTTP/1.1\r\nHost: sprx\r\n\r\n");
  EXPECT_THAT(talkers.front().receive_all(), StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(last.receive_all(), StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST(Control, ASecondProxyIsRefusedAndAStaleSocketReplaced) {
  const TempFolder folder;
  const std::string path = (folder.path() / "c.sock").string();
  const auto options = [&] {
    ServerOptions out;
    out.listen_address = "127.0.0.1";
    out.listen_port = 0;
    out.workers = 1;
    out.log_dir = (folder.path() / "log").string();
    out.state_dir = "";
    out.control_path = path;
    out.handle_signals = false;
    return out;
  };
  std::ofstream(folder.path() / "c.sock") << "stale";
  Server first(options());
  ASSERT_EQ(first.bind(), std::nullopt);
  struct stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_TRUE(S_ISSOCK(status.st_mode));
  EXPECT_EQ(status.st_mode & 0777U, 0660U);
  Server second(options());
  EXPECT_THAT(second.bind().value_or(""), HasSubstr("another sprx is running"));
}

TEST(Logs, GoToTheNewFileOnceReopenHasAnswered) {
  ProxyFixture proxy(1, rule_that_says("a"));
  const auto log = proxy.log_dir() / "access.log";
  Peer client = connect_to(proxy.port());
  ask(client);
  std::filesystem::rename(log, proxy.log_dir() / "access.log.1");
  EXPECT_EQ(control(proxy.control(), "POST", "/reopen-logs"), "HTTP/1.1 200 OK|logs reopened\n");
  EXPECT_TRUE(std::filesystem::exists(log));
  ask(client);
  client.close();
  proxy.finish();
  EXPECT_EQ(lines_of(log).size() + lines_of(proxy.log_dir() / "access.log.1").size(), 2U);
  EXPECT_GE(lines_of(log).size(), 1U);
}

TEST(Logs, ThatCannotBeWrittenDoNotStopTraffic) {
  const TempFolder folder;
  std::filesystem::create_symlink("/dev/full", folder.path() / "access.log");
  ProxyFixture proxy(1, rule_that_says("a"), [&](ServerOptions& options) { options.log_dir = folder.path().string(); });
  Peer client = connect_to(proxy.port());
  for (int i = 0; i < 5; ++i) EXPECT_EQ(ask(client), "a");
  client.close();
  proxy.finish();
  const auto said = lines_of(folder.path() / "error.log");
  ASSERT_EQ(said.size(), 1U);
  EXPECT_THAT(said[0], HasSubstr("the access log cannot be written, lines are lost: No space left on device"));
}

TEST(Logs, WhoseFolderCannotBeMadeDoNotStopTrafficEither) {
  const TempFolder folder;
  std::ofstream(folder.path() / "file") << "not a folder";
  ProxyFixture proxy(1, rule_that_says("a"), [&](ServerOptions& options) {
    options.log_dir = (folder.path() / "file" / "log").string();
    options.state_dir = (folder.path() / "file" / "state").string();
  });
  Peer client = connect_to(proxy.port());
  EXPECT_EQ(ask(client), "a");
  const auto lost = [&] {
    return control(proxy.control(), "GET", "/status").find("\"log_lines_lost\":1,") != std::string::npos;
  };
  while (!lost()) {
  }
  EXPECT_EQ(ask(client), "a");
}

TEST(Limits, ConnectionsPastTheirNumberGet503) {
  ProxyFixture proxy(1, "settings { limits { connections 1; } }\n" + rule_that_says("a"));
  Peer first = connect_to(proxy.port());
  EXPECT_EQ(ask(first), "a");
  Peer second = connect_to(proxy.port());
  second.send(kGet);
  EXPECT_THAT(second.receive_all(), StartsWith("HTTP/1.1 503 Service Unavailable\r\n"));
  second.close();
  EXPECT_EQ(ask(first), "a");
}

TEST(Limits, ConnectionsOfOnePeerPastTheirNumberGet503) {
  ProxyFixture proxy(1, "settings { limits { connections_per_peer 2; } }\n" + rule_that_says("a"));
  Peer first = connect_to(proxy.port());
  Peer second = connect_to(proxy.port());
  EXPECT_EQ(ask(first), "a");
  EXPECT_EQ(ask(second), "a");
  Peer third = connect_to(proxy.port());
  third.send(kGet);
  EXPECT_THAT(third.receive_all(), StartsWith("HTTP/1.1 503 Service Unavailable\r\n"));
}

TEST(Limits, RequestsPastTheMemoryForBuffersGet503AndAreServedAgainLater) {
  const std::string rules =
      "settings { limits { buffer_memory 128KiB; } }\nrule r { when path == \"/rule\"; respond 200 { body \"a\"; } }\n";
  ProxyFixture proxy(1, rules);
  const auto status = [](Peer& client) {
    client.send("GET /rule HTTP/1.1\r\nHost: a\r\n\r\n");
    return client.receive_until("\r\n\r\n").substr(9, 3);
  };
  // Each connection that waits for its next request holds a block of 4 KiB.
  std::vector<Peer> clients;
  std::string last = "200";
  while (last == "200" && clients.size() < 64) {
    clients.push_back(connect_to(proxy.port()));
    last = status(clients.back());
  }
  EXPECT_EQ(last, "503");
  EXPECT_EQ(clients.size(), 128U / 4 + 1);
  clients.clear();
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  do {
    Peer client = connect_to(proxy.port());
    last = status(client);
  } while (last != "200" && std::chrono::steady_clock::now() < until);
  EXPECT_EQ(last, "200");
  proxy.finish();
  std::size_t refused = 0;
  for (const std::string& line : proxy.log_lines())
    refused += line.find("\"error\":\"buffer_limit\"") != std::string::npos;
  EXPECT_GE(refused, 1U);
}

TEST(Limits, WithoutDescriptorsClientsAreShedAndServedAgainAfterwards) {
  ProxyFixture proxy(1, rule_that_says("a"));
  Peer first = connect_to(proxy.port());
  EXPECT_EQ(ask(first), "a");
  Peer crowd = connect_to(proxy.port());
  EXPECT_EQ(ask(crowd), "a");
  // The client's own descriptor is made before the limit is lowered to what is in use now.
  const int highest = ::dup(0);
  ::close(highest);
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  const rlimit low{static_cast<rlim_t>(highest) + 1, before.rlim_max};
  ::setrlimit(RLIMIT_NOFILE, &low);
  Peer turned_away = connect_to(proxy.port());  // takes the last one
  turned_away.send(kGet);
  bool reset = false;
  const std::string answer = turned_away.receive_all(&reset);
  ::setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_EQ(answer, "");
  EXPECT_EQ(ask(first), "a");
  Peer later = connect_to(proxy.port());
  EXPECT_EQ(ask(later), "a");
}

TEST(Streaming, ASlowReaderSlowsTheSenderAndEveryByteArrives) {
  Listener origin;
  ProxyFixture proxy(origin.port());
  constexpr std::size_t kSize = 64 * 1024 * 1024;
  Peer client = connect_to(proxy.port());
  client.send(kGet);
  Peer upstream = origin.accept();
  upstream.receive_until("\r\n\r\n");
  std::atomic<std::size_t> sent{0};
  std::thread sender([&] {
    upstream.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(kSize) + "\r\n\r\n");
    const std::string block(64 * 1024, 'x');
    while (sent < kSize && upstream.send(block)) sent += block.size();
  });
  client.receive_until("\r\n\r\n");
  // Nothing is read for now: the sender gets stuck long before the end, whatever the kernel's buffers hold.
  std::size_t last = SIZE_MAX;
  for (int still = 0; still < 20;) {
    const std::size_t now = sent;
    still = now == last ? still + 1 : 0;
    last = now;
    control(proxy.control(), "GET", "/status");  // gives the proxy's thread its turn
  }
  EXPECT_LT(last, kSize);
  EXPECT_THAT(control(proxy.control(), "GET", "/status"), HasSubstr("\"requests_in_flight\":1"));
  std::size_t received = 0;
  while (received < kSize) {
    const std::string piece = client.receive(std::min<std::size_t>(1024 * 1024, kSize - received));
    if (piece.empty()) break;
    received += piece.size();
  }
  sender.join();
  EXPECT_EQ(received, kSize);
}

TEST(Streaming, UploadsOfBothFramingsArriveWhole) {
  Listener origin;
  ProxyFixture proxy(origin.port());
  std::string body;
  for (int i = 0; i < 300'000; ++i) body += std::to_string(i);
  for (const bool chunked : {false, true}) {
    Peer client = connect_to(proxy.port());
    std::thread sender([&] {
      if (!chunked) {
        client.send("PUT / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) +
                    "\r\n\r\n" + body);
        return;
      }
      client.send("PUT / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n");
      for (std::size_t at = 0; at < body.size(); at += 7'777) {
        const std::string piece = body.substr(at, 7'777);
        char size[16];
        std::snprintf(size, sizeof size, "%zx\r\n", piece.size());
        client.send(size + piece + "\r\n");
      }
      client.send("0\r\n\r\n");
    });
    Peer upstream = origin.accept();
    upstream.receive_until("\r\n\r\n");
    std::string got;
    if (chunked) {
      for (;;) {
        const std::size_t size = std::stoul(upstream.receive_until("\r\n"), nullptr, 16);
        got += upstream.receive(size);
        upstream.receive(2);
        if (size == 0) break;
      }
    } else {
      got = upstream.receive(body.size());
    }
    sender.join();
    EXPECT_TRUE(got == body) << "chunked: " << chunked << ", " << got.size() << " of " << body.size() << " bytes";
    upstream.send("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(client.receive_all(), StartsWith("HTTP/1.1 204 No Content\r\n"));
  }
}

TEST(NextHop, ANameThatDoesNotResolveIsA502) {
  ProxyFixture proxy(80, "", [](ServerOptions& options) { options.next_hop_host = "does-not-exist.invalid"; });
  Peer client = connect_to(proxy.port());
  client.send(kGet);
  const std::string head = client.receive_until("\r\n\r\n");
  EXPECT_THAT(head, StartsWith("HTTP/1.1 502 Bad Gateway\r\n"));
  EXPECT_THAT(head, HasSubstr("Proxy-Status: sprx; error=dns_error\r\n"));
}

}  // namespace
}  // namespace sprx
