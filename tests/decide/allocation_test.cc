// After warm-up a decision allocates nothing.
#include <gtest/gtest.h>
#include <memory>

#include "tests/decide/program_maker.h"
#include "tests/support/allocations.h"

namespace sprx::test {
namespace {

TEST(Allocation, a_decision_allocates_nothing_after_warm_up) {
  Scratch scratch;
  class EveryOther final : public Ledger {
   public:
    [[nodiscard]] bool take(LimitId limit, std::string_view key) override {
      return sip_hash({3, static_cast<std::uint64_t>(limit)}, key) % 2 == 0;
    }
  } ledger;
  Decision decision;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    ProgramMaker maker(seed);
    maker.pattern_captures = false;
    const auto table = maker.program();
    OwnLive own(table->rules());
    maker.fill(own);
    const LiveView live = own.view();
    for (int i = 0; i < 20; ++i) {
      Message message = maker.message();
      std::uint64_t last = 0;
      for (int pass = 0; pass < 3; ++pass) {
        message.arena().reset();
        const RequestFacts& facts = message.facts(table->rules());
        const ResponseHead* response = message.response();
        const std::uint64_t before = sprx::testing::allocations();
        decide_request(*table, facts, live, ledger, scratch, message.arena(), decision);
        decide_response(*table, facts, *response, live, ledger, scratch, message.arena(), decision);
        last = sprx::testing::allocations() - before;
      }
      ASSERT_EQ(last, 0U) << "seed " << seed << "\n" << message.text() << dump(*table);
    }
  }
}

TEST(Allocation, the_counter_counts) {
  const std::uint64_t before = sprx::testing::allocations();
  const auto something = std::make_unique<int>(1);
  EXPECT_EQ(sprx::testing::allocations() - before, 1U);
}

}  // namespace
}  // namespace sprx::test
