// PipePool: pipes that long bodies go through from socket to socket without being copied to us (splice(2)).
#pragma once

#include <cstddef>
#include <vector>

namespace sprx {

/// A pipe, closed at the end of its life; closed from the beginning where there was none to be had.
class Pipe {
 public:
  Pipe() = default;
  /// A new one.
  static Pipe make();
  Pipe(Pipe&& other) noexcept;
  Pipe& operator=(Pipe&& other) noexcept;
  ~Pipe();
  [[nodiscard]] bool is_open() const { return out_ >= 0; }
  [[nodiscard]] int in() const { return in_; }    ///< written to
  [[nodiscard]] int out() const { return out_; }  ///< read from

 private:
  int in_ = -1;
  int out_ = -1;
};

/// A worker's. What a pipe holds is the kernel's memory, so there is a bound: beyond it bodies are copied.
class PipePool {
 public:
  /// Bytes that a pipe is asked to hold; less where the system allows its users less.
  static constexpr std::size_t kPipeSize = 256 * 1024;
  static constexpr std::size_t kMostPipes = 64;
  /// Unused ones that are kept.
  static constexpr std::size_t kKeptPipes = 8;
  /// Where less of a body is left, copying it is cheaper.
  static constexpr std::size_t kLeastLeft = 64 * 1024;

  /// An empty pipe; not open where there is none to be had.
  [[nodiscard]] Pipe take();
  /// Back from whoever took it; one that may still hold bytes is closed.
  void give(Pipe pipe, bool empty);
  /// Closes the unused ones if none has been taken since the last sweep: two descriptors each are worth having.
  void sweep();

 private:
  /// Whether splice works here at all: sandboxes forbid it, or do not know it. Asked once.
  [[nodiscard]] static bool works();
  std::vector<Pipe> kept_;
  std::size_t taken_ = 0;
  bool used_ = false;  ///< since the last sweep
};

}  // namespace sprx
