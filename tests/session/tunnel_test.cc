// Tunnels in memory: when they end, and what the log says of them and of what did not get out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/session/conversation.h"

namespace sprx::testing {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kOffer = "GET /x HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
constexpr std::string_view kSwitch =
    "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";

struct Tunnel {
  int client = 0;
  int origin = 0;
};
/// An offer, and the origin's answer to it unless `answered` is false.
Tunnel open_tunnel(MemoryProxy& proxy, bool answered = true) {
  const int client = proxy.connect();
  send(proxy, client, kOffer);
  const int origin = proxy.net.accepted.back();
  if (answered) send(proxy, origin, kSwitch);
  return {client, origin};
}

TEST(MemoryProxyTest, ATunnelEndsWithEitherSideHoweverStuckTheOtherIs) {
  for (const bool client_goes : {true, false}) {
    MemoryProxy proxy(empty_table());
    const auto [client, origin] = open_tunnel(proxy);
    const int goes = client_goes ? client : origin;
    const int stays = client_goes ? origin : client;
    // The side that stays reads nothing, so that what comes from the other cannot be passed on, nor its end be read.
    proxy.net.at(stays).window = proxy.net.at(stays).from_proxy.size();
    send(proxy, goes, "bytes");
    proxy.net.at(goes).reset = true;
    proxy.pass(2'000);
    EXPECT_TRUE(proxy.net.at(origin).closed);
    proxy.pass(2'000);  // client { linger_timeout }
    EXPECT_TRUE(proxy.net.at(client).closed);
    leave(proxy, {client});
  }
}

TEST(MemoryProxyTest, ATunnelEndsThoughOneSideHasGoneBeforeTheOtherIsRead) {
  for (const bool client_goes : {true, false}) {
    MemoryProxy proxy(empty_table());
    const auto [client, origin] = open_tunnel(proxy, false);
    MemorySocket& goes = proxy.net.at(client_goes ? client : origin);
    proxy.net.at(client).on_write = [&] { goes.reset = goes.noted = true; };  // as soon as the 101 is on its way
    send(proxy, origin, kSwitch);
    EXPECT_TRUE(proxy.net.at(origin).closed);
    proxy.pass(2'500);  // client { linger_timeout }
    EXPECT_TRUE(proxy.net.at(client).closed);
    leave(proxy, {client});
  }
}

TEST(MemoryProxyTest, ATunnelThatIsStuckOneWayStaysWhileTheOtherIsBusy) {
  RuleSet rules;
  rules.settings[Setting::tunnel_idle_timeout] = 4'000;
  MemoryProxy proxy(make_table(std::move(rules)));
  const auto [client, origin] = open_tunnel(proxy);
  proxy.net.at(client).window = proxy.net.at(client).from_proxy.size() + 2;
  send(proxy, origin, "more than there is room for");
  for (int second = 0; second < 20; ++second) {
    send(proxy, client, "x");
    proxy.pass(1'000);
    ASSERT_FALSE(proxy.net.at(client).closed) << second;
  }
  EXPECT_TRUE(proxy.net.at(origin).from_proxy.ends_with("\r\n\r\n" + std::string(20, 'x')));
  proxy.net.at(client).window += 5;
  proxy.pass(1'000);
  EXPECT_TRUE(proxy.net.at(client).from_proxy.ends_with("\r\n\r\nmore th"));
  proxy.pass(6'000);
  EXPECT_TRUE(proxy.net.at(client).closed);
  EXPECT_TRUE(proxy.net.at(origin).closed);
  leave(proxy, {client});
}

TEST(MemoryProxyTest, WhatAnOriginSentLastIsNotThrownAwayWithWhatTheClientStillSends) {
  MemoryProxy proxy(empty_table());
  const auto [client, origin] = open_tunnel(proxy);
  send(proxy, origin, "the last words");
  proxy.net.at(origin).fin = true;
  proxy.net.run();
  proxy.net.at(origin).reset = true;  // it has closed: what still comes is answered with a reset
  send(proxy, client, "more");
  proxy.pass(500);
  EXPECT_TRUE(proxy.net.at(origin).closed);
  EXPECT_TRUE(proxy.net.at(client).from_proxy.ends_with("\r\n\r\nthe last words"));
  // A socket that is closed with bytes unread is reset, and its peer loses what it has not read.
  EXPECT_FALSE(proxy.net.at(client).closed);
  send(proxy, client, "and more");
  EXPECT_EQ(proxy.net.at(client).unread(), "");
  EXPECT_EQ(proxy.log_lines().size(), 1U);
  proxy.net.at(client).fin = true;
  proxy.net.run();
  EXPECT_TRUE(proxy.net.at(client).closed);
  leave(proxy, {client});
}

TEST(MemoryProxyTest, ALogLineSaysWhichSideOfATunnelBroke) {
  for (const bool client_goes : {true, false}) {
    MemoryProxy proxy(empty_table());
    const auto [client, origin] = open_tunnel(proxy);
    proxy.net.at(client_goes ? client : origin).reset = true;
    proxy.net.run();
    ASSERT_EQ(proxy.log_lines().size(), 1U);
    EXPECT_THAT(proxy.log_lines()[0], HasSubstr("\"status\":101,"));
    EXPECT_THAT(proxy.log_lines()[0],
                HasSubstr(client_goes ? "\"error\":\"client_closed\"" : "\"error\":\"upstream_closed\""));
    leave(proxy, {client});
  }
}

TEST(MemoryProxyTest, AnAnswerOfWhichNothingGotOutHasNoStatus) {
  MemoryProxy proxy(empty_table());
  const int client = proxy.connect();
  send(proxy, client, kGet);
  proxy.net.at(client).reset = true;
  send(proxy, proxy.net.accepted.back(), kOk);
  ASSERT_EQ(proxy.log_lines().size(), 1U);
  EXPECT_THAT(proxy.log_lines()[0], HasSubstr("\"status\":0,"));
  EXPECT_THAT(proxy.log_lines()[0], HasSubstr("\"error\":\"client_closed\""));
  leave(proxy, {client});
}

TEST(MemoryProxyTest, RequestBytesAreThoseOfTheWire) {
  constexpr std::string_view kHead = "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  constexpr std::string_view kBody = "2;extension=of-some-length\r\nhi\r\n0000\r\nTrailer: x\r\n\r\n";
  for (const std::size_t first : {std::size_t{0}, std::size_t{9}, kBody.size()}) {
    MemoryProxy proxy(empty_table());
    const int client = proxy.connect();
    send(proxy, client, std::string(kHead) + std::string(kBody.substr(0, first)));
    send(proxy, client, kBody.substr(first));
    send(proxy, proxy.net.accepted.back(), kOk);
    ASSERT_EQ(proxy.log_lines().size(), 1U);
    EXPECT_THAT(proxy.log_lines()[0],
                HasSubstr("\"request_bytes\":" + std::to_string(kHead.size() + kBody.size()) + ","));
    leave(proxy, {client});
  }
}

}  // namespace
}  // namespace sprx::testing
