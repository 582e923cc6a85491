// Text that is meant as something else: signs of patterns after operators that take text, and what the header or the
// parameter beside it hardly ever holds.
#include "compiler/check_text_habits.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "compiler/never.h"
#include "compiler/table/address.h"
#include "compiler/table/canonical.h"
#include "compiler/words.h"

namespace sprx {
namespace {

/// Longer text is not repeated in a help line.
constexpr std::size_t kRepeatedText = 60;

/// A part of a text that only a pattern gives a meaning, and what to write instead.
struct PatternSign {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string help;
};

bool is_letter_or_digit(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

/// `whole`: the text was compared whole, and a pattern searches.
std::string as_pattern(std::string_view text, bool whole) {
  const bool shown = text.size() <= kRepeatedText && text.find('"') == std::string_view::npos;
  const bool begin = whole && !text.starts_with('^');
  const bool end = whole && !text.ends_with('$');
  return "a pattern stands after `matches`" +
         (shown ? ": `matches r\"" + std::string(begin ? "^" : "") + std::string(text) + (end ? "$" : "") + "\"`"
                : std::string());
}

/// `(?i)bot`, `.*bot`, `\.php`, `\d+`.
std::optional<PatternSign> plain_sign(std::string_view text, bool whole) {
  if (text.find_first_not_of(".*+()") == std::string_view::npos)
    return std::nullopt;  // these characters are looked for
  if (text.starts_with("(?i)"))
    return PatternSign{0, 4, "case does not matter after `nocase`, as in `nocase contains`"};
  for (std::size_t at = 0; at + 1 < text.size(); ++at) {
    const bool run = text[at] == '.' && (text[at + 1] == '*' || text[at + 1] == '+');
    // `\windows` and `\..\` are what attackers send.
    const bool more = at + 2 < text.size() && (is_letter_or_digit(text[at + 2]) || text[at + 2] == '.');
    const bool escape =
        text[at] == '\\' && ((text[at + 1] == '.' && !(more && text[at + 2] == '.')) ||
                             (std::string_view("dwsb").find(text[at + 1]) != std::string_view::npos && !more));
    if (run || escape) return PatternSign{at, at + 2, as_pattern(text, whole)};
  }
  return std::nullopt;
}

/// `^/api`, `.php$`.
std::optional<PatternSign> anchor_sign(std::string_view text, bool dollar, bool whole) {
  const bool begins = text.size() > 1 && text[0] == '^' && (is_letter_or_digit(text[1]) || text[1] == '/');
  const bool ends =
      (dollar || begins) && text.size() > 2 && text.ends_with('$') && is_letter_or_digit(text[text.size() - 2]);
  if (!begins && !ends) return std::nullopt;
  const std::string inner(text.substr(begins ? 1 : 0, text.size() - (begins ? 1 : 0) - (ends ? 1 : 0)));
  const std::string op = begins && ends ? "== " : begins ? "starts_with " : "ends_with ";
  const bool plain = inner.find_first_of("\\*+?()[]|{}\"$") == std::string::npos && inner.size() <= kRepeatedText;
  return PatternSign{begins ? 0 : text.size() - 1, begins ? 1 : text.size(),
                     plain ? "write `" + op + "\"" + inner + "\"`" : as_pattern(text, whole)};
}

/// `bot|crawl`, `(bot|crawl)`.
std::optional<PatternSign> either_sign(std::string_view text, std::string_view op, bool whole) {
  const std::size_t bar = text.find('|');
  if (bar == std::string_view::npos || bar == 0 || bar + 1 == text.size() || !is_letter_or_digit(text[bar - 1]) ||
      !is_letter_or_digit(text[bar + 1]))
    return std::nullopt;
  const bool plain = text.find_first_of(" ,()[]*+?\\^$") == std::string_view::npos;
  const std::string list = plain ? split_items(text) : std::string();
  const std::string shown = op == "==" ? "in" : op == "!=" ? "not in" : std::string(op);
  return PatternSign{bar, bar + 1,
                     list.empty() ? as_pattern(text, whole) : "several texts are a list: `" + shown + " " + list + "`"};
}

/// `/bot/i` beside what never begins with `/`.
std::optional<PatternSign> delimited_sign(std::string_view text) {
  const std::size_t last = text.rfind('/');
  if (text.size() < 4 || text[0] != '/' || last < 2 || text.find('/', 1) != last || last + 2 != text.size() ||
      text[last + 1] != 'i')
    return std::nullopt;
  return PatternSign{0, text.size(),
                     "write the text alone after `nocase contains`: `nocase contains \"" +
                         std::string(text.substr(1, last - 1)) + "\"`"};
}

/// The name of a whole program, which a `User-Agent` begins with or holds, and is not.
bool is_product(std::string_view text) {
  constexpr auto kProducts = std::to_array<std::string_view>(
      {"ahrefsbot", "axios",           "bingbot",        "bot",     "bytespider", "ccbot",     "chrome",
       "claudebot", "crawler",         "curl",           "firefox", "gptbot",     "googlebot", "httpie",
       "java",      "mj12bot",         "mozilla",        "nikto",   "okhttp",     "python",    "safari",
       "scrapy",    "python-requests", "semrushbot",     "spider",  "sqlmap",     "wget",      "yandex",
       "yandexbot", "zgrab",           "go-http-client", "petalbot"});
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), fold);
  return std::find(kProducts.begin(), kProducts.end(), lower) != kProducts.end();
}

struct Unlike {
  std::string why;
  std::string help;
  Kind kind = Kind::unlike_value;
};

/// `https://*.example.com` beside `Origin`, from its host on.
std::optional<Unlike> starred_origin(std::string_view host) {
  const std::size_t star = host.find('*');
  if (star == std::string_view::npos) return std::nullopt;
  const bool below = host.starts_with("*.") && host.find_first_of("*/:", 2) == std::string_view::npos;
  return Unlike{"`*` is plain text here, and no `Origin` holds one",
                below && host.size() <= kRepeatedText
                    ? "a domain and all names below it are `url_host(header[\"Origin\"]) under \"" +
                          std::string(host.substr(2)) + "\"`"
                    : "a domain and all names below it are asked by `url_host(header[\"Origin\"]) under \"…\"`",
                Kind::wildcard_as_text};
}

std::optional<Unlike> unlike_url(std::string_view name, const std::string& text, bool begins) {
  const bool origin = name == "origin";
  const std::size_t scheme = text.find("://");
  const std::string shown = origin ? "`Origin`" : "`Referer`";
  if (scheme == std::string::npos) {
    // `starts_with "android-app"` is of a scheme.
    const bool begun =
        begins && std::all_of(text.begin(), text.end(), [](char c) { return is_letter_or_digit(c) || c == '-'; });
    if (text == "null" || text == "-" || begun || (begins && text[0] == '/' && !origin) ||
        text.find(':') != std::string::npos || text.find('*') != std::string::npos)
      return std::nullopt;
    const bool host = text.find('.') != std::string::npos && text[0] != '/' && text.size() <= kRepeatedText;
    if (origin)
      return Unlike{shown + " begins with a scheme, as `https://example.com` does, and never " +
                        (begins ? "with" : "equals") + " this",
                    host ? "write `\"https://" + text.substr(0, text.find('/')) + "\"`" : "write `\"https://…\"`"};
    return Unlike{shown + " is a whole URL and never " + (begins ? "begins with" : "equals") + " this",
                  host ? "its host is `url_host(header[\"Referer\"])`, which is compared with `\"" +
                             text.substr(0, text.find('/')) + "\"`"
                       : "write the whole URL, or ask whether it `contains` this"};
  }
  if (text.find_first_of(", ") != std::string::npos)
    return Unlike{shown + " is one and never equals several",
                  "several are a list: `in [\"https://…\", \"https://…\"]`"};
  if (std::optional<Unlike> starred = starred_origin(std::string_view(text).substr(scheme + 3)); origin && starred)
    return starred;
  const std::size_t slash = text.find('/', scheme + 3);
  if (!origin || slash == std::string::npos) return std::nullopt;
  return Unlike{"`Origin` ends with the host or the port and never holds a path",
                text.size() <= kRepeatedText ? "write `\"" + text.substr(0, slash) + "\"`" : "leave the path out"};
}

std::optional<Unlike> unlike_header(std::string_view name, const std::string& text, bool begins) {
  if (text.find('/') != std::string::npos && text[0] != '/') {
    const CidrResult prefix = parse_cidr(text);
    if (prefix.error == CidrError::none || prefix.error == CidrError::host_bits_set)
      return Unlike{"a header is text, and no address is equal to this prefix",
                    "`client.ip` is compared with prefixes; `client_ip { header \"X-Real-IP\"; }` in `settings` says "
                    "which header it is read from"};
  }
  if (name == "origin" || name == "referer") return unlike_url(name, text, begins);
  if (name == "user-agent" && !begins && is_product(text))
    return Unlike{
        "a `User-Agent` is more than one word, as `curl/8.5.0` is, and hardly ever equals this",
        equal_nocase(text, "mozilla") || equal_nocase(text, "safari") || equal_nocase(text, "chrome")
            ? "browsers say more than that; where this word alone is meant: `allow L0055 \"…\";`"
            : "write `nocase contains \"" + text + "\"`; where this word alone is meant: `allow L0055 \"…\";`"};
  return std::nullopt;
}

/// `EU`, `AP`: what some sources of addresses say where no country is known.
std::optional<Unlike> unlike_country(std::string_view text) {
  if (text != "EU" && text != "AP") return std::nullopt;
  const bool europe = text == "EU";
  return Unlike{"`" + std::string(text) + "` is no country: it is said of an address in " +
                    (europe ? "Europe" : "Asia or the Pacific") + " whose country is not known",
                std::string("the countries are a list: `geo.country in ") +
                    (europe ? "[\"DE\", \"FR\"]" : "[\"JP\", \"AU\"]") +
                    "`; where this alone is meant: `allow L0055 \"…\";`"};
}

/// Whether a `%XX` that is no `%25` stands in it.
bool has_escape(std::string_view text) {
  for (std::size_t at = text.find('%'); at < text.size() && at + 2 < text.size(); at = text.find('%', at + 1)) {
    const bool hex = std::isxdigit(static_cast<unsigned char>(text[at + 1])) != 0 &&
                     std::isxdigit(static_cast<unsigned char>(text[at + 2])) != 0;
    if (hex && text.substr(at, 3) != "%25") return true;
  }
  return false;
}

}  // namespace

bool lint_pattern_sign(const CheckView& view, const ast::Expr& literal, const Value& left, std::string_view op) {
  const std::string text = literal.plain_text();
  const Expr& subject = view.source_of(left.id);
  const bool of_field = subject.op == Op::field;
  const auto field = of_field ? static_cast<Field>(subject.a) : Field::header;
  const bool header = of_field && (field == Field::header || field == Field::header_all);
  const std::string_view name = header ? view.text(StrId{subject.b}) : std::string_view{};
  const bool target = left.type == Type::path || left.type == Type::host || field == Field::uri ||
                      field == Field::raw_path || field == Field::path_file || field == Field::path_extension;
  const bool part = op.ends_with("contains") || op.ends_with("ends_with");
  const bool whole = op.ends_with("==") || op == "!=" || op == "in" || op == "nocase in";
  // What people send there may hold any sign.
  const bool any_text = !of_field || field == Field::query || field == Field::cookie;
  std::optional<PatternSign> sign;
  if (!any_text || text.find('*') == std::string::npos) sign = plain_sign(text, whole);
  if (!sign && name == "user-agent") sign = delimited_sign(text);
  if (!sign && (!any_text || part)) sign = anchor_sign(text, target || part, whole);
  if (!sign && (target || name == "user-agent" || name == "referer")) sign = either_sign(text, op, whole);
  if (!sign) return false;
  view.out
      .add(Kind::pattern_as_text, literal.place_in_text(sign->begin, sign->end),
           "`" + text.substr(sign->begin, sign->end - sign->begin) + "` is plain text after `" + std::string(op) + "`")
      .help(sign->help);
  return true;
}

std::optional<Never> unlike_never(Field field, std::string_view name, const std::string& text, MatchMode mode) {
  const bool begins = mode == MatchMode::starts_with;
  const bool whole = mode == MatchMode::exact;
  if (text.empty()) return std::nullopt;
  std::optional<Unlike> unlike;
  if ((whole || begins) && field == Field::header) unlike = unlike_header(name, text, begins);
  if (field == Field::query && whole && has_escape(text))
    unlike = Unlike{"the value of a parameter is decoded and hardly ever holds this",
                    "write the character itself; what is encoded twice is found by `contains`"};
  if (field == Field::cookie && text.find(';') != std::string::npos)
    unlike = Unlike{"the value of a cookie ends before a `;` and never holds one",
                    "write the value alone; another cookie is a condition of its own"};
  if (!unlike) return std::nullopt;
  return Never{unlike->why, {}, unlike->help, {}, unlike->kind};
}

bool lint_unlike_value(const CheckView& view, const ast::Expr& literal, const Value& left, std::string_view op) {
  const Expr& subject = view.source_of(left.id);
  if (subject.op != Op::field) return false;
  const std::string_view name =
      subject.b == static_cast<std::uint32_t>(kNoStr) ? std::string_view{} : view.text(StrId{subject.b});
  const bool whole = op.ends_with("==") || op == "!=" || op == "in" || op == "nocase in";
  const MatchMode mode = whole                         ? MatchMode::exact
                         : op.ends_with("starts_with") ? MatchMode::starts_with
                                                       : MatchMode::contains;
  const std::optional<Never> unlike = unlike_never(static_cast<Field>(subject.a), name, literal.plain_text(), mode);
  // In a list they stand beside countries, and are meant.
  if (static_cast<Field>(subject.a) == Field::geo_country && (op.ends_with("==") || op == "!=")) {
    if (const std::optional<Unlike> country = unlike_country(literal.plain_text())) {
      view.out.add(Kind::unlike_value, literal.span, country->why).help(country->help);
      return true;
    }
  }
  if (!unlike) return false;
  view.out.add(unlike->kind, literal.span, unlike->why).help(unlike->help);
  return true;
}

}  // namespace sprx
