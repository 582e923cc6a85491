// Requests that are refused before any rule, each with its documented answer; none reaches the origin.
#include <fmt/format.h>

#include "runtime/http/head_write.h"
#include "runtime/http/reason.h"
#include "tests/runtime/script_test.h"

namespace sprx {
namespace {

/// The whole answer to a refused request, as script lines.
std::string answer(Reason reason) {
  const ReasonInfo& what = info(reason);
  std::string out =
      fmt::format("c< HTTP/1.1 {} {}\nc< Content-Type: text/plain; charset=utf-8\nc< Cache-Control: no-store\n",
                  what.status, phrase_of(what.status));
  if (reason == Reason::connect_refused) out += "c< Allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, TRACE\n";
  out += fmt::format(
      "c< Date: {{date}}\nc< Proxy-Status: sprx; error={}\nc< Content-Length: {}\nc< Connection: close\nc<\nc<< "
      "{}\\n\nc: eof\n",
      what.type, what.text.size() + 1, what.text);
  return out + fmt::format("log \"status\":{}  \"source\":\"proxy\"  \"error\":\"{}\"  \"upstream_addr\":null\n",
                           what.status, what.word);
}

ScriptCase refused(const char* name, const std::string& request, Reason reason, const std::string& rules = "") {
  return {name, "c>> " + request + "\n" + answer(reason), rules};
}

const std::string kHost = R"(\r\nHost: a\r\n)";

const ScriptCase kSyntax[] = {
    refused("http2_preface", R"(PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n)", Reason::not_http),
    refused("tls_hello", R"(\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03)", Reason::not_http),
    refused("http_09", R"(GET /\r\n\r\n)", Reason::bad_request_line),
    refused("version_20", "GET / HTTP/2.0" + kHost + "\\r\\n", Reason::version_not_supported),
    refused("version_lower_case", "GET / http/1.1" + kHost + "\\r\\n", Reason::bad_request_line),
    refused("version_with_two_digits", "GET / HTTP/1.10" + kHost + "\\r\\n", Reason::bad_request_line),
    refused("version_missing", "GET / " + kHost + "\\r\\n", Reason::bad_request_line),
    refused("version_other_protocol", "GET / ICAP/1.0" + kHost + "\\r\\n", Reason::bad_request_line),
    refused("blank_after_version", "GET / HTTP/1.1 " + kHost + "\\r\\n", Reason::bad_request_line),
    refused("two_blanks_before_target", "GET  / HTTP/1.1" + kHost + "\\r\\n", Reason::bad_target),
    refused("tab_before_target", "GET\\t/ HTTP/1.1" + kHost + "\\r\\n", Reason::bad_request_line),
    refused("blank_in_target", "GET /a b HTTP/1.1" + kHost + "\\r\\n", Reason::bad_request_line),
    refused("leading_blank", " GET / HTTP/1.1" + kHost + "\\r\\n", Reason::bad_request_line),
    refused("method_with_a_colon", "GE:T / HTTP/1.1" + kHost + "\\r\\n", Reason::bad_request_line),
    refused("method_with_a_control", "GE\\x01T / HTTP/1.1" + kHost + "\\r\\n", Reason::bad_request_line),
    refused("control_in_target", "GET /\\x01 HTTP/1.1" + kHost + "\\r\\n", Reason::bad_target),
    refused("nul_in_target", "GET /\\0 HTTP/1.1" + kHost + "\\r\\n", Reason::bad_request_line),
    refused("del_in_target", "GET /\\x7f HTTP/1.1" + kHost + "\\r\\n", Reason::bad_target),
    refused("fragment_in_target", "GET /a#b HTTP/1.1" + kHost + "\\r\\n", Reason::bad_target),
    refused("target_without_slash", "GET a HTTP/1.1" + kHost + "\\r\\n", Reason::bad_target),
    refused("asterisk_of_get", "GET * HTTP/1.1" + kHost + "\\r\\n", Reason::bad_target),
    refused("other_scheme", "GET ftp://a/ HTTP/1.1" + kHost + "\\r\\n", Reason::bad_target),
    refused("absolute_form_without_authority", "GET http:///a HTTP/1.1" + kHost + "\\r\\n", Reason::bad_target),
    refused("absolute_form_with_userinfo", "GET http://u@a/ HTTP/1.1" + kHost + "\\r\\n", Reason::bad_target),
    refused("absolute_form_of_another_host", "GET http://b/ HTTP/1.1" + kHost + "\\r\\n", Reason::bad_host),
    refused("connect", "CONNECT a:443 HTTP/1.1" + kHost + "\\r\\n", Reason::connect_refused),
    refused("percent_without_digits", "GET /%zz HTTP/1.1" + kHost + "\\r\\n", Reason::bad_path),
    refused("percent_nul", "GET /%00 HTTP/1.1" + kHost + "\\r\\n", Reason::bad_path),
    refused("bare_lf_after_request_line", R"(GET / HTTP/1.1\nHost: a\r\n\r\n)", Reason::bad_line_ending),
    refused("bare_lf_after_header", R"(GET / HTTP/1.1\r\nHost: a\n\r\n)", Reason::bad_line_ending),
    refused("bare_lf_at_end_of_head", R"(GET / HTTP/1.1\r\nHost: a\r\n\n)", Reason::bad_line_ending),
    refused("bare_cr_in_request_line", R"(GET / HTTP/1.1\rX\r\nHost: a\r\n\r\n)", Reason::bad_line_ending),
    refused("bare_cr_in_value", R"(GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n)", Reason::bad_line_ending),
    refused("two_crs", R"(GET / HTTP/1.1\r\nHost: a\r\r\n\r\n)", Reason::bad_line_ending),
    refused("nul_in_value", R"(GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n)", Reason::bad_header),
    refused("control_in_value", R"(GET / HTTP/1.1\r\nHost: a\r\nX: a\x0bb\r\n\r\n)", Reason::bad_header),
    refused("del_in_value", R"(GET / HTTP/1.1\r\nHost: a\r\nX: a\x7fb\r\n\r\n)", Reason::bad_header),
    refused("folded_line", R"(GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n)", Reason::bad_header),
    refused("folded_line_with_tab", R"(GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n\tb\r\n\r\n)", Reason::bad_header),
    refused("blank_before_first_header", R"(GET / HTTP/1.1\r\n Host: a\r\n\r\n)", Reason::bad_header),
    refused("blank_before_colon", R"(GET / HTTP/1.1\r\nHost : a\r\n\r\n)", Reason::bad_header),
    refused("tab_before_colon", R"(GET / HTTP/1.1\r\nHost\t: a\r\n\r\n)", Reason::bad_header),
    refused("no_colon", R"(GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n)", Reason::bad_header),
    refused("empty_name", R"(GET / HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n)", Reason::bad_header),
    refused("name_with_a_blank", R"(GET / HTTP/1.1\r\nHost: a\r\nX Y: x\r\n\r\n)", Reason::bad_header),
    refused("name_with_a_control", R"(GET / HTTP/1.1\r\nHost: a\r\nX\x01: x\r\n\r\n)", Reason::bad_header),
    refused("name_with_a_high_byte", R"(GET / HTTP/1.1\r\nHost: a\r\nX\xe9: x\r\n\r\n)", Reason::bad_header),
    refused("host_missing", R"(GET / HTTP/1.1\r\n\r\n)", Reason::bad_host),
    refused("host_empty", R"(GET / HTTP/1.1\r\nHost:\r\n\r\n)", Reason::bad_host),
    refused("host_twice", R"(GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n)", Reason::bad_host),
    refused("host_twice_the_same", R"(GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n)", Reason::bad_host),
    refused("host_with_a_path", R"(GET / HTTP/1.1\r\nHost: a/b\r\n\r\n)", Reason::bad_host),
    refused("host_with_userinfo", R"(GET / HTTP/1.1\r\nHost: u@a\r\n\r\n)", Reason::bad_host),
    refused("host_with_a_blank", R"(GET / HTTP/1.1\r\nHost: a b\r\n\r\n)", Reason::bad_host),
    refused("host_with_a_comma", R"(GET / HTTP/1.1\r\nHost: a, b\r\n\r\n)", Reason::bad_host),
    refused("host_with_a_bad_port", R"(GET / HTTP/1.1\r\nHost: a:b\r\n\r\n)", Reason::bad_host),
    refused("host_with_a_large_port", R"(GET / HTTP/1.1\r\nHost: a:65536\r\n\r\n)", Reason::bad_host),
    refused("host_with_an_open_bracket", R"(GET / HTTP/1.1\r\nHost: [::1\r\n\r\n)", Reason::bad_host),
    refused("expectation_unknown", "GET / HTTP/1.1" + kHost + R"(Expect: tea\r\n\r\n)", Reason::bad_expectation),
    refused("trace_with_a_body", "TRACE / HTTP/1.1" + kHost + R"(Content-Length: 1\r\n\r\na)", Reason::bad_framing),
};

std::string post(const std::string& headers) { return "POST / HTTP/1.1" + kHost + headers + "\\r\\n"; }

const ScriptCase kSmuggling[] = {
    refused("length_and_coding", post(R"(Content-Length: 4\r\nTransfer-Encoding: chunked\r\n)") + R"(0\r\n\r\n)",
            Reason::bad_framing),
    refused("coding_and_length", post(R"(Transfer-Encoding: chunked\r\nContent-Length: 4\r\n)") + R"(0\r\n\r\n)",
            Reason::bad_framing),
    refused("two_lengths", post(R"(Content-Length: 4\r\nContent-Length: 5\r\n)"), Reason::bad_framing),
    refused("two_equal_lengths", post(R"(Content-Length: 4\r\nContent-Length: 4\r\n)"), Reason::bad_framing),
    refused("list_of_lengths", post(R"(Content-Length: 4, 4\r\n)"), Reason::bad_framing),
    refused("length_empty", post(R"(Content-Length:\r\n)"), Reason::bad_framing),
    refused("length_with_plus", post(R"(Content-Length: +4\r\n)"), Reason::bad_framing),
    refused("length_negative", post(R"(Content-Length: -4\r\n)"), Reason::bad_framing),
    refused("length_hexadecimal", post(R"(Content-Length: 0x4\r\n)"), Reason::bad_framing),
    refused("length_with_fraction", post(R"(Content-Length: 4.0\r\n)"), Reason::bad_framing),
    refused("length_with_a_blank_inside", post(R"(Content-Length: 4 4\r\n)"), Reason::bad_framing),
    refused("length_past_64_bits", post(R"(Content-Length: 18446744073709551616\r\n)"), Reason::bad_framing),
    refused("coding_unknown", post(R"(Transfer-Encoding: gzip\r\n)"), Reason::unknown_transfer_coding),
    refused("coding_identity", post(R"(Transfer-Encoding: identity\r\n)"), Reason::unknown_transfer_coding),
    refused("coding_misspelt", post(R"(Transfer-Encoding: xchunked\r\n)"), Reason::unknown_transfer_coding),
    refused("coding_empty", post(R"(Transfer-Encoding:\r\n)"), Reason::bad_framing),
    refused("coding_list", post(R"(Transfer-Encoding: gzip, chunked\r\n)"), Reason::bad_framing),
    refused("coding_not_last", post(R"(Transfer-Encoding: chunked, identity\r\n)"), Reason::bad_framing),
    refused("coding_with_parameter", post(R"(Transfer-Encoding: chunked;q=1\r\n)"), Reason::bad_framing),
    refused("coding_quoted", post(R"(Transfer-Encoding: "chunked"\r\n)"), Reason::unknown_transfer_coding),
    refused("coding_twice", post(R"(Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n)"),
            Reason::bad_framing),
    refused("coding_twice_differing", post(R"(Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n)"),
            Reason::bad_framing),
    refused("coding_with_vertical_tab", post(R"(Transfer-Encoding: \x0bchunked\r\n)"), Reason::bad_header),
    refused("coding_name_with_blank", post(R"(Transfer-Encoding : chunked\r\n)"), Reason::bad_header),
    refused("coding_folded", post(R"(Transfer-Encoding:\r\n chunked\r\n)"), Reason::bad_header),
    refused("coding_of_http_10", "POST / HTTP/1.0" + kHost + R"(Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n)",
            Reason::bad_framing),
};

const std::string kSmall = "settings { limits { head_size 1KiB; uri_size 256; header_line 256; header_count 4; } }\n";

const ScriptCase kLimits[] = {
    refused("uri_past_its_limit", "GET /{a*256} HTTP/1.1" + kHost + "\\r\\n", Reason::uri_too_long, kSmall),
    refused("uri_far_past_its_limit", "GET /{a*700}", Reason::uri_too_long, kSmall),
    refused("header_line_past_its_limit", "GET / HTTP/1.1" + kHost + "X: {a*252}\\r\\n\\r\\n", Reason::header_too_large,
            kSmall),
    refused("header_line_without_end", "GET / HTTP/1.1" + kHost + "X: {a*400}", Reason::header_too_large, kSmall),
    refused("header_count_past_its_limit", "GET / HTTP/1.1" + kHost + R"(A: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\n\r\n)",
            Reason::too_many_headers, kSmall),
    refused("head_past_its_limit", "GET /{a*200} HTTP/1.1" + kHost + "A: {a*240}\\r\\nB: {a*240}\\r\\nC: {a*300}",
            Reason::header_too_large, kSmall),
    refused("head_past_its_limit_by_a_byte",
            "GET /{a*240} HTTP/1.1" + kHost + "A: {a*250}\\r\\nB: {a*250}\\r\\nC: {a*243}\\r\\n\\r\\n",
            Reason::head_too_large, kSmall),
};

/// At the limits, where the ones above are one past them.
ScriptCase taken(const char* name, const std::string& request, const std::string& arrives) {
  return {name,
          "c>> " + request + "\no: open\no<< " + arrives + "\nup\no<\no> HTTP/1.1 204 No Content\no>\n" +
              "c< HTTP/1.1 204 No Content\ndown\nc<\n",
          kSmall};
}

const ScriptCase kAtLimits[] = {
    taken("uri", "GET /{a*255} HTTP/1.1" + kHost + "\\r\\n", "GET /{a*255} HTTP/1.1" + kHost),
    taken("header_line", "GET / HTTP/1.1" + kHost + "X: {a*251}\\r\\n\\r\\n",
          "GET / HTTP/1.1" + kHost + "X: {a*251}\\r\\n"),
    taken("header_count", "GET / HTTP/1.1" + kHost + R"(A: 1\r\nB: 2\r\nC: 3\r\n\r\n)",
          "GET / HTTP/1.1" + kHost + R"(A: 1\r\nB: 2\r\nC: 3\r\n)"),
    taken("head", "GET /{a*240} HTTP/1.1" + kHost + "A: {a*250}\\r\\nB: {a*250}\\r\\nC: {a*242}\\r\\n\\r\\n",
          "GET /{a*240} HTTP/1.1" + kHost + "A: {a*250}\\r\\nB: {a*250}\\r\\nC: {a*242}\\r\\n"),
};

INSTANTIATE_TEST_SUITE_P(AtLimits, ScriptTest, testing::ValuesIn(kAtLimits), script_name);
INSTANTIATE_TEST_SUITE_P(Syntax, ScriptTest, testing::ValuesIn(kSyntax), script_name);
INSTANTIATE_TEST_SUITE_P(Smuggling, ScriptTest, testing::ValuesIn(kSmuggling), script_name);
INSTANTIATE_TEST_SUITE_P(Limits, ScriptTest, testing::ValuesIn(kLimits), script_name);

}  // namespace
}  // namespace sprx
