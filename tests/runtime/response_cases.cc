// Responses that pass: framing, interim ones, connections that end a body; what the origin sends and what the client
// gets.
#include "tests/runtime/script_test.h"

namespace sprx {
namespace {

const ScriptCase kResponses[] = {
    {"chunked_response", R"(
      c> GET / HTTP/1.1
      c> Host: a
      c>
      o: open
      o< GET / HTTP/1.1
      o< Host: a
      up
      o<
      o> HTTP/1.1 200 OK
      o> Transfer-Encoding: chunked
      o>
      c< HTTP/1.1 200 OK
      down
      c< Transfer-Encoding: chunked
      c<
      o>> 1;ext=1\r\na\r\n
      c<< 1\r\na\r\n
      o>> 01\r\nb\r\n
      c<< 1\r\nb\r\n
      o>> 0\r\nX-Trailer: dropped\r\n\r\n
      c<< 0\r\n\r\n
      log "body_bytes":2
    )",
     ""},
    {"close_delimited_response_becomes_chunked", R"(
      c> GET / HTTP/1.1
      c> Host: a
      c>
      o: open
      o< GET / HTTP/1.1
      o< Host: a
      up
      o<
      o> HTTP/1.1 200 OK
      o>
      c< HTTP/1.1 200 OK
      down
      c< Transfer-Encoding: chunked
      c<
      o>> x
      c<< 1\r\nx\r\n
      o: close
      c<< 0\r\n\r\n
    )",
     ""},
    {"close_delimited_response_for_http_10", R"(
      c> GET / HTTP/1.0
      c> Host: a
      c> Connection: keep-alive
      c> section-io-id: 1
      c> X-Forwarded-For: 192.0.2.1
      c> X-Forwarded-Proto: http
      c>
      o: open
      o< GET / HTTP/1.1
      o< Host: a
      o< section-io-id: 1
      o< X-Forwarded-For: 192.0.2.1
      o< X-Forwarded-Proto: http
      o< Via: 1.0 sprx
      o<
      o> HTTP/1.0 200 OK
      o>
      o>> hello
      o: close
      c< HTTP/1.1 200 OK
      c< Date: {date}
      c< Via: 1.0 sprx
      c< Connection: close
      c<
      c<< hello
      c: eof
    )",
     ""},
    {"head_keeps_the_length", R"(
      c> HEAD / HTTP/1.1
      c> Host: a
      c>
      o: open
      o< HEAD / HTTP/1.1
      o< Host: a
      up
      o<
      o> HTTP/1.1 200 OK
      o> Content-Length: 1234
      o>
      c< HTTP/1.1 200 OK
      down
      c< Content-Length: 1234
      c<
      c> HEAD /2 HTTP/1.1
      c> Host: a
      c>
      o< HEAD /2 HTTP/1.1
      o< Host: a
      up
      o<
      o> HTTP/1.1 200 OK
      o> Transfer-Encoding: chunked
      o>
      c< HTTP/1.1 200 OK
      down
      c<
    )",
     ""},
    {"not_modified_keeps_the_length", R"(
      c> GET / HTTP/1.1
      c> Host: a
      c>
      o: open
      o< GET / HTTP/1.1
      o< Host: a
      up
      o<
      o> HTTP/1.1 304 Not Modified
      o> Content-Length: 99
      o> ETag: "x"
      o>
      c< HTTP/1.1 304 Not Modified
      c< ETag: "x"
      down
      c< Content-Length: 99
      c<
      c> GET /2 HTTP/1.1
      c> Host: a
      c>
      o< GET /2 HTTP/1.1
      o< Host: a
      up
      o<
      o> HTTP/1.1 204 No Content
      o>
      c< HTTP/1.1 204 No Content
      down
      c<
    )",
     ""},
    {"no_content_with_a_length_is_not_trusted_further", R"(
      c> GET / HTTP/1.1
      c> Host: a
      c>
      o: open
      o< GET / HTTP/1.1
      o< Host: a
      up
      o<
      o> HTTP/1.1 204 No Content
      o> Content-Length: 5
      o>
      c< HTTP/1.1 204 No Content
      down
      c<
      o: gone
    )",
     ""},
    {"reason_phrase_absent", R"(
      c> GET / HTTP/1.1
      c> Host: a
      c>
      o: open
      o< GET / HTTP/1.1
      o< Host: a
      up
      o<
      o> HTTP/1.1 200
      o> Content-Length: 0
      o>
      c<< HTTP/1.1 200 \r\n
      down
      c< Content-Length: 0
      c<
    )",
     ""},
    {"reason_phrase_unusual", R"(
      c> GET / HTTP/1.1
      c> Host: a
      c>
      o: open
      o< GET / HTTP/1.1
      o< Host: a
      up
      o<
      o> HTTP/1.1 299 Quite Fine
      o> Content-Length: 0
      o>
      c< HTTP/1.1 299 Quite Fine
      down
      c< Content-Length: 0
      c<
    )",
     ""},
    {"chunked_request", R"(
      c> POST / HTTP/1.1
      c> Host: a
      c> Transfer-Encoding: Chunked
      c>
      o: open
      o< POST / HTTP/1.1
      o< Host: a
      up
      o< Transfer-Encoding: chunked
      o<
      c>> 1\r\na\r\n
      o<< 1\r\na\r\n
      c>> 1;x=y\r\nb\r\n
      o<< 1\r\nb\r\n
      c>> 0\r\nX-Trailer: dropped\r\n\r\n
      o<< 0\r\n\r\n
      o> HTTP/1.1 204 No Content
      o>
      c< HTTP/1.1 204 No Content
      down
      c<
    )",
     ""},
};

INSTANTIATE_TEST_SUITE_P(Responses, ScriptTest, testing::ValuesIn(kResponses), script_name);

}  // namespace
}  // namespace sprx
