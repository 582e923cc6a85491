// Buffer and BufferPool: a worker's receive buffers, taken for as long as bytes are in flight and given back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace sprx {

inline constexpr std::size_t kHeadBlock = 4 * 1024;  ///< of an idle client connection: what it costs to wait
inline constexpr std::size_t kUpstreamBlock = 16 * 1024;
inline constexpr std::size_t kRelayBlock = 64 * 1024;  ///< of a body on its way, one a direction

/// Flat bytes: [begin, end) is filled. Moving keeps the addresses of the bytes.
struct Buffer {
  std::unique_ptr<char[]> bytes;
  std::size_t capacity = 0;
  std::size_t begin = 0;
  std::size_t end = 0;

  [[nodiscard]] std::string_view filled() const { return {bytes.get() + begin, end - begin}; }
  [[nodiscard]] std::span<char> room() { return {bytes.get() + end, capacity - end}; }
  [[nodiscard]] bool empty() const { return begin == end; }
  void consume(std::size_t size) {
    begin += size;
    if (begin == end) begin = end = 0;
  }
  /// Puts what is filled at the front; views into the buffer are void.
  void compact() {
    if (begin == 0) return;
    std::memmove(bytes.get(), bytes.get() + begin, end - begin);
    end -= begin;
    begin = 0;
  }
};

/// Not thread-safe: one a worker. Keeps a bounded number of the three usual sizes.
class BufferPool {
 public:
  static constexpr std::size_t kKeptBytes = 8 * 1024 * 1024;  ///< a size, a worker

  Buffer take(std::size_t size) {
    Buffer buffer;
    std::vector<std::unique_ptr<char[]>>* kept = list_of(size);
    if (kept != nullptr && !kept->empty()) {
      buffer.bytes = std::move(kept->back());
      kept->pop_back();
    } else {
      buffer.bytes = std::make_unique_for_overwrite<char[]>(size);
    }
    buffer.capacity = size;
    in_use_ += size;
    return buffer;
  }
  void give(Buffer buffer) {
    if (!buffer.bytes) return;
    in_use_ -= buffer.capacity;
    std::vector<std::unique_ptr<char[]>>* kept = list_of(buffer.capacity);
    if (kept != nullptr && kept->size() * buffer.capacity < kKeptBytes) kept->push_back(std::move(buffer.bytes));
  }
  /// Replaces `buffer` by one of at least `size` with the same filled bytes, at its front.
  void grow(Buffer& buffer, std::size_t size) {
    Buffer larger = take(size);
    const std::string_view old = buffer.filled();
    std::memcpy(larger.bytes.get(), old.data(), old.size());
    larger.end = old.size();
    give(std::exchange(buffer, std::move(larger)));
  }
  /// Bytes handed out now.
  [[nodiscard]] std::size_t in_use() const { return in_use_; }

 private:
  std::vector<std::unique_ptr<char[]>>* list_of(std::size_t size) {
    switch (size) {
      case kHeadBlock:
        return &kept_[0];
      case kUpstreamBlock:
        return &kept_[1];
      case kRelayBlock:
        return &kept_[2];
      default:
        return nullptr;
    }
  }
  std::vector<std::unique_ptr<char[]>> kept_[3];
  std::size_t in_use_ = 0;
};

}  // namespace sprx
