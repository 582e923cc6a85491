// A proxy that was told to stop and whose time for it is up: what each kind of exchange comes to, byte for byte.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/session/conversation.h"

namespace sprx::testing {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::string_view kStopping =
    "Proxy-Status: sprx; error=proxy_internal_response\r\nContent-Length: 28\r\nConnection: close\r\n\r\n"
    "The proxy is shutting down.\n";

class DrainInMemory : public ::testing::Test {
 protected:
  const std::string& got(int client) { return proxy.net.at(client).from_proxy; }
  /// The only line of the log says `status` and that the proxy was shutting down; all is closed and nothing is left.
  void expect_cut(int client, int status) {
    EXPECT_TRUE(proxy.net.at(client).closed);
    const std::vector<std::string> lines = proxy.log_lines();
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_THAT(lines[0], HasSubstr("\"status\":" + std::to_string(status) + ","));
    EXPECT_THAT(lines[0], HasSubstr("\"error\":\"draining\""));
    EXPECT_EQ(proxy.left_over(), "");
  }
  MemoryProxy proxy{empty_table()};
};

TEST_F(DrainInMemory, AnIdleConnectionEndsWithoutALine) {
  const int client = proxy.connect();
  proxy.drain(0);
  EXPECT_TRUE(proxy.net.at(client).closed);
  EXPECT_EQ(got(client), "");
  EXPECT_TRUE(proxy.log_lines().empty());
  EXPECT_EQ(proxy.left_over(), "");
}

TEST_F(DrainInMemory, WhatHasNoAnswerYetIsA503) {
  const int client = proxy.connect();
  send(proxy, client, kGet);
  proxy.drain(5'000);
  proxy.pass(4'000);
  EXPECT_EQ(got(client), "");
  proxy.pass(2'000);
  EXPECT_THAT(got(client), StartsWith("HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\n"
                                      "Cache-Control: no-store\r\nDate: "));
  EXPECT_THAT(got(client), EndsWith(std::string(kStopping)));
  EXPECT_EQ(counted(proxy, Reason::draining), 1U);
  EXPECT_EQ(counted(proxy, Reason::client_closed), 0U);
  EXPECT_TRUE(proxy.net.at(proxy.net.accepted.back()).closed);
  expect_cut(client, 503);
}

TEST_F(DrainInMemory, ARequestOfWhichOnlyAPartIsHereIsA503) {
  for (const std::string_view part :
       {"GET /x HTTP/1.1\r\nHo", "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nb"}) {
    MemoryProxy another(empty_table());
    const int client = another.connect();
    send(another, client, part);
    another.drain(0);
    EXPECT_THAT(another.net.at(client).from_proxy, StartsWith("HTTP/1.1 503 Service Unavailable\r\n"));
    EXPECT_THAT(another.net.at(client).from_proxy, EndsWith(std::string(kStopping)));
    ASSERT_EQ(another.log_lines().size(), 1U);
    EXPECT_THAT(another.log_lines()[0], HasSubstr("\"error\":\"draining\""));
    EXPECT_EQ(another.left_over(), "");
  }
}

TEST_F(DrainInMemory, AnAnswerThatHasBegunIsCutWhereItIs) {
  const int client = proxy.connect();
  send(proxy, client, kGet);
  send(proxy, proxy.net.accepted.back(), "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
  proxy.drain(0);
  EXPECT_THAT(got(client), EndsWith("\r\nContent-Length: 10\r\n\r\nhalf"));
  EXPECT_EQ(counted(proxy, Reason::draining), 1U);
  expect_cut(client, 200);
}

TEST_F(DrainInMemory, AnAnswerThatTheEndWouldMakeWholeIsCutWithAReset) {
  const int client = proxy.connect();
  send(proxy, client, "GET /x HTTP/1.0\r\nHost: a\r\n\r\n");
  send(proxy, proxy.net.accepted.back(), "HTTP/1.1 200 OK\r\n\r\nhalf");
  proxy.drain(0);
  EXPECT_THAT(got(client), EndsWith("half"));
  EXPECT_TRUE(proxy.net.at(client).aborted);
  expect_cut(client, 200);
}

TEST_F(DrainInMemory, AnAnswerMadeHereThatIsNotTakenIsCut) {
  const int client = proxy.connect();
  proxy.net.at(client).window = 20;
  send(proxy, client, "OPTIONS /x HTTP/1.1\r\nHost: a\r\nMax-Forwards: 0\r\n\r\n");
  proxy.drain(0);
  EXPECT_EQ(got(client), "HTTP/1.1 200 OK\r\nAll");
  EXPECT_TRUE(proxy.net.at(client).aborted);
  EXPECT_EQ(counted(proxy, Reason::draining), 1U);
  expect_cut(client, 200);
}

TEST_F(DrainInMemory, ATunnelIsCut) {
  const int client = proxy.connect();
  send(proxy, client, "GET /x HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
  send(proxy, proxy.net.accepted.back(),
       "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhello");
  proxy.drain(1'000);
  EXPECT_FALSE(proxy.net.at(client).closed);
  proxy.pass(2'000);
  EXPECT_THAT(got(client), EndsWith("\r\n\r\nhello"));
  EXPECT_EQ(counted(proxy, Reason::draining), 1U);
  expect_cut(client, 101);
}

TEST_F(DrainInMemory, NothingFollowsAPartOfAnInterimResponse) {
  const int client = proxy.connect();
  proxy.net.at(client).window = 20;
  send(proxy, client, kGet);
  send(proxy, proxy.net.accepted.back(), "HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n");
  proxy.drain(0);
  proxy.net.at(client).window = SIZE_MAX;
  proxy.net.run();
  EXPECT_EQ(got(client), "HTTP/1.1 103 Early H");
  expect_cut(client, 0);
}

TEST_F(DrainInMemory, AnAnswerThatIsMadeMeanwhileSaysClose) {
  const int client = proxy.connect();
  send(proxy, client, "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
  proxy.drain(5'000);
  proxy.net.at(proxy.net.accepted.back()).fin = true;
  proxy.net.run();
  EXPECT_THAT(got(client), StartsWith("HTTP/1.1 502 Bad Gateway\r\n"));
  EXPECT_THAT(got(client), HasSubstr("\r\nConnection: close\r\n\r\n"));
  EXPECT_TRUE(proxy.net.at(client).ended);
  leave(proxy, {client});
}

// The request's own limit is up while a part of an interim response is out: its 408 would be read as more of that.
TEST_F(DrainInMemory, NothingFollowsAPartOfAnInterimResponseWhateverIsLate) {
  const int client = proxy.connect();
  proxy.net.at(client).window = 20;
  send(proxy, client, "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc");
  send(proxy, proxy.net.accepted.back(), "HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n");
  proxy.pass(31'000);
  proxy.pass(61'000);
  proxy.net.at(client).window = SIZE_MAX;
  proxy.net.run();
  EXPECT_EQ(got(client), "HTTP/1.1 103 Early H");
  EXPECT_EQ(counted(proxy, Reason::body_timeout), 1U);
  EXPECT_TRUE(proxy.net.at(client).closed);
}

TEST_F(DrainInMemory, AClientThatWentBeforeWentOfItself) {
  const int client = proxy.connect();
  send(proxy, client, kGet);
  proxy.drain(60'000);
  proxy.net.at(client).reset = true;
  proxy.pass(2'000);
  ASSERT_EQ(proxy.log_lines().size(), 1U);
  EXPECT_THAT(proxy.log_lines()[0], HasSubstr("\"error\":\"client_closed\""));
  EXPECT_EQ(proxy.left_over(), "");
}

}  // namespace
}  // namespace sprx::testing
