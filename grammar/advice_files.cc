// Names of files and of the rules that come from them: brackets round a file's name, `nocase` in another place, a
// rule's name with the number of its line.
#include <algorithm>

#include "grammar/advice_parts.h"

namespace sprx::advice {
namespace {

constexpr std::size_t kNameShown = 60;

/// What stands between brackets where one file's name is wanted.
struct Bracketed {
  Offset end = 0;           ///< past the closing bracket; 0 where it is no such list
  std::uint32_t names = 0;  ///< how many
  std::string first;        ///< in quotes
};

Bracketed read_brackets(std::string_view text, Offset open) {
  constexpr Offset kLookedAt = 400;
  const char close = text[open] == '[' ? ']' : text[open] == '(' ? ')' : '}';
  Bracketed out;
  Offset at = scan::skip_blanks(text, open + 1);
  while (at < text.size() && at < open + kLookedAt && text[at] != close) {
    const bool quoted = text[at] == '"';
    const Offset end = quoted ? scan::skip_string(text, at) : bare_end(text, at, ",;[](){}\"'<>");
    const std::string_view name = text.substr(at, end - at);
    const bool whole = quoted ? name.size() > 2 && name.ends_with('"') : name.find('.') != std::string_view::npos;
    if (!whole) return {};
    if (out.names++ == 0) out.first = quoted ? std::string(name) : "\"" + std::string(name) + "\"";
    at = scan::skip_blanks(text, end);
    if (at < text.size() && text[at] == ',') at = scan::skip_blanks(text, at + 1);
  }
  if (at < text.size() && text[at] == close) out.end = at + 1;
  return out;
}

/// Past the `;` that stands behind `at`, and the blanks after it on the line.
Offset past_end_of_entry(std::string_view text, Offset at) {
  const Offset sign = scan::skip_spaces(text, at);
  return sign < text.size() && text[sign] == ';' ? scan::skip_spaces(text, sign + 1) : sign;
}

}  // namespace

std::optional<Foreign> file_in_brackets(std::string_view text, Offset at) {
  if (std::string_view("[({").find(text[at]) == std::string_view::npos) return std::nullopt;
  const Bracketed inner = read_brackets(text, at);
  if (inner.end == 0 || inner.names == 0) return std::nullopt;
  Foreign out = say(SyntaxErrorKind::unexpected, at, inner.end,
                    inner.names == 1 ? "a file name stands without brackets" : "one file name stands here, no list",
                    inner.names == 1 && inner.first.size() <= kNameShown ? "write " + scan::ticked(inner.first)
                                                                         : "each file has a declaration of its own");
  if (inner.names > 1) return out;
  out.fix_end = inner.end;
  return fixed(out, inner.first, true);
}

std::optional<Foreign> nocase_before_file(std::string_view text, Offset at) {
  const Offset next = scan::skip_spaces(text, at + 6);
  if (scan::name_at(text, at) != "nocase" || next >= text.size() || text[next] != '"') return std::nullopt;
  const Offset end = scan::skip_string(text, next);
  const std::string whole = std::string(text.substr(next, end - next)) + " nocase";
  Foreign out = say(SyntaxErrorKind::unexpected, at, at + 6, "`nocase` stands after the file name",
                    whole.size() <= kNameShown ? "write " + scan::ticked(whole) : "write `from \"file.tsv\" nocase`");
  out.fix_end = end;
  return fixed(out, whole, true);
}

std::optional<NocaseMoved> nocase_in_block(std::string_view text, Offset open, Offset at, bool rows) {
  if (scan::name_at(text, at) != "nocase" || open >= at) return std::nullopt;
  NocaseMoved out;
  out.message = "`nocase` is no entry of this block";
  if (!rows) {
    out.help = "a dynamic list compares its keys exactly: put them in lower case into it, and ask for `lower(...)`";
    return out;
  }
  out.help = "it stands before the block: `from \"file.tsv\" nocase { ... }`";
  out.insert_at = scan::before_blanks(text, open);
  out.end = past_end_of_entry(text, at + 6);
  const Offset next = scan::skip_blanks(text, at + 6);
  const bool alone = next < text.size() && (text[next] == ';' || text[next] == '}');
  out.sure = alone && out.insert_at > 0 && (text[out.insert_at - 1] == '"' || text[out.insert_at - 1] == ']');
  return out;
}

std::optional<Foreign> rule_of_line(std::string_view text, const Failure& failure) {
  const Offset at = failure.at;
  if ((text[at] != '.' && text[at] != ':') || at + 1 >= text.size() || !scan::is_digit(text[at + 1]) ||
      scan::name_at(text, failure.opened) != "expect") {
    return std::nullopt;
  }
  const std::string_view name = name_before(text, at, true);
  const Offset begin = at - static_cast<Offset>(name.size());
  const std::string_view word = word_before(text, begin);
  if (name.empty() || (word != "rule" && word != "would")) return std::nullopt;
  const Offset end = bare_end(text, at + 1, ";,}\"");
  const bool no = word_before(text, begin - static_cast<Offset>(word.size()) - 1) == "no";
  const std::string whole = "\"" + std::string(name) + "." + std::string(text.substr(at + 1, end - at - 1)) + "\"";
  Foreign out = say(SyntaxErrorKind::bare_text, begin, end, "the name of a rule with a number in it stands in quotes",
                    whole.size() <= kNameShown
                        ? "write " + scan::ticked((no ? "expect no " : "expect ") + std::string(word) + " " + whole)
                        : "write `expect rule \"legacy.1\"`");
  return fixed(out, whole, true);
}

}  // namespace sprx::advice
