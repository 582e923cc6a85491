// GramScan: every literal at every place, and what is refused.
#include "compiler/table/gram_scan.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <random>
#include <set>

#include "compiler/table/canonical.h"
#include "compiler/table/pattern_literals.h"

namespace sprx::test {
namespace {

std::set<std::uint32_t> found(const GramScan& scan, std::string_view value) {
  // A copy of exactly the value's length, so that a sanitizer sees a read past its end.
  const std::vector<char> bytes(value.begin(), value.end());
  std::set<std::uint32_t> out;
  scan.scan({bytes.data(), bytes.size()}, [&](std::uint32_t id) {
    out.insert(id);
    return false;
  });
  return out;
}

TEST(GramScan, finds_a_literal_of_any_length_at_any_place) {
  const std::string text = "xqzvjkwpyfgh";
  for (std::size_t size = 1; size <= 2 * text.size(); ++size) {
    GramScan scan;
    const Literal literal{std::string_view(text).substr(0, (size + 1) / 2), false, 9};
    // A handful is found in another way than many are.
    std::vector<Literal> literals{literal};
    const std::string others[] = {"0123", "45678", "9;<=>?#", "$&+!|~"};
    if (size % 2 == 0) {
      for (const std::string& other : others) literals.push_back({other, false, 1});
    }
    ASSERT_TRUE(scan.build(literals).empty());
    for (std::size_t before = 0; before < 36; ++before) {
      for (std::size_t after = 0; after < 5; ++after) {
        const std::string value = std::string(before, '.') + std::string(literal.text) + std::string(after, '.');
        EXPECT_EQ(found(scan, value), std::set<std::uint32_t>{9}) << value;
        EXPECT_TRUE(found(scan, std::string_view(value).substr(0, before + literal.text.size() - 1)).empty()) << value;
      }
    }
  }
}

TEST(GramScan, case_counts_for_each_literal_on_its_own) {
  GramScan scan;
  const Literal literals[] = {{"GoodBot", false, 1}, {"goodbot", true, 2}, {"Bot", false, 3}, {"@[`{", false, 4}};
  const Literal more[] = {
      {"GoodBot", false, 1}, {"goodbot", true, 2}, {"Bot", false, 3}, {"@[`{", false, 4}, {"zz", false, 5}};
  GramScan of_many;
  ASSERT_TRUE(of_many.build(more).empty());
  EXPECT_EQ(found(of_many, "a GoodBot"), (std::set<std::uint32_t>{1, 2, 3}));
  EXPECT_EQ(found(of_many, "gOODbOT @[`{"), (std::set<std::uint32_t>{2, 4}));
  EXPECT_EQ(found(of_many, "`{`{"), std::set<std::uint32_t>{});
  ASSERT_TRUE(scan.build(literals).empty());
  EXPECT_EQ(found(scan, "a GoodBot"), (std::set<std::uint32_t>{1, 2, 3}));
  EXPECT_EQ(found(scan, "a goodbot"), (std::set<std::uint32_t>{2}));
  EXPECT_EQ(found(scan, "gOODbOT"), (std::set<std::uint32_t>{2}));
  EXPECT_EQ(found(scan, "`{`{"),
            std::set<std::uint32_t>{});  // differs from "@[`{" in the bit that makes a small letter
  EXPECT_EQ(found(scan, "@[`{"), (std::set<std::uint32_t>{4}));
}

TEST(GramScan, refuses_what_is_empty_too_long_or_crowded) {
  GramScan scan;
  std::vector<std::string> texts = {"", std::string(kMaxGramLiteral, 'x') + "y",
                                    "y" + std::string(kMaxGramLiteral - 1, 'x')};
  for (std::uint32_t i = 0; i <= kMaxLiteralsOfGram; ++i) texts.push_back(std::string(4, 'q'));
  std::vector<Literal> literals;
  for (const std::string& text : texts) literals.push_back({text, false, static_cast<std::uint32_t>(literals.size())});
  EXPECT_EQ(scan.build(literals), (std::vector<std::uint32_t>{0, 1, 3 + kMaxLiteralsOfGram}));
  EXPECT_EQ(found(scan, texts[2]), std::set<std::uint32_t>{2});
}

TEST(GramScan, finds_what_searching_for_each_finds) {
  std::mt19937 random(11);
  // Few letters, so that literals overlap and share their grams.
  const auto text_of = [&](std::size_t size) {
    std::string out;
    while (out.size() < size) out += "abAB-"[random() % 5];
    return out;
  };
  std::size_t hits = 0;
  for (const std::size_t count : {3, 40, 900}) {
    std::vector<std::string> texts;
    while (texts.size() < count) texts.push_back(text_of(4 + random() % 12));
    std::vector<Literal> literals;
    for (const std::string& text : texts) {
      literals.push_back({text, random() % 2 == 0, static_cast<std::uint32_t>(literals.size())});
    }
    GramScan scan;
    const std::vector<std::uint32_t> refused = scan.build(literals);
    for (int i = 0; i < 300; ++i) {
      const std::string value = text_of(random() % 60);
      std::set<std::uint32_t> expected;
      for (const Literal& literal : literals) {
        if (std::binary_search(refused.begin(), refused.end(), literal.id)) continue;
        const bool in = literal.nocase ? folded(value).find(folded(literal.text)) != std::string::npos
                                       : value.find(literal.text) != std::string::npos;
        if (in) expected.insert(literal.id);
      }
      hits += expected.size();
      ASSERT_EQ(found(scan, value), expected) << value << " among " << count;
    }
  }
  EXPECT_GT(hits, 1'000U);
}

TEST(RequiredLiterals, are_what_must_stand_in_a_match) {
  using Texts = std::vector<std::string>;
  const auto literals = [](std::string_view source, bool nocase = false) {
    return required_literals(compile_pattern(source, nocase).value);
  };
  EXPECT_EQ(literals("bot"), Texts{"bot"});
  EXPECT_EQ(literals("^/Wp-Login\\.php$"), Texts{"/wp-login.php"});
  EXPECT_EQ(literals("GOOD", true), Texts{"good"});
  EXPECT_EQ(literals("abc.*defgh"), Texts{"defgh"});
  Texts either = literals("(right|wrong)");
  std::sort(either.begin(), either.end());
  EXPECT_EQ(either, (Texts{"right", "wrong"}));
  EXPECT_EQ(literals("a?"), Texts{});
  EXPECT_EQ(literals("[0-9]+"), Texts{});
  EXPECT_EQ(literals("ab"), Texts{});
  EXPECT_EQ(literals("caf\u00e9"), Texts{});  // not ASCII: read as UTF-8, where case is more than a bit
}

}  // namespace
}  // namespace sprx::test
