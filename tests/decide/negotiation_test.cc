// accepts_type, accepts_language, accepts_encoding: the examples of RFC 9110 12.5 and RFC 4647, and what clients send
// by mistake.
#include <array>
#include <chrono>
#include <gtest/gtest.h>

#include "compiler/table/header_list.h"
#include "runtime/decide/accept.h"
#include "tests/decide/builder.h"

namespace sprx::test {
namespace {

using Offers = std::vector<std::string>;

/// What the function gives for a request with the header; without one where `header` is null.
std::string chosen(Function function, std::string_view name, const char* header, const Offers& offers) {
  Builder b;
  Message m;
  if (header != nullptr) m.header(std::string(name), header);
  std::vector<ExprId> arguments;
  for (const std::string& offer : offers) arguments.push_back(b.text(offer));
  return value_of(b, b.call(function, arguments), m);
}
std::string type(const char* header, const Offers& offers) {
  return chosen(Function::accepts_type, "Accept", header, offers);
}
std::string language(const char* header, const Offers& offers) {
  return chosen(Function::accepts_language, "Accept-Language", header, offers);
}
std::string encoding(const char* header, const Offers& offers) {
  return chosen(Function::accepts_encoding, "Accept-Encoding", header, offers);
}

int type_quality(std::string_view accept, std::string_view offer) {
  std::array<Preference, 1> out;
  rate_types(accept, std::array{offer}, out);
  return out[0].quality;
}

TEST(Negotiation, types_have_the_qualities_of_the_example_in_rfc_9110_12_5_1) {
  constexpr std::string_view kAccept =
      "text/*;q=0.3, text/plain;q=0.7, text/plain;format=flowed, text/plain;format=fixed;q=0.4, */*;q=0.5";
  EXPECT_EQ(type_quality(kAccept, "text/plain;format=flowed"), 1000);
  EXPECT_EQ(type_quality(kAccept, "text/plain"), 700);
  EXPECT_EQ(type_quality(kAccept, "text/html"), 300);
  EXPECT_EQ(type_quality(kAccept, "image/jpeg"), 500);
  EXPECT_EQ(type_quality(kAccept, "text/plain;format=fixed"), 400);
  EXPECT_EQ(type_quality(kAccept, "text/html;level=3"), 300);
}

TEST(Negotiation, of_types_the_best_liked_is_chosen_then_the_closest_then_the_first) {
  EXPECT_EQ(type("audio/*; q=0.2, audio/basic", {"audio/ogg", "audio/basic"}), "audio/basic");
  EXPECT_EQ(type("text/plain; q=0.5, text/html, text/x-dvi; q=0.8, text/x-c", {"text/plain", "text/x-dvi"}),
            "text/x-dvi");
  EXPECT_EQ(type("image/avif,image/webp,*/*", {"image/jpeg", "image/webp"}), "image/webp");
  EXPECT_EQ(type("*/*", {"image/webp", "image/jpeg"}), "image/webp");
  EXPECT_EQ(type("TEXT/HTML;Q=0.5, application/json;q=0.4", {"application/json", "text/html"}), "text/html");
  EXPECT_EQ(type(R"(text/html;level="1")", {"text/html;level=1"}), "text/html;level=1");
  EXPECT_EQ(type("text/html;level=1", {"text/html"}), "absent");
}

TEST(Negotiation, without_a_header_the_first_and_where_nothing_is_acceptable_absent) {
  EXPECT_EQ(type(nullptr, {"text/html", "text/plain"}), "text/html");
  EXPECT_EQ(type("", {"text/html", "text/plain"}), "text/html");
  EXPECT_EQ(type("image/png", {"text/html"}), "absent");
  EXPECT_EQ(type("text/html;q=0, */*", {"text/html", "text/plain"}), "text/plain");
  EXPECT_EQ(type("text/*;q=0", {"text/html"}), "absent");
  EXPECT_EQ(language(nullptr, {"en", "de"}), "en");
  EXPECT_EQ(language("fr", {"en", "de"}), "absent");
  EXPECT_EQ(encoding(nullptr, {"br", "gzip"}), "br");
  EXPECT_EQ(encoding("zstd", {"br", "gzip"}), "absent");
}

TEST(Negotiation, malformed_elements_count_as_if_they_were_not_there) {
  EXPECT_EQ(type("text/html;q=1.001, text/plain;q=0.1", {"text/html", "text/plain"}), "text/plain");
  for (const char* bad :
       {"text/html;q=2", "text/html;q=0.1234", "text/html;q=", "text/html;q=-1", "text/html;q=x", "text/html;level",
        "text", "/html", "text/", "*/html", "te xt/html", ";q=1", "text/html;q=1.5"}) {
    EXPECT_EQ(type_quality(bad, "text/html"), -1) << bad;
    EXPECT_EQ(type_quality(std::string(bad) + ", text/html;q=0.2", "text/html"), 200) << bad;
  }
  EXPECT_EQ(type_quality("text/html;q=0.", "text/html"), 0);
  EXPECT_EQ(type_quality("text/html;q=1.000", "text/html"), 1000);
  EXPECT_EQ(type_quality("text/html ; ; q=0.5 ; ext=1", "text/html"), 500);
  EXPECT_EQ(type_quality(R"(text/html;a=", text/plain)", "text/plain"), -1);
  EXPECT_EQ(language("en_US, de;q=0.1, -x, toolonglanguage", {"en", "de"}), "de");
  EXPECT_EQ(encoding("gz ip, br;q=x, deflate;q=0.1", {"gzip", "br", "deflate"}), "deflate");
}

TEST(Negotiation, languages_match_from_both_sides) {
  // RFC 9110 12.5.4: Danish, then British English, then any English.
  constexpr const char* kExample = "da, en-gb;q=0.8, en;q=0.7";
  EXPECT_EQ(language(kExample, {"en-US", "en-GB", "da"}), "da");
  EXPECT_EQ(language(kExample, {"en-US", "en-GB"}), "en-GB");
  EXPECT_EQ(language(kExample, {"en-US"}), "en-US");
  EXPECT_EQ(language("de-CH-1996", {"en", "de-CH", "de"}), "de-CH");
  EXPECT_EQ(language("de-CH-1996", {"en", "de"}), "de");
  EXPECT_EQ(language("en-GB, de;q=0.5", {"de", "en"}), "en");
  EXPECT_EQ(language("de-ch, en;q=0.9", {"en", "de"}), "de");
  EXPECT_EQ(language("en-US, en;q=0.5", {"en-GB", "en-US"}), "en-US");
  EXPECT_EQ(language("en", {"english", "eng"}), "absent");
  EXPECT_EQ(language("fr, *;q=0.1", {"de", "fr-CA"}), "fr-CA");
  EXPECT_EQ(language("*", {"de", "en"}), "de");
  EXPECT_EQ(language("de;q=0, *", {"de", "en"}), "en");
  EXPECT_EQ(language("de;q=0, de-AT", {"de"}), "absent");
  EXPECT_EQ(language("de-AT;q=0, de", {"de-AT", "de"}), "de");
  EXPECT_EQ(language("EN-us", {"en-US"}), "en-US");
  EXPECT_EQ(language("", {"en", "de"}), "en");
}

TEST(Negotiation, of_equally_liked_languages_the_headers_order_counts_then_the_exact_one) {
  // RFC 4647 3.4, look-up: each range in order, from the whole to its beginning.
  EXPECT_EQ(language("en-GB, en", {"en", "en-gb"}), "en-gb");
  EXPECT_EQ(language("en, en-GB", {"en-gb", "en"}), "en");
  EXPECT_EQ(language("en", {"en-GB", "en"}), "en");
  EXPECT_EQ(language("en", {"en-GB", "en-US"}), "en-GB");
  EXPECT_EQ(language("en-GB", {"en", "en-gb"}), "en-gb");
  EXPECT_EQ(language("en-GB;q=0.5, en;q=0.5", {"en", "en-gb"}), "en-gb");
  EXPECT_EQ(language("en-GB;q=0.5, en;q=0.6", {"en-gb", "en"}), "en");
  EXPECT_EQ(language("de, en", {"en", "de"}), "de");
  EXPECT_EQ(language("en-GB, de", {"de", "en"}), "en");
  EXPECT_EQ(language("*, de", {"en", "de"}), "de");
  EXPECT_EQ(language("*, en", {"fr", "de"}), "fr");
  // Of types and codings the server's order counts: clients do not mean theirs.
  EXPECT_EQ(type("text/html, application/json", {"application/json", "text/html"}), "application/json");
  EXPECT_EQ(encoding("gzip, deflate, br", {"br", "gzip"}), "br");
}

TEST(Negotiation, a_header_without_a_well_formed_element_says_nothing) {
  EXPECT_EQ(type("text/html;q=2", {"text/plain", "text/html"}), "text/plain");
  EXPECT_EQ(type("text/html;q=2, ", {"text/plain", "text/html"}), "text/plain");
  EXPECT_EQ(type(" , ,", {"text/plain"}), "text/plain");
  EXPECT_EQ(type("text/html;q=2, text/css", {"text/plain", "text/html"}), "absent");
  EXPECT_EQ(language("en_US", {"de", "en"}), "de");
  // But for codings: then only what needs no decoding is safe, as with an empty header (RFC 9110 12.5.3).
  EXPECT_EQ(encoding("gzip;q=2", {"gzip", "identity"}), "identity");
  EXPECT_EQ(encoding("gzip;q=2", {"gzip"}), "absent");
}

TEST(Negotiation, encodings_know_identity_and_old_names) {
  EXPECT_EQ(encoding("gzip, deflate, br", {"br", "gzip"}), "br");
  EXPECT_EQ(encoding("compress;q=0.5, gzip;q=1.0", {"compress", "gzip"}), "gzip");
  EXPECT_EQ(encoding("gzip;q=1.0, identity; q=0.5, *;q=0", {"br", "identity"}), "identity");
  EXPECT_EQ(encoding("*", {"br", "gzip"}), "br");
  EXPECT_EQ(encoding("x-gzip", {"gzip"}), "gzip");
  EXPECT_EQ(encoding("GZIP", {"gzip"}), "gzip");
  EXPECT_EQ(encoding("", {"gzip", "identity"}), "identity");
  EXPECT_EQ(encoding("", {"gzip"}), "absent");
  EXPECT_EQ(encoding("gzip;q=0.001", {"identity", "gzip"}), "gzip");
  EXPECT_EQ(encoding("gzip;q=0", {"gzip", "identity"}), "identity");
  EXPECT_EQ(encoding("identity;q=0", {"identity"}), "absent");
  EXPECT_EQ(encoding("*;q=0", {"identity"}), "absent");
  EXPECT_EQ(encoding("*;q=0, identity", {"identity"}), "identity");
}

TEST(Negotiation, the_time_grows_with_the_header_and_no_faster) {
  // Each is 256 KiB of what makes a careless matcher go back: parameters, quotes, subtags, separators.
  const auto repeated = [](std::string_view piece) {
    std::string out;
    while (out.size() < 256 * 1024) out += piece;
    return out;
  };
  std::vector<std::string_view> offers(kMaxOffers, "text/html;level=1;charset=utf-8");
  std::vector<Preference> out(offers.size());
  for (const std::string& header :
       {repeated("a/b;x=y"), repeated("text/html;level=1,"), repeated("\"\\"), repeated(";q=1,"), repeated(",, ,"),
        repeated("a-"), "text/html" + repeated(";level=1")}) {
    const auto begin = std::chrono::steady_clock::now();
    rate_types(header, offers, out);
    rate_languages(header, offers, out);
    rate_encodings(header, offers, out);
    // Linear it takes some ten milliseconds; the square of it would be minutes.
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10)) << header.substr(0, 20);
  }
}

}  // namespace
}  // namespace sprx::test
