#include "tools/trace_head.h"

#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <string>

#include "compiler/table/error_words.h"
#include "compiler/test_url.h"
#include "compiler/words.h"
#include "runtime/decide/journey.h"
#include "runtime/http/head_parse.h"
#include "runtime/http/head_scan.h"
#include "runtime/http/head_write.h"
#include "runtime/http/target.h"

namespace sprx {
namespace {

struct UrlParts {
  std::string_view scheme;
  std::string_view authority;
  std::string target;  ///< origin-form, without fragment
};

/// `http://host[:port][/path][?query]` in parts; nothing if it is something else. OPTIONS of a URL that has neither
/// path nor query asks about the server as a whole (RFC 9112 3.2.4), as `*` does.
std::optional<UrlParts> split_url(const TraceRequest& request) {
  const std::string_view url = request.url;
  const bool options = request.method == "OPTIONS";
  if (options && url == "*") return UrlParts{kTestScheme, kTestHost, "*"};
  UrlParts out;
  const std::size_t colon = url.find("://");
  if (colon == std::string_view::npos) return std::nullopt;
  out.scheme = url.substr(0, colon);
  if (!same_name(out.scheme, "http") && !same_name(out.scheme, "https")) return std::nullopt;
  std::string_view rest = url.substr(colon + 3);
  rest = rest.substr(0, rest.find('#'));
  const std::size_t end = std::min(rest.find_first_of("/?"), rest.size());
  out.authority = rest.substr(0, end);
  out.target = rest.substr(end);
  if (out.target.empty() && options) {
    out.target = "*";
  } else if (out.target.empty() || out.target.front() == '?') {
    out.target.insert(0, "/");
  }
  if (out.authority.empty()) return std::nullopt;
  return out;
}

HeaderList arriving_headers(const TraceRequest& request, const UrlParts& url, const RuleSet& rules) {
  std::vector<MadeUpHeader> lines;
  for (const auto& [name, value] : request.headers) lines.push_back({name, value});
  const bool said = std::any_of(request.headers.begin(), request.headers.end(),
                                [](const auto& header) { return same_name(header.first, kCountryHeader); });
  if (!request.country.empty() && !said) lines.push_back({std::string(kCountryHeader), request.country});
  add_promised_headers(url.authority, same_name(url.scheme, "https") ? "https" : "http", request.client, rules, lines);
  HeaderList out;
  for (MadeUpHeader& line : lines) out.emplace_back(std::move(line.name), std::move(line.value));
  return out;
}

bool breaks_lines(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}

/// The bytes that would be on the wire; nothing where a part would end its line.
std::optional<std::string> head_bytes(const TraceRequest& request, std::string_view target, const HeaderList& headers) {
  if (breaks_lines(request.method) || breaks_lines(target)) return std::nullopt;
  std::string out = fmt::format("{} {} HTTP/1.1\r\n", request.method, target);
  for (const auto& [name, value] : headers) {
    if (breaks_lines(name) || breaks_lines(value)) return std::nullopt;
    out += fmt::format("{}: {}\r\n", name, value);
  }
  return out + "\r\n";
}

HeadLimits limits_of(const Settings& settings) {
  const auto size = [&](Setting id) { return static_cast<std::size_t>(settings[id]); };
  return {.head = size(Setting::limit_head_size),
          .first_line = size(Setting::limit_uri_size),
          .line = size(Setting::limit_header_line),
          .lines = size(Setting::limit_header_count)};
}

Reason parse_head(const Settings& settings, ArrivedHead& out) {
  HeadScan scan(MessageKind::request);
  const HeadLimits limits = limits_of(settings);
  if (scan.scan(out.bytes, limits) != HeadScan::Result::complete) {
    return scan.reason() == Reason::none ? Reason::bad_header : scan.reason();
  }
  ParsedHead head;
  Reason reason = parse_request_head(out.bytes, limits.first_line, head);
  if (reason != Reason::none) return reason;
  TargetParts target;
  reason = read_target(head, target);
  if (reason != Reason::none) return reason;
  for (const HeaderLine& line : head.headers) {
    if (!is_nominated(head, line.name)) out.headers.push_back(line);
    if (!is_hop_by_hop(head, line.name)) out.end_to_end.push_back(line);
  }
  out.head = {.method = head.method,
              .version = "HTTP/1.1",
              .target = target.target,
              .authority = target.authority,
              .headers = out.headers};
  return Reason::none;
}

}  // namespace

bool same_name(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

std::string mistake_in(const TraceRequest& request) {
  if (!split_url(request)) return fmt::format("`{}` is not a URL like http://host/path", request.url);
  if (!request.client.empty() && !parse_ip(request.client))
    return fmt::format("`{}` is not an IP address", request.client);
  if (!request.country.empty() && !is_country(request.country))
    return fmt::format("`{}` is no upper-case ISO 3166 country code", request.country);
  if (request.upstream_status < 200 || request.upstream_status > 599) return "an upstream status is 200 to 599";
  if (request.upstream_error.empty()) return {};
  const ErrorWord* const known = error_word(request.upstream_error);
  if (known != nullptr && known->seen == ErrorSeen::upstream) return {};
  std::string words;
  for (const ErrorWord& one : kErrorWords) {
    if (one.seen == ErrorSeen::upstream) words += (words.empty() ? "" : " ") + std::string(one.word);
  }
  return fmt::format("`{}` is no way in which the next hop fails: {}", request.upstream_error, words);
}

void arrive(const TraceRequest& request, const RuleSet& rules, ArrivedHead& out) {
  const UrlParts url = split_url(request).value();
  const std::optional<std::string> bytes = head_bytes(request, url.target, arriving_headers(request, url, rules));
  Reason reason = Reason::bad_header;
  if (bytes) {
    out.bytes = *bytes;
    reason = parse_head(rules.settings, out);
  }
  out.refused = info(reason).status;
  if (reason != Reason::none) out.error = info(reason).word;
}

std::string_view status_phrase(std::uint16_t status) { return phrase_of(status); }

}  // namespace sprx
