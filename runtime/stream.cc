#include "runtime/stream.h"

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <ctime>
#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <utility>

#include "runtime/poller.h"

namespace sprx {
namespace {

/// Reads of one stream that need no waiting, before others have their turn.
constexpr std::uint8_t kReadsAtOnce = 4;

void send_at_once(int fd) {
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

ssize_t send_parts(int fd, std::span<iovec> parts) {
  constexpr int kFlags = MSG_NOSIGNAL | MSG_DONTWAIT;
  if (parts.size() == 1) return ::send(fd, parts.front().iov_base, parts.front().iov_len, kFlags);
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = parts.size();
  return ::sendmsg(fd, &message, kFlags);
}

}  // namespace

Milliseconds steady_ms() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return static_cast<Milliseconds>(now.tv_sec) * 1'000 + now.tv_nsec / 1'000'000;
}

Stream::~Stream() {
  close();
  poller_.forget(*this);
  assert(reader_ == nullptr && writer_ == nullptr);  // who waits would wait for ever
  leave_list();
}

bool Stream::adopt(int fd) {
  if (!poller_.watch(fd, *this)) {
    ::close(fd);
    return false;
  }
  fd_ = fd;
  send_at_once(fd);
  return true;
}

bool Stream::open(int family) {
  fd_ = ::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd_ < 0) return false;
  send_at_once(fd_);
  return true;
}

bool Stream::is_quiet() const {
  char byte = 0;
  const ssize_t got = ::recv(fd_, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

bool Stream::is_known_quiet() const { return !readable_ && !ending_ && poller_.has_told_all(); }

Stream::PeerState Stream::peer_state() const {
  pollfd state{fd_, POLLRDHUP, 0};
  if (::poll(&state, 1, 0) <= 0) return PeerState::there;
  if ((state.revents & POLLERR) != 0) return PeerState::broken;
  return (state.revents & POLLHUP) != 0 ? PeerState::closed : PeerState::ended;
}

void Stream::close() {
  if (fd_ < 0) return;
  cancel();
  poller_.forget_events(*this);
  ::close(fd_);
  fd_ = -1;
  readable_ = false;
}

void Stream::abort() {
  if (fd_ < 0) return;
  const linger now{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  close();
}

void Stream::shutdown_write() {
  if (fd_ >= 0) ::shutdown(fd_, SHUT_WR);
}

bool Stream::write_now(std::string_view text) {
  const ssize_t sent = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent > 0) written_ += static_cast<std::uint64_t>(sent);
  return sent == static_cast<ssize_t>(text.size());
}

void Stream::cancel(bool reader, bool writer) {
  if (fd_ < 0) return;
  cancel_reader_ = cancel_reader_ || (reader && reader_ != nullptr);
  cancel_writer_ = cancel_writer_ || (writer && writer_ != nullptr);
  if (cancel_reader_ || cancel_writer_) poller_.again(*this);
}

void Stream::note(std::uint32_t events) {
  if ((events & ~static_cast<std::uint32_t>(EPOLLIN | EPOLLOUT)) != 0) ending_ = readable_ = true;
  if ((events & EPOLLIN) != 0) readable_ = true;
  if ((events & EPOLLPRI) != 0) urgent_ = true;
  if ((events & EPOLLERR) != 0) {
    broken_ = broken_ || !finished_;
  } else if ((events & EPOLLRDHUP) != 0) {
    finished_ = !broken_;
  }
}

void Stream::on_ready(std::uint32_t events) {
  reads_at_once_ = 0;
  const bool cancelled = std::exchange(cancel_writer_, false);
  if (writer_ != nullptr && (cancelled || (events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) != 0)) {
    const Poller& poller = poller_;
    std::exchange(writer_, nullptr)->complete(cancelled ? Io::cancelled : Io::ok, 0);
    if (poller.current() != this) return;  // destroyed
  }
  if (reader_ == nullptr) return;
  IoResult result{Io::cancelled, 0};
  if (!std::exchange(cancel_reader_, false) && (!readable_ || !try_read(result))) return;
  std::exchange(reader_, nullptr)->complete(result.io, result.bytes);
}

int Stream::unacknowledged() const {
  int bytes = 0;
  return ::ioctl(fd_, SIOCOUTQ, &bytes) == 0 ? bytes : 0;
}

bool Stream::can_splice() const { return read_limit_ == 0; }

/// What splice(2) does not step over.
ssize_t Stream::copy_to_pipe() {
  char bytes[4096];  // less than an empty pipe takes
  const ssize_t got = ::recv(fd_, bytes, std::min(sizeof bytes, pipe_most_), 0);
  return got <= 0 ? got : ::write(pipe_, bytes, static_cast<std::size_t>(got));
}

ssize_t Stream::take_bytes() {
  if (pipe_ < 0) return ::recv(fd_, into_.data(), into_.size(), 0);
  const ssize_t got = ::splice(fd_, nullptr, pipe_, nullptr, pipe_most_, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
  const bool in_the_way = urgent_ && got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
  return in_the_way ? copy_to_pipe() : got;
}

bool Stream::try_read(IoResult& result) {
  ssize_t got = 0;
  do {
    got = take_bytes();
  } while (got < 0 && errno == EINTR);
  if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
    readable_ = false;
    return false;
  }
  // Less than there was room for: that was all, and what comes now comes with an event.
  // A pipe is full when its places are, whatever its size.
  readable_ = ending_ || pipe_ >= 0 || got == static_cast<ssize_t>(into_.size());
  // A write that failed has taken the error away, and what is left looks like an end.
  result.io = got > 0 ? Io::ok : got == 0 && !broken_ ? Io::eof : Io::error;
  result.bytes = got > 0 ? static_cast<std::size_t>(got) : 0;
  return true;
}

bool Stream::ReadAwaiter::receive() {
  if (stream_.fd_ < 0) {
    result_.io = Io::error;
    return false;
  }
  stream_.into_ = into_;
  stream_.pipe_ = pipe_;
  stream_.pipe_most_ = most_;
  if (stream_.readable_ && stream_.reads_at_once_ < kReadsAtOnce) {
    ++stream_.reads_at_once_;
    if (stream_.try_read(result_)) return false;
  }
  stream_.reader_ = this;
  if (stream_.readable_) stream_.poller_.again(stream_);
  return true;
}

bool Stream::WriteAwaiter::attempt_pipe() {
  while (left_ > 0) {
    const ssize_t sent = ::splice(pipe_, nullptr, stream_.fd_, nullptr, left_, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return false;
    if (sent <= 0) {
      stream_.broken_ = stream_.broken_ || !stream_.finished_;
      result_.io = Io::error;
      return true;
    }
    stream_.written_ += static_cast<std::uint64_t>(sent);
    stream_.last_write_ = steady_ms();
    result_.bytes += static_cast<std::size_t>(sent);
    left_ -= static_cast<std::size_t>(sent);
  }
  result_.io = Io::ok;
  return true;
}

bool Stream::WriteAwaiter::attempt() {
  if (pipe_ >= 0) return attempt_pipe();
  while (!parts_.empty()) {
    ssize_t sent = send_parts(stream_.fd_, parts_);
    if (sent < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN || errno == EWOULDBLOCK) return false;
      stream_.broken_ = stream_.broken_ || !stream_.finished_;
      result_.io = Io::error;
      return true;
    }
    stream_.written_ += static_cast<std::uint64_t>(sent);
    stream_.last_write_ = steady_ms();
    result_.bytes += static_cast<std::size_t>(sent);
    while (!parts_.empty() && static_cast<std::size_t>(sent) >= parts_.front().iov_len) {
      sent -= static_cast<ssize_t>(parts_.front().iov_len);
      parts_ = parts_.subspan(1);
    }
    if (!parts_.empty()) {
      parts_.front().iov_base = static_cast<char*>(parts_.front().iov_base) + sent;
      parts_.front().iov_len -= static_cast<std::size_t>(sent);
    }
  }
  result_.io = Io::ok;
  return true;
}

void Stream::WriteAwaiter::wait_for_room() { stream_.writer_ = this; }

bool Stream::ConnectAwaiter::await_ready() {
  const bool connected = ::connect(stream_.fd_, address_, size_) == 0;
  const bool begun = connected || errno == EINPROGRESS;
  // Only now: the poller would say of a socket without a connection that it has ended.
  if (begun && stream_.poller_.watch(stream_.fd_, stream_)) return connected;
  result_.io = Io::error;
  return true;
}

void Stream::ConnectAwaiter::wait() { stream_.writer_ = this; }

bool Stream::ConnectAwaiter::connected() {
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(stream_.fd_, SOL_SOCKET, SO_ERROR, &error, &size);
  return error == 0;
}

}  // namespace sprx
