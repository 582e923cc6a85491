// After warm-up a decision allocates nothing. Replaces operator new to count.
#include <atomic>
#include <cstdlib>
#include <gtest/gtest.h>
#include <new>

#include "tests/decide/program_maker.h"

namespace {
std::atomic<std::uint64_t> allocations{0};

void* count_and_allocate(std::size_t size) {
  ++allocations;
  void* bytes = std::malloc(size == 0 ? 1 : size);
  if (bytes == nullptr) std::abort();
  return bytes;
}
}  // namespace

void* operator new(std::size_t size) { return count_and_allocate(size); }
void* operator new[](std::size_t size) { return count_and_allocate(size); }
// These too, or what libraries get from them (std::stable_sort in RE2) would be freed by the wrong delete under a
// sanitizer.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return count_and_allocate(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return count_and_allocate(size); }
void operator delete(void* bytes) noexcept { std::free(bytes); }
void operator delete[](void* bytes) noexcept { std::free(bytes); }
void operator delete(void* bytes, std::size_t) noexcept { std::free(bytes); }
void operator delete[](void* bytes, std::size_t) noexcept { std::free(bytes); }

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
        const std::uint64_t before = allocations;
        decide_request(*table, facts, live, ledger, scratch, message.arena(), decision);
        decide_response(*table, facts, *response, live, ledger, scratch, message.arena(), decision);
        last = allocations - before;
      }
      ASSERT_EQ(last, 0U) << "seed " << seed << "\n" << message.text() << dump(*table);
    }
  }
}

TEST(Allocation, the_counter_counts) {
  const std::uint64_t before = allocations;
  const auto something = std::make_unique<int>(1);
  EXPECT_EQ(allocations - before, 1U);
}

}  // namespace
}  // namespace sprx::test
