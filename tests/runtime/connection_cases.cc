// Connections: reuse on both sides, pipelining, retries, interim responses, upgrades, early answers, aborts, time
// limits.
#include "tests/runtime/script_test.h"

namespace sprx {
namespace {

/// A plain GET of `path`, as sent and as it must arrive.
std::string get(const std::string& path, const std::string& who = "c") {
  return who + "> GET " + path + " HTTP/1.1\n" + who + "> Host: a\n" + who + "> X-Forwarded-For: 192.0.2.1\n" + who +
         "> X-Forwarded-Proto: http\n" + who + "> section-io-id: 1\n" + who + ">\n";
}
std::string arrives(const std::string& path, const std::string& who = "o") {
  return who + "< GET " + path + " HTTP/1.1\n" + who + "< Host: a\n" + who + "< X-Forwarded-For: 192.0.2.1\n" + who +
         "< X-Forwarded-Proto: http\n" + who + "< section-io-id: 1\n" + who + "< Via: 1.1 sprx\n" + who + "<\n";
}
std::string answer(const std::string& body, const std::string& who = "o") {
  return who + "> HTTP/1.1 200 OK\n" + who + "> Content-Length: " + std::to_string(body.size()) + "\n" + who + ">\n" +
         who + ">> " + body + "\n";
}
std::string answered(const std::string& body, const std::string& who = "c", bool close = false) {
  return who + "< HTTP/1.1 200 OK\n" + who + "< Date: {date}\n" + who + "< Via: 1.1 sprx\n" + who +
         "< Content-Length: " + std::to_string(body.size()) + "\n" + (close ? who + "< Connection: close\n" : "") +
         who + "<\n" + who + "<< " + body + "\n";
}
std::string error(const std::string& status, const std::string& type, const std::string& text, bool close = false) {
  return "c< HTTP/1.1 " + status +
         "\nc< Content-Type: text/plain; charset=utf-8\nc< Cache-Control: no-store\nc< Date: {date}\nc< Proxy-Status: "
         "sprx; error=" +
         type + "\nc< Content-Length: " + std::to_string(text.size() + 1) + "\n" +
         (close ? "c< Connection: close\n" : "") + "c<\nc<< " + text + "\\n\n";
}
std::string post(const std::string& headers) {
  return "c> POST /p HTTP/1.1\nc> Host: a\nc> X-Forwarded-For: 192.0.2.1\nc> X-Forwarded-Proto: http\nc> "
         "section-io-id: 1\n" +
         headers + "c>\n";
}
std::string post_arrives(const std::string& headers, const std::string& framing) {
  return "o< POST /p HTTP/1.1\no< Host: a\no< X-Forwarded-For: 192.0.2.1\no< X-Forwarded-Proto: http\no< "
         "section-io-id: 1\n" +
         headers + "o< Via: 1.1 sprx\n" + framing + "o<\n";
}
const std::string kClosed = "The next hop closed the connection without an answer.";
const std::string kMalformed = "The next hop's answer is malformed.";

const ScriptCase kReuse[] = {
    {"both_sides_are_kept",
     get("/1") + "o: open\n" + arrives("/1") + answer("one") + answered("one") + get("/2") + arrives("/2") +
         answer("two") + answered("two") + "log \"reused\":false\nlog \"reused\":true\n",
     ""},
    {"client_asks_to_close",
     "c> GET / HTTP/1.1\nc> Host: a\nc> Connection: Close\nc>\no: open\no< GET / HTTP/1.1\no< Host: a\nup\no<\n" +
         answer("x") + answered("x", "c", true) + "c: eof\n",
     ""},
    {"origin_asks_to_close",
     get("/1") + "o: open\n" + arrives("/1") +
         "o> HTTP/1.1 200 OK\no> Connection: close\no> Content-Length: 1\no>\no>> x\n" + answered("x") + "o: gone\n" +
         get("/2") + "o2: open\n" + arrives("/2", "o2") + answer("y", "o2") + answered("y"),
     ""},
    {"http_10_origin_is_not_kept",
     get("/1") + "o: open\n" + arrives("/1") + "o> HTTP/1.0 200 OK\no> Content-Length: 1\no>\no>> x\n" +
         "c< HTTP/1.1 200 OK\nc< Date: {date}\nc< Via: 1.0 sprx\nc< Content-Length: 1\nc<\nc<< x\no: gone\n",
     ""},
    {"http_10_origin_with_keep_alive_is_kept",
     get("/1") + "o: open\n" + arrives("/1") +
         "o> HTTP/1.0 200 OK\no> Connection: keep-alive\no> Content-Length: 1\no>\no>> x\n" +
         "c< HTTP/1.1 200 OK\nc< Date: {date}\nc< Via: 1.0 sprx\nc< Content-Length: 1\nc<\nc<< x\n" + get("/2") +
         arrives("/2") + answer("y") + answered("y"),
     ""},
    {"bytes_past_a_response_end_the_connection",
     get("/1") + "o: open\n" + arrives("/1") +
         "o>> HTTP/1.1 200 OK\\r\\nContent-Length: 1\\r\\n\\r\\nxHTTP/1.1 200 OK\\r\\nContent-Length: "
         "4\\r\\n\\r\\nevil\n" +
         answered("x") + "o: gone\n" + get("/2") + "o2: open\n" + arrives("/2", "o2") + answer("good", "o2") +
         answered("good"),
     ""},
    {"bytes_on_an_idle_connection_end_it",
     get("/1") + "o: open\n" + arrives("/1") + answer("x") + answered("x") +
         "o>> HTTP/1.1 200 OK\\r\\nContent-Length: 4\\r\\n\\r\\nevil\n" + get("/2") + "o2: open\n" +
         arrives("/2", "o2") + answer("good", "o2") + answered("good") + "o: gone\n",
     ""},
    {"two_clients_share_one_after_the_other",
     "c2: open\n" + get("/1") + "o: open\n" + arrives("/1") + answer("x") + answered("x") + get("/2", "c2") +
         arrives("/2") + answer("y") + answered("y", "c2"),
     ""},
    {"the_most_recent_connection_is_used_first",
     "c2: open\n" + get("/1") + "o: open\n" + arrives("/1") + get("/2", "c2") + "o2: open\n" + arrives("/2", "o2") +
         answer("x") + answered("x") + answer("y", "o2") + answered("y", "c2") + get("/3") + arrives("/3", "o2") +
         answer("z", "o2") + answered("z"),
     ""},
    {"the_last_request_of_a_connection_says_so",
     get("/1") + "o: open\n" + arrives("/1") + answer("x") + answered("x") + get("/2") + arrives("/2") + answer("y") +
         answered("y", "c", true) + "c: eof\n",
     "settings { client { max_requests 2; } }\n"},
    {"nothing_is_kept_upstream_with_max_idle_0",
     get("/1") + "o: open\n" + arrives("/1") + answer("x") + answered("x") + "o: gone\n",
     "settings { upstream { max_idle 0; } }\n"},
    {"pipelined_requests_are_answered_in_order",
     "c>> GET /1 HTTP/1.1\\r\\nHost: a\\r\\n\\r\\nGET /2 HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n\n"
     "o: open\no< GET /1 HTTP/1.1\no< Host: a\nup\no<\n" +
         answer("one") + answered("one") + "o< GET /2 HTTP/1.1\no< Host: a\nup\no<\n" + answer("two") + answered("two"),
     ""},
    {"pipelined_behind_a_chunked_body",
     "c>> POST /1 HTTP/1.1\\r\\nHost: a\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n1\\r\\nx\\r\\n\n"
     "o: open\no< POST /1 HTTP/1.1\no< Host: a\nup\no< Transfer-Encoding: chunked\no<\no<< 1\\r\\nx\\r\\n\n"
     "c>> 0\\r\\n\\r\\nGET /2 HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n\no<< 0\\r\\n\\r\\n\n" +
         answer("one") + answered("one") + "o< GET /2 HTTP/1.1\no< Host: a\nup\no<\n" + answer("two") + answered("two"),
     ""},
    {"pipelined_behind_a_refused_one_is_not_read",
     "c>> GET /1 HTTP/1.1\\r\\n\\r\\nGET /2 HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n\n" +
         error("400 Bad Request", "http_request_error", "The Host field is missing, repeated or invalid.", true) +
         "c: eof\n",
     ""},
};

const ScriptCase kRetry[] = {
    {"a_get_on_a_connection_that_died_is_repeated",
     get("/1") + "o: open\n" + arrives("/1") + answer("x") + answered("x") + get("/2") + arrives("/2") +
         "o: close\no2: open\n" + arrives("/2", "o2") + answer("y", "o2") + answered("y") +
         "log \"status\":200\nlog \"status\":200  \"reused\":false\n",
     ""},
    {"but_only_once",
     get("/1") + "o: open\n" + arrives("/1") + answer("x") + answered("x") + get("/2") + arrives("/2") +
         "o: reset\no2: open\n" + arrives("/2", "o2") + "o2: close\n" +
         error("502 Bad Gateway", "connection_terminated", kClosed),
     ""},
    {"a_get_on_a_fresh_connection_is_not_repeated",
     get("/1") + "o: open\n" + arrives("/1") + "o: close\n" +
         error("502 Bad Gateway", "connection_terminated", kClosed) +
         "log \"status\":502  \"error\":\"upstream_closed\"\n",
     ""},
    {"a_post_is_never_repeated",
     get("/1") + "o: open\n" + arrives("/1") + answer("x") + answered("x") + post("c> Content-Length: 1\n") +
         "c>> z\n" + post_arrives("", "o< Content-Length: 1\n") + "o<< z\no: close\n" +
         error("502 Bad Gateway", "connection_terminated", kClosed),
     ""},
    {"not_when_something_came_back",
     get("/1") + "o: open\n" + arrives("/1") + answer("x") + answered("x") + get("/2") + arrives("/2") +
         "o>> HTTP/1.1 2\no: close\n" + error("502 Bad Gateway", "http_protocol_error", kMalformed),
     ""},
    {"the_client_goes_on_after_a_502",
     get("/1") + "o: open\n" + arrives("/1") + "o: close\n" +
         error("502 Bad Gateway", "connection_terminated", kClosed) + get("/2") + "o2: open\n" + arrives("/2", "o2") +
         answer("y", "o2") + answered("y"),
     ""},
    {"nobody_listens",
     "o: refuse\n" + get("/1") + error("502 Bad Gateway", "connection_refused", "The next hop cannot be reached.") +
         "o: listen\n" + get("/2") + "o: open\n" + arrives("/2") + answer("y") + answered("y") +
         "log \"status\":502  \"source\":\"proxy\"  \"error\":\"connect_failed\"\nlog \"status\":200  \"error\":null\n",
     ""},
};

std::string bad_response(const std::string& bytes) {
  return get("/1") + "o: open\n" + arrives("/1") + "o>> " + bytes + "\n" +
         error("502 Bad Gateway", "http_protocol_error", kMalformed) +
         "o: gone\nlog \"status\":502  \"error\":\"upstream_bad_response\"\n";
}

const ScriptCase kBadResponses[] = {
    {"not_http", bad_response(R"(SSH-2.0-OpenSSH\r\n\r\n)"), ""},
    {"version_2", bad_response(R"(HTTP/2.0 200 OK\r\n\r\n)"), ""},
    {"status_too_short", bad_response(R"(HTTP/1.1 20 OK\r\n\r\n)"), ""},
    {"status_too_long", bad_response(R"(HTTP/1.1 2000 OK\r\n\r\n)"), ""},
    {"status_too_large", bad_response(R"(HTTP/1.1 600 X\r\n\r\n)"), ""},
    {"status_too_small", bad_response(R"(HTTP/1.1 099 X\r\n\r\n)"), ""},
    {"length_and_coding", bad_response(R"(HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n)"),
     ""},
    {"two_lengths", bad_response(R"(HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n)"), ""},
    {"length_malformed", bad_response(R"(HTTP/1.1 200 OK\r\nContent-Length: 1a\r\n\r\n)"), ""},
    {"coding_unknown", bad_response(R"(HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n)"), ""},
    {"coding_of_http_10", bad_response(R"(HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n)"), ""},
    {"bare_lf", bad_response(R"(HTTP/1.1 200 OK\nContent-Length: 0\n\n)"), ""},
    {"folded_line", bad_response(R"(HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n)"), ""},
    {"blank_before_colon", bad_response(R"(HTTP/1.1 200 OK\r\nX : a\r\n\r\n)"), ""},
    {"nul_in_value", bad_response(R"(HTTP/1.1 200 OK\r\nX: a\0\r\n\r\n)"), ""},
    {"switching_that_nobody_asked_for",
     get("/1") + "o: open\n" + arrives("/1") +
         "o>> HTTP/1.1 101 Switching\\r\\nConnection: Upgrade\\r\\nUpgrade: x\\r\\n\\r\\n\n" +
         error("502 Bad Gateway", "http_upgrade_failed", "The next hop switched to a protocol nobody asked for.",
               true) +
         "c: eof\n",
     ""},
    {"head_too_large",
     get("/1") + "o: open\n" + arrives("/1") + "o>> HTTP/1.1 200 OK\\r\\nX: {a*1100}\n" +
         error("502 Bad Gateway", "http_response_header_section_size", "The next hop's answer is too large.") +
         "o: gone\n",
     "settings { limits { response_head_size 1KiB; } }\n"},
};

const ScriptCase kTruncated[] = {
    {"a_short_body_with_a_length",
     get("/1") + "o: open\n" + arrives("/1") + "o> HTTP/1.1 200 OK\no> Content-Length: 5\no>\no>> he\n" +
         "c< HTTP/1.1 200 OK\nc< Date: {date}\nc< Via: 1.1 sprx\nc< Content-Length: 5\nc<\nc<< he\no: close\nc: gone\n"
         "log \"status\":200  \"body_bytes\":2  \"error\":\"upstream_truncated\"\n",
     ""},
    {"a_chunked_body_without_an_end",
     get("/1") + "o: open\n" + arrives("/1") +
         "o> HTTP/1.1 200 OK\no> Transfer-Encoding: chunked\no>\no>> 1\\r\\na\\r\\n\n"
         "c< HTTP/1.1 200 OK\nc< Date: {date}\nc< Via: 1.1 sprx\nc< Transfer-Encoding: chunked\nc<\nc<< "
         "1\\r\\na\\r\\n\n"
         "o: close\nc: gone\nlog \"error\":\"upstream_truncated\"\n",
     ""},
    {"a_malformed_chunk",
     get("/1") + "o: open\n" + arrives("/1") +
         "o> HTTP/1.1 200 OK\no> Transfer-Encoding: chunked\no>\no>> 1\\r\\na\\r\\n\n"
         "c< HTTP/1.1 200 OK\nc< Date: {date}\nc< Via: 1.1 sprx\nc< Transfer-Encoding: chunked\nc<\nc<< "
         "1\\r\\na\\r\\n\n"
         "o>> zz\\r\\n\nc: gone\no: gone\nlog \"error\":\"upstream_bad_chunk\"\n",
     ""},
    {"a_close_delimited_body_that_is_reset",
     get("/1") + "o: open\n" + arrives("/1") +
         "o> HTTP/1.1 200 OK\no>\no>> a\n"
         "c< HTTP/1.1 200 OK\nc< Date: {date}\nc< Via: 1.1 sprx\nc< Transfer-Encoding: chunked\nc<\nc<< "
         "1\\r\\na\\r\\n\n"
         "o: reset\nc: gone\nlog \"error\":\"upstream_truncated\"\n",
     ""},
};

const std::string kUpgrade =
    "c> GET /ws HTTP/1.1\nc> Host: a\nc> Connection: keep-alive, Upgrade\nc> Upgrade: websocket\nc> Sec-WebSocket-Key: "
    "k\n"
    "c> X-Forwarded-For: 192.0.2.1\nc> X-Forwarded-Proto: http\nc> section-io-id: 1\nc>\no: open\n"
    "o< GET /ws HTTP/1.1\no< Host: a\no< Sec-WebSocket-Key: k\no< X-Forwarded-For: 192.0.2.1\no< X-Forwarded-Proto: "
    "http\n"
    "o< section-io-id: 1\no< Via: 1.1 sprx\no< Connection: Upgrade\no< Upgrade: websocket\no<\n";
const std::string kSwitched =
    "o> HTTP/1.1 101 Switching Protocols\no> Upgrade: websocket\no> Connection: Upgrade\no> Sec-WebSocket-Accept: "
    "x\no>\n"
    "c< HTTP/1.1 101 Switching Protocols\nc< Sec-WebSocket-Accept: x\nc< Date: {date}\nc< Via: 1.1 sprx\nc< "
    "Connection: Upgrade\n"
    "c< Upgrade: websocket\nc<\n";

const ScriptCase kUpgrades[] = {
    {"bytes_go_both_ways",
     kUpgrade + kSwitched +
         "c>> ping\no<< ping\no>> pong\nc<< pong\nc>> \\0\\xff\no<< \\0\\xff\n"
         "c: shut\no: eof\no: close\nc: eof\nlog \"status\":101  \"error\":null\n",
     ""},
    {"half_close_of_the_client_is_respected", kUpgrade + kSwitched + "c>> bye\nc: shut\no<< bye\n", ""},
    {"half_close_of_the_origin_is_respected",
     kUpgrade + kSwitched + "o>> bye\no: shut\nc<< bye\nc>> more\no<< more\nc: shut\n", ""},
    {"bytes_right_behind_the_101",
     kUpgrade +
         "o>> HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\n\\r\\nearly\n"
         "c< HTTP/1.1 101 Switching Protocols\nc< Date: {date}\nc< Via: 1.1 sprx\nc< Connection: Upgrade\nc< Upgrade: "
         "websocket\nc<\n"
         "c<< early\n",
     ""},
    {"an_origin_may_decline",
     kUpgrade + answer("no") + answered("no") + get("/2") + arrives("/2") + answer("x") + answered("x"), ""},
    {"a_reset_ends_both", kUpgrade + kSwitched + "c>> x\no<< x\nc: reset\no: gone\n", ""},
    {"another_protocol_than_asked_for",
     kUpgrade + "o>> HTTP/1.1 101 Switching\\r\\nConnection: Upgrade\\r\\nUpgrade: h2c\\r\\n\\r\\n\n" +
         error("502 Bad Gateway", "http_upgrade_failed", "The next hop switched to a protocol nobody asked for.",
               true) +
         "c: eof\n",
     ""},
    {"h2c_is_not_offered",
     "c> GET / HTTP/1.1\nc> Host: a\nc> Connection: Upgrade, HTTP2-Settings\nc> Upgrade: h2c\nc> HTTP2-Settings: "
     "x\nc>\n"
     "o: open\no< GET / HTTP/1.1\no< Host: a\nup\no<\n" +
         answer("x") + answered("x"),
     ""},
    {"nor_with_a_body",
     "c> POST / HTTP/1.1\nc> Host: a\nc> Connection: Upgrade\nc> Upgrade: websocket\nc> Content-Length: 1\nc>\nc>> x\n"
     "o: open\no< POST / HTTP/1.1\no< Host: a\nup\no< Content-Length: 1\no<\no<< x\n" +
         answer("x") + answered("x"),
     ""},
};

const ScriptCase kInterim[] = {
    {"continue_is_passed_on",
     post("c> Expect: 100-continue\nc> Content-Length: 1\n") + "o: open\n" +
         post_arrives("o< Expect: 100-continue\n", "o< Content-Length: 1\n") +
         "o> HTTP/1.1 100 Continue\no>\nc< HTTP/1.1 100 Continue\nc<\n"
         "c>> z\no<< z\n" +
         answer("x") + answered("x"),
     ""},
    {"continue_is_said_for_a_silent_origin",
     post("c> Expect: 100-continue\nc> Content-Length: 1\n") + "o: open\n" +
         post_arrives("o< Expect: 100-continue\n", "o< Content-Length: 1\n") +
         "c< HTTP/1.1 100 Continue\nc<\nc>> z\no<< z\n" + "o> HTTP/1.1 100 Continue\no>\n" + answer("x") +
         answered("x"),
     "settings { client { continue_timeout 20ms; } }\n"},
    {"a_final_answer_instead_of_continue",
     post("c> Expect: 100-continue\nc> Content-Length: 1\n") + "o: open\n" +
         post_arrives("o< Expect: 100-continue\n", "o< Content-Length: 1\n") +
         "o> HTTP/1.1 413 Content Too Large\no> Content-Length: 0\no>\n"
         "c< HTTP/1.1 413 Content Too Large\nc< Date: {date}\nc< Via: 1.1 sprx\nc< Content-Length: 0\nc< Connection: "
         "close\nc<\nc: eof\n",
     ""},
    {"early_hints_are_passed_on",
     get("/1") + "o: open\n" + arrives("/1") +
         "o> HTTP/1.1 103 Early Hints\no> Link: </a>\no>\n"
         "c< HTTP/1.1 103 Early Hints\nc< Link: </a>\nc<\n" +
         answer("x") + answered("x") + "log \"status\":200\n",
     ""},
    {"several_in_one_read",
     get("/1") + "o: open\n" + arrives("/1") +
         "o>> HTTP/1.1 103 A\\r\\n\\r\\nHTTP/1.1 103 B\\r\\n\\r\\nHTTP/1.1 200 OK\\r\\nContent-Length: 1\\r\\n\\r\\nx\n"
         "c< HTTP/1.1 103 A\nc<\nc< HTTP/1.1 103 B\nc<\n" +
         answered("x"),
     ""},
    {"http_10_clients_get_none",
     "c> GET / HTTP/1.0\nc> Host: a\nc> Expect: 100-continue\nc>\no: open\no< GET / HTTP/1.1\no< Host: a\n"
     "o< X-Forwarded-For: 127.0.0.1\no< X-Forwarded-Proto: http\no< section-io-id: {id}\no< Via: 1.0 sprx\no<\n"
     "o> HTTP/1.1 103 Early Hints\no>\n" +
         answer("x") + answered("x", "c", true) + "c: eof\n",
     ""},
    {"an_early_answer_is_delivered",
     post("c> Content-Length: 1000000\n") + "c>> part\no: open\n" + post_arrives("", "o< Content-Length: 1000000\n") +
         "o<< part\no> HTTP/1.1 413 Content Too Large\no> Content-Length: 2\no>\no>> no\n"
         "c< HTTP/1.1 413 Content Too Large\nc< Date: {date}\nc< Via: 1.1 sprx\nc< Content-Length: 2\nc< Connection: "
         "close\nc<\nc<< no\n"
         "c: eof\no: gone\nlog \"status\":413\n",
     ""},
    {"upload_and_download_at_once",
     post("c> Content-Length: 4\n") + "c>> ab\no: open\n" + post_arrives("", "o< Content-Length: 4\n") +
         "o<< ab\no> HTTP/1.1 200 OK\no> Content-Length: 4\no>\no>> AB\n"
         "c< HTTP/1.1 200 OK\nc< Date: {date}\nc< Via: 1.1 sprx\nc< Content-Length: 4\nc< Connection: close\nc<\nc<< "
         "AB\n"
         "c>> cd\no<< cd\no>> CD\nc<< CD\nc: eof\n",
     ""},
};

const std::string kFast =
    "settings { upstream { response_timeout 40ms; read_timeout 40ms; } client { head_timeout 40ms; body_timeout 40ms; "
    "idle_timeout 200ms; "
    "half_close_timeout 40ms; } tunnel { idle_timeout 40ms; } }\n";

const ScriptCase kTimes[] = {
    {"no_answer",
     get("/1") + "o: open\n" + arrives("/1") +
         error("504 Gateway Timeout", "http_response_timeout", "The next hop did not answer in time.") +
         "o: gone\nlog \"status\":504  \"error\":\"upstream_response_timeout\"\n",
     kFast},
    {"a_body_that_stops",
     get("/1") + "o: open\n" + arrives("/1") +
         "o> HTTP/1.1 200 OK\no> Content-Length: 2\no>\no>> x\n"
         "c< HTTP/1.1 200 OK\nc< Date: {date}\nc< Via: 1.1 sprx\nc< Content-Length: 2\nc<\nc<< x\nc: gone\no: gone\n"
         "log \"status\":200  \"error\":\"upstream_read_timeout\"\n",
     kFast},
    {"a_head_that_stops",
     "c>> GET / HT\n" +
         error("408 Request Timeout", "http_request_error", "The request head did not arrive in time.", true) +
         "c: eof\nlog \"status\":408  \"error\":\"head_timeout\"\n",
     kFast},
    {"a_request_body_that_stops",
     post("c> Content-Length: 2\n") + "c>> x\no: open\n" + post_arrives("", "o< Content-Length: 2\n") + "o<< x\n" +
         error("408 Request Timeout", "http_request_error", "The request body did not arrive in time.", true) +
         "c: eof\no: gone\nlog \"status\":408  \"error\":\"body_timeout\"\n",
     kFast},
    {"an_idle_client", get("/1") + "o: open\n" + arrives("/1") + answer("x") + answered("x") + "c: eof\n", kFast},
    {"a_client_that_never_says_anything", "c: eof\n", kFast},
    {"an_idle_tunnel", kUpgrade + kSwitched + "c: gone\no: gone\n", kFast},
};

const std::string kImpatient = "settings { client { half_close_timeout 40ms; } }\n";

const ScriptCase kAborts[] = {
    {"the_client_leaves_while_the_origin_thinks",
     get("/1") + "o: open\n" + arrives("/1") +
         "c: close\no: gone\n"
         "log \"status\":0  \"error\":\"client_closed\"\n",
     kImpatient},
    {"the_client_resets_while_the_origin_thinks",
     get("/1") + "o: open\n" + arrives("/1") +
         "c: reset\no: gone\n"
         "log \"status\":0  \"error\":\"client_closed\"\n",
     ""},
    {"a_client_that_half_closes_is_answered",
     get("/1") + "o: open\n" + arrives("/1") + "c: shut\n" + answer("x") + answered("x") + "c: eof\n", ""},
    {"the_client_leaves_in_its_body",
     post("c> Content-Length: 9\n") + "c>> x\no: open\n" + post_arrives("", "o< Content-Length: 9\n") +
         "o<< x\nc: close\no: gone\nlog \"status\":0  \"error\":\"client_closed\"\n",
     ""},
    {"the_client_leaves_in_its_head",
     "c>> GET / HTTP/1.1\\r\\nHos\nc: shut\nc: eof\nlog \"status\":0  \"method\":\"GET\"  "
     "\"error\":\"client_closed\"\n",
     ""},
    {"a_malformed_chunk_of_the_client",
     post("c> Transfer-Encoding: chunked\n") + "c>> 1\\r\\nx\\r\\n\no: open\n" +
         post_arrives("", "o< Transfer-Encoding: chunked\n") + "o<< 1\\r\\nx\\r\\n\nc>> zz\\r\\n\n" +
         error("400 Bad Request", "http_request_error", "The chunked body of the request is malformed.", true) +
         "c: eof\no: gone\nlog \"status\":400  \"error\":\"bad_chunk\"\n",
     ""},
    {"the_client_leaves_in_the_response",
     get("/1") + "o: open\n" + arrives("/1") +
         "o> HTTP/1.1 200 OK\no> Content-Length: 100\no>\no>> x\n"
         "c< HTTP/1.1 200 OK\nc< Date: {date}\nc< Via: 1.1 sprx\nc< Content-Length: 100\nc<\nc<< x\nc: reset\no: gone\n"
         "log \"status\":200  \"error\":\"client_closed\"\n",
     ""},
};

INSTANTIATE_TEST_SUITE_P(Reuse, ScriptTest, testing::ValuesIn(kReuse), script_name);
INSTANTIATE_TEST_SUITE_P(Retry, ScriptTest, testing::ValuesIn(kRetry), script_name);
INSTANTIATE_TEST_SUITE_P(BadResponses, ScriptTest, testing::ValuesIn(kBadResponses), script_name);
INSTANTIATE_TEST_SUITE_P(Truncated, ScriptTest, testing::ValuesIn(kTruncated), script_name);
INSTANTIATE_TEST_SUITE_P(Upgrades, ScriptTest, testing::ValuesIn(kUpgrades), script_name);
INSTANTIATE_TEST_SUITE_P(Interim, ScriptTest, testing::ValuesIn(kInterim), script_name);
INSTANTIATE_TEST_SUITE_P(Times, ScriptTest, testing::ValuesIn(kTimes), script_name);
INSTANTIATE_TEST_SUITE_P(Aborts, ScriptTest, testing::ValuesIn(kAborts), script_name);

}  // namespace
}  // namespace sprx
