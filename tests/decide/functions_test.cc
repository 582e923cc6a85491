#include "runtime/decide/functions.h"

#include <gtest/gtest.h>

#include "runtime/decide/digest.h"
#include "tests/decide/builder.h"

namespace sprx::test {
namespace {

std::string call(Function function, const std::vector<std::string>& texts,
                 const std::vector<std::int64_t>& numbers = {}) {
  Builder b;
  Message m;
  std::vector<ExprId> arguments;
  for (const std::string& text : texts) arguments.push_back(b.text(text));
  for (const std::int64_t number : numbers) arguments.push_back(b.number(number));
  return value_of(b, b.call(function, arguments), m);
}

TEST(Functions, change_case_and_blanks) {
  EXPECT_EQ(call(Function::lower, {"aBZ\xC3\x89[@`{"}), "abz\xC3\x89[@`{");
  EXPECT_EQ(call(Function::upper, {"aBz\xC3\xA9[@`{"}), "ABZ\xC3\xA9[@`{");
  EXPECT_EQ(call(Function::trim, {" \t a b\t "}), "a b");
  EXPECT_EQ(call(Function::trim, {"  "}), "");
}

TEST(Functions, count_and_cut) {
  EXPECT_EQ(call(Function::length, {"abc"}), "3");
  EXPECT_EQ(call(Function::substring, {"abcdef"}, {2}), "cdef");
  EXPECT_EQ(call(Function::substring, {"abcdef"}, {2, 3}), "cde");
  EXPECT_EQ(call(Function::substring, {"abcdef"}, {-2}), "ef");
  EXPECT_EQ(call(Function::substring, {"abcdef"}, {-99, 1}), "a");
  EXPECT_EQ(call(Function::substring, {"abcdef"}, {9}), "");
  EXPECT_EQ(call(Function::substring, {"abcdef"}, {1, -5}), "");
  EXPECT_EQ(call(Function::substring, {"abcdef"},
                 {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()}),
            "abcdef");
}

TEST(Functions, read_numbers) {
  EXPECT_EQ(call(Function::int_of, {"12"}), "12");
  EXPECT_EQ(call(Function::int_of, {"-12"}), "-12");
  EXPECT_EQ(call(Function::int_of, {"+7"}), "7");
  EXPECT_EQ(call(Function::int_of, {"9223372036854775807"}), "9223372036854775807");
  for (const char* bad : {"", "x", "1x", " 1", "+-1", "--1", "9223372036854775808", "1.5", "0x10"}) {
    EXPECT_EQ(call(Function::int_of, {bad}), "absent") << bad;
  }
}

TEST(Functions, replace_every_occurrence_once) {
  EXPECT_EQ(call(Function::replace, {"aaa", "a", "aa"}), "aaaaaa");
  EXPECT_EQ(call(Function::replace, {"abab", "ab", ""}), "");
  EXPECT_EQ(call(Function::replace, {"abc", "", "x"}), "abc");
  EXPECT_EQ(call(Function::replace, {"abc", "d", "x"}), "abc");
}

TEST(Functions, find_the_host_of_a_url) {
  EXPECT_EQ(call(Function::url_host, {"https://User@Example.COM:8080/x"}), "example.com");
  EXPECT_EQ(call(Function::url_host, {"http://a.org"}), "a.org");
  EXPECT_EQ(call(Function::url_host, {"http://a.org.?x"}), "a.org");
  EXPECT_EQ(call(Function::url_host, {"http://[::1]:80/"}), "[::1]");
  EXPECT_EQ(call(Function::url_host, {"http://a.org\\@evil.com/"}), "a.org");
  EXPECT_EQ(call(Function::url_host, {"http://[1:0::]/"}), "[1::]");
  EXPECT_EQ(call(Function::url_host, {"http://B\xC3\xBC"
                                      "cher.example/"}),
            "xn--bcher-kva.example");
  EXPECT_EQ(call(Function::url_host, {"http://a.org:65535/"}), "a.org");
  for (const char* bad :
       {"", "/x", "a.org", "http:///x", "http://", "://a", "1http://a", "http://a b/", "http://a.org:65536/",
        "http://a.org:x/", "http://a[b/", "http://[a.org]/", "http://[:80/", "http://[]/", "http://a..org/",
        "http://a.org../", "http://a%2Eorg/", "http://\xFF/", "http://\xEF\xBC\x85.org/"}) {
    EXPECT_EQ(call(Function::url_host, {bad}), "absent") << bad;
  }
}

TEST(Functions, encode_and_decode_for_urls) {
  EXPECT_EQ(call(Function::url_encode, {"aZ0-._~ /%\xFF"}), "aZ0-._~%20%2F%25%FF");
  EXPECT_EQ(call(Function::url_decode, {"a%41%2f%zz%4+%"}), "aA/%zz%4+%");
  EXPECT_EQ(call(Function::url_decode, {"%0041"}), "%0041");
}

std::string replaced(std::string_view text, std::string_view pattern, std::string_view with, bool nocase = false) {
  Builder b;
  Message m;
  return value_of(b, b.call(Function::regex_replace, {b.text(text), b.pattern(pattern, nocase), b.text(with)}), m);
}

TEST(Functions, regex_replace_takes_every_match_and_puts_groups_in) {
  EXPECT_EQ(replaced("/a/b/a", "/a", "/x"), "/x/b/x");
  EXPECT_EQ(replaced("2026-11-27", "([0-9]+)-([0-9]+)-([0-9]+)", "\\3.\\2.\\1"), "27.11.2026");
  EXPECT_EQ(replaced("abc", "b", "[\\0\\0]"), "a[bb]c");
  EXPECT_EQ(replaced("abc", "b", "\\\\"), "a\\c");
  EXPECT_EQ(replaced("ABC", "b", "x", true), "AxC");
  EXPECT_EQ(replaced("abc", "x(y)?", "\\1"), "abc");
  EXPECT_EQ(replaced("xz", "x(y)?z", "<\\1>"), "<>");
  EXPECT_EQ(replaced("aaa", "^a", "b"), "baa");
  EXPECT_EQ(replaced("a b", "\\bb", "c"), "a c");
}

TEST(Functions, regex_replace_treats_empty_matches_as_re2_does) {
  // The vectors of RE2's own GlobalReplace test.
  EXPECT_EQ(replaced("ababababab", "b*", "bb"), "bbabbabbabbabbabb");
  EXPECT_EQ(replaced("bbbbbb", "b*", "bb"), "bb");
  EXPECT_EQ(replaced("bbbbbb", "b+", "bb"), "bb");
  EXPECT_EQ(replaced("aaaaa", "b*", "bb"), "bbabbabbabbabbabb");
  EXPECT_EQ(replaced("aaa", "a*", "(\\0)"), "(aaa)");
  EXPECT_EQ(replaced("", "b*", "x"), "x");
  EXPECT_EQ(replaced("aéb", "é|", "-"), "-a-b-");
  EXPECT_EQ(replaced("éé", "(?:|€)", "-"), "-é-é-");
}

TEST(Functions, regex_replace_up_to_its_bound_and_a_failure_past_it) {
  EXPECT_EQ(replaced(std::string(kMaxReplacements, 'a'), "a", "b"), std::string(kMaxReplacements, 'b'));
  Builder b;
  b.rule("r",
         b.op(Op::equal,
              b.call(Function::regex_replace,
                     {b.text(std::string(kMaxReplacements + 1, 'a')), b.pattern("a"), b.text("b")}),
              b.text("")),
         {});
  Message m;
  EXPECT_EQ(decide(*b.build(), m).outcome, Outcome::failed);
}

TEST(Functions, split_counts_parts_from_both_ends) {
  EXPECT_EQ(call(Function::split, {"a,b,c", ","}, {0}), "a");
  EXPECT_EQ(call(Function::split, {"a,b,c", ","}, {2}), "c");
  EXPECT_EQ(call(Function::split, {"a,b,c", ","}, {3}), "absent");
  EXPECT_EQ(call(Function::split, {"a,b,c", ","}, {-1}), "c");
  EXPECT_EQ(call(Function::split, {"a,b,c", ","}, {-3}), "a");
  EXPECT_EQ(call(Function::split, {"a,b,c", ","}, {-4}), "absent");
  EXPECT_EQ(call(Function::split, {"", ","}, {0}), "");
  EXPECT_EQ(call(Function::split, {",", ","}, {1}), "");
  EXPECT_EQ(call(Function::split, {"a::b", "::"}, {1}), "b");
  EXPECT_EQ(call(Function::split, {"a", ","}, {1}), "absent");
  EXPECT_EQ(call(Function::split, {"abc", ""}, {0}), "abc");
  EXPECT_EQ(call(Function::split, {"abc", ""}, {1}), "absent");
}

TEST(Functions, base64_has_the_vectors_of_rfc_4648) {
  const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, coded] : vectors) {
    EXPECT_EQ(call(Function::base64_encode, {plain}), coded);
    EXPECT_EQ(call(Function::base64_decode, {coded}), plain);
  }
  EXPECT_EQ(call(Function::base64_encode, {"\xFB\xFF\xBF"}), "+/+/");
  EXPECT_EQ(call(Function::base64_decode, {"+/+/"}), "\xFB\xFF\xBF");
  EXPECT_EQ(call(Function::base64_decode, {"-_-_"}), "\xFB\xFF\xBF");
  EXPECT_EQ(call(Function::base64_decode, {"Zg"}), "f");
  for (const char* bad : {"Z", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm 9v", "Zm9v\n", "Zm9v=", "====", "=", "+_+_",
                          "Zm9v\xC3\xA9", "Zg==Zg=="}) {
    EXPECT_EQ(call(Function::base64_decode, {bad}), "absent") << bad;
  }
}

TEST(Functions, digests_have_the_vectors_of_rfc_6234_and_rfc_4231) {
  EXPECT_EQ(call(Function::sha256, {""}), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(call(Function::sha256, {"abc"}), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(call(Function::sha256, {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"}),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(call(Function::hmac_sha256, {std::string(20, '\x0b'), "Hi There"}),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(call(Function::hmac_sha256, {"Jefe", "what do ya want for nothing?"}),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(
      call(Function::hmac_sha256, {std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First"}),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(Functions, digests_are_compared_whole) {
  constexpr std::string_view kAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  const auto equals = [](std::string right, bool nocase, bool upper) {
    Builder b;
    ExprId digest = b.call(Function::sha256, {b.text("abc")});
    if (upper) digest = b.call(Function::upper, {digest});
    Message m;
    m.header("X-Sig", std::move(right));
    return holds(b, b.op(Op::equal, b.field(Field::header, "x-sig"), digest, nocase), m);
  };
  const std::string right(kAbc);
  EXPECT_TRUE(equals(right, false, false));
  for (std::size_t at = 0; at < right.size(); at += 9) {
    std::string wrong = right;
    wrong[at] = wrong[at] == '0' ? '1' : '0';
    EXPECT_FALSE(equals(wrong, false, false)) << at;
    EXPECT_FALSE(equals(wrong, true, false)) << at;
  }
  EXPECT_FALSE(equals(right.substr(1), false, false));
  EXPECT_FALSE(equals(right + "0", false, false));
  EXPECT_FALSE(equals("", false, false));
  EXPECT_FALSE(equals(right, false, true));
  EXPECT_TRUE(equals(right, true, true));
  // Only letters fold: `[` and `{` differ in the same bit as `A` and `a`.
  EXPECT_TRUE(digests_equal("aZ[0", "Az[0", true));
  EXPECT_FALSE(digests_equal("[", "{", true));
  EXPECT_FALSE(digests_equal("@", "`", true));
  EXPECT_FALSE(digests_equal("\xC1", "\xE1", true));
}

TEST(Functions, what_is_made_of_a_digest_is_known) {
  Builder b;
  const ExprId digest = b.call(Function::hmac_sha256, {b.text("key"), b.field(Field::raw_path)});
  EXPECT_TRUE(made_of_digest(b.rules, digest));
  EXPECT_TRUE(made_of_digest(b.rules, b.call(Function::base64_encode, {digest})));
  EXPECT_TRUE(made_of_digest(b.rules, b.let(b.define_let("signature", digest))));
  EXPECT_FALSE(made_of_digest(b.rules, b.field(Field::raw_path)));
  EXPECT_FALSE(made_of_digest(b.rules, b.call(Function::lower, {b.field(Field::raw_path)})));
}

TEST(Functions, bucket_is_the_documented_hash) {
  // int.from_bytes(hashlib.sha256(salt + b"\0" + key).digest()[:8], "big") % n; docs/language.md has the first three.
  EXPECT_EQ(call(Function::bucket, {"user-1", "beta-2026"}, {100}), "77");
  EXPECT_EQ(call(Function::bucket, {"user-2", "beta-2026"}, {100}), "92");
  EXPECT_EQ(call(Function::bucket, {"user-1", "other"}, {100}), "13");
  EXPECT_EQ(call(Function::bucket, {"user-1", "beta-2026"}, {1'000'000'000}), "959141077");
  EXPECT_EQ(call(Function::bucket, {"", ""}, {1'000}), "192");
  EXPECT_EQ(call(Function::bucket, {"é", "s"}, {7}), "5");
  EXPECT_EQ(call(Function::bucket, {"user-1", "beta-2026"}, {1}), "0");
}

TEST(Functions, comma_lists_are_added_to_and_taken_from_by_element) {
  EXPECT_EQ(call(Function::list_add, {"", "a"}), "a");
  EXPECT_EQ(call(Function::list_add, {" , ", "a"}), "a");
  EXPECT_EQ(call(Function::list_add, {"Accept", "Accept-Encoding"}), "Accept, Accept-Encoding");
  EXPECT_EQ(call(Function::list_add, {"accept-encoding,X", "Accept-Encoding"}), "accept-encoding,X");
  EXPECT_EQ(call(Function::list_add, {"\"a, b\"", "b"}), "\"a, b\", b");
  EXPECT_EQ(call(Function::list_add, {"a", "  "}), "a");
  EXPECT_EQ(call(Function::list_remove, {"gzip, br , GZIP,deflate", "gzip"}), "br, deflate");
  EXPECT_EQ(call(Function::list_remove, {"br ,x", "gzip"}), "br ,x");
  EXPECT_EQ(call(Function::list_remove, {"br", "br"}), "");
  EXPECT_EQ(call(Function::list_remove, {"max-age=5, \"a,max-age=5\"", "max-age=5"}), "\"a,max-age=5\"");
}

TEST(Functions, tokens_split_at_commas_outside_of_quoted_strings) {
  EXPECT_EQ(call(Function::tokens, {" a,, b ,\t,c"}), "a, b, c");
  EXPECT_EQ(call(Function::tokens, {R"(W/"a,\"b", "c,d" ;x="e,f", g)"}), R"(W/"a,\"b", "c,d" ;x="e,f", g)");
  Builder b;
  Message m;
  m.header("If-None-Match", R"("x,y", "z")").header("If-None-Match", "\"open, a");
  const ExprId all = b.call(Function::tokens, {b.field(Field::header_all, "if-none-match")});
  EXPECT_EQ(value_of(b, b.call(Function::length, {all}), m), "3");
  Builder c;
  EXPECT_TRUE(holds(
      c, c.op(Op::equal, c.call(Function::tokens, {c.field(Field::header, "if-none-match")}), c.text("\"z\"")), m));
  Builder d;
  EXPECT_FALSE(
      holds(d, d.op(Op::equal, d.call(Function::tokens, {d.field(Field::header, "if-none-match")}), d.text("a")), m));
}

TEST(Functions, subnet_masks_to_the_network) {
  const auto subnet = [](std::string_view ip, std::int64_t v4, std::int64_t v6) {
    Builder b;
    Message m;
    return value_of(b, b.call(Function::subnet, {b.ip(ip), b.number(v4), b.number(v6)}), m);
  };
  EXPECT_EQ(subnet("203.0.113.77", 24, 64), "203.0.113.0/24");
  EXPECT_EQ(subnet("203.0.113.77", 26, 64), "203.0.113.64/26");
  EXPECT_EQ(subnet("203.0.113.77", 0, 64), "0.0.0.0/0");
  EXPECT_EQ(subnet("203.0.113.77", 32, 64), "203.0.113.77/32");
  EXPECT_EQ(subnet("::ffff:203.0.113.77", 8, 64), "203.0.0.0/8");
  EXPECT_EQ(subnet("2001:db8:1:2:3:4:5:6", 24, 64), "2001:db8:1:2::/64");
  EXPECT_EQ(subnet("2001:db8:1:2:3:4:5:6", 24, 33), "2001:db8::/33");
  EXPECT_EQ(subnet("2001:db8:1:2:3:4:5:6", 24, 128), "2001:db8:1:2:3:4:5:6/128");
  EXPECT_EQ(subnet("2001:db8::1", 24, 0), "::/0");
}

TEST(Functions, unix_is_whole_seconds) {
  const auto unix_of = [](std::int64_t micros) {
    Builder b;
    Message m;
    return value_of(b, b.call(Function::unix_time, {b.rules.pool.integer(micros, Type::time)}), m);
  };
  EXPECT_EQ(unix_of(0), "0");
  EXPECT_EQ(unix_of(1'795'600'000'999'999), "1795600000");
  EXPECT_EQ(unix_of(-1), "-1");
  EXPECT_EQ(unix_of(-1'000'000), "-1");
}

TEST(Functions, given_absent_give_absent) {
  Builder b;
  Message m;
  const ExprId absent = b.field(Field::header, "none");
  EXPECT_EQ(value_of(b, b.call(Function::lower, {absent}), m), "absent");
  EXPECT_EQ(value_of(b, b.call(Function::replace, {b.text("a"), absent, b.text("b")}), m), "absent");
}

TEST(Functions, of_a_list_are_the_list_of_results_but_length_counts) {
  Builder b;
  Message m("/?a=X&a=yY&a=");
  const ExprId all = b.field(Field::query_all, "a");
  EXPECT_EQ(value_of(b, b.call(Function::lower, {all}), m), "x, yy, ");
  EXPECT_EQ(value_of(b, b.call(Function::length, {all}), m), "3");
  Builder c;
  EXPECT_TRUE(holds(c, c.op(Op::equal, c.call(Function::lower, {c.field(Field::query_all, "a")}), c.text("yy")), m));
}

}  // namespace
}  // namespace sprx::test
