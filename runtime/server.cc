#include "runtime/server.h"

#include <chrono>
#include <csignal>
#include <sys/eventfd.h>
#include <unistd.h>
#include <utility>

#include "runtime/listen.h"
#include "runtime/process_setup.h"
#include "runtime/server_state.h"

namespace sprx {
namespace {

/// How long start() waits for the next hop's name: with it, the first request already finds an address.
constexpr std::chrono::milliseconds kFirstLookUp{1'000};

std::int64_t system_clock_us() {
  using namespace std::chrono;
  return duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
}

unsigned usable_cores() {
  const unsigned cores = std::thread::hardware_concurrency();
  return cores == 0 ? 1 : cores;
}

}  // namespace

Server::Server(ServerOptions options) : state_(std::make_unique<State>(std::move(options))) {}
Server::~Server() = default;
std::optional<std::string> Server::bind() { return state_->bind(); }
std::uint16_t Server::port() const { return state_->port; }
std::uint16_t Server::metrics_port() const { return state_->metrics.port(); }
std::optional<std::string> Server::start(std::shared_ptr<const DecisionTable>&& table) {
  return state_->start(std::move(table));
}
void Server::wait() { state_->wait(); }
void Server::drain() { state_->request_drain(std::nullopt); }
void Server::publish(std::shared_ptr<const DecisionTable> table) { state_->publish(std::move(table)); }

Server::State::State(ServerOptions given) : options(std::move(given)) {
  own_clock = options.clock_us != nullptr;
  if (!options.clock_us) options.clock_us = system_clock_us;
  if (options.workers == 0) options.workers = usable_cores();
  commons.options = &options;
  commons.clock_us = options.clock_us;
}

Server::State::~State() {
  if (!workers.empty() && service.joinable()) request_drain(0);
  wait();
  if (signal_fd >= 0) ::close(signal_fd);
  if (wake_fd >= 0) ::close(wake_fd);
}

std::optional<std::string> Server::State::bind() {
  std::signal(SIGPIPE, SIG_IGN);  // a log pipe that nobody reads is an error of write(), no more
  if (options.handle_signals) block_signals();
  raise_descriptor_limit();
  wake_fd = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (!options.control_path.empty()) {
    if (auto error = control.open(options.control_path, options.user)) return error;
  }
  watch.begin(options.look);
  if (options.metrics) {
    if (auto error = metrics.bind(options.metrics->first, options.metrics->second)) return error;
  }
  port = options.listen_port;
  std::vector<int> sockets;
  if (auto error = listen_on(options.listen_address, port, options.workers, sockets)) return error;
  log = std::make_unique<LogWriter>(options.log_target, options.log_dir, options.clock_us);
  commons.log = log.get();
  commons.workers = options.workers;
  live = std::make_unique<LiveState>(sockets.size(), options.clock_us);
  if (own_clock) live->use_clock_for_limits();
  commons.live = live.get();
  hits = std::make_unique<HitBook>(sockets.size());
  for (const int socket : sockets) workers.push_back(std::make_unique<Worker>(commons, socket, workers.size()));
  const std::string log_dir = options.log_target == LogTarget::files ? options.log_dir : std::string();
  // Traffic matters more than logs and state: what cannot be made is said, and missed.
  if (const auto error = make_directories({log_dir, options.state_dir}, options.user)) log->say("warning", *error);
  if (auto error = become(options.user)) return error;
  if (const auto error = log->open()) log->say("warning", *error);
  return std::nullopt;
}

std::optional<std::string> Server::State::start(std::shared_ptr<const DecisionTable> first) {
  started_us = options.clock_us();
  log->start();
  const BoundTable bound = bind_table(first);
  keeper = std::make_unique<StateKeeper>(*live, *log, options.state_dir);
  keeper->load();
  keeper->start();
  resolver = std::make_unique<Resolver>(options.next_hop_host, options.next_hop_port,
                                        [this](std::shared_ptr<const Endpoints> found) {
                                          addresses = found->size();
                                          {
                                            const std::lock_guard lock(publish_mutex);
                                            endpoints = found;
                                          }
                                          for (const std::unique_ptr<Worker>& worker : workers) worker->publish(found);
                                        });
  commons.resolver = resolver.get();
  resolver->start();
  resolver->wait_first(kFirstLookUp);
  if (addresses == 0) log->say("warning", "the name " + options.next_hop_host + " does not resolve yet");
  std::shared_ptr<const Endpoints> known;
  {
    const std::lock_guard lock(publish_mutex);
    known = endpoints;
  }
  for (const std::unique_ptr<Worker>& worker : workers) {
    worker->set_table(bound);
    worker->set_endpoints(known);
    worker->start();
  }
  service = std::thread([this] { serve(); });
  watch.start(
      options.look_interval, [this] { static_cast<void>(reload()); },
      [this] { log->say("warning", "the configuration directory has too many entries: changes are not watched"); });
  metrics.start([this](std::string_view path) { return scrape(path); });
  if (draining) request_drain(std::nullopt);  // asked for before there was anything to drain
  return std::nullopt;
}

void Server::State::request_drain(std::optional<Milliseconds> limit) {
  draining = true;
  const auto current = table.current();
  if (!current) return;
  const Milliseconds bound = limit ? *limit : current->rules().settings[Setting::drain_timeout];
  for (const std::unique_ptr<Worker>& worker : workers) worker->drain(bound);
}

BoundTable Server::State::bind_table(const std::shared_ptr<const DecisionTable>& next) {
  table.set(next);
  table_since_us = options.clock_us();
  return {next, live->bind(next->rules()), hits->bind(next->rules())};
}

/// Returns when every worker has the table, or has ended.
void Server::State::publish(std::shared_ptr<const DecisionTable> next) {
  const std::lock_guard one(publish_mutex);
  const BoundTable bound = bind_table(next);
  // Counts down when the message is destroyed, run or not: a worker that ends meanwhile is not waited for.
  struct Arrivals {
    std::mutex mutex;
    std::condition_variable all;
    std::size_t missing = 0;
  } arrivals;
  arrivals.missing = workers.size();
  for (const std::unique_ptr<Worker>& worker : workers) {
    const std::shared_ptr<void> arrival(nullptr, [&arrivals](void*) {
      const std::lock_guard lock(arrivals.mutex);
      if (--arrivals.missing == 0) arrivals.all.notify_all();
    });
    worker->publish(bound, [arrival] {});
  }
  std::unique_lock lock(arrivals.mutex);
  arrivals.all.wait(lock, [&] { return arrivals.missing == 0; });
}

void Server::State::wait() {
  for (const std::unique_ptr<Worker>& worker : workers) worker->join();
  end();
}

/// After the last worker: everything else, in the order in which it needs the others.
void Server::State::end() {
  stopping = true;
  if (wake_fd >= 0) {
    const std::uint64_t one = 1;
    static_cast<void>(!::write(wake_fd, &one, sizeof one));
  }
  if (service.joinable()) service.join();
  watch.stop();
  metrics.stop();
  if (keeper) keeper->stop();
  resolver.reset();
  if (log) log->stop();
  control.close();
}

}  // namespace sprx
