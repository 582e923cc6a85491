// Writing heads: the only place where a status line, a request line or a framing field is made.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/decide/message.h"
#include "runtime/http/head_parse.h"

namespace sprx {

/// The framing of a message on its way out.
struct OutFraming {
  enum class Kind : std::uint8_t { none, length, chunked, close };
  Kind kind = Kind::none;  ///< none: no framing field at all; close: ends with the connection
  std::uint64_t length = 0;
};

/// What the Connection field of a message on its way out says.
enum class OutConnection : std::uint8_t { none, close, keep_alive, upgrade };

/// All functions append to `out`, which is reused from message to message.
void write_request_line(std::string& out, const RequestMessage& message);
void write_status_line(std::string& out, std::uint16_t status, std::string_view reason);
void write_header(std::string& out, std::string_view name, std::string_view value);
void write_framing(std::string& out, const OutFraming& framing);
/// `upgrade` is the protocol for OutConnection::upgrade.
void write_connection(std::string& out, OutConnection connection, std::string_view upgrade = {});
void write_number(std::string& out, std::uint64_t number);

/// The usual phrase of a status, "" where there is none.
[[nodiscard]] std::string_view phrase_of(std::uint16_t status);

/// An IMF-fixdate (RFC 9110 5.6.7), 29 characters, into `out`.
void write_date(char* out, std::int64_t unix_seconds);
inline constexpr std::size_t kDateSize = 29;

}  // namespace sprx
