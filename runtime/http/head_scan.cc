#include "runtime/http/head_scan.h"

#include <cstring>

#include "runtime/http/ascii.h"

namespace sprx {
namespace {

constexpr std::size_t kVersionRoom = 64;  // a method, two blanks and the version beside the target

/// The first byte of a TLS handshake, the first line of an HTTP/2 connection.
bool is_other_protocol(std::string_view bytes) {
  return (!bytes.empty() && bytes[0] == 0x16) || bytes.starts_with("PRI * HTTP/2.0\r\n");
}

}  // namespace

Reason HeadScan::check_line(std::string_view line, const HeadLimits& limits) {
  // `line` is without its LF.
  if (line.empty() || line.back() != '\r') return Reason::bad_line_ending;
  line.remove_suffix(1);
  if (std::memchr(line.data(), '\r', line.size()) != nullptr) return Reason::bad_line_ending;
  if (std::memchr(line.data(), '\0', line.size()) != nullptr) {
    return lines_ == 0 ? Reason::bad_request_line : Reason::bad_header;
  }
  if (lines_ == 0) {
    if (line.size() > limits.first_line + kVersionRoom) return too_long();
    return Reason::none;
  }
  if (line.size() + 2 > limits.line) return too_long();
  if (!line.empty() && is_blank(line.front())) return Reason::bad_header;  // obs-fold
  if (!line.empty() && lines_ > limits.lines) return Reason::too_many_headers;
  return Reason::none;
}

Reason HeadScan::check_unfinished(std::string_view bytes, const HeadLimits& limits) const {
  const std::string_view line = bytes.substr(line_start_);
  const std::size_t most = lines_ == 0 ? limits.first_line + kVersionRoom : limits.line;
  if (line.size() > most) return too_long();
  if (bytes.size() >= limits.head) return Reason::head_too_large;
  if (lines_ == 0 && kind_ == MessageKind::request) {
    if (is_other_protocol(line)) return Reason::not_http;
    // A first byte that no method has: say so now, since what speaks another protocol may never send a line end.
    if (!line.empty() && !is_token_char(line.front()) && line.front() != '\r') return Reason::bad_request_line;
  }
  return Reason::none;
}

HeadScan::Result HeadScan::scan(std::string_view bytes, const HeadLimits& limits) {
  while (scanned_ < bytes.size()) {
    const void* found = std::memchr(bytes.data() + scanned_, '\n', bytes.size() - scanned_);
    if (found == nullptr) {
      scanned_ = bytes.size();
      break;
    }
    const auto end = static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data());
    const std::string_view line = bytes.substr(line_start_, end - line_start_);
    if (lines_ == 0 && kind_ == MessageKind::request && is_other_protocol(bytes.substr(0, end + 1))) {
      return fail(Reason::not_http);
    }
    if (const Reason reason = check_line(line, limits); reason != Reason::none) return fail(reason);
    line_start_ = scanned_ = end + 1;
    if (line_start_ > limits.head) return fail(Reason::head_too_large);
    const bool empty = line.size() == 1;
    if (empty && lines_ == 0) return fail(Reason::bad_request_line);
    ++lines_;
    if (empty) return Result::complete;
  }
  if (const Reason reason = check_unfinished(bytes, limits); reason != Reason::none) return fail(reason);
  return Result::more;
}

}  // namespace sprx
