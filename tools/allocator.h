// What malloc is in this program: jemalloc (see ARCHITECTURE.md), but under a sanitizer, which has its own.
#pragma once

namespace sprx {

/// Gives what has been freed back to the system now: the allocator would keep it for later requests, of which a proxy
/// at work makes none. Takes as long as the kernel needs for so many pages; other threads are not held up.
void give_memory_back() noexcept;

}  // namespace sprx
