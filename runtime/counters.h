// Counters: what a worker counts. Written by one thread, read by any (status, metrics): relaxed atomics, no locked
// instruction.
#pragma once

#include <array>
#include <cstdint>

#include "runtime/decide/decision.h"
#include "runtime/histogram.h"
#include "runtime/http/reason.h"

namespace sprx {

// SPRX_COUNTERS(id, Prometheus name, kind, help)
#define SPRX_COUNTERS(X)                                                                                               \
  X(connections_accepted, "sprx_client_connections_total", "counter", "Client connections accepted.")                  \
  X(connections_open, "sprx_client_connections", "gauge", "Client connections open.")                                  \
  X(connections_refused, "sprx_client_connections_refused_total", "counter", "Client connections refused by a limit.") \
  X(accept_failures, "sprx_accept_failures_total", "counter", "Connections shed for want of descriptors or memory.")   \
  X(requests, "sprx_requests_total", "counter", "Requests that ended, whatever way.")                                  \
  X(requests_in_flight, "sprx_requests_in_flight", "gauge", "Requests being served.")                                  \
  X(dropped, "sprx_dropped_total", "counter", "Requests that a rule dropped without an answer.")                       \
  X(tunnels_open, "sprx_tunnels", "gauge", "Upgraded connections open.")                                               \
  X(bytes_in, "sprx_client_received_bytes_total", "counter", "Bytes of requests, heads included.")                     \
  X(bytes_out, "sprx_client_sent_bytes_total", "counter", "Bytes sent to clients, heads included.")                    \
  X(upstream_connects, "sprx_upstream_connects_total", "counter", "Attempts to connect to the next hop.")              \
  X(upstream_connect_failures, "sprx_upstream_connect_failures_total", "counter", "Connection attempts that failed.")  \
  X(upstream_reuses, "sprx_upstream_reuses_total", "counter", "Requests sent on a kept connection.")                   \
  X(upstream_retries, "sprx_upstream_retries_total", "counter",                                                        \
    "Requests repeated because a kept connection had died.")                                                           \
  X(upstream_idle, "sprx_upstream_idle", "gauge", "Kept connections to the next hop.")                                 \
  X(limit_checks, "sprx_limit_checks_total", "counter", "Questions of rules to a rate limit.")                         \
  X(limit_rejections, "sprx_limit_rejections_total", "counter", "Questions to a rate limit that found no token left.") \
  X(limit_evictions, "sprx_limit_evictions_total", "counter",                                                          \
    "Keys of rate limits that gave way while something was charged to them.")                                          \
  X(dry_run_matches, "sprx_dry_run_matches_total", "counter", "Matches of rules on trial (dry_run).")                  \
  X(rule_errors, "sprx_rule_errors_total", "counter", "Requests answered 500 because a bound was reached in a rule.")  \
  X(control_dropped, "sprx_control_characters_dropped_total", "counter",                                               \
    "CR, LF and NUL dropped from values that rules set.")                                                              \
  X(log_lines, "sprx_log_lines_total", "counter", "Access log lines made.")                                            \
  X(log_lines_dropped, "sprx_log_lines_dropped_total", "counter",                                                      \
    "Access log lines dropped because the log was behind.")                                                            \
  X(buffer_bytes, "sprx_buffer_bytes", "gauge", "Bytes of receive buffers in use.")

/// Who answered a request; `nobody`: it was dropped, or the client went away.
enum class AnsweredBy : std::uint8_t { upstream, rule, proxy, nobody };
inline constexpr std::size_t kAnsweredBy = 4;
inline constexpr std::size_t kStatusClasses = 6;  ///< by status / 100; [0]: no answer was sent
inline constexpr std::size_t kOutcomes = static_cast<std::size_t>(Outcome::failed) + 1;

/// One a worker.
struct Counters {
#define X(id, name, kind, help) Counter id;
  SPRX_COUNTERS(X)
#undef X
  std::array<std::array<Counter, kStatusClasses>, kAnsweredBy> responses;
  std::array<Histogram, kAnsweredBy> durations;             ///< of requests, from first byte to last
  Histogram upstream_heads;                                 ///< until the head of the next hop's answer
  std::array<std::array<Counter, kOutcomes>, 2> decisions;  ///< by Phase and Outcome
  std::array<Counter, kReasons.size()> reasons;             ///< by Reason
  Counter beat_ms;                                          ///< steady clock, when the worker last looked around
};

}  // namespace sprx
