// `contains` with and without `nocase`: the search for long parts against the obvious one, and lengths at which the
// product of both would be felt.
#include "runtime/decide/compare.h"

#include <gtest/gtest.h>
#include <random>
#include <string>

#include "tests/decide/builder.h"

namespace sprx::test {
namespace {

bool found_plainly(const std::string& text, const std::string& part) {
  const auto small = [](std::string out) {
    for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    return out;
  };
  return small(text).find(small(part)) != std::string::npos;
}

std::string letters(std::mt19937& random, std::string_view alphabet, std::size_t size) {
  std::string out(size, '\0');
  for (char& c : out) c = alphabet[random() % alphabet.size()];
  return out;
}

/// `piece` again and again, in capitals here and there.
std::string repeated(std::mt19937& random, const std::string& piece, std::size_t size) {
  std::string out;
  while (out.size() < size) out += piece;
  out.resize(size);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z' && random() % 8 == 0) c = static_cast<char>(c - 32);
  }
  return out;
}

TEST(Compare, contains_nocase_finds_every_place_that_trying_them_all_finds) {
  std::mt19937 random(7);
  int found = 0;
  for (int round = 0; round < 40'000; ++round) {
    // Around the size from which on another search is used; periodic parts are the ones that are hard.
    const std::size_t size = 28 + random() % 60;
    const std::string piece = letters(random, round % 2 == 0 ? "ab" : "ab\xE4_Z", 1 + random() % 12);
    std::string part = repeated(random, piece, size);
    if (random() % 3 == 0) part[random() % size] = 'b';
    if (random() % 4 == 0) part = letters(random, "aAb", size);
    std::string text;
    while (text.size() < 300) {
      const std::size_t begin = random() % part.size();
      text += random() % 3 == 0 ? letters(random, "aB", random() % 5) : part.substr(begin, random() % (size + 1));
    }
    if (random() % 2 == 0) text.insert(random() % text.size(), repeated(random, part, size));
    const bool expected = found_plainly(text, part);
    ASSERT_EQ(text_contains(text, part, true), expected) << text << '\n' << part;
    found += expected ? 1 : 0;
  }
  EXPECT_GT(found, 15'000);
  EXPECT_LT(found, 35'000);
}

TEST(Compare, contains_nocase_folds_ascii_letters_only) {
  const std::string part(40, 'k');
  EXPECT_TRUE(text_contains("x" + std::string(40, 'K'), part, true));
  EXPECT_FALSE(text_contains("x" + std::string(39, 'K') + "\xE2\x84\xAA", part, true));
  EXPECT_FALSE(text_contains(std::string(40, '['), std::string(40, '{'), true));
  EXPECT_FALSE(text_contains(std::string(39, 'k'), part, true));
  EXPECT_TRUE(text_contains(part, part, true));
}

TEST(Compare, contains_takes_the_sum_of_both_lengths) {
  constexpr std::size_t kText = 64 * 1024;
  constexpr std::size_t kPart = 32 * 1024;
  const std::string text(kText, 'a');
  // Nearly there at every place, where it differs at its beginning, in its middle and at its end.
  for (const std::size_t odd : {std::size_t{0}, kPart / 2, kPart - 1}) {
    std::string part(kPart, 'A');
    part[odd] = 'b';
    for (int again = 0; again < 20; ++again) {
      EXPECT_FALSE(text_contains(text, part, true));
      EXPECT_FALSE(text_contains(text, part, false));
    }
    EXPECT_TRUE(text_contains(text + part, part, true));
    EXPECT_TRUE(text_contains(text.substr(0, kText - 5) + part + text, part, true));
  }
  std::string halves;
  while (halves.size() < kText) halves += std::string(kPart - 1, 'a') + "b";
  EXPECT_FALSE(text_contains(halves, std::string(kPart, 'A'), true));
  EXPECT_TRUE(text_contains(halves, std::string(kPart - 1, 'A') + "B", true));
}

TEST(Compare, find_part_finds_what_find_finds) {
  std::mt19937 random(11);
  for (int round = 0; round < 20'000; ++round) {
    const std::string text = letters(random, "ab", random() % 12);
    const std::string part = letters(random, "ab", random() % 4);
    const std::size_t from = random() % 15;
    ASSERT_EQ(find_part(text, part, from), text.find(part, from)) << text << ' ' << part << ' ' << from;
  }
}

TEST(Compare, replace_and_split_look_for_what_the_client_sent) {
  Builder b;
  const ExprId text = b.field(Field::header, "x");
  const ExprId part = b.field(Field::header, "y");
  Message m("/a");
  m.header("X", std::string(32 * 1024, 'a') + "b" + std::string(16 * 1024, 'a'));
  m.header("Y", std::string(16 * 1024, 'a') + "b");
  EXPECT_EQ(value_of(b, b.call(Function::length, {b.call(Function::replace, {text, part, b.text("-")})}), m), "32769");
  EXPECT_EQ(value_of(b, b.call(Function::length, {b.call(Function::split, {text, part, b.number(-1)})}), m), "16384");
  m.header("Z", "b" + std::string(16 * 1024, 'a') + "b");
  EXPECT_EQ(value_of(b, b.call(Function::split, {text, b.field(Field::header, "z"), b.number(1)}), m), "absent");
}

TEST(Compare, a_part_that_the_client_sent_is_looked_for_as_the_judge_does) {
  Builder b;
  const ExprId in = b.op(Op::contains, b.field(Field::header, "x"), b.field(Field::header, "y"), true);
  Message m("/a");
  m.header("X", std::string(64 * 1024, 'a') + "END");
  m.header("Y", std::string(32 * 1024, 'A') + "end");
  EXPECT_TRUE(holds(b, in, m));
  Message other("/a");
  other.header("X", std::string(64 * 1024, 'a'));
  other.header("Y", "b" + std::string(32 * 1024, 'A'));
  EXPECT_FALSE(holds(b, in, other));
}

}  // namespace
}  // namespace sprx::test
