// Metrics and status: the counters of all workers as Prometheus text, as JSON and as text for people.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "runtime/counters.h"
#include "runtime/live_state.h"
#include "runtime/process_usage.h"
#include "runtime/rule_hits.h"

namespace sprx {

/// Series that rules may make: those after it are counted together, so that no configuration can fill a Prometheus.
inline constexpr std::size_t kRuleSeries = 1'000;
/// Rules in the answer to `sprx ctl top`.
inline constexpr std::size_t kTopRules = 10'000;

/// A worker looks around at least once a second; one that has not for this long serves nobody.
inline constexpr std::uint64_t kStuckMs = 10'000;
[[nodiscard]] constexpr bool is_stuck(std::uint64_t beat_ms, std::uint64_t now_ms) {
  return now_ms > beat_ms && now_ms - beat_ms > kStuckMs;
}

/// What is true of the process as a whole.
struct ProcessState {
  std::string_view table_version;
  std::size_t rules = 0;  ///< in both phases
  std::int64_t started_us = 0;
  std::int64_t now_us = 0;
  std::uint64_t reloads = 0;  ///< that succeeded
  std::uint64_t reloads_failed = 0;
  std::uint64_t log_lines_lost = 0;
  std::size_t next_hop_addresses = 0;
  bool draining = false;
  std::string_view build_version;
  std::string_view build_commit;
  std::int64_t table_since_us = 0;
  bool last_reload_failed = false;
  ProcessUsage usage;
  LiveState::Report live;
  HitBook::Report hits;
};

[[nodiscard]] std::string metrics_text(std::span<const Counters* const> workers, const ProcessState& state);
/// What `sprx ctl top` shows: {"at_us","left_out","rules":[{"rule","dry_run","matches"}…]}, the most frequent first.
[[nodiscard]] std::string rules_json(const HitBook::Report& hits, std::int64_t at_us);
[[nodiscard]] std::string status_json(std::span<const Counters* const> workers, const ProcessState& state);
[[nodiscard]] std::string status_text(std::span<const Counters* const> workers, const ProcessState& state);

}  // namespace sprx
