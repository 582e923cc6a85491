// Where random programs and messages take their choices from: a seed, or the bytes that a fuzzer made.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>

namespace sprx::test {

class Choices {
 public:
  /// Without end; the same seed gives the same choices.
  explicit Choices(std::uint64_t seed) : random_(seed) {}
  /// From both ends of `input`, which has to outlive this: programs take theirs from the front, messages from the back,
  /// so that an edit of one leaves the other as it is, where the input is long enough for both. What is taken past the
  /// end is 0.
  explicit Choices(std::string_view input) : input_(input), of_input_(true) {}

  /// One of 0 to `n` - 1; `n` is not 0.
  [[nodiscard]] std::size_t below(std::size_t n);
  /// Whether texts may be made of any letters, not of the few words alone: a seed has no use for them, since they would
  /// never meet; a fuzzer finds out how they do.
  [[nodiscard]] bool free() const { return of_input_; }
  /// Up to 63 of these letters.
  [[nodiscard]] std::string letters(std::string_view alphabet);
  /// From here on choices come from the back.
  void turn() { from_back_ = true; }
  /// Whether the input has more for a message, which no other choice has taken. A seed always has.
  [[nodiscard]] bool more() const { return !of_input_ || front_ + back_ < input_.size(); }

 private:
  std::uint8_t byte();

  std::mt19937_64 random_;
  std::string_view input_;
  bool of_input_ = false;
  bool from_back_ = false;
  std::size_t front_ = 0;
  std::size_t back_ = 0;
};

}  // namespace sprx::test
