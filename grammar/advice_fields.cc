// Statements that begin with a field: an edit without `set`, a condition without `when`, an entry of a block that is
// written as the field would be.
#include <algorithm>
#include <array>

#include "grammar/advice_parts.h"

namespace sprx::advice {
namespace {

constexpr std::size_t kLongestShown = 70;

/// A name with its parts, and its key in brackets.
struct Head {
  std::string_view path;  ///< `response.header`
  std::string_view key;   ///< `"X-Name"`, where there is one
  Offset end = 0;
};

Head head_at(std::string_view text, Offset at) {
  Offset end = at;
  while (end < text.size() &&
         (scan::is_name_char(text[end]) || (text[end] == '.' && !scan::name_at(text, end + 1).empty()))) {
    ++end;
  }
  Head out{text.substr(at, end - at), {}, end};
  if (end >= text.size() || text[end] != '[') {
    return out;
  }
  const Offset line = scan::line_end(text, end);
  Offset close = end + 1;
  while (close < line && text[close] != ']') {
    close = scan::skip_token(text, close);
  }
  if (close < line && close > end + 1) {
    out.key = text.substr(end + 1, close - end - 1);
    out.end = close + 1;
  }
  return out;
}

/// What stands from `at` to the end of its statement, on its line.
std::string_view rest_of_statement(std::string_view text, Offset at) {
  const Offset line = scan::line_end(text, at);
  Offset end = at;
  while (end < line && text[end] != ';' && text[end] != '}' && text[end] != '{' && text[end] != '#') {
    end = scan::skip_token(text, end);
  }
  end = std::min(end, line);
  while (end > at && scan::is_blank(text[end - 1])) {
    --end;
  }
  return text.substr(at, end - at);
}

bool is_assignment(std::string_view rest) {
  return rest.starts_with('=') && !rest.starts_with("==") && !rest.starts_with("=>") && !rest.starts_with("=~");
}

bool can_be_set(const Head& head) {
  constexpr std::array<std::string_view, 5> kKeyed = {"header", "query", "cookie", "response.header",
                                                      "response.cookie"};
  constexpr std::array<std::string_view, 3> kPlain = {"path", "host", "response.status"};
  return head.key.empty() ? std::find(kPlain.begin(), kPlain.end(), head.path) != kPlain.end()
                          : std::find(kKeyed.begin(), kKeyed.end(), head.path) != kKeyed.end();
}

std::string written(const std::string& statement, std::string_view otherwise) {
  return statement.size() <= kLongestShown ? "write " + scan::ticked(statement) : std::string(otherwise);
}

/// `response.header["X"] = "1";`, `client.ip == "192.0.2.1";` and `client.ip;` among the statements of a rule.
Foreign in_rule(std::string_view text, const Failure& failure, const Head& head) {
  const Offset begin = failure.opened;
  const Offset next = scan::skip_spaces(text, head.end);
  const std::string field(text.substr(begin, head.end - begin));
  const std::string rest(rest_of_statement(text, next));
  if (is_assignment(text.substr(next)) && can_be_set(head)) {
    Foreign out = say(SyntaxErrorKind::unexpected, begin, head.end, "expected `set` before this edit",
                      written("set " + field + " " + rest + ";", "an edit is `set header[\"X-Name\"] = \"value\";`"));
    return fixed(out, "set " + field, false);
  }
  constexpr std::string_view kCondition = "a condition is `when path == \"/old\";`";
  if (is_assignment(text.substr(next))) {
    Foreign out = say(SyntaxErrorKind::unexpected, begin, next + 1,
                      "expected `when` before this condition, and `=` does not compare",
                      written("when " + field + " =" + rest + ";", kCondition));
    return fixed(out, "when " + field + " ==", false);
  }
  if (rest.empty()) {
    return say(SyntaxErrorKind::unexpected, begin, head.end, "no statement begins with a field",
               "a condition reads it, `when " + std::string(head.path) +
                   (head.key.empty() ? "" : "[" + std::string(head.key) + "]") + " == \"...\";`");
  }
  const Offset sign_end = is_operator(text, next) ? scan::token_end(text, next) : next;
  if (const Offset late = scan::skip_spaces(text, sign_end); sign_end > next && scan::name_at(text, late) == "when") {
    const std::string begun = "when " + field + " " + std::string(text.substr(next, sign_end - next));
    const std::string value(rest_of_statement(text, scan::skip_spaces(text, late + 4)));
    Foreign out = say(SyntaxErrorKind::unexpected, begin, late + 4, "`when` stands before its condition",
                      written(begun + " " + value + ";", kCondition));
    out.fix_end = late + 4;
    return fixed(out, begun, true);
  }
  Foreign out =
      say(SyntaxErrorKind::unexpected, begin, is_operator(text, next) ? scan::token_end(text, next) : head.end,
          "expected `when` before this condition", written("when " + field + " " + rest + ";", kCondition));
  return fixed(out, "when " + std::string(text.substr(begin, out.end - begin)), is_operator(text, next));
}

/// The same in a block, whose entries have words of their own.
Foreign in_block(std::string_view text, const Failure& failure, const Head& head) {
  constexpr std::array<std::string_view, 4> kAnswers = {"respond", "deny", "redirect", "upstream"};
  constexpr std::array<std::string_view, 7> kMethods = {"get", "post", "put", "delete", "head", "options", "patch"};
  const std::string_view of = scan::name_at(text, failure.container);
  const bool answer = std::find(kAnswers.begin(), kAnswers.end(), of) != kAnswers.end();
  const bool request = std::find(kMethods.begin(), kMethods.end(), of) != kMethods.end();
  const Offset begin = failure.opened;
  const Offset next = scan::skip_spaces(text, head.end);
  Foreign out = say(SyntaxErrorKind::unexpected, begin, head.end,
                    "no entry of this block begins with the field " + scan::ticked(head.path), {});
  if (head.path == "response.header" && !head.key.empty()) {
    const std::string header = "header " + std::string(head.key);
    out.help = written(header + " " + std::string(rest_of_statement(text, next)) + ";",
                       "a header is written `header \"X-Name\" = \"value\";`");
    return fixed(out, header, answer && is_assignment(text.substr(next)));
  }
  const std::string_view word = head.path == "client.ip" ? "client" : head.path == "geo.country" ? "country" : "";
  if (request && !word.empty()) {
    const Offset value = is_assignment(text.substr(next)) ? scan::skip_spaces(text, next + 1) : next;
    out.help = written(std::string(word) + " " + std::string(rest_of_statement(text, value)) + ";",
                       "write " + scan::ticked(std::string(word) + " \"...\";"));
    out.fix_end = value;
    return fixed(out, std::string(word) + " ", value < text.size() && text[value] == '"');
  }
  if (of == "limit") {
    const std::string key = "key " + std::string(text.substr(begin, head.end - begin));
    out.help = written(key + ";", "what is counted for each is `key client.ip;`");
    return fixed(out, key, false);
  }
  out.help = "each line of a block begins with a word, such as `body \"text\";`";
  return out;
}

}  // namespace

std::optional<Foreign> field_as_statement(std::string_view text, const Failure& failure) {
  const std::string_view word = scan::name_at(text, failure.opened);
  const Offset end = failure.opened + static_cast<Offset>(word.size());
  const bool part = text.substr(failure.at).starts_with('.') && !scan::name_at(text, failure.at + 1).empty();
  if (word.empty() || end != failure.previous || is_statement_word(word) || !(part || is_operator(text, failure.at))) {
    return std::nullopt;
  }
  const Head head = head_at(text, failure.opened);
  if (head.end < text.size() && text[head.end] == '(') {
    return method_call(text, head.end);
  }
  return failure.place == Place::block ? in_block(text, failure, head) : in_rule(text, failure, head);
}

}  // namespace sprx::advice
