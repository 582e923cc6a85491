// What happens in one round of the poller, in whichever order: two sides that move at once, and bytes that come between
// two steps of a session.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/session/conversation.h"

namespace sprx::testing {
namespace {

using ::testing::HasSubstr;

TEST(MemoryRound, AnUploadThatEndsAsItsTimeForAContinueIsUpIsNotWaitedForOnceMore) {
  MemoryProxy proxy(empty_table());
  // A connection to the origin that is older than the client's: it has its turn first.
  const int first = proxy.connect();
  send(proxy, first, kGet);
  const int origin = proxy.net.accepted.back();
  send(proxy, origin, kOk);
  const int client = proxy.connect();
  send(proxy, client, "PUT /y HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
  ASSERT_THAT(proxy.net.at(origin).from_proxy, HasSubstr("PUT /y HTTP/1.1\r\n"));
  const auto timeout = Settings()[Setting::client_continue_timeout];
  // The read of the body is late, and in the same round the answer is there.
  proxy.net.at(origin).to_proxy.append(kOk);
  proxy.pass(timeout, timeout);
  const std::string& got = proxy.net.at(client).from_proxy;
  EXPECT_TRUE(got.starts_with("HTTP/1.1 200 OK\r\n")) << got;  // no 100 before it, nor behind it
  EXPECT_TRUE(got.ends_with("Connection: close\r\n\r\nok")) << got;
  EXPECT_TRUE(proxy.net.at(client).ended) << "the body is still waited for";
  ASSERT_EQ(proxy.log_lines().size(), 2U);
  EXPECT_THAT(proxy.log_lines()[1], HasSubstr("\"error\":null"));
  leave(proxy, {first, client});
}

/// A client sends two requests at once; behind the answer to the first the origin says something that nobody asked for,
/// when that answer has just gone to the client. Which of them the second request goes to is in what the client gets.
TEST(MemoryRound, APipelinedRequestIsNotAnsweredWithWhatTheOriginSaidBefore) {
  MemoryProxy proxy(empty_table());
  const int client = proxy.connect();
  send(proxy, client, std::string(kGet) + "GET /second HTTP/1.1\r\nHost: a\r\n\r\n");
  const int origin = proxy.net.accepted.back();
  bool said = false;
  proxy.net.at(client).on_write = [&] {
    // Nothing of it was there when the round began, so the poller has not told of it.
    if (!std::exchange(said, true))
      proxy.net.at(origin).to_proxy.append("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
  };
  send(proxy, origin, kOk);
  ASSERT_TRUE(said);
  ASSERT_EQ(proxy.net.accepted.size(), 2U) << "the second request went to the connection that had spoken";
  EXPECT_TRUE(proxy.net.at(origin).closed);
  EXPECT_THAT(proxy.net.at(proxy.net.accepted.back()).from_proxy, HasSubstr("GET /second HTTP/1.1\r\n"));
  send(proxy, proxy.net.accepted.back(), "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood");
  const std::string& got = proxy.net.at(client).from_proxy;
  EXPECT_TRUE(got.ends_with("\r\n\r\ngood")) << got;
  EXPECT_EQ(got.find("evil"), std::string::npos);
  leave(proxy, {client});
}

TEST(MemoryRound, ARequestThatWasWaitedForGoesToTheConnectionThatIsKnownToBeQuiet) {
  MemoryProxy proxy(empty_table());
  const int client = proxy.connect();
  for (int request = 0; request < 3; ++request) {
    send(proxy, client, kGet);
    send(proxy, proxy.net.accepted.back(), kOk);
  }
  EXPECT_EQ(proxy.net.accepted.size(), 1U);
  leave(proxy, {client});
}

}  // namespace
}  // namespace sprx::testing
