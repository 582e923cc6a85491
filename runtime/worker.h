// Worker: one thread with its own io_context, listener, upstream pool, buffers and counters. Nothing on a request's way
// is shared with another worker but the immutable table, and what LiveState holds where a rule asks for that.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "runtime/buffer.h"
#include "runtime/counters.h"
#include "runtime/exchange.h"
#include "runtime/live_state.h"
#include "runtime/log_writer.h"
#include "runtime/mailbox.h"
#include "runtime/peers.h"
#include "runtime/pipe_pool.h"
#include "runtime/poller.h"
#include "runtime/resolver.h"
#include "runtime/server_options.h"
#include "runtime/stream.h"
#include "runtime/upstream_pool.h"

namespace sprx {

class Session;

/// What all workers have in common. Lives longer than they do.
struct Commons {
  const ServerOptions* options = nullptr;
  unsigned workers = 1;
  LogWriter* log = nullptr;
  Resolver* resolver = nullptr;
  std::function<std::int64_t()> clock_us;
  LiveState* live = nullptr;
  std::atomic<std::uint64_t> connections{0};  ///< of clients, open
  PeerCounts peers;
};

class Worker {
 public:
  /// `listener` is a listening socket; the worker owns it from here on. `number`: its place among the readers of
  /// LiveState.
  Worker(Commons& commons, int listener, std::size_t number);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Before start(), from the thread that made the worker.
  void set_table(BoundTable table);
  void set_endpoints(std::shared_ptr<const Endpoints> endpoints);
  void start();
  void join();

  // Any thread.
  /// `done` is called on the worker's thread once new requests use `table`. False if the worker has ended.
  bool publish(BoundTable table, std::function<void()> done);
  bool publish(std::shared_ptr<const Endpoints> endpoints);
  /// Stop accepting, accept what is queued, finish what is in flight within `limit`, end.
  bool drain(Milliseconds limit);
  [[nodiscard]] const Counters& counters() const { return counters_; }

  // For sessions, on the worker's thread.
  [[nodiscard]] Poller& poller() { return poller_; }
  [[nodiscard]] StreamList& streams() { return streams_; }
  [[nodiscard]] BufferPool& buffers() { return buffers_; }
  /// Whether the connections that are here hold all the memory that `limits { buffer_memory }` leaves this worker.
  [[nodiscard]] bool buffers_full() const {
    return buffers_.in_use() > static_cast<std::size_t>(settings()[Setting::limit_buffer_memory]) / commons_.workers;
  }
  [[nodiscard]] UpstreamPool& pool() { return pool_; }
  [[nodiscard]] PipePool& pipes() { return pipes_; }
  [[nodiscard]] Counters& count() { return counters_; }
  /// The request phase of an exchange, and the response phase.
  void decide(Exchange& x);
  void decide(Exchange& x, const ResponseHead& head);
  [[nodiscard]] const ServerOptions& options() const { return *commons_.options; }
  [[nodiscard]] const Settings& settings() const { return table_->table->rules().settings; }
  [[nodiscard]] Resolver& resolver() { return *commons_.resolver; }
  [[nodiscard]] std::shared_ptr<const Endpoints> endpoints() const { return endpoints_; }
  /// Whether `address` (Endpoint::text) is one of the next hop's now.
  [[nodiscard]] bool leads_to_next_hop(std::string_view address) const;
  [[nodiscard]] std::size_t& preferred_endpoint() { return preferred_endpoint_; }
  [[nodiscard]] std::int64_t now_us() const { return commons_.clock_us(); }
  [[nodiscard]] bool draining() const { return draining_; }
  /// The current time as a Date value; formatted once a second.
  [[nodiscard]] std::string_view date();
  /// 32 hex digits into `out`.
  void make_id(char* out);
  [[nodiscard]] std::unique_ptr<Exchange> begin_exchange();
  /// Gives an exchange that has not been decided yet the table that is in force now.
  void renew_exchange(Exchange& exchange);
  void end_exchange(std::unique_ptr<Exchange> exchange);
  void log(const AccessRecord& record);
  /// The session is gone already.
  void session_ended(const IpAddress& peer);

  // What the listener, the ticker, the mailbox and the log's timer call on the worker's thread; a test without sockets
  // calls them itself.
  /// A connected non-blocking socket of a new client; answered with 503, or closed, where a limit is reached.
  void admit(int fd, const IpAddress& peer);
  /// Ends what is late, and looks after everything that waits.
  void tick();
  void begin_drain(Milliseconds limit);
  void flush_log();

 private:
  friend class Session;
  using Executor = boost::asio::io_context::executor_type;
  using Descriptor = boost::asio::posix::basic_stream_descriptor<Executor>;
  using Timer = boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                                  boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;
  void run();
  void wait_for_messages();
  void wait_for_connections();
  void wait_for_tick();
  [[nodiscard]] std::chrono::milliseconds tick_interval() const;
  /// True if more may be queued.
  bool accept_some();
  bool shed_connection();
  void end_if_drained();
  void replace_table(BoundTable table);
  void note_decided(const Exchange& x, Phase phase, const Decision& decision);
  void leave(TableUse& use);
  void release(TableUse& use);

  Commons& commons_;
  std::size_t number_;
  boost::asio::io_context context_;
  Poller poller_;
  StreamList streams_;
  Counters counters_;
  BufferPool buffers_;
  UpstreamPool pool_;
  PipePool pipes_;
  Mailbox mailbox_;
  Descriptor mail_;
  Descriptor listener_;
  Timer ticker_;
  Timer flusher_;
  int reserve_fd_;  ///< given up for a moment to refuse a connection when descriptors run out
  bool accepting_ = false;
  bool draining_ = false;
  Milliseconds drain_until_ = kNever;
  std::vector<std::unique_ptr<TableUse>> uses_;
  TableUse* table_ = nullptr;
  std::shared_ptr<const Endpoints> endpoints_;
  std::size_t preferred_endpoint_ = 0;
  std::vector<std::unique_ptr<Exchange>> spare_;
  Session* sessions_ = nullptr;  ///< intrusive list
  Scratch scratch_;
  SharedLedger ledger_;
  std::mt19937_64 random_;
  std::string log_block_;
  std::uint64_t log_block_lines_ = 0;
  bool flush_pending_ = false;
  std::int64_t date_second_ = -1;
  char date_[32];
  std::thread thread_;
};

}  // namespace sprx
