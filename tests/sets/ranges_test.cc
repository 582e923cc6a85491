#include "compiler/sets/ranges.h"

#include <gtest/gtest.h>
#include <random>
#include <set>

namespace sprx::sets {
namespace {

constexpr int kLast = 15;

Integers make(std::mt19937& random) {
  std::vector<Integers::Range> ranges;
  for (auto n = random() % 5; n > 0; --n) {
    const auto a = static_cast<std::int64_t>(random() % (kLast + 1));
    const auto b = static_cast<std::int64_t>(random() % (kLast + 1));
    ranges.push_back({a, b});  // upside down ones hold nothing
  }
  return Integers(ranges);
}

std::set<std::int64_t> members(const Integers& set) {
  std::set<std::int64_t> out;
  for (std::int64_t i = -1; i <= kLast + 1; ++i) {
    if (set.contains(i)) out.insert(i);
  }
  return out;
}

TEST(Ranges, operations_agree_with_sets_of_single_numbers) {
  std::mt19937 random(1);
  for (int round = 0; round < 2000; ++round) {
    const Integers a = make(random);
    const Integers b = make(random);
    const std::set<std::int64_t> in_a = members(a);
    const std::set<std::int64_t> in_b = members(b);
    std::set<std::int64_t> both;
    std::set<std::int64_t> only_a;
    for (const std::int64_t i : in_a) (in_b.contains(i) ? both : only_a).insert(i);
    ASSERT_EQ(members(a.intersect(b)), both);
    ASSERT_EQ(members(a.subtract(b)), only_a);
    ASSERT_EQ(a.subtract(b).empty(), only_a.empty());
    for (std::size_t i = 1; i < a.ranges().size(); ++i) ASSERT_GT(a.ranges()[i].first, a.ranges()[i - 1].last + 1);
  }
}

TEST(Ranges, hold_at_the_ends_of_all_numbers) {
  constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  const Integers all = Integers::between(kMin, kMax);
  EXPECT_TRUE(all.subtract(all).empty());
  const Integers without = all.subtract(Integers::between(kMax, kMax)).subtract(Integers::between(kMin, kMin));
  EXPECT_FALSE(without.contains(kMax));
  EXPECT_FALSE(without.contains(kMin));
  EXPECT_TRUE(without.contains(0));
  EXPECT_EQ(Integers({{kMax, kMax}, {kMin, kMin}, {0, 5}, {6, 7}}).ranges().size(), 3U);
}

TEST(Ranges, of_prefixes_hold_what_the_prefix_holds) {
  for (const char* text :
       {"10.0.0.0/8", "0.0.0.0/0", "::/0", "::/64", "2001:db8::/32", "203.0.113.7", "::1", "::ffff:0:0/95"}) {
    const CidrResult cidr = parse_cidr(text);
    ASSERT_EQ(cidr.error == CidrError::none || cidr.error == CidrError::host_bits_set, true) << text;
    const Addresses set = addresses_in(cidr.cidr);
    for (const char* ip : {"10.0.0.0", "10.255.255.255", "11.0.0.0", "0.0.0.0", "255.255.255.255", "::", "::1",
                           "2001:db8::1", "2001:db9::", "203.0.113.7", "::fffe:ffff:ffff", "::1:0:0:0"}) {
      const IpAddress address = *parse_ip(ip);
      EXPECT_EQ(set.contains(number_of(address)), cidr.cidr.contains(address)) << text << " " << ip;
      EXPECT_EQ(address_of(number_of(address)), address);
    }
  }
}

}  // namespace
}  // namespace sprx::sets
