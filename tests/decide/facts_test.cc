#include <gtest/gtest.h>
#include <random>

#include "runtime/decide/authority.h"
#include "tests/decide/builder.h"

namespace sprx::test {
namespace {

TEST(Facts, the_host_is_lower_case_without_port_and_trailing_dot) {
  struct Case {
    std::string authority;
    std::string host;
    std::uint16_t port;
  };
  RuleSet rules;
  for (const Case& c : {Case{"Example.COM", "example.com", 80}, Case{"example.com:8080", "example.com", 8080},
                        Case{"example.com.", "example.com", 80}, Case{"example.com.:81", "example.com", 81},
                        Case{"example.com:", "example.com", 80}, Case{"[::1]:82", "[::1]", 82},
                        Case{"[2001:DB8::1]", "[2001:db8::1]", 80}, Case{"[2001:DB8:0:0::1]:83", "[2001:db8::1]", 83},
                        Case{"[::ffff:1.2.3.4]", "[::ffff:1.2.3.4]", 80}, Case{"127.0.0.1", "127.0.0.1", 80},
                        Case{"", "", 80}, Case{"a_b-c.org", "a_b-c.org", 80}}) {
    Message m("/", c.authority);
    const RequestFacts& facts = m.facts(rules);
    EXPECT_EQ(facts.host, c.host) << c.authority;
    EXPECT_EQ(facts.port, c.port) << c.authority;
  }
}

TEST(Facts, what_is_no_host_is_refused) {
  RuleSet rules;
  for (const char* authority : {"a b", "a/b", "a@b", "a..b", ".a", ".", "a:b", "a:65536", "a:0", "a:123456", "[::1",
                                "[x]", "a:1:2", "a%41", "[1.2.3.4]", "[::1]x", "\xC3\xA9.org", "a\\b", ":80"}) {
    Message m("/", authority);
    EXPECT_EQ(m.error(rules), FactsError::bad_host) << authority;
  }
  EXPECT_EQ(Message("/", std::string(255, 'a')).error(rules), FactsError::none);
  EXPECT_EQ(Message("/", std::string(256, 'a')).error(rules), FactsError::bad_host);
}

TEST(Facts, a_plain_host_is_one_that_nothing_has_to_be_done_to) {
  std::mt19937 random(3);
  std::size_t plain = 0;
  for (int i = 0; i < 50'000; ++i) {
    std::string authority;
    const std::size_t size = random() % 8;
    while (authority.size() < size) authority += "ab9-_..Z:[]1 "[random() % (random() % 4 == 0 ? 13 : 6)];
    const auto split = split_authority(authority);
    const bool expected = split && is_host_name(authority) && authority.find_first_of("ABCZ") == std::string::npos;
    ASSERT_EQ(is_plain_host(authority), expected) << authority;
    plain += expected ? 1 : 0;
  }
  EXPECT_GT(plain, 1'000U);
  EXPECT_TRUE(is_plain_host(std::string(255, 'a')));
  EXPECT_FALSE(is_plain_host(std::string(256, 'a')));
}

TEST(Facts, the_scheme_is_https_where_the_platform_says_so) {
  RuleSet rules;
  const auto scheme = [&](const char* value) {
    Message m;
    if (value != nullptr) m.header("X-Forwarded-Proto", value);
    return std::string(m.facts(rules).scheme) + ":" + std::to_string(m.facts(rules).port);
  };
  EXPECT_EQ(scheme("https"), "https:443");
  EXPECT_EQ(scheme("HTTPS"), "https:443");
  EXPECT_EQ(scheme("http"), "http:80");
  EXPECT_EQ(scheme(nullptr), "http:80");
  EXPECT_EQ(scheme("https, http"), "http:80");
  EXPECT_EQ(scheme("httpsx"), "http:80");
}

TEST(Facts, target_is_split_at_the_first_question_mark) {
  RuleSet rules;
  Message m("/a%41//b/../c?x=/?y");
  const RequestFacts& facts = m.facts(rules);
  EXPECT_EQ(facts.raw_path, "/a%41//b/../c");
  EXPECT_EQ(facts.raw_query, "x=/?y");
  EXPECT_EQ(facts.path, "/aA/c");
  Message star("*");
  EXPECT_EQ(star.facts(rules).path, "*");
}

TEST(Facts, a_path_that_cannot_be_read_is_refused) {
  RuleSet rules;
  for (const char* target : {"/%", "/%4", "/%zz", "/%00", "x"})
    EXPECT_EQ(Message(target).error(rules), FactsError::bad_path) << target;
}

TEST(Facts, the_client_is_the_last_forwarded_entry) {
  RuleSet rules;
  const auto client = [&](std::vector<std::string> lines, std::int64_t hops = 0) {
    Message m;
    for (const std::string& line : lines) m.header("X-Forwarded-For", line);
    rules.settings[Setting::client_ip_trusted_hops] = hops;
    return to_text(m.facts(rules).client);
  };
  EXPECT_EQ(client({"1.1.1.1, 2.2.2.2"}), "2.2.2.2");
  EXPECT_EQ(client({"1.1.1.1", "2.2.2.2,3.3.3.3"}), "3.3.3.3");
  EXPECT_EQ(client({"1.1.1.1", "2.2.2.2,3.3.3.3"}, 1), "2.2.2.2");
  EXPECT_EQ(client({"1.1.1.1", "2.2.2.2,3.3.3.3"}, 2), "1.1.1.1");
  EXPECT_EQ(client({"1.1.1.1", "2.2.2.2,3.3.3.3"}, 3), "192.0.2.1");
  EXPECT_EQ(client({"1.2.3.4:567"}), "1.2.3.4");
  EXPECT_EQ(client({"[2001:db8::1]:443"}), "2001:db8::1");
  EXPECT_EQ(client({"[2001:db8::1]"}), "2001:db8::1");
  EXPECT_EQ(client({"2001:db8::1"}), "2001:db8::1");
  EXPECT_EQ(client({"::ffff:9.8.7.6"}), "9.8.7.6");
  for (const char* bad :
       {"", "unknown", "1.2.3.4:", "1.2.3.4:x", "[::1", "[::1]x", "1.2.3.4, ", "256.1.1.1", "1.2.3.4:123456"}) {
    EXPECT_EQ(client({bad}), "192.0.2.1") << bad;
  }
  EXPECT_EQ(client({}), "192.0.2.1");
}

TEST(Facts, settings_pick_another_header_for_the_client) {
  RuleSet rules;
  rules.client_ip_header = rules.pool.strings.intern("true-client-ip");
  Message m;
  m.header("X-Forwarded-For", "1.1.1.1").header("True-Client-IP", "2.2.2.2");
  EXPECT_EQ(to_text(m.facts(rules).client), "2.2.2.2");
  Message none;
  none.header("X-Forwarded-For", "1.1.1.1");
  EXPECT_EQ(to_text(none.facts(rules).client), "192.0.2.1");
}

TEST(Facts, the_request_id_is_the_platforms_or_a_fresh_one) {
  RuleSet rules;
  Message m;
  EXPECT_EQ(m.facts(rules).request_id, "fresh-id");
  m.header("Section-IO-Id", "abc");
  EXPECT_EQ(m.facts(rules).request_id, "abc");
}

}  // namespace
}  // namespace sprx::test
