// ServerOptions: what the proxy is told at start; filled by `sprx run` and by tests, read by every room of the runtime.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "compiler/table/table.h"

namespace sprx {

/// What a (re)load of the configuration gave: a table, or the reason why there is none.
struct LoadResult {
  std::shared_ptr<const DecisionTable> table;  ///< null on error
  std::string error;                           ///< text for people (diagnostics), "" on success
};

enum class LogTarget : std::uint8_t { files, standard_output };
enum class LogFormat : std::uint8_t { json, ltsv };

struct ServerOptions {
  std::string listen_address;              ///< "" for every address, IPv6 and IPv4 on one socket where there is IPv6
  std::uint16_t listen_port = 80;          ///< 0 for any free one; Server::port tells
  std::string next_hop_host = "next-hop";  ///< name or address, no brackets
  std::uint16_t next_hop_port = 80;
  unsigned workers = 0;  ///< 0 for one a core this process may use
  LogTarget log_target = LogTarget::files;
  LogFormat log_format = LogFormat::json;
  std::string log_dir = "/var/log/sprx";  ///< made at start; access.log and error.log are in it
  /// A port of its own for GET /metrics and /healthz; without it there is none. "" for every address, as above.
  std::optional<std::pair<std::string, std::uint16_t>> metrics;
  std::string build_version;  ///< told in the metrics
  std::string build_commit;
  std::string control_path = "/run/sprx/control.sock";  ///< "" for no control socket; PATH.lock is made beside it
  std::string state_dir = "/var/lib/sprx";              ///< made at start, kept for run-time state; "" for none
  std::string user;                                     ///< dropped to after binding when started as root; "" to stay
  bool handle_signals = true;  ///< SIGTERM SIGINT drain, SIGHUP reload, SIGUSR1 reopen, SIGCHLD reap
  /// Reads the configuration again. Called on a thread of its own, never twice at a time. Null: reload is refused.
  std::function<LoadResult()> load;

  /// Called off the request path when tables have been freed that nobody holds any more, and once after the start, so
  /// that what an allocator keeps can go back to the system. Null: nobody is told.
  std::function<void()> after_freeing;

  /// What the configuration looks like from outside; a change leads to a reload. Null: nobody looks.
  std::function<std::optional<std::uint64_t>()> look;
  std::chrono::milliseconds look_interval{1'000};

  // For tests; the defaults are what production uses.
  std::size_t read_limit = 0;              ///< longest single read from a socket in bytes, 0 for no limit
  std::function<std::int64_t()> clock_us;  ///< wall clock in microseconds since 1970; null for the system's
};

}  // namespace sprx
