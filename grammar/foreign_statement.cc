// Statements of other products where a statement or declaration of ours is wanted.
#include <algorithm>
#include <array>

#include "grammar/foreign_parts.h"
#include "grammar/rewritten.h"

namespace sprx {
namespace {

/// `redirect(301, "/new")`: an action with its arguments in parentheses.
std::optional<Foreign> called_action(std::string_view text, Offset at, std::string_view name) {
  constexpr std::array<std::string_view, 6> kActions = {"respond", "redirect", "deny", "drop", "forward", "origin"};
  bool known = false;
  for (const std::string_view action : kActions) {
    known = known || action == name;
  }
  const Offset open = scan::skip_spaces(text, at + static_cast<Offset>(name.size()));
  if (!known || open >= text.size() || text[open] != '(') {
    return std::nullopt;
  }
  const Offset end = scan::line_end(text, at);
  std::string inner;
  std::uint32_t depth = 1;
  Offset next = open + 1;
  while (next < end) {
    const Offset token = std::min(scan::skip_token(text, next), end);
    depth += text[next] == '(' ? 1 : 0;
    depth -= text[next] == ')' ? 1 : 0;
    if (depth == 0) {
      break;
    }
    inner += depth == 1 && text[next] == ',' ? std::string_view{} : text.substr(next, token - next);
    next = token;
  }
  Foreign out = foreign::found(at, name.size(),
                               scan::ticked(name) + " is no function: its parts follow it without parentheses", {});
  if (depth != 0) {
    out.help = "write `redirect 301 \"/new\";`, `respond 404;` or `deny;`";
    return out;
  }
  out.replacement = std::string(name) + (inner.empty() ? "" : " " + inner);
  out.fix_end = next + 1;
  out.certain = inner.empty() || scan::is_digit(inner[0]) || name == "origin";
  constexpr std::size_t kShown = 60;
  const bool shown = out.certain && out.replacement.size() <= kShown;
  out.help = shown ? "write " + scan::ticked(out.replacement + ";")
                   : "write `redirect 301 \"/new\";`, `respond 404;` or `deny;`";
  return out;
}

/// Past the `;` that ends what stands at `at`, or the end of its line.
Offset end_of_statement(std::string_view text, Offset at) {
  const Offset end = scan::line_end(text, at);
  while (at < end && text[at] != ';' && text[at] != '}') {
    at = scan::skip_token(text, at);
  }
  return at < end && text[at] == ';' ? at + 1 : std::min(at, end);
}

/// `uri strip_prefix /api`
std::optional<Foreign> caddy_uri(std::string_view text, Offset at, std::string_view name) {
  const rewritten::Words line = rewritten::words_of_line(text, at);
  if (name != "uri" || line.words.size() != 3 || line.words[0] != name) return std::nullopt;
  const std::string part(line.words[2]);
  const bool plain =
      part.find_first_not_of("/-_0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") == std::string::npos;
  const bool prefix = line.words[1] == "strip_prefix";
  if (!plain || (!prefix && line.words[1] != "strip_suffix")) return std::nullopt;
  const std::string pattern = prefix ? "^" + part + "(?P<rest>/.*)$" : "^(?P<rest>/.*)" + part + "$";
  Foreign out =
      foreign::found(at, 3 + 1 + line.words[1].size(),
                     scan::ticked("uri " + std::string(line.words[1])) + " is not a statement of this language",
                     "write `when path matches r\"" + pattern + "\"; set path = \"${rest}\";`");
  out.skip_to = line.end;
  return out;
}

/// The end of `<Location /x>` … `</Location>`.
Offset section_end(std::string_view text, Offset at, std::string_view name) {
  // No longer section is looked for, or many that are not closed would each look to the end of the file.
  constexpr std::size_t kLongestSection = 4096;
  const std::size_t close = text.substr(0, at + kLongestSection).find("</" + std::string(name), at);
  return close == std::string_view::npos ? scan::line_end(text, at) : scan::line_end(text, static_cast<Offset>(close));
}

/// What begins with a sign: comments, Caddy's `@office`, Apache's `<Location /x>`.
std::optional<Foreign> sign_of_theirs(std::string_view text, Offset at) {
  const std::string_view rest = text.substr(at);
  if (rest.starts_with("//") || rest.starts_with("/*") || rest.starts_with("--")) {
    Foreign comment = foreign::found(at, 2, scan::ticked(rest.substr(0, 2)) + " does not begin a comment",
                                     "a comment begins with `#` and ends with its line");
    comment.whole_line = !rest.starts_with("/*");
    comment.replacement = comment.whole_line ? "#" : "";
    comment.certain = comment.whole_line;
    return comment;
  }
  if (auto mark = foreign::mark_of_conflict(text, at)) return mark;
  if (rest.starts_with('@') && !scan::name_at(text, at + 1).empty()) {
    const std::string_view name = scan::name_at(text, at + 1);
    Foreign matcher = foreign::found(
        at, name.size() + 1, scan::ticked(rest.substr(0, name.size() + 1)) + " is not a statement of this language",
        "a condition with a name is a `let`: `let " + std::string(name) + " = path under \"/api\";`");
    matcher.whole_line = true;
    return matcher;
  }
  if (rest.starts_with('<') && !scan::name_at(text, at + 1).empty()) {
    const std::string_view name = scan::name_at(text, at + 1);
    Foreign section = foreign::found(
        at, name.size() + 1, scan::ticked(rest.substr(0, name.size() + 1)) + " is not a statement of this language",
        "write `group name when path under \"/admin\" { ... }`");
    section.skip_to = section_end(text, at, name);
    return section;
  }
  return std::nullopt;
}

/// `http-response …` of which no more is known.
std::optional<Foreign> line_of_haproxy(std::string_view text, Offset at, std::string_view name) {
  const Offset after = at + static_cast<Offset>(name.size());
  if ((name == "http" || name == "tcp") && after < text.size() && text[after] == '-') {
    Offset end = after;
    while (end < text.size() && (scan::is_name_char(text[end]) || text[end] == '-')) {
      ++end;
    }
    Foreign out = foreign::found(
        at, end - at, scan::ticked(text.substr(at, end - at)) + " is not a statement of this language",
        text.substr(at, end - at) == "http-response" ? foreign::kWriteSetResponse
                                                     : "a rule is written `rule name { when ...; deny; }`");
    out.whole_line = true;
    return out;
  }
  return std::nullopt;
}

/// Caddy's `header -X-Name` and nginx's `set $name value;`: words of ours with another meaning.
std::optional<Foreign> word_of_ours(std::string_view text, Offset at, std::string_view name) {
  const Offset after = at + static_cast<Offset>(name.size());
  if (name == "header") {
    const Offset next = scan::skip_spaces(text, after);
    const char c = next > after && next < text.size() ? text[next] : '=';
    if (c == '-' || c == '+' || c == '?' || scan::is_name_start(c)) {
      return foreign::found(
          at, name.size(), "`header` is not a statement of this language",
          c == '-' ? "write `unset response.header[\"X-Name\"];` in a `response rule`" : foreign::kWriteSetResponse);
    }
  }
  if (name == "set") {
    const Offset next = scan::skip_spaces(text, after);
    if (next < text.size() && text[next] == '$') {
      const std::string_view variable = scan::name_at(text, next + 1);
      Foreign out = foreign::found(next, variable.size() + 1, "there are no variables to set", foreign::kWriteLet);
      out.skip_to = end_of_statement(text, next);
      return out;
    }
  }
  return std::nullopt;
}

/// A directive that is written anew as a whole, with what it says.
std::optional<Foreign> rewritten_line(std::string_view text, Offset at, std::string_view name, Place place) {
  const Offset after = at + static_cast<Offset>(name.size());
  if (after < text.size() && text[after] == '-') {
    if (auto action = rewritten::haproxy_action(text, at, place)) return action;
  }
  if (auto line = rewritten::apache_line(text, at, name, place)) return line;
  if (name == "rewrite") {
    if (auto rewrite = rewritten::nginx_rewrite(text, at, place)) return rewrite;
  }
  return place == Place::rule ? caddy_uri(text, at, name) : std::nullopt;
}

}  // namespace

std::optional<Foreign> foreign_statement(std::string_view text, Offset at, Place place) {
  if (place == Place::file) {
    if (auto file = foreign::other_format(text, at)) return file;
  }
  if (auto sign = sign_of_theirs(text, at)) return sign;
  const std::string_view name = scan::name_at(text, at);
  if (place == Place::rule) {
    if (auto called = called_action(text, at, name)) return called;
  }
  if (name.empty() || (place != Place::file && place != Place::group && place != Place::rule && name != "if" &&
                       name != "else" && name != "return")) {
    return std::nullopt;
  }
  // What stands on a line without `;` and `{` ends with it.
  const Offset line_end = scan::line_end(text.substr(0, std::size_t{at} + scan::kLookBack), at);
  const std::string_view line = text.substr(at, line_end - at);
  const std::string_view following = scan::name_at(text, scan::skip_blanks(text, line_end));
  const bool goes_on = following == "and" || following == "or";
  const bool one_line = line.find_first_of(";{") == std::string_view::npos && !goes_on;
  if (auto rewritten = rewritten_line(text, at, name, place)) return rewritten;
  if (auto haproxy = line_of_haproxy(text, at, name)) return haproxy;
  if (auto access = foreign::nginx_access(text, at, name, place)) return access;
  if (place == Place::rule) {
    if (auto ours = word_of_ours(text, at, name)) return ours;
  }
  if (auto acl = vcl_acl(text, at)) return acl;
  return foreign::known_word(line, at, name, place, one_line);
}

}  // namespace sprx
