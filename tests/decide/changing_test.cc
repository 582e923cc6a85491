// Flags, dynamic lists, limits and the guards of rules, by both engines.
#include <gtest/gtest.h>

#include "runtime/decide/limit_key.h"
#include "tests/decide/builder.h"

namespace sprx::test {
namespace {

constexpr std::int64_t kMoment = 1'750'000'000'000'000;

std::string decided(const DecisionTable& table, Message& message, const LiveView& live = {},
                    Phase phase = Phase::request) {
  return describe(table.rules(), phase, decide(table, message, phase, live));
}

/// Hands out so many tokens a limit.
class FewTokens final : public Ledger {
 public:
  explicit FewTokens(int tokens) : tokens_(tokens) {}
  [[nodiscard]] bool take(LimitId, std::string_view) override {
    ++asked;
    return tokens_-- > 0;
  }
  int asked = 0;

 private:
  int tokens_;
};

TEST(SipHash, gives_the_values_of_its_authors) {
  // The first and some later rows of the reference implementation's vectors: key 00..0f, text 00, 00 01, …
  const HashKey key{0x0706050403020100ULL, 0x0F0E0D0C0B0A0908ULL};
  std::string text;
  const auto next = [&] {
    text += static_cast<char>(text.size());
    return text;
  };
  EXPECT_EQ(sip_hash(key, ""), 0x726FDB47DD0E0E31ULL);
  EXPECT_EQ(sip_hash(key, next()), 0x74F839C593DC67FDULL);
  EXPECT_EQ(sip_hash(key, next()), 0x0D6C8009D9A94F5AULL);
  while (text.size() < 15) next();
  EXPECT_EQ(sip_hash(key, text), 0xA129CA6149BE45E5ULL);  // the example of the paper's appendix
}

TEST(Flag, is_as_declared_until_the_view_says_otherwise) {
  Builder b;
  const ExprId on = b.flag("on", true);
  const ExprId off = b.flag("off");
  b.rule("a", on, {});
  b.rule("b", off, {});
  b.rule("c", b.negate(off), {});
  const auto table = b.build();
  Message m;
  EXPECT_EQ(decided(*table, m), "pass | rule=a | rule=c");
  OwnLive live(table->rules());
  EXPECT_TRUE(live.set_flag("off", true));
  EXPECT_TRUE(live.set_flag("on", false));
  EXPECT_FALSE(live.set_flag("other", true));
  EXPECT_EQ(decided(*table, m, live.view()), "pass | rule=b");
}

TEST(DynamicList, holds_keys_of_its_kind_until_they_expire) {
  Builder b;
  const std::uint32_t ips = b.dynamic_list("ips", KeyKind::ip);
  const std::uint32_t nets = b.dynamic_list("nets", KeyKind::cidr);
  const std::uint32_t words = b.dynamic_list("words", KeyKind::string);
  b.rule("ip", b.in_dynamic(b.field(Field::client_ip), ips), {});
  b.rule("net", b.in_dynamic(b.field(Field::client_ip), nets), {});
  b.rule("word", b.in_dynamic(b.field(Field::header, "x"), words), {});
  b.rule("words", b.in_dynamic(b.field(Field::query_values), words), {});
  const auto table = b.build();
  OwnLive live(table->rules());
  std::string why;
  EXPECT_TRUE(live.put("ips", "10.0.0.1", &why));
  EXPECT_TRUE(live.put("nets", "10.0.0.0/8", &why));
  EXPECT_TRUE(live.put("nets", "2001:db8::/33", &why));
  EXPECT_TRUE(live.put("words", "bad", &why));
  EXPECT_FALSE(live.put("ips", "10.0.0.0/8", &why));
  EXPECT_EQ(why, "the key is no IP address");
  EXPECT_FALSE(live.put("nets", "10.0.0.1/8", &why));
  EXPECT_EQ(why, "the prefix has host bits set; it would be 10.0.0.0/8");
  EXPECT_FALSE(live.put("words", std::string(kMaxLiveKey + 1, 'a'), &why));
  EXPECT_EQ(why, "the key is longer than 1024 bytes");
  EXPECT_TRUE(live.put("words", std::string(kMaxLiveKey, 'a'), &why));
  const auto asked = [&](std::string_view ip, const std::string& header, const std::string& target) {
    Message m(target);
    m.client(ip).header("X", header);
    return decided(*table, m, live.view());
  };
  EXPECT_EQ(asked("10.0.0.1", "bad", "/"), "pass | rule=ip | rule=net | rule=word");
  EXPECT_EQ(asked("10.0.0.2", "Bad", "/?a=1&b=bad"), "pass | rule=net | rule=words");
  EXPECT_EQ(asked("2001:db8:7fff::1", "", "/"), "pass | rule=net");
  EXPECT_EQ(asked("2001:db8:8000::1", "", "/"), "pass");
  EXPECT_EQ(asked("11.0.0.1", "", "/"), "pass");
}

TEST(DynamicList, a_key_is_one_up_to_its_last_microsecond) {
  Builder b;
  const std::uint32_t ips = b.dynamic_list("ips", KeyKind::ip);
  b.rule("in", b.in_dynamic(b.field(Field::client_ip), ips), {});
  const auto table = b.build();
  const HashKey seed{1, 2};
  const std::vector<LiveKey> rows{{live_key(parse_ip("192.0.2.1").value()), kMoment}};
  const LiveShard shard(seed, rows);
  const LiveKeys keys(seed, {&shard}, {});
  const LiveKeys* const lists[] = {&keys};
  const LiveView live{{}, lists};
  Message before;
  before.at(kMoment - 1);
  Message after;
  after.at(kMoment);
  EXPECT_EQ(decided(*table, before, live), "pass | rule=in");
  EXPECT_EQ(decided(*table, after, live), "pass");
}

TEST(Guard, since_is_the_first_moment_and_until_the_first_that_is_not) {
  Builder b;
  b.guarded("window", {.since_us = kMoment, .until_us = kMoment + 10}, b.always(), {b.terminal(ActionWord::forward)});
  const auto table = b.build();
  const auto at = [&](std::int64_t time) {
    Message m;
    m.at(time);
    return decided(*table, m);
  };
  EXPECT_EQ(at(kMoment - 1), "pass");
  EXPECT_EQ(at(kMoment), "forward | by=window | rule=window");
  EXPECT_EQ(at(kMoment + 9), "forward | by=window | rule=window");
  EXPECT_EQ(at(kMoment + 10), "pass");
}

TEST(Guard, a_rule_on_trial_is_noted_and_does_nothing) {
  Builder b;
  b.guarded("trial", {.dry_run = true}, b.always(), {b.terminal(ActionWord::drop)});
  b.rule("after", b.always(), {});
  b.guarded("never", {.dry_run = true}, b.op(Op::equal, b.field(Field::path), b.path("/no")), {});
  b.guarded("answer", {.dry_run = true}, b.always(), {b.respond(503)}, Phase::response);
  const auto table = b.build();
  Message m;
  m.respond(200);
  EXPECT_EQ(decided(*table, m), "pass | rule=after | would=trial");
  EXPECT_EQ(decided(*table, m, {}, Phase::response), "pass | would=answer");
}

TEST(Guard, over_charges_a_rule_that_is_reached_once_a_request) {
  Builder b;
  const LimitId limit = b.limit("l", {b.field(Field::client_ip)});
  const Guard over{.over = limit};
  b.guarded("elsewhere", over, b.op(Op::equal, b.field(Field::path), b.path("/elsewhere")), {});
  b.guarded("first", over, b.always(), {});
  b.guarded("trial", {.over = limit, .dry_run = true}, b.always(), {b.terminal(ActionWord::drop)});
  b.guarded("second", over, b.always(), {b.respond(429)});
  b.rule("end", b.always(), {b.terminal(ActionWord::forward)});
  b.guarded("not reached", {.over = b.limit("m", {})}, b.always(), {});
  const auto table = b.build();
  FewTokens ledger(2);
  Scratch scratch;
  std::string seen;
  for (int i = 0; i < 3; ++i) {
    Message m;
    Decision decision;
    decide_request(*table, m.facts(table->rules()), {}, ledger, scratch, m.arena(), decision);
    seen += describe(table->rules(), Phase::request, decision) + "\n";
  }
  EXPECT_EQ(seen,
            "forward | by=end | rule=end\n"
            "forward | by=end | rule=end\n"
            "respond | by=second | status=429 | rule=first | rule=second | would=trial\n");
  EXPECT_EQ(ledger.asked, 3);
}

TEST(LimitKey, tells_values_apart_and_takes_an_ipv6_network_for_one_client) {
  Builder b;
  static_cast<void>(
      b.limit("l", {b.field(Field::client_ip), b.field(Field::header, "x"), b.field(Field::header, "y")}));
  b.guarded("r", {.over = LimitId{0}}, b.always(), {});
  const auto table = b.build();
  const auto key = [&](std::string_view ip, std::vector<std::pair<std::string, std::string>> headers) {
    class Keep final : public Ledger {
     public:
      [[nodiscard]] bool take(LimitId, std::string_view asked) override {
        key = asked;
        return true;
      }
      std::string key;
    } ledger;
    Message m;
    m.client(ip);
    for (const auto& [name, value] : headers) m.header(name, value);
    Scratch scratch;
    Decision decision;
    decide_request(*table, m.facts(table->rules()), {}, ledger, scratch, m.arena(), decision);
    return ledger.key;
  };
  EXPECT_EQ(key("2001:db8:1:2::1", {}), key("2001:db8:1:2:ffff::9", {}));
  EXPECT_NE(key("2001:db8:1:2::1", {}), key("2001:db8:1:3::1", {}));
  EXPECT_NE(key("10.0.0.1", {}), key("10.0.0.2", {}));
  EXPECT_NE(key("10.0.0.1", {}), key("10.0.0.1", {{"X", ""}}));
  EXPECT_NE(key("10.0.0.1", {{"X", "ab"}, {"Y", "c"}}), key("10.0.0.1", {{"X", "a"}, {"Y", "bc"}}));
  EXPECT_NE(key("10.0.0.1", {{"X", "a"}}), key("10.0.0.1", {{"Y", "a"}}));
}

TEST(Ban, is_part_of_the_decision_with_a_key_that_the_list_can_hold) {
  Builder b;
  const std::uint32_t ips = b.dynamic_list("ips", KeyKind::ip);
  const std::uint32_t nets = b.dynamic_list("nets", KeyKind::cidr);
  const std::uint32_t words = b.dynamic_list("words", KeyKind::string);
  b.rule("r", b.always(),
         {b.ban(ips, b.field(Field::client_ip), 10), b.ban(nets, b.field(Field::client_ip), 20),
          b.ban(words, b.field(Field::header, "x"), 30), b.ban(words, b.field(Field::header, "y"), 40),
          b.ban(words, b.field(Field::header, "z"), 50)});
  const auto table = b.build();
  Message m;
  m.header("X", "a").header("Y", std::string(kMaxLiveKey + 1, 'y')).header("Z", std::string(kMaxLiveKey, 'z'));
  EXPECT_EQ(decided(*table, m),
            "pass | rule=r | ban ips=192.0.2.1 for 10 | ban nets=192.0.2.1 for 20 | ban words=a for 30 | "
            "ban words=" +
                std::string(kMaxLiveKey, 'z') + " for 50");
}

TEST(Explain, says_which_guard_kept_a_rule_from_matching) {
  Builder b;
  b.guarded("early", {.since_us = kMoment + 1'000'000}, b.always(), {});
  b.guarded("late", {.until_us = kMoment}, b.always(), {});
  b.guarded("calm", {.over = b.limit("api", {})}, b.always(), {});
  b.guarded("trial", {.dry_run = true}, b.always(), {});
  b.rule("off", b.flag("maintenance"), {});
  b.rule("free", b.in_dynamic(b.field(Field::client_ip), b.dynamic_list("banned", KeyKind::ip)), {});
  const auto table = b.build();
  Message m;
  FreshLedger ledger;
  std::string out;
  for (const WhyNot& reason :
       explain(*table, Phase::request, m.facts(table->rules()), nullptr, {}, ledger, m.arena())) {
    out += reason.rule + ": " + reason.atom + " | " + reason.left + " | " + reason.right + "\n";
  }
  EXPECT_EQ(out,
            "early: since \"2025-06-15T15:06:41Z\" | 2025-06-15T15:06:40Z | \n"
            "late: until \"2025-06-15T15:06:40Z\" | 2025-06-15T15:06:40Z | \n"
            "calm: over api | a token was left | none\n"
            "off: maintenance | off | on\n"
            "free: client.ip in banned | 192.0.2.1 | banned\n");
}

TEST(Dump, shows_what_changes_and_the_guards) {
  Builder b;
  static_cast<void>(b.flag("maintenance", true));
  const std::uint32_t list = b.dynamic_list("banned", KeyKind::ip);
  const LimitId limit = b.limit("api", {b.field(Field::client_ip), b.field(Field::header, "x")});
  b.rules.limits[0].penalty_us = 600'000'000;
  b.guarded("r", {.since_us = kMoment, .until_us = kMoment + 1, .over = limit, .dry_run = true}, b.always(),
            {b.ban(list, b.field(Field::client_ip), 600'000'000)});
  const std::string text = dump(*b.build());
  for (const std::string_view part :
       {"\nflags\n  maintenance = on\n", "\ndynamic lists\n  banned: ip, ttl 1s, max 100\n",
        "\nlimits\n  api: key client.ip, header[\"x\"] rate 1/s, burst 1, penalty 10m, max 0\n",
        "    since \"2025-06-15T15:06:40Z\"\n    until \"2025-06-15T15:06:40.000001Z\"\n    over api\n    dry_run\n"
        "    ban banned client.ip for 10m\n"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  }
}

}  // namespace
}  // namespace sprx::test
