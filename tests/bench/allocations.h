// How often memory was asked for: the program that links allocations.cc counts.
#pragma once

#include <cstdint>

namespace sprx::bench {

[[nodiscard]] std::uint64_t allocations();

}  // namespace sprx::bench
