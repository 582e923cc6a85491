// The metrics port: what it answers, and what a slow or hostile peer cannot do to it.
#include "runtime/metrics_listener.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/metrics.h"
#include "tests/runtime/proxy_fixture.h"
#include "tests/runtime/sockets.h"

namespace sprx {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kScrape = "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n";

/// A listener whose answer is the path, or `body`.
struct Port {
  explicit Port(ScrapeLimits limits = {}, std::string body = "") : listener(limits) {
    EXPECT_EQ(listener.bind("127.0.0.1", 0), std::nullopt);
    listener.start([body](std::string_view path) -> ControlAnswer {
      return {200, body.empty() || path == "/healthz" ? std::string(path) : body};
    });
  }
  std::string ask(std::string_view bytes) {
    Peer peer = connect_to(listener.port());
    peer.send(bytes);
    return peer.receive_all();
  }
  MetricsListener listener;
};

TEST(MetricsPort, AnswersOneRequestAndCloses) {
  Port port;
  EXPECT_EQ(port.ask(kScrape),
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nCache-Control: no-store\r\n"
            "Content-Length: 8\r\nConnection: close\r\n\r\n/metrics");
  EXPECT_THAT(port.ask("GET /healthz?x=1 HTTP/1.0\r\n\r\n"), testing::EndsWith("\r\n\r\n/healthz"));
  const std::string head = port.ask("HEAD /metrics HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(head, HasSubstr("Content-Length: 8\r\n"));
  EXPECT_THAT(head, testing::EndsWith("\r\n\r\n"));
}

TEST(MetricsPort, ByteByByteIsARequestToo) {
  Port port;
  Peer peer = connect_to(port.listener.port());
  for (const char byte : kScrape) ASSERT_TRUE(peer.send({&byte, 1}));
  EXPECT_THAT(peer.receive_all(), testing::EndsWith("\r\n\r\n/metrics"));
}

TEST(MetricsPort, RefusesWhatItCannotAnswer) {
  Port port;
  const std::string post = port.ask("POST /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");
  EXPECT_THAT(post, StartsWith("HTTP/1.1 405 Method Not Allowed\r\n"));
  EXPECT_THAT(post, HasSubstr("\r\nAllow: GET, HEAD\r\n"));
  EXPECT_THAT(port.ask(std::string("\x16\x03\x01\0\xa5", 5) + "x\r\n\r\n"), StartsWith("HTTP/1.1 400 "));
}

TEST(MetricsPort, ARequestAtTheBoundIsAnsweredAndOnePastItIsNot) {
  ScrapeLimits limits;
  limits.head = 256;
  Port port(limits);
  const auto request = [](std::size_t size) {
    const std::string start = "GET /metrics HTTP/1.1\r\nHost: a\r\nX: ";
    return start + std::string(size - start.size() - 4, 'x') + "\r\n\r\n";
  };
  EXPECT_THAT(port.ask(request(256)), StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(port.ask(request(257)), StartsWith("HTTP/1.1 431 "));
}

TEST(MetricsPort, WhoSendsNoRequestMakesRoomForWhoDoes) {
  ScrapeLimits limits;
  limits.connections = 4;
  limits.request = 600'000;
  Port port(limits);
  std::vector<Peer> idle;
  for (int i = 0; i < 12; ++i) {
    idle.push_back(connect_to(port.listener.port()));
    idle.back().send("GET /metrics HTTP/1.1\r\nHost: ");
  }
  EXPECT_THAT(port.ask(kScrape), StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_EQ(idle.front().receive_all(), "");  // turned out, long before its time was over
}

TEST(MetricsPort, AnUnfinishedRequestEndsWithItsTime) {
  ScrapeLimits limits;
  limits.request = 50;
  Port port(limits);
  bool timed_out = false;
  Peer peer = connect_to(port.listener.port());
  peer.send("GET /metrics HTTP/1.1\r\n");
  EXPECT_EQ(peer.receive_all(nullptr, &timed_out), "");
  EXPECT_FALSE(timed_out);
}

TEST(MetricsPort, WhoDoesNotReadTheAnswerLosesItAndOthersAreServed) {
  ScrapeLimits limits;
  limits.connections = 2;
  limits.answer = 200;
  const std::string large(64 << 20, 'x');  // more than sockets hold
  Port port(limits, large);
  std::vector<Peer> deaf;
  for (int i = 0; i < 2; ++i) {
    deaf.push_back(connect_to(port.listener.port()));
    deaf.back().send(kScrape);
  }
  // A third waits until the first two have used up their time, then is answered.
  EXPECT_THAT(port.ask("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"), testing::EndsWith("\r\n\r\n/healthz"));
  EXPECT_LT(deaf.front().receive_all().size(), large.size());
}

TEST(MetricsPort, WhoSendsMoreThanItsRequestIsReadUpToABound) {
  ScrapeLimits limits;
  limits.discarded = 1'000;
  limits.answer = 600'000;
  Port port(limits);
  Peer peer = connect_to(port.listener.port());
  peer.send(kScrape);
  EXPECT_THAT(peer.receive_all(), testing::EndsWith("\r\n\r\n/metrics"));
  // An answer to somebody else comes after what had been sent before is read: one thread does both.
  EXPECT_TRUE(peer.send(std::string(1'000, 'x')));
  EXPECT_THAT(port.ask(kScrape), StartsWith("HTTP/1.1 200 "));
  EXPECT_TRUE(peer.send("x"));  // the first past the bound
  EXPECT_THAT(port.ask(kScrape), StartsWith("HTTP/1.1 200 "));
  EXPECT_TRUE(peer.send("x"));  // meets a closed socket, which answers with a reset
  EXPECT_FALSE(peer.send("x"));
}

TEST(MetricsPort, IsSharedWithNobody) {
  Port port;
  MetricsListener second;
  EXPECT_EQ(second.bind("127.0.0.1", port.listener.port()).value_or(""),
            "cannot listen on 127.0.0.1:" + std::to_string(port.listener.port()) + ": Address already in use");
  EXPECT_EQ(second.port(), 0);
}

TEST(MetricsPort, OfAProxyShowsMatchesAndHealth) {
  ProxyFixture proxy(1,
                     "rule trial { when path == \"/seen\"; dry_run; deny; }\n"
                     "rule seen { when path == \"/seen\"; respond 204; }\n",
                     [](ServerOptions& options) {
                       options.metrics = {"127.0.0.1", std::uint16_t{0}};
                       options.workers = 2;
                       options.build_version = "1.2.3";
                       options.build_commit = "abc";
                     });
  const auto ask = [&](const std::string& path) {
    Peer peer = connect_to(proxy.server().metrics_port());
    peer.send("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n");
    return peer.receive_all();
  };
  for (int i = 0; i < 6; ++i) {
    Peer client = connect_to(proxy.port());
    client.send("GET /seen HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(client.receive_all(), StartsWith("HTTP/1.1 204 "));
  }
  EXPECT_THAT(ask("/healthz"), testing::EndsWith("\r\n\r\nok\n"));
  EXPECT_THAT(ask("/reload"), testing::EndsWith("\r\n\r\nthere are /metrics and /healthz\n"));
  const std::string text = ask("/metrics");
  EXPECT_THAT(text, HasSubstr("\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"));
  EXPECT_THAT(text, HasSubstr("\nsprx_rule_matches_total{rule=\"seen\"} 6\n"));
  EXPECT_THAT(text, HasSubstr("\nsprx_rule_dry_run_matches_total{rule=\"trial\"} 6\n"));
  EXPECT_THAT(text, HasSubstr("\nsprx_responses_total{source=\"rule\",class=\"2xx\"} 6\n"));
  EXPECT_THAT(text, HasSubstr("\nsprx_decisions_total{phase=\"request\",outcome=\"respond\"} 6\n"));
  EXPECT_THAT(text, HasSubstr("\nsprx_request_duration_seconds_count{source=\"rule\"} 6\n"));
  EXPECT_THAT(text, HasSubstr("\nsprx_request_duration_seconds_bucket{source=\"rule\",le=\"+Inf\"} 6\n"));
  EXPECT_THAT(text, HasSubstr("\nsprx_build_info{version=\"1.2.3\",commit=\"abc\"} 1\n"));
}

TEST(MetricsPort, CountsTheAnswersOfARuleThatIsCalledProxyAsARules) {
  ProxyFixture proxy(1, "rule proxy { when path == \"/p\"; respond 204; }\n", [](ServerOptions& options) {
    options.metrics = {"127.0.0.1", std::uint16_t{0}};
  });
  Peer client = connect_to(proxy.port());
  client.send("GET /p HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(client.receive_all(), StartsWith("HTTP/1.1 204 "));
  Peer peer = connect_to(proxy.server().metrics_port());
  peer.send(kScrape);
  const std::string text = peer.receive_all();
  EXPECT_THAT(text, HasSubstr("\nsprx_responses_total{source=\"rule\",class=\"2xx\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("\nsprx_responses_total{source=\"proxy\",class=\"2xx\"} 0\n"));
}

TEST(MetricsPort, SaysThatTheProxyIsDraining) {
  Listener origin;
  ProxyFixture proxy(origin.port(), "", [](ServerOptions& options) {
    options.metrics = {"127.0.0.1", std::uint16_t{0}};
  });
  Peer busy = connect_to(proxy.port());
  busy.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  Peer upstream = origin.accept();
  upstream.receive_until("\r\n\r\n");
  proxy.server().drain();
  Peer probe = connect_to(proxy.server().metrics_port());
  probe.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
  const std::string said = probe.receive_all();
  EXPECT_THAT(said, StartsWith("HTTP/1.1 503 "));
  EXPECT_THAT(said, testing::EndsWith("\r\n\r\ndraining\n"));
  upstream.send("HTTP/1.1 204 No Content\r\n\r\n");
}

TEST(Health, AWorkerIsStuckOnceItHasNotLookedAroundForTenSeconds) {
  EXPECT_FALSE(is_stuck(5'000, 15'000));
  EXPECT_TRUE(is_stuck(5'000, 15'001));
  EXPECT_FALSE(is_stuck(5'000, 4'000));
}

}  // namespace
}  // namespace sprx
