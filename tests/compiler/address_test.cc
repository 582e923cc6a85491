#include "compiler/table/address.h"

#include <algorithm>
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <random>

namespace sprx {
namespace {

std::string round_trip(std::string_view text) {
  const auto ip = parse_ip(text);
  return ip ? to_text(*ip) : "refused";
}

std::string prefix(std::string_view text) {
  const CidrResult result = parse_cidr(text);
  switch (result.error) {
    case CidrError::none:
      return to_text(result.cidr);
    case CidrError::bad_address:
      return "bad address";
    case CidrError::bad_length:
      return "bad length";
    case CidrError::host_bits_set:
      return "host bits: " + to_text(result.cidr);
  }
  return {};
}

bool inside(std::string_view cidr, std::string_view ip) { return parse_cidr(cidr).cidr.contains(parse_ip(ip).value()); }

TEST(ParseIp, reads_what_the_rfcs_allow_and_writes_it_as_rfc_5952_says) {
  EXPECT_EQ(round_trip("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(round_trip("0.0.0.0"), "0.0.0.0");
  EXPECT_EQ(round_trip("2001:DB8:0:0:0:0:0:1"), "2001:db8::1");
  EXPECT_EQ(round_trip("2001:db8:0:0:1:0:0:1"), "2001:db8::1:0:0:1");
  EXPECT_EQ(round_trip("2001:db8:0:1:1:1:1:1"), "2001:db8:0:1:1:1:1:1");
  EXPECT_EQ(round_trip("::"), "::");
  EXPECT_EQ(round_trip("::1"), "::1");
  EXPECT_EQ(round_trip("1::"), "1::");
  EXPECT_EQ(round_trip("::ffff:192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(round_trip("::192.0.2.1"), "::c000:201");
  EXPECT_EQ(round_trip("1:2:3:4:5:6:7:8"), "1:2:3:4:5:6:7:8");
}

TEST(ParseIp, refuses_every_other_spelling) {
  for (const std::string_view text :
       {"", "1.2.3", "1.2.3.4.5", "01.2.3.4", "1.2.3.256", "1.2.3.4 ", " 1.2.3.4", "0x1.2.3.4", "1.2.3.4:80", "[::1]",
        "fe80::1%eth0", ":::", "1::2::3", "12345::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "::1/128", "1.2.3.4/32",
        "1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb"}) {
    EXPECT_EQ(round_trip(text), "refused") << text;
  }
  EXPECT_EQ(round_trip(std::string_view("1.2.3.4\0", 8)), "refused");
}

TEST(ParseIp, reads_ipv4_as_inet_pton_does) {
  std::mt19937 random(4);
  const std::string parts[] = {"0", "1", "9", "10", "99", "127", "255", "256", "00", "01", "1000", "", "a", "-1", " 1"};
  for (int i = 0; i < 50'000; ++i) {
    std::string text;
    const std::size_t count = random() % 8 == 0 ? random() % 7 : 4;
    for (std::size_t part = 0; part < count; ++part) {
      // Mostly good numbers, so that many texts are addresses.
      text += (part > 0 ? "." : "") + parts[random() % 8 == 0 ? random() % std::size(parts) : random() % 7];
    }
    std::uint8_t bytes[4];
    const bool good = inet_pton(AF_INET, text.c_str(), bytes) == 1;
    const auto ip = parse_ip(text);
    ASSERT_EQ(ip.has_value(), good) << text;
    if (good) {
      ASSERT_TRUE(std::equal(bytes, bytes + 4, ip->bytes.begin() + 12) && ip->is_v4()) << text;
    }
  }
}

TEST(ParseIp, takes_a_mapped_address_for_the_ipv4_one) {
  EXPECT_EQ(parse_ip("::ffff:198.51.100.7"), parse_ip("198.51.100.7"));
  EXPECT_TRUE(parse_ip("198.51.100.7")->is_v4());
  EXPECT_FALSE(parse_ip("::1")->is_v4());
}

TEST(ParseCidr, reads_prefixes_and_bare_addresses) {
  EXPECT_EQ(prefix("203.0.113.0/24"), "203.0.113.0/24");
  EXPECT_EQ(prefix("203.0.113.9"), "203.0.113.9/32");
  EXPECT_EQ(prefix("2001:db8::/32"), "2001:db8::/32");
  EXPECT_EQ(prefix("2001:db8::1"), "2001:db8::1/128");
  EXPECT_EQ(prefix("0.0.0.0/0"), "0.0.0.0/0");
  EXPECT_EQ(prefix("::/0"), "::/0");
  EXPECT_EQ(prefix("::ffff:10.0.0.0/104"), "10.0.0.0/8");
}

TEST(ParseCidr, says_what_is_wrong_and_offers_the_masked_form) {
  EXPECT_EQ(prefix("203.0.113.9/24"), "host bits: 203.0.113.0/24");
  EXPECT_EQ(prefix("2001:db8::1/32"), "host bits: 2001:db8::/32");
  EXPECT_EQ(prefix("10.0.0.1/9"), "host bits: 10.0.0.0/9");
  for (const std::string_view text : {"10.0.0.0/", "10.0.0.0/33", "10.0.0.0/08", "10.0.0.0/-1", "10.0.0.0/8/8",
                                      "10.0.0.0/+8", "::/129", "::/0x8", "10.0.0.0/1000"}) {
    EXPECT_EQ(prefix(text), "bad length") << text;
  }
  for (const std::string_view text : {"", "/8", "10.0.0/8", "10.0.0.256/8", "x/8"}) {
    EXPECT_EQ(prefix(text), "bad address") << text;
  }
}

TEST(Cidr, contains_exactly_what_shares_its_bits) {
  EXPECT_TRUE(inside("203.0.113.0/25", "203.0.113.127"));
  EXPECT_FALSE(inside("203.0.113.0/25", "203.0.113.128"));
  EXPECT_TRUE(inside("203.0.113.9", "::ffff:203.0.113.9"));
  EXPECT_TRUE(inside("2001:db8::/33", "2001:db8:7fff:ffff::"));
  EXPECT_FALSE(inside("2001:db8::/33", "2001:db8:8000::"));
}

TEST(Cidr, of_every_ipv6_address_holds_no_ipv4_one) {
  EXPECT_TRUE(inside("::/0", "::1"));
  EXPECT_FALSE(inside("::/0", "192.0.2.1"));
  EXPECT_TRUE(inside("0.0.0.0/0", "192.0.2.1"));
  EXPECT_FALSE(inside("0.0.0.0/0", "::1"));
  EXPECT_TRUE(inside("::ffff:0:0/96", "192.0.2.1"));
}

TEST(Cidr, last_is_the_greatest_address_inside) {
  EXPECT_EQ(to_text(parse_cidr("203.0.113.0/25").cidr.last()), "203.0.113.127");
  EXPECT_EQ(to_text(parse_cidr("203.0.113.9").cidr.last()), "203.0.113.9");
  EXPECT_EQ(to_text(parse_cidr("2001:db8::/33").cidr.last()), "2001:db8:7fff:ffff:ffff:ffff:ffff:ffff");
}

TEST(Cidr, contains_agrees_with_first_and_last_for_every_length) {
  const IpAddress ip = parse_ip("2001:db8:5555:aaaa:1234:5678:9abc:def0").value();
  for (int bits = 0; bits <= 128; ++bits) {
    const Cidr cidr = parse_cidr(to_text(ip) + "/" + std::to_string(bits)).cidr;
    EXPECT_TRUE(cidr.contains(ip)) << bits;
    EXPECT_TRUE(cidr.contains(cidr.last())) << bits;
    EXPECT_LE(cidr.address, ip) << bits;
    EXPECT_LE(ip, cidr.last()) << bits;
    if (bits > 0) {
      IpAddress other = ip;
      const auto bit = static_cast<std::size_t>(bits - 1);
      other.bytes[bit / 8] = static_cast<std::uint8_t>(other.bytes[bit / 8] ^ (0x80U >> (bit % 8)));
      EXPECT_FALSE(cidr.contains(other)) << bits;
    }
  }
}

}  // namespace
}  // namespace sprx
