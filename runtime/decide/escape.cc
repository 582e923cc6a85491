#include "runtime/decide/escape.h"

#include <algorithm>

#include "compiler/table/canonical.h"
#include "compiler/table/header_list.h"
#include "compiler/table/utf8.h"
#include "runtime/decide/inputs.h"

namespace sprx {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";

bool ends_nocase(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && equal_nocase(text.substr(text.size() - end.size()), end);
}

/// Whether a browser takes the type for none and looks at the body instead (WHATWG MIME Sniffing 7).
bool is_guessed(std::string_view type) {
  const std::size_t slash = type.find('/');
  const bool whole = slash != std::string_view::npos && slash > 0 && slash + 1 < type.size() &&
                     type.find_first_of(" \t\"") == std::string_view::npos;
  return !whole || type == "*/*" || ends_nocase(type, "/unknown");
}

bool is_script(std::string_view type) {
  constexpr std::string_view kVersioned = "text/javascript1.";
  return ends_nocase(type, "javascript") || ends_nocase(type, "ecmascript") || ends_nocase(type, "/jscript") ||
         ends_nocase(type, "/livescript") || equal_nocase(type.substr(0, kVersioned.size()), kVersioned);
}

Escaping escaping_of(std::string_view type) {
  if (ends_nocase(type, "html") || ends_nocase(type, "/xml") || ends_nocase(type, "+xml")) return Escaping::markup;
  if (is_guessed(type)) return Escaping::markup;
  if (ends_nocase(type, "/json") || ends_nocase(type, "+json")) return Escaping::json;
  return is_script(type) ? Escaping::script : Escaping::plain;
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

/// U+2028 and U+2029 end a line of JavaScript.
bool is_line_end(std::string_view text) { return text == "\xE2\x80\xA8" || text == "\xE2\x80\xA9"; }

/// `script`: a string of JavaScript may stand between `'` or backticks, and after those `${` begins code.
void append_json(std::string_view text, bool script, std::string& out) {
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x80) {
      // `<` too: the text may be put into a page.
      if (byte < 0x20 || byte == 0x7F || byte == '"' || byte == '\\' || byte == '<' || byte == '>' || byte == '&' ||
          (script && (byte == '\'' || byte == '`' || byte == '$'))) {
        append_code(text[i], out);
      } else {
        out += text[i];
      }
      ++i;
      continue;
    }
    const std::size_t length = utf8_length_from_lead(byte);
    if (length > 0 && i + length <= text.size() && is_utf8(text.substr(i, length))) {
      if (script && is_line_end(text.substr(i, length))) {
        out += text[i + 2] == '\xA8' ? "\\u2028" : "\\u2029";
      } else {
        out.append(text, i, length);
      }
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
  // Readers differ about which of several counts.
  bool there = false;
  Escaping out = Escaping::plain;
  while (!content_type.empty()) {
    std::string_view one = next_quoted_part(content_type, ',');
    const std::string_view type = without_blanks(next_part(one, ';'));
    if (type.empty()) continue;
    there = true;
    out = std::max(out, escaping_of(type));
  }
  return there ? out : Escaping::markup;
}

Escaping escaping_for(std::span<const HeaderLine> headers) {
  bool there = false;
  Escaping out = Escaping::plain;
  for (const HeaderLine& line : headers) {
    if (!equal_nocase(line.name, "content-type")) continue;
    there = true;
    out = std::max(out, escaping_for(line.value));
  }
  return there ? out : Escaping::markup;
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
      append_json(text, false, out);
      break;
    case Escaping::script:
      append_json(text, true, out);
      break;
  }
}

bool append_body(std::span<const TextPart> parts, Escaping kind, std::string& out) {
  for (const TextPart& part : parts) {
    append_escaped(part.origin == Origin::own ? Escaping::plain : kind, part.text, out);
    if (out.size() > kMaxMadeText) return false;
  }
  return true;
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
