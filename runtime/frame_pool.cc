#include "runtime/frame_pool.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SPRX_KEEPS_FRAMES 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define SPRX_KEEPS_FRAMES 0
#endif
#endif
#ifndef SPRX_KEEPS_FRAMES
#define SPRX_KEEPS_FRAMES 1
#endif

namespace sprx {
namespace {

constexpr bool kKeeps = SPRX_KEEPS_FRAMES != 0;

}  // namespace

FramePool::~FramePool() {
  for (Class& kind : classes_) {
    while (kind.first != nullptr) {
      Free* const frame = kind.first;
      kind.first = frame->next;
      ::operator delete(frame);
    }
  }
}

bool FramePool::keeps_frames() { return kKeeps; }

FramePool& FramePool::of_this_thread() {
  thread_local FramePool pool;
  return pool;
}

void* FramePool::take(std::size_t size) {
  if (!kKeeps || size > kMaxKeptFrame) return ::operator new(size);
  Class& kind = classes_[class_of(size)];
  if (kind.first == nullptr) return ::operator new(class_of(size) * kFrameStep);
  Free* const frame = kind.first;
  kind.first = frame->next;
  --kind.count;
  return frame;
}

void FramePool::give(void* frame, std::size_t size) noexcept {
  if (!kKeeps || size > kMaxKeptFrame || classes_[class_of(size)].count == kKeptFrames) {
    ::operator delete(frame);
    return;
  }
  Class& kind = classes_[class_of(size)];
  kind.first = ::new (frame) Free{kind.first};
  ++kind.count;
}

std::size_t FramePool::kept() const {
  std::size_t sum = 0;
  for (const Class& kind : classes_) sum += kind.count;
  return sum;
}

}  // namespace sprx
