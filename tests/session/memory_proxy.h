// MemoryProxy: one worker of the proxy over MemoryNet, on the thread of the test and without a single descriptor on a
// request's way.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/worker.h"
#include "tests/session/memory_net.h"

namespace sprx::testing {

class MemoryProxy {
 public:
  /// `read_limit`: as in ServerOptions.
  explicit MemoryProxy(std::shared_ptr<const DecisionTable> table, std::size_t read_limit = 0);
  ~MemoryProxy();
  MemoryProxy(const MemoryProxy&) = delete;
  MemoryProxy& operator=(const MemoryProxy&) = delete;

  MemoryNet net;

  /// The next hop has an address for each of `ports`.
  void set_next_hop(const std::vector<std::uint16_t>& ports);
  /// A client connects; what comes of it is in net.at(fd).
  int connect();
  /// Lets `by` go by, looking after what is late once a second as the ticker does, or once in `tick`.
  void pass(Milliseconds by, Milliseconds tick = 1'000);
  /// The proxy is told to stop, and to cut what is not over after `limit`.
  void drain(Milliseconds limit);
  /// The lines of the access log so far.
  [[nodiscard]] std::vector<std::string> log_lines();
  [[nodiscard]] const Counters& counters() const { return worker_->counters(); }
  /// Once every client has gone: what is left that should not be, "" for nothing.
  [[nodiscard]] std::string left_over();

 private:
  ServerOptions options_;
  LogWriter log_;
  Resolver resolver_;
  LiveState live_;
  Commons commons_;
  std::unique_ptr<Worker> worker_;
};

}  // namespace sprx::testing
