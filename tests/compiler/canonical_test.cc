#include "compiler/table/canonical.h"

#include <gtest/gtest.h>
#include <random>
#include <set>

#include "compiler/table/hash.h"
#include "compiler/table/utf8.h"

namespace sprx {
namespace {

std::string canonical(std::string_view raw) {
  std::string out = "kept ";
  switch (canonical_path(raw, out)) {
    case PathError::none:
      return out.substr(5);
    case PathError::bad_percent:
      return out == "kept " ? "bad percent" : "changed";
    case PathError::nul:
      return out == "kept " ? "nul" : "changed";
    case PathError::not_absolute:
      return out == "kept " ? "not absolute" : "changed";
  }
  return {};
}

TEST(CanonicalPath, decodes_what_can_be_decoded) {
  EXPECT_EQ(canonical("/a%41b"), "/aAb");
  EXPECT_EQ(canonical("/%7euser/%20x"), "/~user/ x");
  EXPECT_EQ(canonical("/caf%C3%A9"), "/caf\xC3\xA9");
  EXPECT_EQ(canonical("/caf\xC3\xA9"), "/caf\xC3\xA9");
  EXPECT_EQ(canonical("/%3fx%23y"), "/?x#y");
  EXPECT_EQ(canonical("/%F0%9F%92%A9"), "/\xF0\x9F\x92\xA9");
}

TEST(CanonicalPath, keeps_slash_percent_controls_and_broken_utf8_as_upper_case_escapes) {
  EXPECT_EQ(canonical("/a%2fb"), "/a%2Fb");
  EXPECT_EQ(canonical("/a%2Fb"), "/a%2Fb");
  EXPECT_EQ(canonical("/100%25"), "/100%25");
  EXPECT_EQ(canonical("/%2541"), "/%2541");
  EXPECT_EQ(canonical("/%0a%0D%7f"), "/%0A%0D%7F");
  EXPECT_EQ(canonical("/%e9"), "/%E9");
  EXPECT_EQ(canonical("/\xE9"), "/%E9");
  EXPECT_EQ(canonical("/\x01\x7F"), "/%01%7F");
  EXPECT_EQ(canonical("/%c0%af"), "/%C0%AF");              // overlong `/`
  EXPECT_EQ(canonical("/%e0%80%af"), "/%E0%80%AF");        // overlong in three bytes
  EXPECT_EQ(canonical("/%ed%a0%80"), "/%ED%A0%80");        // a surrogate
  EXPECT_EQ(canonical("/%f4%90%80%80"), "/%F4%90%80%80");  // past U+10FFFF
  EXPECT_EQ(canonical("/%e2%82"), "/%E2%82");              // cut short
  EXPECT_EQ(canonical("/%c3%c3%a9"), "/%C3\xC3\xA9");      // a stray lead before a character
  EXPECT_EQ(canonical("/%80x"), "/%80x");
}

TEST(CanonicalPath, reads_a_character_that_is_half_escaped) {
  EXPECT_EQ(canonical("/\xC3%A9"), "/\xC3\xA9");
  EXPECT_EQ(canonical("/%C3\xA9"), "/\xC3\xA9");
}

TEST(CanonicalPath, merges_slashes_before_it_resolves_dots) {
  EXPECT_EQ(canonical("//a///b//"), "/a/b/");
  EXPECT_EQ(canonical("/a//../b"), "/b");
  EXPECT_EQ(canonical("/./a/./b/."), "/a/b/");
  EXPECT_EQ(canonical("/a/b/.."), "/a/");
  EXPECT_EQ(canonical("/a/b/../"), "/a/");
  EXPECT_EQ(canonical("/a/b/../c"), "/a/c");
  EXPECT_EQ(canonical("/a/b/../../c"), "/c");
  EXPECT_EQ(canonical("/.."), "/");
  EXPECT_EQ(canonical("/../../etc/passwd"), "/etc/passwd");
  EXPECT_EQ(canonical("/a/../../b"), "/b");
  EXPECT_EQ(canonical("/%2e%2E/%2e/a"), "/a");
  EXPECT_EQ(canonical("/a/.%2e"), "/");
  EXPECT_EQ(canonical("/..."), "/...");
  EXPECT_EQ(canonical("/a/..b/.c/d."), "/a/..b/.c/d.");
  EXPECT_EQ(canonical("/a/..%2fb"), "/a/..%2Fb");
  EXPECT_EQ(canonical("/a;/..;/b\\..\\c"), "/a;/..;/b\\..\\c");
  EXPECT_EQ(canonical("/"), "/");
  EXPECT_EQ(canonical("/."), "/");
}

TEST(CanonicalPath, refuses_what_is_no_path_and_leaves_the_output_alone) {
  EXPECT_EQ(canonical("/a%"), "bad percent");
  EXPECT_EQ(canonical("/a%4"), "bad percent");
  EXPECT_EQ(canonical("/a%zz"), "bad percent");
  EXPECT_EQ(canonical("/a%4g"), "bad percent");
  EXPECT_EQ(canonical("/\xC3%"), "bad percent");
  EXPECT_EQ(canonical("/a%00b"), "nul");
  EXPECT_EQ(canonical(std::string_view("/a\0b", 4)), "nul");
  EXPECT_EQ(canonical(""), "not absolute");
  EXPECT_EQ(canonical("a/b"), "not absolute");
  EXPECT_EQ(canonical("%2Fa"), "not absolute");
  EXPECT_EQ(canonical("**"), "not absolute");
}

TEST(CanonicalPath, of_options_is_a_star) {
  EXPECT_EQ(canonical("*"), "*");
  EXPECT_TRUE(is_canonical_path("*"));
}

/// What a canonical path is sent as: every byte but pchar, `/` and the escapes that it keeps is encoded.
std::string encoded(std::string_view path) {
  std::string out;
  append_path_text(UrlPlace::path, path, out);
  return out;
}

void check_properties(const std::string& raw, std::set<std::pair<std::string, std::string>>* seen) {
  std::string once;
  const PathError error = canonical_path(raw, once);
  ASSERT_EQ(is_canonical_path(raw), error == PathError::none && once == raw) << testing::PrintToString(raw);
  if (error != PathError::none) return;
  std::string twice;
  ASSERT_EQ(canonical_path(once, twice), PathError::none);
  ASSERT_EQ(once, twice) << testing::PrintToString(raw);
  ASSERT_TRUE(is_canonical_path(once)) << testing::PrintToString(raw);
  ASSERT_TRUE(is_utf8(once)) << testing::PrintToString(raw);
  for (const char c : once)
    ASSERT_TRUE(static_cast<unsigned char>(c) >= 0x20 && c != 0x7F) << testing::PrintToString(raw);
  std::string back;
  ASSERT_EQ(canonical_path(encoded(once), back), PathError::none);
  ASSERT_EQ(back, once) << testing::PrintToString(raw);
  if (seen != nullptr) seen->insert({encoded(once), once});
}

TEST(CanonicalPath, keeps_its_promises_for_every_short_string_of_telling_pieces) {
  const std::vector<std::string> pieces = {"/", ".",    "a",    "%2e", "%2F", "%25", "%",
                                           "4", "\xC3", "\xA9", "%C3", "%a9", "\x01"};
  std::set<std::pair<std::string, std::string>> seen;
  std::vector<std::size_t> digits;
  for (std::size_t length = 0; length <= 4; ++length) {
    std::size_t count = 1;
    for (std::size_t i = 0; i < length; ++i) count *= pieces.size();
    for (std::size_t n = 0; n < count; ++n) {
      std::string raw = "/";
      for (std::size_t i = 0, rest = n; i < length; ++i, rest /= pieces.size()) raw += pieces[rest % pieces.size()];
      check_properties(raw, &seen);
      if (HasFatalFailure()) return;
    }
  }
  std::set<std::string> wires;
  for (const auto& [wire, path] : seen) EXPECT_TRUE(wires.insert(wire).second) << "two paths are sent as " << wire;
}

TEST(CanonicalPath, keeps_its_promises_for_random_bytes) {
  std::mt19937 random(20240607);
  const std::string telling = "/.%25Ff0aC3A9e2\\;?# \x01\x7F\xC3\xA9\xE2\x82\xAC\xFF";
  for (int i = 0; i < 20'000; ++i) {
    std::string raw = "/";
    const std::size_t length = random() % 24;
    for (std::size_t k = 0; k < length; ++k) {
      raw += random() % 4 == 0 ? static_cast<char>(random() % 256) : telling[random() % telling.size()];
    }
    check_properties(raw, nullptr);
    if (HasFatalFailure()) return;
  }
}

TEST(CanonicalPath, sees_each_byte_at_each_place_of_a_long_plain_path) {
  for (std::size_t length = 1; length <= 19; ++length) {
    for (std::size_t at = 0; at < length; ++at) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string raw = "/" + std::string(length, 'a');
        raw[at] = '/';
        raw[at + 1] = static_cast<char>(byte);
        check_properties(raw, nullptr);
        if (HasFatalFailure()) return;
      }
    }
  }
}

TEST(CanonicalPathFragment, decodes_but_neither_merges_nor_resolves) {
  std::string out;
  std::size_t at = 0;
  std::vector<std::size_t> origins;
  EXPECT_EQ(canonical_path_fragment("//%2e./%41%2f%C3%A9", out, at, &origins), PathError::none);
  EXPECT_EQ(out, "//../A%2F\xC3\xA9");
  EXPECT_EQ(origins, (std::vector<std::size_t>{0, 1, 2, 5, 6, 7, 10, 10, 10, 13, 13}));
  EXPECT_EQ(canonical_path_fragment("a%4", out, at), PathError::bad_percent);
  EXPECT_EQ(at, 1U);
}

TEST(CanonicalHost, is_lower_case_without_a_trailing_dot) {
  EXPECT_EQ(canonical_host_literal("WWW.Example.COM."), "www.example.com");
  EXPECT_EQ(canonical_host_literal("localhost"), "localhost");
  EXPECT_EQ(canonical_host_literal("_dmarc.a-b.c3"), "_dmarc.a-b.c3");
  EXPECT_EQ(canonical_host_literal("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(canonical_host_literal("[2001:DB8:0::1]"), "[2001:db8::1]");
  EXPECT_EQ(canonical_host_literal("[::ffff:192.0.2.1]"), "[::ffff:192.0.2.1]");
}

TEST(CanonicalHost, turns_other_scripts_into_a_labels) {
  EXPECT_EQ(canonical_host_literal("b\xC3\xBC"
                                   "cher.example"),
            "xn--bcher-kva.example");
  EXPECT_EQ(canonical_host_literal("B\xC3\x9C"
                                   "CHER.Example."),
            "xn--bcher-kva.example");
  EXPECT_EQ(canonical_host_literal("stra\xC3\x9F"
                                   "e.de"),
            "xn--strae-oqa.de");  // non-transitional, as browsers do
}

TEST(CanonicalHost, refuses_what_is_no_host) {
  for (const std::string_view text : {"", ".", "a..b", ".a", "a b", "a/b", "a:80", "*.a", "a%41", "[::1", "::1",
                                      "[1.2.3.4]", "[fe80::1%25eth0]", "a\xFF.b", "http://a"}) {
    EXPECT_EQ(canonical_host_literal(text), std::nullopt) << text;
  }
  EXPECT_EQ(canonical_host_literal(std::string_view("a\0b", 3)), std::nullopt);
}

TEST(CanonicalHost, knows_the_longest_label_and_the_longest_name) {
  EXPECT_TRUE(canonical_host_literal(std::string(63, 'a') + ".x").has_value());
  EXPECT_FALSE(canonical_host_literal(std::string(64, 'a') + ".x").has_value());
  std::string name;
  while (name.size() < 252) name += "a.";
  EXPECT_TRUE(canonical_host_literal(name + "a").has_value());   // 253 bytes
  EXPECT_TRUE(canonical_host_literal(name + "a.").has_value());  // and the dot that goes
  EXPECT_FALSE(canonical_host_literal(name + "ab").has_value());
}

TEST(CanonicalDomain, keeps_the_mark_before_it) {
  EXPECT_EQ(canonical_domain_literal("Example.org"), "example.org");
  EXPECT_EQ(canonical_domain_literal("*.Example.org"), "*.example.org");
  EXPECT_EQ(canonical_domain_literal("=Example.org."), "=example.org");
  EXPECT_EQ(canonical_domain_literal("*.b\xC3\xBC"
                                     "cher.de"),
            "*.xn--bcher-kva.de");
  for (const std::string_view text : {"", "*", "*.", "=", "*example.org", "=*.x.org", "*.*.x.org"}) {
    EXPECT_EQ(canonical_domain_literal(text), std::nullopt) << text;
  }
}

std::string client(UrlPlace place, std::string_view text) {
  std::string out;
  append_client_text(place, text, out);
  return out;
}

TEST(ClientText, is_encoded_for_the_place_it_stands_in) {
  const std::string_view all = "aZ0-._~!$&'()*+,;=:@/?#[]%\"<>\\^`{|} \r\n\xC3\xA9";
  EXPECT_EQ(client(UrlPlace::path, all),
            "aZ0-._~!$&'()*+,;=:@/%3F%23%5B%5D%25%22%3C%3E%5C%5E%60%7B%7C%7D%20%0D%0A%C3%A9");
  EXPECT_EQ(client(UrlPlace::query, all),
            "aZ0-._~%21%24%26%27%28%29%2A%2B%2C%3B%3D%3A%40/%3F%23%5B%5D%25%22%3C%3E%5C%5E%60%7B%7C%7D%20%0D%0A%C3%A9");
  EXPECT_EQ(client(UrlPlace::fragment, all),
            "aZ0-._~!$&'()*+,;=:@/?%23%5B%5D%25%22%3C%3E%5C%5E%60%7B%7C%7D%20%0D%0A%C3%A9");
}

std::string of_path(UrlPlace place, std::string_view text) {
  std::string out;
  append_path_text(place, text, out);
  return out;
}

TEST(ClientText, brings_no_nul_into_a_path) {
  std::string path;
  append_client_text(UrlPlace::path, std::string_view("a\0b", 3), path);
  EXPECT_EQ(path, "ab");
  std::string query;
  append_client_text(UrlPlace::query, std::string_view("a\0b", 3), query);
  EXPECT_EQ(query, "a%00b");
}

TEST(ClientText, has_no_escapes) {
  for (const UrlPlace place : {UrlPlace::path, UrlPlace::query, UrlPlace::fragment})
    EXPECT_EQ(client(place, "100%25a%2Fb%E9%"), "100%2525a%252Fb%25E9%25");
}

TEST(PathText, does_not_encode_the_escapes_a_path_keeps_again) {
  EXPECT_EQ(of_path(UrlPlace::path, ""), "");
  EXPECT_EQ(of_path(UrlPlace::path, "%2F"), "%2F");
  EXPECT_EQ(of_path(UrlPlace::path, "a%2Fb%25c"), "a%2Fb%25c");
  EXPECT_EQ(of_path(UrlPlace::path, "a%2fb%41%"), "a%2fb%2541%25");  // what `lower` makes of one stays one
  EXPECT_EQ(of_path(UrlPlace::path, "caf%E9%0D%7F%FF\xC3\xA9"), "caf%E9%0D%7F%FF%C3%A9");
  // No canonical path holds these: they are text that looks like escapes.
  EXPECT_EQ(of_path(UrlPlace::path, "%C3%A9%00%3F%0"), "%25C3%25A9%2500%253F%250");
  EXPECT_EQ(of_path(UrlPlace::path, "caf%e9"), "caf%e9");
}

TEST(PathText, outside_of_a_path_keeps_the_two_escapes_that_are_no_controls) {
  for (const UrlPlace place : {UrlPlace::query, UrlPlace::fragment})
    EXPECT_EQ(of_path(place, "a%2Fb%25c%0D%E9%2f"), "a%2Fb%25c%250D%25E9%2f");
}

TEST(TrustedText, loses_only_what_a_uri_cannot_hold) {
  std::string out;
  append_trusted_text("https://x.org/a%20b?c=d&e[]=%#f \"<>\\^`{|}\r\n\xC3\xA9", out);
  EXPECT_EQ(out, "https://x.org/a%20b?c=d&e[]=%#f%20%22%3C%3E%5C%5E%60%7B%7C%7D%0D%0A%C3%A9");
}

TEST(EqualNocase, folds_ascii_alone) {
  EXPECT_TRUE(equal_nocase("Content-TYPE", "content-type"));
  EXPECT_FALSE(equal_nocase("a", "ab"));
  EXPECT_FALSE(equal_nocase("@", "`"));
  EXPECT_FALSE(equal_nocase("\xC3\x89", "\xC3\xA9"));
}

TEST(EqualLower, is_equal_nocase_for_every_byte_at_every_place) {
  for (std::size_t length = 0; length <= 18; ++length) {
    const std::string lower = std::string("content-type[{}]~x").substr(0, length);
    for (std::size_t at = 0; at < length; ++at) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string text = lower;
        text[at] = static_cast<char>(byte);
        ASSERT_EQ(equal_lower(text, lower), equal_nocase(text, lower)) << testing::PrintToString(text);
      }
    }
    EXPECT_TRUE(equal_lower(lower, lower));
    EXPECT_FALSE(equal_lower(lower + "x", lower));
  }
}

}  // namespace
}  // namespace sprx
