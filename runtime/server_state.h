// Server::State: the parts of a running proxy and the thread that looks after them (signals, control socket, old
// tables).
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "runtime/control.h"
#include "runtime/control_socket.h"
#include "runtime/live_state.h"
#include "runtime/live_table.h"
#include "runtime/log_writer.h"
#include "runtime/metrics.h"
#include "runtime/metrics_listener.h"
#include "runtime/resolver.h"
#include "runtime/server.h"
#include "runtime/state_keeper.h"
#include "runtime/watch.h"
#include "runtime/worker.h"

namespace sprx {

struct Server::State {
  explicit State(ServerOptions given);
  ~State();

  // server.cc
  [[nodiscard]] std::optional<std::string> bind();
  [[nodiscard]] std::optional<std::string> start(std::shared_ptr<const DecisionTable> table);
  void wait();
  void request_drain(std::optional<Milliseconds> limit);
  void publish(std::shared_ptr<const DecisionTable> table);
  [[nodiscard]] BoundTable bind_table(const std::shared_ptr<const DecisionTable>& next);
  void end();

  // server_service.cc: the thread beside the workers
  void block_signals();
  void serve();
  /// Frees what nobody holds any more; true while something is left.
  bool collect();
  void on_signal(int signal);
  void accept_control();
  void run_aside(std::function<void()> work);
  void join_aside(bool all);
  [[nodiscard]] ControlAnswer reload();
  [[nodiscard]] ControlAnswer reopen_logs();
  [[nodiscard]] ControlAnswer report(std::string (*write)(std::span<const Counters* const>, const ProcessState&),
                                     std::string_view type);
  [[nodiscard]] ControlAnswer health();
  [[nodiscard]] ControlAnswer scrape(std::string_view path);
  [[nodiscard]] ControlAnswer message(std::string_view name, std::string_view arguments);
  [[nodiscard]] ControlActions actions();

  ServerOptions options;
  bool own_clock = false;  ///< the clock is a test's
  Commons commons;
  ControlSocket control;
  std::unique_ptr<LogWriter> log;
  std::unique_ptr<Resolver> resolver;
  LiveTable table;
  std::unique_ptr<LiveState> live;
  std::unique_ptr<HitBook> hits;
  std::unique_ptr<StateKeeper> keeper;
  std::vector<std::unique_ptr<Worker>> workers;
  MetricsListener metrics;
  Watch watch;
  std::uint16_t port = 0;
  std::int64_t started_us = 0;
  std::atomic<std::int64_t> table_since_us{0};
  std::atomic<std::size_t> addresses{0};
  std::atomic<std::uint64_t> reloads{0};
  std::atomic<std::uint64_t> reloads_failed{0};
  std::atomic<bool> last_reload_failed{false};
  std::atomic<bool> draining{false};
  std::mutex publish_mutex;  ///< one table at a time reaches the workers; guards `endpoints`
  std::shared_ptr<const Endpoints> endpoints;
  std::mutex reload_mutex;  ///< one reload at a time

  int signal_fd = -1;
  int wake_fd = -1;  ///< ends serve()
  std::atomic<bool> stopping{false};
  std::thread service;
  struct Aside {
    std::thread thread;
    std::shared_ptr<std::atomic<bool>> done;
  };
  std::vector<Aside> aside;  ///< the service thread's only; control conversations and reloads
};

}  // namespace sprx
