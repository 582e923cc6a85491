// The tools of this folder can fail: what they are to find is put before them. And a few sessions step by step.
#include "tests/session/memory_proxy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/session/framing_model.h"

namespace sprx::testing {
namespace {

using ::testing::HasSubstr;

TEST(FramingModel, TakesWhatIsPlain) {
  const ModelStream stream =
      read_requests("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhiGET /b HTTP/1.1\r\nHost: a\r\n\r\nGET");
  ASSERT_EQ(stream.messages.size(), 2U);
  EXPECT_EQ(stream.messages[0].body, "hi");
  EXPECT_EQ(stream.messages[1].target, "/b");
  EXPECT_EQ(stream.end, StreamEnd::partial);
}

TEST(FramingModel, RefusesWhatTwoReadersCouldReadDifferently) {
  for (const char* head :
       {"Content-Length: 1\r\nContent-Length: 1", "Content-Length: +1",
        "Content-Length: 1\r\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked, chunked",
        "Transfer-Encoding : chunked", "X: a\r\n b", "X: a\nY: b", "Content-Length: 9223372036854775808"}) {
    const ModelStream stream = read_requests(std::string("GET / HTTP/1.1\r\nHost: a\r\n") + head + "\r\n\r\n");
    EXPECT_EQ(stream.end, StreamEnd::bad) << head;
  }
}

TEST(FramingModel, ReadsChunksStrictly) {
  EXPECT_EQ(read_chunks("2;a=b\r\nhi\r\n0\r\nX: y\r\n\r\n").body, "hi");
  EXPECT_EQ(read_chunks("2\r\nhi\r\n0\r\n\r\n").used, 12U);
  for (const char* body : {"2 \r\nhi", "0x2\r\nhi", "2\nhi", "2\r\nhi!", "-2\r\n", "\r\n", "0\r\nX y\r\n"}) {
    EXPECT_EQ(read_chunks(body).end, StreamEnd::bad) << body;
  }
  EXPECT_EQ(read_chunks("2\r\nhi\r\n0\r\n").end, StreamEnd::partial);
}

class SessionInMemory : public ::testing::Test {
 protected:
  void send(int fd, std::string_view bytes) {
    proxy.net.at(fd).to_proxy.append(bytes);
    proxy.net.run();
  }
  MemorySocket& origin() { return proxy.net.at(proxy.net.accepted.back()); }
  void leave(int fd) {
    proxy.net.at(fd).reset = true;
    proxy.net.run();
    proxy.pass(300'000);
  }
  MemoryProxy proxy{empty_table()};
};

TEST_F(SessionInMemory, ServesARequest) {
  const int client = proxy.connect();
  send(client, "GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(origin().from_proxy, HasSubstr("GET /x HTTP/1.1\r\nHost: a\r\n"));
  send(proxy.net.accepted.back(), "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  EXPECT_TRUE(proxy.net.at(client).from_proxy.ends_with("\r\n\r\nok"));
  EXPECT_NE(proxy.left_over(), "");  // the client is still there
  leave(client);
  EXPECT_EQ(proxy.left_over(), "");
  ASSERT_EQ(proxy.log_lines().size(), 1U);
  EXPECT_THAT(proxy.log_lines()[0], HasSubstr("\"status\":200,"));
}

TEST_F(SessionInMemory, AClientThatNeverReadsIsLetGoAfterItsTime) {
  const int client = proxy.connect();
  proxy.net.at(client).window = 10;
  send(client, "GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
  send(proxy.net.accepted.back(), "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
  proxy.pass(59'000);
  EXPECT_FALSE(proxy.net.at(client).closed);
  proxy.pass(3'000);
  EXPECT_TRUE(proxy.net.at(client).aborted);
  ASSERT_EQ(proxy.log_lines().size(), 1U);
  EXPECT_THAT(proxy.log_lines()[0], HasSubstr("\"error\":\"client_write_timeout\""));
  EXPECT_EQ(proxy.counters().reasons[static_cast<std::size_t>(Reason::client_write_timeout)].value(), 1U);
  leave(client);
  EXPECT_EQ(proxy.left_over(), "");
}

TEST_F(SessionInMemory, ADripFedHeadIsLateHoweverOftenAByteComes) {
  const int client = proxy.connect();
  send(client, "G");
  for (int second = 0; second < 17; ++second) {
    proxy.pass(1'000);
    send(client, "E");
  }
  EXPECT_TRUE(proxy.net.at(client).from_proxy.starts_with("HTTP/1.1 408 Request Timeout\r\n"));
  leave(client);
  EXPECT_EQ(proxy.left_over(), "");
}

TEST_F(SessionInMemory, ABodyThatDripsIsServedAsLongAsItComes) {
  const int client = proxy.connect();
  send(client, "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 60\r\n\r\n");
  for (int i = 0; i < 60; ++i) {
    proxy.pass(20'000);
    send(client, "b");
  }
  send(proxy.net.accepted.back(), "HTTP/1.1 204 No Content\r\n\r\n");
  EXPECT_TRUE(proxy.net.at(client).from_proxy.starts_with("HTTP/1.1 204 No Content\r\n"));
  leave(client);
  EXPECT_EQ(proxy.left_over(), "");
}

}  // namespace
}  // namespace sprx::testing
