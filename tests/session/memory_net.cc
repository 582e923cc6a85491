#include "tests/session/memory_net.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace sprx::testing {
namespace {

constexpr int kReadsAtOnce = 4;         ///< as in runtime/stream.cc
constexpr int kMostRounds = 1'000'000;  ///< a proxy that never comes to rest is a finding

MemoryNet* the_net = nullptr;

}  // namespace

MemoryNet::MemoryNet() : previous_(std::exchange(the_net, this)) {}
MemoryNet::~MemoryNet() { the_net = previous_; }
MemoryNet& MemoryNet::current() { return *the_net; }

int MemoryNet::make_socket() {
  sockets_.push_back(std::make_unique<MemorySocket>());
  return kFirst + static_cast<int>(sockets_.size()) - 1;
}

std::size_t MemoryNet::open_sockets() const {
  return static_cast<std::size_t>(
      std::count_if(sockets_.begin(), sockets_.end(), [](const auto& socket) { return !socket->closed; }));
}

bool MemoryNet::complete_read(MemorySocket& socket) {
  if (socket.reader == nullptr) return false;
  StreamOperation* const reader = socket.reader;
  if (std::exchange(socket.cancel_reader, false)) {
    socket.reader = nullptr;
    reader->complete(Io::cancelled, 0);
    return true;
  }
  if (socket.unread().empty() && !socket.fin && !socket.reset) return false;
  socket.reader = nullptr;
  bool late = false;
  const IoResult result = take(socket, socket.into, late);
  if (late) *socket.reader_late = true;
  reader->complete(result.io, result.bytes);
  return true;
}

bool MemoryNet::read_at_once(MemorySocket& socket, std::span<char> into, IoResult& result) {
  if (!socket.noted || socket.reads_at_once >= kReadsAtOnce) return false;
  ++socket.reads_at_once;
  if (socket.unread().empty() && !socket.fin && !socket.reset) {
    socket.noted = false;
    return false;
  }
  bool late = false;
  result = take(socket, into, late);
  if (late) result.io = Io::late;
  return true;
}

IoResult MemoryNet::take(MemorySocket& socket, std::span<char> into, bool& late) {
  if (fails()) {
    late = fault == Fault::late;
    if (late) return {Io::cancelled, 0};
    (fault == Fault::end ? socket.fin : socket.reset) = true;
    socket.cut = true;
  }
  if (socket.unread().empty()) {
    if (socket.reset) return {Io::error, 0};
    socket.fin_read = true;
    return {Io::eof, 0};
  }
  const std::size_t size = socket.unread().copy(into.data(), into.size());
  socket.read += size;
  socket.noted = size == into.size() || socket.fin || socket.reset;
  return {Io::ok, size};
}

bool MemoryNet::complete_write(MemorySocket& socket) {
  if (socket.writer == nullptr) return false;
  const bool cancelled = std::exchange(socket.cancel_writer, false);
  const bool waits = socket.connecting ? origin == Origin::silent : socket.room() == 0 && !socket.reset;
  if (waits && !cancelled) return false;
  StreamOperation* const writer = std::exchange(socket.writer, nullptr);
  socket.connecting = false;
  writer->complete(cancelled ? Io::cancelled : Io::ok, 0);
  return true;
}

void MemoryNet::run() {
  for (int round = 0; round < kMostRounds; ++round) {
    bool moved = false;
    telling = true;
    for (const auto& socket : sockets_) {
      socket->noted = !socket->unread().empty() || socket->fin || socket->reset;
      socket->reads_at_once = 0;
    }
    for (std::size_t i = 0; i < sockets_.size(); ++i) {  // a completion may make sockets
      moved = complete_write(*sockets_[i]) || moved;
      moved = complete_read(*sockets_[i]) || moved;
    }
    telling = false;
    if (!moved) return;
  }
  std::fprintf(stderr, "the proxy does not come to rest\n");
  std::abort();
}

}  // namespace sprx::testing
