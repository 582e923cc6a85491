// MemoryNet: the network of a session test. Connections are byte queues, time stands still until it is moved, and the
// nth operation of the proxy can be made to fail. memory_stream.cc puts it behind Stream, in the place of
// runtime/stream.cc, when a program is linked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/stream.h"

namespace sprx::testing {

/// One connection of the proxy, and what its other end has done and got.
struct MemorySocket {
  // The other end.
  std::string to_proxy;  ///< sent
  std::size_t read = 0;  ///< of that, by the proxy
  bool fin = false;
  bool reset = false;
  bool cut = false;                                              ///< by a fault: what had not been read will not be
  bool fin_read = false;                                         ///< the proxy has seen the end
  std::size_t window = std::numeric_limits<std::size_t>::max();  ///< bytes of from_proxy that may be there at most

  int unacknowledged = 0;  ///< bytes that it is still to take, for who asks

  // The proxy.
  std::string from_proxy;  ///< all that it wrote
  bool ended = false;      ///< it sends no more
  bool end_seen = false;   ///< and the other end was still there to see that, without a reset
  bool closed = false;
  bool aborted = false;  ///< closed with a reset
  /// Where in from_proxy each write began, and how many writes there had been in the whole net.
  struct Write {
    std::size_t offset = 0;
    std::size_t order = 0;
  };
  std::vector<Write> writes;
  std::function<void()> on_write;  ///< called with every write, when it is there
  bool noted = false;              ///< as Stream::readable_: bytes or an end were there at the beginning of the round
  int reads_at_once = 0;           ///< in this round, without waiting

  // What the proxy is waiting for.
  StreamOperation* reader = nullptr;
  bool* reader_late = nullptr;  ///< the reader's word for its deadline having passed
  std::span<char> into;
  StreamOperation* writer = nullptr;
  bool connecting = false;
  bool cancel_reader = false;
  bool cancel_writer = false;

  [[nodiscard]] std::string_view unread() const {
    return cut ? std::string_view() : std::string_view(to_proxy).substr(read);
  }
  /// What the proxy has read, or will where nothing was cut off.
  [[nodiscard]] std::string_view sent() const {
    return std::string_view(to_proxy).substr(0, cut ? read : to_proxy.size());
  }
  [[nodiscard]] std::size_t room() const { return from_proxy.size() >= window ? 0 : window - from_proxy.size(); }
};

/// How the operation that is made to fail does so: the connection is broken; its end has come (a read only, else
/// broken); its time is over.
enum class Fault : std::uint8_t { error, end, late };

class MemoryNet {
 public:
  MemoryNet();
  ~MemoryNet();
  MemoryNet(const MemoryNet&) = delete;
  MemoryNet& operator=(const MemoryNet&) = delete;
  /// The one that lives; Stream has no other way to find it.
  [[nodiscard]] static MemoryNet& current();

  /// A new connection; its number stands for a descriptor.
  int make_socket();
  [[nodiscard]] MemorySocket& at(int fd) { return *sockets_[static_cast<std::size_t>(fd - kFirst)]; }
  [[nodiscard]] const MemorySocket& at(int fd) const { return *sockets_[static_cast<std::size_t>(fd - kFirst)]; }
  /// Connections that the proxy has not closed.
  [[nodiscard]] std::size_t open_sockets() const;

  /// Completes everything that can be completed, until nothing can. In rounds: what is there when one begins is known
  /// to all, as the poller sees to; what happens within it is seen by who looks.
  void run();

  Milliseconds now = 1'000'000;
  std::string log;  ///< the access log

  enum class Origin : std::uint8_t { accepts, refuses, silent };
  Origin origin = Origin::accepts;
  std::vector<std::uint16_t> refusing;  ///< ports of addresses that refuse whatever `origin` says
  std::vector<int> accepted;            ///< connections that the proxy made, in order

  std::size_t operations = 0;  ///< opens, connects, reads and writes so far
  std::size_t fail_at = 0;     ///< which of them fails, from 1; 0 for none
  Fault fault = Fault::error;
  /// Counts one operation; whether it is the one that fails.
  [[nodiscard]] bool fails() { return ++operations == fail_at; }
  /// A read where something is known to be there, as Stream does one: at once. False where it has to wait.
  bool read_at_once(MemorySocket& socket, std::span<char> into, IoResult& result);
  std::size_t writes = 0;
  bool telling = false;  ///< within a round

 private:
  static constexpr int kFirst = 1'000;  ///< no number of a real descriptor
  bool complete_read(MemorySocket& socket);
  IoResult take(MemorySocket& socket, std::span<char> into, bool& late);
  bool complete_write(MemorySocket& socket);
  std::vector<std::unique_ptr<MemorySocket>> sockets_;
  MemoryNet* previous_;
};

}  // namespace sprx::testing
