// Stream: a non-blocking TCP connection with a deadline for each direction; what coroutines await to read, write and
// connect. Nothing else of a session touches a socket: tests put another stream.cc in the place of ours
// (tests/session/memory_stream.cc), so that sessions run in memory without virtual calls here. What knows no socket is
// in stream_operations.cc, for both.
//
// Reads and writes try the socket at once where something may be there, and wait for the poller's word where not.
// Nothing is allocated: a pending operation lives in the awaiter. Deadlines are fields; the worker sweeps them (see
// Worker) and cancels what is late.
#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <sys/socket.h>
#include <sys/uio.h>

#include "runtime/pipe_pool.h"

namespace sprx {

/// How an operation ended. `late`: its deadline passed. `cancelled`: someone called cancel().
enum class Io : std::uint8_t { ok, eof, error, late, cancelled };

struct IoResult {
  Io io = Io::ok;
  std::size_t bytes = 0;
};

/// Milliseconds of a clock that only goes forward; coarse (some 4 ms) and cheap.
using Milliseconds = std::int64_t;
[[nodiscard]] Milliseconds steady_ms();
inline constexpr Milliseconds kNever = std::numeric_limits<Milliseconds>::max();

class Poller;
class StreamList;
class StreamOperation;

class Stream {
 public:
  /// `read_limit`: bytes that one read takes at most, for tests; 0 for no limit.
  Stream(Poller& poller, StreamList& list, std::size_t read_limit);
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  /// Takes a connected non-blocking socket over; false (and the socket closed) if the poller cannot take it.
  bool adopt(int fd);
  /// Makes a socket to connect(); false with errno set if there is none to be had.
  [[nodiscard]] bool open(int family);
  void close();
  /// Closes with a reset: the peer sees an error, not an end.
  void abort();
  [[nodiscard]] bool is_open() const { return fd_ >= 0; }
  /// Nothing has arrived: no bytes, no end, no error.
  [[nodiscard]] bool is_quiet() const;
  /// Likewise, as far as the poller has told: without a system call, and only where the poller is in the middle of
  /// telling all that there was when it last asked the kernel. False where more may have happened since.
  [[nodiscard]] bool is_known_quiet() const;
  /// What is known of the peer without reading. `ended`: it sends no more, but may still read; `closed`: both sides
  /// have ended; `broken`: a reset or a network error.
  enum class PeerState : std::uint8_t { there, ended, closed, broken };
  [[nodiscard]] PeerState peer_state() const;
  /// Sends FIN.
  void shutdown_write();
  /// Ends pending operations with Io::cancelled.
  void cancel() { cancel(true, true); }

  /// Sends `text` without waiting; false if it did not all go. Only for a few bytes.
  [[nodiscard]] bool write_now(std::string_view text);

  class ReadAwaiter;
  class WriteAwaiter;
  class ConnectAwaiter;
  /// Reads at least one byte. `deadline` is absolute.
  [[nodiscard]] ReadAwaiter read(std::span<char> into, Milliseconds deadline);
  /// Writes everything; the deadline starts anew with every byte that goes, and with every one that the peer is seen to
  /// have taken of what the kernel holds. `parts` is used up.
  [[nodiscard]] WriteAwaiter write(std::span<iovec> parts, Milliseconds timeout);
  /// Whether splice_to and splice_from are to be had: not in memory, and not where reads are limited for a test.
  [[nodiscard]] bool can_splice() const;
  /// As read(), at most `most` bytes into `pipe`, which has to be empty; it is not known afterwards whether there is
  /// more.
  [[nodiscard]] ReadAwaiter splice_to(const Pipe& pipe, std::size_t most, Milliseconds deadline);
  /// As write(), `size` bytes that `pipe` holds.
  [[nodiscard]] WriteAwaiter splice_from(const Pipe& pipe, std::size_t size, Milliseconds timeout);
  [[nodiscard]] ConnectAwaiter connect(const sockaddr* address, socklen_t size, Milliseconds deadline);

  /// Gives a pending read another deadline; nothing if none is pending.
  void set_read_deadline(Milliseconds deadline) {
    if (reading_) read_deadline_ = deadline;
  }
  /// A write is waiting for room.
  [[nodiscard]] bool writing() const { return write_deadline_ != kNever; }
  /// Bytes written so far by this connection, whatever became of the operation.
  [[nodiscard]] std::uint64_t written() const { return written_; }
  /// Bytes of those that the peer has not acknowledged. A system call.
  [[nodiscard]] int unacknowledged() const;
  /// When bytes last went out, as far as is known (steady_ms).
  [[nodiscard]] Milliseconds last_write() const { return last_write_; }

  /// What the poller knows, before it tells any stream: events of epoll(7).
  void note(std::uint32_t events);
  /// The poller's word: events that were noted; none when a read or a cancel() asked to be looked at once more. May end
  /// in the destruction of the stream.
  void on_ready(std::uint32_t events);

 private:
  friend class StreamList;
  friend class Poller;

  void cancel(bool reader, bool writer);
  /// Looks whether a write that waits has come nearer to its end: room is only told of when a good part of what the
  /// kernel holds, which may be megabytes, has gone.
  void note_progress(Milliseconds now);
  /// Out of the list, at the end.
  void leave_list();
  /// Tries a pending read; true if it is over, as `result` says.
  [[nodiscard]] bool try_read(IoResult& result);
  /// read(2) or splice(2), as the reader wants it.
  [[nodiscard]] ssize_t take_bytes();
  [[nodiscard]] ssize_t copy_to_pipe();

  Poller& poller_;
  StreamList& list_;
  Stream* previous_ = nullptr;
  Stream* next_ = nullptr;
  int fd_ = -1;
  std::size_t read_limit_;
  Milliseconds read_deadline_ = kNever;
  Milliseconds write_deadline_ = kNever;
  StreamOperation* reader_ = nullptr;  ///< waits for bytes
  StreamOperation* writer_ = nullptr;  ///< waits for room, or for its connection
  std::span<char> into_;               ///< of the reader
  int pipe_ = -1;                      ///< of the reader, instead
  std::size_t pipe_most_ = 0;
  std::uint64_t written_ = 0;
  Milliseconds last_write_ = 0;
  Milliseconds write_timeout_ = 0;  ///< of the write that waits; 0: it is a connection
  int unacknowledged_ = -1;         ///< when the sweep last looked, for the write that waits; -1: not yet
  std::uint8_t reads_at_once_ = 0;  ///< since the poller's last word
  bool reading_ = false;
  bool read_late_ = false;
  bool write_late_ = false;
  bool cancel_reader_ = false;
  bool cancel_writer_ = false;
  bool readable_ = false;  ///< not known to be empty
  bool ending_ = false;    ///< an end, an error or urgent data: that a read took little says nothing of the rest
  bool urgent_ = false;    ///< urgent data came: splice(2) stops before it, and read(2) does not
  bool finished_ = false;  ///< FIN came, and nothing had broken before
  bool broken_ = false;    ///< a reset or a network error came before a FIN; whoever is told of it first, both are
  bool queued_ = false;    ///< of the poller
};

/// All streams of a worker, for the sweep.
class StreamList {
 public:
  /// Cancels what is past its deadline.
  void sweep(Milliseconds now);
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  friend class Stream;
  Stream* first_ = nullptr;
  std::size_t size_ = 0;
};

/// Common to the awaiters: a pending operation and how it ended.
class StreamOperation {
 public:
  /// What was waited for is there (`ok`), or will not be: `cancelled` also where the deadline has passed. `bytes`:
  /// read.
  virtual void complete(Io io, std::size_t bytes) = 0;

 protected:
  explicit StreamOperation(Stream& stream) : stream_(stream) {}
  ~StreamOperation() = default;
  void resume(Io io, std::size_t bytes) {
    result_ = {io, bytes};
    waiter_.resume();
  }
  Stream& stream_;
  std::coroutine_handle<> waiter_;
  IoResult result_;
};

class Stream::ReadAwaiter final : public StreamOperation {
 public:
  ReadAwaiter(Stream& stream, std::span<char> into, Milliseconds deadline)
      : StreamOperation(stream), into_(into), deadline_(deadline) {}
  ReadAwaiter(Stream& stream, int pipe, std::size_t most, Milliseconds deadline)
      : StreamOperation(stream), pipe_(pipe), most_(most), deadline_(deadline) {}
  [[nodiscard]] bool await_ready() const { return false; }
  bool await_suspend(std::coroutine_handle<> waiter);
  [[nodiscard]] IoResult await_resume() const { return result_; }
  void complete(Io io, std::size_t bytes) override;

 private:
  /// True if bytes are waited for; false if it is over, as `result_` says.
  bool receive();
  void over();
  std::span<char> into_;
  int pipe_ = -1;
  std::size_t most_ = 0;
  Milliseconds deadline_;
};

class Stream::WriteAwaiter final : public StreamOperation {
 public:
  WriteAwaiter(Stream& stream, std::span<iovec> parts, Milliseconds timeout)
      : StreamOperation(stream), parts_(parts), timeout_(timeout) {}
  WriteAwaiter(Stream& stream, int pipe, std::size_t size, Milliseconds timeout)
      : StreamOperation(stream), pipe_(pipe), left_(size), timeout_(timeout) {}
  [[nodiscard]] bool await_ready() { return attempt(); }
  void await_suspend(std::coroutine_handle<> waiter);
  [[nodiscard]] IoResult await_resume() const { return result_; }
  void complete(Io io, std::size_t bytes) override;

 private:
  /// True when there is nothing to wait for: everything went, or it failed.
  bool attempt();
  bool attempt_pipe();
  void wait();
  void wait_for_room();
  std::span<iovec> parts_;
  int pipe_ = -1;
  std::size_t left_ = 0;  ///< in the pipe
  Milliseconds timeout_;
};

class Stream::ConnectAwaiter final : public StreamOperation {
 public:
  ConnectAwaiter(Stream& stream, const sockaddr* address, socklen_t size, Milliseconds deadline)
      : StreamOperation(stream), address_(address), size_(size), deadline_(deadline) {}
  [[nodiscard]] bool await_ready();
  void await_suspend(std::coroutine_handle<> waiter);
  [[nodiscard]] IoResult await_resume() const { return result_; }
  void complete(Io io, std::size_t bytes) override;

 private:
  void wait();
  /// Whether what was waited for is a connection.
  [[nodiscard]] bool connected();
  const sockaddr* address_;
  socklen_t size_;
  Milliseconds deadline_;
};

inline Stream::ReadAwaiter Stream::read(std::span<char> into, Milliseconds deadline) { return {*this, into, deadline}; }
inline Stream::WriteAwaiter Stream::write(std::span<iovec> parts, Milliseconds timeout) {
  return {*this, parts, timeout};
}
inline Stream::ReadAwaiter Stream::splice_to(const Pipe& pipe, std::size_t most, Milliseconds deadline) {
  return {*this, pipe.in(), most, deadline};
}
inline Stream::WriteAwaiter Stream::splice_from(const Pipe& pipe, std::size_t size, Milliseconds timeout) {
  return {*this, pipe.out(), size, timeout};
}
inline Stream::ConnectAwaiter Stream::connect(const sockaddr* address, socklen_t size, Milliseconds deadline) {
  return {*this, address, size, deadline};
}

}  // namespace sprx
