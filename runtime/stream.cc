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

}  // namespace

struct Stream::Completion {
  StreamOperation* operation;
  OperationSlot* slot;
  using allocator_type = SlotAllocator<char>;
  [[nodiscard]] allocator_type get_allocator() const noexcept { return allocator_type(*slot); }
  void operator()(const error_code& ec, std::size_t bytes) const { operation->complete(ec, bytes); }
  void operator()(const error_code& ec) const { operation->complete(ec, 0); }
};

Stream::~Stream() {
  close();
  leave_list();
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

void Stream::ReadAwaiter::receive() {
  stream_.socket_.async_receive(asio::buffer(into_.data(), into_.size()), Completion{this, &stream_.read_slot_});
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

void Stream::WriteAwaiter::wait_for_room() {
  stream_.socket_.async_wait(Socket::wait_write, Completion{this, &stream_.write_slot_});
}

bool Stream::ConnectAwaiter::await_ready() {
  if (::connect(stream_.fd_, address_, size_) == 0) return true;
  if (errno == EINPROGRESS) return false;
  result_.io = Io::error;
  return true;
}

void Stream::ConnectAwaiter::wait() {
  stream_.socket_.async_wait(Socket::wait_write, Completion{this, &stream_.write_slot_});
}

bool Stream::ConnectAwaiter::connected() {
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(stream_.fd_, SOL_SOCKET, SO_ERROR, &error, &size);
  return error == 0;
}

}  // namespace sprx
