#include "grammar/foreign.h"

#include <array>

namespace sprx {
namespace {

struct Spelling {
  std::string_view text;
  std::string_view help;
  std::string_view replacement = {};
};

constexpr std::array kOperators = {
    Spelling{"&&", "conditions are joined by `and`", "and"},
    Spelling{"||", "conditions are joined by `or`", "or"},
    Spelling{"===", "write `==`", "=="},
    Spelling{"!==", "write `!=`", "!="},
    Spelling{"!~", "write `not matches` and a pattern, such as `path not matches r\"^/old/\"`", "not matches"},
    Spelling{"=~", "write `matches` and a pattern, such as `path matches r\"^/old/\"`", "matches"},
    Spelling{"~*", "write `matches` and a pattern with the flag `i`, such as `path matches r\"^/old/\"i`", "matches"},
    Spelling{"^~", "write `path under \"/images\"` or `path starts_with \"/images/\"`", "under"},
    Spelling{"~", "write `matches` and a pattern, such as `path matches r\"^/old/\"`", "matches"},
    Spelling{"<>", "write `!=`", "!="},
    Spelling{"?", "there is no `? :`; write `choose { condition => \"a\"; else => \"b\"; }`"},
    Spelling{"+", "strings are joined by interpolation, such as `\"${host}${uri}\"`"},
    Spelling{"&", "conditions are joined by `and`", "and"},
    Spelling{"|", "conditions are joined by `or`", "or"},
    Spelling{"!", "`not` stands before the operator, such as `path not in moved`", "not"},
};

constexpr std::array kWordOperators = {
    Spelling{"AND", "operators are lower case: `and`", "and"},
    Spelling{"OR", "operators are lower case: `or`", "or"},
    Spelling{"eq", "write `==`", "=="},
    Spelling{"ne", "write `!=`", "!="},
    Spelling{"lt", "write `<`", "<"},
    Spelling{"le", "write `<=`", "<="},
    Spelling{"gt", "write `>`", ">"},
    Spelling{"ge", "write `>=`", ">="},
    Spelling{"is", "write `==`", "=="},
    Spelling{"equals", "write `==`", "=="},
    Spelling{"xor", "there is no `xor`; write `(a and not b) or (not a and b)`"},
    Spelling{"startswith", "write `starts_with`", "starts_with"},
    Spelling{"endswith", "write `ends_with`", "ends_with"},
    Spelling{"wildcard", "write `like` and a template, such as `path like \"/blog/*\"`", "like"},
};

constexpr std::string_view kWriteWhen = "a rule's condition is `when path == \"/old\";` and its actions follow it";
constexpr std::string_view kWriteRedirect = "write `rule old_page { when path == \"/old\"; redirect 301 \"/new\"; }`";
constexpr std::string_view kWriteRule = "write `rule name { when path under \"/old\"; ... }`";
constexpr std::string_view kWriteOrigin =
    "upstreams belong to the platform; a rule chooses one with `origin \"name\";`";
constexpr std::string_view kWriteList = "write `list office: cidr = [\"203.0.113.0/24\"];` and `client.ip in office`";
constexpr std::string_view kWriteSetHeader = "write `set header[\"X-Name\"] = \"value\";`";
constexpr std::string_view kWriteSetResponse =
    "write `set response.header[\"X-Name\"] = \"value\";` in a `response rule`";

constexpr std::array kStatements = {
    Spelling{"if", kWriteWhen},
    Spelling{"elsif", "each branch is a rule of its own, or an arm of `choose`"},
    Spelling{"elseif", "each branch is a rule of its own, or an arm of `choose`"},
    Spelling{"elif", "each branch is a rule of its own, or an arm of `choose`"},
    Spelling{"else", "each branch is a rule of its own, or an arm of `choose`"},
    Spelling{"unless", "write `when not ...;`"},
    Spelling{"return", "to end the phase write `respond 404;`, `redirect 301 \"/new\";`, `deny;` or `forward;`"},
    Spelling{"location", kWriteRule},
    Spelling{"rewrite", "write `redirect 301 \"/new\";`, or `set path = \"/new\";` to change only what is forwarded"},
    Spelling{"proxy_pass", kWriteOrigin},
    Spelling{"reverse_proxy", kWriteOrigin},
    Spelling{"use_backend", kWriteOrigin},
    Spelling{"default_backend", kWriteOrigin},
    Spelling{"backend", kWriteOrigin},
    Spelling{"director", kWriteOrigin},
    Spelling{"acl", kWriteList},
    Spelling{
        "sub",
        "there are no subroutines; request rules are `rule name { ... }`, later ones `response rule name { ... }`"},
    Spelling{"call", "there are no subroutines; a `group` shares a condition between rules"},
    Spelling{"server", "write `group name when host == \"www.example.com\" { ... }`"},
    Spelling{"server_name", "write `when host == \"www.example.com\";`"},
    Spelling{"try_files", "files belong to the origin; a rule answers with `respond` or `redirect`"},
    Spelling{"error_page", "write `response rule name { when response.status == 404; respond 404 { ... } }`"},
    Spelling{"add_header", kWriteSetResponse},
    Spelling{"proxy_set_header", kWriteSetHeader},
    Spelling{"restart", "there is no restart; edits are seen by the origin, not by other rules"},
    Spelling{"goto", "there are no jumps; rules are tried in order"},
    Spelling{"import", "write `include \"file.sprx\";`"},
    Spelling{"synthetic", "write `respond 503 { body \"text\"; }`"},
    Spelling{"error", "write `respond 503;` or `deny 403;`"},
    Spelling{"remove", "write `unset header[\"X-Name\"];`"},
    Spelling{"redir", kWriteRedirect},
    Spelling{"handle", kWriteRule},
    Spelling{"map", "write `table name: string -> string = { \"key\" => \"value\"; }`"},
    Spelling{"geo", "write a `list name: cidr` and `client.ip in name`, or use `geo.country`"},
    Spelling{"limit_req", "declare `limit name { key client.ip; rate 10/s; }` and write `over name;` in a rule"},
};

constexpr std::array kLines = {
    Spelling{"RewriteRule", kWriteRedirect},
    Spelling{"RewriteCond", kWriteWhen},
    Spelling{"RewriteEngine", "nothing switches rules on; remove the line"},
    Spelling{"RewriteBase", "paths are always absolute; remove the line"},
    Spelling{"RedirectMatch", kWriteRedirect},
    Spelling{"RedirectPermanent", kWriteRedirect},
    Spelling{"Redirect", kWriteRedirect},
    Spelling{"ErrorDocument", "write `response rule name { when response.status == 404; respond 404 { ... } }`"},
    Spelling{"Header", kWriteSetResponse},
    Spelling{"RequestHeader", kWriteSetHeader},
    Spelling{"SecRule", "write a `rule` with `when` and `deny`"},
    Spelling{"SecAction", "write a `rule` with `when` and `deny`"},
};

constexpr std::array kVariables = {
    Spelling{"host", "host", "host"},
    Spelling{"http_host", "host", "host"},
    Spelling{"server_name", "host", "host"},
    Spelling{"request_uri", "uri", "uri"},
    Spelling{"uri", "path", "path"},
    Spelling{"document_uri", "path", "path"},
    Spelling{"args", "raw_query", "raw_query"},
    Spelling{"query_string", "raw_query", "raw_query"},
    Spelling{"scheme", "scheme", "scheme"},
    Spelling{"request_method", "method", "method"},
    Spelling{"remote_addr", "client.ip", "client.ip"},
    Spelling{"server_port", "port", "port"},
    Spelling{"server_protocol", "http_version", "http_version"},
    Spelling{"status", "response.status", "response.status"},
    Spelling{"request_id", "request_id", "request_id"},
};

constexpr std::array<std::string_view, 5> kHeaderRoots = {"req.http.", "bereq.http.", "beresp.http.", "resp.http.",
                                                          "obj.http."};

std::string ticked(std::string_view text) { return "`" + std::string(text) + "`"; }

Foreign make(Offset begin, std::size_t size, std::string message, std::string_view help,
             std::string_view replacement = {}) {
  return {begin, begin + static_cast<Offset>(size), std::move(message), std::string(help), std::string(replacement)};
}

/// `X-Forwarded-For`: a name with hyphens; its end.
Offset header_name_end(std::string_view text, Offset at) {
  while (at < text.size() && (scan::is_name_char(text[at]) || text[at] == '-')) {
    ++at;
  }
  return at;
}

std::string variable_field(std::string_view name) {
  for (const Spelling& variable : kVariables) {
    if (variable.text == name) {
      return std::string(variable.replacement);
    }
  }
  const auto field = [&](std::string_view prefix, std::string_view root) -> std::string {
    std::string key(name.substr(prefix.size()));
    for (char& c : key) {
      c = c == '_' && root.ends_with("header") ? '-' : c;
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

}  // namespace

std::optional<Foreign> foreign_statement(std::string_view text, Offset at, Place place) {
  const std::string_view rest = text.substr(at);
  if (rest.starts_with("//") || rest.starts_with("/*")) {
    Foreign comment = make(at, 2, ticked(rest.substr(0, 2)) + " does not begin a comment",
                           "a comment begins with `#` and ends with its line");
    comment.whole_line = rest.starts_with("//");
    return comment;
  }
  const std::string_view name = scan::name_at(text, at);
  if (name.empty() || (place != Place::file && place != Place::group && place != Place::rule && name != "if" &&
                       name != "else" && name != "return")) {
    return std::nullopt;
  }
  const Offset after = at + static_cast<Offset>(name.size());
  if ((name == "http" || name == "tcp") && after < text.size() && text[after] == '-') {
    const Offset end = header_name_end(text, at);
    Foreign line =
        make(at, end - at, ticked(text.substr(at, end - at)) + " is not a statement of this language",
             text.substr(at, end - at) == "http-response" ? kWriteSetResponse
                                                          : "a rule is written `rule name { when ...; deny; }`");
    line.whole_line = true;
    return line;
  }
  const auto search = [&](const auto& spellings, bool whole_line) -> std::optional<Foreign> {
    for (const Spelling& spelling : spellings) {
      if (spelling.text == name) {
        Foreign found = make(at, name.size(), ticked(name) + " is not a statement of this language", spelling.help);
        found.whole_line = whole_line;
        return found;
      }
    }
    return std::nullopt;
  };
  if (auto found = search(kStatements, false)) {
    return found;
  }
  return search(kLines, true);
}

std::optional<Foreign> foreign_operand(std::string_view text, Offset at) {
  const std::string_view rest = text.substr(at);
  if (rest.starts_with('$') && !scan::name_at(text, at + 1).empty()) {
    const std::string_view name = scan::name_at(text, at + 1);
    const std::string field = variable_field(name);
    return make(at, name.size() + 1, ticked(rest.substr(0, name.size() + 1)) + " is not a field",
                field.empty() ? "a field is written without `$`; in a string it is `${name}`"
                              : "the field is written " + ticked(field),
                field);
  }
  if (rest.starts_with("%{") || rest.starts_with('{')) {
    const std::size_t close = rest.substr(0, 80).find('}');
    if (close != std::string_view::npos && rest.substr(0, close).find_first_of(" \t\n\";") == std::string_view::npos) {
      return make(at, close + 1, ticked(rest.substr(0, close + 1)) + " is not a field",
                  "a field is written by its name alone, such as `host`, `path` or `header[\"User-Agent\"]`");
    }
  }
  if (rest.starts_with('!')) {
    return make(at, 1, "`!` is not an operator of this language", "write `not`", "not ");
  }
  if (rest.starts_with('\'')) {
    return make(at, 1, "`'` does not begin a string", "strings stand in double quotes: `\"text\"`");
  }
  if (rest.starts_with('`')) {
    return make(at, 1, "a backtick does not begin a string", "strings stand in double quotes: `\"text\"`");
  }
  for (const std::string_view mark : {"\xE2\x80\x9C", "\xE2\x80\x9D", "\xE2\x80\x98", "\xE2\x80\x99"}) {
    if (rest.starts_with(mark)) {
      return make(at, 3, "a typographic quotation mark does not begin a string",
                  "strings stand in plain double quotes: `\"text\"`");
    }
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
    return make(at, 1, ticked(rest.substr(0, 1)) + " does not begin a pattern",
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
    for (const std::string_view root : kHeaderRoots) {
      if (whole.starts_with(root)) {
        const bool response = !root.starts_with("req.") && !root.starts_with("bereq.");
        const std::string field =
            std::string(response ? "response.header[\"" : "header[\"") + std::string(whole.substr(root.size())) + "\"]";
        return make(begin, whole.size(), ticked(whole) + " is not a field", "the field is written " + ticked(field),
                    field);
      }
    }
    if (scan::is_name_start(text[begin])) {
      return make(begin, whole.size(), ticked(whole) + " is not a name",
                  "names have no `-`; a header is written `header[\"" + std::string(whole) + "\"]`");
    }
  }
  if (rest.starts_with('=') && !rest.starts_with("==") && !rest.starts_with("=>") && !rest.starts_with("=~")) {
    return make(at, 1, "`=` does not compare", "write `==`", "==");
  }
  for (const Spelling& spelling : kOperators) {
    if (rest.starts_with(spelling.text)) {
      return make(at, spelling.text.size(), ticked(spelling.text) + " is not an operator of this language",
                  spelling.help, spelling.replacement);
    }
  }
  const std::string_view name = scan::name_at(text, at);
  if (name == "not") {
    const Offset next = scan::skip_spaces(text, at + 3);
    const std::string_view sign = text.substr(next, 2);
    if (sign == "==" || sign == "!=") {
      return make(at, next + 2 - at, ticked(text.substr(at, next + 2 - at)) + " is not an operator of this language",
                  sign == "==" ? "write `!=`" : "write `==`", sign == "==" ? "!=" : "==");
    }
  }
  for (const Spelling& spelling : kWordOperators) {
    if (!name.empty() && name == spelling.text) {
      return make(at, name.size(), ticked(name) + " is not an operator of this language", spelling.help,
                  spelling.replacement);
    }
  }
  return std::nullopt;
}

}  // namespace sprx
