// Reason: every way in which a message can end other than well. One list gives the status, the word in the access log
// and in metrics, the RFC 9209 error type and the text for the client.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace sprx {

// SPRX_REASON(id, status, RFC 9209 type, text for the client): status 0 means that no answer is sent.
#define SPRX_REASONS(X)                                                                                        \
  X(none, 0, "", "")                                                                                           \
  X(bad_request_line, 400, "http_request_error", "The request line is malformed.")                             \
  X(bad_header, 400, "http_request_error", "A header line is malformed.")                                      \
  X(bad_line_ending, 400, "http_request_error", "A line of the request does not end with CR LF.")              \
  X(bad_host, 400, "http_request_error", "The Host field is missing, repeated or invalid.")                    \
  X(bad_target, 400, "http_request_error", "The request target is invalid.")                                   \
  X(bad_path, 400, "http_request_error", "The path of the request is invalid.")                                \
  X(bad_framing, 400, "http_request_error", "The length of the request is malformed or ambiguous.")            \
  X(bad_chunk, 400, "http_request_error", "The chunked body of the request is malformed.")                     \
  X(bad_expectation, 417, "http_request_error", "The expectation is not known.")                               \
  X(not_http, 400, "http_request_error", "This is not an HTTP/1.1 request.")                                   \
  X(bad_max_forwards, 400, "http_request_error", "The Max-Forwards field is invalid.")                         \
  X(unknown_transfer_coding, 501, "http_request_error", "The transfer coding is not supported.")               \
  X(version_not_supported, 505, "http_request_error", "The HTTP version is not supported.")                    \
  X(connect_refused, 405, "http_request_denied", "CONNECT is not allowed here.")                               \
  X(uri_too_long, 414, "http_request_error", "The request target is too long.")                                \
  X(head_too_large, 431, "http_request_error", "The request head is too large.")                               \
  X(header_too_large, 431, "http_request_error", "A header line of the request is too large.")                 \
  X(too_many_headers, 431, "http_request_error", "The request has too many header lines.")                     \
  X(head_timeout, 408, "http_request_error", "The request head did not arrive in time.")                       \
  X(body_timeout, 408, "http_request_error", "The request body did not arrive in time.")                       \
  X(connection_limit, 503, "connection_limit_reached", "Too many connections.")                                \
  X(buffer_limit, 503, "proxy_internal_response", "The proxy has no memory for another request now.")          \
  X(rule_error, 500, "proxy_internal_error", "The request could not be decided.")                              \
  X(rule_drop, 0, "http_request_denied", "")                                                                   \
  X(client_closed, 0, "", "")                                                                                  \
  X(client_write_timeout, 0, "", "")                                                                           \
  X(dns_error, 502, "dns_error", "The next hop's name does not resolve.")                                      \
  X(connect_failed, 502, "connection_refused", "The next hop cannot be reached.")                              \
  X(connect_timeout, 504, "connection_timeout", "The next hop did not accept the connection in time.")         \
  X(upstream_closed, 502, "connection_terminated", "The next hop closed the connection without an answer.")    \
  X(upstream_response_timeout, 504, "http_response_timeout", "The next hop did not answer in time.")           \
  X(upstream_write_timeout, 504, "connection_write_timeout", "The next hop did not take the request in time.") \
  X(upstream_read_timeout, 0, "connection_read_timeout", "")                                                   \
  X(upstream_bad_response, 502, "http_protocol_error", "The next hop's answer is malformed.")                  \
  X(upstream_head_too_large, 502, "http_response_header_section_size", "The next hop's answer is too large.")  \
  X(upstream_bad_upgrade, 502, "http_upgrade_failed", "The next hop switched to a protocol nobody asked for.") \
  X(upstream_truncated, 0, "http_response_incomplete", "")                                                     \
  X(upstream_bad_chunk, 0, "http_response_transfer_coding", "")                                                \
  X(draining, 503, "proxy_internal_response", "The proxy is shutting down.")

enum class Reason : std::uint8_t {
#define X(id, status, type, text) id,
  SPRX_REASONS(X)
#undef X
};

struct ReasonInfo {
  std::string_view word;  ///< as in the access log and `response.error`
  std::uint16_t status;   ///< what the client gets where an answer is still possible; 0: the connection is just closed
  std::string_view type;  ///< RFC 9209 proxy error type
  std::string_view text;  ///< the body of the answer; says nothing of the inside
};

inline constexpr auto kReasons = std::to_array<ReasonInfo>({
#define X(id, status, type, text) {#id, status, type, text},
    SPRX_REASONS(X)
#undef X
});

[[nodiscard]] constexpr const ReasonInfo& info(Reason reason) { return kReasons[static_cast<std::size_t>(reason)]; }

}  // namespace sprx
