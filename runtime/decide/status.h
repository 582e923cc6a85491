// Status codes as words.
#pragma once

#include <cstdint>
#include <string_view>

namespace sprx {

/// The registered reason phrase; "" for a status that has none.
[[nodiscard]] std::string_view reason_phrase(std::uint16_t status);
/// The short plain body of a refusal: the reason phrase and a newline.
[[nodiscard]] std::string_view status_line_text(std::uint16_t status);

}  // namespace sprx
