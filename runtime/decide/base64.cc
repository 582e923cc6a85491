#include "runtime/decide/base64.h"

#include <cstdint>

namespace sprx {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The six bits of a digit, or -1.
int digit_value(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+' || c == '-') return 62;
  return c == '/' || c == '_' ? 63 : -1;
}

}  // namespace

void append_base64(std::string_view bytes, std::string& out) {
  while (!bytes.empty()) {
    const std::size_t taken = bytes.size() < 3 ? bytes.size() : 3;
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      group = group << 8 | (i < taken ? static_cast<unsigned char>(bytes[i]) : 0U);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      out += i <= taken ? kAlphabet[group >> (18 - 6 * i) & 63] : '=';
    }
    bytes.remove_prefix(taken);
  }
}

bool append_base64_decoded(std::string_view text, std::string& out) {
  const std::size_t before = out.size();
  const auto refused = [&] {
    out.resize(before);
    return false;
  };
  if (text.ends_with('=')) {
    if (text.size() % 4 != 0) return false;
    text.remove_suffix(text.ends_with("==") ? 2 : 1);
    if (text.size() % 4 == 0 || text.size() % 4 == 1) return false;
  }
  const bool other = text.find_first_of("-_") != std::string_view::npos;
  if (text.size() % 4 == 1 || (other && text.find_first_of("+/") != std::string_view::npos)) return false;
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : text) {
    const int value = digit_value(c);
    if (value < 0) return refused();
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    out += static_cast<char>(bits >> held & 0xFF);
  }
  return (bits & ((1U << held) - 1)) == 0 || refused();
}

}  // namespace sprx
