#include "runtime/access_log.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace sprx {
namespace {

using namespace std::string_view_literals;

AccessRecord whole() {
  AccessRecord record;
  record.time_us = 1'700'000'000'000'042;
  record.client = parse_ip("192.0.2.1");
  record.hostname = "a";
  record.method = "GET";
  record.path = "/p";
  record.query = "q";
  record.protocol = "HTTP/1.1";
  record.status = 200;
  record.bytes = 300;
  record.body_bytes = 5;
  record.request_bytes = 90;
  record.duration_us = 1234;
  record.upstream_connect_us = 0;
  record.upstream_head_us = 700;
  record.upstream_us = 800;
  record.upstream_addr = "127.0.0.1:80";
  record.reused = true;
  record.request_id = "id";
  record.user_agent = "curl/8";
  record.source = ResponseSource::upstream;
  record.table = "0123456789abcdef";
  return record;
}

std::string line(const AccessRecord& record, LogFormat format) {
  std::string out;
  append_access_line(out, record, format);
  return out;
}

TEST(AccessLog, WritesEveryKeyInItsOrderAsJson) {
  EXPECT_EQ(
      line(whole(), LogFormat::json),
      R"({"time":"2023-11-14T22:13:20.000042Z","client_ip":"192.0.2.1","hostname":"a","method":"GET","path":"/p","query":"q",)"
      R"("protocol":"HTTP/1.1","status":200,"bytes":300,"body_bytes":5,"request_bytes":90,"duration_us":1234,)"
      R"("upstream_connect_us":0,"upstream_head_us":700,"upstream_us":800,"upstream_addr":"127.0.0.1:80","reused":true,)"
      R"("request_id":"id","user_agent":"curl/8","referer":null,"rules":[],"would":[],"source":"upstream","error":null,)"
      R"("table":"0123456789abcdef","fields":{}})"
      "\n");
}

TEST(AccessLog, WritesTheSameKeysAsLtsv) {
  EXPECT_EQ(line(whole(), LogFormat::ltsv),
            "time:2023-11-14T22:13:20.000042Z\tclient_ip:192.0.2.1\thostname:a\tmethod:GET\tpath:/"
            "p\tquery:q\tprotocol:HTTP/1.1\t"
            "status:200\tbytes:300\tbody_bytes:5\trequest_bytes:90\tduration_us:1234\tupstream_connect_us:0\tupstream_"
            "head_us:700\t"
            "upstream_us:800\tupstream_addr:127.0.0.1:80\treused:true\trequest_id:id\tuser_agent:curl/"
            "8\treferer:-\trules:\twould:\t"
            "source:upstream\terror:-\ttable:0123456789abcdef\n");
}

TEST(AccessLog, NamesRulesAndFieldsOfBothPhases) {
  RuleSet rules;
  rules.rules[0].push_back({.name = rules.pool.strings.add("one"),
                            .file = {},
                            .line = 0,
                            .condition = {},
                            .first_action = 0,
                            .action_count = 0});
  rules.rules[1].push_back({.name = rules.pool.strings.add("g.two"),
                            .file = {},
                            .line = 0,
                            .condition = {},
                            .first_action = 0,
                            .action_count = 0});
  Decision request;
  request.matched = {0};
  request.log = {{"k", "a\tb"}};
  Decision response;
  response.matched = {0};
  response.log = {{"l", "\"}"}};
  AccessRecord record = whole();
  record.rules = &rules;
  record.request_decision = &request;
  record.response_decision = &response;
  EXPECT_NE(line(record, LogFormat::json).find(R"("rules":["one","g.two"],)"), std::string::npos);
  EXPECT_TRUE(line(record, LogFormat::json).ends_with("\"fields\":{\"k\":\"a\\u0009b\",\"l\":\"\\\"}\"}}\n"));
  EXPECT_TRUE(line(record, LogFormat::ltsv).ends_with("\tfields.k:a\\tb\tfields.l:\"}\n"));
}

TEST(AccessLog, TellsARuleThatIsCalledProxyOrUpstreamFromThem) {
  AccessRecord record = whole();
  const auto source = [&](std::string_view rule) {
    record.rule = rule;
    return source_text(record);
  };
  record.source = ResponseSource::rule;
  EXPECT_EQ(source("gone"), "gone");
  EXPECT_EQ(source("proxy"), "rule:proxy");
  EXPECT_EQ(source("upstream"), "rule:upstream");
  EXPECT_EQ(source("shop.proxy"), "shop.proxy");
  record.source = ResponseSource::proxy;
  EXPECT_EQ(source(""), "proxy");
  record.source.reset();
  EXPECT_NE(line(record, LogFormat::json).find(R"("source":null,)"), std::string::npos);
  EXPECT_NE(line(record, LogFormat::ltsv).find("\tsource:-\t"), std::string::npos);
}

TEST(AccessLog, EscapesWhatCouldForgeALineOrAField) {
  std::string out;
  append_json_text(out, "a\"b\\c\r\n\t\0\x7f d"sv);
  EXPECT_EQ(out, R"(a\"b\\c\u000d\u000a\u0009\u0000\u007f d)");
  out.clear();
  append_ltsv_text(out, "a\tb\nc\rd\\e\0f"sv);
  EXPECT_EQ(out, R"(a\tb\nc\rd\\e\x00f)");
}

TEST(AccessLog, SeesEachByteAtEachPlaceOfALongText) {
  for (std::size_t at = 0; at < 19; ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string text(19, 'a');
      text[at] = static_cast<char>(byte);
      const bool plain = byte >= 0x20 && byte < 0x7f;
      std::string json(1, static_cast<char>(byte));
      if (byte == '"' || byte == '\\') json.insert(0, 1, '\\');
      if (!plain) json = fmt::format("\\u00{:02x}", byte);
      std::string ltsv(1, static_cast<char>(byte));
      if (byte == '\\') ltsv = "\\\\";
      if (!plain)
        ltsv = byte == '\t' ? "\\t" : byte == '\n' ? "\\n" : byte == '\r' ? "\\r" : fmt::format("\\x{:02x}", byte);
      std::string out;
      append_json_text(out, text);
      ASSERT_EQ(out, std::string(at, 'a') + json + std::string(18 - at, 'a'));
      out.clear();
      append_ltsv_text(out, text);
      ASSERT_EQ(out, std::string(at, 'a') + ltsv + std::string(18 - at, 'a'));
    }
  }
}

TEST(AccessLog, KeepsUtf8AndEscapesOtherBytesOneByOne) {
  const auto json = [](std::string_view text) {
    std::string out;
    append_json_text(out, text);
    return out;
  };
  EXPECT_EQ(json("h\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"), "h\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
  // Characters that some reader takes for a line end or a command of its terminal.
  EXPECT_EQ(json("a\xc2\x85\xc2\x9b"
                 "31m\xc2\xa0"),
            "a\\u0085\\u009b31m\xc2\xa0");
  EXPECT_EQ(json("\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xaa"), "\\u2028\\u2029\xe2\x80\xaa");
  EXPECT_EQ(json("\xe9"), R"(\u00e9)");
  EXPECT_EQ(json("\xc3"), R"(\u00c3)");
  EXPECT_EQ(json("\xc0\xaf"), R"(\u00c0\u00af)");                      // overlong
  EXPECT_EQ(json("\xed\xa0\x80"), R"(\u00ed\u00a0\u0080)");            // surrogate
  EXPECT_EQ(json("\xf4\x90\x80\x80"), R"(\u00f4\u0090\u0080\u0080)");  // past U+10FFFF
}

}  // namespace
}  // namespace sprx
