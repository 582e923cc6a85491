// Words that are hardly meant as they are written, and what is meant by them: see words.h.
#include <algorithm>
#include <string>
#include <vector>

#include "compiler/diagnostics.h"
#include "compiler/table/canonical.h"
#include "compiler/words.h"

namespace sprx {
namespace {

/// Shorter names are near too many others.
constexpr std::size_t kShortestSlip = 5;

/// Headers that rules ask for or set, as they are spelt.
const std::vector<std::string_view>& known_headers() {
  static const std::vector<std::string_view> names{"accept",
                                                   "accept-encoding",
                                                   "accept-language",
                                                   "access-control-allow-credentials",
                                                   "access-control-allow-headers",
                                                   "access-control-allow-methods",
                                                   "access-control-allow-origin",
                                                   "access-control-expose-headers",
                                                   "access-control-max-age",
                                                   "access-control-request-headers",
                                                   "access-control-request-method",
                                                   "age",
                                                   "allow",
                                                   "alt-svc",
                                                   "authorization",
                                                   "cache-control",
                                                   "cache-status",
                                                   "cdn-cache-control",
                                                   "cdn-loop",
                                                   "clear-site-data",
                                                   "connection",
                                                   "content-disposition",
                                                   "content-encoding",
                                                   "content-language",
                                                   "content-length",
                                                   "content-location",
                                                   "content-range",
                                                   "content-security-policy",
                                                   "content-security-policy-report-only",
                                                   "content-type",
                                                   "cookie",
                                                   "cross-origin-embedder-policy",
                                                   "cross-origin-opener-policy",
                                                   "cross-origin-resource-policy",
                                                   "date",
                                                   "etag",
                                                   "expect",
                                                   "expires",
                                                   "forwarded",
                                                   "host",
                                                   "if-match",
                                                   "if-modified-since",
                                                   "if-none-match",
                                                   "if-range",
                                                   "if-unmodified-since",
                                                   "last-modified",
                                                   "link",
                                                   "location",
                                                   "max-forwards",
                                                   "origin",
                                                   "permissions-policy",
                                                   "pragma",
                                                   "prefer",
                                                   "priority",
                                                   "proxy-authorization",
                                                   "proxy-status",
                                                   "range",
                                                   "referer",
                                                   "referrer-policy",
                                                   "retry-after",
                                                   "save-data",
                                                   "sec-ch-ua",
                                                   "sec-ch-ua-mobile",
                                                   "sec-ch-ua-platform",
                                                   "sec-fetch-dest",
                                                   "sec-fetch-mode",
                                                   "sec-fetch-site",
                                                   "sec-fetch-user",
                                                   "server",
                                                   "server-timing",
                                                   "set-cookie",
                                                   "strict-transport-security",
                                                   "surrogate-control",
                                                   "surrogate-key",
                                                   "timing-allow-origin",
                                                   "trailer",
                                                   "transfer-encoding",
                                                   "true-client-ip",
                                                   "upgrade",
                                                   "upgrade-insecure-requests",
                                                   "user-agent",
                                                   "vary",
                                                   "via",
                                                   "www-authenticate",
                                                   "x-cache",
                                                   "x-cached",
                                                   "set-cookie2",
                                                   "cf-connecting-ip",
                                                   "x-content-type-options",
                                                   "x-forwarded-for",
                                                   "x-forwarded-host",
                                                   "x-forwarded-port",
                                                   "x-forwarded-proto",
                                                   "x-frame-options",
                                                   "x-http-method-override",
                                                   "x-powered-by",
                                                   "x-real-ip",
                                                   "x-request-id",
                                                   "x-requested-with",
                                                   "x-robots-tag",
                                                   "x-xss-protection"};
  return names;
}

/// Whether one letter makes the difference, or two neighbours.
bool differs_in_one_place(std::string_view a, std::string_view b) {
  const std::size_t shorter = std::min(a.size(), b.size());
  std::size_t begin = 0;
  while (begin < shorter && a[begin] == b[begin]) ++begin;
  std::size_t end = 0;
  while (end < shorter - begin && a[a.size() - 1 - end] == b[b.size() - 1 - end]) ++end;
  return begin + end + 2 >= std::max(a.size(), b.size());
}

/// `XForwardedFor`, `useragent`.
bool same_without_dashes(std::string_view name, std::string_view other) {
  const auto next = [](std::string_view text, std::size_t at) {
    return std::min(text.find_first_not_of('-', at), text.size());
  };
  std::size_t a = next(name, 0);
  std::size_t b = next(other, 0);
  while (a < name.size() && b < other.size() && name[a] == other[b]) {
    a = next(name, a + 1);
    b = next(other, b + 1);
  }
  return a == name.size() && b == other.size();
}

}  // namespace

std::string split_items(std::string_view text) {
  constexpr std::size_t kSplitText = 80;
  if (text.size() > kSplitText || text.find_first_of("\"\\$") != std::string_view::npos) return {};
  std::string out;
  for (std::size_t at = text.find_first_not_of(", |"); at != std::string_view::npos;) {
    const std::size_t end = std::min(text.find_first_of(", |", at), text.size());
    out += (out.empty() ? "[\"" : ", \"") + std::string(text.substr(at, end - at)) + "\"";
    at = text.find_first_not_of(", |", end);
  }
  return out.empty() ? out : out + "]";
}

std::string status_class(std::string_view text) {
  const bool known =
      text.size() == 3 && text[0] >= '1' && text[0] <= '5' && fold(text[1]) == 'x' && fold(text[2]) == 'x';
  return known ? std::string(1, text[0]) + "00.." + text[0] + "99" : std::string();
}

std::string_view misspelt_header(std::string_view name) {
  std::string lower(name);
  std::transform(lower.begin(), lower.end(), lower.begin(), fold);
  const std::vector<std::string_view>& known = known_headers();
  const auto find = [&] { return std::find(known.begin(), known.end(), lower); };
  if (find() != known.end() || lower.ends_with('*')) return {};
  std::replace(lower.begin(), lower.end(), '_', '-');
  if (const auto found = find(); found != known.end()) return *found;
  const std::string_view inner = std::string_view(lower).substr(lower.starts_with("http-") ? 5 : 0);
  for (const std::string_view one : known) {
    if (one.size() > kShortestSlip && (one == inner || same_without_dashes(one, lower))) return one;
  }
  if (lower.size() < kShortestSlip) return {};
  const std::string_view near = similar(lower, known);
  // `X-Host` is a name of its own.
  const bool alike = (lower.size() > kShortestSlip || near.size() > kShortestSlip) &&
                     lower.starts_with("x-") == near.starts_with("x-") && differs_in_one_place(lower, near);
  return alike ? near : std::string_view{};
}

}  // namespace sprx
