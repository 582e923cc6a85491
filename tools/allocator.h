// What malloc is in this program: jemalloc (see ARCHITECTURE.md), but under a sanitizer, which has its own.
#pragma once

namespace sprx {

/// Gives what has been freed back to the system now: the allocator would keep it for what is allocated later, and a
/// proxy at work allocates nothing. Takes as long as the kernel needs for so many pages; other threads are not held up.
void give_memory_back() noexcept;

}  // namespace sprx
