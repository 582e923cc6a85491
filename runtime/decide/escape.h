// Escaping of text that a client had a part in, for the bodies made here; and the bytes that no header or log value may
// hold.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "runtime/decide/facts.h"
#include "runtime/decide/text_part.h"

namespace sprx {

/// The later ones take more harm out: of several types the greatest counts.
enum class Escaping : std::uint8_t { plain, json, script, markup };

/// What the value of a Content-Type (parameters allowed) asks for: `text/html` and XML types are markup,
/// `application/json` and `+json` JSON, JavaScript script. What is no media type counts as markup, as browsers guess.
[[nodiscard]] Escaping escaping_for(std::string_view content_type);
/// Of all Content-Type lines; without one browsers guess too.
[[nodiscard]] Escaping escaping_for(std::span<const HeaderLine> headers);
/// Appends `text` so that it is nothing but text inside an element, an attribute, or a string of JSON or JavaScript.
void append_escaped(Escaping kind, std::string_view text, std::string& out);

/// Appends a body: what is not the author's is escaped. False: it is longer than kMaxMadeText.
[[nodiscard]] bool append_body(std::span<const TextPart> parts, Escaping kind, std::string& out);

/// Appends `text` without CR, LF and NUL; how many were left out.
std::uint32_t append_header_text(std::string_view text, std::string& out);
[[nodiscard]] bool is_header_text(std::string_view text);

}  // namespace sprx
