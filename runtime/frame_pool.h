// Frame pool: memory of coroutine frames, kept by the thread that gave it back. A request runs a dozen coroutines of a
// few sizes; after warm-up none of them asks the allocator.
#pragma once

#include <array>
#include <cstddef>
#include <new>

namespace sprx {

/// Frames are handed out in multiples of this many bytes.
inline constexpr std::size_t kFrameStep = 64;
/// Larger frames are not kept.
inline constexpr std::size_t kMaxKeptFrame = 2048;
/// Most frames of one size that a thread keeps, so that a burst of connections does not hold its memory for ever.
inline constexpr std::size_t kKeptFrames = 256;

/// One a thread. A frame may be given back on another thread than the one that took it.
class FramePool {
 public:
  FramePool() = default;
  FramePool(const FramePool&) = delete;
  FramePool& operator=(const FramePool&) = delete;
  ~FramePool();

  [[nodiscard]] static FramePool& of_this_thread();
  /// False under a sanitizer, which is to see every frame come and go: a frame used after its end would go unseen.
  [[nodiscard]] static bool keeps_frames();
  [[nodiscard]] void* take(std::size_t size);
  /// `size` is what was asked for.
  void give(void* frame, std::size_t size) noexcept;
  /// Frames that are kept now.
  [[nodiscard]] std::size_t kept() const;

 private:
  struct Free {
    Free* next;
  };
  struct Class {
    Free* first = nullptr;
    std::size_t count = 0;
  };
  [[nodiscard]] static std::size_t class_of(std::size_t size) { return (size + kFrameStep - 1) / kFrameStep; }
  std::array<Class, kMaxKeptFrame / kFrameStep + 1> classes_;
};

/// What a promise type derives from so that its coroutine's frame comes from the pool.
struct PooledFrame {
  static void* operator new(std::size_t size) { return FramePool::of_this_thread().take(size); }
  static void operator delete(void* frame, std::size_t size) noexcept { FramePool::of_this_thread().give(frame, size); }
};

}  // namespace sprx
