// Signs and words that other languages put after a name, a condition or a statement.
#include <algorithm>
#include <array>

#include "grammar/advice_parts.h"

namespace sprx::advice {

bool has_value(std::string_view text, Offset begin, Offset end) {
  constexpr Offset kLookedOn = 400;
  begin = std::max(begin, end - std::min(end, kLookedOn));
  for (; begin < end && text[begin] != '='; begin = scan::skip_token(text, begin)) {
  }
  return begin < end && scan::skip_blanks(text, begin + 1) < end;
}

namespace {

/// `expect log k`: a name and its value are expected.
bool expects_log(std::string_view text, Offset begin) {
  return scan::name_at(text, begin) == "expect" &&
         scan::name_at(text, scan::skip_spaces(text, scan::token_end(text, begin))) == "log";
}

/// `set response.header["X"] = "v";` of the statement that begins at `begin`, with a `:` at `at` and a text at `value`;
/// "" where it is another one.
std::string with_equals(std::string_view text, Offset begin, Offset at, Offset value) {
  constexpr std::size_t kShown = 70;
  if (value >= text.size() || text[value] != '"') return {};
  const Offset end = scan::skip_string(text, value);
  const std::string out = std::string(text.substr(begin, scan::before_blanks(text, at) - begin)) + " = " +
                          std::string(text.substr(value, end - value)) + ";";
  return out.size() <= kShown && out.find('\n') == std::string::npos ? out : std::string{};
}

}  // namespace

/// `:` where a statement, condition or name should go on.
std::optional<Foreign> colon(std::string_view text, const Failure& failure) {
  const Offset at = failure.at;
  const std::string_view what = failure.wanted.what;
  const Offset next = scan::skip_blanks(text, at + 1);
  const std::string_view following = scan::name_at(text, next);
  const Offset sign = at + (text.substr(at).starts_with(":=") ? 2 : 1);  // `:=` goes as a whole
  const std::string compare = at > 0 && scan::is_blank(text[at - 1]) ? "==" : " ==";
  if (text.substr(at).starts_with("://")) {
    const std::string_view scheme = name_before(text, at, false);
    const Offset begin = at - static_cast<Offset>(scheme.size());
    const Offset end = bare_end(text, at, ";");
    const std::string_view url = text.substr(begin, end - begin);
    return bare(text, begin, end, "a URL", plain_url(url));
  }
  if (what == kGroupBody) {
    const bool ends = text.substr(next).starts_with('{');
    Foreign out =
        say(SyntaxErrorKind::foreign_spelling, at, at + 1,
            ends ? "`:` does not end a condition" : "`:` does not compare", ends ? "remove it" : "write `==`");
    out.fix_end = sign;
    return fixed(out, ends ? "" : compare, true);
  }
  if (what.starts_with("a condition after `when`")) {
    Foreign out =
        say(SyntaxErrorKind::foreign_spelling, at, at + 1, "`when` has no `:`", "remove it: `when path == \"/old\";`");
    out.fix_end = at + 1;
    out.certain = true;
    return out;
  }
  if (what == "`=` after this name") {
    const bool assign = text.substr(at).starts_with(":=");
    std::size_t equal = text.substr(0, scan::line_end(text, at)).find_first_of("=;", at);
    equal = equal != std::string_view::npos && text[equal] == '=' ? equal : std::string_view::npos;
    Foreign out =
        say(SyntaxErrorKind::foreign_spelling, at, at + (assign ? 2 : 1),
            assign ? "`:=` is not how a `let` is written" : "a `let` names no type", "write `let name = value;`");
    if (equal != std::string_view::npos) {
      out.fix_end = static_cast<Offset>(equal) + 1;
      fixed(out, assign ? "=" : " =", true);
    }
    return out;
  }
  if (what == "`;` after this condition") {
    const bool ends = text.substr(at, next - at).find('\n') != std::string_view::npos || is_statement_word(following);
    Foreign out =
        say(SyntaxErrorKind::foreign_spelling, at, at + 1,
            ends ? "`:` does not end a condition" : "`:` does not compare", ends ? "write `;`" : "write `==`");
    out.fix_end = sign;
    return fixed(out, ends ? ";" : compare, true);
  }
  if (what == "`;` after this statement") {
    const std::string_view word = scan::name_at(text, failure.opened);
    const bool given = has_value(text, failure.opened, at);
    const bool value = next < text.size() && (text[next] == '"' || scan::is_digit(text[next]));
    const bool last = next >= text.size() || text[next] == '}' || (given && is_statement_word(following)) ||
                      text.substr(at, next - at).find('\n') != std::string_view::npos;
    if (last && !value) {
      // Where a value is wanted, that is what is missing.
      const bool whole = given || (word != "set" && word != "add" && word != "log" && word != "flag");
      Foreign out = say(SyntaxErrorKind::foreign_spelling, at, at + 1, "`:` does not end a statement", "write `;`");
      out.fix_end = sign;
      return fixed(out, ";", whole && sign == at + 1);
    }
    if (given || text.substr(scan::skip_blanks(text, sign)).starts_with('=')) {
      return say(SyntaxErrorKind::foreign_spelling, at, at + 1, "`:` does not stand behind a value",
                 "a statement ends with `;`");
    }
    if (word == "log") {
      const std::string shown = "log " + std::string(word_before(text, at)) + " = \"value\";";
      Foreign out = say(SyntaxErrorKind::foreign_spelling, at, at + 1, "`:` does not stand before a value",
                        "write `=`: `" + shown + "`");
      out.fix_end = sign;
      return fixed(out, at > 0 && scan::is_blank(text[at - 1]) ? "=" : " =", true);
    }
    const bool of_client = scan::name_at(text, failure.container) == "client_ip";
    const bool names = word == "flag" || word == "cookie" || expects_log(text, failure.opened);
    const bool assigns = word == "set" || word == "add" || (word == "header" && !of_client) || names;
    const std::string shown = with_equals(text, failure.opened, at, next);
    const bool own = assigns && !shown.empty();
    Foreign out = say(SyntaxErrorKind::foreign_spelling, at, at + 1, "`:` does not stand before a value",
                      names     ? "write `=` before it"
                      : own     ? "write `=`: " + scan::ticked(shown)
                      : assigns ? "write `=`: `" + std::string(word) +
                                      (word == "header" ? " \"X-Name\"" : " header[\"X-Name\"]") + " = \"value\";`"
                                : "the value follows its word: `" + std::string(word) + " value;`");
    out.fix_end = sign;
    const bool follows = scan::before_blanks(text, at) == failure.opened + static_cast<Offset>(word.size());
    const bool sure = next < text.size() && text[next] != ';' && (assigns || follows || text[next] == '"');
    return fixed(out, assigns ? (at > 0 && scan::is_blank(text[at - 1]) ? "=" : " =") : "", sure);
  }
  return std::nullopt;
}

bool is_operator(std::string_view text, Offset at) {
  constexpr std::array<std::string_view, 9> kWords = {"in",          "like",      "under", "matches", "contains",
                                                      "starts_with", "ends_with", "not",   "nocase"};
  constexpr std::array<std::string_view, 7> kSigns = {"==", "!=", "<", ">", "=~", "~", "!~"};
  const std::string_view rest = text.substr(at);
  const std::string_view name = scan::name_at(text, at);
  return std::find(kWords.begin(), kWords.end(), name) != kWords.end() ||
         std::any_of(kSigns.begin(), kSigns.end(), [&](std::string_view sign) { return rest.starts_with(sign); });
}

/// What follows a complete condition in other languages.
std::optional<Foreign> after_condition(std::string_view text, const Failure& failure) {
  const Offset at = failure.at;
  const std::string_view name = scan::name_at(text, at);
  if (name == "then" || name == "do" || text.substr(at).starts_with("=>") || text.substr(at).starts_with("->")) {
    const Offset end = scan::token_end(text, at);
    const bool group = failure.wanted.what == kGroupBody;
    Foreign out = say(SyntaxErrorKind::foreign_spelling, at, end,
                      scan::ticked(text.substr(at, end - at)) + " does not end a condition",
                      group ? "remove it: `group name when path under \"/old\" { ... }`"
                            : "write `;`: `when path == \"/old\"; deny;`");
    out.fix_end = group ? scan::skip_spaces(text, end) : end;
    return fixed(out, group ? "" : ";", true);
  }
  if (text[at] == '{') {
    return say(SyntaxErrorKind::unexpected, at, at + 1, "expected `;` after this condition, found `{`",
               "the actions follow the condition without braces of their own: `rule name { when ...; deny; }`");
  }
  if (const std::string_view flag = word_before(text, at); flag == "flag" && !name.empty()) {
    const Offset begin = failure.previous - 4;
    Foreign out =
        say(SyntaxErrorKind::foreign_spelling, begin, failure.previous, "a flag is a condition by its name alone",
            "write " + scan::ticked("when " + std::string(name) + ";"));
    out.fix_end = at;
    out.certain = true;
    return out;
  }
  if (text[at] == ',') {
    if (auto several = values_with_commas(text, failure)) {
      return several;
    }
    return say(SyntaxErrorKind::unexpected, at, at + 1, "expected " + std::string(failure.wanted.what) + ", found `,`",
               "one of several values is `path in [\"/a\", \"/b\"]`; conditions are joined by `and` and `or`");
  }
  if (text[at] == '-' && at + 1 < text.size() && scan::is_digit(text[at + 1]) && at > 0 &&
      scan::is_digit(text[at - 1])) {
    Foreign out =
        say(SyntaxErrorKind::foreign_spelling, at, at + 1, "`-` does not make a range", "a range is `500..599`");
    return fixed(out, "..", true);
  }
  if (auto behind = nocase_behind(text, failure)) {
    return behind;
  }
  if (name == "nocase" || name == "not") {
    const Offset next = scan::skip_spaces(text, at + static_cast<Offset>(name.size()));
    const std::string_view word = scan::name_at(text, next);
    const Offset last = scan::skip_spaces(text, next + static_cast<Offset>(word.size()));
    std::string right;
    if (name == "nocase" && word == "not") {
      right = "not nocase " + std::string(scan::name_at(text, last));
    } else if (name == "nocase" && (word == "has" || word == "includes")) {
      right = "nocase contains";
    } else if (name == "not" && word == "nocase") {
      right = text.substr(last).starts_with("==")   ? "nocase !="
              : text.substr(last).starts_with("!=") ? "nocase =="
                                                    : "";
    }
    if (!right.empty()) {
      const Offset end = scan::token_end(text, word == "has" || word == "includes" ? next : last);
      const std::string_view seen = text.substr(at, end - at);
      return say(SyntaxErrorKind::foreign_spelling, at, end,
                 scan::ticked(seen) + " is not an operator of this language", "write " + scan::ticked(right));
    }
  }
  if (name == "between") {
    return say(SyntaxErrorKind::foreign_spelling, at, at + 7, "`between` is not an operator of this language",
               "a range stands after `in`: `response.status in 200..299`");
  }
  if (misspelt_joiner(text, at)) {
    const Offset end = at + static_cast<Offset>(name.size());
    const std::string_view near = scan::one_slip(name, "and") ? "and" : "or";
    Foreign out = say(SyntaxErrorKind::unexpected, at, end, "nothing joins two conditions with " + scan::ticked(name),
                      "a similar word does: " + scan::ticked(near));
    return fixed(out, std::string(near), false);
  }
  if (begins_comparison(text, at) && !foreign_operator(text, at)) {
    return say(SyntaxErrorKind::unexpected, at, scan::token_end(text, at),
               "expected " + std::string(failure.wanted.what) + ", found " + scan::found(text, at),
               "two conditions are joined by `and` or `or`, or each has a `when` and a `;` of its own");
  }
  constexpr std::string_view kEnDash = "\xE2\x80\x93";
  const std::string_view rest = text.substr(at);
  if (rest.starts_with(kEnDash) && rest.size() > 3 && scan::is_digit(rest[3]) && at > 0 &&
      scan::is_digit(text[at - 1])) {
    Foreign out =
        say(SyntaxErrorKind::foreign_spelling, at, at + 3, "a dash does not make a range", "a range is `500..599`");
    return fixed(out, "..", true);
  }
  if (auto order = operator_after_values(text, failure)) {
    return order;
  }
  if (text.substr(at).starts_with("// ")) {
    return say(SyntaxErrorKind::foreign_spelling, at, at + 2, "`//` does not begin a comment",
               "a comment begins with `#` and ends with its line");
  }
  if (text[at] == '"' || scan::is_digit(text[at]) || text[at] == '/' || text.substr(at).starts_with("r\"")) {
    const Offset end = scan::token_end(text, at);
    return say(SyntaxErrorKind::unexpected, at, end, "expected an operator before this value",
               "write `==`, `in`, `under`, `like`, `contains`, `matches` or another one between two values");
  }
  return std::nullopt;
}

}  // namespace sprx::advice

namespace sprx {

bool misspelt_joiner(std::string_view text, Offset at) {
  const std::string_view name = scan::name_at(text, at);
  if (name.empty() || scan::is_reserved(name) || is_statement_word(name) || name == "And" || name == "Or" ||
      !(scan::one_slip(name, "and") || scan::one_slip(name, "or"))) {
    return false;
  }
  const Offset next = scan::skip_blanks(text, at + static_cast<Offset>(name.size()));
  const std::string_view after = scan::name_at(text, next);
  return after == "not" || after == "exists" || begins_comparison(text, next) ||
         (next < text.size() && text[next] == '(');
}

bool begins_comparison(std::string_view text, Offset at) {
  const std::string_view name = scan::name_at(text, at);
  if (name.empty() || scan::is_reserved(name)) {
    return false;
  }
  while (at < text.size() && (scan::is_name_char(text[at]) || text[at] == '.')) {
    ++at;
  }
  if (at < text.size() && text[at] == '[') {
    const Offset end = scan::line_end(text, at);
    while (at < end && text[at] != ']') {
      at = scan::skip_token(text, at);
    }
    ++at;
  }
  const Offset next = at < text.size() ? scan::skip_spaces(text, at) : at;
  return next < text.size() && advice::is_operator(text, next);
}

}  // namespace sprx
