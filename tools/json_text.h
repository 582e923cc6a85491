// json_text: any bytes as text that JSON can hold.
#pragma once

#include <string>
#include <string_view>

namespace sprx {

/// `bytes` as UTF-8: valid sequences stay, every other byte becomes the character U+00XX with its value.
[[nodiscard]] std::string json_text(std::string_view bytes);

}  // namespace sprx
