// ProcessUsage: what this process takes of the machine, under the names that every Prometheus client uses.
#pragma once

#include <cstdint>

namespace sprx {

struct ProcessUsage {
  double cpu_seconds = 0;
  std::uint64_t resident_bytes = 0;  ///< 0 where there is no /proc, as the next one
  std::uint64_t open_descriptors = 0;
  std::uint64_t most_descriptors = 0;
};

[[nodiscard]] ProcessUsage process_usage();

}  // namespace sprx
