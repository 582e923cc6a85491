// Bounds of the proxy at their edge and one past it, and faults of the next hop, in memory: those that would take too
// long, or too many sockets, outside.
#include "runtime/limits.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/session/conversation.h"

namespace sprx::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::shared_ptr<const DecisionTable> table_with(Setting setting, std::int64_t value) {
  RuleSet rules;
  rules.settings[setting] = value;
  return make_table(std::move(rules));
}

std::string with_interims(int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += "HTTP/1.1 102 Processing\r\n\r\n";
  return out + std::string(kOk);
}

TEST(MemoryProxyTest, PassesAsManyInterimResponsesAsItMayAndNoMore) {
  for (const int count : {kInterimLimit, kInterimLimit + 1}) {
    MemoryProxy proxy(empty_table());
    const int client = proxy.connect();
    send(proxy, client, kGet);
    send(proxy, proxy.net.accepted.back(), with_interims(count));
    const std::string& got = proxy.net.at(client).from_proxy;
    if (count == kInterimLimit) {
      EXPECT_THAT(got, HasSubstr("\r\n\r\nHTTP/1.1 200 OK\r\n"));
    } else {
      EXPECT_THAT(got, HasSubstr("\r\n\r\nHTTP/1.1 502 Bad Gateway\r\n"));
      EXPECT_EQ(counted(proxy, Reason::upstream_bad_response), 1U);
      EXPECT_TRUE(proxy.net.at(proxy.net.accepted.back()).closed);
    }
    leave(proxy, {client});
  }
}

TEST(MemoryProxyTest, AnOriginThatStopsTakingTheRequestIsA504) {
  MemoryProxy proxy(empty_table());
  const int client = proxy.connect();
  send(proxy, client, "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n");
  MemorySocket& origin = proxy.net.at(proxy.net.accepted.back());
  origin.window = origin.from_proxy.size() + 10;
  send(proxy, client, std::string(100'000, 'b'));
  proxy.pass(59'000);
  EXPECT_EQ(proxy.net.at(client).from_proxy, "");
  proxy.pass(3'000);
  EXPECT_THAT(proxy.net.at(client).from_proxy, StartsWith("HTTP/1.1 504 Gateway Timeout\r\n"));
  EXPECT_THAT(proxy.net.at(client).from_proxy, HasSubstr("\r\nProxy-Status: sprx; error=connection_write_timeout\r\n"));
  ASSERT_EQ(proxy.log_lines().size(), 1U);
  EXPECT_THAT(proxy.log_lines()[0], HasSubstr("\"error\":\"upstream_write_timeout\""));
  leave(proxy, {client});
}

TEST(MemoryProxyTest, KeepsNoMoreIdleConnectionsThanItMay) {
  MemoryProxy proxy(table_with(Setting::upstream_max_idle, 2));
  std::vector<int> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(proxy.connect());
    send(proxy, clients.back(), kGet);
  }
  for (int i = 0; i < 3; ++i) send(proxy, proxy.net.accepted[static_cast<std::size_t>(i)], kOk);
  EXPECT_EQ(proxy.counters().upstream_idle.value(), 2U);
  EXPECT_TRUE(proxy.net.at(proxy.net.accepted[0]).closed);  // the one that was used longest ago
  EXPECT_FALSE(proxy.net.at(proxy.net.accepted[2]).closed);
  leave(proxy, clients);
}

TEST(MemoryProxyTest, ReadsAShortBodyForNothingAndNotALongOne) {
  for (const std::uint64_t size : {kDiscarded, kDiscarded + 1}) {
    MemoryProxy proxy(empty_table());
    const int client = proxy.connect();
    send(proxy, client,
         fmt::format("OPTIONS /x HTTP/1.1\r\nHost: a\r\nMax-Forwards: 0\r\nContent-Length: {}\r\n\r\n", size));
    const std::string& got = proxy.net.at(client).from_proxy;
    EXPECT_THAT(got, StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_EQ(got.find("\r\nConnection: close\r\n") == std::string::npos, size == kDiscarded);
    send(proxy, client, std::string(size, 'b'));
    EXPECT_EQ(proxy.net.at(client).ended, size > kDiscarded);
    if (size == kDiscarded) {
      send(proxy, client, kGet);
      send(proxy, proxy.net.accepted.back(), kOk);
      EXPECT_TRUE(proxy.net.at(client).from_proxy.ends_with("\r\n\r\nok"));
    }
    leave(proxy, {client});
  }
}

TEST(MemoryProxyTest, ConnectionsFarPastTheLimitAreJustClosed) {
  MemoryProxy proxy(table_with(Setting::limit_connections, 1));
  std::vector<int> clients;
  for (std::uint64_t i = 0; i < 1 + kRefusalsOpen; ++i) clients.push_back(proxy.connect());
  const int last = proxy.connect();
  EXPECT_FALSE(proxy.net.at(clients.back()).closed);
  EXPECT_EQ(proxy.counters().connections_refused.value(), kRefusalsOpen + 1);
  EXPECT_EQ(proxy.counters().connections_open.value(), kRefusalsOpen + 1);
  send(proxy, clients.back(), kGet);
  EXPECT_THAT(proxy.net.at(clients.back()).from_proxy, StartsWith("HTTP/1.1 503 Service Unavailable\r\n"));
  // Closed with ::close, which MemoryNet does not see.
  proxy.net.at(last).closed = true;
  leave(proxy, clients);
}

TEST(MemoryProxyTest, AHalfClosedClientIsServedForAsLongAsItsSetting) {
  for (const bool answered : {true, false}) {
    MemoryProxy proxy(empty_table());
    const int client = proxy.connect();
    send(proxy, client, kGet);
    proxy.net.at(client).fin = true;
    proxy.pass(1'000);
    if (answered) send(proxy, proxy.net.accepted.back(), kOk);
    proxy.pass(3'000);
    ASSERT_EQ(proxy.log_lines().size(), 1U);
    EXPECT_THAT(proxy.log_lines()[0], HasSubstr(answered ? "\"error\":null" : "\"error\":\"client_closed\""));
    EXPECT_EQ(proxy.net.at(proxy.net.accepted.back()).closed, !answered);
    leave(proxy, {client});
  }
}

TEST(MemoryProxyTest, TriesEveryAddressOfTheNextHopAndStaysWithTheOneThatAnswers) {
  MemoryProxy proxy(table_with(Setting::upstream_max_idle, 0));
  std::vector<std::uint16_t> ports;
  for (std::uint16_t port = 1; port <= 40; ++port) ports.push_back(port);
  proxy.set_next_hop(ports);
  proxy.net.refusing.assign(ports.begin(), ports.end() - 1);
  const int client = proxy.connect();
  for (int request = 0; request < 2; ++request) {
    send(proxy, client, kGet);
    send(proxy, proxy.net.accepted.back(), kOk);
  }
  EXPECT_EQ(proxy.net.accepted.size(), 2U);
  EXPECT_EQ(proxy.counters().upstream_connect_failures.value(), 39U);  // the second request began where the first ended
  proxy.net.refusing = ports;
  send(proxy, client, kGet);
  EXPECT_THAT(proxy.net.at(client).from_proxy, HasSubstr("HTTP/1.1 502 Bad Gateway\r\n"));
  const std::vector<std::string> lines = proxy.log_lines();
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_THAT(lines[1], HasSubstr("\"upstream_addr\":\"127.0.0.1:40\""));
  EXPECT_THAT(lines[2], HasSubstr("\"error\":\"connect_failed\""));
  leave(proxy, {client});
}

TEST(MemoryProxyTest, ANextHopWhoseNameMovedWhileItAnsweredIsNotKept) {
  MemoryProxy proxy(empty_table());
  const int client = proxy.connect();
  send(proxy, client, kGet);
  proxy.set_next_hop({81});
  send(proxy, proxy.net.accepted.back(), kOk);
  EXPECT_TRUE(proxy.net.at(client).from_proxy.ends_with("\r\n\r\nok"));
  EXPECT_EQ(proxy.counters().upstream_idle.value(), 0U);
  leave(proxy, {client});
}

TEST(MemoryProxyTest, WithoutAnAddressItIsA502AndServedOnceThereIsOne) {
  MemoryProxy proxy(empty_table());
  proxy.set_next_hop({});
  const int client = proxy.connect();
  send(proxy, client, kGet);
  EXPECT_THAT(proxy.net.at(client).from_proxy, HasSubstr("\r\nProxy-Status: sprx; error=dns_error\r\n"));
  proxy.set_next_hop({80});
  send(proxy, client, kGet);
  send(proxy, proxy.net.accepted.back(), kOk);
  EXPECT_TRUE(proxy.net.at(client).from_proxy.ends_with("\r\n\r\nok"));
  leave(proxy, {client});
}

TEST(MemoryProxyTest, SaysContinueItselfWhereTheOriginDoesNot) {
  MemoryProxy proxy(empty_table());
  const int client = proxy.connect();
  send(proxy, client, "POST /x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(proxy.net.at(client).from_proxy, "");
  proxy.pass(2'000);
  EXPECT_EQ(proxy.net.at(client).from_proxy, "HTTP/1.1 100 Continue\r\n\r\n");
  send(proxy, client, "hi");
  send(proxy, proxy.net.accepted.back(), kOk);
  EXPECT_TRUE(proxy.net.at(client).from_proxy.ends_with("\r\n\r\nok"));
  leave(proxy, {client});
}

}  // namespace
}  // namespace sprx::testing
