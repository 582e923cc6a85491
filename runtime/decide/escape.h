// Escaping of text that a client had a part in, for the bodies made here; and the bytes that no header or log value may
// hold.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sprx {

enum class Escaping : std::uint8_t { plain, markup, json };

/// What a media type (parameters allowed) asks for: `text/html` and XML types are markup, `application/json` and
/// `+json` JSON.
[[nodiscard]] Escaping escaping_for(std::string_view content_type);
/// Appends `text` so that it is nothing but text inside an element, an attribute or a JSON string.
void append_escaped(Escaping kind, std::string_view text, std::string& out);

/// Appends `text` without CR, LF and NUL; how many were left out.
std::uint32_t append_header_text(std::string_view text, std::string& out);
[[nodiscard]] bool is_header_text(std::string_view text);

}  // namespace sprx
