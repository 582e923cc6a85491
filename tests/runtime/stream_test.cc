// Streams over real sockets, told by a poller in an io_context: what edge-triggered events must not lose.
#include "runtime/stream.h"

#include <boost/asio/io_context.hpp>
#include <fcntl.h>
#include <functional>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <optional>
#include <string>
#include <unistd.h>
#include <vector>

#include "runtime/poller.h"
#include "runtime/task.h"
#include "tests/runtime/sockets.h"

namespace sprx::test {
namespace {

constexpr std::chrono::seconds kPatience{10};

/// A stream and the other end of its connection.
struct Pair {
  std::unique_ptr<Stream> stream;
  Peer peer;
};

class StreamOverSockets : public ::testing::Test {
 protected:
  StreamOverSockets() { poller.start(); }

  Pair connected() {
    Pair pair;
    pair.peer = connect_to(listener.port());
    Peer accepted = listener.accept();
    const int fd = ::fcntl(accepted.fd(), F_DUPFD_CLOEXEC, 0);
    accepted.close();
    ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
    pair.stream = std::make_unique<Stream>(poller, streams, 0);
    EXPECT_TRUE(pair.stream->adopt(fd));
    return pair;
  }
  /// Lets everything happen until `done`.
  void run_until(const std::function<bool()>& done) {
    const auto until = std::chrono::steady_clock::now() + kPatience;
    while (!done() && std::chrono::steady_clock::now() < until) context.run_one_for(std::chrono::milliseconds(100));
    EXPECT_TRUE(done()) << "nothing more happens";
  }

  Listener listener;
  boost::asio::io_context context{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE};
  Poller poller{context};
  StreamList streams;
};

/// Reads `block` bytes at a time to the end; what ended it is in `end`.
Detached read_to_end(Stream* stream, std::size_t block, std::string* text, std::optional<Io>* end) {
  std::string buffer(block, '\0');
  for (;;) {
    const IoResult got = co_await stream->read({buffer.data(), buffer.size()}, kNever);
    if (got.io != Io::ok) {
      *end = got.io;
      co_return;
    }
    text->append(buffer, 0, got.bytes);
  }
}

Detached read_once(Stream* stream, std::function<void(IoResult)> then) {
  char buffer[64];
  const IoResult got = co_await stream->read({buffer, sizeof buffer}, kNever);
  then(got);
}

Detached read_by(Stream* stream, Milliseconds deadline, std::function<void(IoResult)> then) {
  char buffer[64];
  const IoResult got = co_await stream->read({buffer, sizeof buffer}, deadline);
  then(got);
}

Detached splice_to_end(Stream* stream, Pipe* pipe, std::string* text, std::optional<Io>* end) {
  char buffer[PipePool::kPipeSize];
  for (;;) {
    const IoResult got = co_await stream->splice_to(*pipe, sizeof buffer, kNever);
    if (got.io != Io::ok) {
      *end = got.io;
      co_return;
    }
    const ssize_t taken = ::read(pipe->out(), buffer, sizeof buffer);
    EXPECT_EQ(taken, static_cast<ssize_t>(got.bytes));
    if (taken > 0) text->append(buffer, static_cast<std::size_t>(taken));
  }
}

Detached write_all(Stream* stream, std::string text, std::optional<Io>* end) {
  iovec part{text.data(), text.size()};
  const IoResult sent = co_await stream->write({&part, 1}, 60'000);
  *end = sent.io;
}

Detached connect(Stream* stream, std::uint16_t port, std::optional<Io>* end) {
  sockaddr_in address = loopback(port);
  const IoResult done = co_await stream->connect(reinterpret_cast<sockaddr*>(&address), sizeof address, kNever);
  *end = done.io;
}

Detached connect_and_then(Stream* stream, std::uint16_t port, std::function<void()> then) {
  sockaddr_in address = loopback(port);
  const IoResult done = co_await stream->connect(reinterpret_cast<sockaddr*>(&address), sizeof address, kNever);
  EXPECT_EQ(done.io, Io::error);
  then();
}

TEST_F(StreamOverSockets, an_end_that_came_with_the_last_bytes_is_seen) {
  for (const std::size_t block : {std::size_t{1}, std::size_t{5}, std::size_t{64}}) {
    Pair pair = connected();
    pair.peer.send("hello");
    pair.peer.shut();
    std::string text;
    std::optional<Io> end;
    read_to_end(pair.stream.get(), block, &text, &end);
    run_until([&] { return end.has_value(); });
    EXPECT_EQ(text, "hello") << block;
    EXPECT_EQ(end, Io::eof) << block;
  }
}

TEST_F(StreamOverSockets, what_comes_after_a_read_that_took_all_comes_with_an_event) {
  Pair pair = connected();
  std::string text;
  std::optional<Io> end;
  read_to_end(pair.stream.get(), 64, &text, &end);
  std::string expected;
  for (int i = 0; i < 100; ++i) {
    pair.peer.send("a piece;");
    expected += "a piece;";
    run_until([&] { return text == expected; });
  }
  pair.peer.reset();
  run_until([&] { return end.has_value(); });
  EXPECT_EQ(end, Io::error);
}

TEST_F(StreamOverSockets, a_reset_after_bytes_is_an_error_and_no_end) {
  Pair pair = connected();
  pair.peer.send("hello");
  pair.peer.reset();
  std::string text;
  std::optional<Io> end;
  read_to_end(pair.stream.get(), 64, &text, &end);
  run_until([&] { return end.has_value(); });
  EXPECT_EQ(end, Io::error);
}

TEST_F(StreamOverSockets, urgent_data_holds_nothing_up) {
  Pair pair = connected();
  pair.peer.send("before");
  ASSERT_EQ(::send(pair.peer.fd(), "!", 1, MSG_OOB), 1);
  pair.peer.send("after");
  std::string text;
  std::optional<Io> end;
  read_to_end(pair.stream.get(), 64, &text, &end);
  run_until([&] { return text.ends_with("after"); });
  EXPECT_EQ(text, "beforeafter");
  pair.stream->close();
  run_until([&] { return end.has_value(); });
}

TEST_F(StreamOverSockets, a_stream_that_always_has_bytes_leaves_others_their_turn) {
  Pair busy = connected();
  Pair other = connected();
  busy.peer.send(std::string(50'000, 'x'));
  other.peer.send("hello");
  std::string text;
  std::optional<Io> end;
  std::size_t at_others_turn = 0;
  read_to_end(busy.stream.get(), 1, &text, &end);
  read_once(other.stream.get(), [&](IoResult) { at_others_turn = text.size(); });
  run_until([&] { return text.size() == 50'000 && at_others_turn > 0; });
  EXPECT_LT(at_others_turn, 100U);
  busy.stream->close();
  run_until([&] { return end.has_value(); });
  EXPECT_EQ(end, Io::cancelled);
}

TEST_F(StreamOverSockets, cancel_ends_what_waits_but_not_within_the_call) {
  Pair pair = connected();
  std::optional<Io> end;
  read_once(pair.stream.get(), [&](IoResult got) { end = got.io; });
  pair.stream->cancel();
  EXPECT_FALSE(end.has_value());
  run_until([&] { return end.has_value(); });
  EXPECT_EQ(end, Io::cancelled);
  // And the next read knows nothing of it.
  end.reset();
  read_once(pair.stream.get(), [&](IoResult got) { end = got.io; });
  pair.peer.send("x");
  run_until([&] { return end.has_value(); });
  EXPECT_EQ(end, Io::ok);
}

TEST_F(StreamOverSockets, one_that_another_closes_is_told_nothing_more) {
  // All events are there before the first is told; whichever comes first closes all others.
  std::vector<Pair> pairs;
  for (int i = 0; i < 20; ++i) pairs.push_back(connected());
  int told = 0;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    Stream* const stream = pairs[i].stream.get();
    read_once(stream, [&, i](IoResult got) {
      if (got.io == Io::cancelled) return;
      ++told;
      for (std::size_t other = 0; other < pairs.size(); ++other) {
        if (other != i) pairs[other].stream->close();
      }
    });
  }
  for (Pair& pair : pairs) pair.peer.send("x");
  run_until([&] { return told > 0; });
  for (int i = 0; i < 50; ++i) context.poll();
  EXPECT_EQ(told, 1);
  // Nothing waits any more: they can go while the poller still has them in its queue.
  pairs[0].stream->cancel();
  pairs.clear();
  for (int i = 0; i < 50; ++i) context.poll();
}

TEST_F(StreamOverSockets, bytes_that_nobody_asked_for_are_known_to_whoever_is_told_in_the_same_round) {
  Pair told = connected();
  Pair other = connected();
  const auto known_quiet = [&] {
    std::optional<bool> known;
    read_once(told.stream.get(), [&](IoResult) { known = other.stream->is_known_quiet(); });
    told.peer.send("x");
    run_until([&] { return known.has_value(); });
    return known;
  };
  EXPECT_EQ(known_quiet(), true);
  EXPECT_FALSE(other.stream->is_known_quiet()) << "nobody has asked the kernel just now";
  // The one that is told comes first: its event was there before.
  std::optional<bool> known;
  read_once(told.stream.get(), [&](IoResult) { known = other.stream->is_known_quiet(); });
  told.peer.send("x");
  other.peer.send("HTTP/1.1 200 OK\r\n");
  run_until([&] { return known.has_value(); });
  EXPECT_EQ(known, false);
  EXPECT_EQ(known_quiet(), false) << "they are still there";
  std::optional<IoResult> got;
  read_once(other.stream.get(), [&](IoResult result) { got = result; });
  EXPECT_EQ(got->bytes, 17U);
  EXPECT_EQ(known_quiet(), true);
  other.peer.shut();
  EXPECT_EQ(known_quiet(), false);
}

TEST_F(StreamOverSockets, a_read_that_was_filled_leaves_the_stream_not_known_to_be_quiet) {
  Pair pair = connected();
  pair.peer.send(std::string(65, 'x'));
  std::optional<IoResult> got;
  std::optional<bool> known;
  read_once(pair.stream.get(), [&](IoResult result) {
    got = result;
    known = pair.stream->is_known_quiet();
  });
  run_until([&] { return got.has_value(); });
  EXPECT_EQ(got->bytes, 64U);
  EXPECT_EQ(known, false);
  EXPECT_FALSE(pair.stream->is_quiet());
}

TEST_F(StreamOverSockets, a_deadline_ends_one_direction_only) {
  Pair pair = connected();
  std::optional<Io> written;
  write_all(pair.stream.get(), std::string(8'000'000, 'x'), &written);
  std::optional<Io> read;
  const Milliseconds now = steady_ms();
  read_by(pair.stream.get(), now + 100, [&](IoResult got) { read = got.io; });
  streams.sweep(now + 99);
  streams.sweep(now + 100);
  run_until([&] { return read.has_value(); });
  EXPECT_EQ(read, Io::late);
  EXPECT_FALSE(written.has_value());
  read_by(pair.stream.get(), kNever, [&](IoResult got) { read = got.io; });
  read.reset();
  streams.sweep(now + 120'000);
  run_until([&] { return written.has_value(); });
  EXPECT_EQ(written, Io::late);
  EXPECT_FALSE(read.has_value());
  pair.stream->close();
  run_until([&] { return read.has_value(); });
}

TEST_F(StreamOverSockets, a_peer_that_takes_bytes_slowly_is_not_late_with_them) {
  Pair pair = connected();
  std::optional<Io> written;
  write_all(pair.stream.get(), std::string(8'000'000, 'x'), &written);
  ASSERT_FALSE(written.has_value());
  Milliseconds now = steady_ms();
  streams.sweep(now);
  for (int i = 0; i < 3; ++i) {
    // Less than it takes for the kernel to say that there is room, so that nothing but the sweep tells.
    EXPECT_EQ(pair.peer.receive(200'000).size(), 200'000U);
    const auto until = std::chrono::steady_clock::now() + kPatience;
    Milliseconds moved = 0;
    do {
      streams.sweep(now + 59'000);
      moved = pair.stream->last_write();
    } while (moved != now + 59'000 && std::chrono::steady_clock::now() < until);
    ASSERT_EQ(moved, now + 59'000);
    now += 59'000;
  }
  streams.sweep(now + 59'999);
  context.poll();
  EXPECT_FALSE(written.has_value());
  streams.sweep(now + 60'000);
  run_until([&] { return written.has_value(); });
  EXPECT_EQ(written, Io::late);
}

TEST_F(StreamOverSockets, a_reset_that_a_write_was_told_of_is_no_end_for_the_reader) {
  for (const bool reads_before : {true, false}) {
    Pair pair = connected();
    std::optional<Io> written;
    write_all(pair.stream.get(), std::string(8'000'000, 'x'), &written);
    ASSERT_FALSE(written.has_value());
    std::string text;
    std::optional<Io> end;
    if (reads_before) read_to_end(pair.stream.get(), 64, &text, &end);
    pair.peer.send("the first half");
    if (reads_before) run_until([&] { return text == "the first half"; });
    pair.peer.reset();
    run_until([&] { return written.has_value(); });
    EXPECT_EQ(written, Io::error);
    if (!reads_before) read_to_end(pair.stream.get(), 64, &text, &end);
    run_until([&] { return end.has_value(); });
    EXPECT_EQ(end, Io::error) << reads_before;
  }
}

TEST_F(StreamOverSockets, urgent_data_does_not_hold_up_what_goes_through_a_pipe) {
  PipePool pipes;
  Pipe pipe = pipes.take();
  ASSERT_TRUE(pipe.is_open());
  Pair pair = connected();
  const std::string before(3'000, 'a');
  const std::string after(60'000, 'b');
  std::string text;
  std::optional<Io> end;
  splice_to_end(pair.stream.get(), &pipe, &text, &end);
  pair.peer.send(before);
  ASSERT_EQ(::send(pair.peer.fd(), "!", 1, MSG_OOB), 1);
  pair.peer.send(after);
  run_until([&] { return text.size() >= before.size() + after.size(); });
  EXPECT_TRUE(text == before + after);
  pair.peer.shut();
  run_until([&] { return end.has_value(); });
  EXPECT_EQ(end, Io::eof);
}

TEST_F(StreamOverSockets, a_write_waits_for_room) {
  Pair pair = connected();
  const std::string text(8'000'000, 'x');
  std::optional<Io> end;
  write_all(pair.stream.get(), text, &end);
  EXPECT_FALSE(end.has_value()) << "it all went: more is wanted";
  std::size_t taken = 0;
  std::string block(1'000'000, '\0');
  run_until([&] {
    const ssize_t got = ::recv(pair.peer.fd(), block.data(), block.size(), MSG_DONTWAIT);
    if (got > 0) taken += static_cast<std::size_t>(got);
    return taken == text.size();
  });
  run_until([&] { return end.has_value(); });
  EXPECT_EQ(end, Io::ok);
}

TEST_F(StreamOverSockets, a_write_that_waits_ends_with_the_connection) {
  Pair pair = connected();
  std::optional<Io> end;
  write_all(pair.stream.get(), std::string(8'000'000, 'x'), &end);
  EXPECT_FALSE(end.has_value());
  pair.peer.reset();
  run_until([&] { return end.has_value(); });
  EXPECT_EQ(end, Io::error);
}

TEST_F(StreamOverSockets, connects_and_then_reads) {
  Stream stream(poller, streams, 0);
  ASSERT_TRUE(stream.open(AF_INET));
  std::optional<Io> end;
  connect(&stream, listener.port(), &end);
  run_until([&] { return end.has_value(); });
  ASSERT_EQ(end, Io::ok);
  Peer peer = listener.accept();
  peer.send("hello");
  std::optional<IoResult> got;
  read_once(&stream, [&](IoResult result) { got = result; });
  run_until([&] { return got.has_value(); });
  EXPECT_EQ(got->bytes, 5U);
}

TEST_F(StreamOverSockets, a_refused_connection_is_an_error) {
  const std::uint16_t port = listener.port();
  listener.close();
  Stream stream(poller, streams, 0);
  ASSERT_TRUE(stream.open(AF_INET));
  std::optional<Io> end;
  connect(&stream, port, &end);
  run_until([&] { return end.has_value(); });
  EXPECT_EQ(end, Io::error);
}

TEST_F(StreamOverSockets, may_be_destroyed_by_what_it_completes) {
  const std::uint16_t port = listener.port();
  listener.close();
  auto stream = std::make_unique<Stream>(poller, streams, 0);
  ASSERT_TRUE(stream->open(AF_INET));
  bool gone = false;
  connect_and_then(stream.get(), port, [&] {
    stream.reset();
    gone = true;
  });
  run_until([&] { return gone; });
}

}  // namespace
}  // namespace sprx::test
