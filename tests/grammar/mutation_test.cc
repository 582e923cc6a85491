// The taste file, changed a little at every place: whatever comes out keeps parse's promises, and one change never
// makes a flood of mistakes.
#include <array>
#include <gtest/gtest.h>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "error_text.h"
#include "grammar/scan.h"
#include "support/paths.h"

namespace sprx::testing {
namespace {

std::string taste() { return read_file(testdata("/tree/taste.sprx")); }

/// One changed byte or token may cost this many mistakes at most; a missing quote is the worst.
constexpr std::size_t kFlood = 8;

/// Put in by turns: each place gets three of them, in a fixed order.
constexpr std::string_view kInserted(
    "{}\";(\n/$\\=\0\xFF"
    "9",
    13);
constexpr std::array kTokens = {"rule", "and",   "{",    "}",  "(",          "]",  "=>",
                                "=",    "\"s\"", "10/s", "&&", "let x = 1;", "/x/"};

struct Tally {
  std::size_t tried = 0;
  std::size_t refused = 0;
  std::size_t worst = 0;
  std::string worst_text;

  void try_one(const std::string& text, const std::string& what) {
    const Parsed parsed(text);
    ASSERT_EQ(broken_promise(parsed), "") << what;
    const std::size_t found = parsed.result.errors.size();
    ++tried;
    refused += found > 0 ? 1 : 0;
    if (found > worst) {
      worst = found;
      worst_text = what + "\n" + parsed.errors();
    }
  }
};

std::vector<std::pair<std::size_t, std::size_t>> tokens(const std::string& text) {
  std::vector<std::pair<std::size_t, std::size_t>> found;
  for (scan::Offset at = scan::skip_blanks(text, 0); at < text.size();) {
    const scan::Offset end = scan::token_end(text, at);
    found.emplace_back(at, end - at);
    at = scan::skip_blanks(text, end);
  }
  return found;
}

std::string near(const std::string& text, std::size_t at, const std::string& what) {
  return what + " at " + std::to_string(at) + " `" + text.substr(at, 12) + "`";
}

TEST(Mutation, OfOneByteNeverBreaksAPromise) {
  const std::string text = taste();
  Tally tally;
  for (std::size_t at = 0; at < text.size(); ++at) {
    tally.try_one(text.substr(0, at) + text.substr(at + 1), near(text, at, "deleted"));
    tally.try_one(text.substr(0, at + 1) + text.substr(at), near(text, at, "doubled"));
    tally.try_one(text.substr(0, at), near(text, at, "cut off"));
    for (std::size_t turn = 0; turn < 3; ++turn) {
      const char c = kInserted[(at * 3 + turn) % kInserted.size()];
      tally.try_one(text.substr(0, at) + c + text.substr(at), near(text, at, std::string("inserted ") + c));
    }
    if (::testing::Test::HasFatalFailure()) {
      return;
    }
  }
  EXPECT_EQ(tally.tried, text.size() * 6);
  EXPECT_GT(tally.refused, text.size());
  EXPECT_LE(tally.worst, kFlood) << tally.worst_text;
}

TEST(Mutation, OfOneTokenNeverBreaksAPromise) {
  const std::string text = taste();
  Tally tally;
  std::size_t turn = 0;
  for (const auto& [at, size] : tokens(text)) {
    const std::string token = text.substr(at, size);
    tally.try_one(text.substr(0, at) + text.substr(at + size), near(text, at, "deleted"));
    tally.try_one(text.substr(0, at) + token + " " + text.substr(at), near(text, at, "doubled"));
    for (std::size_t step = 0; step < 3; ++step) {
      const char* const other = kTokens[turn++ % kTokens.size()];
      tally.try_one(text.substr(0, at) + other + text.substr(at + size),
                    near(text, at, std::string("replaced by ") + other));
      tally.try_one(text.substr(0, at) + other + " " + text.substr(at),
                    near(text, at, std::string("inserted ") + other));
    }
    if (::testing::Test::HasFatalFailure()) {
      return;
    }
  }
  EXPECT_GT(tally.refused, tally.tried / 2);
  EXPECT_LE(tally.worst, kFlood) << tally.worst_text;
}

/// A `;` left out anywhere at the end of a line is one mistake, at the end of the token before it.
TEST(Mutation, OfASemicolonAtALinesEndIsOneMistake) {
  const std::string text = taste();
  std::size_t tried = 0;
  for (std::size_t at = text.find(";\n"); at != std::string::npos; at = text.find(";\n", at + 1)) {
    Parsed parsed(text.substr(0, at) + text.substr(at + 1));
    parsed.doubt();
    ASSERT_EQ(parsed.result.errors.size(), 1u) << near(text, at - 12, "without `;`") << "\n" << parsed.errors();
    EXPECT_EQ(parsed.result.errors[0].kind, SyntaxErrorKind::missing_semicolon);
    EXPECT_EQ(parsed.result.errors[0].primary.begin, at);
    ++tried;
  }
  EXPECT_GT(tried, 15u);
}

/// A `}` at a line's start left out is one mistake, and it points at the brace that it closed.
TEST(Mutation, OfAClosingBraceAtALinesStartIsOneMistake) {
  const std::string text = taste();
  std::size_t tried = 0;
  for (std::size_t at = text.find("\n}"); at != std::string::npos; at = text.find("\n}", at + 1)) {
    const Parsed parsed(text.substr(0, at + 1) + text.substr(at + 2));
    ASSERT_EQ(parsed.result.errors.size(), 1u) << near(text, at, "without `}`") << "\n" << parsed.errors();
    EXPECT_EQ(parsed.result.errors[0].kind, SyntaxErrorKind::unclosed_brace);
    ++tried;
  }
  EXPECT_GT(tried, 8u);
}

}  // namespace
}  // namespace sprx::testing
