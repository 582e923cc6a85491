// What the renderers share: places, and text made safe to print.
#include <algorithm>
#include <fmt/format.h>
#include <iterator>

#include "compiler/render.h"
#include "compiler/table/utf8.h"

namespace sprx {
namespace {

constexpr std::size_t kTabColumns = 4;
constexpr char32_t kEllipsis = U'\u2026';

struct CodeRange {
  char32_t first;
  char32_t last;
};

/// Never shown raw: controls, what has no width of its own, what reorders or breaks lines, private use.
constexpr CodeRange kHidden[] = {
    {0x00, 0x1F},     {0x7F, 0x9F},     {0xAD, 0xAD},     {0x300, 0x36F},     {0x483, 0x489},     {0x591, 0x5BD},
    {0x600, 0x61C},   {0x64B, 0x65F},   {0x6D6, 0x6ED},   {0x70F, 0x74A},     {0x7A6, 0x7FF},     {0x900, 0xE7F},
    {0xE80, 0x109F},  {0x115F, 0x1160}, {0x135D, 0x135F}, {0x1700, 0x18AF},   {0x1900, 0x1CFF},   {0x1DC0, 0x1DFF},
    {0x200B, 0x200F}, {0x2028, 0x202E}, {0x2060, 0x206F}, {0x20D0, 0x20FF},   {0x302A, 0x302F},   {0x3099, 0x309A},
    {0x3164, 0x3164}, {0xA66F, 0xA67D}, {0xA800, 0xABFF}, {0xD7B0, 0xF8FF},   {0xFB1E, 0xFB1E},   {0xFB50, 0xFE2F},
    {0xFE70, 0xFEFF}, {0xFFA0, 0xFFA0}, {0xFFF0, 0xFFFF}, {0x10A00, 0x1AFFF}, {0x1D100, 0x1D2FF}, {0xE0000, 0x10FFFF},
};
/// Shown in two columns by terminals.
constexpr CodeRange kWide[] = {{0x1100, 0x115F},   {0x2E80, 0x303E},   {0x3041, 0xA4CF},   {0xAC00, 0xD7A3},
                               {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},
                               {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD}};

template <std::size_t N>
bool in_ranges(const CodeRange (&ranges)[N], char32_t code) {
  return std::any_of(std::begin(ranges), std::end(ranges),
                     [code](const CodeRange& range) { return code >= range.first && code <= range.last; });
}

}  // namespace

std::string_view word(Severity severity) { return severity == Severity::error ? "error" : "lint"; }

LinePlace locate(const Span& span, const SourceSet& sources) {
  if (static_cast<std::size_t>(span.file) >= sources.size()) return {};
  const SourceFile& file = sources[span.file];
  return {true, file.name, file.locate(span.begin), file.locate(std::max(span.begin, span.end))};
}

Shown shown_character(std::string_view text, std::size_t at, bool ascii) {
  const char c = text[at];
  if (c == '\t') return {std::string(kTabColumns, ' '), kTabColumns, 1};
  if (c >= 0x20 && c < 0x7F) return {std::string(1, c), 1, 1};
  char32_t code = 0;
  const std::size_t bytes = utf8_character(text, at, &code);
  if (bytes == 0) {
    std::string stray = fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    return {stray, stray.size(), 1};
  }
  if (ascii || in_ranges(kHidden, code)) {
    std::string escape = fmt::format("\\u{{{:x}}}", static_cast<unsigned>(code));
    return {escape, escape.size(), bytes};
  }
  return {std::string(text.substr(at, bytes)), in_ranges(kWide, code) ? 2U : 1U, bytes};
}

std::string printable(std::string_view text, bool ascii) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    char32_t code = 0;
    const std::size_t bytes = utf8_character(text, at, &code);
    if (ascii && bytes != 0 && code == kEllipsis) {
      out += "...";
      at += bytes;
      continue;
    }
    const Shown shown = shown_character(text, at, ascii);
    out += text[at] == '\t' ? "\\t" : shown.text;
    at += shown.bytes;
  }
  return out;
}

std::string valid_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t bad = std::min(find_invalid_utf8(text), text.size());
    out += text.substr(0, bad);
    text.remove_prefix(bad);
    if (text.empty()) break;
    out += "\xEF\xBF\xBD";
    text.remove_prefix(1);
  }
  return out;
}

}  // namespace sprx
