// Response cookies: their values, their attributes, and what browsers make of both together (RFC 6265bis). A browser
// drops a cookie that breaks its rules without a word, so each of them is an error here.
#include <algorithm>
#include <ctime>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include "compiler/checker.h"
#include "compiler/literals.h"
#include "compiler/table/header_list.h"
#include "compiler/words.h"

namespace sprx {

namespace {

/// Bytes of name and value together, and of one attribute, that browsers take (RFC 6265bis 5.6).
constexpr std::size_t kMostCookieBytes = 4'096;
constexpr std::size_t kMostAttributeBytes = 1'024;
constexpr std::int64_t kSecond = 1'000'000;

constexpr std::string_view kAttributes =
    "`max_age 30d;`, `expires \"2027-01-01T00:00:00Z\";`, `path \"/\";`, `domain \"x.org\";`, `secure;`, `http_only;`, "
    "`same_site strict|lax|none;` and `partitioned;`";

std::string encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    out += is_cookie_octet(c) ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

bool has_prefix(std::string_view name, std::string_view prefix) {
  return name.size() >= prefix.size() && equal_nocase(name.substr(0, prefix.size()), prefix);
}

/// Whether text behind the `;` of a value begins with an attribute's name as it is sent (RFC 6265 section 4.1).
bool is_attribute(std::string_view text) {
  constexpr auto kSent = std::to_array<std::string_view>(
      {"Secure", "HttpOnly", "SameSite", "Max-Age", "Expires", "Domain", "Path", "Partitioned", "Priority"});
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  return std::any_of(kSent.begin(), kSent.end(),
                     [&](std::string_view name) { return equal_nocase(text.substr(0, name.size()), name); });
}

}  // namespace

/// The attributes of one cookie as they are written, in that order, and the ones that rules speak of.
struct Checker::Attributes {
  std::string text;
  std::map<std::string, Span> given;
  std::string path;
  bool none = false;  ///< same_site none

  [[nodiscard]] bool has(const std::string& name) const { return given.contains(name); }
};

bool Checker::cookie(const ast::Action& a, const std::string& name, Action& out) {
  Attributes attributes;
  bool good = out.value != kNoExpr && cookie_value(*a.assigned, out.value);
  if (good && pool()[out.value].op == Op::text) {
    const std::size_t size = name.size() + pool().strings.view(StrId{pool()[out.value].a}).size();
    if (size > kMostCookieBytes) {
      report(Kind::bad_cookie, a.assigned->span,
             fmt::format("name and value of this cookie are {} bytes, browsers take {}", size, kMostCookieBytes))
          .help("keep what is long at the origin and give the browser a key to it");
      good = false;
    }
  }
  if (a.block) {
    for (const ast::Action& entry : a.block->actions) good = cookie_attribute(entry, attributes) && good;
  }
  if (!good || !cookie_rules(a, name, attributes)) return false;
  if (!attributes.text.empty()) out.attributes = pool().strings.intern(attributes.text);
  return true;
}

std::vector<CookieAttribute> Checker::cookie_attributes(const ast::Block& block) {
  constexpr std::string_view kBetween = "; ";
  Attributes attributes;
  std::vector<CookieAttribute> out;
  for (const ast::Action& entry : block.actions) {
    attributes.text.clear();
    if (cookie_attribute(entry, attributes)) out.push_back({attributes.text.substr(kBetween.size()), entry.span});
  }
  return out;
}

bool Checker::cookie_value(const ast::Expr& e, ExprId value) {
  const Expr known = pool()[value];
  if (known.op == Op::text) return cookie_piece(e, pool().strings.view(StrId{known.a}), true);
  if (known.op != Op::concat) return true;
  for (const ExprId part : pool().list(known)) {
    const Expr& piece = pool()[part];
    if (piece.op == Op::text && !cookie_piece(e, pool().strings.view(StrId{piece.a}), false)) return false;
  }
  return true;
}

bool Checker::cookie_piece(const ast::Expr& e, std::string_view text, bool whole) {
  std::string_view inner = text;
  if (whole && inner.size() >= 2 && inner.starts_with('"') && inner.ends_with('"'))
    inner = inner.substr(1, inner.size() - 2);
  const auto bad = std::find_if_not(inner.begin(), inner.end(), is_cookie_octet);
  if (bad == inner.end()) return true;
  const bool shown = *bad > ' ' && *bad < '\x7F';
  const bool attributes =
      whole && *bad == ';' && is_attribute(inner.substr(static_cast<std::size_t>(bad - inner.begin()) + 1));
  report(Kind::bad_cookie, e.span,
         shown         ? fmt::format("the value of a cookie cannot hold `{}`", *bad)
         : *bad == ' ' ? std::string("the value of a cookie cannot hold blanks")
                       : std::string("the value of a cookie holds ASCII only, without control characters"))
      .help(attributes
                ? "attributes stand in a block behind the value: `= \"" + std::string(inner.begin(), bad) +
                      "\" { secure; http_only; }`"
                : "percent-encode it: `" + encoded(inner) + "`; values that are put in are encoded by themselves");
  return false;
}

bool Checker::cookie_attribute(const ast::Action& a, Attributes& out) {
  const std::string& word = a.word.text;
  if (!a.word.known()) return false;
  const auto [first, fresh] = out.given.emplace(word, a.word.span);
  if (!fresh) {
    report(Kind::duplicate_option, a.word.span, "`" + word + "` is given twice")
        .label(first->second, "given here first")
        .help("leave one of them out");
    return false;
  }
  if (word == "secure" || word == "http_only" || word == "partitioned") {
    out.text += word == "secure" ? "; Secure" : word == "http_only" ? "; HttpOnly" : "; Partitioned";
    return shape(a, 0, 0, false, false, word + ";");
  }
  if (word == "max_age" || word == "expires") return cookie_age(a, out);
  if (word == "same_site") return cookie_site(a, out);
  if (word == "path") {
    if (!cookie_text(a, &out.path)) return false;
    const bool fits =
        std::all_of(out.path.begin(), out.path.end(), [](char c) { return c >= ' ' && c < '\x7F' && c != ';'; });
    if (!out.path.starts_with('/') || !fits || out.path.size() > kMostAttributeBytes) {
      report(Kind::bad_attribute, a.arguments[0].span,
             out.path.size() > kMostAttributeBytes ? fmt::format("browsers take {} bytes of an attribute, this has {}",
                                                                 kMostAttributeBytes, out.path.size())
             : fits                                ? std::string("the path of a cookie begins with `/`")
                    : std::string("the path of a cookie is ASCII without `;` and control characters"))
          .help("write `path \"/\";` for the whole site");
      return false;
    }
    out.text += "; Path=" + out.path;
    return true;
  }
  if (word == "domain") {
    std::string domain;
    if (!cookie_text(a, &domain)) return false;
    const std::optional<std::string> canonical =
        canonical_host_literal(domain.starts_with('.') ? domain.substr(1) : domain);
    if (!canonical || *canonical != domain || domain.find('.') == std::string::npos || parse_ip(domain)) {
      Diagnostic& d = report(Kind::bad_attribute, a.arguments[0].span, "`" + domain + "` is no domain of a cookie");
      if (canonical && *canonical != domain) {
        d.help("write `domain \"" + *canonical + "\";`; it is sent to that name and all below it");
      } else {
        d.help("write the name of a site, `domain \"example.com\";`; without it the cookie is for this host only");
      }
      return false;
    }
    out.text += "; Domain=" + domain;
    return true;
  }
  Diagnostic& d = report(Kind::unknown_option, a.word.span, "`" + word + "` is no attribute of a cookie");
  const std::vector<std::string_view> names{"max_age", "expires",   "path",      "domain",
                                            "secure",  "http_only", "same_site", "partitioned"};
  if (const std::string near(similar(word, names)); !near.empty()) {
    d.help("an attribute with a similar name exists: `" + near + "`").fix(a.word.span, near, false);
  } else {
    d.help("in its block stand " + std::string(kAttributes));
  }
  return false;
}

bool Checker::cookie_text(const ast::Action& a, std::string* out) {
  const std::string usage = a.word.text == "path" ? "path \"/\";" : "domain \"example.com\";";
  if (!shape(a, 1, 1, false, false, usage)) return false;
  if (!plain(a.arguments[0], "this attribute") || !check_escapes(a.arguments[0])) return false;
  *out = a.arguments[0].plain_text();
  return true;
}

bool Checker::cookie_age(const ast::Action& a, Attributes& out) {
  const bool age = a.word.text == "max_age";
  if (!shape(a, 1, 1, false, false, age ? "max_age 30d;" : "expires \"2027-01-01T00:00:00Z\";")) return false;
  const ast::Expr& e = a.arguments[0];
  if (e.is(ast::Expr::Kind::error)) return false;
  if (!age) {
    if (!plain(e, "a time") || !check_escapes(e)) return false;
    const std::optional<std::int64_t> time = parse_time(e.plain_text());
    if (!time) {
      report(Kind::bad_time, e.span, "`" + e.plain_text() + "` is no time")
          .help("times are RFC 3339 with an offset: `\"2027-01-01T00:00:00Z\"`");
      return false;
    }
    out.text +=
        fmt::format("; Expires={:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(static_cast<std::time_t>(*time / kSecond)));
    return true;
  }
  const std::optional<std::int64_t> micros = e.is(ast::Expr::Kind::measure) ? parse_duration(sources_.text(e.span))
                                             : e.is(ast::Expr::Kind::integer) && e.number == 0
                                                 ? std::optional<std::int64_t>(0)
                                                 : std::nullopt;
  if (!micros || *micros % kSecond != 0) {
    Diagnostic& d = report(Kind::bad_attribute, e.span, "`max_age` is a time in whole seconds with its unit");
    d.help(e.is(ast::Expr::Kind::integer) ? "write `max_age " + std::string(sources_.text(e.span)) + "s;`"
                                          : "write `max_age 30d;`, or `max_age 0s;` to remove the cookie");
    return false;
  }
  out.text += fmt::format("; Max-Age={}", *micros / kSecond);
  return true;
}

bool Checker::cookie_site(const ast::Action& a, Attributes& out) {
  constexpr std::string_view kUsage = "same_site lax;";
  if (!shape(a, 1, 1, false, false, kUsage)) return false;
  const ast::Expr& e = a.arguments[0];
  const std::string text = e.is(ast::Expr::Kind::path) ? e.text : e.is_plain_string() ? e.plain_text() : std::string();
  for (const auto& [word, written] :
       {std::pair("strict", "Strict"), std::pair("lax", "Lax"), std::pair("none", "None")}) {
    if (text != word || !e.is(ast::Expr::Kind::path)) continue;
    out.text += std::string("; SameSite=") + written;
    out.none = text == "none";
    return true;
  }
  if (e.is(ast::Expr::Kind::error)) return false;
  report(Kind::bad_attribute, e.span, "`same_site` is `strict`, `lax` or `none`")
      .help("write `" + std::string(kUsage) + "`");
  return false;
}

bool Checker::cookie_rules(const ast::Action& a, const std::string& name, const Attributes& given) {
  const Span where = a.arguments[0].children[1].span;
  const bool host = has_prefix(name, "__Host-");
  std::string fault;
  if ((host || has_prefix(name, "__Secure-")) && !given.has("secure")) {
    fault = "a name that begins with `" + std::string(host ? "__Host-" : "__Secure-") + "` wants `secure`";
  } else if (host && given.path != "/") {
    fault = "a name that begins with `__Host-` wants `path \"/\"`";
  } else if (host && given.has("domain")) {
    fault = "a name that begins with `__Host-` wants no `domain`";
  }
  if (!fault.empty()) {
    report(Kind::bad_cookie, where, fault + ", browsers drop it otherwise")
        .help(host ? "write `{ path \"/\"; secure; }`, without `domain`" : "write `{ secure; }`");
    return false;
  }
  for (const std::string& word : {std::string("same_site"), std::string("partitioned")}) {
    const bool wants = word == "same_site" ? given.none : given.has(word);
    if (!wants || given.has("secure")) continue;
    report(Kind::bad_cookie, given.given.at(word),
           "`" + word + (word == "same_site" ? " none" : "") + "` wants `secure`, browsers drop the cookie otherwise")
        .help("add `secure;`");
    return false;
  }
  return true;
}

}  // namespace sprx
