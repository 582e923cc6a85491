// Metrics and status: the counters of all workers as Prometheus text, as JSON and as text for people.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "runtime/counters.h"
#include "runtime/live_state.h"

namespace sprx {

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
  LiveState::Report live;
};

[[nodiscard]] std::string metrics_text(std::span<const Counters* const> workers, const ProcessState& state);
[[nodiscard]] std::string status_json(std::span<const Counters* const> workers, const ProcessState& state);
[[nodiscard]] std::string status_text(std::span<const Counters* const> workers, const ProcessState& state);

}  // namespace sprx
