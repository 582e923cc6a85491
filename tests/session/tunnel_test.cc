// Tunnels in memory: when they end, and what the log says of them and of what did not get out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/limits.h"
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
    proxy.pass(3'500);  // client { linger_timeout }, for what was on its way
    EXPECT_TRUE(proxy.net.at(goes).closed);
    EXPECT_FALSE(proxy.net.at(stays).closed);
    proxy.pass(2'500);  // and once more, for what comes against it
    EXPECT_TRUE(proxy.net.at(stays).closed);
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
    EXPECT_TRUE(goes.closed);
    proxy.pass(2'500);  // client { linger_timeout }
    EXPECT_TRUE(proxy.net.at(origin).closed);
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
  proxy.pass(8'000);  // tunnel { idle_timeout }, client { linger_timeout }
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

TEST(MemoryProxyTest, WhatASideOfATunnelHadSentBeforeItBrokeIsDelivered) {
  for (const bool client_breaks : {true, false}) {
    MemoryProxy proxy(empty_table());
    const auto [client, origin] = open_tunnel(proxy);
    const int breaks = client_breaks ? client : origin;
    const int stays = client_breaks ? origin : client;
    const std::string sent(1'000'000, 'd');
    const std::size_t head = proxy.net.at(stays).from_proxy.size();
    // One of them takes its time, so that most of it is still in the queue of the side that breaks.
    proxy.net.at(stays).window = head + 10'000;
    send(proxy, breaks, sent);
    proxy.net.at(breaks).reset = true;
    send(proxy, stays, "nobody takes this");
    for (int second = 0; second < 100; ++second) {
      proxy.net.at(stays).window += 10'000;
      proxy.pass(1'000);
    }
    EXPECT_EQ(proxy.net.at(stays).from_proxy.size(), head + sent.size());
    EXPECT_TRUE(proxy.net.at(stays).ended);
    ASSERT_EQ(proxy.log_lines().size(), 1U);
    EXPECT_THAT(proxy.log_lines()[0],
                HasSubstr(client_breaks ? "\"error\":\"client_closed\"" : "\"error\":\"upstream_closed\""));
    leave(proxy, {client});
  }
}

TEST(MemoryProxyTest, WhoReadsOnlyWhenAllIsSentGetsWhatTheBrokenSideOfATunnelHadSent) {
  for (const bool client_breaks : {true, false}) {
    MemoryProxy proxy(empty_table());
    const auto [client, origin] = open_tunnel(proxy);
    MemorySocket& breaks = proxy.net.at(client_breaks ? client : origin);
    MemorySocket& stays = proxy.net.at(client_breaks ? origin : client);
    const std::string sent(1'000'000, 'd');
    const std::size_t head = stays.from_proxy.size();
    stays.window = head;
    breaks.window = breaks.from_proxy.size();
    stays.to_proxy.append(1'000'000, 's');
    breaks.to_proxy.append(sent);
    proxy.net.run();
    EXPECT_NE(stays.unread(), "");
    breaks.reset = true;
    for (int step = 0; step < 20; ++step) {
      if (stays.unread().empty()) stays.window += 100'000;
      proxy.pass(1'000);
    }
    EXPECT_EQ(stays.from_proxy.size(), head + sent.size());
    EXPECT_TRUE(stays.ended);
    leave(proxy, {client});
  }
}

TEST(MemoryProxyTest, ABodyThatIsStillSentEndsWithA101ThatNobodyAskedFor) {
  for (const std::size_t room : {std::size_t{0}, std::size_t{100'000}}) {
    MemoryProxy proxy(empty_table());
    const int client = proxy.connect();
    send(proxy, client, "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 50000\r\n\r\n");
    const int origin = proxy.net.accepted.back();
    proxy.net.at(origin).window = proxy.net.at(origin).from_proxy.size() + room;
    send(proxy, client, std::string(20'000, 'b'));
    send(proxy, origin, kSwitch);
    EXPECT_TRUE(proxy.net.at(client).from_proxy.starts_with("HTTP/1.1 502 "));
    EXPECT_TRUE(proxy.net.at(origin).closed);
    send(proxy, client, std::string(30'000, 'b'));
    proxy.pass(5'000);
    EXPECT_TRUE(proxy.net.at(client).closed);
    ASSERT_EQ(proxy.log_lines().size(), 1U);
    EXPECT_THAT(proxy.log_lines()[0], HasSubstr("\"error\":\"upstream_bad_upgrade\""));
    leave(proxy, {client});
  }
}

TEST(MemoryProxyTest, WhatAClientSentLastIsNotThrownAwayWithWhatTheOriginStillSends) {
  MemoryProxy proxy(empty_table());
  const auto [client, origin] = open_tunnel(proxy);
  send(proxy, client, "the last words");
  proxy.net.at(client).fin = true;
  proxy.net.run();
  proxy.net.at(client).reset = true;  // it has closed: what still comes is answered with a reset
  send(proxy, origin, "more");
  proxy.pass(500);
  EXPECT_TRUE(proxy.net.at(client).closed);
  EXPECT_TRUE(proxy.net.at(origin).from_proxy.ends_with("\r\n\r\nthe last words"));
  EXPECT_FALSE(proxy.net.at(origin).closed);
  send(proxy, origin, "and more");
  EXPECT_EQ(proxy.net.at(origin).unread(), "");
  ASSERT_EQ(proxy.log_lines().size(), 1U);
  EXPECT_THAT(proxy.log_lines()[0], HasSubstr("\"error\":\"client_closed\""));
  proxy.net.at(origin).fin = true;
  proxy.net.run();
  EXPECT_TRUE(proxy.net.at(origin).closed);
  leave(proxy, {client});
}

TEST(MemoryProxyTest, AConnectionIsLingeredForWhileItsPeerIsSeenToTakeBytes) {
  for (const bool takes : {true, false}) {
    MemoryProxy proxy(empty_table());
    const int client = proxy.connect();
    MemorySocket& socket = proxy.net.at(client);
    socket.unacknowledged = 90;
    send(proxy, client, "GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    send(proxy, proxy.net.accepted.back(), kOk);
    EXPECT_TRUE(socket.ended);
    int seconds = 0;
    for (; seconds < 200 && !socket.closed; ++seconds) {
      if (takes && socket.unacknowledged > 0) --socket.unacknowledged;
      proxy.pass(1'000);
      send(proxy, client, "x");
    }
    EXPECT_NEAR(seconds, takes ? kLingerMost / 1'000 : 2, 1);
    leave(proxy, {client});
  }
}

TEST(MemoryProxyTest, ALogLineSaysWhichSideOfATunnelBroke) {
  for (const auto& [client_goes, half_closed] : {std::pair{true, false}, {false, false}, {true, true}, {false, true}}) {
    MemoryProxy proxy(empty_table());
    const auto [client, origin] = open_tunnel(proxy);
    MemorySocket& goes = proxy.net.at(client_goes ? client : origin);
    if (half_closed) goes.fin = true;
    proxy.net.run();
    goes.reset = true;
    proxy.pass(2'000);
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
