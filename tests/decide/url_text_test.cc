#include "runtime/decide/url_text.h"

#include <gtest/gtest.h>
#include <vector>

namespace sprx {
namespace {

struct Piece {
  Origin origin;
  std::string_view text;
  bool is_path = false;
};

std::string location(const std::vector<Piece>& pieces) {
  std::string buffer;
  UrlText url(buffer);
  for (const Piece& piece : pieces) url.append(piece.origin, piece.is_path, piece.text);
  return std::string(url.location());
}

std::string path(const std::vector<Piece>& pieces) {
  std::string buffer;
  UrlText url(buffer);
  for (const Piece& piece : pieces) url.append(piece.origin, piece.is_path, piece.text);
  return std::string(url.path());
}

constexpr Origin own = Origin::own;
constexpr Origin wire = Origin::wire;
constexpr Origin client = Origin::client;

TEST(UrlText, own_text_goes_in_as_it_is_but_for_what_a_uri_cannot_hold) {
  EXPECT_EQ(location({{own, "https://x.org/a%20b?c=d&e#f"}}), "https://x.org/a%20b?c=d&e#f");
  EXPECT_EQ(location({{own, "/a b\r\n\"<>"}}), "/a%20b%0D%0A%22%3C%3E");
}

TEST(UrlText, client_text_is_encoded_for_the_place_it_stands_in) {
  EXPECT_EQ(location({{own, "/a/"}, {client, "b/c?d#e&f=g"}}), "/a/b/c%3Fd%23e&f=g");
  EXPECT_EQ(location({{own, "/a?q="}, {client, "b/c?d#e&f=g"}}), "/a?q=b/c%3Fd%23e%26f%3Dg");
  EXPECT_EQ(location({{own, "/a#"}, {client, "b/c?d#e"}}), "/a#b/c?d%23e");
  EXPECT_EQ(location({{own, "/a/"}, {client, "x%2Fy"}}), "/a/x%252Fy");
  EXPECT_EQ(location({{own, "/a?q="}, {client, "100%25"}}), "/a?q=100%2525");
}

TEST(UrlText, text_of_a_path_keeps_the_escapes_of_the_path) {
  EXPECT_EQ(location({{own, "/a/"}, {Origin::path, "x%2Fy%E9?"}}), "/a/x%2Fy%E9%3F");
  EXPECT_EQ(location({{own, "/a?q="}, {Origin::path, "x%2Fy&z"}}), "/a?q=x%2Fy%26z");
  EXPECT_EQ(location({{own, "https://good.org"}, {Origin::path, "/x%2Fy", true}}), "https://good.org/x%2Fy");
}

TEST(UrlText, a_host_that_turns_out_empty_leaves_a_path) {
  EXPECT_EQ(location({{own, "https://"}, {wire, ""}, {wire, "/evil.com/x", true}}), "/evil.com/x");
  EXPECT_EQ(location({{own, "https://"}, {wire, ""}, {own, "/"}, {client, "/evil.com"}}), "/evil.com");
  EXPECT_EQ(location({{own, "https://"}, {wire, ""}}), "/");
  EXPECT_EQ(location({{own, "https://"}, {wire, ""}, {own, "?a"}}), "?a");
}

TEST(UrlText, client_text_cannot_begin_a_query_that_changes_the_place_of_the_next) {
  EXPECT_EQ(location({{own, "/a/"}, {client, "?"}, {client, "x&y"}}), "/a/%3Fx&y");
}

TEST(UrlText, a_relative_target_begins_with_exactly_one_slash) {
  EXPECT_EQ(location({{client, "//evil.com/x"}}), "/evil.com/x");
  EXPECT_EQ(location({{own, "/"}, {client, "/evil.com"}}), "/evil.com");
  EXPECT_EQ(location({{own, "/"}, {wire, "//evil.com"}}), "/evil.com");
  // What a URI cannot hold is encoded before anything else looks at it: a backslash is never a slash.
  EXPECT_EQ(location({{own, "/"}, {client, "\\evil.com"}}), "/%5Cevil.com");
  EXPECT_EQ(location({{own, "//evil.com"}}), "/evil.com");
  EXPECT_EQ(location({{wire, "/x//y"}}), "/x//y");
  EXPECT_EQ(location({{own, "?a=b"}}), "?a=b");
  EXPECT_EQ(location({{own, "#top"}}), "#top");
}

TEST(UrlText, what_begins_with_neither_slash_nor_scheme_gets_a_slash) {
  EXPECT_EQ(location({{client, "evil.com"}}), "/evil.com");
  EXPECT_EQ(location({{client, "javascript:alert(1)"}}), "/javascript:alert(1)");
  EXPECT_EQ(location({{wire, "*", true}}), "/*");
  EXPECT_EQ(location({{client, ""}}), "/");
}

TEST(UrlText, nothing_lengthens_an_authority) {
  EXPECT_EQ(location({{own, "https://good.org"}, {wire, "*", true}}), "https://good.org/*");
  EXPECT_EQ(location({{own, "https://good.org"}, {wire, "/x?y=z", true}}), "https://good.org/x?y=z");
  EXPECT_EQ(location({{own, "https://good.org"}, {client, "/x y", true}}), "https://good.org/x%20y");
  EXPECT_EQ(location({{wire, "https"}, {own, "://"}, {wire, "a.org"}, {wire, "/b", true}}), "https://a.org/b");
  EXPECT_EQ(location({{own, "https://"}, {client, "a@evil.com:1/x"}, {own, ".org/"}}),
            "https://a%40evil.com%3A1%2Fx.org/");
}

TEST(UrlText, a_path_begins_with_a_slash_and_holds_no_query) {
  EXPECT_EQ(path({{own, "/a/"}, {client, "b?c"}}), "/a/b%3Fc");
  EXPECT_EQ(path({{own, "/a?b#c"}}), "/a%3Fb%23c");
  EXPECT_EQ(path({{client, "a"}}), "/a");
  EXPECT_EQ(path({{own, ""}}), "/");
}

}  // namespace
}  // namespace sprx
