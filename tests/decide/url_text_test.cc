#include "runtime/decide/url_text.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <vector>

namespace sprx {
namespace {

struct Piece {
  Origin origin;
  std::string_view text;
  bool is_path = false;
  bool made = false;
};

std::string built(UrlText::Kind kind, const std::vector<Piece>& pieces) {
  std::string buffer;
  UrlText url(kind, buffer);
  for (const Piece& piece : pieces) url.append({piece.text, piece.origin, piece.is_path, piece.made});
  return std::string(url.finish());
}
std::string location(const std::vector<Piece>& pieces) { return built(UrlText::Kind::location, pieces); }
std::string path(const std::vector<Piece>& pieces) { return built(UrlText::Kind::path, pieces); }

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

TEST(UrlText, a_path_begins_with_one_slash_and_holds_no_query) {
  EXPECT_EQ(path({{own, "/a/"}, {client, "b?c"}}), "/a/b%3Fc");
  EXPECT_EQ(path({{own, "/a?b#c"}}), "/a%3Fb%23c");
  EXPECT_EQ(path({{own, "/a?"}, {client, "b=c&d"}}), "/a%3Fb=c&d");
  EXPECT_EQ(path({{client, "a"}}), "/a");
  EXPECT_EQ(path({{client, "//evil.com/x"}}), "/evil.com/x");
  EXPECT_EQ(path({{client, "https://evil.com/x"}}), "/https://evil.com/x");
  EXPECT_EQ(path({{own, "/"}, {Origin::path, "/a//b", true}}), "/a//b");
  EXPECT_EQ(path({{wire, "*", true}}), "*");
  EXPECT_EQ(path({{own, ""}}), "/");
}

TEST(UrlText, client_text_does_not_climb_out_of_what_the_author_wrote_before_it) {
  EXPECT_EQ(path({{own, "/n/"}, {client, "../../admin"}}), "/n/admin");
  EXPECT_EQ(path({{own, "/n/"}, {client, "../.."}}), "/n/");
  EXPECT_EQ(path({{own, "/n/"}, {client, ".."}}), "/n/");
  EXPECT_EQ(path({{own, "/n/"}, {client, "."}}), "/n/");
  EXPECT_EQ(path({{own, "/n/"}, {client, "/../../x"}}), "/n/x");
  EXPECT_EQ(path({{own, "/n/"}, {client, "a/../b"}}), "/n/b");
  EXPECT_EQ(path({{own, "/n/"}, {client, "a/b/../../../c/./d"}}), "/n/c/d");
  EXPECT_EQ(path({{own, "/n/u"}, {client, "ser/../../x"}}), "/n/user/x");
  EXPECT_EQ(path({{own, "/n/"}, {client, "..a/.b/c../..."}}), "/n/..a/.b/c../...");
  EXPECT_EQ(path({{own, "/n/"}, {client, ".."}, {own, "/list"}}), "/n/list");
  EXPECT_EQ(path({{own, "/n/"}, {client, "a"}, {own, "/f/"}, {client, "../../b"}}), "/n/a/f/b");
  EXPECT_EQ(path({{own, "/n"}, {wire, "/../../admin", true}}), "/n/admin");
  EXPECT_EQ(path({{own, "/n"}, {Origin::path, "/a", true}}), "/n/a");
}

TEST(UrlText, dots_put_together_from_several_parts_are_seen) {
  EXPECT_EQ(path({{own, "/n/"}, {client, "."}, {client, "./admin"}}), "/n/admin");
  EXPECT_EQ(path({{own, "/n/."}, {client, "./admin"}}), "/n/admin");
  EXPECT_EQ(path({{own, "/n/"}, {client, "."}, {own, "./admin"}}), "/n/admin");
  EXPECT_EQ(path({{own, "/n/"}, {wire, "..%2"}, {wire, "Fadmin"}}), "/n/admin");
  EXPECT_EQ(path({{own, "/n/"}, {wire, "..%"}, {wire, "5cadmin"}}), "/n/admin");
  EXPECT_EQ(path({{own, "/n/"}, {client, "a/"}, {client, "../b"}}), "/n/b");
}

TEST(UrlText, what_an_origin_may_decode_to_dots_and_slashes_counts_as_them) {
  EXPECT_EQ(path({{own, "/n"}, {wire, "/%2e%2E/admin", true}}), "/n/admin");
  EXPECT_EQ(path({{own, "/n"}, {wire, "/.%2e/admin", true}}), "/n/admin");
  EXPECT_EQ(path({{own, "/n"}, {Origin::path, "/..%2Fadmin", true}}), "/n/admin");
  EXPECT_EQ(path({{own, "/n"}, {wire, "/..%2f..%2fadmin", true}}), "/n/admin");
  EXPECT_EQ(path({{own, "/n"}, {wire, "/a%2f..%2f..%2fadmin", true}}), "/n/admin");
  EXPECT_EQ(path({{own, "/n/"}, {client, "..\\..\\admin"}}), "/n/admin");
  EXPECT_EQ(path({{own, "/n/"}, {client, "a\\..\\b"}}), "/n/b");
  EXPECT_EQ(path({{own, "/n/"}, {client, "..;/..;x=1/admin"}}), "/n/admin");
  // Text that is no dots on the wire, and stays text: `%` was sent as `%25`.
  EXPECT_EQ(path({{own, "/n/"}, {client, "%2e%2e%2fadmin"}}), "/n/%252e%252e%252fadmin");
  EXPECT_EQ(path({{own, "/n"}, {Origin::path, "/%252e%252e/admin", true}}), "/n/%252e%252e/admin");
}

TEST(UrlText, what_an_expression_made_counts_as_the_authors) {
  // Of an expression of the author's alone too: literals and rows are checked, what is made of them is not known.
  EXPECT_EQ(path({{own, "/x/", false, true}, {own, "..", false, true}, {own, "/y", false, true}}), "/x/y");
  EXPECT_EQ(path({{own, "/x/.", false, true}, {client, ""}, {own, "./y", false, true}}), "/x/y");
  EXPECT_EQ(path({{wire, "/new/../admin", false, true}}), "/new/admin");
  EXPECT_EQ(path({{client, "/new/a/..", false, true}, {client, "/../../b"}}), "/new/a/b");
}

TEST(UrlText, a_location_is_resolved_behind_the_authors_path_only) {
  EXPECT_EQ(location({{own, "/n/"}, {client, "../../admin"}}), "/n/admin");
  EXPECT_EQ(location({{own, "https://x.org/n/"}, {client, "../../admin?../x"}}), "https://x.org/n/admin%3F../x");
  EXPECT_EQ(location({{own, "https://x.org/n"}, {wire, "/../a?b=/../c"}, {own, "&d=/../"}}),
            "https://x.org/n/a?b=/../c&d=/../");
  EXPECT_EQ(location({{own, "https://"}, {wire, "x.org"}, {own, "/n/"}, {client, ".."}, {own, "?q="}, {client, ".."}}),
            "https://x.org/n/?q=..");
  EXPECT_EQ(location({{own, "/n/"}, {client, ".."}, {own, "#/../"}, {client, "../"}}), "/n/#/../../");
  // Where the whole path is the client's it goes back as it came.
  EXPECT_EQ(location({{own, "https://"}, {wire, "x.org"}, {wire, "/a/../b%2F..?c", true}}),
            "https://x.org/a/../b%2F..?c");
  EXPECT_EQ(location({{own, "https://x.org"}, {wire, "/a/..", true}, {own, "/b/"}, {client, "../c"}}),
            "https://x.org/a/../b/c");
}

TEST(UrlText, resolving_takes_time_in_proportion_to_the_text) {
  // Each would take a second or more if a `..` looked at all that is before it, or moved all that comes after.
  std::string many = "a";
  for (int i = 0; i < 300'000; ++i) many += "/..";
  EXPECT_EQ(path({{own, "/n/u"}, {client, std::string(300'000, 'a') + many}}),
            "/n/u" + std::string(300'001, 'a') + "/");
  std::string pairs;
  for (int i = 0; i < 300'000; ++i) pairs += "a/../";
  EXPECT_EQ(path({{own, "/n/"}, {client, pairs + "b"}}), "/n/b");
}

/// Every text of a few pieces that matter, whole and in two parts: whatever it is, the author's beginning stays when an
/// origin decodes and resolves what it got.
TEST(UrlText, no_text_of_dots_slashes_and_escapes_gets_out_of_a_prefix) {
  const std::vector<std::string_view> alphabet{"/", ".", "..", "a", "%2e", "%2F", "%5C", ";", "\\"};
  const auto resolved = [](std::string_view text) {
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const std::string_view escape = text.substr(i, 3);
      const char c = escape == "%2e" ? '.' : escape == "%2F" ? '/' : escape == "%5C" ? '/' : '\0';
      decoded += c == '\0' ? text[i] : c;
      if (c != '\0') i += 2;
    }
    std::vector<std::string> segments;
    for (std::size_t at = 1; at <= decoded.size();) {
      const std::size_t end = std::min(decoded.find('/', at), decoded.size());
      std::string segment = decoded.substr(at, end - at);
      segment.resize(std::min(segment.find(';'), segment.size()));
      if (segment == "..") {
        if (!segments.empty()) segments.pop_back();
      } else if (segment != "." && !segment.empty()) {
        segments.push_back(segment);
      }
      at = end + 1;
    }
    return segments;
  };
  std::size_t tried = 0;
  std::vector<std::size_t> digits(5, 0);
  for (;;) {
    std::string text;
    for (const std::size_t digit : digits) text += alphabet[digit];
    for (const std::size_t split : {std::size_t{0}, text.size() / 2, text.size() - 1}) {
      for (const Origin origin : {wire, Origin::path, client}) {
        const std::string made =
            path({{own, "/n/x/"}, {origin, text.substr(0, split)}, {origin, text.substr(split)}, {own, "/end"}});
        const std::vector<std::string> segments = resolved(made);
        ASSERT_GE(segments.size(), 3U) << text << " " << made;
        ASSERT_EQ(segments[0], "n") << text << " " << made;
        ASSERT_EQ(segments[1], "x") << text << " " << made;
        ASSERT_EQ(segments.back(), "end") << text << " " << made;
        ++tried;
      }
    }
    std::size_t place = 0;
    while (place < digits.size() && ++digits[place] == alphabet.size()) digits[place++] = 0;
    if (place == digits.size()) break;
  }
  EXPECT_GT(tried, 500'000U);
}

}  // namespace
}  // namespace sprx
