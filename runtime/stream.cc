#include "runtime/stream.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <cerrno>
#include <ctime>
#include <netinet/tcp.h>
#include <new>
#include <poll.h>
#include <unistd.h>

namespace sprx {
namespace asio = boost::asio;
using boost::system::error_code;

Milliseconds steady_ms() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return static_cast<Milliseconds>(now.tv_sec) * 1'000 + now.tv_nsec / 1'000'000;
}

void* OperationSlot::allocate(std::size_t size) {
  if (used_ || size > kSize) return ::operator new(size);
  used_ = true;
  return bytes_;
}

void OperationSlot::deallocate(void* at) {
  if (at == static_cast<void*>(bytes_)) {
    used_ = false;
  } else {
    ::operator delete(at);
  }
}

namespace {

template <typename T>
struct SlotAllocator {
  using value_type = T;
  explicit SlotAllocator(OperationSlot& s) : slot(&s) {}
  template <typename U>
  SlotAllocator(const SlotAllocator<U>& other) : slot(other.slot) {}  // NOLINT: rebinding is implicit
  T* allocate(std::size_t count) { return static_cast<T*>(slot->allocate(sizeof(T) * count)); }
  void deallocate(T* at, std::size_t) { slot->deallocate(at); }
  template <typename U>
  bool operator==(const SlotAllocator<U>& other) const {
    return slot == other.slot;
  }
  OperationSlot* slot;
};

Io io_of(const error_code& ec, bool late) {
  if (!ec) return Io::ok;
  if (ec == asio::error::operation_aborted) return late ? Io::late : Io::cancelled;
  return ec == asio::error::eof ? Io::eof : Io::error;
}

}  // namespace

struct Stream::Completion {
  StreamOperation* operation;
  OperationSlot* slot;
  using allocator_type = SlotAllocator<char>;
  [[nodiscard]] allocator_type get_allocator() const noexcept { return allocator_type(*slot); }
  void operator()(const error_code& ec, std::size_t bytes) const { operation->complete(ec, bytes); }
  void operator()(const error_code& ec) const { operation->complete(ec, 0); }
};

Stream::Stream(asio::io_context& context, StreamList& list, std::size_t read_limit)
    : socket_(context), list_(list), next_(list.first_), read_limit_(read_limit) {
  if (next_ != nullptr) next_->previous_ = this;
  list.first_ = this;
  ++list.size_;
}

Stream::~Stream() {
  close();
  if (previous_ != nullptr) {
    previous_->next_ = next_;
  } else {
    list_.first_ = next_;
  }
  if (next_ != nullptr) next_->previous_ = previous_;
  --list_.size_;
}

bool Stream::adopt(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  error_code ec;
  socket_.assign(asio::generic::stream_protocol(address.ss_family, IPPROTO_TCP), fd, ec);
  if (ec) {
    ::close(fd);
    return false;
  }
  fd_ = fd;
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return true;
}

bool Stream::open(int family) {
  const int fd = ::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  return fd >= 0 && adopt(fd);
}

bool Stream::is_quiet() const {
  char byte = 0;
  const ssize_t got = ::recv(fd_, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

Stream::PeerState Stream::peer_state() const {
  pollfd state{fd_, POLLRDHUP, 0};
  if (::poll(&state, 1, 0) <= 0) return PeerState::there;
  if ((state.revents & POLLERR) != 0) return PeerState::broken;
  return (state.revents & POLLHUP) != 0 ? PeerState::closed : PeerState::ended;
}

void Stream::close() {
  if (fd_ < 0) return;
  error_code ignored;
  socket_.close(ignored);
  fd_ = -1;
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

void Stream::cancel() {
  if (fd_ < 0) return;
  error_code ignored;
  socket_.cancel(ignored);
}

void StreamList::sweep(Milliseconds now) {
  for (Stream* stream = first_; stream != nullptr; stream = stream->next_) {
    const bool read = now >= stream->read_deadline_;
    const bool write = now >= stream->write_deadline_;
    if (!read && !write) continue;
    stream->read_late_ = stream->read_late_ || read;
    stream->write_late_ = stream->write_late_ || write;
    if (read) stream->read_deadline_ = kNever;
    if (write) stream->write_deadline_ = kNever;
    stream->cancel();
  }
}

void Stream::ReadAwaiter::await_suspend(std::coroutine_handle<> waiter) {
  waiter_ = waiter;
  if (stream_.read_limit_ != 0 && into_.size() > stream_.read_limit_) into_ = into_.first(stream_.read_limit_);
  stream_.read_late_ = false;
  stream_.read_deadline_ = deadline_;
  stream_.reading_ = true;
  stream_.socket_.async_receive(asio::buffer(into_.data(), into_.size()), Completion{this, &stream_.read_slot_});
}

void Stream::ReadAwaiter::complete(const error_code& ec, std::size_t bytes) {
  stream_.read_deadline_ = kNever;
  stream_.reading_ = false;
  resume(io_of(ec, stream_.read_late_), bytes);
}

bool Stream::WriteAwaiter::attempt() {
  while (!parts_.empty()) {
    msghdr message{};
    message.msg_iov = parts_.data();
    message.msg_iovlen = parts_.size();
    ssize_t sent = ::sendmsg(stream_.fd_, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN || errno == EWOULDBLOCK) return false;
      result_.io = Io::error;
      return true;
    }
    stream_.written_ += static_cast<std::uint64_t>(sent);
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
  stream_.last_write_ = steady_ms();
  result_.io = Io::ok;
  return true;
}

void Stream::WriteAwaiter::wait() {
  stream_.last_write_ = steady_ms();
  stream_.write_deadline_ = stream_.last_write_ + timeout_;
  stream_.socket_.async_wait(Socket::wait_write, Completion{this, &stream_.write_slot_});
}

void Stream::WriteAwaiter::await_suspend(std::coroutine_handle<> waiter) {
  waiter_ = waiter;
  stream_.write_late_ = false;
  wait();
}

void Stream::WriteAwaiter::complete(const error_code& ec, std::size_t) {
  stream_.write_deadline_ = kNever;
  if (ec) return resume(io_of(ec, stream_.write_late_), result_.bytes);
  if (attempt()) return resume(result_.io, result_.bytes);
  wait();
}

bool Stream::ConnectAwaiter::await_ready() {
  if (::connect(stream_.fd_, address_, size_) == 0) return true;
  if (errno == EINPROGRESS) return false;
  result_.io = Io::error;
  return true;
}

void Stream::ConnectAwaiter::await_suspend(std::coroutine_handle<> waiter) {
  waiter_ = waiter;
  stream_.write_late_ = false;
  stream_.write_deadline_ = deadline_;
  stream_.socket_.async_wait(Socket::wait_write, Completion{this, &stream_.write_slot_});
}

void Stream::ConnectAwaiter::complete(const error_code& ec, std::size_t) {
  stream_.write_deadline_ = kNever;
  if (ec) return resume(io_of(ec, stream_.write_late_), 0);
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(stream_.fd_, SOL_SOCKET, SO_ERROR, &error, &size);
  resume(error == 0 ? Io::ok : Io::error, 0);
}

}  // namespace sprx
