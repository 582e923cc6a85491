#include <gtest/gtest.h>
#include <random>

#include "compiler/table/key_lookup.h"
#include "tests/decide/builder.h"

namespace sprx::test {
namespace {

struct Lookup {
  Builder b;
  Keys keys;
  KeyLookup lookup;

  Lookup(KeyKind kind, const std::vector<std::string>& rows, MatchMode mode = MatchMode::exact, bool nocase = false,
         bool rows_count = true) {
    keys = b.keys(kind, rows, mode, nocase);
    lookup.build(b.rules.pool, keys, rows_count);
  }
  /// The key of the row that was found.
  std::string find(std::string_view value) {
    const std::uint32_t row = lookup.find(b.rules.pool, keys, value);
    if (row == kNoRow) return "-";
    return keys.texts.empty() ? std::to_string(row) : std::string(b.rules.pool.strings.view(keys.texts[row]));
  }
  std::string address(std::string_view ip) {
    const std::uint32_t row = lookup.find(parse_ip(ip).value());
    return row == kNoRow ? "-" : to_text(keys.prefixes[row]);
  }
  std::string number(std::int64_t value) {
    const std::uint32_t row = lookup.find(value);
    return row == kNoRow ? "-" : std::to_string(row);
  }
};

TEST(KeyLookup, exact_texts_and_the_empty_one) {
  Lookup l(KeyKind::string, {"a", "", "b", "a"});
  EXPECT_EQ(l.lookup.find(l.b.rules.pool, l.keys, "a"), 0U);
  EXPECT_EQ(l.find(""), "");
  EXPECT_EQ(l.find("A"), "-");
  Lookup folded(KeyKind::string, {"MiXed", "b"}, MatchMode::exact, true);
  EXPECT_EQ(folded.find("mIxED"), "mixed");
  EXPECT_EQ(folded.find("mixe"), "-");
}

TEST(KeyLookup, a_hundred_thousand_keys_are_all_found_and_nothing_else) {
  std::vector<std::string> rows;
  for (int i = 0; i < 100'000; ++i) rows.push_back("/some/path/" + std::to_string(i * 7));
  Lookup l(KeyKind::path, rows);
  for (std::uint32_t i = 0; i < rows.size(); ++i) ASSERT_EQ(l.lookup.find(l.b.rules.pool, l.keys, rows[i]), i);
  for (int i = 0; i < 100'000; ++i) ASSERT_EQ(l.find("/some/path/" + std::to_string(i * 7 + 1)), "-");
}

TEST(KeyLookup, domains_go_label_by_label_and_the_longest_wins) {
  Lookup l(KeyKind::domain, {"x.org", "*.a.x.org", "=b.x.org", "c.x.org", "*.y.org", "=y.org", "org"});
  EXPECT_EQ(l.find("x.org"), "x.org");
  EXPECT_EQ(l.find("q.x.org"), "x.org");
  EXPECT_EQ(l.find("xx.org"), "org");
  EXPECT_EQ(l.find("a.x.org"), "x.org");
  EXPECT_EQ(l.find("q.a.x.org"), "*.a.x.org");
  EXPECT_EQ(l.find("b.x.org"), "=b.x.org");
  EXPECT_EQ(l.find("q.b.x.org"), "x.org");
  EXPECT_EQ(l.find("q.r.c.x.org"), "c.x.org");
  EXPECT_EQ(l.find("y.org"), "=y.org");
  EXPECT_EQ(l.find("q.y.org"), "*.y.org");
  EXPECT_EQ(l.find("com"), "-");
  EXPECT_EQ(l.find(""), "-");
}

TEST(KeyLookup, under_finds_the_nearest_step) {
  Lookup l(KeyKind::path, {"/a", "/a/b/", "/c/"}, MatchMode::under);
  EXPECT_EQ(l.find("/a"), "/a");
  EXPECT_EQ(l.find("/a/b"), "/a");
  EXPECT_EQ(l.find("/a/b/"), "/a/b/");
  EXPECT_EQ(l.find("/a/b/c"), "/a/b/");
  EXPECT_EQ(l.find("/ab"), "-");
  EXPECT_EQ(l.find("/c"), "-");
  EXPECT_EQ(l.find("/c/d"), "/c/");
}

TEST(KeyLookup, fragments) {
  Lookup contains(KeyKind::string, {"he", "she", "hers", "i"}, MatchMode::contains);
  for (const auto& [value, expected] :
       {std::pair{"ushers", true}, {"xhx", false}, {"this", true}, {"", false}, {"h", false}, {"sh he", true}}) {
    EXPECT_EQ(contains.find(value) != "-", expected) << value;
  }
  Lookup starts(KeyKind::string, {"abc", "ab", "b", "abd"}, MatchMode::starts_with);
  EXPECT_NE(starts.find("abx"), "-");
  EXPECT_NE(starts.find("abd"), "-");
  EXPECT_EQ(starts.find("a"), "-");
  EXPECT_NE(starts.find("bz"), "-");
  EXPECT_EQ(starts.find("c"), "-");
  Lookup ends(KeyKind::string, {".org", "x.org", ".ORG.uk"}, MatchMode::ends_with, true);
  EXPECT_NE(ends.find("a.ORG"), "-");
  EXPECT_NE(ends.find("a.org.UK"), "-");
  EXPECT_EQ(ends.find("org"), "-");
  Lookup empty(KeyKind::string, {"", "x"}, MatchMode::contains);
  EXPECT_NE(empty.find(""), "-");
}

TEST(KeyLookup, the_longest_prefix_wins) {
  Lookup l(KeyKind::cidr,
           {"10.0.0.0/8", "10.1.0.0/16", "10.1.2.3", "0.0.0.0/0", "2001:db8::/32", "::/0", "255.255.255.255"});
  EXPECT_EQ(l.address("10.1.2.3"), "10.1.2.3/32");
  EXPECT_EQ(l.address("10.1.2.4"), "10.1.0.0/16");
  EXPECT_EQ(l.address("10.255.255.255"), "10.0.0.0/8");
  EXPECT_EQ(l.address("11.0.0.0"), "0.0.0.0/0");
  EXPECT_EQ(l.address("255.255.255.255"), "255.255.255.255/32");
  EXPECT_EQ(l.address("255.255.255.254"), "0.0.0.0/0");
  EXPECT_EQ(l.address("2001:db8:ffff::"), "2001:db8::/32");
  EXPECT_EQ(l.address("2001:db9::"), "::/0");
  Lookup six(KeyKind::cidr, {"::/0"});
  EXPECT_EQ(six.address("1.2.3.4"), "-");
  EXPECT_EQ(six.address("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"), "::/0");
}

TEST(KeyLookup, many_prefixes_agree_with_a_scan) {
  std::mt19937 random(7);
  std::vector<std::string> rows;
  for (int i = 0; i < 4000; ++i) {
    IpAddress ip = parse_ip(i % 4 == 0 ? "2001:db8::" : "10.0.0.0").value();
    for (std::size_t byte = i % 4 == 0 ? 4 : 13; byte < 16; ++byte)
      ip.bytes[byte] = static_cast<std::uint8_t>(random());
    const auto bits = static_cast<unsigned>(i % 4 == 0 ? 32 + random() % 97 : 8 + random() % 25);
    rows.push_back(to_text(parse_cidr(to_text(ip) + "/" + std::to_string(bits)).cidr));
  }
  Lookup l(KeyKind::cidr, rows);
  for (int i = 0; i < 2000; ++i) {
    IpAddress ip = l.keys.prefixes[random() % rows.size()].address;
    ip.bytes[15] = static_cast<std::uint8_t>(ip.bytes[15] + random() % 3);
    std::string best = "-";
    int bits = -1;
    for (const Cidr& cidr : l.keys.prefixes) {
      if (!cidr.contains(ip) || cidr.bits <= bits) continue;
      best = to_text(cidr);
      bits = cidr.bits;
    }
    ASSERT_EQ(l.address(to_text(ip)), best) << to_text(ip);
  }
}

TEST(KeyLookup, ranges_of_numbers_find_the_first_row) {
  Lookup l(KeyKind::integer, {"200..299", "204", "404", "250..500", "9223372036854775807"});
  EXPECT_EQ(l.number(199), "-");
  EXPECT_EQ(l.number(200), "0");
  EXPECT_EQ(l.number(204), "0");
  EXPECT_EQ(l.number(300), "3");
  EXPECT_EQ(l.number(404), "2");
  EXPECT_EQ(l.number(501), "-");
  EXPECT_EQ(l.number(std::numeric_limits<std::int64_t>::max()), "4");
  EXPECT_EQ(l.number(std::numeric_limits<std::int64_t>::min()), "-");
}

TEST(KeyLookup, of_many_patterns_the_first_that_matches_counts) {
  std::vector<std::string> rows;
  for (int i = 0; i < 300; ++i) rows.push_back("bot" + std::to_string(i) + "\\b");
  rows.push_back("b.t");
  Lookup l(KeyKind::pattern, rows);
  EXPECT_EQ(l.find("x bot7 bot299"), "7");
  EXPECT_EQ(l.find("bot299"), "299");
  EXPECT_EQ(l.find("bxt"), "300");
  EXPECT_EQ(l.find("b\xFFt"), "300");
  EXPECT_EQ(l.find("nothing"), "-");
  Lookup folded(KeyKind::pattern, {"^Goo", "k"}, MatchMode::exact, true);
  EXPECT_EQ(folded.find("gOOgle"), "0");
  EXPECT_EQ(folded.find("\xE2\x84\xAA"), "-");  // KELVIN SIGN is no k
}

TEST(KeyLookup, patterns_that_no_set_can_hold_are_searched_one_by_one) {
  std::vector<std::string> rows;
  for (int i = 0; i < 40; ++i) rows.push_back("x[a-z]{900}" + std::to_string(i) + "(a|b|c){300}y");
  rows.push_back("needle");
  Lookup l(KeyKind::pattern, rows);
  EXPECT_EQ(l.find("a needle here"), "40");
  EXPECT_EQ(l.find("none"), "-");
}

TEST(KeyLookup, of_many_templates_the_first_that_matches_counts) {
  Lookup l(KeyKind::path_template, {"/a/{x}", "/a/b", "/blog[/{p}]", "/{x}/c", "*.html"});
  EXPECT_EQ(l.find("/a/b"), "0");
  EXPECT_EQ(l.find("/blog"), "2");
  EXPECT_EQ(l.find("/blog/1"), "2");
  EXPECT_EQ(l.find("/blogs"), "-");
  EXPECT_EQ(l.find("/q/c"), "3");
  EXPECT_EQ(l.find("/q/r.html"), "4");
  EXPECT_EQ(l.find("/a/c"), "0");
  Lookup hosts(KeyKind::host_template, {"{x}.a.org", "[{_...}.]b.org", "c.org"});
  EXPECT_EQ(hosts.find("q.a.org"), "0");
  EXPECT_EQ(hosts.find("b.org"), "1");
  EXPECT_EQ(hosts.find("q.r.b.org"), "1");
  EXPECT_EQ(hosts.find("xb.org"), "-");
  EXPECT_EQ(hosts.find("c.org"), "2");
}

}  // namespace
}  // namespace sprx::test
