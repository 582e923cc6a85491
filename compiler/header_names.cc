// What is known of a header by its name: see words.h.
#include <algorithm>
#include <iterator>

#include "compiler/table/canonical.h"
#include "compiler/words.h"

namespace sprx {
namespace {

constexpr std::string_view kFraming[] = {"content-length", "transfer-encoding", "connection",      "upgrade", "te",
                                         "trailer",        "keep-alive",        "proxy-connection"};
constexpr std::string_view kUnsetOnly[] = {"proxy", "proxy-authorization"};

/// Whether it is one of them, or begins as one of the families does.
template <class Names, class Families>
bool is_among(std::string_view name, const Names& names, const Families& families) {
  if (name.ends_with('*')) name.remove_suffix(1);
  const auto same = [name](std::string_view known) { return equal_nocase(known, name); };
  const auto begins = [name](std::string_view known) { return equal_nocase(known, name.substr(0, known.size())); };
  return std::any_of(std::begin(names), std::end(names), same) ||
         std::any_of(std::begin(families), std::end(families), begins);
}

}  // namespace

bool is_framing_header(std::string_view name) {
  return std::any_of(std::begin(kFraming), std::end(kFraming),
                     [name](std::string_view known) { return equal_nocase(known, name); });
}

bool is_unset_only_header(std::string_view name) {
  return std::any_of(std::begin(kUnsetOnly), std::end(kUnsetOnly),
                     [name](std::string_view known) { return equal_nocase(known, name); });
}

bool is_response_only_header(std::string_view name) {
  constexpr std::string_view kNames[] = {"access-control-expose-headers",
                                         "access-control-max-age",
                                         "accept-ch",
                                         "accept-ranges",
                                         "age",
                                         "alt-svc",
                                         "cdn-cache-control",
                                         "clear-site-data",
                                         "content-security-policy",
                                         "content-security-policy-report-only",
                                         "cross-origin-embedder-policy",
                                         "cross-origin-opener-policy",
                                         "cross-origin-resource-policy",
                                         "etag",
                                         "expect-ct",
                                         "expires",
                                         "feature-policy",
                                         "last-modified",
                                         "location",
                                         "nel",
                                         "permissions-policy",
                                         "referrer-policy",
                                         "refresh",
                                         "report-to",
                                         "reporting-endpoints",
                                         "retry-after",
                                         "server",
                                         "server-timing",
                                         "set-cookie",
                                         "sourcemap",
                                         "strict-transport-security",
                                         "surrogate-control",
                                         "timing-allow-origin",
                                         "vary",
                                         "www-authenticate",
                                         "x-aspnet-version",
                                         "x-aspnetmvc-version",
                                         "x-content-type-options",
                                         "x-download-options",
                                         "x-frame-options",
                                         "x-generator",
                                         "x-permitted-cross-domain-policies",
                                         "x-powered-by",
                                         "x-robots-tag",
                                         "x-xss-protection"};
  constexpr std::string_view kFamilies[] = {"access-control-allow-"};
  return is_among(name, kNames, kFamilies);
}

bool is_request_only_header(std::string_view name) {
  // `Accept` and `Accept-Encoding` are in answers too: they say what the next request may hold.
  constexpr std::string_view kNames[] = {"accept-charset", "accept-language", "authorization",
                                         "cookie",         "expect",          "from",
                                         "host",           "if-match",        "if-modified-since",
                                         "if-none-match",  "if-range",        "if-unmodified-since",
                                         "max-forwards",   "origin",          "proxy-authorization",
                                         "range",          "referer",         "upgrade-insecure-requests",
                                         "user-agent"};
  constexpr std::string_view kFamilies[] = {"access-control-request-", "sec-fetch-", "x-forwarded-"};
  return is_among(name, kNames, kFamilies);
}

std::string_view framing_header_under(std::string_view prefix) {
  for (const std::string_view known : kFraming) {
    if (known.size() >= prefix.size() && equal_nocase(known.substr(0, prefix.size()), prefix)) return known;
  }
  return equal_nocase(std::string_view("host").substr(0, prefix.size()), prefix) ? std::string_view("host")
                                                                                 : std::string_view{};
}

}  // namespace sprx
