// URLs as a client sends them, and where a redirect leads from one.
#include <algorithm>
#include <charconv>

#include "compiler/sets/concrete.h"
#include "compiler/table/canonical.h"

namespace sprx::sets {

std::size_t scheme_size(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0) return 0;
  const std::string_view name = text.substr(0, colon);
  const bool letters = std::all_of(name.begin(), name.end(), [](char c) { return fold(c) >= 'a' && fold(c) <= 'z'; });
  return letters ? colon + 1 : 0;
}

std::string Url::text() const {
  std::string out = scheme + "://" + host;
  if (port != (scheme == "https" ? 443 : 80)) out += ":" + std::to_string(port);
  return out + raw_path + (has_query ? "?" + raw_query : "");
}

std::optional<Url> resolve(const Url& base, std::string_view location) {
  location = location.substr(0, location.find('#'));
  Url out = base;
  const std::size_t scheme = scheme_size(location);
  if (scheme != 0) {
    out.scheme.clear();
    for (const char c : location.substr(0, scheme - 1)) out.scheme += fold(c);
    if ((out.scheme != "http" && out.scheme != "https") || !location.substr(scheme).starts_with("//"))
      return std::nullopt;
    location.remove_prefix(scheme + 2);
    const std::size_t end = std::min(location.find_first_of("/?"), location.size());
    std::string_view authority = location.substr(0, end);
    location.remove_prefix(end);
    out.port = out.scheme == "https" ? 443 : 80;
    const std::size_t colon =
        authority.find(':', authority.find(']') == std::string_view::npos ? 0 : authority.find(']'));
    if (colon != std::string_view::npos) {
      const std::string_view digits = authority.substr(colon + 1);
      const auto [last, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out.port);
      if (error != std::errc() || last != digits.data() + digits.size()) return std::nullopt;
      authority = authority.substr(0, colon);
    }
    const std::optional<std::string> host = canonical_host_literal(authority);
    if (!host) return std::nullopt;
    out.host = *host;
    out.raw_path = "/";
  } else if (location.empty()) {
    return out;
  }
  const std::size_t mark = location.find('?');
  const std::string_view path = location.substr(0, mark);
  if (!path.empty() && path.front() != '/') return std::nullopt;
  if (!path.empty()) out.raw_path = path;
  out.has_query = mark != std::string_view::npos;
  out.raw_query = out.has_query ? location.substr(mark + 1) : std::string_view{};
  return out;
}

}  // namespace sprx::sets
