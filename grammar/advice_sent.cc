// What is written as it is sent, or as other languages work it out: headers and attributes of cookies in a block,
// attributes behind a value, arithmetic.
#include <algorithm>
#include <array>

#include "grammar/advice_parts.h"
#include "grammar/foreign_parts.h"

namespace sprx::advice {
namespace {

constexpr std::size_t kLongestSent = 70;

/// An attribute of a cookie, and what its value is here.
struct CookieWord {
  std::string_view sent;
  std::string_view ours;
  enum class Value : std::uint8_t { none, seconds, word, text, time } value;
};

constexpr std::array kCookieWords = {CookieWord{"secure", "secure", CookieWord::Value::none},
                                     CookieWord{"httponly", "http_only", CookieWord::Value::none},
                                     CookieWord{"partitioned", "partitioned", CookieWord::Value::none},
                                     CookieWord{"max-age", "max_age", CookieWord::Value::seconds},
                                     CookieWord{"samesite", "same_site", CookieWord::Value::word},
                                     CookieWord{"path", "path", CookieWord::Value::text},
                                     CookieWord{"domain", "domain", CookieWord::Value::text},
                                     CookieWord{"expires", "expires", CookieWord::Value::time}};

/// `Max-Age`, `HttpOnly`, `max_age`.
const CookieWord* cookie_word(std::string_view name) {
  const std::string small = scan::lower(name);
  for (const CookieWord& known : kCookieWords) {
    if (known.sent == small || known.ours == name) return &known;
  }
  return nullptr;
}

/// The end of a name with `-` in it.
Offset sent_name_end(std::string_view text, Offset at) {
  while (at < text.size() && (scan::is_name_char(text[at]) || text[at] == '-')) ++at;
  return at;
}

/// The end of what stands at `at`, before its `;` or the brace that closes the block.
Offset sent_value_end(std::string_view text, Offset at) {
  const Offset line = scan::line_end(text, at);
  while (at < line && text[at] != ';' && text[at] != '}' && text[at] != '{' && text[at] != '#') {
    at = text[at] == '/' ? at + 1 : scan::skip_token(text, at);  // a `/` begins no pattern here
  }
  return scan::before_blanks(text, std::min(at, line));
}

bool only_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), scan::is_digit);
}

std::string in_quotes(std::string_view value) {
  return value.starts_with('"') ? std::string(value) : "\"" + std::string(value) + "\"";
}

/// How the attribute is written here; what of its value is not known is an example.
std::string attribute_entry(const CookieWord& word, std::string_view value) {
  const std::string ours(word.ours);
  switch (word.value) {
    case CookieWord::Value::none:
      return ours + ";";
    case CookieWord::Value::seconds:
      return ours + " " + (value.empty() ? "30d" : std::string(value) + (only_digits(value) ? "s" : "")) + ";";
    case CookieWord::Value::word:
      return ours + " " +
             (value.size() < 3 ? "lax"
                               : scan::lower(value.starts_with('"') ? value.substr(1, value.size() - 2) : value)) +
             ";";
    case CookieWord::Value::text:
      return ours + " " + (value.empty() ? "\"/\"" : in_quotes(value)) + ";";
    case CookieWord::Value::time:
      return ours + " " + (value.starts_with('"') ? std::string(value) : "\"2027-01-01T00:00:00Z\"") + ";";
  }
  return ours;
}

/// Whether `attribute_entry` says what was said.
bool is_plain_attribute(const CookieWord& word, std::string_view value) {
  return word.value != CookieWord::Value::time && value.empty() == (word.value == CookieWord::Value::none);
}

/// Whether a cookie stands before the `{` at `open`, in its statement.
bool is_of_cookie(std::string_view text, Offset open) {
  const Offset from = open > scan::kLookBack ? open - scan::kLookBack : 0;
  const std::string_view before = text.substr(from, open - from);
  return before.substr(before.find_last_of(";\n") + 1).find("cookie") != std::string_view::npos;
}

}  // namespace

std::optional<Foreign> sent_line(std::string_view text, Offset open, std::string_view head, Offset at) {
  const Offset end = sent_name_end(text, at);
  const std::string_view name = text.substr(at, end - at);
  Offset next = scan::skip_spaces(text, end);
  const bool sign = next < text.size() && (text[next] == ':' || text[next] == '=');
  if (sign) next = scan::skip_spaces(text, next + 1);
  const Offset value_end = sent_value_end(text, next);
  const std::string_view value = next < value_end ? text.substr(next, value_end - next) : std::string_view{};
  const CookieWord* const word = is_of_cookie(text, open) ? cookie_word(name) : nullptr;
  const bool answers = head == "respond" || head == "deny" || head == "redirect" || head == "expect" ||
                       head == "upstream" || head == "test";
  if (word == nullptr && (!answers || (!sign && name.find('-') == std::string_view::npos))) return std::nullopt;
  const std::string shown = word != nullptr ? attribute_entry(*word, value)
                                            : "header \"" + std::string(name) +
                                                  "\" = " + (value.empty() ? "\"value\"" : in_quotes(value)) + ";";
  const bool odd = !value.starts_with('"') && value.find_first_of("\"\\$") != std::string_view::npos;
  Foreign out =
      say(SyntaxErrorKind::unexpected, at, end, "expected a statement of this block, found " + scan::ticked(name),
          odd || shown.size() > kLongestSent
              ? (word != nullptr ? "write `max_age 30d;`" : "write `header \"Name\" = \"value\";`")
              : "write " + scan::ticked(shown));
  if (odd || value_end >= text.size() || text[value_end] != ';') return out;
  out.fix_end = value_end + 1;
  return fixed(out, shown, word == nullptr ? !value.empty() : is_plain_attribute(*word, value));
}

std::optional<Foreign> attributes_behind_value(std::string_view text, const Failure& failure) {
  const Offset at = failure.at;
  const CookieWord* word = cookie_word(text.substr(at, sent_name_end(text, at) - at));
  const std::string_view said = text.substr(failure.opened, at - failure.opened);
  if (word == nullptr || said.substr(0, said.find('=')).find("cookie") == std::string_view::npos) return std::nullopt;
  const std::size_t sign = said.find('=');
  if (sign == std::string_view::npos) return std::nullopt;
  const Offset begin = scan::skip_spaces(text, failure.opened + static_cast<Offset>(sign) + 1);
  const std::string value(text.substr(begin, scan::before_blanks(text, at) - begin));
  std::string block = "{";
  bool whole = true;
  Offset next = at;
  const Offset last = sent_value_end(text, at);
  while (next < last) {
    const Offset end = sent_name_end(text, next);
    word = cookie_word(text.substr(next, end - next));
    whole = whole && word != nullptr && word->value == CookieWord::Value::none;
    if (!whole) break;
    block += " " + std::string(word->ours) + ";";
    next = scan::skip_spaces(text, end);
    if (next < last && text[next] == ',') next = scan::skip_spaces(text, next + 1);
  }
  // `max_age 3` alone
  const CookieWord* const first = cookie_word(text.substr(at, sent_name_end(text, at) - at));
  const Offset rest = std::min(scan::skip_spaces(text, sent_name_end(text, at)), last);
  const std::string_view given = text.substr(rest, last - rest);
  const bool one = first->value != CookieWord::Value::none && given.find_first_of(" ,=") == std::string_view::npos;
  block = whole ? block + " }" : "{ " + (one ? attribute_entry(*first, given) : "secure; http_only;") + " }";
  const std::string shown = "= " + value + " " + block;
  Foreign out = say(SyntaxErrorKind::unexpected, at, sent_name_end(text, at),
                    "attributes of a cookie stand in a block behind its value",
                    "write " + scan::ticked(shown.size() <= kLongestSent ? shown : "= \"value\" " + block));
  if (!whole || last >= text.size() || text[last] != ';') return out;
  out.fix_end = last + 1;
  return fixed(out, block, true);
}

std::optional<Foreign> arithmetic(std::string_view text, Offset at) {
  if (at >= text.size()) return std::nullopt;
  const char sign = text[at];
  const bool joins = scan::name_at(text, at) == "or" || text.substr(at).starts_with("||");
  if (auto absent = joins ? default_sign(text, at) : std::nullopt) return absent;
  // `${header.User-Agent}`
  if (auto field = sign == '-' ? foreign::hyphenated_name(text, at) : std::nullopt;
      field && field->help.find('[') != std::string::npos) {
    return field;
  }
  if (std::string_view("+-*/").find(sign) == std::string_view::npos || at < 2 || !scan::is_blank(text[at - 1])) {
    return std::nullopt;
  }
  const Offset value_end = scan::before_blanks(text, at);
  const char before = value_end > 0 ? text[value_end - 1] : ' ';
  const Offset next = scan::skip_spaces(text, at + 1);
  const bool apart = next > at + 1 && next < text.size() && scan::line_end(text, at) > next;
  const bool number = apart && scan::is_digit(text[next]);
  const bool value = apart && sign != '+' && (scan::is_name_start(text[next]) || text[next] == '(');
  if ((!scan::is_name_char(before) && before != ')' && before != ']') || (!number && !value)) return std::nullopt;
  const Offset from = at > kLongestSent ? at - static_cast<Offset>(kLongestSent) : 0;
  const std::string_view before_it = text.substr(from, at - from);
  const std::size_t begin = from + before_it.find_last_of(";{\n") + 1;
  const std::string_view near = text.substr(begin, sent_value_end(text, at + 1) - begin);
  const bool time = near.find("unix(") != std::string_view::npos || near.find("now") != std::string_view::npos;
  return say(SyntaxErrorKind::foreign_spelling, at, at + 1, "there is no arithmetic in conditions and values",
             time ? "a time is compared with a time, `now >= \"2026-12-01T00:00:00Z\"`; `since` and `until` are the "
                    "first and the last moment of a rule"
                  : "write the number that comes out of it: a value is compared with `==`, `<`, `>=` and so on, or "
                    "with a range, `in [1..60]`");
}

}  // namespace sprx::advice

namespace sprx {

std::optional<Foreign> file_test(std::string_view text, Offset at) {
  if (at >= text.size()) return std::nullopt;
  const Offset sign = text[at] == '!' ? scan::skip_spaces(text, at + 1) : at;
  if (sign + 2 >= text.size() || text[sign] != '-' || text[sign + 2] != ' ' ||
      std::string_view("fdesrwx").find(text[sign + 1]) == std::string_view::npos) {
    return std::nullopt;
  }
  return advice::say(SyntaxErrorKind::foreign_spelling, at, sign + 2, "there are no file tests",
                     "files belong to the origin; what is answered here is decided from the message alone");
}

}  // namespace sprx
