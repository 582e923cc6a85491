#include <gtest/gtest.h>

#include "tests/decide/builder.h"

namespace sprx::test {
namespace {

std::string call(Function function, const std::vector<std::string>& texts, const std::vector<std::int64_t>& numbers = {}) {
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
  EXPECT_EQ(call(Function::substring, {"abcdef"}, {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()}), "abcdef");
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
  EXPECT_EQ(call(Function::url_host, {"http://B\xC3\xBC" "cher.example/"}), "xn--bcher-kva.example");
  EXPECT_EQ(call(Function::url_host, {"http://a.org:65535/"}), "a.org");
  for (const char* bad : {"", "/x", "a.org", "http:///x", "http://", "://a", "1http://a", "http://a b/", "http://a.org:65536/",
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
