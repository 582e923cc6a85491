// Response cookies: their values, their attributes, and what browsers make of both together (RFC 6265bis). A browser
// drops a cookie that breaks its rules without a word, so each of them is an error here.
#include <algorithm>
#include <ctime>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <limits>

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

/// One cookie while it is read, with the attributes that rules speak of.
struct Checker::CookieReader {
  Checker& c;
  std::string attributes;             ///< as they are sent, in the order of the source
  std::map<std::string, Span> given;  ///< by their words
  std::string path;
  bool same_site_none = false;

  bool value(const ast::Expr& e, ExprId id);
  bool piece(const ast::Expr& e, std::string_view text, bool whole);
  bool attribute(const ast::Action& a);
  bool age(const ast::Action& a);
  bool site(const ast::Action& a);
  bool path_attribute(const ast::Action& a);
  bool domain(const ast::Action& a);
  bool text(const ast::Action& a, std::string* out);
  /// What browsers want of the name and the attributes together.
  bool rules(const ast::Action& a, const std::string& name);
  Diagnostic& report(Kind kind, Span where, std::string message) { return c.report(kind, where, std::move(message)); }
};

bool Checker::cookie(const ast::Action& a, const std::string& name, Action& out) {
  CookieReader reader{*this, {}, {}, {}, false};
  bool good = out.value != kNoExpr && reader.value(*a.assigned, out.value);
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
    for (const ast::Action& entry : a.block->actions) good = reader.attribute(entry) && good;
  }
  if (!good || !reader.rules(a, name)) return false;
  if (!reader.attributes.empty()) out.attributes = pool().strings.intern(reader.attributes);
  return true;
}

std::vector<CookieAttribute> Checker::cookie_attributes(const ast::Block& block) {
  constexpr std::string_view kBetween = "; ";
  CookieReader reader{*this, {}, {}, {}, false};
  std::vector<CookieAttribute> out;
  for (const ast::Action& entry : block.actions) {
    reader.attributes.clear();
    if (reader.attribute(entry)) out.push_back({reader.attributes.substr(kBetween.size()), entry.span});
  }
  return out;
}

bool Checker::CookieReader::value(const ast::Expr& e, ExprId id) {
  const Expr known = c.pool()[id];
  if (known.op == Op::text) return piece(e, c.pool().strings.view(StrId{known.a}), true);
  if (known.op != Op::concat) return true;
  for (const ExprId part : c.pool().list(known)) {
    const Expr& text = c.pool()[part];
    if (text.op == Op::text && !piece(e, c.pool().strings.view(StrId{text.a}), false)) return false;
  }
  return true;
}

bool Checker::CookieReader::piece(const ast::Expr& e, std::string_view text, bool whole) {
  std::string_view inner = text;
  if (whole && inner.size() >= 2 && inner.starts_with('"') && inner.ends_with('"'))
    inner = inner.substr(1, inner.size() - 2);
  const auto bad = std::find_if_not(inner.begin(), inner.end(), is_cookie_octet);
  if (bad == inner.end()) return true;
  const bool shown = *bad > ' ' && *bad < '\x7F';
  const bool more =
      whole && *bad == ';' && is_attribute(inner.substr(static_cast<std::size_t>(bad - inner.begin()) + 1));
  report(Kind::bad_cookie, e.span,
         shown         ? fmt::format("the value of a cookie cannot hold `{}`", *bad)
         : *bad == ' ' ? std::string("the value of a cookie cannot hold blanks")
                       : std::string("the value of a cookie holds ASCII only, without control characters"))
      .help(more ? "attributes stand in a block behind the value: `= \"" + std::string(inner.begin(), bad) +
                       "\" { secure; http_only; }`"
                 : "percent-encode it: `" + encoded(inner) + "`; values that are put in are encoded by themselves");
  return false;
}

bool Checker::CookieReader::attribute(const ast::Action& a) {
  const std::string& word = a.word.text;
  if (!a.word.known()) return false;
  const auto [first, fresh] = given.emplace(word, a.word.span);
  if (!fresh) {
    report(Kind::duplicate_option, a.word.span, "`" + word + "` is given twice")
        .label(first->second, "given here first")
        .help("leave one of them out");
    return false;
  }
  if (word == "secure" || word == "http_only" || word == "partitioned") {
    attributes += word == "secure" ? "; Secure" : word == "http_only" ? "; HttpOnly" : "; Partitioned";
    return c.shape(a, 0, 0, false, false, word + ";");
  }
  if (word == "max_age" || word == "expires") return age(a);
  if (word == "same_site") return site(a);
  if (word == "path") return path_attribute(a);
  if (word == "domain") return domain(a);
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

bool Checker::CookieReader::path_attribute(const ast::Action& a) {
  if (!text(a, &path)) return false;
  const bool fits =
      std::all_of(path.begin(), path.end(), [](char byte) { return byte >= ' ' && byte < '\x7F' && byte != ';'; });
  if (!path.starts_with('/') || !fits || path.size() > kMostAttributeBytes) {
    report(Kind::bad_attribute, a.arguments[0].span,
           path.size() > kMostAttributeBytes
               ? fmt::format("browsers take {} bytes of an attribute, this has {}", kMostAttributeBytes, path.size())
           : fits ? std::string("the path of a cookie begins with `/`")
                  : std::string("the path of a cookie is ASCII without `;` and control characters"))
        .help("write `path \"/\";` for the whole site");
    return false;
  }
  attributes += "; Path=" + path;
  return true;
}

bool Checker::CookieReader::domain(const ast::Action& a) {
  std::string name;
  if (!text(a, &name)) return false;
  const std::optional<std::string> canonical = canonical_host_literal(name.starts_with('.') ? name.substr(1) : name);
  if (!canonical || *canonical != name || name.find('.') == std::string::npos || parse_ip(name)) {
    Diagnostic& d = report(Kind::bad_attribute, a.arguments[0].span, "`" + name + "` is no domain of a cookie");
    if (canonical && *canonical != name) {
      d.help("write `domain \"" + *canonical + "\";`; it is sent to that name and all below it");
    } else {
      d.help("write the name of a site, `domain \"example.com\";`; without it the cookie is for this host only");
    }
    return false;
  }
  attributes += "; Domain=" + name;
  return true;
}

bool Checker::CookieReader::text(const ast::Action& a, std::string* out) {
  const std::string usage = a.word.text == "path" ? "path \"/\";" : "domain \"example.com\";";
  if (!c.shape(a, 1, 1, false, false, usage)) return false;
  if (!c.plain(a.arguments[0], "this attribute") || !c.check_escapes(a.arguments[0])) return false;
  *out = a.arguments[0].plain_text();
  return true;
}

bool Checker::CookieReader::age(const ast::Action& a) {
  const bool age = a.word.text == "max_age";
  if (!c.shape(a, 1, 1, false, false, age ? "max_age 30d;" : "expires \"2027-01-01T00:00:00Z\";")) return false;
  const ast::Expr& e = a.arguments[0];
  if (e.is(ast::Expr::Kind::error)) return false;
  if (!age) {
    if (!c.plain(e, "a time") || !c.check_escapes(e)) return false;
    const std::optional<std::int64_t> time = parse_time(e.plain_text());
    if (!time) {
      const std::string text = e.plain_text();
      const bool past = text.find("1970") != std::string::npos || text == "0" || text == "-1" || text.empty();
      report(Kind::bad_time, e.span, "`" + text + "` is no time")
          .help(past ? "a cookie is removed with `max_age 0s;`"
                     : "times are RFC 3339 with an offset: `\"2027-01-01T00:00:00Z\"`");
      return false;
    }
    attributes +=
        fmt::format("; Expires={:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(static_cast<std::time_t>(*time / kSecond)));
    return true;
  }
  const std::optional<std::int64_t> micros = e.is(ast::Expr::Kind::measure) ? parse_duration(c.sources_.text(e.span))
                                             : e.is(ast::Expr::Kind::integer) && e.number == 0
                                                 ? std::optional<std::int64_t>(0)
                                                 : std::nullopt;
  if (micros == std::numeric_limits<std::int64_t>::max()) {
    report(Kind::bad_attribute, e.span, "`max_age` is longer than any time there is")
        .help("browsers keep a cookie for 400 days at most: `max_age 400d;`");
    return false;
  }
  if (!micros || *micros % kSecond != 0) {
    Diagnostic& d = report(Kind::bad_attribute, e.span, "`max_age` is a time in whole seconds with its unit");
    const bool removes = (e.is(ast::Expr::Kind::integer) && e.number <= 0) ||
                         (e.is_plain_string() && (e.plain_text() == "0" || e.plain_text() == "-1"));
    d.help(removes                          ? "a cookie is removed with `max_age 0s;`"
           : e.is(ast::Expr::Kind::integer) ? "write `max_age " + std::string(c.sources_.text(e.span)) + "s;`"
                                            : "write `max_age 30d;`, or `max_age 0s;` to remove the cookie");
    return false;
  }
  attributes += fmt::format("; Max-Age={}", *micros / kSecond);
  return true;
}

bool Checker::CookieReader::site(const ast::Action& a) {
  constexpr std::string_view kUsage = "same_site lax;";
  if (!c.shape(a, 1, 1, false, false, kUsage)) return false;
  const ast::Expr& e = a.arguments[0];
  const std::string text = e.is(ast::Expr::Kind::path) ? e.text : e.is_plain_string() ? e.plain_text() : std::string();
  for (const auto& [word, written] :
       {std::pair("strict", "Strict"), std::pair("lax", "Lax"), std::pair("none", "None")}) {
    if (text != word || !e.is(ast::Expr::Kind::path)) continue;
    attributes += std::string("; SameSite=") + written;
    same_site_none = text == "none";
    return true;
  }
  if (e.is(ast::Expr::Kind::error)) return false;
  report(Kind::bad_attribute, e.span, "`same_site` is `strict`, `lax` or `none`")
      .help("write `" + std::string(kUsage) + "`");
  return false;
}

bool Checker::CookieReader::rules(const ast::Action& a, const std::string& name) {
  const Span where = a.arguments[0].children[1].span;
  const bool host = has_prefix(name, "__Host-");
  std::string fault;
  if ((host || has_prefix(name, "__Secure-")) && !given.contains("secure")) {
    fault = "a name that begins with `" + std::string(host ? "__Host-" : "__Secure-") + "` wants `secure`";
  } else if (host && path != "/") {
    fault = "a name that begins with `__Host-` wants `path \"/\"`";
  } else if (host && given.contains("domain")) {
    fault = "a name that begins with `__Host-` wants no `domain`";
  }
  if (!fault.empty()) {
    report(Kind::bad_cookie, where, fault + ", browsers drop it otherwise")
        .help(host ? "write `{ path \"/\"; secure; }`, without `domain`" : "write `{ secure; }`");
    return false;
  }
  for (const std::string& word : {std::string("same_site"), std::string("partitioned")}) {
    const bool wants = word == "same_site" ? same_site_none : given.contains(word);
    if (!wants || given.contains("secure")) continue;
    report(Kind::bad_cookie, given.at(word),
           "`" + word + (word == "same_site" ? " none" : "") + "` wants `secure`, browsers drop the cookie otherwise")
        .help("add `secure;`");
    return false;
  }
  return true;
}

}  // namespace sprx
