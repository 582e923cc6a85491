#include "compiler/test_url.h"

#include <algorithm>
#include <charconv>

#include "compiler/table/canonical.h"

namespace sprx {
namespace {

std::optional<UrlMistake> read_port(std::string_view text, std::size_t begin, std::size_t end) {
  const std::string_view digits = text.substr(begin, end - begin);
  unsigned port = 0;
  const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error == std::errc{} && stop == digits.data() + digits.size() && port >= 1 && port <= 65'535) return std::nullopt;
  return UrlMistake{begin, std::max(end, begin + 1), "a port is a number from 1 to 65535",
                    "write one of those, or leave the `:` out"};
}

std::optional<UrlMistake> read_authority(std::string_view text, std::size_t begin, std::size_t end) {
  const std::string_view authority = text.substr(begin, end - begin);
  if (authority.empty())
    return UrlMistake{0, begin, "this URL has no host", "write `https://www.example.com/` or a path"};
  if (const std::size_t at = authority.find('@'); at != std::string_view::npos)
    return UrlMistake{begin, begin + at + 1, "a user's name is never sent in a request", "leave it out of the URL"};
  const std::size_t bracket = authority.front() == '[' ? authority.find(']') : 0;
  const std::size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  const std::string_view host = authority.substr(0, colon);
  if (std::any_of(host.begin(), host.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }))
    return UrlMistake{begin, begin + host.size(), "`" + std::string(host) + "` is a host in letters that no URL has",
                      canonical_host_literal(host) ? "write `" + *canonical_host_literal(host) + "`"
                                                   : "a host is letters, digits, `-` and `.`"};
  if (!canonical_host_literal(host))
    return UrlMistake{begin, begin + std::max<std::size_t>(host.size(), 1), "`" + std::string(host) + "` is no host",
                      "a host is labels of letters, digits and `-` with dots between them"};
  if (colon != std::string_view::npos) return read_port(text, begin + colon + 1, end);
  return std::nullopt;
}

/// The bytes of a request line's target.
std::optional<UrlMistake> read_target_bytes(std::string_view text, std::size_t begin) {
  for (std::size_t at = begin; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte == '#')
      return UrlMistake{at, text.size(), "a fragment is never sent in a request", "leave it out of the URL"};
    if (byte == ' ') return UrlMistake{at, at + 1, "no URL holds a space", "write `%20`"};
    if (byte < 0x20 || byte == 0x7F)
      return UrlMistake{at, at + 1, "no URL holds a control character", "write it as `%` and two hexadecimal digits"};
  }
  return std::nullopt;
}

}  // namespace

std::optional<UrlMistake> read_test_url(std::string_view text, TestRequest& out) {
  out.scheme = kTestScheme;
  out.authority = kTestHost;
  const bool options = out.method == "OPTIONS";
  if (text == "*" && options) {
    out.target = "*";
    return std::nullopt;
  }
  std::size_t begin = 0;
  if (!text.starts_with('/')) {
    const std::size_t colon = text.find("://");
    const std::string_view scheme = text.substr(0, colon);
    if (colon == std::string_view::npos || !(equal_nocase(scheme, "http") || equal_nocase(scheme, "https")))
      return UrlMistake{0, colon == std::string_view::npos || colon == 0 ? text.size() : colon,
                        "a URL begins with `https://`, `http://` or `/`",
                        "a path alone is one of `https://" + std::string(kTestHost) + "`"};
    out.scheme = equal_nocase(scheme, "https") ? "https" : "http";
    const std::size_t host = colon + 3;
    begin = std::min(text.find_first_of("/?#", host), text.size());
    if (auto mistake = read_authority(text, host, begin)) return mistake;
    out.authority = text.substr(host, begin - host);
  }
  if (auto mistake = read_target_bytes(text, begin)) return mistake;
  out.target = text.substr(begin);
  // Of a URL without path and query, OPTIONS asks about the server as a whole (RFC 9112 3.2.4).
  if (options && out.target.empty()) {
    out.target = "*";
  } else if (!out.target.starts_with('/')) {
    out.target.insert(0, "/");
  }
  return std::nullopt;
}

}  // namespace sprx
