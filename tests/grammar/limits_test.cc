// Nothing overflows the stack, takes more than linear time or goes past ParseLimits.
#include <gtest/gtest.h>
#include <string>

#include "error_text.h"

namespace sprx::testing {
namespace {

std::string repeat(std::string_view text, std::size_t times) {
  std::string out;
  out.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) {
    out += text;
  }
  return out;
}

std::string nested(std::string_view head, std::string_view open, std::string_view middle, std::string_view close,
                   std::string_view tail, std::size_t depth) {
  return std::string(head) + repeat(open, depth) + std::string(middle) + repeat(close, depth) + std::string(tail);
}

struct Nesting {
  const char* name;
  const char *head, *open, *middle, *close, *tail;
  std::size_t used;  ///< levels that the head takes
};

const Nesting kNestings[] = {
    {"parentheses", "let x = ", "(", "a", ")", ";", 0},
    {"lists", "let x = ", "[", "1", "]", ";", 0},
    {"calls", "let x = ", "f(", "a", ")", ";", 0},
    {"keys", "let x = ", "h[", "a", "]", ";", 0},
    {"negations", "let x = ", "not ", "a", "", ";", 0},
    {"blocks", "settings {", "a {", "", "}", "}", 1},
    {"groups", "", "group g {", "", "}", "", 0},
    {"choices", "let x = ", "choose { else => ", "1", "; }", ";", 0},
    {"scores", "let x = ", "score { 1 when ", "a", "; }", ";", 0},
};

TEST(Depth, AtTheLimitParsesAndOneMoreIsOneMistake) {
  const ParseLimits limits;
  for (const Nesting& n : kNestings) {
    const auto text = [&](std::size_t depth) { return nested(n.head, n.open, n.middle, n.close, n.tail, depth); };
    const Parsed at(text(limits.depth - n.used));
    EXPECT_EQ(at.errors(), "") << n.name;
    const Parsed past(text(limits.depth - n.used + 1));
    ASSERT_EQ(past.result.errors.size(), 1u) << n.name << "\n" << past.errors();
    EXPECT_EQ(past.result.errors[0].kind, SyntaxErrorKind::too_deep) << n.name;
    EXPECT_EQ(past.result.errors[0].message, "nested more than 64 levels deep") << n.name;
  }
}

TEST(Depth, OfInterpolationIsLimited) {
  const auto text = [](std::size_t depth) { return nested("let x = ", "\"${", "a", "}\"", ";", depth); };
  EXPECT_EQ(Parsed(text(4)).errors(), "");
  EXPECT_EQ(Parsed(text(5)).errors(), "too_deep 1:22 `${` is nested more than 4 deep\n");
}

TEST(Depth, IsASetting) {
  ParseLimits limits;
  limits.depth = 2;
  limits.interpolation_depth = 1;
  EXPECT_EQ(Parsed("let x = ((a));", limits).errors(), "");
  EXPECT_EQ(Parsed("let x = (((a)));", limits).errors(), "too_deep 1:11 nested more than 2 levels deep\n");
  EXPECT_EQ(Parsed("let x = \"${\"${a}\"}\";", limits).errors(), "too_deep 1:13 `${` is nested more than 1 deep\n");
}

TEST(Size, OfOpeningsNeverOverflowsTheStack) {
  constexpr std::size_t kMany = 1u << 20;
  for (const char* open :
       {"{", "[", "(", "}", "\"", "/", "\"${", "rule a {", "let x = (", "a{", "#", "not ", "choose {"}) {
    const std::string_view unit = open;
    const Parsed parsed(repeat(unit, kMany / unit.size()));
    EXPECT_EQ(broken_promise(parsed), "") << open;
    EXPECT_LE(parsed.result.errors.size(), 1000u) << open;
  }
  for (const char* open : {"{", "[", "(", "not ", "choose {", "f(", "h[", "/", "\"", "\"${"}) {
    const std::string_view unit = open;
    const Parsed parsed("rule a { when " + repeat(unit, kMany / unit.size()));
    EXPECT_EQ(broken_promise(parsed), "") << open;
    EXPECT_FALSE(parsed.result.errors.empty()) << open;
  }
}

TEST(Size, OfTheLargestFileOfBracesIsHandled) {
  const Parsed parsed(";" + std::string(ParseLimits{}.file_bytes - 1, '{'));
  EXPECT_EQ(parsed.errors(), "unexpected 1:2 expected a declaration such as `rule` or `list`, found `{`\n");
}

TEST(Size, OfFlatExpressionsIsFine) {
  constexpr std::size_t kMany = 100'000;
  for (const char* joint : {" or a", " and a", " ?? a"}) {
    const Parsed parsed("let x = a" + repeat(joint, kMany) + ";");
    EXPECT_EQ(parsed.errors(), "") << joint;
    EXPECT_EQ(parsed.result.tree.nodes.size(), kMany + 5) << joint;  // file, let, name, the chain, its operands
    EXPECT_GT(parsed.tree().size(), kMany) << joint;
  }
}

TEST(Depth, CountsAChainOfKeysAsItsTreeNests) {
  const auto chain = [](std::size_t length) { return "let x = a" + repeat("[1]", length) + ";"; };
  EXPECT_EQ(Parsed(chain(64)).errors(), "");
  EXPECT_EQ(Parsed(chain(65)).errors(), "too_deep 1:204 nested more than 64 levels deep\n");
  EXPECT_EQ(Parsed(chain(100'000)).errors(), "too_deep 1:204 nested more than 64 levels deep\n");
}

// `include x.sprx";`: the only place for the quote is the first that is tried.
constexpr std::string_view kQuoteMissing = "include x.sprx\";";
constexpr std::string_view kFound = "bare_text 1:9 a quote closes this text and none opens it\n";
constexpr std::string_view kNotFound = "bare_text 1:9 a file name stands in quotes\n";

TEST(MissingQuote, IsTriedAsLongAsBytesAreLeftAndNoLonger) {
  ParseLimits limits;
  limits.trial_bytes = static_cast<std::uint32_t>(kQuoteMissing.size()) + 1;
  EXPECT_EQ(Parsed(std::string(kQuoteMissing), limits).errors(), kFound);
  --limits.trial_bytes;
  EXPECT_EQ(Parsed(std::string(kQuoteMissing), limits).errors(), kNotFound);
}

TEST(MissingQuote, IsLookedForInALineOfTheLimitAndInNoLongerOne) {
  const std::string line(kQuoteMissing);
  const ParseLimits limits;
  const auto padded = [&](std::size_t size) { return line + std::string(size - line.size(), ' '); };
  EXPECT_EQ(Parsed(padded(limits.trial_line)).errors(), kFound);
  EXPECT_EQ(Parsed(padded(limits.trial_line + 1)).errors(), kNotFound);
}

TEST(MissingQuote, OfAFileOfMegabytesIsTriedAFewTimes) {
  const ParseLimits limits;
  const std::string line = std::string(kQuoteMissing) + "\n";
  const auto filled = [&](std::size_t size) { return line + std::string(size - line.size(), '#'); };
  EXPECT_EQ(Parsed(filled(limits.trial_bytes - 1)).errors(), kFound);
  EXPECT_EQ(Parsed(filled(limits.trial_bytes)).errors(), kNotFound);
}

}  // namespace
}  // namespace sprx::testing
