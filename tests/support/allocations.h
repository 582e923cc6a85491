// How often memory was asked for: the program that links allocations.cc counts.
#pragma once

#include <cstdint>

namespace sprx::testing {

/// False under ThreadSanitizer, where operator new cannot be replaced.
[[nodiscard]] bool allocations_are_counted();
/// By all threads that are counted.
[[nodiscard]] std::uint64_t allocations();
/// Whether this thread's are counted; they are to begin with.
void count_this_thread(bool counted);

}  // namespace sprx::testing
