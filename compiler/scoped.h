// A value for the length of a block.
#pragma once

#include <utility>

namespace sprx {

/// Gives a variable, which outlives it, another value until the end of the block, on every way out of it.
template <typename T>
class [[nodiscard]] Scoped {
 public:
  Scoped(T& variable, T value) : variable_(variable), before_(std::exchange(variable, std::move(value))) {}
  ~Scoped() { variable_ = std::move(before_); }
  Scoped(const Scoped&) = delete;
  Scoped& operator=(const Scoped&) = delete;

 private:
  T& variable_;
  T before_;
};

}  // namespace sprx
