#include "grammar/characters.h"

#include <algorithm>
#include <array>
#include <map>

namespace sprx {
namespace {

/// So many NUL bytes this near the beginning are no slip of an editor.
constexpr std::size_t kBinaryLook = 8000;
constexpr std::ptrdiff_t kBinaryNuls = 4;

struct Character {
  char32_t code = 0;
  Offset length = 0;  ///< 0: no UTF-8 (overlong, surrogate, too large or cut short)
};

Character character_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t n) {
    return at + n < text.size() ? static_cast<unsigned char>(text[at + n]) : static_cast<unsigned char>(0);
  };
  const unsigned char lead = byte(0);
  if (lead < 0x80) {
    return {lead, 1};
  }
  const Offset length = lead >= 0xC2 && lead <= 0xDF   ? 2
                        : lead >= 0xE0 && lead <= 0xEF ? 3
                        : lead >= 0xF0 && lead <= 0xF4 ? 4
                                                       : 0;
  char32_t code = length == 0 ? 0 : lead & (0xFFU >> (length + 1));
  for (Offset n = 1; n < length; ++n) {
    if ((byte(n) & 0xC0) != 0x80) {
      return {};
    }
    code = (code << 6) | (byte(n) & 0x3FU);
  }
  const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  const bool none = (code >= 0xD800 && code <= 0xDFFF) || code > 0x10FFFF;
  return overlong || none ? Character{} : Character{code, length};
}

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && !scan::is_blank(c)) || byte == 0x7F;
}

bool is_lone_cr(std::string_view text, std::size_t at) {
  return text[at] == '\r' && (at + 1 == text.size() || text[at + 1] != '\n');
}

/// Characters that decide in which order a line is shown, so that what a reviewer sees is not what is compiled.
bool reorders(char32_t code) {
  return (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069) || code == 0x200E || code == 0x200F ||
         code == 0x61C;
}

struct LookAlike {
  char32_t first;
  char32_t last;
  char like;  ///< ' ': a blank, 0: nothing at all
};

constexpr std::array kLookAlikes = {
    LookAlike{0xA0, 0xA0, ' '},     LookAlike{0xAD, 0xAD, 0},       LookAlike{0x37E, 0x37E, ';'},
    LookAlike{0x1680, 0x1680, ' '}, LookAlike{0x2000, 0x200A, ' '}, LookAlike{0x200B, 0x200D, 0},
    LookAlike{0x2028, 0x2029, ' '}, LookAlike{0x202F, 0x202F, ' '}, LookAlike{0x205F, 0x205F, ' '},
    LookAlike{0x2060, 0x2060, 0},   LookAlike{0x3000, 0x3000, ' '}, LookAlike{0x3001, 0x3001, ','},
    LookAlike{0xFEFF, 0xFEFF, 0},   LookAlike{0xFF01, 0xFF01, '!'}, LookAlike{0xFF08, 0xFF08, '('},
    LookAlike{0xFF09, 0xFF09, ')'}, LookAlike{0xFF0C, 0xFF0C, ','}, LookAlike{0xFF1A, 0xFF1A, ':'},
    LookAlike{0xFF1B, 0xFF1B, ';'}, LookAlike{0xFF1C, 0xFF1C, '<'}, LookAlike{0xFF1D, 0xFF1D, '='},
    LookAlike{0xFF1E, 0xFF1E, '>'}, LookAlike{0xFF3B, 0xFF3B, '['}, LookAlike{0xFF3D, 0xFF3D, ']'},
    LookAlike{0xFF5B, 0xFF5B, '{'}, LookAlike{0xFF5D, 0xFF5D, '}'},
};

const LookAlike* look_alike(char32_t code) {
  const auto found = std::find_if(kLookAlikes.begin(), kLookAlikes.end(),
                                  [code](const LookAlike& known) { return known.first <= code && code <= known.last; });
  return found == kLookAlikes.end() ? nullptr : &*found;
}

std::string hex(std::uint32_t value, std::size_t least) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (; value != 0 || out.size() < least; value >>= 4) {
    out.insert(out.begin(), kDigits[value & 15]);
  }
  return out;
}

/// The same mistake all over a file is one report, at its first place.
struct Repeated {
  SyntaxError error;
  std::size_t count = 0;

  void add(SyntaxError next) {
    if (count++ == 0) {
      error = std::move(next);
    } else {
      std::move(next.fixes.begin(), next.fixes.end(), std::back_inserter(error.fixes));
    }
  }
  void report(ParseState& state) {
    if (count > 1) {
      error.message += ", the first of " + std::to_string(count) + " in this file";
    }
    if (count > 0) {
      state.report(std::move(error));
    }
  }
};

SyntaxError bad_bytes(const ParseState& state, Span span, bool control) {
  const std::string byte = hex(static_cast<unsigned char>(state.text[span.begin]), 2);
  SyntaxError error{control ? SyntaxErrorKind::control_character : SyntaxErrorKind::not_utf8, span, {}, {}, {}, {}};
  error.message = control ? "control character U+00" + byte : "byte 0x" + byte + " is not UTF-8";
  error.help = control ? "remove it, or write an escape such as `\\t` or `\\u{1b}` in a string"
                       : "rule files are UTF-8; save this one in that encoding";
  return error;
}

bool is_binary(ParseState& state) {
  const std::string_view text = state.text;
  const std::string_view begin = text.substr(0, kBinaryLook);
  const bool utf16 = text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF");
  if (!utf16 && std::count(begin.begin(), begin.end(), '\0') < kBinaryNuls) {
    return false;
  }
  state.report({SyntaxErrorKind::not_utf8,
                state.span(0, std::min<Offset>(static_cast<Offset>(text.size()), 2)),
                utf16 ? "this file is UTF-16" : "this file is not text",
                {},
                utf16 ? "rule files are UTF-8; save this one in that encoding"
                      : "rule files are UTF-8 text; take this one away, or out of the reach of `include`",
                {}});
  return true;
}

/// Reports the characters that reorder a line. In a string the escape says the same and can be seen.
void check_order(ParseState& state) {
  const std::string_view text = state.text;
  Repeated found;
  if (text.find("\xE2\x80") == std::string_view::npos && text.find("\xE2\x81") == std::string_view::npos &&
      text.find("\xD8\x9C") == std::string_view::npos) {
    return;
  }
  for (Offset at = 0; at < text.size();) {
    const Offset end = scan::skip_token(text, at);
    const std::string_view token = text.substr(at, end - at);
    const bool quoted = token.starts_with('"') && !token.starts_with("\"\"\"");
    const bool in_code = token.starts_with('#') || token.size() <= 4;
    for (Offset inner = at; inner < end;) {
      const Character c = character_at(text, inner);
      const Offset after = inner + std::max<Offset>(c.length, 1);
      if (c.length > 0 && reorders(c.code)) {
        SyntaxError error{SyntaxErrorKind::hidden_order, state.span(inner, after), {}, {}, {}, {}};
        error.message = "U+" + hex(c.code, 4) + " changes the order in which this line is shown";
        error.help = quoted ? "write it as `\\u{" + hex(c.code, 4) + "}`, or remove it" : "remove it";
        if (quoted || in_code) {
          error.fixes.push_back({error.primary, quoted ? "\\u{" + hex(c.code, 4) + "}" : "", true});
        }
        found.add(std::move(error));
        state.bad_bytes.push_back(state.span(inner, after));
      }
      inner = after;
    }
    at = std::max(end, at + 1);
  }
  found.report(state);
}

/// Reports line ends that are a CR alone: an editor shows lines, and to us all of them would be one, a comment to its
/// end.
void check_line_ends(ParseState& state) {
  const std::string_view text = state.text;
  const bool old_file = text.find('\n') == std::string_view::npos;  // every line of it ends like this
  Repeated found;
  for (std::size_t at = text.find('\r'); at != std::string_view::npos; at = text.find('\r', at + 1)) {
    if (!is_lone_cr(text, at)) continue;
    const Span span = state.span(static_cast<Offset>(at), static_cast<Offset>(at + 1));
    SyntaxError error{SyntaxErrorKind::control_character, span, "a CR that no LF follows", {}, {}, {}};
    error.help = "lines end with LF or CRLF; save this file with one of them";
    if (old_file) error.fixes.push_back({span, "\n", true});
    found.add(std::move(error));
    state.bad_bytes.push_back(span);
  }
  found.report(state);
}

}  // namespace

bool check_characters(ParseState& state) {
  if (is_binary(state)) {
    return false;
  }
  const std::string_view text = state.text;
  std::map<bool, Repeated> found;  // by "is a control character"
  for (std::size_t at = 0; at < text.size();) {
    const Offset length = static_cast<unsigned char>(text[at]) < 0x80 ? 1 : character_at(text, at).length;
    const bool control = is_control(text[at]);
    if (length != 0 && !control) {
      at += length;
      continue;
    }
    const std::size_t begin = at;
    while (at < text.size() && (control ? is_control(text[at]) : character_at(text, at).length == 0)) {
      ++at;
    }
    const Span span = state.span(static_cast<Offset>(begin), static_cast<Offset>(at));
    state.bad_bytes.push_back(span);
    found[control].add(bad_bytes(state, span, control));
  }
  for (auto& [control, repeated] : found) {
    repeated.report(state);
  }
  check_line_ends(state);
  check_order(state);
  std::sort(state.bad_bytes.begin(), state.bad_bytes.end(),
            [](const Span& a, const Span& b) { return a.begin < b.begin; });
  return true;
}

std::string without_look_alikes(ParseState& state) {
  const std::string_view text = state.text;
  std::string out;
  std::map<char32_t, Repeated> found;
  const bool ascii = std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  const Offset start = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  for (Offset at = start; !ascii && at < text.size();) {
    const Character c = character_at(text, at);
    const LookAlike* const known = c.length > 1 ? look_alike(c.code) : nullptr;
    const bool order = c.length > 1 && reorders(c.code);
    if (known == nullptr && !order) {
      at = scan::skip_token(text, at);
      continue;
    }
    if (out.empty()) {
      out = text;
    }
    out.replace(at, c.length, c.length, ' ');
    if (known != nullptr) {
      out[at] = known->like == 0 ? ' ' : known->like;
      SyntaxError error{SyntaxErrorKind::look_alike, state.span(at, at + c.length), {}, {}, {}, {}};
      const std::string like = known->like == ' ' ? "a blank" : "`" + std::string(1, known->like) + "`";
      error.message = "U+" + hex(c.code, 4) +
                      (known->like == 0 ? " has no width and cannot be seen" : " looks like " + like + " and is not");
      error.help = known->like == 0 ? "remove it" : "write " + (known->like == ' ' ? "a plain blank" : like);
      error.fixes.push_back({error.primary, known->like == 0 ? "" : std::string(1, known->like), true});
      found[c.code].add(std::move(error));
    }
    at += c.length;
  }
  for (auto& [code, repeated] : found) {
    repeated.report(state);
  }
  return out;
}

void part_lines(std::string& text) {
  for (Offset at = 0; at < text.size();) {
    if (is_lone_cr(text, at)) {
      text[at] = '\n';
    } else if (text[at] == '#') {
      const Offset end = scan::line_end(text, at);
      while (at < end && !is_lone_cr(text, at)) ++at;
      continue;
    }
    at = scan::skip_token(text, at);
  }
}

}  // namespace sprx
