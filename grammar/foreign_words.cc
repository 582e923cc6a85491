// Words that begin statements of other products, each with what is written for it.
#include <array>

#include "grammar/foreign_parts.h"

namespace sprx {
namespace {

using foreign::kWriteLet;
using foreign::kWriteSetResponse;

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
constexpr std::string_view kWriteSetHeader = "write `set header[\"X-Name\"] = \"value\";`";

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

/// What is written for the word where that is known better from its line.
void look_at_line(std::string_view line, std::string_view name, std::string_view help, Foreign& out) {
  if (help == kWriteCondition &&
      (line.find_first_of("{[") != std::string_view::npos || line.find(" src ") != std::string_view::npos)) {
    out.help = kWriteList;
  }
  if (help == kWriteLet && (name == "var" || name == "const" || name.starts_with("def"))) {
    out.replacement = "let";
    out.certain = true;
  }
  if (name == "remove") {
    const std::size_t word = line.find_first_not_of(' ', name.size());
    const std::string_view what =
        line.substr(std::min(word, line.size()), line.find(';') - std::min(word, line.size()));
    constexpr std::size_t kShown = 60;
    const bool keyed = what.starts_with("header[") || what.starts_with("query[") || what.starts_with("cookie[") ||
                       what.starts_with("response.header[") || what.starts_with("response.cookie[");
    if (!keyed || what.size() > kShown || line.find(';') == std::string_view::npos) return;
    out.help = "write " + scan::ticked("unset " + std::string(what) + ";");
    out.replacement = "unset";
    out.certain = true;
  }
  if (help.starts_with("write `include ") && line.find('"') != std::string_view::npos) {
    out.replacement = "include";
    out.certain = true;
  }
}

}  // namespace

std::optional<Foreign> foreign::known_word(std::string_view line, Offset at, std::string_view name, Place place,
                                           bool one_line) {
  const auto search = [&](const auto& spellings, bool whole_line) -> std::optional<Foreign> {
    for (const Spelling& spelling : spellings) {
      if (spelling.text != name) continue;
      Foreign out = found(at, name.size(), scan::ticked(name) + " is not a statement of this language", spelling.help);
      out.whole_line = whole_line;
      look_at_line(line, name, spelling.help, out);
      return out;
    }
    return std::nullopt;
  };
  if (auto word = search(kStatements, one_line)) return word;
  // Inside a rule `Redirect 301 "/x";` is a statement of ours that begins with a capital.
  const bool ours = name == "Redirect" || name == "Header" || name == "Deny" || name == "Allow" || name == "Options";
  return place == Place::rule && !one_line && ours ? std::nullopt : search(kLines, true);
}

}  // namespace sprx
