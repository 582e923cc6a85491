// The grammar asked about itself: it has no loop that consumes nothing, every rule of it is reached by the corpus, and
// the number of rules tried grows with the size of the file and not faster. The only test that sees PEGTL.
#include <filesystem>
#include <gtest/gtest.h>
#include <set>
#include <string>
#include <string_view>
#include <tao/pegtl/contrib/analyze.hpp>
#include <tao/pegtl/demangle.hpp>
#include <tao/pegtl/memory_input.hpp>
#include <tao/pegtl/parse.hpp>
#include <vector>

#include "error_text.h"
#include "grammar/control.h"
#include "support/paths.h"

namespace sprx::testing {
namespace {

using Input = tao::pegtl::memory_input<tao::pegtl::tracking_mode::lazy, tao::pegtl::eol::lf, const char*>;

TEST(Grammar, HasNoLoopsThatConsumeNothing) { EXPECT_EQ(tao::pegtl::analyze<rules::file>(), 0u); }

/// A rule of the grammar and what has become of it.
struct Tried {
  explicit Tried(std::string_view rule) : name(rule) { all().push_back(this); }
  static std::vector<Tried*>& all() {
    static std::vector<Tried*> rules;
    return rules;
  }
  std::string_view name;
  std::size_t starts = 0;
  std::size_t successes = 0;
};
/// One for each rule that the grammar is made of, whether it is ever tried or not.
template <typename Rule>
Tried tried{tao::pegtl::demangle<Rule>()};

/// Counts the rules that are tried, and that match. One instantiation of the grammar serves both: each is half of a
/// minute to compile.
template <typename Rule>
struct counting : rules::control<Rule> {
  template <typename In>
  static void start(const In& in, ParseState& state) {
    ++tried<Rule>.starts;
    rules::control<Rule>::start(in, state);
  }
  template <typename In>
  static void success(const In& in, ParseState& state) {
    ++tried<Rule>.successes;
    rules::control<Rule>::success(in, state);
  }
};

void parse_counting(const std::string& text) {
  const ParseLimits limits;
  ParseState state(FileId{0}, text, limits);
  Input in(text.data(), text.size(), "");
  EXPECT_TRUE((tao::pegtl::parse<rules::file, tao::pegtl::nothing, counting>(in, state)));
}

/// How many rules are tried on the way through `text`.
std::size_t steps(const std::string& text) {
  const auto all = [] {
    std::size_t sum = 0;
    for (const Tried* rule : Tried::all()) sum += rule->starts;
    return sum;
  };
  const std::size_t before = all();
  parse_counting(text);
  return all() - before;
}

/// Rules that only ever fail: their message is all they are for.
const std::set<std::string_view> kNeverMatch = {"sprx::rules::number_shape", "sprx::rules::bad_number"};

TEST(Grammar, HasNoRuleThatTheCorpusDoesNotReach) {
  for (Tried* rule : Tried::all()) rule->starts = rule->successes = 0;
  for (const auto& entry : std::filesystem::directory_iterator(testdata("/tree"))) {
    if (entry.path().extension() == ".sprx") {
      parse_counting(read_file(entry.path()));
    }
  }
  const std::string mistakes = read_file(testdata("/syntax/mistakes.txt"));
  for (std::size_t at = mistakes.find("=== "); at != std::string::npos; at = mistakes.find("\n=== ", at)) {
    const std::size_t begin = mistakes.find('\n', at + 1) + 1;
    parse_counting(mistakes.substr(begin, mistakes.find("\n---\n", begin) + 1 - begin));
    at = begin;
  }
  std::size_t ours = 0;
  for (const Tried* rule : Tried::all()) {
    if (rule->name.substr(0, 13) == "sprx::rules::") {
      ++ours;
      EXPECT_GT(rule->starts, 0u) << rule->name << " is never tried";
      EXPECT_TRUE(rule->successes > 0 || kNeverMatch.count(rule->name) == 1) << rule->name << " never matches";
    }
  }
  EXPECT_GT(ours, 150u);
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
