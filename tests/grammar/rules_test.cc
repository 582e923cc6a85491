// The grammar asked about itself: it has no loop that consumes nothing, every rule of it is reached by the corpus, and
// the number of rules tried grows with the size of the file and not faster. The only test that sees PEGTL.
#include <filesystem>
#include <gtest/gtest.h>
#include <set>
#include <string>
#include <tao/pegtl/contrib/analyze.hpp>
#include <tao/pegtl/contrib/coverage.hpp>
#include <tao/pegtl/memory_input.hpp>
#include <tao/pegtl/parse.hpp>

#include "error_text.h"
#include "grammar/control.h"
#include "support/paths.h"

namespace sprx::testing {
namespace {

using Input = tao::pegtl::memory_input<tao::pegtl::tracking_mode::lazy, tao::pegtl::eol::lf, const char*>;

TEST(Grammar, HasNoLoopsThatConsumeNothing) { EXPECT_EQ(tao::pegtl::analyze<rules::file>(), 0u); }

/// Rules that only ever fail: their message is all they are for.
const std::set<std::string> kNeverMatch = {"sprx::rules::number_shape", "sprx::rules::bad_number"};

void add_coverage(const std::string& text, tao::pegtl::coverage_result& reached) {
  const ParseLimits limits;
  ParseState state(FileId{0}, text, limits);
  tao::pegtl::coverage_result one;
  EXPECT_TRUE((tao::pegtl::coverage<rules::file, tao::pegtl::nothing, rules::control>(
      Input(text.data(), text.size(), ""), one, state)));
  for (const auto& [name, info] : one) {
    reached[name].success += info.success;
    reached[name].start += info.start;
  }
}

TEST(Grammar, HasNoRuleThatTheCorpusDoesNotReach) {
  tao::pegtl::coverage_result reached;
  for (const auto& entry : std::filesystem::directory_iterator(testdata("/tree"))) {
    if (entry.path().extension() == ".sprx") {
      add_coverage(read_file(entry.path()), reached);
    }
  }
  const std::string mistakes = read_file(testdata("/syntax/mistakes.txt"));
  for (std::size_t at = mistakes.find("=== "); at != std::string::npos; at = mistakes.find("\n=== ", at)) {
    const std::size_t begin = mistakes.find('\n', at + 1) + 1;
    add_coverage(mistakes.substr(begin, mistakes.find("\n---\n", begin) + 1 - begin), reached);
    at = begin;
  }
  std::size_t ours = 0;
  for (const auto& [name, info] : reached) {
    if (name.substr(0, 13) == "sprx::rules::") {
      ++ours;
      EXPECT_GT(info.start, 0u) << name << " is never tried";
      EXPECT_TRUE(info.success > 0 || kNeverMatch.count(std::string(name)) == 1) << name << " never matches";
    }
  }
  EXPECT_GT(ours, 150u);
}

/// Counts the rules that are tried.
template <typename Rule>
struct counting : rules::control<Rule> {
  template <typename In>
  static void start(const In& in, ParseState& state, std::size_t& steps) {
    ++steps;
    rules::control<Rule>::start(in, state);
  }
  template <typename In>
  static auto unwind(const In& in, ParseState& state, std::size_t&)
      -> decltype(rules::control<Rule>::unwind(in, state)) {
    rules::control<Rule>::unwind(in, state);
  }
};

std::size_t steps(const std::string& text) {
  const ParseLimits limits;
  ParseState state(FileId{0}, text, limits);
  std::size_t count = 0;
  Input in(text.data(), text.size(), "");
  EXPECT_TRUE((tao::pegtl::parse<rules::file, tao::pegtl::nothing, counting>(in, state, count)));
  return count;
}

std::string repeat(std::string_view text, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) {
    out += text;
  }
  return out;
}

TEST(Steps, GrowWithTheSizeOfAFile) {
  const std::string taste = read_file(testdata("/tree/taste.sprx"));
  const std::size_t once = steps(taste);
  EXPECT_LE(steps(repeat(taste, 8)), 8 * once);
  EXPECT_LE(once, 60 * taste.size());
  for (const char* joint : {" or a", " and not a", " ?? a", ", a"}) {
    const std::size_t few = steps("let x = f(a" + repeat(joint, 100) + ");");
    const std::size_t many = steps("let x = f(a" + repeat(joint, 1000) + ");");
    EXPECT_LE(many, 11 * few) << joint;
  }
}

TEST(Steps, GrowWithTheDepthOfNesting) {
  const struct {
    const char *open, *middle, *close;
  } kShapes[] = {{"(", "a", ")"},        {"[", "1", "]"},          {"f(", "a", ")"},
                 {"h[", "a", "]"},       {"not ", "a", ""},        {"choose { else => ", "1", "; }"},
                 {"(not f(", "a", "))"}, {"f(a, g[1, ", "a", "])"}};
  for (const auto& shape : kShapes) {
    const auto at = [&](std::size_t depth) {
      return steps("let x = " + repeat(shape.open, depth) + shape.middle + repeat(shape.close, depth) + ";");
    };
    const std::size_t eight = at(8) - at(4);
    const std::size_t sixteen = at(16) - at(12);
    EXPECT_EQ(eight, sixteen) << shape.open << ": each level must cost the same";
  }
}

}  // namespace
}  // namespace sprx::testing
