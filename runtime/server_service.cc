// The service thread: signals, the control socket, reloads, freeing old tables. Nothing here is on a request's way.
#include <chrono>
#include <csignal>
#include <fmt/format.h>
#include <iterator>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

#include "runtime/clock.h"
#include "runtime/limits.h"
#include "runtime/messages.h"
#include "runtime/server_state.h"
#include "runtime/stand_back.h"

namespace sprx {
namespace {

constexpr int kCollectMs = 1'000;
constexpr std::string_view kMetricsType = "text/plain; version=0.0.4; charset=utf-8";

sigset_t handled_signals() {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGCHLD}) ::sigaddset(&set, signal);
  return set;
}

}  // namespace

void Server::State::block_signals() {
  const sigset_t set = handled_signals();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  signal_fd = ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

bool Server::State::collect() {
  bool left = table.collect();
  left = live->collect() || left;
  return hits->collect() || left;
}

void Server::State::serve() {
  bool old_tables = true;
  while (!stopping) {
    join_aside(false);
    pollfd waits[] = {{wake_fd, POLLIN, 0},
                      {signal_fd, POLLIN, 0},
                      {aside.size() < kControlConversations ? control.fd() : -1, POLLIN, 0}};
    ::poll(waits, std::size(waits), old_tables || !aside.empty() ? kCollectMs : -1);
    const bool had_old = std::exchange(old_tables, collect());
    if (had_old && !old_tables && options.after_freeing) options.after_freeing();
    if (waits[1].revents != 0) {
      signalfd_siginfo signal{};
      while (::read(signal_fd, &signal, sizeof signal) == static_cast<ssize_t>(sizeof signal)) {
        on_signal(static_cast<int>(signal.ssi_signo));
      }
    }
    if (waits[2].revents != 0) accept_control();
    old_tables = old_tables || !aside.empty();
  }
  join_aside(true);
}

void Server::State::on_signal(int signal) {
  switch (signal) {
    case SIGTERM:
    case SIGINT:
      log->say("info", "draining");
      request_drain(std::nullopt);
      break;
    case SIGHUP:
      run_aside([this] { static_cast<void>(reload()); });
      break;
    case SIGUSR1:
      run_aside([this] { static_cast<void>(reopen_logs()); });
      break;
    case SIGCHLD:
      // As PID 1 of a container we inherit what others leave behind.
      while (::waitpid(-1, nullptr, WNOHANG) > 0) {
      }
      break;
    default:
      break;
  }
}

/// Control conversations and reloads, of which any may compile a configuration: requests go first.
void Server::State::run_aside(std::function<void()> work) {
  auto done = std::make_shared<std::atomic<bool>>(false);
  std::thread thread([work = std::move(work), done] {
    stand_back();
    work();
    *done = true;
  });
  aside.push_back({std::move(thread), std::move(done)});
}

void Server::State::join_aside(bool all) {
  for (auto at = aside.begin(); at != aside.end();) {
    if (!all && !*at->done) {
      ++at;
      continue;
    }
    at->thread.join();
    at = aside.erase(at);
  }
}

void Server::State::accept_control() {
  const int fd = ::accept4(control.fd(), nullptr, nullptr, SOCK_CLOEXEC);
  if (fd < 0) return;
  run_aside([this, fd] { serve_control(fd, actions()); });
}

/// Atomic: either every worker uses the new table when this returns, or none does and the old one stays.
ControlAnswer Server::State::reload() {
  const std::lock_guard one(reload_mutex);
  if (!options.load) return {409, "this proxy cannot reload\n"};
  if (draining) return {503, "the proxy is shutting down\n"};
  LoadResult loaded = options.load();
  if (!loaded.table) {
    ++reloads_failed;
    last_reload_failed = true;
    log->say("error", "reload refused, the old configuration stays: " + loaded.error);
    return {422, std::move(loaded.error)};
  }
  const std::string version = loaded.table->version();
  publish(std::move(loaded.table));
  ++reloads;
  last_reload_failed = false;
  log->say("info", "reloaded, table " + version);
  return {200, fmt::format("table {}\n", version)};
}

ControlAnswer Server::State::reopen_logs() {
  if (const auto error = log->reopen()) {
    log->say("error", *error);
    return {500, *error + "\n"};
  }
  return {200, "logs reopened\n"};
}

ControlAnswer Server::State::report(std::string (*write)(std::span<const Counters* const>, const ProcessState&),
                                    std::string_view type) {
  const auto current = table.current();
  ProcessState process;
  process.table_version = current->version();
  process.rules = current->rules().of(Phase::request).size() + current->rules().of(Phase::response).size();
  process.started_us = started_us;
  process.now_us = options.clock_us();
  process.reloads = reloads;
  process.reloads_failed = reloads_failed;
  process.log_lines_lost = log->lines_lost();
  process.next_hop_addresses = addresses;
  process.draining = draining;
  process.build_version = options.build_version;
  process.build_commit = options.build_commit;
  process.table_since_us = table_since_us;
  process.last_reload_failed = last_reload_failed;
  process.usage = process_usage();
  process.live = live->report();
  process.hits = hits->report(kRuleSeries);
  std::vector<const Counters*> counters;
  for (const std::unique_ptr<Worker>& worker : workers) counters.push_back(&worker->counters());
  return {200, write(counters, process), type};
}

/// Whether traffic can be expected to be served: the answer of a probe.
ControlAnswer Server::State::health() {
  if (draining) return {503, "draining\n"};
  const auto now = static_cast<std::uint64_t>(steady_ms());
  for (std::size_t i = 0; i < workers.size(); ++i) {
    const std::uint64_t beat = workers[i]->counters().beat_ms.value();
    if (is_stuck(beat, now)) return {503, fmt::format("worker {} has been stuck for {} s\n", i, (now - beat) / 1'000)};
  }
  return {200, "ok\n"};
}

/// What the metrics port answers; it can ask, and change nothing.
ControlAnswer Server::State::scrape(std::string_view path) {
  if (path == "/metrics") return report(metrics_text, kMetricsType);
  if (path == "/healthz") return health();
  return {404, "there are /metrics and /healthz\n"};
}

ControlAnswer Server::State::message(std::string_view name, std::string_view arguments) {
  if (name == "reload" && arguments.empty()) return reload();
  if (name == "reopen-logs" && arguments.empty()) return reopen_logs();
  if (name == "reload" || name == "reopen-logs")
    return {400, fmt::format("the message `{}` takes no arguments\n", name)};
  if (!is_live_message(name)) {
    return {404, fmt::format("there is no message `{}`; there are flag ban unban reload reopen-logs\n",
                             shown_argument(name))};
  }
  const MessageResult result = carry_out(*live, name, arguments);
  if (result.status != 200) return {result.status, result.text + "\n"};
  const std::optional<std::string> lost = keeper->save();
  log->say("info", "message: " + result.text);
  if (lost) return {507, fmt::format("in force, but lost at the next start: {}: {}\n", result.text, *lost)};
  return {200, result.text + "\n"};
}

ControlActions Server::State::actions() {
  ControlActions out;
  out.status_json = [this] { return report(status_json, "application/json"); };
  out.status_text = [this] { return report(status_text, "text/plain; charset=utf-8"); };
  out.metrics = [this] { return report(metrics_text, kMetricsType); };
  out.rules = [this] { return ControlAnswer{200, rules_json(hits->top(kTopRules), steady_us()), "application/json"}; };
  out.health = [this] { return health(); };
  out.reload = [this] { return reload(); };
  out.reopen_logs = [this] { return reopen_logs(); };
  out.drain = [this]() -> ControlAnswer {
    log->say("info", "draining");
    request_drain(std::nullopt);
    return {202, "draining\n"};
  };
  out.message = [this](std::string_view name, std::string_view arguments) { return message(name, arguments); };
  return out;
}

}  // namespace sprx
