#include "tools/allocator.h"

#include <cstddef>

extern "C" {
// Read by jemalloc when it starts. Two arenas are enough, because a request allocates nothing.
extern const char* malloc_conf;
const char* malloc_conf = "narenas:2";

// jemalloc's; absent where it is not linked.
int mallctl(const char* name, void* old_value, std::size_t* old_size, void* new_value, std::size_t new_size) noexcept
    __attribute__((weak));
}

namespace sprx {

void give_memory_back() noexcept {
  if (mallctl != nullptr) mallctl("arena.4096.purge", nullptr, nullptr, nullptr, 0);  // 4096: all arenas
}

}  // namespace sprx
