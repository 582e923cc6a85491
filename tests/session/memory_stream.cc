// Stream over MemoryNet: what runtime/stream.cc defines, defined here instead. A program that links this file takes
// nothing of the other one, and the rest of Stream from runtime/stream_operations.cc as the proxy does.
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <netinet/in.h>

#include "runtime/stream.h"
#include "tests/session/memory_net.h"

namespace sprx {
using testing::Fault;
using testing::MemoryNet;
using testing::MemorySocket;

namespace {

MemorySocket& at(int fd) { return MemoryNet::current().at(fd); }

}  // namespace

Milliseconds steady_ms() { return MemoryNet::current().now; }

Stream::~Stream() {
  close();
  if (reading_ || write_deadline_ != kNever) {
    std::fprintf(stderr, "a stream is destroyed while something waits for it\n");
    std::abort();
  }
  leave_list();
}

bool Stream::adopt(int fd) {
  if (MemoryNet::current().fails()) {
    at(fd).closed = at(fd).ended = true;
    return false;
  }
  fd_ = fd;
  return true;
}

bool Stream::open(int) {
  if (MemoryNet::current().fails()) {
    errno = EMFILE;
    return false;
  }
  fd_ = MemoryNet::current().make_socket();
  return true;
}

bool Stream::is_quiet() const { return at(fd_).unread().empty() && !at(fd_).fin && !at(fd_).reset; }

bool Stream::is_known_quiet() const { return MemoryNet::current().telling && !at(fd_).noted; }

Stream::PeerState Stream::peer_state() const {
  const MemorySocket& socket = at(fd_);
  if (socket.reset) return PeerState::broken;
  if (socket.fin && socket.ended) return PeerState::closed;
  return socket.fin ? PeerState::ended : PeerState::there;
}

void Stream::cancel(bool reader, bool writer) {
  if (fd_ < 0) return;
  MemorySocket& socket = at(fd_);
  socket.cancel_reader = socket.cancel_reader || (reader && socket.reader != nullptr);
  socket.cancel_writer = socket.cancel_writer || (writer && socket.writer != nullptr);
}

void Stream::close() {
  if (fd_ < 0) return;
  cancel();
  MemorySocket& socket = at(fd_);
  socket.end_seen = socket.end_seen || (!socket.reset && !socket.aborted);
  socket.closed = socket.ended = true;
  fd_ = -1;
}

void Stream::abort() {
  if (fd_ < 0) return;
  at(fd_).aborted = true;
  close();
}

void Stream::shutdown_write() {
  if (fd_ < 0) return;
  at(fd_).ended = true;
  at(fd_).end_seen = at(fd_).end_seen || !at(fd_).reset;
}

bool Stream::write_now(std::string_view text) {
  if (fd_ < 0 || at(fd_).reset || at(fd_).room() < text.size()) return false;
  at(fd_).writes.push_back({at(fd_).from_proxy.size(), MemoryNet::current().writes++});
  at(fd_).from_proxy.append(text);
  written_ += text.size();
  return true;
}

bool Stream::can_splice() const { return false; }

int Stream::unacknowledged() const { return at(fd_).unacknowledged; }

// No poller knows of a socket here.
void Stream::note(std::uint32_t) {}
void Stream::on_ready(std::uint32_t) {}

bool Stream::ReadAwaiter::receive() {
  if (stream_.fd_ < 0) {
    std::fprintf(stderr, "a read of a stream that is closed\n");
    std::abort();
  }
  MemorySocket& socket = at(stream_.fd_);
  if (socket.reader != nullptr || into_.empty()) {
    std::fprintf(stderr, "two reads at a time, or one of nothing\n");
    std::abort();
  }
  if (MemoryNet::current().read_at_once(socket, into_, result_)) return false;
  socket.reader = this;
  socket.reader_late = &stream_.read_late_;
  socket.into = into_;
  return true;
}

bool Stream::WriteAwaiter::attempt() {
  if (parts_.empty()) return true;
  if (stream_.fd_ < 0) {
    result_.io = Io::error;
    return true;
  }
  MemoryNet& net = MemoryNet::current();
  MemorySocket& socket = at(stream_.fd_);
  if (net.fails()) {
    result_.io = net.fault == Fault::late ? Io::late : Io::error;
    if (net.fault != Fault::late) socket.reset = true;
    return true;
  }
  if (socket.writer != nullptr) {
    std::fprintf(stderr, "two writes at a time\n");
    std::abort();
  }
  while (!parts_.empty()) {
    if (socket.reset) {
      result_.io = Io::error;
      return true;
    }
    const std::size_t size = std::min(socket.room(), parts_.front().iov_len);
    if (size == 0) return false;
    socket.writes.push_back({socket.from_proxy.size(), net.writes++});
    socket.from_proxy.append(static_cast<const char*>(parts_.front().iov_base), size);
    stream_.written_ += size;
    stream_.last_write_ = steady_ms();
    result_.bytes += size;
    if (socket.on_write) socket.on_write();
    parts_.front().iov_base = static_cast<char*>(parts_.front().iov_base) + size;
    parts_.front().iov_len -= size;
    if (parts_.front().iov_len == 0) parts_ = parts_.subspan(1);
  }
  result_.io = Io::ok;
  return true;
}

void Stream::WriteAwaiter::wait_for_room() { at(stream_.fd_).writer = this; }

bool Stream::ConnectAwaiter::await_ready() {
  MemoryNet& net = MemoryNet::current();
  if (net.fails()) {
    result_.io = net.fault == Fault::late ? Io::late : Io::error;
    return true;
  }
  const std::uint16_t port = ntohs(reinterpret_cast<const sockaddr_in*>(address_)->sin_port);
  const bool refuses = size_ != sizeof(sockaddr_in) || std::count(net.refusing.begin(), net.refusing.end(), port) > 0;
  if (net.origin != MemoryNet::Origin::refuses && !refuses) return false;
  result_.io = Io::error;
  return true;
}

void Stream::ConnectAwaiter::wait() {
  at(stream_.fd_).writer = this;
  at(stream_.fd_).connecting = true;
}

bool Stream::ConnectAwaiter::connected() {
  if (MemoryNet::current().origin == MemoryNet::Origin::refuses) return false;
  MemoryNet::current().accepted.push_back(stream_.fd_);
  return true;
}

}  // namespace sprx
