// Values beside each other: text that is put together from parts, several values behind one operator, a default behind
// the sign of another language.
#include <algorithm>
#include <array>

#include "grammar/advice_parts.h"

namespace sprx::advice {
namespace {

constexpr std::size_t kLongestJoined = 90;

/// The end of the value that begins with a name at `at`: `header["X"]`, `lower(host)`, `client.ip`; `at` if none does.
Offset named_end(std::string_view text, Offset at) {
  const Offset line = scan::line_end(text, at);
  Offset end = at;
  while (end < line && (scan::is_name_char(text[end]) || (text[end] == '.' && end > at))) ++end;
  if (end == at || end >= line || (text[end] != '[' && text[end] != '(')) return end;
  const char close = text[end] == '[' ? ']' : ')';
  Offset next = end;
  while (next < line && text[next] != close && text[next] != ';') next = scan::skip_token(text, next);
  return next < line && text[next] == close ? next + 1 : at;
}

/// Whether it is a field by itself, or has a key or arguments.
bool is_field_text(std::string_view value) {
  constexpr auto kPlain =
      std::to_array<std::string_view>({"host", "path", "uri", "scheme", "method", "port", "raw_query", "client.ip",
                                       "path.file", "path.extension", "geo.country", "request_id"});
  return value.ends_with(']') || value.ends_with(')') || std::find(kPlain.begin(), kPlain.end(), value) != kPlain.end();
}

/// The inside of the string at [begin, end), with `{name}` of a string of Python's as our own.
std::string string_inside(std::string_view text, Offset begin, Offset end, bool python) {
  const std::string_view content = text.substr(begin + 1, end - begin - 2);
  if (!python) return std::string(content);
  std::string out;
  for (std::size_t i = 0; i < content.size(); ++i) {
    if (content[i] == '{' && (i == 0 || content[i - 1] != '$')) out += '$';
    out += content[i];
  }
  return out;
}

/// The parts of a text from `at` to the statement's `;`.
struct Parts {
  std::string text;
  std::size_t count = 0;
  std::size_t strings = 0;
  bool python = false;
  bool commas = false;
  Offset end = 0;
};

std::optional<Parts> parts_of_text(std::string_view text, Offset at) {
  Parts out;
  const Offset line = scan::line_end(text, at);
  while (at < line && text[at] != ';' && out.text.size() <= kLongestJoined) {
    const bool python = text[at] == 'f' && at + 1 < line && text[at + 1] == '"';
    const Offset begin = python ? at + 1 : at;
    const bool string = text[begin] == '"';
    const Offset end = string ? scan::skip_string(text, begin) : named_end(text, begin);
    if (end <= begin || end > line) return std::nullopt;
    if (string && (end - begin < 2 || text[end - 1] != '"' || text.substr(begin).starts_with("\"\"\"")))
      return std::nullopt;
    const std::string_view value = text.substr(begin, end - begin);
    if (!string && !is_field_text(value)) return std::nullopt;
    out.text += string ? string_inside(text, begin, end, python) : "${" + std::string(value) + "}";
    out.python = out.python || python;
    out.strings += string ? 1 : 0;
    ++out.count;
    out.end = end;
    at = scan::skip_spaces(text, end);
    if (at < line && text[at] == ',') {
      out.commas = true;
      at = scan::skip_spaces(text, at + 1);
    }
  }
  const bool ended = at < line && text[at] == ';';
  return ended && out.text.size() <= kLongestJoined ? std::optional(out) : std::nullopt;
}

/// Where the string or number begins that ends at `end`, on its line; `end` if none does.
Offset literal_begin(std::string_view text, Offset end) {
  if (end == 0) return end;
  if (text[end - 1] == '"') {
    Offset at = end - 1;
    while (at > 0 && text[at - 1] != '\n' && (text[at - 1] != '"' || (at > 1 && text[at - 2] == '\\'))) --at;
    return at > 0 && text[at - 1] == '"' ? at - 1 : end;
  }
  Offset at = end;
  while (at > 0 && scan::is_digit(text[at - 1])) --at;
  return at > 0 && scan::is_name_char(text[at - 1]) ? end : at;
}

/// The operator before a value.
struct Compared {
  std::string_view word;
  Offset begin = 0;
};

Compared operator_before(std::string_view text, Offset value) {
  const std::string_view word = word_before(text, value);
  const Offset end = scan::before_blanks(text, value);
  if (is_operator_word(word)) return {word, end - static_cast<Offset>(word.size())};
  if (end >= 2 && (text.substr(end - 2, 2) == "==" || text.substr(end - 2, 2) == "!="))
    return {text.substr(end - 2, 2), end - 2};
  return {};
}

/// `path like "/a/*", "/b/*"`: the operator stands at `sign`, the values in [first, end).
std::optional<Foreign> each_compared(std::string_view text, Offset sign, Offset first, Offset end) {
  const Offset left_end = scan::before_blanks(text, sign);
  const Offset begin = value_begin(text, left_end);
  const std::string left(text.substr(begin, first - begin));
  if (begin == left_end || left.starts_with("not ") || left.starts_with("nocase ")) return std::nullopt;
  std::string whole;
  for (Offset at = first; at < end;) {
    const Offset last = scan::skip_string(text, at);
    whole += (whole.empty() ? "" : " or ") + left + std::string(text.substr(at, last - at));
    const Offset comma = scan::skip_blanks(text, last);
    at = last < end && comma < end ? scan::skip_blanks(text, comma + 1) : end;
  }
  if (whole.size() > kLongestJoined) return std::nullopt;
  Foreign out = say(SyntaxErrorKind::unexpected, begin, end, "each value has a comparison of its own",
                    "write " + scan::ticked(whole));
  return fixed(out, whole, false);
}

}  // namespace

std::optional<Foreign> joined_text(std::string_view text, const Failure& failure) {
  const std::string_view word = scan::name_at(text, failure.opened);
  if (word != "set" && word != "add" && word != "log" && word != "header" && word != "let") return std::nullopt;
  constexpr Offset kLookedOn = 200;
  Offset at = failure.opened;
  while (at < failure.at && text[at] != '=' && at - failure.opened < kLookedOn) at = scan::skip_token(text, at);
  if (at >= failure.at || text[at] != '=') return std::nullopt;
  const Offset begin = scan::skip_spaces(text, at + 1);
  const std::optional<Parts> parts = parts_of_text(text, begin);
  if (!parts || parts->strings == 0 || (parts->count < 2 && !parts->python)) return std::nullopt;
  const std::string whole = "\"" + parts->text + "\"";
  Foreign out = say(SyntaxErrorKind::foreign_spelling, begin, parts->end,
                    parts->count < 2 ? "`f` does not begin a string" : "values beside each other are not joined",
                    "values are put into text with `${...}`: write " + scan::ticked(whole));
  return fixed(out, whole, !parts->commas);
}

std::optional<Foreign> values_with_commas(std::string_view text, const Failure& failure) {
  const Offset at = failure.at;
  const Offset first_end = scan::before_blanks(text, at);
  const Offset first = literal_begin(text, first_end);
  if (text[at] != ',' || first == first_end) return std::nullopt;
  const Compared sign = operator_before(text, first);
  if (sign.word.empty()) return std::nullopt;
  std::string items(text.substr(first, first_end - first));
  Offset end = first_end;
  for (Offset comma = at; comma < text.size() && text[comma] == ','; comma = scan::skip_blanks(text, end)) {
    const Offset next = scan::skip_blanks(text, comma + 1);
    const bool string = next < text.size() && text[next] == '"';
    if (!string && (next >= text.size() || !scan::is_digit(text[next]))) return std::nullopt;
    end = string ? scan::skip_string(text, next) : scan::token_end(text, next);
    items += ", " + std::string(text.substr(next, end - next));
    if (items.size() > kLongestJoined) return std::nullopt;
  }
  const Offset after = scan::skip_blanks(text, end);
  const std::string_view joint = scan::name_at(text, after);
  if (after >= text.size() ||
      (std::string_view(";){").find(text[after]) == std::string_view::npos && joint != "and" && joint != "or"))
    return std::nullopt;
  if (sign.word == "like" || sign.word == "matches") return each_compared(text, sign.begin, first, end);
  const std::string word(sign.word == "==" ? "in" : sign.word == "!=" ? "not in" : sign.word);
  const std::string whole = word + " [" + items + "]";
  Foreign out = say(SyntaxErrorKind::unexpected, sign.begin, end, "several values stand in square brackets",
                    "write " + scan::ticked(whole));
  return fixed(out, whole, true);
}

std::optional<Foreign> default_sign(std::string_view text, Offset at) {
  const std::string_view rest = text.substr(at);
  const bool word = scan::name_at(text, at) == "or";
  const Offset size = rest.starts_with("||") || rest.starts_with("?:") || word ? 2 : rest.starts_with(':') ? 1 : 0;
  if (size == 0) return std::nullopt;
  const Offset end = scan::before_blanks(text, at);
  const Offset begin = value_begin(text, end);
  const Offset equal = scan::before_blanks(text, begin);
  const std::string_view called =
      equal >= 2 && text[equal - 1] == '(' ? word_before(text, equal - 1) : std::string_view{};
  const bool inner = equal >= 2 && (text.substr(equal - 2, 2) == "${" ||
                                    (!called.empty() && !scan::is_reserved(called) && called != "when"));
  const bool assigned =
      equal >= 2 && text[equal - 1] == '=' && std::string_view("=!<>").find(text[equal - 2]) == std::string_view::npos;
  if (begin == end || (!inner && (!assigned || word))) return std::nullopt;
  const Offset next = scan::skip_spaces(text, at + size);
  if (next >= text.size()) return std::nullopt;
  const Offset last = text[next] == '"' ? scan::skip_string(text, next) : inner ? named_end(text, next) : next;
  if (last == next) return std::nullopt;
  const std::string whole =
      std::string(text.substr(begin, end - begin)) + " \?\? " + std::string(text.substr(next, last - next));
  const Offset semicolon = scan::skip_spaces(text, last);
  if ((!inner && (semicolon >= text.size() || text[semicolon] != ';')) || whole.size() > kLongestJoined)
    return std::nullopt;
  Foreign out =
      say(SyntaxErrorKind::foreign_spelling, at, at + size,
          scan::ticked(text.substr(at, size)) + " does not stand before a default", "write " + scan::ticked(whole));
  return fixed(out, "\?\?", false);
}

}  // namespace sprx::advice
