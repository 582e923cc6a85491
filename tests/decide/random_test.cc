// The index never changes an answer: programs and messages at random and in small numbers exhaustively, both engines.
#include <cstdlib>
#include <gtest/gtest.h>

#include "tests/decide/program_maker.h"

namespace sprx::test {
namespace {

TEST(Engines, agree_on_random_programs_and_messages) {
  // 8 400 programs x 60 messages x 2 phases: 1 008 000 pairs. SPRX_RANDOM_SEED starts elsewhere, SPRX_RANDOM_PROGRAMS
  // does more.
  const char* start = std::getenv("SPRX_RANDOM_SEED");
  const char* count = std::getenv("SPRX_RANDOM_PROGRAMS");
  const std::uint64_t first = start == nullptr ? 1 : std::strtoull(start, nullptr, 10);
  const std::uint64_t programs = count == nullptr ? 8400 : std::strtoull(count, nullptr, 10);
  constexpr int kMessages = 60;
  Scratch scratch;
  std::uint64_t matched = 0;
  std::uint64_t over = 0;
  std::uint64_t would = 0;
  std::uint64_t bans = 0;
  for (std::uint64_t seed = first; seed < first + programs; ++seed) {
    ProgramMaker maker(seed);
    const auto table = maker.program();
    OwnLive own(table->rules());
    maker.fill(own);
    const LiveView live = own.view();
    for (int i = 0; i < kMessages; ++i) {
      Message message = maker.message();
      ASSERT_EQ(difference(*table, live, message, Phase::request, scratch), "") << "seed " << seed;
      ASSERT_EQ(difference(*table, live, message, Phase::response, scratch), "") << "seed " << seed;
      Decision decision;
      TestLedger ledger;
      decide_plain(*table, Phase::request, message.facts(table->rules()), nullptr, live, ledger, message.arena(),
                   decision);
      matched += decision.matched.empty() ? 0 : 1;
      over += ledger.asked.empty() ? 0 : 1;
      would += decision.would.empty() ? 0 : 1;
      bans += decision.bans.empty() ? 0 : 1;
    }
  }
  // The messages have to meet the rules, or the comparison says nothing.
  EXPECT_GT(matched, programs * kMessages / 4);
  EXPECT_GT(over, programs);
  EXPECT_GT(would, programs);
  EXPECT_GT(bans, programs);
}

TEST(Engines, agree_on_every_pair_of_small_conditions) {
  Scratch scratch;
  for (std::size_t i = 0; i < ProgramMaker::kAtoms; ++i) {
    for (std::size_t j = 0; j < ProgramMaker::kAtoms; ++j) {
      ProgramMaker maker(i * ProgramMaker::kAtoms + j);
      Builder b;
      const ExprId a = maker.atom(b, i);
      const ExprId c = maker.atom(b, j);
      b.rule("a", a, {});
      b.rule("not a", b.negate(a), {});
      b.rule("and", b.all({a, c}), {});
      b.rule("or", b.any({a, c}), {});
      b.rule("and not", b.all({a, b.negate(c)}), {});
      b.rule("neither", b.negate(b.any({a, c})), {});
      b.rule("nested", b.all({b.any({a, b.all({c, c})}), b.any({c, b.negate(a)})}), {});
      b.rule("end", b.all({c, b.all({a})}), {b.terminal(ActionWord::forward)});
      b.rule("after", c, {});
      const auto table = b.build();
      OwnLive own(table->rules());
      maker.fill(own);
      const LiveView live = own.view();
      for (int n = 0; n < 24; ++n) {
        Message message = maker.message();
        ASSERT_EQ(difference(*table, live, message, Phase::request, scratch), "") << "atoms " << i << " and " << j;
      }
    }
  }
}

}  // namespace
}  // namespace sprx::test
