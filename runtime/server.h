// Server: the whole proxy as one object. `tools/` gives it options and a DecisionTable; it listens, applies the table
// to traffic between clients and the next hop, and returns when it has been drained. It never sees source text.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "runtime/server_options.h"

namespace sprx {

/// Life: bind() -> start(table) -> wait(). Only drain() may be called from another thread.
/// With `handle_signals` bind() blocks the handled signals in the calling thread; call it before making other threads.
class Server {
 public:
  explicit Server(ServerOptions options);
  /// Drains at once (without waiting for requests in flight) if still running.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Takes the control lock and socket, binds the listeners (nothing is accepted yet), makes directories, drops to
  /// `user` and opens the logs, in this order. Connections of clients and of `sprx ctl` queue from here on; they are
  /// served after start(). Returns the reason on failure; a directory or log that cannot be made is a warning in the
  /// diagnostic log, not a failure.
  [[nodiscard]] std::optional<std::string> bind();

  /// The bound port; valid after bind().
  [[nodiscard]] std::uint16_t port() const;
  /// The port of the metrics, 0 if there is none; valid after bind().
  [[nodiscard]] std::uint16_t metrics_port() const;

  /// Starts the workers with `table`, which whoever calls keeps no part of: it is freed after the first reload. Returns
  /// the reason on failure.
  [[nodiscard]] std::optional<std::string> start(std::shared_ptr<const DecisionTable>&& table);

  /// Waits until the server has been drained (signal, control socket, or drain()) and every thread has ended; logs are
  /// flushed. At most `settings { drain_timeout }` passes between the request to drain and the return.
  void wait();

  /// Asks for a drain; returns at once. Any thread.
  void drain();

  /// Puts `table` in place of the current one; returns when every worker uses it. Any thread but a worker's.
  void publish(std::shared_ptr<const DecisionTable> table);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sprx
