// Beast's part in the reading of a head.
#include "runtime/http/head_split.h"

#include <array>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <limits>
#include <optional>

#include "runtime/http/ascii.h"

namespace sprx {
namespace {

namespace http = boost::beast::http;
using boost::beast::error_code;
using boost::beast::string_view;

std::string_view view(string_view text) { return {text.data(), text.size()}; }

/// Beast's parser with hooks that keep views. Only heads go through it: bodies are framed by chunked.h and by counting.
template <bool isRequest>
class Splitter final : public http::basic_parser<isRequest> {
 public:
  explicit Splitter(ParsedHead& out) : out_(out) {
    this->header_limit(std::numeric_limits<std::uint32_t>::max());  // HeadScan has measured
    this->skip(true);
  }

 private:
  void on_request_impl(http::verb, string_view method, string_view target, int version, error_code&) override {
    out_.method = view(method);
    out_.target = view(target);
    out_.minor = static_cast<std::uint8_t>(version % 10);
  }
  void on_response_impl(int status, string_view reason, int version, error_code&) override {
    out_.status = static_cast<std::uint16_t>(status);
    out_.reason = view(reason);
    out_.minor = static_cast<std::uint8_t>(version % 10);
  }
  void on_field_impl(http::field, string_view name, string_view value, error_code&) override {
    out_.headers.push_back({view(name), view(value)});
  }
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(string_view body, error_code&) override { return body.size(); }
  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, string_view body, error_code&) override { return body.size(); }
  void on_finish_impl(error_code&) override {}

  ParsedHead& out_;
};

Reason reason_of(const error_code& ec) {
  if (ec == http::error::bad_method || ec == http::error::bad_version || ec == http::error::bad_status ||
      ec == http::error::bad_reason) {
    return Reason::bad_request_line;
  }
  if (ec == http::error::bad_target) return Reason::bad_target;
  if (ec == http::error::bad_content_length || ec == http::error::multiple_content_length ||
      ec == http::error::bad_transfer_encoding) {
    return Reason::bad_framing;
  }
  return Reason::bad_header;
}

/// Gives the parser the next bytes of a head, of which it has to take the first `whole`: lines.
template <bool isRequest>
void feed(Splitter<isRequest>& parser, std::string_view bytes, std::size_t whole, error_code& ec) {
  ec = {};
  const std::size_t used = parser.put(boost::asio::const_buffer(bytes.data(), bytes.size()), ec);
  if (ec == http::error::need_more) ec = {};
  if (!ec && used != whole) ec = http::error::bad_field;
}

/// `HTTP/1.1 200` without the blank before an absent reason phrase: harmless, common, and refused by Beast, so it is
/// given the line as it should be. What is left of `bytes`.
std::string_view feed_short_status(Splitter<false>& parser, std::string_view bytes, ParsedHead& out, error_code& ec) {
  constexpr std::size_t kShort = sizeof("HTTP/1.1 200") - 1;
  if (bytes.size() <= kShort || bytes[kShort] != '\r') return bytes;
  std::array<char, kShort + 3> line{};
  bytes.copy(line.data(), kShort);
  line[kShort] = ' ';
  line[kShort + 1] = '\r';
  line[kShort + 2] = '\n';
  feed(parser, {line.data(), line.size()}, line.size(), ec);
  out.reason = {};
  return bytes.substr(kShort + 2);
}

/// The value of a line of the Connection family, which Beast only takes as a list of tokens; nothing for other lines,
/// and for one with a byte that no value has. `line` is without its line end.
std::optional<HeaderLine> connection_line(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view name = line.substr(0, colon);
  if (!equals_nocase(name, "connection") && !equals_nocase(name, "proxy-connection")) return std::nullopt;
  const std::string_view value = trim_blanks(line.substr(colon + 1));
  for (const char c : value) {
    if ((static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f) return std::nullopt;
  }
  return HeaderLine{name, value};
}

/// The lines of the head one by one, those of the Connection family past Beast.
template <bool isRequest>
void feed_around_connection(Splitter<isRequest>& parser, std::string_view bytes, ParsedHead& out, error_code& ec) {
  std::size_t fed = 0;
  for (std::size_t start = 0, end = 0; !ec && start < bytes.size(); start = end) {
    end = bytes.find('\n', start) + 1;
    const auto line = connection_line(bytes.substr(start, end - 2 - start));
    if (!line) continue;
    // With one byte more: whether a line goes on in the next one is seen by that.
    if (fed < start) feed(parser, bytes.substr(fed, start + 1 - fed), start - fed, ec);
    out.headers.push_back(*line);
    fed = end;
  }
  if (!ec) feed(parser, bytes.substr(fed), bytes.size() - fed, ec);
}

template <bool isRequest>
error_code split(std::string_view bytes, ParsedHead& out, bool around_connection) {
  Splitter<isRequest> parser(out);
  error_code ec;
  if constexpr (!isRequest) {
    bytes = feed_short_status(parser, bytes, out, ec);
    if (ec) return ec;
  }
  if (around_connection) {
    feed_around_connection(parser, bytes, out, ec);
  } else {
    feed(parser, bytes, bytes.size(), ec);
  }
  if (!ec && !parser.is_header_done()) ec = http::error::bad_field;
  return ec;
}

template <bool isRequest>
Reason split(std::string_view bytes, ParsedHead& out) {
  error_code ec = split<isRequest>(bytes, out, false);
  if (ec == http::error::bad_value) {
    out.headers.clear();
    ec = split<isRequest>(bytes, out, true);
  }
  return ec ? reason_of(ec) : Reason::none;
}

}  // namespace

Reason split_request_head(std::string_view bytes, ParsedHead& out) { return split<true>(bytes, out); }

Reason split_response_head(std::string_view bytes, ParsedHead& out) { return split<false>(bytes, out); }

}  // namespace sprx
