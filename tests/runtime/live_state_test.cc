// Flags, dynamic lists and limits over messages, rules, reloads and threads; the state file.
#include "runtime/live_state.h"

#include <atomic>
#include <fstream>
#include <gtest/gtest.h>
#include <thread>
#include <vector>

#include "runtime/messages.h"
#include "runtime/state_file.h"
#include "tests/runtime/proxy_fixture.h"

namespace sprx {
namespace {

constexpr std::int64_t kNow = 1'750'000'000'000'000;
constexpr std::int64_t kMinute = 60'000'000;

const std::string kRules =
    "flag maintenance = off;\n"
    "dynamic list banned: ip { ttl 1h; max 3; }\n"
    "dynamic list nets: cidr;\n"
    "dynamic list tokens: string;\n"
    "limit api { key client.ip; rate 1/h; }\n"
    "rule a { when maintenance and client.ip in banned and client.ip in nets and header[\"T\"] in tokens; over api; "
    "deny; }\n";

/// A live state with a clock that the test turns, and what a reader sees in it.
struct Fixture {
  explicit Fixture(const std::string& rules = kRules) : table(table_of(rules)), bound(state.bind(table->rules())) {}
  void reload(const std::string& rules) {
    table = table_of(rules);
    bound = state.bind(table->rules());
  }
  [[nodiscard]] bool flag(std::size_t id = 0) {
    const LiveState::Reading reading(state, bound.get(), 0);
    return reading.view().flags[id] != 0;
  }
  [[nodiscard]] bool holds(std::string_view ip, std::size_t list = 0) {
    const LiveState::Reading reading(state, bound.get(), 0);
    return reading.view().lists[list]->holds(parse_ip(ip).value(), table->rules().dynamic_lists[list].kind, now);
  }
  [[nodiscard]] bool holds_word(std::string_view word, std::size_t list = 2) {
    const LiveState::Reading reading(state, bound.get(), 0);
    return reading.view().lists[list]->holds(word, now);
  }
  std::string say(std::string_view name, std::string_view arguments) {
    const MessageResult result = carry_out(state, name, arguments);
    return std::to_string(result.status) + " " + result.text;
  }

  std::atomic<std::int64_t> now{kNow};
  LiveState state{4, [this] { return now.load(); }};
  std::shared_ptr<const DecisionTable> table;
  std::shared_ptr<TableLive> bound;
};

TEST(Messages, TurnFlagsAndChangeLists) {
  Fixture f;
  EXPECT_FALSE(f.flag());
  EXPECT_EQ(f.say("flag", "maintenance=on"), "200 flag maintenance is on");
  EXPECT_TRUE(f.flag());
  EXPECT_EQ(f.say("flag", " maintenance = off "), "200 flag maintenance is off");
  EXPECT_FALSE(f.flag());
  EXPECT_EQ(f.say("ban", "banned 203.0.113.9 30m"), "200 ban banned 203.0.113.9");
  EXPECT_TRUE(f.holds("203.0.113.9"));
  f.now += 30 * kMinute;
  EXPECT_FALSE(f.holds("203.0.113.9"));
  EXPECT_EQ(f.say("ban", "banned 203.0.113.9"), "200 ban banned 203.0.113.9");
  f.now += 59 * kMinute;
  EXPECT_TRUE(f.holds("203.0.113.9")) << "without a time it is the list's";
  EXPECT_EQ(f.say("unban", "banned 203.0.113.9"), "200 unban banned 203.0.113.9");
  EXPECT_FALSE(f.holds("203.0.113.9"));
  EXPECT_EQ(f.say("unban", "banned 203.0.113.9"), "200 unban banned 203.0.113.9");
  EXPECT_EQ(f.say("ban", "nets 10.0.0.0/8 1d"), "200 ban nets 10.0.0.0/8");
  EXPECT_TRUE(f.holds("10.200.3.4", 1));
  EXPECT_EQ(f.say("ban", "tokens two words 5s"), "200 ban tokens two words");
  EXPECT_TRUE(f.holds_word("two words"));
  EXPECT_EQ(f.say("ban", "tokens 5s"), "200 ban tokens 5s");
  EXPECT_TRUE(f.holds_word("5s"));
}

TEST(Messages, SayInOneLineWhatIsWrong) {
  Fixture f;
  EXPECT_EQ(f.say("flag", "maintenanc=on"), "404 flag `maintenanc`: the configuration declares no flag of this name");
  EXPECT_EQ(f.say("flag", "maintenance"), "400 flag wants NAME=on or NAME=off, not `maintenance`");
  EXPECT_EQ(f.say("flag", "maintenance=yes"), "400 flag wants NAME=on or NAME=off, not `maintenance=yes`");
  EXPECT_EQ(f.say("flag", ""), "400 flag wants NAME=on or NAME=off, not ``");
  EXPECT_EQ(f.say("ban", "banned"), "400 ban wants LIST KEY [DURATION], not `banned`");
  EXPECT_EQ(f.say("unban", ""), "400 unban wants LIST KEY, not ``");
  EXPECT_EQ(f.say("ban", "office 10.0.0.1"),
            "400 ban `10.0.0.1` in `office`: the configuration declares no dynamic list of this name");
  EXPECT_EQ(f.say("ban", "banned fish 30m"), "400 ban `fish` in `banned`: the key is no IP address");
  EXPECT_EQ(f.say("ban", "banned 10.0.0.0/8"), "400 ban `10.0.0.0/8` in `banned`: the key is no IP address");
  EXPECT_EQ(f.say("ban", "nets 10.0.0.1/8"),
            "400 ban `10.0.0.1/8` in `nets`: the prefix has host bits set; it would be 10.0.0.0/8");
  EXPECT_EQ(f.say("ban", "banned 10.0.0.1 0s"), "400 the time of a ban is longer than nothing and at most 366 days");
  EXPECT_EQ(f.say("ban", "banned 10.0.0.1 99999999999999999999d"),
            "400 the time of a ban is longer than nothing and at most 366 days");
  EXPECT_EQ(f.say("ban", "banned 10.0.0.1 10"), "400 ban `10.0.0.1 10` in `banned`: the key is no IP address");
  EXPECT_EQ(f.say("ban", "banned 10.0.0.1\nflag maintenance on"),
            "400 the arguments of `ban` hold a control character");
  EXPECT_EQ(f.say("flag", "\xC3\xA9`\\=on"),
            "404 flag `\\xC3\\xA9\\x60\\x5C`: the configuration declares no flag of this name");
  EXPECT_EQ(f.say("ban", std::string(kMessageLimit, 'a')),
            "400 ban wants LIST KEY [DURATION], not `" + std::string(80, 'a') + "...`");
  EXPECT_EQ(f.say("ban", std::string(kMessageLimit + 1, 'a')), "400 the arguments of `ban` are longer than 4096 bytes");
  EXPECT_EQ(f.say("ban", "tokens " + std::string(kMaxLiveKey + 1, 'a')),
            "400 ban `" + std::string(80, 'a') + "...` in `tokens`: the key is longer than 1024 bytes");
  EXPECT_EQ(f.say("ban", "tokens " + std::string(kMaxLiveKey, 'a')).substr(0, 3), "200");
}

TEST(DynamicList, WhenFullDropsWhatExpiresSoonest) {
  Fixture f;
  f.say("ban", "banned 10.0.0.1 20m");
  f.say("ban", "banned 10.0.0.2 10m");
  f.say("ban", "banned 10.0.0.3 30m");
  f.say("ban", "banned 10.0.0.4 25m");
  EXPECT_FALSE(f.holds("10.0.0.2"));
  for (const char* ip : {"10.0.0.1", "10.0.0.3", "10.0.0.4"}) EXPECT_TRUE(f.holds(ip)) << ip;
  const LiveState::Report report = f.state.report();
  EXPECT_EQ(report.lists[0].name, "banned");
  EXPECT_EQ(report.lists[0].size, 3U);
  EXPECT_EQ(report.lists[0].dropped, 1U);
  EXPECT_EQ(report.list_drops, 1U);
  EXPECT_EQ(report.bans, 4U);
}

TEST(DynamicList, ManyKeysAreFoundAndExpireOneByOne) {
  Fixture f("dynamic list banned: ip { ttl 1h; max 5000; }\nrule a { when client.ip in banned; deny; }\n");
  const auto ip = [](int i) { return "10.0." + std::to_string(i / 250) + "." + std::to_string(i % 250); };
  for (int i = 0; i < 3'000; ++i) f.say("ban", "banned " + ip(i) + " " + std::to_string(i + 1) + "s");
  f.now += 1'000 * 1'000'000LL;
  EXPECT_EQ(f.state.report().lists[0].size, 2'000U);
  int held = 0;
  for (int i = 0; i < 3'000; ++i) held += f.holds(ip(i)) ? 1 : 0;
  EXPECT_EQ(held, 2'000);
  for (int i = 1'000; i < 3'000; i += 2) f.say("unban", "banned " + ip(i));
  held = 0;
  for (int i = 0; i < 3'000; ++i) held += f.holds(ip(i)) ? 1 : 0;
  EXPECT_EQ(held, 1'000);
}

TEST(DynamicList, ARuleExtendsABanAndNeverShortensIt) {
  Fixture f;
  const auto ban = [&](std::int64_t for_us) {
    const std::string key = live_key(parse_ip("10.0.0.1").value());
    const DecidedBan bans[] = {{DynamicListId{0}, key, for_us}};
    f.state.ban(*f.bound, bans, f.now);
  };
  ban(10 * kMinute);
  f.say("ban", "banned 10.0.0.1 30m");
  ban(10 * kMinute);
  f.now += 29 * kMinute;
  EXPECT_TRUE(f.holds("10.0.0.1"));
  ban(10 * kMinute);
  f.now += 9 * kMinute;
  EXPECT_TRUE(f.holds("10.0.0.1"));
  f.now += kMinute;
  EXPECT_FALSE(f.holds("10.0.0.1"));
}

TEST(Reload, KeepsFlagsListsAndTheBucketsOfUnchangedLimits) {
  Fixture f;
  f.say("flag", "maintenance=on");
  f.say("ban", "banned 10.0.0.1");
  EXPECT_TRUE(f.bound->limit(LimitId{0}).buckets.take("k", 1).token);
  EXPECT_FALSE(f.bound->limit(LimitId{0}).buckets.take("k", 2).token);
  f.reload("flag other = on;\n" + kRules + "rule b { when other; deny; }\n");
  EXPECT_TRUE(f.flag(0)) << "the new one is as declared";
  EXPECT_TRUE(f.flag(1));
  EXPECT_TRUE(f.holds("10.0.0.1"));
  EXPECT_FALSE(f.bound->limit(LimitId{0}).buckets.take("k", 3).token);
  std::string changed = kRules;
  changed.replace(changed.find("1/h"), 3, "2/h");
  f.reload(changed);
  EXPECT_TRUE(f.bound->limit(LimitId{0}).buckets.take("k", 4).token) << "another rate, another bucket";
  std::string rekeyed = changed;
  rekeyed.replace(rekeyed.find("key client.ip"), 13, "key path");
  f.reload(rekeyed);
  EXPECT_TRUE(f.bound->limit(LimitId{0}).buckets.take("k", 5).token);
  EXPECT_TRUE(f.bound->limit(LimitId{0}).buckets.take("k", 6).token);
}

TEST(Reload, AFlagThatNobodyTurnedFollowsItsDeclaration) {
  Fixture f;
  std::string on = kRules;
  on.replace(on.find("= off"), 5, "= on");
  f.reload(on);
  EXPECT_TRUE(f.flag());
  f.say("flag", "maintenance=off");
  f.reload(on);
  EXPECT_FALSE(f.flag()) << "what a message said goes on";
}

TEST(Reload, AnOldTableSeesChangesUntilItIsGone) {
  Fixture f;
  const std::shared_ptr<TableLive> old = f.bound;
  f.reload("rule x { log a = method; }\n" + kRules);
  f.say("flag", "maintenance=on");
  {
    const LiveState::Reading reading(f.state, old.get(), 1);
    EXPECT_EQ(reading.view().flags[0], 1);
  }
  EXPECT_TRUE(f.state.collect());
}

TEST(Reload, AListOfAnotherTypeBeginsEmpty) {
  Fixture f;
  f.say("ban", "banned 10.0.0.1");
  std::string other = kRules;
  other.replace(other.find("banned: ip"), 10, "banned: cidr");
  f.reload(other);
  EXPECT_FALSE(f.holds("10.0.0.1"));
}

TEST(LiveState, ReadersSeeWholeSnapshotsWhileMessagesAndRulesChangeThem) {
  // Two flags are never turned apart in one snapshot: a writer turns them by one reload; readers count what they see.
  Fixture f(
      "flag a = off;\nflag b = off;\ndynamic list banned: ip { max 50; }\nrule r { when a and b and client.ip in "
      "banned; deny; }\n");
  std::atomic<bool> stop{false};
  std::atomic<std::uint64_t> reads{0};
  std::atomic<std::uint64_t> wrong{0};
  std::vector<std::thread> threads;
  for (std::size_t reader = 1; reader < 4; ++reader) {
    threads.emplace_back([&, reader] {
      const std::string key = live_key(parse_ip("10.0.0." + std::to_string(reader)).value());
      std::uint64_t rounds = 0;
      do {
        {
          const LiveState::Reading reading(f.state, f.bound.get(), reader);
          // `a` goes on before `b` does, and off after it.
          if (reading.view().flags[1] > reading.view().flags[0]) ++wrong;
          static_cast<void>(reading.view().lists[0]->holds(key, kNow));
          ++reads;
        }
        std::this_thread::yield();  // more threads than cores: who writes must get its turn
        if (rounds++ % 16 != 0) continue;
        const DecidedBan bans[] = {
            {DynamicListId{0}, key, 120 * kMinute + static_cast<std::int64_t>(rounds) * 2'000'000}};
        f.state.ban(*f.bound, bans, kNow);
      } while (!stop);
    });
  }
  for (int round = 0; round < 60; ++round) {
    f.say("flag", "a=on");
    f.say("flag", "b=on");
    f.say("ban", "banned 10.1.0." + std::to_string(round));
    f.say("flag", "b=off");
    f.say("flag", "a=off");
    f.state.collect();
  }
  while (reads < 1'000) std::this_thread::yield();
  stop = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0U);
  EXPECT_EQ(f.state.report().lists[0].size, 50U);
  EXPECT_TRUE(f.holds("10.0.0.1"));
  EXPECT_TRUE(f.holds("10.0.0.3"));
}

TEST(StateFile, ComesBackAsItWas) {
  Fixture f;
  f.say("flag", "maintenance=on");
  f.say("ban", "banned 203.0.113.9 30m");
  f.say("ban", "nets 2001:db8::/32 30m");
  f.say("ban", "tokens 100% two words 30m");
  const std::string text = write_state(f.state.save());
  const std::string body =
      "sprx-state 1\n"
      "flag maintenance on\n"
      "key banned ip 1750001800000000 203.0.113.9\n"
      "key nets cidr 1750001800000000 2001:db8::/32\n"
      "key tokens string 1750001800000000 100%25%20two%20words\n"
      "end 4 ";
  EXPECT_EQ(text.substr(0, body.size()), body);
  LiveState::Saved saved;
  EXPECT_EQ(read_state(text, saved), std::nullopt);
  Fixture next;
  next.state.restore(saved);
  EXPECT_TRUE(next.flag());
  EXPECT_TRUE(next.holds("203.0.113.9"));
  EXPECT_TRUE(next.holds("2001:db8:1::1", 1));
  EXPECT_TRUE(next.holds_word("100% two words"));
  EXPECT_EQ(write_state(next.state.save()), text);
}

TEST(StateFile, WhatTheConfigurationDoesNotDeclareAndWhatHasExpiredStaysAway) {
  Fixture f;
  f.say("flag", "maintenance=on");
  f.say("ban", "banned 203.0.113.9 30m");
  const LiveState::Saved saved = f.state.save();
  Fixture other(
      "flag other = off;\ndynamic list banned: cidr;\nrule a { when other and client.ip in banned; deny; }\n");
  other.state.restore(saved);
  EXPECT_FALSE(other.flag());
  EXPECT_FALSE(other.holds("203.0.113.9"));
  Fixture later;
  later.now += 30 * kMinute;
  later.state.restore(saved);
  EXPECT_TRUE(later.flag());
  EXPECT_EQ(later.state.report().lists[0].size, 0U);
}

TEST(StateFile, HalfAFileIsNoFile) {
  Fixture f;
  f.say("flag", "maintenance=on");
  f.say("ban", "banned 203.0.113.9 30m");
  const std::string text = write_state(f.state.save());
  for (std::size_t size = 0; size < text.size(); ++size) {
    LiveState::Saved saved;
    EXPECT_NE(read_state(std::string_view(text).substr(0, size), saved), std::nullopt) << size;
    EXPECT_TRUE(saved.flags.empty() && saved.keys.empty()) << size;
  }
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::string changed = text;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    LiveState::Saved saved;
    EXPECT_NE(read_state(changed, saved), std::nullopt) << at;
  }
  LiveState::Saved saved;
  EXPECT_EQ(read_state("sprx-state 2\nend 0 0\n", saved), "it is of no version that is known here");
}

}  // namespace
}  // namespace sprx
