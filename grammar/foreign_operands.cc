// Values of other products where an operand is wanted: variables, formats, names with a sign before them.
#include <array>

#include "grammar/advice_parts.h"
#include "grammar/foreign_parts.h"
#include "grammar/haproxy.h"

namespace sprx {
namespace {

/// A variable of nginx's and the field that it is.
struct NginxVariable {
  std::string_view theirs;
  std::string_view ours;
};

constexpr std::array kNginxVariables = {
    NginxVariable{"host", "host"},
    NginxVariable{"http_host", "host"},
    NginxVariable{"server_name", "host"},
    NginxVariable{"request_uri", "uri"},
    NginxVariable{"uri", "path"},
    NginxVariable{"document_uri", "path"},
    NginxVariable{"args", "raw_query"},
    NginxVariable{"query_string", "raw_query"},
    NginxVariable{"scheme", "scheme"},
    NginxVariable{"request_method", "method"},
    NginxVariable{"remote_addr", "client.ip"},
    NginxVariable{"binary_remote_addr", "client.ip"},
    NginxVariable{"server_port", "port"},
    NginxVariable{"server_protocol", "http_version"},
    NginxVariable{"status", "response.status"},
    NginxVariable{"request_id", "request_id"},
};

std::string variable_field(std::string_view name) {
  for (const NginxVariable& variable : kNginxVariables) {
    if (variable.theirs == name) {
      return std::string(variable.ours);
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

/// `$host`, `%[path]`, `%{HTTP_HOST}`, `{host}`.
std::optional<Foreign> their_field(std::string_view text, Offset at) {
  const std::string_view rest = text.substr(at);
  if (rest.starts_with('$') && !scan::name_at(text, at + 1).empty()) {
    const std::string_view name = scan::name_at(text, at + 1);
    const std::string field = variable_field(name);
    return foreign::found(at, name.size() + 1, scan::ticked(rest.substr(0, name.size() + 1)) + " is not a field",
                          field.empty() ? "a field is written without `$`; in a string it is `${name}`"
                                        : "the field is written " + scan::ticked(field),
                          field, !field.empty());
  }
  if (rest.starts_with("%[")) {
    const std::size_t close = rest.substr(0, scan::line_end(text, at) - at).find(']');
    if (close != std::string_view::npos) {
      const std::string field = haproxy_field(rest.substr(2, close - 2));
      return foreign::found(at, close + 1, scan::ticked(rest.substr(0, close + 1)) + " is not a field",
                            field.empty() ? "a field is written by its name alone, such as `client.ip` or `path`"
                                          : "the field is written " + scan::ticked(field),
                            field, !field.empty());
    }
  }
  if (rest.starts_with("%{") || rest.starts_with('{')) {
    const std::size_t close = rest.substr(0, 80).find('}');
    if (close != std::string_view::npos && rest.substr(0, close).find_first_of(" \t\n\";") == std::string_view::npos) {
      return foreign::found(at, close + 1, scan::ticked(rest.substr(0, close + 1)) + " is not a field",
                            "a field is written by its name alone, such as `host`, `path` or `header[\"User-Agent\"]`");
    }
  }
  return std::nullopt;
}

/// `@office`.
std::optional<Foreign> their_matcher(std::string_view text, Offset at) {
  const std::string_view rest = text.substr(at);
  if (!rest.starts_with('@') || scan::name_at(text, at + 1).empty()) return std::nullopt;
  const std::string_view name = scan::name_at(text, at + 1);
  if (text.substr(0, at).ends_with("in ")) {
    return foreign::found(at, name.size() + 1, scan::ticked(rest.substr(0, name.size() + 1)) + " is not a name",
                          "names have no `@`: declare `list " + std::string(name) +
                              ": cidr = [\"203.0.113.0/24\"];` and write " + scan::ticked(name),
                          name);
  }
  return foreign::found(at, name.size() + 1, scan::ticked(rest.substr(0, name.size() + 1)) + " is not a name",
                        "names have no `@`: declare `let " + std::string(name) + " = path under \"/api\";` and write " +
                            scan::ticked(name),
                        name);
}

/// What stands between two values, with nothing on its left.
std::optional<Foreign> operator_alone(std::string_view text, Offset at) {
  const std::string_view rest = text.substr(at);
  const std::string_view word = scan::name_at(text, at);
  if (word == "contains" || word == "starts_with" || word == "ends_with" || word == "matches" || word == "in" ||
      word == "like" || word == "under") {
    if (auto order = advice::operator_before_values(text, at)) return order;
    return foreign::found(at, word.size(), scan::ticked(word) + " stands between two values",
                          "write `path " + std::string(word) +
                              (word == "matches" ? " r\"^/old/\"`"
                               : word == "in"    ? " [\"/a\", \"/b\"]`"
                                                 : " \"/old\"`"));
  }
  if ((rest.starts_with("==") || rest.starts_with("!=")) && at > 3) {
    if (auto order = advice::operator_before_values(text, at)) return order;
    return foreign::found(
        at, 2, scan::ticked(rest.substr(0, 2)) + " has nothing on its left",
        "write both sides each time: `path == \"/a\" or path == \"/b\"`, or a list: `path in [\"/a\", \"/b\"]`");
  }
  const bool after_equals = at >= 2 && text[at - 1] == '=' && text[at - 2] == '=';
  if (rest.starts_with('=') && after_equals) {
    return foreign::found(at - 2, 3, "`===` is not an operator of this language", "write `==`", "==");
  }
  if (rest.starts_with('=') && at >= 2 && text[at - 1] == '=' && text[at - 2] == '!') {
    return foreign::found(at - 2, 3, "`!==` is not an operator of this language", "write `!=`", "!=");
  }
  if (rest.starts_with('>') && at >= 1 && text[at - 1] == '<') {
    return foreign::found(at - 1, 2, "`<>` is not an operator of this language", "write `!=`", "!=");
  }
  if (rest.starts_with('^') || rest.starts_with('~')) {
    return foreign::found(at, 1, scan::ticked(rest.substr(0, 1)) + " does not begin a pattern",
                          "a pattern is written `/.../` or `r\"...\"`, such as `path matches r\"^/old/\"`");
  }
  return std::nullopt;
}

}  // namespace

std::optional<Foreign> foreign_operand(std::string_view text, Offset at) {
  const std::string_view rest = text.substr(at);
  if (auto field = their_field(text, at)) return field;
  if (auto test = file_test(text, at)) return test;
  if (rest.starts_with('!')) {
    return foreign::found(at, 1, "`!` is not an operator of this language", "write `not`", "not ",
                          rest.starts_with("!("));
  }
  if (auto quotes = foreign_quotes(text, at)) return quotes;
  if (auto matcher = their_matcher(text, at)) return matcher;
  if (rest.starts_with("- ") && rest.size() > 2 && scan::is_digit(rest[2])) {
    const std::size_t end = scan::token_end(text, at + 2);
    const std::string number = "-" + std::string(text.substr(at + 2, end - at - 2));
    return foreign::found(at, end - at, "a blank after the `-` of a negative number", "write " + scan::ticked(number),
                          number);
  }
  return operator_alone(text, at);
}

}  // namespace sprx
