// Arena: memory for one message, taken by bumping a pointer, given back all at once and kept for the next message.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace sprx {

/// Not thread-safe. What is allocated is never destroyed: only trivially destructible things go in.
class Arena {
 public:
  static constexpr std::size_t kBlock = 16 * 1024;
  /// Blocks kept over a reset; a message that needed more gives the rest back.
  static constexpr std::size_t kKeptBlocks = 8;

  void* allocate(std::size_t size, std::size_t align = alignof(std::max_align_t)) {
    std::size_t at = (used_ + align - 1) & ~(align - 1);
    if (current_ >= blocks_.size() || at + size > blocks_[current_].size) {
      next_block(size + align);
      at = 0;
    }
    used_ = at + size;
    return blocks_[current_].bytes.get() + at;
  }
  template <typename T>
  std::span<T> array(std::size_t count) {
    static_assert(std::is_trivially_destructible_v<T>);
    T* first = static_cast<T*>(allocate(sizeof(T) * count, alignof(T)));
    std::uninitialized_default_construct_n(first, count);
    return {first, count};
  }
  std::string_view copy(std::string_view text) {
    if (text.empty()) return {};
    char* to = static_cast<char*>(allocate(text.size(), 1));
    std::memcpy(to, text.data(), text.size());
    return {to, text.size()};
  }
  /// Everything handed out is gone.
  void reset() {
    if (blocks_.size() > kKeptBlocks) blocks_.resize(kKeptBlocks);
    current_ = 0;
    used_ = 0;
  }

 private:
  struct Block {
    std::unique_ptr<std::byte[]> bytes;
    std::size_t size = 0;
  };
  void next_block(std::size_t least) {
    std::size_t next = blocks_.empty() ? 0 : current_ + 1;
    while (next < blocks_.size() && blocks_[next].size < least) ++next;
    if (next >= blocks_.size()) {
      const std::size_t size = least > kBlock ? least : kBlock;
      blocks_.push_back({std::make_unique_for_overwrite<std::byte[]>(size), size});
      next = blocks_.size() - 1;
    }
    current_ = next;
    used_ = 0;
  }
  std::vector<Block> blocks_;
  std::size_t current_ = 0;
  std::size_t used_ = 0;
};

}  // namespace sprx
