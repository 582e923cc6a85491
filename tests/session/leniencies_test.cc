// What Beast's basic_parser takes although RFC 9112 does not, and where each is closed before anything is forwarded.
// The table of docs/http.md is written from these rows.
#include <boost/beast/http/basic_parser.hpp>
#include <cstdlib>
#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <set>

#include "http/transcript.h"
#include "runtime/http/chunked.h"
#include "runtime/http/head_parse.h"
#include "runtime/http/head_scan.h"
#include "runtime/http/target.h"
#include "support/paths.h"

namespace sprx::testing {
namespace {

namespace http = boost::beast::http;

/// Beast's parser as it is, with hooks that take everything.
template <bool isRequest>
class Bare final : public http::basic_parser<isRequest> {
  using View = boost::beast::string_view;
  using Error = boost::beast::error_code;
  void on_request_impl(http::verb, View, View, int, Error&) override {}
  void on_response_impl(int, View, int, Error&) override {}
  void on_field_impl(http::field, View, View, Error&) override {}
  void on_header_impl(Error&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, Error&) override {}
  std::size_t on_body_impl(View body, Error&) override { return body.size(); }
  void on_chunk_header_impl(std::uint64_t, View, Error&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, View body, Error&) override { return body.size(); }
  void on_finish_impl(Error&) override {}
};

enum class In : std::uint8_t { request, response, chunks };

struct Row {
  In in;
  const char* what;
  std::string text;    ///< a field line, a whole head (with its empty line), or a chunked body
  Reason reason;       ///< none: taken, and harmless as `closed` says
  const char* closed;  ///< where
  const char* name;    ///< a case of testdata/http
};

std::string get(const std::string& line) { return "GET / HTTP/1.1\r\nHost: a\r\n" + line + "\r\n\r\n"; }
std::string ok(const std::string& line) { return "HTTP/1.1 200 OK\r\n" + line + "\r\n\r\n"; }

constexpr const char* kScan = "HeadScan";
constexpr const char* kFraming = "read_framing";

/// A field line of a request that `read_framing` refuses, and one that `HeadScan` does.
Row framed(const char* what, const char* line, const char* name, Reason reason = Reason::bad_framing) {
  return {In::request, what, get(line), reason, kFraming, name};
}
Row folded(const char* what, const char* line, const char* name) {
  return {In::request, what, get(line), Reason::bad_header, kScan, name};
}

const std::vector<Row>& rows() {
  constexpr In kRequest = In::request;
  constexpr In kResponse = In::response;
  constexpr In kChunks = In::chunks;
  constexpr const char* kTarget = "read_target";
  constexpr const char* kChunked = "ChunkedDecoder";
  static const std::vector<Row> all = {
      folded("a folded line, joined with a blank", "X: a\r\n b", "header-folded"),
      folded("the same with a tab", "X: a\r\n\tb", "header-folded-with-tab"),
      folded("a framing field whose value is on the next line", "Transfer-Encoding:\r\n chunked", "te-folded"),
      folded("a line that begins with a blank before the next field", " X: a", "te-leading-space"),
      framed("Content-Length twice, equal", "Content-Length: 5\r\nContent-Length: 5",
             "framing-content-length-twice-equal"),
      framed("a list of equal lengths", "Content-Length: 5, 5", "framing-content-length-list-equal"),
      {kRequest, "a length with zeros before it: written anew", get("Content-Length: 05"), Reason::none,
       "write_framing", "framing-content-length-leading-zeros"},
      framed("a coding that is not known", "Transfer-Encoding: gzip", "te-gzip", Reason::unknown_transfer_coding),
      framed("an unknown coding and a length", "Transfer-Encoding: gzip\r\nContent-Length: 5", "te-and-content-length"),
      framed("chunked after another coding", "Transfer-Encoding: gzip, chunked", "te-gzip-chunked"),
      framed("chunked before another coding", "Transfer-Encoding: chunked, gzip", "te-chunked-gzip"),
      framed("chunked twice in a list", "Transfer-Encoding: chunked, chunked", "te-chunked-chunked-list"),
      framed("an empty member before chunked", "Transfer-Encoding: , chunked", "te-comma-chunked"),
      framed("no coding at all", "Transfer-Encoding: ", "te-empty"),
      framed("a parameter of chunked", "Transfer-Encoding: chunked;q=1", "te-chunked-parameter"),
      framed("chunked in quotes", "Transfer-Encoding: \"chunked\"", "te-quoted", Reason::unknown_transfer_coding),
      framed("a word that ends in chunked", "Transfer-Encoding: xchunked", "te-xchunked",
             Reason::unknown_transfer_coding),
      framed("identity", "Transfer-Encoding: identity", "te-identity", Reason::unknown_transfer_coding),
      {kRequest, "chunked in HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
       Reason::bad_framing, kFraming, "te-in-http-1.0"},
      {kRequest, "no Host", "GET / HTTP/1.1\r\n\r\n", Reason::bad_host, kTarget, "host-missing"},
      {kRequest, "Host twice", get("Host: b"), Reason::bad_host, "read_known_fields", "host-twice"},
      {kRequest, "a Host that is none", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", Reason::bad_host, kTarget,
       "host-with-blank"},
      {kRequest, "a target and a Host that disagree", "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n", Reason::bad_host,
       kTarget, "target-absolute-host-conflict"},
      {kRequest, "a fragment in the target", "GET /#x HTTP/1.1\r\nHost: a\r\n\r\n", Reason::bad_target, kTarget,
       "target-fragment"},
      {kRequest, "a target of no form", "GET x HTTP/1.1\r\nHost: a\r\n\r\n", Reason::bad_target, kTarget,
       "target-relative"},
      {kRequest, "`*` with another method than OPTIONS", "GET * HTTP/1.1\r\nHost: a\r\n\r\n", Reason::bad_target,
       kTarget, "target-star-with-get"},
      {kRequest, "CONNECT", "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n", Reason::connect_refused, kTarget,
       "method-connect"},
      {kRequest, "bytes that no URI has: sent on as they came, a rule sees them in one form",
       "GET /\"<>\\^`{|}\xff HTTP/1.1\r\nHost: a\r\n\r\n", Reason::none, "canonical path", "target-raw-bytes"},
      {kRequest, "an upgrade to HTTP/2: the offer is not passed on", get("Connection: Upgrade\r\nUpgrade: h2c"),
       Reason::none, "upgrade_offer", "upgrade-h2c-is-not-passed-on"},
      {kResponse, "status 000", "HTTP/1.1 000 X\r\nContent-Length: 0\r\n\r\n", Reason::upstream_bad_response,
       "parse_response_head", "upstream-status-zero"},
      {kResponse, "status 600 and more", "HTTP/1.1 600 X\r\nContent-Length: 0\r\n\r\n", Reason::upstream_bad_response,
       "parse_response_head", "upstream-status-600"},
      {kResponse, "a folded line", ok("X: a\r\n b"), Reason::bad_header, kScan, "upstream-header-folded"},
      {kResponse, "Content-Length twice, equal", ok("Content-Length: 0\r\nContent-Length: 0"),
       Reason::upstream_bad_response, kFraming, "upstream-two-lengths-equal"},
      {kResponse, "a coding that is not known: read to the end of the connection", ok("Transfer-Encoding: gzip"),
       Reason::upstream_bad_response, kFraming, "upstream-te-unknown"},
      {kResponse, "a length in a 204: no body is read, the connection is not used again",
       "HTTP/1.1 204 X\r\nContent-Length: 5\r\n\r\n", Reason::none, "parse_response_head", "response-204-with-length"},
      {kResponse, "a length in a 1xx: the same", "HTTP/1.1 103 X\r\nContent-Length: 5\r\n\r\n", Reason::none,
       "parse_response_head", "interim-with-length"},
      {kChunks, "a blank before an extension", "2 ;a=b\r\nhi\r\n0\r\n\r\n", Reason::bad_chunk, kChunked,
       "chunk-size-trailing-space"},
      {kChunks, "a tab before an extension", "2\t;a=b\r\nhi\r\n0\r\n\r\n", Reason::bad_chunk, kChunked,
       "chunk-size-trailing-tab"},
      {kChunks, "a control in a quoted extension", "2;a=\"\x01\"\r\nhi\r\n0\r\n\r\n", Reason::bad_chunk, kChunked,
       "chunk-extension-nul"},
      {kChunks, "a folded trailer", "0\r\nX: y\r\n z\r\n\r\n", Reason::bad_chunk, kChunked, "chunk-trailer-folded"},
      {kChunks, "a trailer that would route or frame: dropped as all are", "0\r\nHost: evil\r\n\r\n", Reason::none,
       kChunked, "framing-request-trailers-that-frame"},
  };
  return all;
}

template <bool isRequest>
bool beast_takes(const std::string& text) {
  Bare<isRequest> parser;
  parser.eager(true);
  boost::beast::error_code ec;
  std::size_t used = 0;
  while (used < text.size() && !parser.is_done()) {
    used += parser.put(boost::asio::const_buffer(text.data() + used, text.size() - used), ec);
    if (ec) return false;
    if (parser.is_header_done() && !parser.chunked()) return true;  // a body would follow
  }
  return parser.is_header_done();
}

bool beast_takes(const Row& row) {
  if (row.in == In::response) return beast_takes<false>(row.text);
  if (row.in == In::request) return beast_takes<true>(row.text);
  return beast_takes<true>("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + row.text);
}

Reason ours(const Row& row) {
  if (row.in == In::chunks) {
    ChunkedDecoder decoder;
    std::string_view in = row.text;
    std::string_view data;
    auto result = ChunkedDecoder::Result::data;
    while (result == ChunkedDecoder::Result::data) result = decoder.decode(in, data);
    return result == ChunkedDecoder::Result::done ? Reason::none : Reason::bad_chunk;
  }
  HeadScan scan(row.in == In::request ? MessageKind::request : MessageKind::response);
  if (scan.scan(row.text, {}) == HeadScan::Result::bad) return scan.reason();
  ParsedHead head;
  if (row.in == In::response) return parse_response_head(row.text, false, head);
  const Reason reason = parse_request_head(row.text, HeadLimits().first_line, head);
  TargetParts target;
  return reason == Reason::none ? read_target(head, target) : reason;
}

std::string table() {
  std::string out = "| Beast takes | in a | closed in | with | case |\n| --- | --- | --- | --- | --- |\n";
  for (const Row& row : rows()) {
    constexpr std::string_view kPlaces[] = {"request", "response", "chunked body"};
    const bool response = row.in == In::response;
    const std::string with = row.reason == Reason::none ? "–"
                             : response                 ? "502 `upstream_bad_response`"
                                        : fmt::format("{} `{}`", info(row.reason).status, info(row.reason).word);
    out += fmt::format("| {} | {} | `{}` | {} | `{}` |\n", row.what, kPlaces[static_cast<std::size_t>(row.in)],
                       row.closed, with, row.name);
  }
  return out;
}

TEST(BeastLeniencies, AreTakenByBeastAndClosedByUs) {
  for (const Row& row : rows()) {
    EXPECT_TRUE(beast_takes(row)) << row.what << ": Beast refuses it, the row may go";
    EXPECT_EQ(info(ours(row)).word, info(row.reason).word) << row.what;
  }
}

TEST(BeastLeniencies, HaveACaseOfTheSuiteEach) {
  std::set<std::string> names;
  for (const auto& group : http_suite::read_groups(testdata("/http"))) {
    for (const auto& one : group.cases) names.insert(one.name);
  }
  for (const Row& row : rows()) EXPECT_TRUE(names.contains(row.name)) << row.name;
}

TEST(BeastLeniencies, AreTheTableOfTheDocumentation) {
  constexpr std::string_view kBegin = "<!-- leniencies: written by the tests -->\n";
  const std::string path = source_tree("/docs/http.md");
  std::ifstream in(path, std::ios::binary);
  std::string page{std::istreambuf_iterator<char>(in), {}};
  const std::size_t begin = page.find(kBegin) + kBegin.size();
  const std::size_t end = page.find("<!-- end of leniencies -->");
  ASSERT_LE(begin, end);
  if (std::getenv("SPRX_UPDATE_GOLDENS") != nullptr) {
    std::ofstream(path, std::ios::binary) << page.replace(begin, end - begin, table());
    return;
  }
  EXPECT_EQ(page.substr(begin, end - begin), table());
}

}  // namespace
}  // namespace sprx::testing
