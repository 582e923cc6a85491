// Parsing of a complete head that HeadScan has passed: Beast's basic_parser splits it into views, the framing fields
// are judged here, once, and strictly. What comes out is unambiguous or refused.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "runtime/decide/facts.h"
#include "runtime/http/head_scan.h"
#include "runtime/http/reason.h"

namespace sprx {

/// How the end of a body is found.
enum class BodyKind : std::uint8_t { none, length, chunked, until_close };

struct Framing {
  BodyKind kind = BodyKind::none;
  std::uint64_t length = 0;  ///< for BodyKind::length; for `none`, what Content-Length said (HEAD, 304) if has_length
  bool has_length = false;   ///< there was a Content-Length
};

/// What the Connection family of fields says.
struct ConnectionOptions {
  bool close = false;
  bool keep_alive = false;
  bool upgrade = false;
  bool nominates = false;  ///< names other fields than the usual ones: they are hop by hop too
};

/// A header's name, and whether Connection names it.
struct NamedLine {
  std::string_view name;
  bool nominated = false;
};

/// A head split into views of the receive buffer. Reused from message to message: vectors keep their memory.
struct ParsedHead {
  std::string_view method;
  std::string_view target;  ///< as sent
  std::uint8_t minor = 1;   ///< HTTP/1.minor
  std::uint16_t status = 0;
  std::string_view reason;
  std::vector<HeaderLine> headers;  ///< all lines, in order
  Framing framing;
  ConnectionOptions connection;
  /// The names of all headers, sorted without regard to case; only where `connection.nominates`, as a head may hold
  /// tens of thousands of members of Connection and each line has to be looked up among them.
  std::vector<NamedLine> names;
  std::string_view host;  ///< the Host value of a request
  bool has_host = false;
  std::string_view upgrade;       ///< the Upgrade value, "" for none
  bool expects_continue = false;  ///< Expect: 100-continue, HTTP/1.1
  bool has_via = false;
  bool has_date = false;
  /// Set by whoever knows the configuration, "" for none: one more field that Connection must not take away, the one
  /// that `client_ip` reads.
  std::string_view never_nominated;

  void clear();
};

/// A message in a minor version above ours is read as HTTP/1.1 (RFC 9110 2.5): changes that digit in `head`, nothing
/// else.
void read_as_known_version(std::span<char> head, MessageKind kind);

/// `bytes` is exactly one head, as HeadScan measured it. Views in `out` point into `bytes`.
[[nodiscard]] Reason parse_request_head(std::string_view bytes, std::size_t uri_limit, ParsedHead& out);

/// `to_head`: the response answers a HEAD request. Any reason other than none means that the answer cannot be trusted.
[[nodiscard]] Reason parse_response_head(std::string_view bytes, bool to_head, ParsedHead& out);

/// Whether Connection names the field, one of the head's, so that it goes no further (RFC 9110 7.6.1) and rules do not
/// see it. Never true for what a client must not be able to take away from the next hop, or from the rules.
[[nodiscard]] bool is_nominated(const ParsedHead& head, std::string_view name);

/// Whether `name` is consumed by this hop: the Connection family, framing, and what Connection nominated (but never
/// fields that a client must not be able to take away from the next hop by naming them, such as Host or
/// X-Forwarded-For).
[[nodiscard]] bool is_hop_by_hop(const ParsedHead& head, std::string_view name);

}  // namespace sprx
