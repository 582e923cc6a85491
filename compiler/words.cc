#include "compiler/words.h"

#include <algorithm>
#include <array>

#include "compiler/table/address.h"
#include "compiler/table/canonical.h"
#include "compiler/table/vocabulary.h"

namespace sprx {
namespace {

struct Renamed {
  std::string_view theirs;
  std::string_view language;
  std::string_view ours;
};

/// Exact names of other languages.
constexpr auto kRenamed = std::to_array<Renamed>({
    {"req.url", "VCL", "uri"},
    {"req.method", "VCL", "method"},
    {"req.request", "VCL", "method"},
    {"req.proto", "VCL", "http_version"},
    {"req.host", "VCL", "host"},
    {"req.http.host", "VCL", "host"},
    {"req.http.Host", "VCL", "host"},
    {"req.url.path", "Fastly VCL", "path"},
    {"req.url.qs", "Fastly VCL", "raw_query"},
    {"req.url.ext", "Fastly VCL", "path.extension"},
    {"req.url.basename", "Fastly VCL", "path.file"},
    {"req.xid", "VCL", "request_id"},
    {"client.identity", "VCL", "client.ip"},
    {"client.geo.country_code", "Fastly VCL", "geo.country"},
    {"client.geo.city", "Fastly VCL", "geo.city"},
    {"client.as.number", "Fastly VCL", "geo.asn"},
    {"bereq.url", "VCL", "uri"},
    {"bereq.method", "VCL", "method"},
    {"beresp.status", "VCL", "response.status"},
    {"resp.status", "VCL", "response.status"},
    {"obj.status", "VCL", "response.status"},
    {"http.host", "Cloudflare Rules", "host"},
    {"http.cookie", "Cloudflare Rules", "header[\"Cookie\"]"},
    {"http.referer", "Cloudflare Rules", "header[\"Referer\"]"},
    {"http.user_agent", "Cloudflare Rules", "header[\"User-Agent\"]"},
    {"http.request.method", "Cloudflare Rules", "method"},
    {"http.request.uri", "Cloudflare Rules", "uri"},
    {"http.request.uri.path", "Cloudflare Rules", "path"},
    {"http.request.uri.path.extension", "Cloudflare Rules", "path.extension"},
    {"http.request.uri.query", "Cloudflare Rules", "raw_query"},
    {"http.request.full_uri", "Cloudflare Rules", "uri"},
    {"http.request.version", "Cloudflare Rules", "http_version"},
    {"http.response.code", "Cloudflare Rules", "response.status"},
    {"http.response.content_type.media_type", "Cloudflare Rules", "response.media_type"},
    {"raw.http.request.uri", "Cloudflare Rules", "uri"},
    {"raw.http.request.uri.path", "Cloudflare Rules", "raw_path"},
    {"ip.src", "Cloudflare Rules", "client.ip"},
    {"ip.src.country", "Cloudflare Rules", "geo.country"},
    {"ip.src.asnum", "Cloudflare Rules", "geo.asn"},
    {"ip.geoip.country", "Cloudflare Rules", "geo.country"},
    {"ip.geoip.asnum", "Cloudflare Rules", "geo.asn"},
    {"ssl", "Cloudflare Rules", "scheme"},
    {"user_agent", "another rule language", "header[\"User-Agent\"]"},
    {"useragent", "another rule language", "header[\"User-Agent\"]"},
    {"referer", "another rule language", "header[\"Referer\"]"},
    {"referrer", "another rule language", "header[\"Referer\"]"},
    {"content_type", "another rule language", "header[\"Content-Type\"]"},
    {"ip", "another rule language", "client.ip"},
    {"client_ip", "another rule language", "client.ip"},
    {"remote_ip", "Caddy", "client.ip"},
    {"source_ip", "another rule language", "client.ip"},
    {"src", "HAProxy", "client.ip"},
    {"country", "another rule language", "geo.country"},
    {"country_code", "another rule language", "geo.country"},
    {"geo.country_code", "another rule language", "geo.country"},
    {"geo.country_iso", "another rule language", "geo.country"},
    {"geo.iso_code", "another rule language", "geo.country"},
    {"geo.code", "another rule language", "geo.country"},
    {"geo.as_number", "another rule language", "geo.asn"},
    {"geo.as", "another rule language", "geo.asn"},
    {"hostname", "another rule language", "host"},
    {"domain", "another rule language", "host"},
    {"request_path", "another rule language", "path"},
    {"uri_path", "another rule language", "path"},
    {"url_path", "another rule language", "path"},
    {"url", "another rule language", "uri"},
    {"verb", "another rule language", "method"},
    {"protocol", "another rule language", "scheme"},
    {"status", "another rule language", "response.status"},
    {"status_code", "another rule language", "response.status"},
    {"headers", "another rule language", "header"},
    {"cookies", "another rule language", "cookie"},
    {"request.ip", "another rule language", "client.ip"},
    {"client.addr", "another rule language", "client.ip"},
    {"client.address", "another rule language", "client.ip"},
    {"response.headers", "another rule language", "response.header"},
    {"request.headers", "another rule language", "header"},
    {"request.cookies", "another rule language", "cookie"},
    {"http.request.headers", "Cloudflare Rules", "header"},
    {"http.response.headers", "Cloudflare Rules", "response.header"},
    {"ctx.request.path", "another rule language", "path"},
    {"ctx.request.host", "another rule language", "host"},
    {"ctx.request.method", "another rule language", "method"},
    {"ctx.path", "another rule language", "path"},
    {"response.code", "another rule language", "response.status"},
    {"response.content_type", "another rule language", "response.media_type"},
    {"response.mime", "another rule language", "response.media_type"},
    {"response.type", "another rule language", "response.media_type"},
    {"response.status_code", "another rule language", "response.status"},
    {"request.path", "another rule language", "path"},
    {"request.host", "another rule language", "host"},
    {"request.method", "another rule language", "method"},
    {"request.uri", "another rule language", "uri"},
    {"request.url", "another rule language", "uri"},
    {"request.query", "another rule language", "query"},
    {"request.scheme", "another rule language", "scheme"},
    {"request_uri", "nginx", "uri"},
    {"request_method", "nginx", "method"},
    {"remote_addr", "nginx", "client.ip"},
    {"query_string", "nginx", "raw_query"},
    {"http_user_agent", "nginx", "header[\"User-Agent\"]"},
    {"http_referer", "nginx", "header[\"Referer\"]"},
    {"http_host", "nginx", "host"},
    {"server_name", "nginx", "host"},
    {"REQUEST_URI", "Apache", "uri"},
    {"REQUEST_METHOD", "Apache", "method"},
    {"HTTP_HOST", "Apache", "host"},
    {"HTTP_USER_AGENT", "Apache", "header[\"User-Agent\"]"},
    {"HTTP_REFERER", "Apache", "header[\"Referer\"]"},
    {"HTTPS", "Apache", "scheme == \"https\""},
    {"QUERY_STRING", "Apache", "raw_query"},
    {"REMOTE_ADDR", "Apache", "client.ip"},
});

/// Prefixes after which a header's or a cookie's name follows.
constexpr auto kRenamedPrefixes = std::to_array<Renamed>({
    {"req.http.", "VCL", "header"},
    {"bereq.http.", "VCL", "header"},
    {"beresp.http.", "VCL", "response.header"},
    {"resp.http.", "VCL", "response.header"},
    {"obj.http.", "VCL", "response.header"},
    {"http.request.headers.", "Cloudflare Rules", "header"},
    {"http.response.headers.", "Cloudflare Rules", "response.header"},
    {"http.request.cookies.", "Cloudflare Rules", "cookie"},
    {"request.headers.", "another rule language", "header"},
    {"request.header.", "another rule language", "header"},
    {"request.cookies.", "another rule language", "cookie"},
    {"ctx.request.headers.", "another rule language", "header"},
    {"header.", "another rule language", "header"},
    {"headers.", "another rule language", "header"},
    {"cookies.", "another rule language", "cookie"},
    {"cookie.", "another rule language", "cookie"},
    {"query.", "another rule language", "query"},
    {"response.header.", "another rule language", "response.header"},
    {"response.headers.", "another rule language", "response.header"},
    {"http_", "nginx", "header"},
    {"arg_", "nginx", "query"},
    {"cookie_", "nginx", "cookie"},
});

struct Word {
  std::string_view word;
  LeftOut answer;
};

constexpr LeftOut kNoJump{"there is no jump from rule to rule",
                          "rules are tried in order; `forward` skips all later ones, a group shares a condition"};
constexpr LeftOut kNoIf{
    "there is no `if`",
    "write a rule with `when CONDITION;` before its actions, or `choose { CONDITION => VALUE; else => VALUE; }`"};
constexpr LeftOut kNoRestart{"there is no restart and no fail-over between origins",
                             "the platform's last proxy owns them; `origin \"name\"` picks an alternate origin"};
constexpr LeftOut kNoCache{"there are no caching verbs",
                           "caching belongs to another proxy of the chain; set `response.header[\"Cache-Control\"]`"};
constexpr LeftOut kNoRewrite{
    "there is no `rewrite`",
    "send the client on with `redirect 301 \"…\"`, or change what is forwarded with `set path = \"…\"`"};
constexpr LeftOut kNoErrorPage{
    "there is no `error_page`",
    "write a `response rule` with `when response.status == 404;` and `respond 404 { body file \"…\"; }`"};
constexpr LeftOut kNoFiles{
    "there are no file tests",
    "what can be answered is decided from the message alone; `origin \"name\"` picks another origin"};
constexpr LeftOut kNoBody{"request bodies are not read", "decide from method, path, headers, cookies and query"};
constexpr LeftOut kNoConcurrency{"there are no limits on concurrent connections in rules",
                                 "`settings { limits { connections_per_peer 100; } }` bounds them for every client"};
constexpr LeftOut kNoChallenge{"there are no challenge pages",
                               "`deny`, or answer with a page of your own: `respond 403 { body file \"…\"; }`"};
constexpr LeftOut kSayWhen{"a rule's condition is called `when`", "write `when path == \"/old\";` before the actions"};
constexpr LeftOut kNoAction{"an action is written by its name alone",
                            "write `deny;`, `redirect 301 \"/new\";` or another one"};
constexpr LeftOut kSayDeny{"this action is called `deny`", "write `deny;` or `deny 403;`"};
constexpr LeftOut kSayForward{"this action is called `forward`", "write `forward;`: stop here and send the message on"};
constexpr LeftOut kSayRespond{"this action is called `respond`", "write `respond 200 { body \"…\"; }`"};
constexpr LeftOut kSayRedirect{"this action is called `redirect`", "write `redirect 301 \"/new\";`"};
constexpr LeftOut kSaySet{"headers are changed with `set`, `add` and `unset`",
                          "write `set header[\"Name\"] = \"value\";`, or `response.header` for the response"};
constexpr LeftOut kSayUnset{"headers are removed with `unset`",
                            "write `unset header[\"Name\"];`, or `response.header` for the response"};
constexpr LeftOut kSayOrigin{"the next hop is fixed by the platform",
                             "`origin \"name\"` picks an alternate origin at the platform's last proxy"};

constexpr LeftOut kSayDryRun{"a rule on trial says `dry_run`",
                             "write `dry_run;` beside the `when`s: it is counted and logged, and does nothing"};
constexpr LeftOut kSaySince{"a rule's first moment is called `since`", "write `since \"2026-11-27T00:00:00Z\";`"};
constexpr LeftOut kSayUntil{"a rule's last moment is called `until`", "write `until \"2026-12-24T00:00:00Z\";`"};
constexpr LeftOut kSayOver{"a limit is asked with `over`",
                           "declare `limit name { key client.ip; rate 10/s; }` at the top and write `over name;` here"};
constexpr LeftOut kSayLet{"a value with a name is a `let`", "write `let name = …;`"};

constexpr auto kLeftOut = std::to_array<Word>({
    {"restart", kNoRestart},
    {"retry", kNoRestart},
    {"failover", kNoRestart},
    {"director", kNoRestart},
    {"pass", kNoCache},
    {"hash", kNoCache},
    {"hash_data", kNoCache},
    {"lookup", kNoCache},
    {"purge", kNoCache},
    {"cache", kNoCache},
    {"esi", kNoCache},
    {"deliver", kSayForward},
    {"rewrite", kNoRewrite},
    {"rewrite_rule", kNoRewrite},
    {"uri_replace", kNoRewrite},
    {"if", kNoIf},
    {"elif", kNoIf},
    {"elsif", kNoIf},
    {"elseif", kNoIf},
    {"unless", kNoIf},
    {"switch", kNoIf},
    {"goto", kNoJump},
    {"jump", kNoJump},
    {"skip", kNoJump},
    {"break", kNoJump},
    {"last", kNoJump},
    {"next", kNoJump},
    {"call", kNoJump},
    {"goto_rule", kNoJump},
    {"error_page", kNoErrorPage},
    {"try_files", kNoFiles},
    {"file_exists", kNoFiles},
    {"root", kNoFiles},
    {"alias", kNoFiles},
    {"request_body", kNoBody},
    {"body_contains", kNoBody},
    {"limit_conn", kNoConcurrency},
    {"challenge", kNoChallenge},
    {"js_challenge", kNoChallenge},
    {"captcha", kNoChallenge},
    {"managed_challenge", kNoChallenge},
    {"match", kSayWhen},
    {"matches", kSayWhen},
    {"condition", kSayWhen},
    {"where", kSayWhen},
    {"filter", kSayWhen},
    {"action", kNoAction},
    {"actions", kNoAction},
    {"then", kNoAction},
    {"do", kNoAction},
    {"status", kSayRespond},
    {"body", kSayRespond},
    {"url", kSayRedirect},
    {"block", kSayDeny},
    {"reject", kSayDeny},
    {"forbid", kSayDeny},
    {"abort", {"this action is called `drop`", "write `drop;`: close without an answer"}},
    {"allow_request", kSayForward},
    {"pass_through", kSayForward},
    {"proceed", kSayForward},
    {"permit", kSayForward},
    {"log_only", kSayDryRun},
    {"monitor", kSayDryRun},
    {"simulate", kSayDryRun},
    {"dryrun", kSayDryRun},
    {"test_mode", kSayDryRun},
    {"count", kSayDryRun},
    {"after", kSaySince},
    {"from_time", kSaySince},
    {"starts", kSaySince},
    {"before", kSayUntil},
    {"ends", kSayUntil},
    {"expires", kSayUntil},
    {"ratelimit", kSayOver},
    {"rate_limit", kSayOver},
    {"limit_req", kSayOver},
    {"throttle", kSayOver},
    {"var", kSayLet},
    {"define", kSayLet},
    {"continue", kSayForward},
    {"accept", kSayForward},
    {"return",
     {"there is no `return`", "write `respond 200 { body \"…\"; }`, `redirect 301 \"…\"`, `deny` or `forward`"}},
    {"error", kSayRespond},
    {"synthetic", kSayRespond},
    {"synth", kSayRespond},
    {"http_response", kSayRespond},
    {"answer", kSayRespond},
    {"redirect_permanent", kSayRedirect},
    {"redir", kSayRedirect},
    {"location", kSayRedirect},
    {"add_header", kSaySet},
    {"set_header", kSaySet},
    {"proxy_set_header", kSaySet},
    {"more_set_headers", kSaySet},
    {"request_header", kSaySet},
    {"response_header", kSaySet},
    {"header", kSaySet},
    {"header_up", kSaySet},
    {"header_down", kSaySet},
    {"remove", kSayUnset},
    {"remove_header", kSayUnset},
    {"del_header", kSayUnset},
    {"delete", kSayUnset},
    {"proxy_hide_header", kSayUnset},
    {"proxy_pass", kSayOrigin},
    {"reverse_proxy", kSayOrigin},
    {"backend", kSayOrigin},
    {"use_backend", kSayOrigin},
    {"upstream", kSayOrigin},
});

constexpr std::string_view kCountries =
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ "
    "CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR "
    "GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO "
    "JP "
    "KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS "
    "MT MU MV MW MX MY MZ "
    "NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW "
    "SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ "
    "UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW XK XX T1 A1 A2 AP EU";

std::string header_spelling(std::string_view name) {
  std::string out;
  bool upper = true;
  for (const char c : name) {
    const bool lower = c >= 'a' && c <= 'z';
    out.push_back(c == '_' ? '-' : upper && lower ? static_cast<char>(c - 'a' + 'A') : c);
    upper = c == '_' || c == '-';
  }
  return out;
}

}  // namespace

bool is_field_root(std::string_view name) {
  for (const FieldInfo& field : kFields) {
    if (field.name.substr(0, field.name.find('.')) == name) return true;
  }
  return false;
}

std::string fields_below(std::string_view root) {
  std::string out;
  int count = 0;
  for (const FieldInfo& field : kFields) {
    if (!field.name.starts_with(root) || (field.name.size() > root.size() && field.name[root.size()] != '.')) continue;
    if (++count > 6) return out + " …";
    out += (out.empty() ? "`" : ", `") + std::string(field.name) + "`";
  }
  return out;
}

ForeignAnswer foreign_path(std::string_view name) {
  for (const Renamed& known : kRenamed) {
    if (known.theirs == name) return {std::string(known.language), std::string(known.ours), {}};
  }
  for (const Renamed& known : kRenamedPrefixes) {
    if (!name.starts_with(known.theirs) || name.size() == known.theirs.size()) continue;
    const std::string_view rest = name.substr(known.theirs.size());
    if (rest == "all" || rest == "names" || rest == "values") continue;
    const bool header = known.ours.ends_with("header");
    return {std::string(known.language),
            std::string(known.ours) + "[\"" + (header ? header_spelling(rest) : std::string(rest)) + "\"]",
            {}};
  }
  // `request.header`, `resp.header`: a field of ours behind the name of its message.
  for (const std::string_view prefix : {"request.", "req.", "ctx.request.", "resp.", "res."}) {
    if (!name.starts_with(prefix)) continue;
    const std::string_view rest = name.substr(prefix.size());
    const bool response = prefix == "resp." || prefix == "res.";
    const std::string ours = (response ? "response." : "") + std::string(rest == "headers"   ? "header"
                                                                         : rest == "cookies" ? "cookie"
                                                                                             : rest);
    for (const FieldInfo& field : kFields) {
      if (field.name == ours || (response && ours == "response.cookie")) return {"another rule language", ours, {}};
    }
  }
  if (name.starts_with("cf."))
    return {"Cloudflare Rules",
            {},
            "fields of bot management and threat scores are not there; lists of user agents and addresses are"};
  if (name.starts_with("req.backend"))
    return {"VCL", {}, "the next hop is fixed; `origin \"name\"` picks an alternate origin"};
  if (name.starts_with("beresp.") || name.starts_with("obj."))
    return {"VCL", {}, "caching belongs to another proxy of the chain; set `response.header[\"Cache-Control\"]`"};
  if (name == "http.request.body.raw" || name.starts_with("http.request.body"))
    return {"Cloudflare Rules", {}, "request bodies are not read"};
  return {};
}

const LeftOut* left_out(std::string_view word) {
  for (const Word& known : kLeftOut) {
    if (known.word == word) return &known.answer;
  }
  return nullptr;
}

const LeftOut* left_out_value(std::string_view name) {
  static constexpr LeftOut kNoBots{"there are no fields of verified bots",
                                   "a bot is known by its addresses and its name: `client.ip in bots` with a `list "
                                   "bots: cidr`, and `header[\"User-Agent\"]`"};
  static constexpr auto kValues = std::to_array<Word>({{"body", kNoBody},
                                                       {"request_body", kNoBody},
                                                       {"request.body", kNoBody},
                                                       {"req.body", kNoBody},
                                                       {"body_contains", kNoBody},
                                                       {"verified_bot", kNoBots},
                                                       {"is_verified_bot", kNoBots},
                                                       {"client.bot", kNoBots},
                                                       {"is_bot", kNoBots},
                                                       {"bot.verified", kNoBots},
                                                       {"file_exists", kNoFiles},
                                                       {"exists_file", kNoFiles},
                                                       {"is_file", kNoFiles},
                                                       {"is_dir", kNoFiles},
                                                       {"file.exists", kNoFiles}});
  for (const Word& known : kValues) {
    if (known.word == name) return &known.answer;
  }
  return nullptr;
}

bool is_cookie_attribute(std::string_view word) {
  constexpr auto kWords = std::to_array<std::string_view>(
      {"secure", "http_only", "httponly", "partitioned", "same_site", "samesite", "max_age", "domain"});
  return std::find(kWords.begin(), kWords.end(), word) != kWords.end();
}

std::string with_article(Type type) {
  return (type == Type::integer || type == Type::ip ? "an " : "a ") + std::string(name_of(type));
}

bool is_token(std::string_view text) {
  if (text.empty()) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

bool is_country(std::string_view code) {
  if (code.size() != 2) return false;
  for (std::size_t at = 0; at + 2 <= kCountries.size(); at += 3) {
    if (kCountries.substr(at, 2) == code) return true;
  }
  return false;
}

std::string longer_prefix(std::string_view text) {
  const std::size_t slash = text.find('/');
  const bool v6 = text.find(':') != std::string_view::npos;
  const unsigned step = v6 ? 16 : 8;
  const unsigned most = v6 ? 112 : 24;
  const CidrResult given = parse_cidr(text);
  if (slash == std::string_view::npos || given.error != CidrError::host_bits_set) return {};
  const unsigned bits = v6 ? given.cidr.bits : given.cidr.bits - 96U;
  for (unsigned tried = bits / step * step + step; tried <= most; tried += step) {
    const std::string longer = std::string(text.substr(0, slash + 1)) + std::to_string(tried);
    if (parse_cidr(longer).error == CidrError::none) return longer;
  }
  return {};
}

std::string_view host_before_path(std::string_view text) {
  constexpr auto kFiles = std::to_array<std::string_view>(
      {"html", "htm",  "php",  "js",   "mjs", "css", "map", "png", "jpg", "jpeg", "gif",  "svg",
       "webp", "ico",  "woff", "txt",  "xml", "rss", "csv", "pdf", "zip", "gz",   "tar",  "bak",
       "sql",  "json", "asp",  "aspx", "jsp", "cgi", "env", "ini", "yml", "yaml", "conf", "log"});
  const std::string_view host = text.substr(0, text.find_first_of("/?"));
  const std::size_t dot = host.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || host.size() > 253) return {};
  const std::string_view last = host.substr(dot + 1);
  const bool letters = last.size() >= 2 && std::all_of(last.begin(), last.end(), [](char c) {
                         return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
                       });
  const bool file = std::find(kFiles.begin(), kFiles.end(), last) != kFiles.end();
  const bool several = host.find('.') != dot || host.size() < text.size();
  return letters && !file && several && canonical_host_literal(host) ? host : std::string_view{};
}

}  // namespace sprx
