#include "compiler/table/dot_segments.h"

#include <algorithm>

#include "compiler/table/canonical.h"

namespace sprx {
namespace {

/// Whether `text` has one of the escapes at `at`.
bool is_escape(std::string_view text, std::size_t at, std::string_view a, std::string_view b) {
  const std::string_view escape = text.substr(at, 3);
  return equal_nocase(escape, a) || equal_nocase(escape, b);
}

/// Bytes of a dot at `at`, 0 where there is none.
std::size_t dot_at(std::string_view text, std::size_t at) {
  return text[at] == '.' ? 1 : text[at] == '%' && is_escape(text, at, "%2E", "%2E") ? 3 : 0;
}

/// Whether the name of the segment is over for an origin that knows parameters of segments.
bool is_parameter(std::string_view text, std::size_t at) {
  return text[at] == ';' || (text[at] == '%' && is_escape(text, at, "%3B", "%3B"));
}

bool is_hex(char c) {
  const char low = fold(c);
  return (low >= '0' && low <= '9') || (low >= 'a' && low <= 'f');
}

}  // namespace

std::size_t separator_at(std::string_view path, std::size_t at) {
  if (path[at] == '/' || path[at] == '\\') return 1;
  return path[at] == '%' && is_escape(path, at, "%2F", "%5C") ? 3 : 0;
}

int dots_of(std::string_view segment) {
  int dots = 0;
  while (!segment.empty() && dots < 3) {
    const std::size_t size = dot_at(segment, 0);
    if (size == 0) break;
    segment.remove_prefix(size);
    ++dots;
  }
  const bool whole = segment.empty() || is_parameter(segment, 0);
  return whole && dots < 3 ? dots : 0;
}

std::uint8_t segment_after(std::string_view text, std::uint8_t at, bool* dots) {
  std::uint8_t out = 0;
  for (const std::uint8_t begun : {kNothingBegun, kOneDot, kTwoDots, kNameBegun}) {
    if ((at & begun) == 0) continue;
    std::uint8_t now = begun;
    for (std::size_t i = 0; i < text.size();) {
      const std::size_t dot = dot_at(text, i);
      const std::size_t separator = separator_at(text, i);
      if ((now & (kOneDot | kTwoDots)) != 0 && (separator != 0 || is_parameter(text, i))) *dots = true;
      if (dot != 0) {
        now = static_cast<std::uint8_t>(std::min(now << 1, static_cast<int>(kNameBegun)));
      } else {
        now = separator != 0 ? kNothingBegun : kNameBegun;
      }
      i += std::max({dot, separator, std::size_t{1}});
    }
    out |= now;
  }
  return out;
}

std::size_t bad_escape(std::string_view path) {
  for (std::size_t at = path.find('%'); at != std::string_view::npos; at = path.find('%', at + 1)) {
    const std::string_view digits = path.substr(at + 1, 2);
    if (digits.size() < 2 || !is_hex(digits[0]) || !is_hex(digits[1]) || digits == "00") return at;
  }
  return std::string_view::npos;
}

}  // namespace sprx
