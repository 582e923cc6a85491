// Strings where patterns belong: what was meant to be the pattern.
#include "grammar/parse.h"

namespace sprx {
namespace {

/// A `"` in a pattern needs a `\` before it, unless it has one.
void append_quote(std::string& out) {
  std::size_t backslashes = 0;
  while (backslashes < out.size() && out[out.size() - 1 - backslashes] == '\\') ++backslashes;
  out += backslashes % 2 == 0 ? "\\\"" : "\"";
}

QuotedPattern as_it_is(std::string_view inner) {
  QuotedPattern out;
  for (const char c : inner) {
    if (c == '"') {
      append_quote(out.text);
    } else {
      out.text += c;
    }
  }
  return out;
}

/// Escapes that no string has, such as `\.` and `\d`, are a pattern's: then all of them are, and `\\` is a backslash
/// that is looked for. Else the string's escapes were known, and `\\` is how one writes the backslash of a pattern.
bool has_escapes_of_patterns(std::string_view inner) {
  for (std::size_t at = 0; at + 1 < inner.size(); ++at) {
    if (inner[at] != '\\') continue;
    ++at;
    if (std::string_view("\"\\nt$").find(inner[at]) == std::string_view::npos && inner.substr(at, 2) != "u{")
      return true;
  }
  return false;
}

}  // namespace

std::optional<QuotedPattern> quoted_pattern(std::string_view literal) {
  const bool raw = literal.size() >= 6 && literal.starts_with(R"(""")");
  const std::size_t quotes = raw ? 3 : 1;
  if (literal.size() < 2 * quotes || literal.find('\n') != std::string_view::npos) return std::nullopt;
  const std::string_view inner = literal.substr(quotes, literal.size() - 2 * quotes);
  if (raw) return as_it_is(inner);
  const bool single = has_escapes_of_patterns(inner);
  QuotedPattern out;
  for (std::size_t at = 0; at < inner.size(); ++at) {
    if (inner.substr(at, 2) == "${") return std::nullopt;
    out.text += inner[at];
    if (inner[at] != '\\' || at + 1 >= inner.size()) continue;
    const char escaped = inner[++at];
    if (escaped == '\\' && single) out.certain = false;
    if (escaped == '\\' && !single) continue;
    // In a string `\$` is how a `$` is written, which ends a pattern; in a pattern it is a `$` that is looked for.
    if ((escaped == '$' && !single) || escaped == 'u') out.certain = false;
    out.text += escaped == 'u' && inner.substr(at, 2) == "u{" ? 'x' : escaped;
  }
  return out;
}

}  // namespace sprx
