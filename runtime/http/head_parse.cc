#include "runtime/http/head_parse.h"

#include <algorithm>
#include <array>
#include <limits>

#include "runtime/http/ascii.h"
#include "runtime/http/head_split.h"

namespace sprx {
namespace {

/// A version that is well-formed but not ours gets its own answer; everything else about it is Beast's to refuse.
Reason check_version(std::string_view bytes) {
  const std::string_view line = bytes.substr(0, bytes.find('\r'));
  const std::size_t blank = line.rfind(' ');
  if (blank == std::string_view::npos) return Reason::bad_request_line;
  const std::string_view version = line.substr(blank + 1);
  const bool shaped = version.size() == 8 && version.starts_with("HTTP/") && is_digit(version[5]) &&
                      version[6] == '.' && is_digit(version[7]);
  if (!shaped) return Reason::bad_request_line;
  return version == "HTTP/1.1" || version == "HTTP/1.0" ? Reason::none : Reason::version_not_supported;
}

void read_connection(std::string_view value, ConnectionOptions& out) {
  while (!value.empty()) {
    const std::string_view option = next_member(value);
    if (equals_nocase(option, "close")) {
      out.close = true;
    } else if (equals_nocase(option, "keep-alive")) {
      out.keep_alive = true;
    } else if (equals_nocase(option, "upgrade")) {
      out.upgrade = true;
    } else if (!option.empty()) {
      out.nominates = true;
    }
  }
}

/// Any order will do that finds a name again.
bool before(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return a.size() < b.size();
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(),
                                      [](char x, char y) { return to_lower(x) < to_lower(y); });
}

/// The first of the lines of that name, or the end.
template <class Names>
auto find_name(Names& names, std::string_view name) {
  const auto at = std::lower_bound(names.begin(), names.end(), name,
                                   [](const NamedLine& line, std::string_view key) { return before(line.name, key); });
  return at != names.end() && equals_nocase(at->name, name) ? at : names.end();
}

/// Marks the headers that the lines of Connection name.
void note_nominated(ParsedHead& head) {
  for (const HeaderLine& line : head.headers) head.names.push_back({line.name, false});
  std::sort(head.names.begin(), head.names.end(),
            [](const NamedLine& a, const NamedLine& b) { return before(a.name, b.name); });
  for (const HeaderLine& line : head.headers) {
    if (!equals_nocase(line.name, "connection")) continue;
    std::string_view rest = line.value;
    while (!rest.empty()) {
      const std::string_view option = next_member(rest);
      if (option.empty()) continue;
      if (const auto at = find_name(head.names, option); at != head.names.end()) at->nominated = true;
    }
  }
}

struct FramingFields {
  unsigned lengths = 0;
  unsigned codings = 0;
  std::string_view length;
  std::string_view coding;
};

/// One walk over the lines picks out what the proxy itself acts on. A name's length decides first: most are passed over
/// by it.
Reason read_known_fields(ParsedHead& out, FramingFields& framing, bool request) {
  unsigned hosts = 0;
  for (const HeaderLine& line : out.headers) {
    const std::string_view name = line.name;
    switch (name.size()) {
      case 3:
        if (equals_nocase(name, "via")) out.has_via = true;
        break;
      case 4:
        if (request && equals_nocase(name, "host")) {
          if (++hosts > 1) return Reason::bad_host;
          out.host = line.value;
          out.has_host = true;
        } else if (equals_nocase(name, "date")) {
          out.has_date = true;
        }
        break;
      case 6:
        if (request && equals_nocase(name, "expect")) {
          if (!equals_nocase(line.value, "100-continue")) return Reason::bad_expectation;
          out.expects_continue = out.minor >= 1;
        }
        break;
      case 7:
        if (equals_nocase(name, "upgrade")) {
          // Two lines are joined nowhere here: a second one makes the offer unusable.
          out.upgrade = out.upgrade.empty() ? line.value : std::string_view(",");
        }
        break;
      case 10:
        if (equals_nocase(name, "connection")) read_connection(line.value, out.connection);
        break;
      case 14:
        if (equals_nocase(name, "content-length")) {
          ++framing.lengths;
          framing.length = line.value;
        }
        break;
      case 17:
        if (equals_nocase(name, "transfer-encoding")) {
          ++framing.codings;
          framing.coding = line.value;
        }
        break;
      default:
        break;
    }
  }
  if (out.connection.nominates) note_nominated(out);
  return Reason::none;
}

/// RFC 9112 6.3, refusing wherever two readers could differ: a repeated Content-Length (even with the same value), both
/// fields together, any coding but exactly `chunked`, and a coding in HTTP/1.0.
Reason read_framing(const FramingFields& fields, ParsedHead& out) {
  if (fields.codings > 0) {
    if (fields.codings > 1 || fields.lengths > 0 || out.minor == 0) return Reason::bad_framing;
    if (!equals_nocase(fields.coding, "chunked")) {
      const bool has_chunked =
          starts_nocase(fields.coding, "chunked") || fields.coding.find(',') != std::string_view::npos;
      return has_chunked || fields.coding.empty() ? Reason::bad_framing : Reason::unknown_transfer_coding;
    }
    out.framing.kind = BodyKind::chunked;
    return Reason::none;
  }
  if (fields.lengths > 1) return Reason::bad_framing;
  if (fields.lengths == 1) {
    const auto length = parse_decimal(fields.length);
    // Past 2^63-1 the next hop may read a negative number.
    if (!length || *length > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
      return Reason::bad_framing;
    }
    out.framing.kind = *length == 0 ? BodyKind::none : BodyKind::length;
    out.framing.length = *length;
    out.framing.has_length = true;
  }
  return Reason::none;
}

/// Fields that Connection may name without effect: a client could otherwise hide from the next hop what the platform,
/// or this proxy, says there.
constexpr auto kNeverNominated = std::to_array<std::string_view>(
    {"host", "authorization", "cookie", "date", "cache-control", "via", "forwarded", "true-client-ip", "max-forwards",
     "content-type", "content-encoding", "location", "set-cookie", "vary", "etag"});

}  // namespace

void ParsedHead::clear() {
  method = target = reason = host = upgrade = {};
  minor = 1;
  status = 0;
  headers.clear();
  names.clear();
  framing = {};
  connection = {};
  has_host = expects_continue = has_via = has_date = false;
  never_nominated = {};
}

void read_as_known_version(std::span<char> head, MessageKind kind) {
  // ` HTTP/1.x` ends the line of a request and, without the blank, begins that of a response.
  constexpr std::string_view kMajor = " HTTP/1.";
  const std::string_view text(head.data(), head.size());
  const std::size_t end = kind == MessageKind::request ? text.substr(0, text.find('\r')).size() : kMajor.size();
  const std::string_view major = kind == MessageKind::request ? kMajor : kMajor.substr(1);
  if (end < major.size() + 1 || end > head.size() || !text.substr(0, end - 1).ends_with(major)) return;
  char& minor = head[end - 1];
  if (minor >= '2' && minor <= '9') minor = '1';
}

Reason parse_request_head(std::string_view bytes, std::size_t uri_limit, ParsedHead& out) {
  out.clear();
  if (const Reason reason = check_version(bytes); reason != Reason::none) return reason;
  if (const Reason reason = split_request_head(bytes, out); reason != Reason::none) {
    return reason;
  }
  if (out.target.size() > uri_limit) return Reason::uri_too_long;
  FramingFields framing;
  if (const Reason reason = read_known_fields(out, framing, true); reason != Reason::none) return reason;
  return read_framing(framing, out);
}

Reason parse_response_head(std::string_view bytes, bool to_head, ParsedHead& out) {
  out.clear();
  if (split_response_head(bytes, out) != Reason::none) return Reason::upstream_bad_response;
  if (out.status < 100 || out.status > 599) return Reason::upstream_bad_response;
  // Nothing of HTTP/1.0 can change the protocol (RFC 9110 7.8).
  if (out.status == 101 && out.minor == 0) return Reason::upstream_bad_response;
  FramingFields framing;
  if (read_known_fields(out, framing, false) != Reason::none) return Reason::upstream_bad_response;
  if (read_framing(framing, out) != Reason::none) return Reason::upstream_bad_response;
  if (to_head || out.status / 100 == 1 || out.status == 204 || out.status == 304) {
    // 1xx and 204 must not speak of a body; where one does, whatever follows on this connection is not trusted.
    const bool never_has_body = out.status / 100 == 1 || out.status == 204;
    if (never_has_body && out.framing.kind != BodyKind::none) out.connection.close = true;
    out.framing.kind = BodyKind::none;
  } else if (out.framing.kind == BodyKind::none && !out.framing.has_length) {
    out.framing.kind = BodyKind::until_close;
  }
  return Reason::none;
}

bool is_nominated(const ParsedHead& head, std::string_view name) {
  if (starts_nocase(name, "x-forwarded-") || starts_nocase(name, "section-")) return false;
  if (!head.never_nominated.empty() && equals_nocase(name, head.never_nominated)) return false;
  for (const std::string_view kept : kNeverNominated) {
    if (equals_nocase(name, kept)) return false;
  }
  const auto at = find_name(head.names, name);
  return at != head.names.end() && at->nominated;
}

bool is_hop_by_hop(const ParsedHead& head, std::string_view name) {
  switch (name.size()) {
    case 2:
      if (equals_nocase(name, "te")) return true;
      break;
    case 7:
      if (equals_nocase(name, "upgrade") || equals_nocase(name, "trailer")) return true;
      break;
    case 10:
      if (equals_nocase(name, "connection") || equals_nocase(name, "keep-alive")) return true;
      break;
    case 14:
      if (equals_nocase(name, "content-length")) return true;
      break;
    case 17:
      if (equals_nocase(name, "transfer-encoding")) return true;
      break;
    default:
      if (starts_nocase(name, "proxy-") &&
          (equals_nocase(name, "proxy-connection") || equals_nocase(name, "proxy-authenticate") ||
           equals_nocase(name, "proxy-authorization") || equals_nocase(name, "proxy-authentication-info"))) {
        return true;
      }
      break;
  }
  return head.connection.nominates && is_nominated(head, name);
}

}  // namespace sprx
