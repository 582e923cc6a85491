// UTF-8 as the language sees it (RFC 3629: no overlong forms, no surrogates, nothing past U+10FFFF): one definition for
// canonical paths, patterns, the reader of source files and the renderers of diagnostics.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sprx {

/// Bytes of the character that `lead` begins by its bits alone: 1 to 4, or 0 where no character begins so.
[[nodiscard]] constexpr std::size_t utf8_length_from_lead(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead < 0xC2) return 0;
  if (lead < 0xE0) return 2;
  if (lead < 0xF0) return 3;
  return lead < 0xF5 ? 4 : 0;
}

/// Bytes of the valid character at `at`, or 0 where there is none. `code` gets its code point.
[[nodiscard]] constexpr std::size_t utf8_character(std::string_view text, std::size_t at, char32_t* code = nullptr) {
  if (at >= text.size()) return 0;
  const auto lead = static_cast<unsigned char>(text[at]);
  const std::size_t length = utf8_length_from_lead(lead);
  if (length == 0 || length > text.size() - at) return 0;
  char32_t value = length == 1 ? lead : lead & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    const auto byte = static_cast<unsigned char>(text[at + i]);
    if ((byte & 0xC0U) != 0x80) return 0;
    value = (value << 6U) | (byte & 0x3FU);
  }
  const bool overlong = (length == 3 && value < 0x800) || (length == 4 && value < 0x10000);
  if (overlong || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return 0;
  if (code != nullptr) *code = value;
  return length;
}

/// Characters of valid text: bytes that continue one do not count.
[[nodiscard]] constexpr std::uint32_t utf8_count(std::string_view text) {
  std::uint32_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0U) != 0x80 ? 1 : 0;
  return count;
}

/// The first byte that is no part of valid UTF-8; npos when all of it is valid.
[[nodiscard]] constexpr std::size_t find_invalid_utf8(std::string_view text, std::size_t from = 0) {
  for (std::size_t at = from; at < text.size();) {
    if (static_cast<unsigned char>(text[at]) < 0x80) {
      ++at;
      continue;
    }
    const std::size_t length = utf8_character(text, at);
    if (length == 0) return at;
    at += length;
  }
  return std::string_view::npos;
}

[[nodiscard]] constexpr bool is_utf8(std::string_view text) {
  return find_invalid_utf8(text) == std::string_view::npos;
}

/// Appends the character `code`, which must be one.
inline void append_utf8(char32_t code, std::string& out) {
  const auto continuation = [code](unsigned shift) { return static_cast<char>(0x80U | ((code >> shift) & 0x3FU)); };
  if (code < 0x80) {
    out += static_cast<char>(code);
    return;
  }
  if (code < 0x800) {
    out += static_cast<char>(0xC0U | (code >> 6U));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0U | (code >> 12U));
    out += continuation(6);
  } else {
    out += static_cast<char>(0xF0U | (code >> 18U));
    out += continuation(12);
    out += continuation(6);
  }
  out += continuation(0);
}

[[nodiscard]] constexpr bool is_ascii(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) >= 0x80) return false;
  }
  return true;
}

}  // namespace sprx
