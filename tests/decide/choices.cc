#include "tests/decide/choices.h"

namespace sprx::test {

std::uint8_t Choices::byte() {
  std::size_t& taken = from_back_ ? back_ : front_;
  if (taken >= input_.size()) return 0;
  const std::size_t at = from_back_ ? input_.size() - 1 - taken : taken;
  ++taken;
  return static_cast<std::uint8_t>(input_[at]);
}

std::size_t Choices::below(std::size_t n) {
  if (!of_input_) return std::uniform_int_distribution<std::size_t>(0, n - 1)(random_);
  std::size_t value = 0;
  for (std::size_t reach = 1; reach < n; reach <<= 8) value = value << 8 | byte();
  return value % n;
}

std::string Choices::letters(std::string_view alphabet) {
  std::string out;
  for (std::size_t n = below(64); n > 0; --n) out += alphabet[below(alphabet.size())];
  return out;
}

}  // namespace sprx::test
