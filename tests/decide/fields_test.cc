#include <gtest/gtest.h>

#include "tests/decide/builder.h"

namespace sprx::test {
namespace {

/// A field of the message as text; lists as `[a, b]`.
std::string field(Message& m, Field id, std::string_view key = {}, Phase phase = Phase::request) {
  Builder b;
  const ExprId f = key.empty() ? b.field(id) : b.field(id, key);
  if (info(id).type != Type::string_list) return value_of(b, f, m, phase);
  return "[" + value_of(b, f, m, phase) + "]";
}

TEST(Fields, of_the_request_line_and_host) {
  Message m("/Dir/x.HTML?a=b", "Example.com:81", "PUT");
  m.header("X-Forwarded-Proto", "https");
  EXPECT_EQ(field(m, Field::method), "PUT");
  EXPECT_EQ(field(m, Field::http_version), "HTTP/1.1");
  EXPECT_EQ(field(m, Field::scheme), "https");
  EXPECT_EQ(field(m, Field::host), "example.com");
  EXPECT_EQ(field(m, Field::port), "81");
  EXPECT_EQ(field(m, Field::path), "/Dir/x.HTML");
  EXPECT_EQ(field(m, Field::path_extension), "html");
  EXPECT_EQ(field(m, Field::path_file), "x.HTML");
  EXPECT_EQ(field(m, Field::uri), "/Dir/x.HTML?a=b");
  EXPECT_EQ(field(m, Field::raw_path), "/Dir/x.HTML");
  EXPECT_EQ(field(m, Field::raw_query), "a=b");
}

TEST(Fields, an_extension_is_of_the_last_segment_only) {
  for (const auto& [target, expected] : {std::pair{"/a.b/c", "absent"},
                                         {"/a/.htaccess", "absent"},
                                         {"/a/x.", "absent"},
                                         {"/a/", "absent"},
                                         {"/a/x.tar.GZ", "gz"},
                                         {"/a/.x.y", "y"}}) {
    Message m(target);
    EXPECT_EQ(field(m, Field::path_extension), expected) << target;
  }
}

TEST(Fields, query_values_are_decoded_and_the_first_of_a_name_counts) {
  Message m("/?a=1+2&a=%41&b=%zz%4&c&=e&&d=x=y&%61=q");
  EXPECT_EQ(field(m, Field::query, "a"), "1 2");
  EXPECT_EQ(field(m, Field::query, "b"), "%zz%4");
  EXPECT_EQ(field(m, Field::query, "c"), "");
  EXPECT_EQ(field(m, Field::query, "d"), "x=y");
  EXPECT_EQ(field(m, Field::query, "none"), "absent");
  EXPECT_EQ(field(m, Field::query_all, "a"), "[1 2, A, q]");
  EXPECT_EQ(field(m, Field::query_names), "[a, a, b, c, , d, a]");
  EXPECT_EQ(field(m, Field::query_values), "[1 2, A, %zz%4, , e, x=y, q]");
  Message none("/");
  EXPECT_EQ(field(none, Field::query_names), "[]");
}

TEST(Fields, lines_of_a_header_are_joined) {
  Message m;
  m.header("Accept", "a").header("ACCEPT", "b, c").header("Cookie", "x=1").header("cookie", "y=2").header("Empty", "");
  EXPECT_EQ(field(m, Field::header, "accept"), "a, b, c");
  EXPECT_EQ(field(m, Field::header, "cookie"), "x=1; y=2");
  EXPECT_EQ(field(m, Field::header, "empty"), "");
  EXPECT_EQ(field(m, Field::header, "none"), "absent");
  EXPECT_EQ(field(m, Field::header_all, "accept"), "[a, b, c]");
  EXPECT_EQ(field(m, Field::header_names), "[Accept, ACCEPT, Cookie, cookie, Empty]");
  EXPECT_EQ(field(m, Field::header_values), "[a, b, c, x=1, y=2, ]");
}

TEST(Fields, cookies_are_read_from_all_lines_and_not_decoded) {
  Message m;
  m.header("Cookie", "a=1; b=%41=;c;  ;a=2").header("Cookie", "d=\"q\"");
  EXPECT_EQ(field(m, Field::cookie, "a"), "1");
  EXPECT_EQ(field(m, Field::cookie, "b"), "%41=");
  EXPECT_EQ(field(m, Field::cookie, "c"), "");
  EXPECT_EQ(field(m, Field::cookie, "d"), "\"q\"");
  EXPECT_EQ(field(m, Field::cookie, "A"), "absent");
  EXPECT_EQ(field(m, Field::cookie_all, "a"), "[1, 2]");
  EXPECT_EQ(field(m, Field::cookie_names), "[a, b, c, a, d]");
  EXPECT_EQ(field(m, Field::cookie_values), "[1, %41=, , 2, \"q\"]");
}

TEST(Fields, of_the_platform) {
  Message m;
  m.header("section-io-geo-country-code", "NZ")
      .header("section-io-geo-country-name", "New Zealand")
      .header("section-io-geo-region-code", "AUK");
  m.header("section-io-geo-region-name", "Auckland")
      .header("section-io-geo-city", "Auckland City")
      .header("section-io-geo-latlon", "-36,174");
  m.header("section-io-geo-postal-code", "1010")
      .header("section-io-geo-dma-code", "")
      .header("section-io-geo-asn", "64500");
  m.header("X-Forwarded-For", "2001:db8:0:0:1::1");
  EXPECT_EQ(field(m, Field::geo_country), "NZ");
  EXPECT_EQ(field(m, Field::geo_country_name), "New Zealand");
  EXPECT_EQ(field(m, Field::geo_region), "AUK");
  EXPECT_EQ(field(m, Field::geo_region_name), "Auckland");
  EXPECT_EQ(field(m, Field::geo_city), "Auckland City");
  EXPECT_EQ(field(m, Field::geo_latlon), "-36,174");
  EXPECT_EQ(field(m, Field::geo_postal_code), "1010");
  EXPECT_EQ(field(m, Field::geo_dma_code), "absent");
  EXPECT_EQ(field(m, Field::geo_asn), "64500");
  EXPECT_EQ(field(m, Field::client_ip), "2001:db8::1:0:0:1");
  EXPECT_EQ(field(m, Field::request_id), "fresh-id");
  EXPECT_EQ(field(m, Field::now), "1750000000000000");
}

TEST(Fields, of_several_lines_of_the_platform_the_last_counts) {
  Message m;
  m.header("Section-IO-Geo-Country-Code", "US").header("section-io-geo-country-code", "AU");
  EXPECT_EQ(field(m, Field::geo_country), "AU");
  Message empty;
  empty.header("section-io-geo-country-code", "US").header("section-io-geo-country-code", "");
  EXPECT_EQ(field(empty, Field::geo_country), "absent");
}

TEST(Fields, addresses_as_text_are_as_the_compiler_writes_them) {
  for (const char* ip : {"::", "::1", "1::", "1:0:0:2::3", "1:2:3:4:5:6:7:8", "1:0:2:0:3:0:4:0", "0:0:1::", "::1.2.3.4",
                         "10.0.0.1", "fe80::1:0:0:1", "1:0:0:0:2:0:0:3", "0:1:0:0:0:0:0:0"}) {
    Message m;
    m.client(ip);
    EXPECT_EQ(field(m, Field::client_ip), to_text(parse_ip(ip).value()));
  }
}

TEST(Fields, of_the_response) {
  Message m;
  m.respond(404, {{"Content-Type", "Text/HTML ; charset=x"},
                  {"Vary", "a"},
                  {"vary", "b"},
                  {"Set-Cookie", "s=1; Path=/"},
                  {"Set-Cookie", "t=2"}});
  m.source(ResponseSource::proxy, "connect_timeout");
  const Phase phase = Phase::response;
  EXPECT_EQ(field(m, Field::response_status, {}, phase), "404");
  EXPECT_EQ(field(m, Field::response_header, "vary", phase), "a, b");
  EXPECT_EQ(field(m, Field::response_header_all, "vary", phase), "[a, b]");
  EXPECT_EQ(field(m, Field::response_cookie, "t", phase), "2");
  EXPECT_EQ(field(m, Field::response_cookie, "u", phase), "absent");
  EXPECT_EQ(field(m, Field::response_media_type, {}, phase), "text/html");
  EXPECT_EQ(field(m, Field::response_source, {}, phase), "proxy");
  EXPECT_EQ(field(m, Field::response_error, {}, phase), "connect_timeout");
  Message plain;
  plain.respond(200);
  EXPECT_EQ(field(plain, Field::response_media_type, {}, phase), "absent");
  EXPECT_EQ(field(plain, Field::response_source, {}, phase), "upstream");
  EXPECT_EQ(field(plain, Field::response_error, {}, phase), "absent");
}

}  // namespace
}  // namespace sprx::test
