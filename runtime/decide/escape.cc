#include "runtime/decide/escape.h"

#include <algorithm>

#include "compiler/table/canonical.h"
#include "compiler/table/utf8.h"
#include "runtime/decide/inputs.h"

namespace sprx {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";

bool ends_nocase(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && equal_nocase(text.substr(text.size() - end.size()), end);
}

void append_markup(char c, std::string& out) {
  switch (c) {
    case '&':
      out += "&amp;";
      break;
    case '<':
      out += "&lt;";
      break;
    case '>':
      out += "&gt;";
      break;
    case '"':
      out += "&quot;";
      break;
    case '\'':
      out += "&#39;";
      break;
    default:
      out += c;
  }
}

/// One byte as \u00XX.
void append_code(char c, std::string& out) {
  const auto byte = static_cast<unsigned char>(c);
  out += "\\u00";
  out += kHex[byte >> 4];
  out += kHex[byte & 15];
}

void append_json(std::string_view text, std::string& out) {
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x80) {
      // `<` too: the text may be put into a page.
      if (byte < 0x20 || byte == 0x7F || byte == '"' || byte == '\\' || byte == '<' || byte == '>' || byte == '&') {
        append_code(text[i], out);
      } else {
        out += text[i];
      }
      ++i;
      continue;
    }
    const std::size_t length = utf8_length_from_lead(byte);
    if (length > 0 && i + length <= text.size() && is_utf8(text.substr(i, length))) {
      out.append(text, i, length);
      i += length;
    } else {
      append_code(text[i++], out);
    }
  }
}

/// Controls, which no field value may hold (RFC 9110 5.5), but for the tab.
bool is_dropped(char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F; }

}  // namespace

Escaping escaping_for(std::string_view content_type) {
  std::string_view rest = content_type;
  const std::string_view type = without_blanks(next_part(rest, ';'));
  if (ends_nocase(type, "/html") || ends_nocase(type, "/xml") || ends_nocase(type, "+xml")) return Escaping::markup;
  if (ends_nocase(type, "/json") || ends_nocase(type, "+json")) return Escaping::json;
  return Escaping::plain;
}

void append_escaped(Escaping kind, std::string_view text, std::string& out) {
  switch (kind) {
    case Escaping::plain:
      out += text;
      break;
    case Escaping::markup:
      for (const char c : text) append_markup(c, out);
      break;
    case Escaping::json:
      append_json(text, out);
      break;
  }
}

bool is_header_text(std::string_view text) { return std::none_of(text.begin(), text.end(), is_dropped); }

std::uint32_t append_header_text(std::string_view text, std::string& out) {
  std::uint32_t dropped = 0;
  for (const char c : text) {
    if (is_dropped(c)) {
      ++dropped;
    } else {
      out += c;
    }
  }
  return dropped;
}

}  // namespace sprx
