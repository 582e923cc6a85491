#include "http/escape.h"

#include <charconv>

namespace sprx::http_suite {
namespace {

std::optional<std::size_t> number(std::string_view text) {
  std::size_t value = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (ec != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// `text` is what stands between `@{` and `}`.
bool generate(std::string_view text, std::string& out) {
  const std::size_t space = text.find(' ');
  if (space == std::string_view::npos) return false;
  const std::string_view verb = text.substr(0, space);
  std::string_view rest = text.substr(space + 1);
  if (verb == "pattern") {
    const auto size = number(rest);
    if (size) out += pattern(0, *size);
    return size.has_value();
  }
  const std::size_t gap = rest.find(' ');
  if (verb != "repeat" || gap == std::string_view::npos) return false;
  const auto count = number(rest.substr(0, gap));
  const auto unit = unescape(rest.substr(gap + 1));
  if (!count || !unit) return false;
  out.reserve(out.size() + *count * unit->size());
  for (std::size_t i = 0; i < *count; ++i) out += *unit;
  return true;
}

/// Where the brace that is open at `at` is closed; npos if it is not.
std::size_t matching_brace(std::string_view text, std::size_t at) {
  int depth = 0;
  for (; at < text.size(); ++at) {
    if (text[at] == '{') ++depth;
    if (text[at] == '}' && --depth == 0) return at;
  }
  return std::string_view::npos;
}

bool hex(std::string_view text, std::string& out) {
  unsigned value = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (ec != std::errc() || end != text.data() + 2) return false;
  out += static_cast<char>(value);
  return true;
}

}  // namespace

std::optional<std::string> unescape(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '@' && i + 1 < text.size() && text[i + 1] == '{') {
      const std::size_t end = matching_brace(text, i + 1);
      if (end == std::string_view::npos || !generate(text.substr(i + 2, end - i - 2), out)) return std::nullopt;
      i = end;
      continue;
    }
    if (text[i] != '\\') {
      out += text[i];
      continue;
    }
    if (++i == text.size()) return std::nullopt;
    switch (text[i]) {
      case 'r':
        out += '\r';
        break;
      case 'n':
        out += '\n';
        break;
      case 't':
        out += '\t';
        break;
      case '0':
        out += '\0';
        break;
      case 'e':
        out += '\x1b';
        break;
      case '\\':
        out += '\\';
        break;
      case 'x':
        if (!hex(text.substr(i + 1, 2), out)) return std::nullopt;
        i += 2;
        break;
      default:
        return std::nullopt;
    }
  }
  return out;
}

std::string escape(std::string_view bytes, std::size_t limit) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  for (const char c : bytes.substr(0, limit)) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\r') {
      out += "\\r";
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\\') {
      out += "\\\\";
    } else if (byte < 0x20 || byte >= 0x7f) {
      out += "\\x";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      out += c;
    }
  }
  if (bytes.size() > limit) out += "... (" + std::to_string(bytes.size()) + " bytes)";
  return out;
}

std::string pattern(std::size_t from, std::size_t size) {
  std::string out(size, '\0');
  for (std::size_t i = 0; i < size; ++i) out[i] = pattern_at(from + i);
  return out;
}

}  // namespace sprx::http_suite
