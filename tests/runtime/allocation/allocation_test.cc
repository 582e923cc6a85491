// After warm-up a request allocates nothing on its way through a worker: in, decided, to the origin, back, logged.
#include <gtest/gtest.h>
#include <memory>

#include "runtime/frame_pool.h"
#include "tests/runtime/proxy_fixture.h"
#include "tests/runtime/sockets.h"
#include "tests/support/allocations.h"

namespace sprx {
namespace {

constexpr std::string_view kRules = R"(
  list bots: string = ["zorgab", "mikvex"];
  rule old { when path == "/old"; redirect 301 "/new"; }
  rule bots { when header["User-Agent"] contains bots; deny; }
  rule section { when path under "/section" and client.ip in "127.0.0.0/8";
                 set header["X-Section"] = "it is ${header["User-Agent"] ?? "nobody"}"; }
  response rule seen { set response.header["X-Seen"] = "yes"; }
)";
constexpr std::string_view kRequest =
    "POST /section/a%20b?x=y HTTP/1.1\r\nHost: www.example.com\r\nUser-Agent: a browser\r\nCookie: a=b; c=d\r\n"
    "Content-Length: 5\r\n\r\nhello";
constexpr std::string_view kAnswer =
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
constexpr int kWarmUp = 200;
constexpr int kRequests = 2'000;

/// The client's and the origin's side of one request on connections that stay.
void exchange(Peer& client, Peer& origin, Listener& listener) {
  ASSERT_TRUE(client.send(kRequest));
  if (!origin.open()) origin = listener.accept();
  ASSERT_TRUE(origin.receive_until("hello").ends_with("hello"));
  ASSERT_TRUE(origin.send(kAnswer));
  ASSERT_TRUE(client.receive_until("0\r\n\r\n").ends_with("0\r\n\r\n"));
}

TEST(RequestPath, AllocatesNothingAfterWarmUp) {
  if (!FramePool::keeps_frames()) GTEST_SKIP() << "under a sanitizer no frame is kept";
  sprx::testing::count_this_thread(false);  // what the test itself does
  Listener listener;
  ProxyFixture proxy(listener.port(), std::string(kRules));
  Peer client = connect_to(proxy.port());
  Peer origin;
  for (int i = 0; i < kWarmUp; ++i) exchange(client, origin, listener);
  const std::uint64_t before = sprx::testing::allocations();
  for (int i = 0; i < kRequests && !HasFatalFailure(); ++i) exchange(client, origin, listener);
  // A handful is left: a block of the log that finds no spare one yet, the resolver's thread that looks again.
  EXPECT_LT(sprx::testing::allocations() - before, 20U);
}

TEST(RequestPath, TheCounterCounts) {
  if (!sprx::testing::allocations_are_counted()) GTEST_SKIP() << "operator new is the sanitizer's";
  sprx::testing::count_this_thread(true);
  const std::uint64_t before = sprx::testing::allocations();
  const auto something = std::make_unique<int>(1);
  EXPECT_EQ(sprx::testing::allocations() - before, 1U);
}

}  // namespace
}  // namespace sprx
