#include "runtime/http/target.h"

#include "runtime/http/ascii.h"

namespace sprx {
namespace {

bool is_name_char(char c) {
  const auto byte = static_cast<unsigned char>(c);
  if (byte >= 0x80) return true;  // raw UTF-8 names: decided (A-labels, or 400) where the host is canonicalised
  return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'z') ||
         std::string_view("-._~!$&'()*+,;=%").find(c) != std::string_view::npos;
}

bool is_port(std::string_view text) {
  if (text.empty()) return true;  // RFC 3986 lets the port be empty
  if (text.size() > 5) return false;
  const auto port = parse_decimal(text);
  return port && *port >= 1 && *port <= 65'535;
}

/// The authority without a port that the scheme implies anyway.
std::string_view without_default_port(std::string_view authority, bool https) {
  const std::string_view port = https ? ":443" : ":80";
  if (authority.ends_with(port)) authority.remove_suffix(port.size());
  if (authority.ends_with(':')) authority.remove_suffix(1);
  return authority;
}

Reason read_absolute(std::string_view rest, bool https, const ParsedHead& head, TargetParts& out) {
  const std::size_t end = rest.find_first_of("/?");
  const std::string_view authority = rest.substr(0, end);
  if (!is_authority(authority)) return Reason::bad_target;
  if (head.has_host && !equals_nocase(without_default_port(authority, https), without_default_port(head.host, https))) {
    return Reason::bad_host;
  }
  out.authority = authority;
  if (end == std::string_view::npos) {
    out.target = head.method == "OPTIONS" ? "*" : "/";
  } else if (rest[end] == '?') {
    out.target = "/";
    out.absolute_query = rest.substr(end);
  } else {
    out.target = rest.substr(end);
  }
  return Reason::none;
}

}  // namespace

bool is_authority(std::string_view text) {
  if (text.empty()) return false;
  if (text.front() == '[') {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos || close < 3) return false;
    for (const char c : text.substr(1, close - 1)) {
      if (hex_value(c) < 0 && c != ':' && c != '.') return false;
    }
    const std::string_view rest = text.substr(close + 1);
    return rest.empty() || (rest.front() == ':' && is_port(rest.substr(1)));
  }
  const std::size_t colon = text.find(':');
  const std::string_view name = text.substr(0, colon);
  if (name.empty()) return false;
  for (const char c : name) {
    if (!is_name_char(c)) return false;
  }
  return colon == std::string_view::npos || is_port(text.substr(colon + 1));
}

Reason read_target(const ParsedHead& head, TargetParts& out) {
  out = {};
  if (head.method == "CONNECT") return Reason::connect_refused;
  if (!head.has_host && head.minor >= 1) return Reason::bad_host;
  if (head.has_host && !is_authority(head.host)) return Reason::bad_host;
  out.authority = head.host;
  const std::string_view target = head.target;
  // A fragment never belongs in a request; what servers make of one differs.
  if (target.find('#') != std::string_view::npos) return Reason::bad_target;
  if (target.front() == '/') {
    out.target = target;
    return Reason::none;
  }
  if (target == "*") {
    if (head.method != "OPTIONS") return Reason::bad_target;
    out.target = target;
    return Reason::none;
  }
  if (starts_nocase(target, "http://")) return read_absolute(target.substr(7), false, head, out);
  if (starts_nocase(target, "https://")) return read_absolute(target.substr(8), true, head, out);
  return Reason::bad_target;
}

}  // namespace sprx
