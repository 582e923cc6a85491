#include "grammar/foreign.h"

#include <algorithm>
#include <array>

#include "grammar/advice_parts.h"
#include "grammar/haproxy.h"

namespace sprx {
namespace {

struct OperatorSpelling {
  std::string_view text;
  std::string_view help;
  std::string_view replacement = {};
  bool certain = false;  ///< the replacement means what the author meant
};

constexpr std::array kOperators = {
    OperatorSpelling{"&&", "conditions are joined by `and`", "and", true},
    OperatorSpelling{"||", "conditions are joined by `or`", "or", true},
    OperatorSpelling{"===", "write `==`", "==", true},
    OperatorSpelling{"!==", "write `!=`", "!=", true},
    OperatorSpelling{"!~*",
                     "write `not matches` and a pattern with the flag `i`, such as `path not matches r\"^/old/\"i`",
                     "not matches"},
    OperatorSpelling{"!~", "write `not matches` and a pattern, such as `path not matches r\"^/old/\"`", "not matches"},
    OperatorSpelling{"=~", "write `matches` and a pattern, such as `path matches r\"^/old/\"`", "matches"},
    OperatorSpelling{"~*", "write `matches` and a pattern with the flag `i`, such as `path matches r\"^/old/\"i`",
                     "matches"},
    OperatorSpelling{"^~", "write `path under \"/images\"` or `path starts_with \"/images/\"`", "under"},
    OperatorSpelling{"~", "write `matches` and a pattern, such as `path matches r\"^/old/\"`", "matches"},
    OperatorSpelling{"<>", "write `!=`", "!=", true},
    OperatorSpelling{"?", "there is no `? :`; write `choose { condition => \"a\"; else => \"b\"; }`"},
    OperatorSpelling{"+", "strings are joined by interpolation, such as `\"${host}${uri}\"`"},
    OperatorSpelling{"&", "conditions are joined by `and`", "and"},
    OperatorSpelling{"//", "a comment begins with `#` and ends with its line", "#", true},
    OperatorSpelling{"|", "conditions are joined by `or`", "or"},
    OperatorSpelling{"!", "`not` stands before the operator, such as `path not in moved`", "not"},
    OperatorSpelling{"%", "a number is written alone: 10 of 100 is `bucket(key, salt, 100) < 10`"},
    OperatorSpelling{".", "strings are joined by interpolation, such as `\"${host}${uri}\"`"},
    OperatorSpelling{"-i ", "to compare in any case write `nocase ==`, such as `header[\"X\"] nocase == \"a\"`"},
    OperatorSpelling{"<<", "text of several lines stands in `\"\"\"`, or in a file: `body file \"page.html\";`"},
};

constexpr std::array kWordOperators = {
    OperatorSpelling{"AND", "operators are lower case: `and`", "and", true},
    OperatorSpelling{"And", "operators are lower case: `and`", "and", true},
    OperatorSpelling{"OR", "operators are lower case: `or`", "or", true},
    OperatorSpelling{"Or", "operators are lower case: `or`", "or", true},
    OperatorSpelling{"IN", "operators are lower case: `in`", "in", true},
    OperatorSpelling{"eq", "write `==`", "==", true},
    OperatorSpelling{"ne", "write `!=`", "!=", true},
    OperatorSpelling{"lt", "write `<`", "<", true},
    OperatorSpelling{"le", "write `<=`", "<=", true},
    OperatorSpelling{"gt", "write `>`", ">", true},
    OperatorSpelling{"ge", "write `>=`", ">=", true},
    OperatorSpelling{"is", "write `==`", "==", true},
    OperatorSpelling{"isnt", "write `!=`", "!=", true},
    OperatorSpelling{"equals", "write `==`", "==", true},
    OperatorSpelling{"equal", "write `==`", "==", true},
    OperatorSpelling{"xor", "there is no `xor`; write `(a and not b) or (not a and b)`"},
    OperatorSpelling{"startswith", "write `starts_with`", "starts_with", true},
    OperatorSpelling{"startsWith", "write `starts_with`", "starts_with", true},
    OperatorSpelling{"begins_with", "write `starts_with`", "starts_with", true},
    OperatorSpelling{"beginswith", "write `starts_with`", "starts_with", true},
    OperatorSpelling{"prefix", "write `starts_with`, or `under` for whole segments of a path", "starts_with"},
    OperatorSpelling{"endswith", "write `ends_with`", "ends_with", true},
    OperatorSpelling{"endsWith", "write `ends_with`", "ends_with", true},
    OperatorSpelling{"suffix", "write `ends_with`", "ends_with"},
    OperatorSpelling{"includes", "write `contains`", "contains", true},
    OperatorSpelling{"include", "write `contains`", "contains", true},
    OperatorSpelling{"contain", "write `contains`", "contains", true},
    OperatorSpelling{"has", "write `contains`", "contains"},
    OperatorSpelling{"does", "write `not contains`, `not matches` and so on: `not` and the operator"},
    OperatorSpelling{"match", "write `matches` and a pattern, such as `path matches r\"^/old/\"`", "matches", true},
    OperatorSpelling{"regex", "write `matches` and a pattern, such as `path matches r\"^/old/\"`", "matches"},
    OperatorSpelling{"regexp", "write `matches` and a pattern, such as `path matches r\"^/old/\"`", "matches"},
    OperatorSpelling{"wildcard", "write `like` and a template, such as `path like \"/blog/*\"`", "like"},
    OperatorSpelling{"glob", "write `like` and a template, such as `path like \"/blog/*\"`", "like"},
    OperatorSpelling{"within", "write `in` for a list, `under` for a part of the site", "in"},
    OperatorSpelling{"not_in", "write `not in`", "not in", true},
    OperatorSpelling{"notin", "write `not in`", "not in", true},
    OperatorSpelling{"unless", "write `and not`", "and not", true},
};

constexpr std::array kVariables = {
    OperatorSpelling{"host", "host", "host"},
    OperatorSpelling{"http_host", "host", "host"},
    OperatorSpelling{"server_name", "host", "host"},
    OperatorSpelling{"request_uri", "uri", "uri"},
    OperatorSpelling{"uri", "path", "path"},
    OperatorSpelling{"document_uri", "path", "path"},
    OperatorSpelling{"args", "raw_query", "raw_query"},
    OperatorSpelling{"query_string", "raw_query", "raw_query"},
    OperatorSpelling{"scheme", "scheme", "scheme"},
    OperatorSpelling{"request_method", "method", "method"},
    OperatorSpelling{"remote_addr", "client.ip", "client.ip"},
    OperatorSpelling{"binary_remote_addr", "client.ip", "client.ip"},
    OperatorSpelling{"server_port", "port", "port"},
    OperatorSpelling{"server_protocol", "http_version", "http_version"},
    OperatorSpelling{"status", "response.status", "response.status"},
    OperatorSpelling{"request_id", "request_id", "request_id"},
};

/// What a name of several parts begins with, and what holds it here.
struct Root {
  std::string_view theirs;
  std::string_view ours;
};
constexpr std::array kRoots = {Root{"req.http.", "header"},
                               Root{"bereq.http.", "header"},
                               Root{"beresp.http.", "response.header"},
                               Root{"resp.http.", "response.header"},
                               Root{"obj.http.", "response.header"},
                               Root{"request.headers.", "header"},
                               Root{"request.header.", "header"},
                               Root{"response.headers.", "response.header"},
                               Root{"response.header.", "response.header"},
                               Root{"headers.", "header"},
                               Root{"header.", "header"},
                               Root{"cookies.", "cookie"},
                               Root{"cookie.", "cookie"},
                               Root{"query.", "query"}};

Foreign make(Offset begin, std::size_t size, std::string message, std::string_view help,
             std::string_view replacement = {}, bool certain = false) {
  Foreign out{begin, begin + static_cast<Offset>(size), std::move(message), std::string(help),
              std::string(replacement)};
  out.certain = certain;
  return out;
}

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

/// `EQ` for `eq`, `beginsWith` for `beginswith`.
bool in_other_case(std::string_view name, std::string_view known) {
  const auto lower = [](char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(name.begin(), name.end(), known.begin(), known.end(),
                    [&](char a, char b) { return lower(a) == lower(b); });
}

/// `header Retry-After`: the name of a header or cookie behind the word for it.
std::optional<Foreign> after_its_field(std::string_view text, Offset begin, std::string_view whole) {
  const auto before_blanks = [&](Offset at) {
    while (at > 0 && scan::is_blank(text[at - 1])) {
      --at;
    }
    return at;
  };
  Offset word = before_blanks(begin);
  const Offset end = word;
  while (word > 0 && begin - word < scan::kLookBack && (scan::is_name_char(text[word - 1]) || text[word - 1] == '.')) {
    --word;
  }
  const std::string_view field = text.substr(word, end - word);
  if (end == begin ||
      (field != "header" && field != "cookie" && field != "response.header" && field != "response.cookie")) {
    return std::nullopt;
  }
  const std::string name = "\"" + std::string(whole) + "\"";
  const Offset before = before_blanks(word);
  const bool entry = before > 0 && (text[before - 1] == '{' || text[before - 1] == ';' || text[before - 1] == '}' ||
                                    text.substr(0, before).ends_with(" no"));
  if (entry) {
    return make(begin, whole.size(), scan::ticked(whole) + " is not a name",
                "it stands in quotes: " + scan::ticked(std::string(field) + " " + name), name, true);
  }
  const std::string key = std::string(field) + "[" + name + "]";
  Foreign out = make(word, begin + whole.size() - word, scan::ticked(whole) + " is not a name",
                     "the name stands in brackets and quotes: " + scan::ticked(key), key, true);
  return out;
}

/// `bad-bots`, or `User-Agent` where a header is meant.
Foreign hyphened(std::string_view text, Offset begin, std::string_view whole) {
  std::string name(whole);
  for (char& c : name) {
    c = c == '-' ? '_' : c;
  }
  Offset before = begin;
  while (before > 0 && scan::is_blank(text[before - 1])) {
    --before;
  }
  if (before > 0 && text[before - 1] == '[' && before > 1 && scan::is_name_char(text[before - 2])) {
    const std::string key = "\"" + std::string(whole) + "\"";
    return make(begin, whole.size(), scan::ticked(whole) + " is not a name",
                "a key stands in quotes: " + scan::ticked("[" + key + "]"), key, true);
  }
  if (auto named = after_its_field(text, begin, whole)) {
    return *named;
  }
  if (before > 0 && (text[before - 1] == '=' || advice::word_before(text, before) == "origin")) {
    // Where a value stands, a word with a hyphen is text.
    return advice::bare(text, begin, advice::bare_end(text, begin, ";,)]}{\""), "text", false);
  }
  if (is_upper(whole[0])) {
    const std::string field = "header[\"" + std::string(whole) + "\"]";
    return make(begin, whole.size(), scan::ticked(whole) + " is not a name",
                "a header is written " + scan::ticked(field), field);
  }
  return make(begin, whole.size(), scan::ticked(whole) + " is not a name",
              "names have no `-`: write " + scan::ticked(name), name);
}

/// `header["X"] is empty`, `cookie["a"] is not null`: what follows `is` at `next` is no value.
std::optional<Foreign> asks_presence(std::string_view text, Offset at, Offset next) {
  constexpr std::array<std::string_view, 13> kStates = {"empty",     "blank",   "null",   "nil",     "none",
                                                        "undefined", "missing", "absent", "present", "set",
                                                        "defined",   "there",   "unset"};
  const std::string_view state = scan::name_at(text, next);
  if (std::find(kStates.begin(), kStates.end(), state) == kStates.end()) {
    return std::nullopt;
  }
  const Offset end = next + static_cast<Offset>(state.size());
  return make(at, end - at, scan::ticked(text.substr(at, end - at)) + " is not an operator of this language",
              "there is `exists header[\"X\"]`, missing `not exists header[\"X\"]`, missing or empty "
              "`header[\"X\"] \?\? \"\" == \"\"`");
}

/// `X-Forwarded-For`: a name with hyphens; its end.
Offset header_name_end(std::string_view text, Offset at) {
  while (at < text.size() && (scan::is_name_char(text[at]) || text[at] == '-')) {
    ++at;
  }
  return at;
}

/// Whether nothing is joined to what begins at `at`: `unless a or b` would not be `and not a or b`.
bool is_last_condition(std::string_view text, Offset at) {
  const Offset end = scan::line_end(text, at);
  while (at < end && text[at] != ';' && text[at] != '{' && text[at] != '}') {
    const std::string_view name = scan::name_at(text, at);
    if (name == "and" || name == "or" || text[at] == '|' || text[at] == '&') {
      return false;
    }
    at = scan::skip_token(text, at);
  }
  return at < end;
}

/// What stands after `~`: a string becomes a pattern, a name is a list.
void match_operand(std::string_view text, bool nocase, Foreign& out) {
  const Offset next = scan::skip_spaces(text, out.end);
  const std::string_view name = scan::name_at(text, next);
  if (!name.empty() && name != "r") {
    const bool negated = out.replacement.starts_with("not");
    out.replacement = negated ? "not in" : "in";
    out.help = "a list is asked with `in`: " + scan::ticked(out.replacement + " " + std::string(name));
    return;
  }
  if (next >= text.size() || text[next] != '"' || text.substr(next).starts_with("\"\"\"")) {
    return;
  }
  const Offset end = scan::skip_string(text, next);
  const std::string_view string = text.substr(next, end - next);
  if (string.size() < 2 || string.back() != '"' || string.find('\\') != std::string_view::npos ||
      string.find("${") != std::string_view::npos) {
    return;
  }
  out.replacement += " r" + std::string(string) + (nocase ? "i" : "");
  // `"/bot/i"` may be a pattern with its slashes.
  out.certain = !(string.starts_with("\"/") && (string.ends_with("/\"") || string.ends_with("/i\"")));
  out.fix_end = end;
  constexpr std::size_t kShown = 60;
  if (out.replacement.size() <= kShown) {
    out.help = "write " + scan::ticked(out.replacement);
  }
}

std::string variable_field(std::string_view name) {
  for (const OperatorSpelling& variable : kVariables) {
    if (variable.text == name) {
      return std::string(variable.replacement);
    }
  }
  const auto field = [&](std::string_view prefix, std::string_view root) -> std::string {
    std::string key(name.substr(prefix.size()));
    bool first = true;
    for (char& c : key) {
      c = !root.ends_with("header")       ? c
          : c == '_'                      ? '-'
          : first && c >= 'a' && c <= 'z' ? static_cast<char>(c - 32)
                                          : c;
      first = c == '-';
    }
    return std::string(root) + "[\"" + key + "\"]";
  };
  if (name.starts_with("sent_http_")) {
    return field("sent_http_", "response.header");
  }
  if (name.starts_with("http_")) {
    return field("http_", "header");
  }
  if (name.starts_with("arg_")) {
    return field("arg_", "query");
  }
  if (name.starts_with("cookie_")) {
    return field("cookie_", "cookie");
  }
  return {};
}

/// Names of fields, which are no flags.
bool is_field_name(std::string_view name) {
  constexpr std::array<std::string_view, 16> kFieldNames = {
      "method", "scheme", "host",   "port",   "path", "uri",        "raw_path", "raw_query",
      "query",  "header", "cookie", "client", "geo",  "request_id", "now",      "response"};
  return std::find(kFieldNames.begin(), kFieldNames.end(), name.substr(0, name.find('.'))) != kFieldNames.end();
}

/// Past `=`, `is` or `is not`, whatever stands for a comparison at `at`; `at` where nothing does.
Offset past_equals(std::string_view text, Offset at, bool* negated) {
  if (text[at] == '=') return at + 1;
  const std::string_view word = scan::name_at(text, at);
  if (word != "is" && word != "eq" && word != "equals") return at;
  const Offset end = at + static_cast<Offset>(word.size());
  const Offset next = scan::skip_spaces(text, end);
  *negated = scan::name_at(text, next) == "not";
  return *negated ? next + 3 : end;
}

/// `maintenance = on`, `maintenance is not off`: a flag is compared with nothing.
std::optional<Foreign> flag_compared(std::string_view text, Offset at) {
  if (at == 0 || at >= text.size()) return std::nullopt;
  bool negated = false;
  const Offset sign_end = past_equals(text, at, &negated);
  if (sign_end == at) return std::nullopt;
  Offset name_end = at;
  while (name_end > 0 && text[name_end - 1] == ' ') --name_end;
  Offset begin = name_end;
  while (begin > 0 && at - begin < scan::kLookBack && (scan::is_name_char(text[begin - 1]) || text[begin - 1] == '.'))
    --begin;
  const Offset value = scan::skip_spaces(text, sign_end);
  Offset end = value;
  while (end < text.size() && end - value < scan::kLookBack && scan::is_name_char(text[end])) ++end;
  const std::string_view word = text.substr(value, end - value);
  const bool on = word == "on" || word == "true";
  if (begin == name_end || !scan::is_name_start(text[begin]) || (!on && word != "off" && word != "false"))
    return std::nullopt;
  const std::string name(text.substr(begin, name_end - begin));
  if (is_field_name(name)) return std::nullopt;
  const std::string condition = on != negated ? name : "not " + name;
  const std::string_view sign = text.substr(at, sign_end - at);
  return make(begin, end - begin, scan::ticked(sign) + " does not compare, and a flag is a condition by itself",
              "write " + scan::ticked(condition), condition, true);
}

}  // namespace

std::optional<Foreign> foreign_operand(std::string_view text, Offset at) {
  const std::string_view rest = text.substr(at);
  if (rest.starts_with('$') && !scan::name_at(text, at + 1).empty()) {
    const std::string_view name = scan::name_at(text, at + 1);
    const std::string field = variable_field(name);
    return make(at, name.size() + 1, scan::ticked(rest.substr(0, name.size() + 1)) + " is not a field",
                field.empty() ? "a field is written without `$`; in a string it is `${name}`"
                              : "the field is written " + scan::ticked(field),
                field, !field.empty());
  }
  if (rest.starts_with("%[")) {
    const std::size_t close = rest.substr(0, scan::line_end(text, at) - at).find(']');
    if (close != std::string_view::npos) {
      const std::string field = haproxy_field(rest.substr(2, close - 2));
      return make(at, close + 1, scan::ticked(rest.substr(0, close + 1)) + " is not a field",
                  field.empty() ? "a field is written by its name alone, such as `client.ip` or `path`"
                                : "the field is written " + scan::ticked(field),
                  field, !field.empty());
    }
  }
  if (rest.starts_with("%{") || rest.starts_with('{')) {
    const std::size_t close = rest.substr(0, 80).find('}');
    if (close != std::string_view::npos && rest.substr(0, close).find_first_of(" \t\n\";") == std::string_view::npos) {
      return make(at, close + 1, scan::ticked(rest.substr(0, close + 1)) + " is not a field",
                  "a field is written by its name alone, such as `host`, `path` or `header[\"User-Agent\"]`");
    }
  }
  if (rest.starts_with('!')) {
    return make(at, 1, "`!` is not an operator of this language", "write `not`", "not ", rest.starts_with("!("));
  }
  if (auto quotes = foreign_quotes(text, at)) {
    return quotes;
  }
  const std::string_view word = scan::name_at(text, at);
  if (word == "contains" || word == "starts_with" || word == "ends_with" || word == "matches" || word == "in" ||
      word == "like" || word == "under") {
    if (auto order = advice::operator_before_values(text, at)) return order;
    return make(at, word.size(), scan::ticked(word) + " stands between two values",
                "write `path " + std::string(word) +
                    (word == "matches" ? " r\"^/old/\"`"
                     : word == "in"    ? " [\"/a\", \"/b\"]`"
                                       : " \"/old\"`"));
  }
  if (rest.starts_with('@') && !scan::name_at(text, at + 1).empty()) {
    const std::string_view name = scan::name_at(text, at + 1);
    if (text.substr(0, at).ends_with("in ")) {
      return make(at, name.size() + 1, scan::ticked(rest.substr(0, name.size() + 1)) + " is not a name",
                  "names have no `@`: declare `list " + std::string(name) +
                      ": cidr = [\"203.0.113.0/24\"];` and write " + scan::ticked(name),
                  name);
    }
    return make(at, name.size() + 1, scan::ticked(rest.substr(0, name.size() + 1)) + " is not a name",
                "names have no `@`: declare `let " + std::string(name) + " = path under \"/api\";` and write " +
                    scan::ticked(name),
                name);
  }
  if (rest.starts_with("- ") && rest.size() > 2 && scan::is_digit(rest[2])) {
    const std::size_t end = scan::token_end(text, at + 2);
    const std::string number = "-" + std::string(text.substr(at + 2, end - at - 2));
    return make(at, end - at, "a blank after the `-` of a negative number", "write " + scan::ticked(number), number);
  }
  if ((rest.starts_with("==") || rest.starts_with("!=")) && at > 3) {
    if (auto order = advice::operator_before_values(text, at)) return order;
    return make(
        at, 2, scan::ticked(rest.substr(0, 2)) + " has nothing on its left",
        "write both sides each time: `path == \"/a\" or path == \"/b\"`, or a list: `path in [\"/a\", \"/b\"]`");
  }
  const bool after_equals = at >= 2 && text[at - 1] == '=' && text[at - 2] == '=';
  if (rest.starts_with('=') && after_equals) {
    return make(at - 2, 3, "`===` is not an operator of this language", "write `==`", "==");
  }
  if (rest.starts_with('=') && at >= 2 && text[at - 1] == '=' && text[at - 2] == '!') {
    return make(at - 2, 3, "`!==` is not an operator of this language", "write `!=`", "!=");
  }
  if (rest.starts_with('>') && at >= 1 && text[at - 1] == '<') {
    return make(at - 1, 2, "`<>` is not an operator of this language", "write `!=`", "!=");
  }
  if (rest.starts_with('^') || rest.starts_with('~')) {
    return make(at, 1, scan::ticked(rest.substr(0, 1)) + " does not begin a pattern",
                "a pattern is written `/.../` or `r\"...\"`, such as `path matches r\"^/old/\"`");
  }
  return std::nullopt;
}

std::optional<Foreign> foreign_operator(std::string_view text, Offset at) {
  const std::string_view rest = text.substr(at);
  if (rest.starts_with('-') && at > 0 && scan::is_name_char(text[at - 1])) {
    Offset begin = at;
    while (begin > 0 && at - begin < scan::kLookBack &&
           (scan::is_name_char(text[begin - 1]) || text[begin - 1] == '.')) {
      --begin;
    }
    const Offset end = header_name_end(text, at);
    const std::string_view whole = text.substr(begin, end - begin);
    for (const Root& root : kRoots) {
      if (whole.starts_with(root.theirs)) {
        const std::string field =
            std::string(root.ours) + "[\"" + std::string(whole.substr(root.theirs.size())) + "\"]";
        return make(begin, whole.size(), scan::ticked(whole) + " is not a field",
                    "the field is written " + scan::ticked(field), field, true);
      }
    }
    if (scan::is_name_start(text[begin])) {
      return hyphened(text, begin, whole);
    }
  }
  if (std::optional<Foreign> flag = flag_compared(text, at)) return flag;
  if (rest.starts_with('=') && !rest.starts_with("==") && !rest.starts_with("=>") && !rest.starts_with("=~")) {
    return make(at, 1, "`=` does not compare", "write `==`", "==", true);
  }
  for (const OperatorSpelling& spelling : kOperators) {
    if (rest.starts_with(spelling.text) && !rest.starts_with("..")) {
      Foreign out = make(at, spelling.text.size(), scan::ticked(spelling.text) + " is not an operator of this language",
                         spelling.help, spelling.replacement, spelling.certain);
      if (spelling.text.find('~') != std::string_view::npos && spelling.text != "^~") {
        match_operand(text, spelling.text.ends_with('*'), out);
      }
      return out;
    }
  }
  const std::string_view name = scan::name_at(text, at);
  if (name == "not") {
    const Offset next = scan::skip_spaces(text, at + 3);
    const std::string_view sign = text.substr(next, 2);
    if (sign == "==" || sign == "!=") {
      return make(at, next + 2 - at,
                  scan::ticked(text.substr(at, next + 2 - at)) + " is not an operator of this language",
                  sign == "==" ? "write `!=`" : "write `==`", sign == "==" ? "!=" : "==", true);
    }
  }
  for (const OperatorSpelling& spelling : kWordOperators) {
    if (!name.empty() && (name == spelling.text || in_other_case(name, spelling.text))) {
      const Offset next = scan::skip_spaces(text, at + static_cast<Offset>(name.size()));
      if (spelling.replacement == "==" && scan::name_at(text, next) == "not") {
        const Offset end = next + 3;
        if (auto asked = asks_presence(text, at, scan::skip_spaces(text, end))) {
          return asked;
        }
        return make(at, end - at, scan::ticked(text.substr(at, end - at)) + " is not an operator of this language",
                    "write `!=`", "!=", true);
      }
      if (auto asked = asks_presence(text, at, next);
          asked && (spelling.replacement == "==" || spelling.replacement == "!=")) {
        return asked;
      }
      Foreign out = make(at, name.size(), scan::ticked(name) + " is not an operator of this language", spelling.help,
                         spelling.replacement, spelling.certain);
      if (spelling.replacement == "matches") {
        match_operand(text, false, out);
      }
      if (spelling.text == "unless") {
        out.certain = out.certain && is_last_condition(text, next);
      }
      return out;
    }
  }
  return std::nullopt;
}

}  // namespace sprx
