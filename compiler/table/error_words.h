// The words that `response.error` can hold, for what checks literals and for tests that make the next hop fail.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

namespace sprx {

/// Whether response rules see an answer that the proxy made for that reason, and who is at fault.
enum class ErrorSeen : std::uint8_t { never, request, upstream };

struct ErrorWord {
  std::string_view word;
  std::uint16_t status = 0;  ///< of the answer
  ErrorSeen seen = ErrorSeen::never;
};

inline constexpr auto kErrorWords = std::to_array<ErrorWord>({
#define SPRX_REASON(id, status, seen, type, text) {#id, status, ErrorSeen::seen},
#include "compiler/table/reasons.def"
#undef SPRX_REASON
});

/// nullptr for a word that `response.error` never is.
[[nodiscard]] constexpr const ErrorWord* error_word(std::string_view word) {
  const auto found = std::find_if(kErrorWords.begin(), kErrorWords.end(), [word](const ErrorWord& known) {
    return known.word == word && known.seen != ErrorSeen::never;
  });
  return found == kErrorWords.end() ? nullptr : &*found;
}

}  // namespace sprx
