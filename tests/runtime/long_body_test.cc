// Bodies long enough to go through a pipe: whole, cut short, to a client that is slow or gone.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <thread>

#include "runtime/pipe_pool.h"
#include "tests/runtime/proxy_fixture.h"
#include "tests/runtime/sockets.h"

namespace sprx {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kGet = "GET /long HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr std::size_t kLong = 9'000'001;

/// Bytes that do not repeat with any power of two.
std::string body_of(std::size_t size) {
  std::string body(size, '\0');
  std::uint32_t state = 12'345;
  for (char& c : body) c = static_cast<char>((state = state * 1'664'525 + 1'013'904'223) >> 24);
  return body;
}

std::string answer_of(std::string_view body, std::size_t said) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(said) + "\r\n\r\n" + std::string(body);
}

/// Sends on a thread of its own, since the sockets hold less than the body.
std::thread sending(Peer& peer, std::string bytes) {
  return std::thread([&peer, bytes = std::move(bytes)] { peer.send(bytes); });
}

std::string body_after_head(Peer& client, std::size_t size) {
  EXPECT_THAT(client.receive_until("\r\n\r\n"), HasSubstr("HTTP/1.1 200 OK\r\n"));
  return client.receive(size);
}

/// A request for a long body that has arrived at the origin.
struct Download {
  Download() {
    EXPECT_TRUE(client.send(kGet));
    origin = listener.accept();
    EXPECT_THAT(origin.receive_until("\r\n\r\n"), HasSubstr("GET /long HTTP/1.1\r\n"));
  }
  /// The only line of the log, at the end.
  std::string log_line() {
    proxy.finish();
    const std::vector<std::string> lines = proxy.log_lines();
    EXPECT_EQ(lines.size(), 1U);
    return lines.empty() ? std::string() : lines.front();
  }
  Listener listener;
  ProxyFixture proxy{listener.port()};
  Peer client = connect_to(proxy.port());
  Peer origin;
};

TEST(LongBody, ArrivesByteForByteAndBothConnectionsGoOn) {
  Listener listener;
  ProxyFixture proxy(listener.port());
  Peer client = connect_to(proxy.port());
  Peer origin;
  for (const std::size_t size : {kLong, PipePool::kLeastLeft, PipePool::kPipeSize * 2, std::size_t{100'000}}) {
    const std::string body = body_of(size);
    ASSERT_TRUE(client.send(kGet));
    if (!origin.open()) origin = listener.accept();
    ASSERT_TRUE(origin.receive_until("\r\n\r\n").ends_with("\r\n\r\n")) << "the connection was not kept";
    std::thread sender = sending(origin, answer_of(body, size));
    EXPECT_EQ(body_after_head(client, size) == body, true) << size;
    sender.join();
  }
  client.close();
  proxy.finish();
  const std::vector<std::string> lines = proxy.log_lines();
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_THAT(lines[0], HasSubstr("\"body_bytes\":9000001,"));
  EXPECT_THAT(lines[3], HasSubstr("\"body_bytes\":100000,"));
}

TEST(LongBody, WaitsForASlowClient) {
  Download get;
  const std::string body = body_of(kLong);
  std::thread sender = sending(get.origin, answer_of(body, kLong));
  ASSERT_THAT(get.client.receive_until("\r\n\r\n"), HasSubstr("200 OK"));
  std::string got;
  while (got.size() < kLong) {
    const std::string piece = get.client.receive(std::min<std::size_t>(1'000, kLong - got.size()));
    if (piece.empty()) break;
    got += piece;
  }
  sender.join();
  EXPECT_EQ(got == body, true);
}

TEST(LongBody, ThatIsCutShortIsNeverTakenForAWholeOne) {
  Download get;
  const std::string body = body_of(kLong - 1);
  std::thread sender = sending(get.origin, answer_of(body, kLong));
  EXPECT_EQ(body_after_head(get.client, kLong - 1) == body, true);
  sender.join();
  get.origin.close();
  EXPECT_EQ(get.client.receive_all(), "") << "the end of the connection, one byte too early";
  const std::string line = get.log_line();
  EXPECT_THAT(line, HasSubstr("\"error\":\"upstream_truncated\""));
  EXPECT_THAT(line, HasSubstr("\"body_bytes\":9000000,"));
}

TEST(LongBody, OfAClientThatIsGoneEndsBothSides) {
  Download get;
  std::thread sender = sending(get.origin, answer_of(body_of(kLong), kLong));
  body_after_head(get.client, 1'000'000);
  get.client.reset();
  sender.join();  // ends only because the proxy closes the connection
  bool reset = false;
  get.origin.receive_all(&reset);
  const std::string line = get.log_line();
  EXPECT_THAT(line, HasSubstr("\"error\":\"client_closed\""));
}

TEST(LongBody, WhatFollowsItOnTheConnectionIsNoResponse) {
  Download get;
  const std::string body = body_of(kLong);
  std::thread sender = sending(get.origin, answer_of(body, kLong) + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
  EXPECT_EQ(body_after_head(get.client, kLong) == body, true);
  sender.join();
  ASSERT_TRUE(get.client.send(kGet));
  Peer second = get.listener.accept();
  ASSERT_TRUE(second.open()) << "the first connection was used again";
  second.receive_until("\r\n\r\n");
  second.send(answer_of("good", 4));
  EXPECT_EQ(body_after_head(get.client, 4), "good");
}

TEST(LongBody, MoreOfThemThanThereArePipes) {
  Listener listener;
  ProxyFixture proxy(listener.port(), "", [](ServerOptions& options) { options.workers = 1; });
  constexpr std::size_t kCount = PipePool::kMostPipes + 6;
  constexpr std::size_t kSize = 1'000'000;
  constexpr std::size_t kFirst = 100'000;
  const std::string body = body_of(kSize);
  std::vector<std::thread> senders;
  std::vector<Peer> clients(kCount);
  std::vector<Peer> origins(kCount);
  for (std::size_t i = 0; i < kCount; ++i) {
    clients[i] = connect_to(proxy.port());
    ASSERT_TRUE(clients[i].send(kGet));
    origins[i] = listener.accept();
    ASSERT_TRUE(origins[i].open());
    origins[i].receive_until("\r\n\r\n");
    ASSERT_TRUE(origins[i].send(answer_of(body.substr(0, kFirst), kSize)));
  }
  // All of them are under way by now.
  for (Peer& origin : origins) senders.push_back(sending(origin, body.substr(kFirst)));
  for (Peer& client : clients) EXPECT_EQ(body_after_head(client, kSize) == body, true);
  for (std::thread& sender : senders) sender.join();
}

TEST(PipePool, KeepsEmptyPipesOnlyAndHandsOutABoundedNumber) {
  PipePool pool;
  std::vector<Pipe> taken;
  for (std::size_t i = 0; i < PipePool::kMostPipes; ++i) {
    taken.push_back(pool.take());
    ASSERT_TRUE(taken.back().is_open());
  }
  EXPECT_FALSE(pool.take().is_open());
  const int kept = taken[0].in();
  pool.give(std::move(taken[0]), true);
  Pipe again = pool.take();
  EXPECT_EQ(again.in(), kept);
  EXPECT_FALSE(pool.take().is_open());
  const int dropped = again.in();
  pool.give(std::move(again), false);
  EXPECT_EQ(::fcntl(dropped, F_GETFD), -1) << "it may still hold bytes of another body";
  const int last = taken.back().in();
  for (std::size_t i = 1; i < taken.size(); ++i) pool.give(std::move(taken[i]), true);
  EXPECT_EQ(::fcntl(last, F_GETFD), -1) << "no more are kept than are worth it";
}

TEST(PipePool, ClosesWhatHasNotBeenUsedForAWhile) {
  PipePool pool;
  Pipe pipe = pool.take();
  const int in = pipe.in();
  pool.give(std::move(pipe), true);
  pool.sweep();
  EXPECT_NE(::fcntl(in, F_GETFD), -1) << "it was used a moment ago";
  pool.sweep();
  EXPECT_EQ(::fcntl(in, F_GETFD), -1);
}

}  // namespace
}  // namespace sprx
