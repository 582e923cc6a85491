// Choices of an input are those its bytes name, and what fuzzing of decisions started with or found stays fixed.
#include "tests/decide/choices.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>

#include "support/paths.h"
#include "tests/decide/decide_check.h"
#include "tests/decide/program_maker.h"
#include "tests/decide/program_words.h"

namespace sprx::test {
namespace {

bool is_one_of(std::span<const std::string_view> known, std::string_view text) {
  return std::find(known.begin(), known.end(), text) != known.end();
}

TEST(Choices, come_from_the_front_and_then_from_the_back) {
  Choices choices(std::string_view("\x05\x01\x02\xff", 4));
  EXPECT_EQ(choices.below(1), 0U);  // one of one is no choice
  EXPECT_EQ(choices.below(10), 5U);
  EXPECT_EQ(choices.below(1000), 0x0102U);
  choices.turn();
  EXPECT_TRUE(choices.more());
  EXPECT_EQ(choices.below(256), 0xffU);
  EXPECT_FALSE(choices.more());  // the rest was the program's
  EXPECT_EQ(choices.below(3), 2U);
  EXPECT_EQ(choices.letters("xyz"), "z");
  EXPECT_EQ(choices.below(7), 0U);
  EXPECT_EQ(choices.letters("xyz"), "");
}

TEST(Choices, of_a_seed_are_those_of_its_generator) {
  Choices choices(7);
  std::mt19937_64 random(7);
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(choices.below(1000), std::uniform_int_distribution<std::size_t>(0, 999)(random));
  }
  EXPECT_TRUE(choices.more());
  EXPECT_FALSE(choices.free());
}

/// Bytes at random reach what seeds reach, and patterns and templates that no list of words has.
TEST(Choices, of_bytes_at_random_make_programs_that_meet_their_messages) {
  std::mt19937_64 random(1);
  std::size_t matched = 0;
  std::size_t own_patterns = 0;
  std::size_t own_templates = 0;
  Scratch scratch;
  for (int i = 0; i < 200; ++i) {
    std::string input;
    for (int n = 0; n < 2000; ++n) input += static_cast<char>(random() & 0xff);
    ASSERT_EQ(broken_decision(input), "") << i;
    ProgramMaker maker{std::string_view(input)};
    const auto table = maker.program();
    maker.turn_to_messages();
    Message message = maker.message();
    Decision decision;
    ASSERT_EQ(difference(*table, {}, message, Phase::request, scratch, &decision), "") << i;
    matched += decision.matched.empty() ? 0 : 1;
    const ExprPool& pool = table->rules().pool;
    own_patterns += std::count_if(pool.patterns.begin(), pool.patterns.end(), [](const Pattern& pattern) {
      return !is_one_of(kPatterns, pattern.source) && !is_one_of(kLiteralPatterns, pattern.source);
    });
    own_templates += std::count_if(pool.templates.begin(), pool.templates.end(), [](const Template& made) {
      return !is_one_of(kPathTemplates, made.source) && !is_one_of(kHostTemplates, made.source);
    });
  }
  EXPECT_GT(matched, 100U);
  EXPECT_GT(own_patterns, 50U);
  EXPECT_GT(own_templates, 50U);
}

TEST(FuzzReplay, Decisions) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(sprx::testing::testdata("/fuzz/decide"))) {
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    EXPECT_EQ(broken_decision(bytes), "") << entry.path();
    ++count;
  }
  EXPECT_GE(count, 48U);
}

}  // namespace
}  // namespace sprx::test
