// Replaces operator new to count; in a file of its own, so that nothing of it is inlined.
#include "tests/support/allocations.h"

#include <atomic>
#include <cstdlib>
#include <new>

// ThreadSanitizer's own operator new cannot be replaced in part: the linker finds two.
#if defined(__SANITIZE_THREAD__)
#define SPRX_COUNTS_ALLOCATIONS 0
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define SPRX_COUNTS_ALLOCATIONS 0
#endif
#endif
#ifndef SPRX_COUNTS_ALLOCATIONS
#define SPRX_COUNTS_ALLOCATIONS 1
#endif

namespace {

std::atomic<std::uint64_t> count{0};
thread_local bool counts = true;

#if SPRX_COUNTS_ALLOCATIONS
void* count_and_allocate(std::size_t size) {
  if (counts) count.fetch_add(1, std::memory_order_relaxed);
  void* bytes = std::malloc(size == 0 ? 1 : size);
  if (bytes == nullptr) std::abort();
  return bytes;
}
#endif

}  // namespace

#if SPRX_COUNTS_ALLOCATIONS
void* operator new(std::size_t size) { return count_and_allocate(size); }
void* operator new[](std::size_t size) { return count_and_allocate(size); }
// These too, or what libraries get from them (std::stable_sort in RE2) would be freed by the wrong delete under a
// sanitizer.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return count_and_allocate(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return count_and_allocate(size); }
void operator delete(void* bytes) noexcept { std::free(bytes); }
void operator delete[](void* bytes) noexcept { std::free(bytes); }
void operator delete(void* bytes, std::size_t) noexcept { std::free(bytes); }
void operator delete[](void* bytes, std::size_t) noexcept { std::free(bytes); }
#endif

namespace sprx::testing {

bool allocations_are_counted() { return SPRX_COUNTS_ALLOCATIONS == 1; }
std::uint64_t allocations() { return count.load(std::memory_order_relaxed); }
void count_this_thread(bool counted) { counts = counted; }

}  // namespace sprx::testing
