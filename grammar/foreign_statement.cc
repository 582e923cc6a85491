// Statements and whole files of other products where a statement or declaration of ours is wanted.
#include <algorithm>
#include <array>

#include "grammar/foreign.h"
#include "grammar/rewritten.h"

namespace sprx {
namespace {

struct Spelling {
  std::string_view text;
  std::string_view help;
};

constexpr std::string_view kWriteWhen = "a rule's condition is `when path == \"/old\";` and its actions follow it";
constexpr std::string_view kWriteRedirect = "write `rule old_page { when path == \"/old\"; redirect 301 \"/new\"; }`";
constexpr std::string_view kWriteRule = "write `rule name { when path under \"/old\"; ... }`";
constexpr std::string_view kWriteOrigin =
    "upstreams belong to the platform; a rule chooses one with `origin \"name\";`";
constexpr std::string_view kWriteList = "write `list office: cidr = [\"203.0.113.0/24\"];` and `client.ip in office`";
constexpr std::string_view kWriteCondition =
    "a condition with a name is a `let`: `let is_admin = path under \"/admin\";`";
constexpr std::string_view kWriteLet = "a value with a name is a `let`: `let name = \"value\";`";
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
    Spelling{"default_backend", "requests that no rule sends elsewhere go to the platform's origin; remove the line"},
    Spelling{"backend", kWriteOrigin},
    Spelling{"director", kWriteOrigin},
    Spelling{"acl", kWriteCondition},
    Spelling{"package", "files have no names of packages; remove the line"},
    Spelling{"default", "what no rule matches passes unchanged; a rule without `when` is for everything else"},
    Spelling{"var", kWriteLet},
    Spelling{"const", kWriteLet},
    Spelling{"def", kWriteLet},
    Spelling{"define", kWriteLet},
    Spelling{"require", "write `include \"file.sprx\";`"},
    Spelling{"use", "write `include \"file.sprx\";`"},
    Spelling{"load", "write `include \"file.sprx\";`"},
    Spelling{"function", "there are no functions of your own; `let` gives a value a name"},
    Spelling{"func", "there are no functions of your own; `let` gives a value a name"},
    Spelling{"proxy_set_header", kWriteSetHeader},
    Spelling{"log_format", "write `log key = value;` in a rule: a field of the access log's line"},
    Spelling{"rate_limit", "declare `limit name { key client.ip; rate 10/s; }` and write `over name;` in a rule"},
    Spelling{
        "sub",
        "there are no subroutines; request rules are `rule name { ... }`, later ones `response rule name { ... }`"},
    Spelling{"call", "there are no subroutines; a `group` shares a condition between rules"},
    Spelling{"server", "write `group name when host == \"www.example.com\" { ... }`"},
    Spelling{"server_name", "write `when host == \"www.example.com\";`"},
    Spelling{"try_files", "files belong to the origin; a rule answers with `respond` or `redirect`"},
    Spelling{"error_page", "write `response rule name { when response.status == 404; respond 404 { ... } }`"},
    Spelling{"add_header", kWriteSetResponse},
    Spelling{"restart", "there is no restart; edits are seen by the origin, not by other rules"},
    Spelling{"goto", "there are no jumps; rules are tried in order"},
    Spelling{"import", "write `include \"file.sprx\";`"},
    Spelling{"synthetic", "write `respond 503 { body \"text\"; }`"},
    Spelling{"error", "write `respond 503;` or `deny 403;`"},
    Spelling{"remove", "write `unset header[\"X-Name\"];`"},
    Spelling{"redir", kWriteRedirect},
    Spelling{"handle", kWriteRule},
    Spelling{"vcl", "files have no version; remove the line"},
    Spelling{"frontend", "there is one listener, the platform's; rules are written `rule name { when ...; deny; }`"},
    Spelling{"defaults", "what all requests share is in `settings { ... }`"},
    Spelling{"global", "what all requests share is in `settings { ... }`"},
    Spelling{"bind", "there is one listener, the platform's; remove the line"},
    Spelling{"listen", "there is one listener, the platform's; remove the line"},
    Spelling{"root", "files belong to the origin; a rule answers with `respond` or `redirect`"},
    Spelling{"file_server", "files belong to the origin; a rule answers with `respond` or `redirect`"},
    Spelling{"route", kWriteRule},
    Spelling{"proxy_hide_header", "write `unset response.header[\"X-Name\"];` in a `response rule`"},
    Spelling{"more_set_headers", kWriteSetResponse},
    Spelling{"more_clear_headers", "write `unset response.header[\"X-Name\"];` in a `response rule`"},
    Spelling{"expires", "write `set response.header[\"Cache-Control\"] = \"max-age=600\";` in a `response rule`"},
    Spelling{"auth_basic", "passwords belong to the origin; a rule can ask `header[\"Authorization\"]`"},
    Spelling{"real_ip_header", "write `settings { client_ip { header \"True-Client-IP\"; } }`"},
    Spelling{"set_real_ip_from", "write `settings { client_ip { header \"True-Client-IP\"; } }`"},
    Spelling{"split_clients", "write `bucket(client.ip, \"name\", 100) < 20` in a condition"},
    Spelling{"limit_conn", "connections are not counted; declare `limit name { key client.ip; rate 10/s; }`"},
    Spelling{"append", "write `add header[\"X-Name\"] = \"value\";`"},
    Spelling{"declare", kWriteLet},
    Spelling{"local", kWriteLet},
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
    Spelling{"Options", "what concerns the server's files belongs to the origin; remove the line"},
    Spelling{"DirectoryIndex", "what concerns the server's files belongs to the origin; remove the line"},
    Spelling{"Order", "write `rule name { when client.ip not in office; deny; }`"},
    Spelling{"Deny", "write `rule name { when client.ip in banned; deny; }`"},
    Spelling{"Allow", "write `rule name { when client.ip not in office; deny; }`"},
    Spelling{"Require", "write `rule name { when client.ip not in office; deny; }`"},
    Spelling{"RequestHeader", kWriteSetHeader},
    Spelling{"SetEnvIf", kWriteLet},
    Spelling{"SetEnvIfNoCase", kWriteLet},
    Spelling{"BrowserMatch", kWriteLet},
    Spelling{"ProxyPass", kWriteOrigin},
    Spelling{"ServerName", "write `group name when host == \"www.example.com\" { ... }`"},
    Spelling{"ServerAlias", "write `group name when host in [\"example.com\", \"www.example.com\"] { ... }`"},
    Spelling{"FallbackResource", "files belong to the origin; a rule answers with `respond` or `redirect`"},
    Spelling{"SecRule", "write a `rule` with `when` and `deny`"},
    Spelling{"SecAction", "write a `rule` with `when` and `deny`"},
};

Foreign statement(Offset begin, std::size_t size, std::string message, std::string_view help) {
  return {begin, begin + static_cast<Offset>(size), std::move(message), std::string(help), {}};
}

Foreign whole_file(Offset at, std::size_t size, std::string message, std::string_view help) {
  Foreign out = statement(at, size, std::move(message), help);
  out.whole_file = true;
  return out;
}

/// The file's first token, where it shows that the file is in another format.
std::optional<Foreign> other_format(std::string_view text, Offset at) {
  const Offset start = scan::skip_blanks(text, text.starts_with("\xEF\xBB\xBF") ? 3 : 0);
  if (at != start) {
    return std::nullopt;
  }
  const std::string_view rest = text.substr(at);
  constexpr std::string_view kRules = "rules are written `rule name { when path == \"/old\"; redirect 301 \"/new\"; }`";
  if (rest.starts_with('{')) {
    return whole_file(at, 1, "this file looks like JSON", kRules);
  }
  if (rest.starts_with("[") || rest.starts_with("---")) {
    return whole_file(at, 1, rest[0] == '[' ? "this file looks like TOML" : "this file looks like YAML", kRules);
  }
  if (rest.starts_with("<?xml") || rest.starts_with("<!DOCTYPE") || rest.starts_with("<html")) {
    return whole_file(at, 1, "this file is a page, not rules", kRules);
  }
  if (rest.starts_with("<<<<<<<")) {
    return whole_file(at, 7, "this is the mark of a conflict that a merge left",
                      "decide between the two versions and remove the marks");
  }
  if (rest.starts_with('/') && !rest.starts_with("//") && !rest.starts_with("/*")) {
    return whole_file(
        at, scan::line_end(text, at) - at, "this file looks like a list of redirects",
        "write `redirects legacy from \"redirects.tsv\" { status 301; }` and keep the lines in that file, "
        "`SOURCE<tab>TARGET`");
  }
  const std::string_view name = scan::name_at(text, at);
  const Offset after = at + static_cast<Offset>(name.size());
  if (!name.empty() && text.substr(after).starts_with(':') && !text.substr(after).starts_with(":=")) {
    return whole_file(at, name.size() + 1, "this file looks like YAML", kRules);
  }
  return std::nullopt;
}

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
  Foreign out =
      statement(at, name.size(), scan::ticked(name) + " is no function: its parts follow it without parentheses", {});
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
  Foreign out = statement(at, 3 + 1 + line.words[1].size(),
                          scan::ticked("uri " + std::string(line.words[1])) + " is not a statement of this language",
                          "write `when path matches r\"" + pattern + "\"; set path = \"${rest}\";`");
  out.skip_to = line.end;
  return out;
}

/// The end of `<Location /x>` … `</Location>`.
Offset section_end(std::string_view text, Offset at, std::string_view name) {
  const std::size_t close = text.find("</" + std::string(name), at);
  return close == std::string_view::npos ? scan::line_end(text, at) : scan::line_end(text, static_cast<Offset>(close));
}

}  // namespace

std::optional<Foreign> foreign_statement(std::string_view text, Offset at, Place place) {
  const std::string_view rest = text.substr(at);
  if (place == Place::file) {
    if (auto file = other_format(text, at)) {
      return file;
    }
  }
  if (rest.starts_with("//") || rest.starts_with("/*") || rest.starts_with("--")) {
    Foreign comment = statement(at, 2, scan::ticked(rest.substr(0, 2)) + " does not begin a comment",
                                "a comment begins with `#` and ends with its line");
    comment.whole_line = !rest.starts_with("/*");
    comment.replacement = comment.whole_line ? "#" : "";
    comment.certain = comment.whole_line;
    return comment;
  }
  if (rest.starts_with("<<<<<<<") || rest.starts_with("=======") || rest.starts_with(">>>>>>>")) {
    Foreign mark = statement(at, 7, "this is the mark of a conflict that a merge left",
                             "decide between the two versions and remove the marks");
    mark.whole_line = true;
    return mark;
  }
  if (rest.starts_with('@') && !scan::name_at(text, at + 1).empty()) {
    const std::string_view name = scan::name_at(text, at + 1);
    Foreign matcher = statement(
        at, name.size() + 1, scan::ticked(rest.substr(0, name.size() + 1)) + " is not a statement of this language",
        "a condition with a name is a `let`: `let " + std::string(name) + " = path under \"/api\";`");
    matcher.whole_line = true;
    return matcher;
  }
  if (rest.starts_with('<') && !scan::name_at(text, at + 1).empty()) {
    const std::string_view name = scan::name_at(text, at + 1);
    Foreign section = statement(at, name.size() + 1,
                                scan::ticked(rest.substr(0, name.size() + 1)) + " is not a statement of this language",
                                "write `group name when path under \"/admin\" { ... }`");
    section.skip_to = section_end(text, at, name);
    return section;
  }
  const std::string_view name = scan::name_at(text, at);
  if (place == Place::rule) {
    if (auto called = called_action(text, at, name)) {
      return called;
    }
  }
  if (name.empty() || (place != Place::file && place != Place::group && place != Place::rule && name != "if" &&
                       name != "else" && name != "return")) {
    return std::nullopt;
  }
  const Offset after = at + static_cast<Offset>(name.size());
  // What stands on a line without `;` and `{` ends with it.
  const Offset line_end = scan::line_end(text.substr(0, std::size_t{at} + scan::kLookBack), at);
  const std::string_view line = text.substr(at, line_end - at);
  const std::string_view following = scan::name_at(text, scan::skip_blanks(text, line_end));
  const bool goes_on = following == "and" || following == "or";
  const bool one_line = line.find_first_of(";{") == std::string_view::npos && !goes_on;
  const bool hyphen = after < text.size() && text[after] == '-';
  if (auto action = hyphen ? rewritten::haproxy_action(text, at, place) : std::nullopt) {
    return action;
  }
  if (auto line_of_apache = rewritten::apache_line(text, at, name, place)) {
    return line_of_apache;
  }
  if (auto rewrite = name == "rewrite" ? rewritten::nginx_rewrite(text, at, place) : std::nullopt) {
    return rewrite;
  }
  if (auto strip = place == Place::rule ? caddy_uri(text, at, name) : std::nullopt) {
    return strip;
  }
  if ((name == "http" || name == "tcp") && after < text.size() && text[after] == '-') {
    Offset end = after;
    while (end < text.size() && (scan::is_name_char(text[end]) || text[end] == '-')) {
      ++end;
    }
    Foreign found =
        statement(at, end - at, scan::ticked(text.substr(at, end - at)) + " is not a statement of this language",
                  text.substr(at, end - at) == "http-response" ? kWriteSetResponse
                                                               : "a rule is written `rule name { when ...; deny; }`");
    found.whole_line = true;
    return found;
  }
  if (name == "header" && place == Place::rule) {
    const Offset next = scan::skip_spaces(text, after);
    const char c = next > after && next < text.size() ? text[next] : '=';
    if (c == '-' || c == '+' || c == '?' || scan::is_name_start(c)) {
      return statement(
          at, name.size(), "`header` is not a statement of this language",
          c == '-' ? "write `unset response.header[\"X-Name\"];` in a `response rule`" : kWriteSetResponse);
    }
  }
  if (name == "set" && place == Place::rule) {
    const Offset next = scan::skip_spaces(text, after);
    if (next < text.size() && text[next] == '$') {
      const std::string_view variable = scan::name_at(text, next + 1);
      Foreign found = statement(next, variable.size() + 1, "there are no variables to set", kWriteLet);
      found.skip_to = end_of_statement(text, next);
      return found;
    }
  }
  const auto search = [&](const auto& spellings, bool whole_line) -> std::optional<Foreign> {
    for (const Spelling& spelling : spellings) {
      if (spelling.text == name) {
        Foreign found =
            statement(at, name.size(), scan::ticked(name) + " is not a statement of this language", spelling.help);
        found.whole_line = whole_line;
        if (spelling.help == kWriteCondition &&
            (line.find_first_of("{[") != std::string_view::npos || line.find(" src ") != std::string_view::npos)) {
          found.help = kWriteList;
        }
        if (spelling.help == kWriteLet && (name == "var" || name == "const" || name.starts_with("def"))) {
          found.replacement = "let";
          found.certain = true;
        }
        if (spelling.help.starts_with("write `include ") && line.find('"') != std::string_view::npos) {
          found.replacement = "include";
          found.certain = true;
        }
        return found;
      }
    }
    return std::nullopt;
  };
  if (auto acl = vcl_acl(text, at)) {
    return acl;
  }
  if (auto found = search(kStatements, one_line)) {
    return found;
  }
  // Inside a rule `Redirect 301 "/x";` is a statement of ours that begins with a capital.
  const bool ours = name == "Redirect" || name == "Header" || name == "Deny" || name == "Allow" || name == "Options";
  return place == Place::rule && !one_line && ours ? std::nullopt : search(kLines, true);
}

}  // namespace sprx
