// Requests that pass: framing, hop-by-hop fields, forms; what the client sends and what the origin gets.
#include "tests/runtime/script_test.h"

namespace sprx {
namespace {

const ScriptCase kRequests[] = {
    {"get", R"(
      c> GET /a?b=c HTTP/1.1
      c> Host: a.example
      c> X-Custom: one
      c> x-custom:two
      c> Accept:   */*  
      c>
      o: open
      o< GET /a?b=c HTTP/1.1
      o< Host: a.example
      o< X-Custom: one
      o< x-custom: two
      o< Accept: */*
      up
      o<
      o> HTTP/1.1 200 OK
      o> Content-Length: 5
      o> X-Up: 1
      o> x-up: 2
      o>
      o>> hello
      c< HTTP/1.1 200 OK
      c< X-Up: 1
      c< x-up: 2
      down
      c< Content-Length: 5
      c<
      c<< hello
      log "hostname":"a.example"  "method":"GET"  "path":"/a"  "query":"b=c"  "protocol":"HTTP/1.1"  "status":200  "body_bytes":5  "reused":false  "source":"upstream"  "error":null
    )",
     ""},
    {"platform_fields_are_left_alone", R"(
      c> GET / HTTP/1.1
      c> Host: a
      c> X-Forwarded-For: 192.0.2.1, 198.51.100.7
      c> X-Forwarded-Proto: https
      c> section-io-id: abc
      c> Via: 1.1 edge
      c>
      o: open
      o< GET / HTTP/1.1
      o< Host: a
      o< X-Forwarded-For: 192.0.2.1, 198.51.100.7
      o< X-Forwarded-Proto: https
      o< section-io-id: abc
      o< Via: 1.1 edge
      o< Via: 1.1 sprx
      o<
      o> HTTP/1.1 204 No Content
      o> Date: Thu, 01 Jan 1970 00:00:00 GMT
      o> Via: 1.1 origin
      o>
      c< HTTP/1.1 204 No Content
      c< Date: Thu, 01 Jan 1970 00:00:00 GMT
      c< Via: 1.1 origin
      c< Via: 1.1 sprx
      c<
      log "client_ip":"198.51.100.7"  "request_id":"abc"
    )",
     ""},
    {"via_turned_off", R"(
      c> GET / HTTP/1.1
      c> Host: a
      c> X-Forwarded-For: 192.0.2.1
      c> X-Forwarded-Proto: http
      c> section-io-id: abc
      c>
      o: open
      o< GET / HTTP/1.1
      o< Host: a
      o< X-Forwarded-For: 192.0.2.1
      o< X-Forwarded-Proto: http
      o< section-io-id: abc
      o<
      o> HTTP/1.1 204 No Content
      o>
      c< HTTP/1.1 204 No Content
      c< Date: {date}
      c<
    )",
     "settings { http { via off; } }\n"},
    {"hop_by_hop_fields_of_the_request_are_consumed", R"(
      c> GET / HTTP/1.1
      c> Host: a
      c> Connection: keep-alive, X-Named, host, x-forwarded-for
      c> X-Named: gone
      c> Keep-Alive: timeout=5
      c> TE: trailers
      c> Trailer: X
      c> Proxy-Connection: keep-alive
      c> Proxy-Authorization: secret
      c> Upgrade: websocket
      c> X-Forwarded-For: 192.0.2.1
      c> X-Kept: kept
      c>
      o: open
      o< GET / HTTP/1.1
      o< Host: a
      o< X-Forwarded-For: 192.0.2.1
      o< X-Kept: kept
      o< X-Forwarded-Proto: http
      o< section-io-id: {id}
      o< Via: 1.1 sprx
      o<
      o> HTTP/1.1 204 No Content
      o>
      c< HTTP/1.1 204 No Content
      down
      c<
    )",
     ""},
    {"hop_by_hop_fields_of_the_response_are_consumed", R"(
      c> GET / HTTP/1.1
      c> Host: a
      c>
      o: open
      o< GET / HTTP/1.1
      o< Host: a
      up
      o<
      o> HTTP/1.1 200 OK
      o> Connection: X-Named
      o> X-Named: gone
      o> Keep-Alive: timeout=5
      o> Trailer: X
      o> Upgrade: h2c
      o> Proxy-Authenticate: Basic
      o> Content-Length: 2
      o> X-Kept: kept
      o>
      o>> ok
      c< HTTP/1.1 200 OK
      c< X-Kept: kept
      down
      c< Content-Length: 2
      c<
      c<< ok
    )",
     ""},
    {"absolute_form", R"(
      c> GET http://A.example:80/p?q HTTP/1.1
      c> Host: a.example
      c>
      o: open
      o< GET /p?q HTTP/1.1
      o< Host: A.example:80
      up
      o<
      o> HTTP/1.1 204 No Content
      o>
      c< HTTP/1.1 204 No Content
      down
      c<
    )",
     ""},
    {"absolute_form_without_path", R"(
      c> GET http://a?q=1 HTTP/1.1
      c> Host: a
      c>
      o: open
      o< GET /?q=1 HTTP/1.1
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
    {"options_asterisk", R"(
      c> OPTIONS * HTTP/1.1
      c> Host: a
      c>
      o: open
      o< OPTIONS * HTTP/1.1
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
    {"raw_bytes_of_the_target_stay", R"(
      c> GET /a//b/../%7e"<>^|{}?x=%zz&& HTTP/1.1
      c> Host: a
      c>
      o: open
      o< GET /a//b/../%7e"<>^|{}?x=%zz&& HTTP/1.1
      o< Host: a
      up
      o<
      o> HTTP/1.1 204 No Content
      o>
      c< HTTP/1.1 204 No Content
      down
      c<
      log "path":"/a//b/../%7e\\\"<>^|{}"  "query":"x=%zz&&"
    )",
     ""},
    {"unknown_method", R"(
      c> PURGE-x / HTTP/1.1
      c> Host: a
      c>
      o: open
      o< PURGE-x / HTTP/1.1
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
    {"empty_lines_before_the_request", R"(
      c>
      c>
      c> GET / HTTP/1.1
      c> Host: a
      c>
      o: open
      o< GET / HTTP/1.1
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
    {"http_10_without_host", R"(
      c> GET / HTTP/1.0
      c>
      o: open
      o< GET / HTTP/1.1
      o< Host: 127.0.0.1
      o< X-Forwarded-For: 127.0.0.1
      o< X-Forwarded-Proto: http
      o< section-io-id: {id}
      o< Via: 1.0 sprx
      o<
      o> HTTP/1.1 200 OK
      o> Transfer-Encoding: chunked
      o>
      o>> 5\r\nhello\r\n0\r\n\r\n
      c< HTTP/1.1 200 OK
      down
      c< Connection: close
      c<
      c<< hello
      c: eof
      log "protocol":"HTTP/1.0"
    )",
     ""},
    {"http_10_keep_alive", R"(
      c> GET /1 HTTP/1.0
      c> Host: a
      c> Connection: keep-alive
      c>
      o: open
      o< GET /1 HTTP/1.1
      o< Host: a
      o< X-Forwarded-For: 127.0.0.1
      o< X-Forwarded-Proto: http
      o< section-io-id: {id}
      o< Via: 1.0 sprx
      o<
      o> HTTP/1.1 200 OK
      o> Content-Length: 2
      o>
      o>> ok
      c< HTTP/1.1 200 OK
      down
      c< Content-Length: 2
      c< Connection: keep-alive
      c<
      c<< ok
      c> GET /2 HTTP/1.0
      c> Host: a
      c>
      o< GET /2 HTTP/1.1
      o< Host: a
      o< X-Forwarded-For: 127.0.0.1
      o< X-Forwarded-Proto: http
      o< section-io-id: {id}
      o< Via: 1.0 sprx
      o<
      o> HTTP/1.1 200 OK
      o> Content-Length: 2
      o>
      o>> ok
      c< HTTP/1.1 200 OK
      down
      c< Content-Length: 2
      c< Connection: close
      c<
      c<< ok
      c: eof
    )",
     ""},
    {"content_length_of_the_request", R"(
      c> POST / HTTP/1.1
      c> Host: a
      c> Content-Length: 5
      c>
      c>> hello
      o: open
      o< POST / HTTP/1.1
      o< Host: a
      up
      o< Content-Length: 5
      o<
      o<< hello
      o> HTTP/1.1 200 OK
      o> Content-Length: 0
      o>
      c< HTTP/1.1 200 OK
      down
      c< Content-Length: 0
      c<
      log "request_bytes":52
    )",
     ""},
    {"content_length_zero", R"(
      c> POST / HTTP/1.1
      c> Host: a
      c> Content-Length: 0
      c>
      o: open
      o< POST / HTTP/1.1
      o< Host: a
      up
      o< Content-Length: 0
      o<
      o> HTTP/1.1 204 No Content
      o>
      c< HTTP/1.1 204 No Content
      down
      c<
    )",
     ""},
    {"body_of_a_get", R"(
      c> GET / HTTP/1.1
      c> Host: a
      c> Content-Length: 3
      c>
      c>> abc
      o: open
      o< GET / HTTP/1.1
      o< Host: a
      up
      o< Content-Length: 3
      o<
      o<< abc
      o> HTTP/1.1 204 No Content
      o>
      c< HTTP/1.1 204 No Content
      down
      c<
    )",
     ""},
    {"request_body_in_pieces", R"(
      c> POST / HTTP/1.1
      c> Host: a
      c> Content-Length: 10
      c>
      o: open
      o< POST / HTTP/1.1
      o< Host: a
      up
      o< Content-Length: 10
      o<
      c>> hello
      o<< hello
      c>> world
      o<< world
      o> HTTP/1.1 204 No Content
      o>
      c< HTTP/1.1 204 No Content
      down
      c<
    )",
     ""},
};

INSTANTIATE_TEST_SUITE_P(Requests, ScriptTest, testing::ValuesIn(kRequests), script_name);

}  // namespace
}  // namespace sprx
