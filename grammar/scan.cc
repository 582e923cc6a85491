#include "grammar/scan.h"

#include <algorithm>
#include <array>
#include <utility>

namespace sprx::scan {
namespace {

constexpr std::array<std::string_view, 17> kReserved = {
    "and",      "or",          "not",       "exists", "nocase", "in",   "like", "under", "matches",
    "contains", "starts_with", "ends_with", "choose", "score",  "else", "when", "from"};

/// Braces followed by layout(); deeper ones are not looked at.
constexpr std::size_t kLayoutDepth = 256;

Offset size_of(std::string_view text) { return static_cast<Offset>(text.size()); }

bool continues(std::string_view text, Offset at) {
  return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
}

Offset skip_class(std::string_view text, Offset at) {
  for (++at; at < text.size() && text[at] != '\n'; ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == ']') {
      return at;
    }
  }
  return at;
}

/// Whether a `/` at `at` can begin a pattern: after `matches`, or where a list's or a call's element begins.
bool pattern_may_begin(std::string_view text, Offset at) {
  Offset end = at;
  while (end > 0 && at - end < kLookBack && is_blank(text[end - 1])) {
    --end;
  }
  const std::string_view before = text.substr(0, end);
  return before.ends_with("matches") || before.ends_with(',') || before.ends_with('[') || before.ends_with('(');
}

}  // namespace

std::string_view name_at(std::string_view text, Offset at) {
  if (at >= text.size() || !is_name_start(text[at])) {
    return {};
  }
  Offset end = at + 1;
  while (end < text.size() && is_name_char(text[end])) {
    ++end;
  }
  return text.substr(at, end - at);
}

bool is_reserved(std::string_view name) {
  return std::find(kReserved.begin(), kReserved.end(), name) != kReserved.end();
}

Offset line_end(std::string_view text, Offset at) {
  const std::size_t end = at < text.size() ? text.find('\n', at) : std::string_view::npos;
  return end == std::string_view::npos ? size_of(text) : static_cast<Offset>(end);
}

Offset skip_blanks(std::string_view text, Offset at) {
  while (at < text.size() && (is_blank(text[at]) || text[at] == '#')) {
    at = text[at] == '#' ? line_end(text, at) : at + 1;
  }
  return at;
}

Offset skip_spaces(std::string_view text, Offset at) {
  while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) {
    ++at;
  }
  return at;
}

Offset skip_string(std::string_view text, Offset at) {
  if (text.substr(at).starts_with("\"\"\"")) {
    const std::size_t end = text.find("\"\"\"", at + 3);
    return end == std::string_view::npos ? size_of(text) : static_cast<Offset>(end + 3);
  }
  // `${` … `}` may hold strings; quotes inside it do not end the outer one. `inside` counts open `${`.
  std::array<bool, 16> quoted{};  // whether a string is open at that depth of `${`
  std::size_t inside = 0;
  quoted[0] = true;
  for (++at; at < text.size() && text[at] != '\n'; ++at) {
    const char c = text[at];
    if (c == '\\' && quoted[inside]) {
      ++at;
      if (at >= text.size() || text[at] == '\n') {
        break;
      }
    } else if (c == '"') {
      quoted[inside] = !quoted[inside];
      if (inside == 0) {
        return at + 1;
      }
    } else if (c == '$' && quoted[inside] && at + 1 < text.size() && text[at + 1] == '{' &&
               inside + 1 < quoted.size()) {
      quoted[++inside] = false;
      ++at;
    } else if (c == '}' && inside > 0 && !quoted[inside]) {
      --inside;
    }
  }
  return std::min(at, size_of(text));
}

Offset skip_regex(std::string_view text, Offset at) {
  const bool quoted = text[at] == 'r';
  const Offset start = at;
  // A `/` that nothing closes is passed over alone, so how far it looks is bounded: a line of them stays linear.
  const Offset limit = quoted ? size_of(text) : std::min(size_of(text), start + kLookBack);
  for (at += quoted ? 2 : 1; at < limit && text[at] != '\n'; ++at) {
    const char c = text[at];
    if (c == '\\') {
      ++at;
    } else if (c == '[' && !quoted) {
      at = skip_class(text, at);
      if (at >= text.size() || text[at] == '\n') {
        break;
      }
    } else if (c == (quoted ? '"' : '/')) {
      return at + 1;
    }
  }
  return quoted ? std::min(at, size_of(text)) : start + 1;
}

Offset skip_token(std::string_view text, Offset at) {
  const char c = text[at];
  if (c == '#') {
    return line_end(text, at);
  }
  if (c == '"') {
    return std::max(skip_string(text, at), at + 1);
  }
  if ((c == '/' && pattern_may_begin(text, at)) || (c == 'r' && at + 1 < text.size() && text[at + 1] == '"')) {
    return skip_regex(text, at);
  }
  if (is_name_char(c)) {
    Offset end = at + 1;
    while (end < text.size() && is_name_char(text[end])) {
      ++end;
    }
    return end;
  }
  return at + 1;
}

Offset token_end(std::string_view text, Offset at) {
  if (at >= text.size()) {
    return size_of(text);
  }
  const char c = text[at];
  if (c == '"' || is_name_char(c)) {
    Offset end = c == '"' ? skip_string(text, at) : at;
    while (c != '"' && end < text.size() && (is_name_char(text[end]) || text[end] == '.')) {
      ++end;
    }
    const Offset line = std::min(end, line_end(text, at));
    return std::max(line, at + 1);
  }
  static constexpr std::array<std::string_view, 17> kSigns = {"===", "!==", "==", "!=", "<=", ">=", "=>", "=~", "!~",
                                                              "&&",  "||",  "??", "->", "..", "<>", "//", "/*"};
  for (const std::string_view sign : kSigns) {
    if (text.substr(at).starts_with(sign)) {
      return at + static_cast<Offset>(sign.size());
    }
  }
  Offset end = at + 1;
  while (static_cast<unsigned char>(c) >= 0xC0 && continues(text, end) && end < at + 4) {
    ++end;
  }
  return end;
}

Offset before_blanks(std::string_view text, Offset at) {
  while (at > 0 && (text[at - 1] == ' ' || text[at - 1] == '\t')) --at;
  return at;
}

std::string snake(std::string_view name) {
  const auto small = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const bool capital = name[i] >= 'A' && name[i] <= 'Z';
    if (capital && i > 0 && small(name[i - 1])) out += '_';
    out += name[i];
  }
  return lower(out);
}

std::string lower(std::string_view name) {
  std::string out(name);
  for (char& c : out) {
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return out;
}

bool one_slip(std::string_view a, std::string_view b) {
  if (a.size() > b.size()) {
    std::swap(a, b);
  }
  std::size_t same = 0;
  while (same < a.size() && a[same] == b[same]) {
    ++same;
  }
  const std::string_view rest_a = a.substr(same);
  const std::string_view rest_b = b.substr(same);
  if (a.size() + 1 == b.size()) {
    return rest_a == rest_b.substr(1);
  }
  if (a.size() != b.size() || rest_a.empty()) {
    return false;
  }
  const bool swapped =
      rest_a.size() >= 2 && rest_a[0] == rest_b[1] && rest_a[1] == rest_b[0] && rest_a.substr(2) == rest_b.substr(2);
  return swapped || rest_a.substr(1) == rest_b.substr(1);
}

std::string found(std::string_view text, Offset at) {
  if (at >= text.size()) {
    return "the end of the file";
  }
  const char c = text[at];
  if (c == '"') {
    constexpr Offset kShownString = 24;
    const std::string_view shown = text.substr(at, token_end(text, at) - at);
    const bool plain = std::all_of(shown.begin(), shown.end(), [](char s) { return s >= ' ' && s < 0x7F && s != '`'; });
    return plain && shown.size() <= kShownString && shown.size() > 1 && shown.back() == '"'
               ? "`" + std::string(shown) + "`"
               : "a string";
  }
  if (c == '\n' || c == '\r') {
    return "the end of the line";
  }
  if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
    return "a control character";
  }
  constexpr Offset kShown = 40;
  const Offset end = token_end(text, at);
  const std::string_view token = text.substr(at, std::min(end, at + kShown) - at);
  if (static_cast<unsigned char>(c) >= 0xC0) {
    std::uint32_t code = static_cast<unsigned char>(c) & (c >= static_cast<char>(0xF0)   ? 0x07U
                                                          : c >= static_cast<char>(0xE0) ? 0x0FU
                                                                                         : 0x1FU);
    for (Offset next = at + 1; next < end; ++next) {
      code = (code << 6) | (static_cast<unsigned char>(text[next]) & 0x3FU);
    }
    static constexpr char kDigits[] = "0123456789ABCDEF";
    std::string shown;
    for (; code != 0 || shown.size() < 4; code >>= 4) {
      shown.insert(shown.begin(), kDigits[code & 15]);
    }
    return "the character U+" + shown;
  }
  if (static_cast<unsigned char>(c) >= 0x80) {
    return "a byte that is not ASCII";
  }
  return "`" + std::string(token) + (end > at + kShown ? "...`" : "`");
}

bool first_on_line(std::string_view text, Offset at, Offset* column) {
  Offset begin = at;
  while (begin > 0 && at - begin < kLookBack && (text[begin - 1] == ' ' || text[begin - 1] == '\t')) {
    --begin;
  }
  *column = at - begin;
  const bool mark = begin == 3 && text.starts_with("\xEF\xBB\xBF");
  return begin == 0 || mark || text[begin - 1] == '\n';
}

Offset indentation(std::string_view text, Offset at) {
  Offset begin = at;
  while (begin > 0 && at - begin < kLookBack && text[begin - 1] != '\n') {
    --begin;
  }
  if (begin == 0 && text.starts_with("\xEF\xBB\xBF")) {
    begin = 3;
  }
  return skip_spaces(text, begin) - begin;
}

Layout layout(std::string_view text) {
  struct Open {
    Offset at;
    Offset indent;
  };
  Layout found_layout;
  std::vector<Open> open;
  Offset indent = 0;
  bool first = true;  // nothing but blanks yet on this line
  Offset line = 0;
  for (Offset at = 0; at < text.size();) {
    const char c = text[at];
    if (c == '\n') {
      first = true;
      line = at + 1;
    } else if (!is_blank(c)) {
      indent = first ? at - line : indent;
      if (c == '{') {
        if (open.size() < kLayoutDepth) {
          open.push_back({at, indent});
        }
        ++found_layout.unclosed;
      } else if (c == '}' && found_layout.unclosed > 0) {
        if (static_cast<std::size_t>(found_layout.unclosed) <= open.size()) {
          if (first && indent < open.back().indent) {
            found_layout.suspicious.push_back(open.back().at);
          }
          open.pop_back();
        }
        --found_layout.unclosed;
      }
      first = false;
    }
    at = skip_token(text, at);
  }
  std::sort(found_layout.suspicious.begin(), found_layout.suspicious.end());
  return found_layout;
}

}  // namespace sprx::scan
