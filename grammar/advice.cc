#include "grammar/advice.h"

#include <algorithm>
#include <array>

namespace sprx {
namespace {

Foreign say(SyntaxErrorKind kind, Offset begin, Offset end, std::string message, std::string help) {
  Foreign out{begin, end, std::move(message), std::move(help), {}};
  out.kind = kind;
  return out;
}

Foreign& fixed(Foreign& out, std::string replacement, bool certain) {
  out.replacement = std::move(replacement);
  out.certain = certain;
  return out;
}

/// Text that should stand in quotes: [begin, end).
Foreign bare(std::string_view text, Offset begin, Offset end, std::string_view what, bool certain) {
  constexpr std::size_t kShown = 60;
  const std::string string = "\"" + std::string(text.substr(begin, end - begin)) + "\"";
  const bool shown = string.size() <= kShown;
  Foreign out = say(SyntaxErrorKind::bare_text, begin, end, std::string(what) + " stands in quotes",
                    shown ? "write " + scan::ticked(string) : "strings stand in double quotes: `\"text\"`");
  return fixed(out, string, certain);
}

Offset bare_end(std::string_view text, Offset at, std::string_view stops) {
  while (at < text.size() && !scan::is_blank(text[at]) && stops.find(text[at]) == std::string_view::npos) {
    ++at;
  }
  return at;
}

bool plain_url(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return scan::is_name_char(c) || std::string_view("/.:-~@=&?").find(c) != std::string_view::npos;
  });
}

/// The name that ends at `end`.
std::string_view name_before(std::string_view text, Offset end, bool dots) {
  Offset begin = end;
  while (begin > 0 && end - begin < scan::kLookBack &&
         (scan::is_name_char(text[begin - 1]) || (dots && text[begin - 1] == '.'))) {
    --begin;
  }
  return text.substr(begin, end - begin);
}

std::string_view word_before(std::string_view text, Offset at) {
  while (at > 0 && scan::is_blank(text[at - 1])) {
    --at;
  }
  return name_before(text, at, false);
}

/// `/old` that was read as the beginning of a pattern.
std::optional<Foreign> bare_path(std::string_view text, Offset opened) {
  const std::string_view before = word_before(text, opened);
  if (text[opened] != '/' || before == "matches") {
    return std::nullopt;
  }
  const Offset end = bare_end(text, opened, ";,)]");
  const std::string_view path = text.substr(opened, end - opened);
  if (path.find_first_of("^$\\|+?([") != std::string_view::npos) {
    return std::nullopt;
  }
  return bare(text, opened, end, "a path", plain_url(path));
}

/// `/a/*`, of which `/a/` was read as a pattern.
std::optional<Foreign> path_as_pattern(std::string_view text, const Failure& failure) {
  if (failure.at != failure.previous || failure.at == 0 || text[failure.at - 1] != '/') {
    return std::nullopt;
  }
  Offset begin = failure.at;
  while (begin > 0 && !scan::is_blank(text[begin - 1]) && text[begin - 1] != '"') {
    --begin;
  }
  if (text[begin] != '/' || word_before(text, begin) == "matches") {
    return std::nullopt;
  }
  const Offset end = bare_end(text, begin, ";,)]");
  return bare(text, begin, end, word_before(text, begin) == "like" ? "a template" : "a path", true);
}

struct Method {
  std::string_view theirs;
  std::string_view ours;  ///< the operator, or the function with its `(`
};
constexpr std::array kMethods = {Method{"startsWith", "starts_with"},
                                 Method{"starts_with", "starts_with"},
                                 Method{"startswith", "starts_with"},
                                 Method{"endsWith", "ends_with"},
                                 Method{"ends_with", "ends_with"},
                                 Method{"endswith", "ends_with"},
                                 Method{"contains", "contains"},
                                 Method{"includes", "contains"},
                                 Method{"indexOf", "contains"},
                                 Method{"matches", "matches"},
                                 Method{"match", "matches"},
                                 Method{"test", "matches"},
                                 Method{"equals", "=="},
                                 Method{"under", "under"},
                                 Method{"in", "in"},
                                 Method{"toLowerCase", "lower("},
                                 Method{"lower", "lower("},
                                 Method{"toUpperCase", "upper("},
                                 Method{"upper", "upper("},
                                 Method{"length", "length("},
                                 Method{"size", "length("},
                                 Method{"trim", "trim("},
                                 Method{"replace", "replace("}};

/// `path.startsWith("/x")`.
std::optional<Foreign> method_call(std::string_view text, Offset at) {
  const std::string_view name = name_before(text, at, true);
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0) {
    return std::nullopt;
  }
  const std::string_view field = name.substr(0, dot);
  const std::string_view method = name.substr(dot + 1);
  std::string help =
      "values have no methods: write an operator, such as `path starts_with \"/old\"`, or a function, such as "
      "`lower(path)`";
  for (const Method& known : kMethods) {
    if (known.theirs != method) {
      continue;
    }
    help = known.ours.ends_with('(') ? "write `" + std::string(known.ours) + std::string(field) + ")`"
                                     : "write `" + std::string(field) + " " + std::string(known.ours) + " " +
                                           (known.ours == "matches" ? "r\"...\"`"
                                            : known.ours == "in"    ? "[\"...\"]`"
                                                                    : "\"...\"`");
  }
  return say(SyntaxErrorKind::foreign_spelling, at - static_cast<Offset>(name.size()), at,
             scan::ticked(name) + " is a call of a method", std::move(help));
}

/// `10.0.0.0/8`, `10MB`, `4xx`: what stands where a number would.
std::optional<Foreign> not_a_number(std::string_view text, Offset at) {
  const Offset end = bare_end(text, at, ";,)]}\"");
  const std::string_view token = text.substr(at, end - at);
  if (std::count(token.begin(), token.end(), '.') == 3 &&
      token.find_first_not_of("0123456789./") == std::string_view::npos) {
    return bare(text, at, end, "an address", true);
  }
  Offset last = at;
  while (last < text.size() && (scan::is_name_char(text[last]) || text[last] == '/' || text[last] == '.')) {
    ++last;
  }
  const std::string_view number = text.substr(at, last - at);
  const std::size_t unit_at = std::min(number.find_first_not_of("0123456789_"), number.size());
  const std::string digits(number.substr(0, unit_at));
  const std::string_view unit = number.substr(unit_at);
  const auto answer = [&](std::string help, std::string replacement) {
    Foreign out =
        say(SyntaxErrorKind::bad_number, at, last, scan::ticked(number) + " is not a number", std::move(help));
    return fixed(out, std::move(replacement), !out.replacement.empty());
  };
  struct Unit {
    std::string_view theirs;
    std::string_view ours;
  };
  constexpr std::array kUnits = {
      Unit{"sec", "s"},      Unit{"secs", "s"},   Unit{"second", "s"},  Unit{"seconds", "s"},  Unit{"min", "m"},
      Unit{"mins", "m"},     Unit{"minute", "m"}, Unit{"minutes", "m"}, Unit{"hour", "h"},     Unit{"hours", "h"},
      Unit{"day", "d"},      Unit{"days", "d"},   Unit{"/sec", "/s"},   Unit{"/second", "/s"}, Unit{"/min", "/m"},
      Unit{"/minute", "/m"}, Unit{"/hour", "/h"}, Unit{"rps", "/s"},    Unit{"r/s", "/s"},     Unit{"r/m", "/m"},
      Unit{"K", "KiB"},      Unit{"k", "KiB"},    Unit{"KB", "KiB"},    Unit{"kb", "KiB"},     Unit{"M", "MiB"},
      Unit{"MB", "MiB"},     Unit{"mb", "MiB"},   Unit{"G", "GiB"},     Unit{"GB", "GiB"}};
  for (const Unit& known : kUnits) {
    if (known.theirs == unit) {
      const std::string ours = digits + std::string(known.ours);
      Foreign out = say(SyntaxErrorKind::bad_number, at, last, scan::ticked(number) + " is not a number",
                        "write " + scan::ticked(ours) + ": units are `ms s m h d` and `KiB MiB GiB`, rates `10/s`");
      return fixed(out, ours, false);
    }
  }
  if (digits.size() == 1 && unit == "xx") {
    const std::string range = digits + "00.." + digits + "99";
    return say(SyntaxErrorKind::bad_number, at, last, scan::ticked(number) + " is not a number",
               "a class of statuses is a range: `response.status in " + range + "`");
  }
  if (unit.starts_with('x') && digits == "0") {
    return answer("numbers are decimal", {});
  }
  return std::nullopt;
}

/// The end of a list in other brackets that begins at `open`, on its line; 0 if it is none.
Offset list_end(std::string_view text, Offset open) {
  const char close = text[open] == '(' ? ')' : '}';
  const Offset end = scan::line_end(text, open);
  for (Offset at = open + 1; at < end; at = scan::skip_token(text, at)) {
    if (text[at] == close) {
      return at + 1;
    }
    if (std::string_view("([{;").find(text[at]) != std::string_view::npos) {
      return 0;
    }
  }
  return 0;
}

/// `in ("a", "b")` and `in { 192.0.2.1 198.51.100.7 }`.
std::optional<Foreign> other_list(std::string_view text, Offset open) {
  const std::string_view before = word_before(text, open);
  if (before != "in" && before != "contains" && before != "starts_with" && before != "ends_with" && before != "under" &&
      before != "like" && before != "matches") {
    return std::nullopt;
  }
  Foreign out = say(SyntaxErrorKind::foreign_spelling, open, open + 1, "a list stands in square brackets",
                    "write `[\"a\", \"b\"]`");
  const Offset end = list_end(text, open);
  if (end == 0) {
    return out;
  }
  const std::string_view inner = text.substr(open + 1, end - open - 2);
  const bool commas = inner.find(',') != std::string_view::npos;
  const bool addresses = inner.find('"') == std::string_view::npos && inner.find('.') != std::string_view::npos;
  std::string items;
  if (commas && !addresses) {
    items = inner;
  } else {
    for (Offset at = open + 1; at < end - 1;) {
      if (scan::is_blank(text[at]) || text[at] == ',') {
        ++at;
        continue;
      }
      const Offset last = text[at] == '"' ? scan::skip_string(text, at) : bare_end(text.substr(0, end - 1), at, ",");
      const std::string item(text.substr(at, last - at));
      items += (items.empty() ? "" : ", ") + (addresses ? "\"" + item + "\"" : item);
      at = std::max(last, at + 1);
    }
  }
  constexpr std::size_t kShown = 50;
  out.fix_end = end;
  fixed(out, "[" + items + "]", !items.empty());
  if (out.replacement.size() <= kShown && out.certain) {
    out.help = "write " + scan::ticked(out.replacement);
  }
  return out;
}

/// `:` where a statement, condition or name should go on.
std::optional<Foreign> colon(std::string_view text, const Failure& failure) {
  const Offset at = failure.at;
  const std::string_view what = failure.wanted.what;
  const Offset next = scan::skip_blanks(text, at + 1);
  const std::string_view following = scan::name_at(text, next);
  if (text.substr(at).starts_with("://")) {
    const std::string_view scheme = name_before(text, at, false);
    const Offset begin = at - static_cast<Offset>(scheme.size());
    const Offset end = bare_end(text, at, ";");
    const std::string_view url = text.substr(begin, end - begin);
    return bare(text, begin, end, "a URL", plain_url(url));
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
    const std::size_t equal = text.substr(0, scan::line_end(text, at)).find('=', at);
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
    return fixed(out, ends ? ";" : " ==", true);
  }
  if (what == "`;` after this statement") {
    const std::string_view word = scan::name_at(text, failure.opened);
    if (word == "log") {
      const std::string shown = "log " + std::string(word_before(text, at)) + " = \"value\";";
      Foreign out = say(SyntaxErrorKind::foreign_spelling, at, at + 1, "`:` does not stand before a value",
                        "write `=`: `" + shown + "`");
      out.fix_end = at + 1;
      return fixed(out, at > 0 && scan::is_blank(text[at - 1]) ? "=" : " =", true);
    }
    const bool assigns = word == "set" || word == "add" || word == "header";
    Foreign out = say(SyntaxErrorKind::foreign_spelling, at, at + 1, "`:` does not stand before a value",
                      assigns ? "write `=`: `" + std::string(word) +
                                    (word == "header" ? " \"X-Name\"" : " header[\"X-Name\"]") + " = \"value\";`"
                              : "the value follows its word: `" + std::string(word) + " value;`");
    out.fix_end = at + 1;
    return fixed(out, assigns ? " =" : "", true);
  }
  return std::nullopt;
}

/// What follows a complete condition in other languages.
std::optional<Foreign> after_condition(std::string_view text, const Failure& failure) {
  const Offset at = failure.at;
  const std::string_view name = scan::name_at(text, at);
  if (name == "then" || name == "do" || text.substr(at).starts_with("=>") || text.substr(at).starts_with("->")) {
    const Offset end = scan::token_end(text, at);
    Foreign out = say(SyntaxErrorKind::foreign_spelling, at, end,
                      scan::ticked(text.substr(at, end - at)) + " does not end a condition",
                      "write `;`: `when path == \"/old\"; deny;`");
    return fixed(out, ";", true);
  }
  if (text[at] == '{') {
    return say(SyntaxErrorKind::unexpected, at, at + 1, "expected `;` after this condition, found `{`",
               "the actions follow the condition without braces of their own: `rule name { when ...; deny; }`");
  }
  if (text[at] == ',') {
    return say(SyntaxErrorKind::unexpected, at, at + 1, "expected `;` after this condition, found `,`",
               "one of several values is `path in [\"/a\", \"/b\"]`; conditions are joined by `and` and `or`");
  }
  if (text[at] == '-' && at + 1 < text.size() && scan::is_digit(text[at + 1]) && at > 0 &&
      scan::is_digit(text[at - 1])) {
    Foreign out =
        say(SyntaxErrorKind::foreign_spelling, at, at + 1, "`-` does not make a range", "a range is `500..599`");
    return fixed(out, "..", true);
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
  constexpr std::string_view kEnDash = "\xE2\x80\x93";
  const std::string_view rest = text.substr(at);
  if (rest.starts_with(kEnDash) && rest.size() > 3 && scan::is_digit(rest[3]) && at > 0 &&
      scan::is_digit(text[at - 1])) {
    Foreign out =
        say(SyntaxErrorKind::foreign_spelling, at, at + 3, "a dash does not make a range", "a range is `500..599`");
    return fixed(out, "..", true);
  }
  if (text[at] == '"' || scan::is_digit(text[at]) || text[at] == '/' || text.substr(at).starts_with("r\"")) {
    const Offset end = scan::token_end(text, at);
    return say(SyntaxErrorKind::unexpected, at, end, "expected an operator before this value",
               "write `==`, `in`, `under`, `like`, `contains`, `matches` or another one between two values");
  }
  return std::nullopt;
}

}  // namespace

std::optional<Foreign> misread(std::string_view text, const Failure& failure) {
  const Offset at = failure.at;
  const Role role = failure.wanted.role;
  const std::string_view what = failure.wanted.what;
  if (role == Role::regex || what.starts_with("the end of this pattern")) {
    const std::string_view flags = scan::name_at(text, at);
    if (role != Role::regex && !flags.empty() && flags.find_first_not_of("gimsux") == std::string_view::npos) {
      const Offset end = at + static_cast<Offset>(flags.size());
      Foreign out = say(SyntaxErrorKind::unexpected, at, end, scan::ticked(flags) + " is not a flag of patterns",
                        "the only flag is `i`; a pattern is looked for anywhere, and `.` matches line ends too");
      out.fix_end = end;
      return fixed(out, flags.find('i') != std::string_view::npos ? "i" : "", true);
    }
    if (auto path = bare_path(text, failure.opened)) {
      return path;
    }
  }
  if (role == Role::number) {
    return not_a_number(text, at);
  }
  if (at >= text.size() || role == Role::string || role == Role::interpolation) {
    return std::nullopt;
  }
  if (role != Role::operand) {
    if (auto quotes = foreign_quotes(text, at)) {
      if (at > 0 && text[at] == '\'' && text[at - 1] == 'r') {
        quotes->begin = at - 1;
        quotes->message = "`'` does not begin a pattern";
        quotes->help = "patterns stand in double quotes: `r\"...\"`";
        quotes->replacement = quotes->replacement.empty() ? "" : "r" + quotes->replacement;
      }
      return quotes;
    }
  }
  if (text[at] == ':') {
    if (auto found = colon(text, failure)) {
      return found;
    }
  }
  if (role == Role::operand && text[at] == '{') {
    if (auto list = other_list(text, at)) {
      return list;
    }
  }
  if (what == "`)` after this condition" && text[at] == ',') {
    return other_list(text, failure.opened);
  }
  if (what == "a file name in quotes") {
    const std::string_view name = scan::name_at(text, at);
    const Offset next = scan::skip_spaces(text, at + static_cast<Offset>(name.size()));
    if (name == "file" && next < text.size() && text[next] == '"') {
      Foreign out = say(SyntaxErrorKind::unexpected, at, at + 4, "the file's name follows `from` directly",
                        "write `from \"file.txt\"`");
      out.fix_end = next;
      out.certain = true;
      return out;
    }
    if (name == "from" && next < text.size() && text[next] == '"') {
      Foreign out = say(SyntaxErrorKind::unexpected, at, at + 4, "`from` stands here twice",
                        "write it once: `from \"file.txt\"`");
      out.fix_end = next;
      out.certain = true;
      return out;
    }
    const Offset end = bare_end(text, at, ";{\"");
    return end == at ? std::nullopt : std::optional(bare(text, at, end, "a file name", true));
  }
  if (what == "`->` and the type of the values" && text.substr(at).starts_with("=>")) {
    Foreign out =
        say(SyntaxErrorKind::unexpected, at, at + 2, "the types of keys and values stand round `->`", "write `->`");
    return fixed(out, "->", true);
  }
  if (what.starts_with("`[` or `{` after `=`") && text[at] == '"') {
    Offset end = scan::skip_string(text, at);
    for (Offset comma = scan::skip_blanks(text, end); text.substr(comma).starts_with(',');
         comma = scan::skip_blanks(text, end)) {
      const Offset next = scan::skip_blanks(text, comma + 1);
      if (!text.substr(next).starts_with('"')) {
        break;
      }
      end = scan::skip_string(text, next);
    }
    Foreign out =
        say(SyntaxErrorKind::unexpected, at, end, "a list stands in square brackets", "write `[\"a\", \"b\"]`");
    return fixed(out, "[" + std::string(text.substr(at, end - at)) + "]", true);
  }
  if (what == "`,` or `]` in this list" && (text.substr(at).starts_with("=>") || text[at] == ':')) {
    return say(SyntaxErrorKind::unexpected, at, scan::token_end(text, at), "rows with values stand in braces",
               "write `table name: string -> string = { \"key\" => \"value\"; }`");
  }
  if (what == "`=>` after this key" && text[at] == ',') {
    return say(SyntaxErrorKind::unexpected, at, at + 1,
               "keys without values are a list, which stands in square brackets",
               "write `list name: string = [\"a\", \"b\"];`");
  }
  if (what.starts_with("`:` and a type") && text[at] == '-') {
    return foreign_operator(text, at);
  }
  if (role != Role::terminator) {
    return std::nullopt;
  }
  if (text[at] == '(') {
    return method_call(text, at);
  }
  if (text[at] == ')' || text[at] == ']') {
    Foreign out = say(SyntaxErrorKind::stray_bracket, at, at + 1, scan::ticked(text.substr(at, 1)) + " closes nothing",
                      "remove it, or write the one that it should close");
    out.fix_end = at + 1;
    return out;
  }
  if (what == "`;` after this condition" || failure.opened == at) {
    if (auto comparison = haproxy_comparison(text, at)) {
      return comparison;
    }
  }
  if (auto path = path_as_pattern(text, failure)) {
    return path;
  }
  const std::string_view before = word_before(text, at);
  if (before == "NOT" || before == "Not") {
    Foreign out = say(SyntaxErrorKind::foreign_spelling, failure.previous - 3, failure.previous,
                      scan::ticked(before) + " is not an operator of this language", "operators are lower case: `not`");
    return fixed(out, "not", true);
  }
  if (before == "if" && what == "`;` after this value") {
    return say(SyntaxErrorKind::foreign_spelling, failure.previous - 2, failure.previous,
               "`if` is not a value of this language", "write `choose { condition => \"a\"; else => \"b\"; }`");
  }
  if (what == "`;` after this condition") {
    return after_condition(text, failure);
  }
  return std::nullopt;
}

}  // namespace sprx
