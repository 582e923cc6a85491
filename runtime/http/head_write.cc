#include "runtime/http/head_write.h"

#include <boost/beast/http/status.hpp>
#include <chrono>
#include <fmt/format.h>

namespace sprx {

void write_number(std::string& out, std::uint64_t number) {
  const fmt::format_int text(number);
  out.append(text.data(), text.size());
}

void write_request_line(std::string& out, const RequestMessage& message) {
  out.append(message.method).push_back(' ');
  out.append(message.path);
  if (message.has_query) {
    out.push_back('?');
    out.append(message.query);
  }
  out.append(" HTTP/1.1\r\n");
}

void write_status_line(std::string& out, std::uint16_t status, std::string_view reason) {
  out.append("HTTP/1.1 ");
  write_number(out, status);
  out.push_back(' ');
  out.append(reason).append("\r\n");
}

void write_header(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

void write_framing(std::string& out, const OutFraming& framing) {
  if (framing.kind == OutFraming::Kind::length) {
    out.append("Content-Length: ");
    write_number(out, framing.length);
    out.append("\r\n");
  } else if (framing.kind == OutFraming::Kind::chunked) {
    out.append("Transfer-Encoding: chunked\r\n");
  }
}

void write_connection(std::string& out, OutConnection connection, std::string_view upgrade) {
  switch (connection) {
    case OutConnection::none:
      break;
    case OutConnection::close:
      out.append("Connection: close\r\n");
      break;
    case OutConnection::keep_alive:
      out.append("Connection: keep-alive\r\n");
      break;
    case OutConnection::upgrade:
      out.append("Connection: Upgrade\r\n");
      write_header(out, "Upgrade", upgrade);
      break;
  }
}

std::string_view phrase_of(std::uint16_t status) {
  // RFC 9110 has renamed these two (15.5.14, 15.5.21), Beast has their old names.
  if (status == 413) return "Content Too Large";
  if (status == 422) return "Unprocessable Content";
  if (status == 425) return "Too Early";  // RFC 8470
  using boost::beast::http::int_to_status;
  using boost::beast::http::obsolete_reason;
  const auto known = int_to_status(status);
  if (known == boost::beast::http::status::unknown) return {};
  const auto phrase = obsolete_reason(known);
  return {phrase.data(), phrase.size()};
}

void write_date(char* out, std::int64_t unix_seconds) {
  using namespace std::chrono;
  constexpr std::string_view kDays = "SunMonTueWedThuFriSat";
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const sys_seconds time{seconds(unix_seconds)};
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(time - day);
  fmt::format_to_n(out, kDateSize, "{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
                   kDays.substr(weekday(day).c_encoding() * 3, 3), static_cast<unsigned>(date.day()),
                   kMonths.substr((static_cast<unsigned>(date.month()) - 1) * 3, 3), static_cast<int>(date.year()),
                   clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

}  // namespace sprx
