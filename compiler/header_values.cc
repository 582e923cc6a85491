#include "compiler/header_values.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "compiler/table/canonical.h"
#include "compiler/words.h"

namespace sprx {
namespace {

bool is_figure(char c) { return c >= '0' && c <= '9'; }
bool are_figures(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), is_figure); }

/// `Thu, 01 Jan 2026 00:00:00 GMT`, by how it begins.
bool begins_as_date(std::string_view text) {
  constexpr auto kDays = std::to_array<std::string_view>({"mon", "tue", "wed", "thu", "fri", "sat", "sun"});
  return std::any_of(kDays.begin(), kDays.end(), [&](std::string_view day) {
    return text.size() > day.size() && equal_nocase(text.substr(0, day.size()), day);
  });
}

/// A directive of a list: its name, and what follows it.
struct NamedPart {
  std::string_view name;
  std::string_view rest;
};

NamedPart named_part(std::string_view part) {
  const std::size_t end = std::min(part.find_first_of("=: \t"), part.size());
  return {part.substr(0, end), trimmed_value(part.substr(end))};
}

/// `max-age=1h`; what is behind the `=` may stand in quotes.
bool is_odd_age(std::string_view value) {
  if (value.starts_with('"')) return false;
  const auto end = std::find_if_not(value.begin(), value.end(), is_figure);
  return end == value.begin() || (end != value.end() && std::isalnum(static_cast<unsigned char>(*end)) != 0);
}

/// Of one directive of `Cache-Control` or `Strict-Transport-Security`. `separator`: what stands between them.
std::optional<OddValue> odd_directive(std::string_view part, const std::vector<std::string_view>& known,
                                      char separator) {
  const auto [name, rest] = named_part(part);
  const std::string shown(name);
  if (rest.starts_with(':'))
    return OddValue{"a value of `" + shown + "` stands behind `=`",
                    "write `" + shown + "=" + std::string(trimmed_value(rest.substr(1))) + "`", part};
  const std::string_view meant = misspelt_directive(name, known);
  if (!meant.empty())
    return OddValue{"`" + shown + "` is no directive of this header", "write `" + std::string(meant) + "`", name};
  const bool aged = equal_nocase(name, "max-age") || equal_nocase(name, "s-maxage");
  if (aged && rest.starts_with('=') && is_odd_age(trimmed_value(rest.substr(1))))
    return OddValue{"`" + shown + "` is a number of seconds",
                    "a day is `" + shown + "=86400`, a year `" + shown + "=31536000`",
                    {},
                    Kind::unlike_value};
  if (aged && rest.empty())
    return OddValue{"`" + shown + "` wants a number of seconds", "write `" + shown + "=86400` for a day", part};
  if (aged && are_figures(rest))
    return OddValue{"a value of `" + shown + "` stands behind `=`", "write `" + shown + "=" + std::string(rest) + "`",
                    part};
  const bool another = !rest.empty() && !rest.starts_with('=');
  if (another || (rest.find_first_of(" \t") != std::string_view::npos && rest.find('"') == std::string_view::npos &&
                  rest.find_first_not_of("= \t0123456789") != std::string_view::npos))
    return OddValue{std::string("directives of this header stand apart by `") + separator + "`",
                    std::string("write `") + separator + "` between them", part};
  return std::nullopt;
}

/// A second `max-age`. `taken`: what is made of it.
std::optional<OddValue> odd_second_age(const std::vector<std::string_view>& parts, std::string_view taken) {
  bool aged = false;
  for (const std::string_view part : parts) {
    if (!equal_nocase(named_part(part).name, "max-age")) continue;
    if (aged) return OddValue{"a second `max-age`", "leave one of them: " + std::string(taken), part};
    aged = true;
  }
  return std::nullopt;
}

std::optional<OddValue> odd_cache_control(std::string_view text) {
  static const std::vector<std::string_view> kDirectives{"public",
                                                         "private",
                                                         "no-cache",
                                                         "no-store",
                                                         "no-transform",
                                                         "must-revalidate",
                                                         "must-understand",
                                                         "max-age",
                                                         "s-maxage",
                                                         "immutable",
                                                         "stale-while-revalidate",
                                                         "stale-if-error",
                                                         "max-stale",
                                                         "min-fresh",
                                                         "only-if-cached",
                                                         "pre-check",
                                                         "post-check",
                                                         "community",
                                                         "proxy-revalidate"};
  const bool semicolon = text.find(';') != std::string_view::npos && text.find('"') == std::string_view::npos;
  if (semicolon && text.find(',') == std::string_view::npos) return other_separator(text, ';', ',');
  const std::vector<std::string_view> parts = parts_of(text, ',');
  for (const std::string_view part : parts) {
    if (std::optional<OddValue> odd = odd_directive(part, kDirectives, ',')) return odd;
  }
  return odd_second_age(parts, "of two a cache takes the first, or takes the answer for stale");
}

std::optional<OddValue> odd_transport_security(std::string_view text) {
  static const std::vector<std::string_view> kDirectives{"max-age", "includeSubDomains", "preload"};
  if (text.find(',') != std::string_view::npos) return other_separator(text, ',', ';');
  bool aged = false;
  const std::vector<std::string_view> parts = parts_of(text, ';');
  for (const std::string_view part : parts) {
    if (std::optional<OddValue> odd = odd_directive(part, kDirectives, ';')) return odd;
    aged = aged || equal_nocase(named_part(part).name, "max-age");
  }
  if (aged) return odd_second_age(parts, "of a header with two browsers take nothing");
  return OddValue{"browsers pay no heed to this header without `max-age`",
                  "write `\"max-age=31536000; includeSubDomains\"`; `max-age=0` takes it back",
                  {}};
}

std::optional<OddValue> odd_allowed_origin(std::string_view text) {
  const std::size_t scheme = text.find("://");
  const bool one =
      text == "*" || text == "null" || (scheme != std::string_view::npos && text.find('*') == std::string_view::npos);
  if (!one || text.find_first_of(" ,") != std::string_view::npos)
    return OddValue{
        "browsers take `*` or one whole origin here, and nothing else",
        "write `\"https://www.example.com\"`; of several the right one is `header[\"Origin\"]`, once it has been "
        "compared with a list",
        {},
        Kind::unlike_value};
  const std::size_t slash = scheme == std::string_view::npos ? scheme : text.find('/', scheme + 3);
  if (slash == std::string_view::npos) return std::nullopt;
  return OddValue{"an origin ends with its host or its port: with a `/` behind it it is equal to none",
                  slash <= kRepeatedValue ? "write `\"" + std::string(text.substr(0, slash)) + "\"`" : "leave it out",
                  text.substr(slash)};
}

std::optional<OddValue> odd_credentials(std::string_view text) {
  if (text == "true" || equal_nocase(text, "false")) return std::nullopt;
  return OddValue{"browsers know `true` here, in small letters, and nothing else", "write `\"true\"`", {}};
}

std::optional<OddValue> odd_seconds(std::string_view text) {
  if (are_figures(trimmed_value(text)) || text == "-1") return std::nullopt;
  return OddValue{"this header is a number of seconds", "an hour is `\"3600\"`, a day `\"86400\"`", {}};
}

std::optional<OddValue> odd_retry_after(std::string_view text) {
  if (are_figures(trimmed_value(text)) || begins_as_date(text)) return std::nullopt;
  return OddValue{
      "`Retry-After` is a number of seconds or a date", "five minutes are `\"300\"`, an hour is `\"3600\"`", {}};
}

std::optional<OddValue> odd_expires(std::string_view text) {
  const std::string_view value = trimmed_value(text);
  if (value == "0" || value == "-1" || begins_as_date(value)) return std::nullopt;
  return OddValue{"`Expires` is a date, so that this is taken for one in the past",
                  "how long is said by `Cache-Control`: `\"max-age=3600\"`; what has expired already is `\"0\"`",
                  {}};
}

/// `GET POST`, `Accept; Origin`.
std::optional<OddValue> odd_names(std::string_view text) {
  for (const std::string_view part : parts_of(text, ',')) {
    if (part.find_first_of("; \t") == std::string_view::npos) continue;
    std::string right;
    std::string blanks(text);
    std::replace_if(
        blanks.begin(), blanks.end(), [](char c) { return c == ';' || c == ',' || c == '\t'; }, ' ');
    for (const std::string_view name : parts_of(blanks, ' ')) right += (right.empty() ? "" : ", ") + std::string(name);
    return OddValue{"names stand apart by `,` in this header",
                    right.size() <= kRepeatedValue ? "write `\"" + right + "\"`" : "write a `,` between them", part};
  }
  return std::nullopt;
}

std::optional<OddValue> odd_content_type(std::string_view text) {
  if (text.find('/') != std::string_view::npos) return std::nullopt;
  constexpr std::pair<std::string_view, std::string_view> kTypes[] = {
      {"json", "application/json"}, {"text", "text/plain; charset=utf-8"}, {"plain", "text/plain; charset=utf-8"},
      {"xml", "application/xml"},   {"css", "text/css; charset=utf-8"},    {"javascript", "text/javascript"}};
  std::string_view meant = "text/html; charset=utf-8";
  for (const auto& [word, type] : kTypes) {
    if (equal_nocase(word, trimmed_value(text))) meant = type;
  }
  return OddValue{
      "a content type is a type and a subtype with `/` between them", "write `\"" + std::string(meant) + "\"`", {}};
}

struct HeaderOfValues {
  std::string_view name;
  std::optional<OddValue> (*odd)(std::string_view text);
};

constexpr HeaderOfValues kHeadersOfValues[] = {{"cache-control", odd_cache_control},
                                               {"strict-transport-security", odd_transport_security},
                                               {"content-security-policy", odd_policy},
                                               {"content-security-policy-report-only", odd_policy},
                                               {"referrer-policy", odd_referrer_policy},
                                               {"permissions-policy", odd_permissions},
                                               {"clear-site-data", odd_cleared_data},
                                               {"cross-origin-opener-policy", odd_opener_policy},
                                               {"cross-origin-opener-policy-report-only", odd_opener_policy},
                                               {"cross-origin-embedder-policy", odd_embedder_policy},
                                               {"cross-origin-embedder-policy-report-only", odd_embedder_policy},
                                               {"cross-origin-resource-policy", odd_resource_policy},
                                               {"x-content-type-options", odd_type_options},
                                               {"x-frame-options", odd_frame_options},
                                               {"access-control-allow-origin", odd_allowed_origin},
                                               {"access-control-allow-credentials", odd_credentials},
                                               {"access-control-allow-methods", odd_names},
                                               {"access-control-allow-headers", odd_names},
                                               {"access-control-expose-headers", odd_names},
                                               {"access-control-max-age", odd_seconds},
                                               {"vary", odd_names},
                                               {"retry-after", odd_retry_after},
                                               {"expires", odd_expires},
                                               {"content-type", odd_content_type}};

}  // namespace

OddValue other_separator(std::string_view text, char wrong, char separator) {
  std::string right;
  for (const std::string_view part : parts_of(text, wrong))
    right += (right.empty() ? "" : std::string(1, separator) + " ") + std::string(part);
  for (std::size_t at = 0; (at = right.find_first_of("\"\\", at)) != std::string::npos; at += 2)
    right.insert(at, 1, '\\');
  return {std::string("directives of this header stand apart by `") + separator + "`, not by `" + wrong + "`",
          right.size() <= kRepeatedValue ? "write `\"" + right + "\"`" : std::string("write `") + separator + "`",
          {}};
}

std::string_view trimmed_value(std::string_view text) {
  const std::size_t begin = std::min(text.find_first_not_of(" \t"), text.size());
  return text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

std::vector<std::string_view> parts_of(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  std::size_t begin = 0;
  bool quoted = false;
  for (std::size_t at = 0; at <= text.size(); ++at) {
    if (at < text.size() && text[at] == '"') quoted = !quoted;
    if (at < text.size() && (quoted || text[at] != separator)) continue;
    const std::string_view part = trimmed_value(text.substr(begin, at - begin));
    if (!part.empty()) parts.push_back(part);
    begin = at + 1;
  }
  return parts;
}

std::string_view misspelt_directive(std::string_view name, const std::vector<std::string_view>& known) {
  const auto same = [name](std::string_view one) { return equal_nocase(one, name); };
  return std::any_of(known.begin(), known.end(), same) ? std::string_view{} : similar(name, known);
}

std::optional<OddValue> odd_header_value(std::string_view name, std::string_view text) {
  if (text.find_first_not_of(" \t") == std::string_view::npos) return std::nullopt;
  for (const HeaderOfValues& known : kHeadersOfValues) {
    if (equal_nocase(known.name, name)) return known.odd(text);
  }
  return std::nullopt;
}

}  // namespace sprx
