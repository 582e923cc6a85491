// Rules on live traffic: answers made by rules, edits on both sides, the response phase after errors, forbidden
// surprises.
#include "tests/runtime/script_test.h"

namespace sprx {
namespace {

const std::string kRules = R"(
rule gone { when path under "/gone"; respond 410 { header "X-Why" = "moved"; body "gone\n"; } }
rule no { when path == "/no"; deny; }
rule bye { when path == "/drop"; drop; }
rule moved { when path == "/old"; redirect 301 "/new" keep_query; }
rule empty { when path == "/empty"; respond 204; }
rule noted { when path == "/edit"; set header["X-Edit"] = "1"; unset header["X-Secret"]; set path = "/edited"; log why = "edited"; }
rule held { when path == "/held"; set response.cookie["v"] = "${query["v"]}" { max_age 60s; path "/"; secure; } set response.header["X-Held"] = "1"; }
rule told { when path == "/told"; set response.header["X-Told"] = "1"; set response.header["X-Told"] = "2"; add response.cookie["t"] = "1"; respond 200 { header "X-Told" = "0"; body "t"; } }
response rule away { when response.status == 404 and path == "/held"; set response.header["X-Held"] = "2"; redirect 302 "/other" keep_query; }
response rule hardened { when response.media_type == "text/html"; set response.header["X-Hard"] = "yes"; unset response.header["Server"]; }
response rule pretty { when response.source == "proxy" and response.status == 502; respond 503 { body "sorry"; } }
response rule hidden { when response.status == 418; deny 404; }
rule secret { when path == "/trace"; set header["X-Origin-Secret"] = "s"; unset header["X-Mine"]; origin "alt"; }
rule needs { when path == "/needs" and not exists header["X-Auth-User"]; deny 401; }
rule twice { when path == "/twice"; log l = "1"; log k = "2"; log l = "3"; }
response rule thrice { when path == "/twice"; log k = "4"; }
)";

ScriptCase rules(const char* name, const std::string& script) { return {name, script, kRules}; }

const std::string kMade = "c< Content-Type: text/plain; charset=utf-8\n";

const ScriptCase kCases[] = {
    rules("respond", "c> GET /gone/x HTTP/1.1\nc> Host: a\nc>\nc< HTTP/1.1 410 Gone\nc< X-Why: moved\n" + kMade +
                         "c< Date: {date}\nc< Content-Length: 5\nc<\nc<< gone\\n\n"
                         "log \"status\":410  \"rules\":[\"gone\"]  \"source\":\"gone\"  \"error\":null  "
                         "\"upstream_addr\":null  \"body_bytes\":5\n"),
    rules("respond_to_head", "c> HEAD /gone HTTP/1.1\nc> Host: a\nc>\nc< HTTP/1.1 410 Gone\nc< X-Why: moved\n" + kMade +
                                 "c< Date: {date}\nc< Content-Length: 5\nc<\nlog \"status\":410  \"body_bytes\":0\n"),
    rules("answers_keep_the_connection",
          "c>> GET /empty HTTP/1.1\\r\\nHost: a\\r\\n\\r\\nGET /empty HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n\n"
          "c< HTTP/1.1 204 No Content\nc< Date: {date}\nc<\nc< HTTP/1.1 204 No Content\nc< Date: {date}\nc<\n"),
    rules("a_body_that_is_there_is_passed_over",
          "c>> POST /empty HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: 3\\r\\n\\r\\nabcGET /empty HTTP/1.1\\r\\nHost: "
          "a\\r\\nConnection: close\\r\\n\\r\\n\n"
          "c< HTTP/1.1 204 No Content\nc< Date: {date}\nc<\nc< HTTP/1.1 204 No Content\nc< Date: {date}\nc< "
          "Connection: close\nc<\nc: eof\n"),
    rules("a_short_body_that_is_still_coming_is_passed_over",
          "c>> POST /empty HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: 3\\r\\n\\r\\n\nc< HTTP/1.1 204 No "
          "Content\nc< Date: {date}\nc<\n"
          "c>> abcGET /empty HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n\nc< HTTP/1.1 204 No "
          "Content\nc< Date: {date}\nc<\n"
          "log \"request_bytes\":55\n"),
    rules("one_whose_length_nobody_knows_ends_the_connection",
          "c>> POST /empty HTTP/1.1\\r\\nHost: a\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n3\\r\\nab\nc< HTTP/1.1 204 "
          "No "
          "Content\nc< Date: {date}\n"
          "c< Connection: close\nc<\nc: eof\n"),
    rules("a_long_one_ends_the_connection",
          "c>> POST /empty HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: 70000\\r\\n\\r\\nabc\nc< HTTP/1.1 204 No "
          "Content\nc< Date: {date}\n"
          "c< Connection: close\nc<\nc: eof\n"),
    rules("as_does_one_that_waits_for_a_100",
          "c>> POST /empty HTTP/1.1\\r\\nHost: a\\r\\nExpect: 100-continue\\r\\nContent-Length: 3\\r\\n\\r\\n\nc< "
          "HTTP/1.1 204 No Content\n"
          "c< Date: {date}\nc< Connection: close\nc<\nc: eof\n"),
    rules("trace_tells_what_came_and_nothing_of_what_rules_add",
          "c> TRACE /trace?a=b HTTP/1.1\nc> Host: a\nc> Max-Forwards: 0\nc> Cookie: c=d\nc> Authorization: x\n"
          "c> True-Client-IP: 192.0.2.1\nc> section-io-id: 7\nc> X-Mine: 1\nc>\n"
          "c< HTTP/1.1 200 OK\nc< Content-Type: message/http\nc< Date: {date}\nc< Content-Length: 66\nc<\n"
          "c<< TRACE /trace?a=b HTTP/1.1\\r\\nHost: a\\r\\nMax-Forwards: 0\\r\\nX-Mine: 1\\r\\n\\r\\n\n"),
    rules("what_connection_names_is_not_there_for_rules",
          "c> GET /needs HTTP/1.1\nc> Host: a\nc> Connection: X-Auth-User\nc> X-Auth-User: bob\nc>\n"
          "c< HTTP/1.1 401 Unauthorized\n" +
              kMade + "c< Date: {date}\nc< Content-Length: 13\nc<\nc<< Unauthorized\\n\nlog \"status\":401\n"),
    {"nor_can_it_take_away_the_clients_address",
     "c> GET /admin HTTP/1.1\nc> Host: a\nc> Connection: x-real-ip\nc> X-Real-IP: 192.0.2.1\nc>\n"
     "c< HTTP/1.1 403 Forbidden\n" +
         kMade +
         "c< Date: {date}\nc< Content-Length: 10\nc<\nc<< Forbidden\\n\nlog \"client_ip\":\"192.0.2.1\"  "
         "\"status\":403\n"
         "c> GET /x HTTP/1.1\nc> Host: a\nc> Connection: X-REAL-IP\nc> X-Real-IP: 192.0.2.1\nc>\n"
         "o: open\no< GET /x HTTP/1.1\no< Host: a\no< X-Real-IP: 192.0.2.1\nup\no<\n"
         "o> HTTP/1.1 204 No Content\no>\nc< HTTP/1.1 204 No Content\ndown\nc<\n",
     "settings { client_ip { header \"X-Real-IP\"; } }\n"
     "rule admin { when path under \"/admin\" and client.ip not in \"127.0.0.0/8\"; deny; }\n"},
    rules("a_key_that_is_logged_twice_is_there_once",
          "c> GET /twice HTTP/1.1\nc> Host: a\nc>\no: open\no< GET /twice HTTP/1.1\no< Host: a\nup\no<\n"
          "o> HTTP/1.1 204 No Content\no>\nc< HTTP/1.1 204 No Content\ndown\nc<\n"
          "log \"fields\":{\"l\":\"3\",\"k\":\"4\"}\n"),
    rules("drop_leaves_the_answers_before_it",
          "c>> GET /gone HTTP/1.1\\r\\nHost: a\\r\\n\\r\\nGET /drop HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n{x*70000}\n"
          "c< HTTP/1.1 410 Gone\nc< X-Why: moved\n" +
              kMade + "c< Date: {date}\nc< Content-Length: 5\nc<\nc<< gone\\n\nc: eof\n"),
    rules("redirect_keeps_the_query",
          "c> GET /old?a=b HTTP/1.1\nc> Host: a\nc>\nc< HTTP/1.1 301 Moved Permanently\nc< Location: /new?a=b\n"
          "c< Date: {date}\nc< Content-Length: 0\nc<\nlog \"source\":\"moved\"\n"),
    rules("drop_closes_without_an_answer",
          "c> GET /drop HTTP/1.1\nc> Host: a\nc>\nc: gone\nlog \"status\":0  \"source\":\"bye\"  "
          "\"error\":\"rule_drop\"\n"),
    rules("edits_of_the_request",
          "c> GET /edit?x HTTP/1.1\nc> Host: a\nc> X-Secret: s\nc>\no: open\no< GET /edited?x HTTP/1.1\no< Host: a\n"
          "o< X-Forwarded-For: 127.0.0.1\no< X-Forwarded-Proto: http\no< section-io-id: {id}\no< X-Edit: 1\n"
          "o< Via: 1.1 sprx\no<\no> HTTP/1.1 204 No Content\no>\nc< HTTP/1.1 204 No Content\ndown\nc<\n"
          "log \"path\":\"/edit\"  \"rules\":[\"noted\"]  \"fields\":{\"why\":\"edited\"}\n"),
    rules("edits_of_the_response",
          "c> GET / HTTP/1.1\nc> Host: a\nc>\no: open\no< GET / HTTP/1.1\no< Host: a\nup\no<\n"
          "o> HTTP/1.1 200 OK\no> Server: x\no> Content-Type: Text/HTML; charset=utf-8\no> Content-Length: 2\no>\no>> "
          "ok\n"
          "c< HTTP/1.1 200 OK\nc< Content-Type: Text/HTML; charset=utf-8\nc< X-Hard: yes\ndown\nc< Content-Length: "
          "2\nc<\nc<< ok\n"
          "log \"rules\":[\"hardened\"]  \"source\":\"upstream\"\n"),
    rules("a_response_rule_replaces_an_error",
          "o: refuse\nc> GET / HTTP/1.1\nc> Host: a\nc>\nc< HTTP/1.1 503 Service Unavailable\n" + kMade +
              "c< Date: {date}\nc< Content-Length: 5\nc<\nc<< sorry\n"
              "log \"status\":503  \"rules\":[\"pretty\"]  \"source\":\"pretty\"  \"error\":\"connect_failed\"\n"),
    rules("a_response_rule_replaces_a_response",
          "c> GET / HTTP/1.1\nc> Host: a\nc>\no: open\no< GET / HTTP/1.1\no< Host: a\nup\no<\n"
          "o> HTTP/1.1 418 Tea\no> Content-Length: 3\no>\no>> tea\nc< HTTP/1.1 404 Not Found\n" +
              kMade + "c< Date: {date}\nc< Content-Length: 10\nc<\nc<< Not Found\\n\no: gone\n"),
    rules("held_edits_wait_for_the_response",
          "c> GET /held?v=a%3Bb%20c HTTP/1.1\nc> Host: a\nc>\no: open\no< GET /held?v=a%3Bb%20c HTTP/1.1\no< Host: "
          "a\nup\no<\n"
          "o> HTTP/1.1 200 OK\no> Set-Cookie: v=old; HttpOnly\no> Set-Cookie: w=1\no> Content-Length: 2\no>\no>> ok\n"
          "c< HTTP/1.1 200 OK\nc< Set-Cookie: w=1\nc< Set-Cookie: v=a%3Bb%20c; Max-Age=60; Path=/; Secure\n"
          "c< X-Held: 1\ndown\nc< Content-Length: 2\nc<\nc<< ok\n"),
    rules("edits_before_a_terminal_apply_to_its_answer_and_the_later_wins",
          "c> GET /told HTTP/1.1\nc> Host: a\nc>\nc< HTTP/1.1 200 OK\nc< X-Told: 2\n" + kMade +
              "c< Set-Cookie: t=1\nc< Date: {date}\nc< Content-Length: 1\nc<\nc<< t\n"),
    rules("a_redirect_in_the_response_phase_has_the_held_edits",
          "c> GET /held?v=x HTTP/1.1\nc> Host: a\nc>\no: open\no< GET /held?v=x HTTP/1.1\no< Host: a\nup\no<\n"
          "o> HTTP/1.1 404 Not Found\no> Set-Cookie: v=old\no> Content-Length: 0\no>\n"
          "c< HTTP/1.1 302 Found\nc< Location: /other?v=x\nc< Set-Cookie: v=x; Max-Age=60; Path=/; Secure\n"
          "c< X-Held: 2\nc< Date: {date}\nc< Content-Length: 0\nc<\nlog \"status\":302  \"source\":\"away\"\n"),
    {"max_forwards_ends_here_for_options",
     "c> OPTIONS / HTTP/1.1\nc> Host: a\nc> Max-Forwards: 0\nc>\nc< HTTP/1.1 200 OK\n"
     "c< Allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, TRACE\nc< Date: {date}\nc< Content-Length: 0\nc<\n",
     ""},
    {"max_forwards_is_counted_down",
     "c> OPTIONS / HTTP/1.1\nc> Host: a\nc> Max-Forwards: 2\nc>\no: open\no< OPTIONS / HTTP/1.1\no< Host: a\n"
     "o< Max-Forwards: 1\nup\no<\no> HTTP/1.1 204 No Content\no>\nc< HTTP/1.1 204 No Content\ndown\nc<\n",
     ""},
    {"max_forwards_of_get_is_nothing_to_us",
     "c> GET / HTTP/1.1\nc> Host: a\nc> Max-Forwards: 0\nc>\no: open\no< GET / HTTP/1.1\no< Host: a\n"
     "o< Max-Forwards: 0\nup\no<\no> HTTP/1.1 204 No Content\no>\nc< HTTP/1.1 204 No Content\ndown\nc<\n",
     ""},
    {"a_response_rule_that_is_called_upstream_replaces_a_response",
     "c> GET / HTTP/1.1\nc> Host: a\nc>\no: open\no< GET / HTTP/1.1\no< Host: a\nup\no<\n"
     "o> HTTP/1.1 418 Tea\no> Content-Length: 3\no>\no>> tea\nc< HTTP/1.1 404 Not Found\n" +
         kMade +
         "c< Date: {date}\nc< Content-Length: 10\nc<\nc<< Not Found\\n\no: gone\n"
         "log \"status\":404  \"rules\":[\"upstream\"]  \"source\":\"rule:upstream\"  \"error\":null\n",
     "response rule upstream { when response.status == 418; deny 404; }\n"},
    {"a_response_rule_that_is_called_proxy_replaces_an_error",
     "o: refuse\nc> GET / HTTP/1.1\nc> Host: a\nc>\nc< HTTP/1.1 503 Service Unavailable\n" + kMade +
         "c< Date: {date}\nc< Content-Length: 5\nc<\nc<< sorry\n"
         "log \"status\":503  \"rules\":[\"proxy\"]  \"source\":\"rule:proxy\"  \"error\":\"connect_failed\"\n",
     "response rule proxy { when response.source == \"proxy\"; respond 503 { body \"sorry\"; } }\n"},
    {"proxy_status_turned_off",
     "c>> GET / HTTP/1.1\\r\\n\\r\\n\nc< HTTP/1.1 400 Bad Request\nc< Content-Type: text/plain; charset=utf-8\n"
     "c< Cache-Control: no-store\nc< Date: {date}\nc< Content-Length: 48\nc< Connection: close\nc<\n"
     "c<< The Host field is missing, repeated or invalid.\\n\nc: eof\n",
     "settings { http { proxy_status off; } }\n"},
};

INSTANTIATE_TEST_SUITE_P(Rules, ScriptTest, testing::ValuesIn(kCases), script_name);

}  // namespace
}  // namespace sprx
