#include "compiler/table/pattern.h"

#include <gtest/gtest.h>
#include <re2/re2.h>

namespace sprx {
namespace {

/// `yes`, `yes name=text …`, `no`, `failed`, or the first mistake.
std::string searched(std::string_view source, std::string_view value, bool nocase = false) {
  const PatternResult result = compile_pattern(source, nocase);
  if (!result.errors.empty()) return "error: " + result.errors[0].message;
  std::vector<std::string_view> captures(result.value.names.size(), "unset");
  const MatchOutcome outcome = search(result.value, value, captures);
  if (outcome == MatchOutcome::failed) return "failed";
  if (outcome == MatchOutcome::no) return "no";
  std::string out = "yes";
  for (std::size_t i = 0; i < captures.size(); ++i) out += " " + result.value.names[i] + "=" + std::string(captures[i]);
  return out;
}
std::string folded(std::string_view source, std::string_view value) { return searched(source, value, true); }

std::string mistakes(std::string_view source, bool nocase = false) {
  std::string out;
  for (const PatternError& error : compile_pattern(source, nocase).errors) {
    if (!out.empty()) out += '\n';
    out += std::to_string(error.begin) + "-" + std::to_string(error.end) + ": " + error.message;
    if (!error.help.empty()) out += "; " + error.help;
  }
  return out;
}

TEST(Pattern, searches) {
  EXPECT_EQ(searched("b+", "abbc"), "yes");
  EXPECT_EQ(searched("^b", "abbc"), "no");
  EXPECT_EQ(searched("^/a(/|$)", "/a"), "yes");
  EXPECT_EQ(searched("^/a(/|$)", "/ab"), "no");
}

TEST(Pattern, has_a_dot_for_newline_and_a_dollar_for_the_end_alone) {
  EXPECT_EQ(searched("a.b", "a\nb"), "yes");
  EXPECT_EQ(searched("a$", "a\n"), "no");
  EXPECT_EQ(searched("a\\z", "a\n"), "no");
  EXPECT_EQ(searched("^b", "a\nb"), "no");
  EXPECT_EQ(searched("(?m)^b$", "a\nb\nc"), "yes");
  EXPECT_EQ(searched("(?-s)a.b", "a\nb"), "no");
}

TEST(Pattern, runs_on_bytes_when_its_text_is_ascii) {
  EXPECT_EQ(searched("^x.y$", "x\xFFy"), "yes");
  EXPECT_EQ(searched("^x..y$", "x\xC3\xA9y"), "yes");
  EXPECT_EQ(searched("^[^a]$", "\xE9"), "yes");
  EXPECT_EQ(searched("^\\xE9$", "\xE9"), "yes");
  EXPECT_EQ(searched("^\\x{e9}$", "\xE9"), "yes");
  EXPECT_EQ(searched("\\W", "\xE9"), "yes");
  EXPECT_EQ(searched("(?<a>.)y", "x\xFFy"), "yes a=\xFF");
}

TEST(Pattern, reads_characters_when_its_text_has_them) {
  EXPECT_EQ(searched("^caf\xC3\xA9?$", "caf"), "yes");
  EXPECT_EQ(searched("^[\xC3\xA9\xC3\xA8]$", "\xC3\xA8"), "yes");
  EXPECT_EQ(searched("^\\x{263a}$", "\xE2\x98\xBA"), "yes");
  EXPECT_EQ(searched("^\\p{Greek}$", "\xCE\xB1"), "yes");
  EXPECT_EQ(searched("^\\x{1F4A9}|\\\\x$", "\\x"), "yes");
  // A data file may hold a pattern that is no UTF-8: its bytes stand for themselves.
  EXPECT_EQ(searched("^caf\xE9$", "caf\xE9"), "yes");
}

TEST(Pattern, folds_ascii_and_nothing_else) {
  EXPECT_EQ(folded("^iPhone$", "IPHONE"), "yes");
  EXPECT_EQ(folded("^k$", "\xE2\x84\xAA"), "no");  // KELVIN SIGN
  EXPECT_EQ(folded("^s$", "\xC5\xBF"), "no");      // LONG S
  EXPECT_EQ(folded("^k\xC3\xA9$", "\xE2\x84\xAA\xC3\xA9"), "no");
  EXPECT_EQ(folded("^k\xC3\xA9$", "K\xC3\xA9"), "yes");
  EXPECT_EQ(folded("^\xC3\xA9$", "\xC3\x89"), "no");
  EXPECT_EQ(folded("^\\xE9$", "\xC9"), "no");
  EXPECT_EQ(folded("^[k\xC3\xA9]$", "\xE2\x84\xAA"), "no");
  EXPECT_EQ(searched("(?i)^k$", "\xE2\x84\xAA"), "no");
  EXPECT_EQ(searched("(?i)^\\xE9$", "\xC9"), "no");
}

TEST(Pattern, folds_classes_ranges_and_escapes) {
  EXPECT_EQ(folded("^[a-f]+$", "aBcDeF"), "yes");
  EXPECT_EQ(folded("^[X-c]+$", "xYzZABC"), "yes");
  EXPECT_EQ(folded("^[X-c]+$", "d"), "no");
  EXPECT_EQ(folded("^[^k]$", "K"), "no");
  EXPECT_EQ(folded("^[[:lower:]]$", "A"), "yes");
  EXPECT_EQ(folded("^[[:^lower:]]$", "A"), "no");
  EXPECT_EQ(folded("^\\x41\\102$", "ab"), "yes");
  EXPECT_EQ(folded("^\\QaB.\\E$", "Ab."), "yes");
  EXPECT_EQ(folded("^\\QaB.\\E$", "Abx"), "no");
  EXPECT_EQ(folded("^[]a-]+$", "]A-"), "yes");
  EXPECT_EQ(folded("^[-a]+$", "-A"), "yes");
  EXPECT_EQ(folded("^[a\\-z]+$", "b"), "no");
  EXPECT_EQ(folded("^[\\w-]+$", "a-Z"), "yes");
  EXPECT_EQ(folded("^[a-\\d]+$", "A-7"), "yes");
}

TEST(Pattern, folds_where_its_flags_say) {
  EXPECT_EQ(searched("^(?i:a)b$", "Ab"), "yes");
  EXPECT_EQ(searched("^(?i:a)b$", "AB"), "no");
  EXPECT_EQ(searched("^(?i)a(?-i)b$", "Ab"), "yes");
  EXPECT_EQ(searched("^(?i)a(?-i)b$", "AB"), "no");
  EXPECT_EQ(searched("^((?i)a)b$", "AB"), "no");
  EXPECT_EQ(searched("^(?i)a|b$", "xB"), "yes");
  EXPECT_EQ(folded("^a(?-i:b)c$", "AbC"), "yes");
  EXPECT_EQ(folded("^a(?-i:b)c$", "ABC"), "no");
  EXPECT_EQ(searched("(?im)^b$", "a\nB"), "yes");
}

TEST(Pattern, captures_by_name) {
  EXPECT_EQ(searched("(?<year>\\d+)-(x)(?P<rest>.*)", "a 2019-xyz"), "yes year=2019 rest=yz");
  EXPECT_EQ(searched("(?<a>x)|(?<b>y)", "y"), "yes a= b=y");
  std::string many;
  for (int i = 0; i < 60; ++i) many += "()";
  EXPECT_EQ(searched(many + "(?<last>z)", "z"), "yes last=z");
}

TEST(Pattern, takes_ordinary_dialect_as_it_is) {
  EXPECT_EQ(searched("a{2,3}b{x", "aab{x"), "yes");
  EXPECT_EQ(searched("\\/\\.\\-\\_\\ \\\"", "/.-_ \""), "yes");
  EXPECT_EQ(searched("a+?b*?c??d{2}?", "add"), "yes");
  EXPECT_EQ(searched("\\bfoo\\b", "a foo b"), "yes");
  EXPECT_EQ(searched("", ""), "error: an empty pattern");
}

TEST(PatternError, names_what_linear_time_does_not_have) {
  const std::string ahead =
      "; patterns take linear time on any input; ask in a second condition: `and not … matches r\"…\"`";
  const std::string linear = "; patterns take linear time on any input, so they never look around or back";
  EXPECT_EQ(mistakes("a(?=b)"), "1-4: look-ahead `(?=` is not supported" + ahead);
  EXPECT_EQ(mistakes("^(?!bot)"), "1-4: negative look-ahead `(?!` is not supported" + ahead);
  EXPECT_EQ(mistakes("(?<=a)b"), "0-4: look-behind `(?<=` is not supported" + ahead);
  EXPECT_EQ(mistakes("(?<!a)b"), "0-4: negative look-behind `(?<!` is not supported" + ahead);
  EXPECT_EQ(mistakes("(?>a)b"),
            "0-3: atomic group `(?>` is not supported; matching never backtracks, so `(?:…)` is enough");
  EXPECT_EQ(mistakes("(a)\\1"), "3-5: back-reference `\\1` is not supported" + linear);
  EXPECT_EQ(mistakes("(?<a>x)\\k<a>y"), "7-12: back-reference `\\k<a>` is not supported" + linear);
  EXPECT_EQ(mistakes("(?P<a>x)(?P=a)"), "8-14: back-reference `(?P=` is not supported" + linear);
  EXPECT_EQ(mistakes("a(?R)?"), "1-5: recursion `(?R` is not supported" + linear);
  EXPECT_EQ(mistakes("(a)(?1)"), "3-7: recursion `(?1)` is not supported" + linear);
  EXPECT_EQ(
      mistakes("a++b"),
      "1-3: possessive repetition `++` is not supported; matching never backtracks, so it is not needed: leave the "
      "`+` out");
}

TEST(PatternError, names_foreign_escapes) {
  EXPECT_EQ(mistakes("a\\Z"), "1-3: `\\Z` is not supported in a pattern; `$` and `\\z` are the end of the text");
  EXPECT_EQ(mistakes("\\h+"), "0-2: `\\h` is not supported in a pattern; write `[ \\t]`");
  EXPECT_EQ(mistakes("\\j"), "0-2: unknown escape `\\j` in a pattern; a literal `j` is written `j`");
  EXPECT_EQ(mistakes("[\\b]"), "1-3: `\\b` in a class; backspace is written `\\x08`");
  EXPECT_EQ(mistakes("a\\"), "1-2: `\\` at the end of a pattern; a literal `\\` is written `\\\\`");
  EXPECT_EQ(mistakes("\\xZ"), "0-2: `\\x` without its digits in a pattern; write `\\x41` or `\\x{263A}`");
  EXPECT_EQ(mistakes("\\x{110000}"), "0-9: a code point past U+10FFFF in a pattern; write `\\x41` or `\\x{263A}`");
}

TEST(PatternError, names_brackets_and_repetitions_that_do_not_fit) {
  EXPECT_EQ(mistakes("a(b"), "1-2: unclosed `(` in a pattern; a literal `(` is written `\\(`");
  EXPECT_EQ(mistakes("a)b"), "1-2: `)` that closes nothing in a pattern; a literal `)` is written `\\)`");
  EXPECT_EQ(mistakes("a[b"), "1-2: unclosed `[` in a pattern; a literal `[` is written `\\[`");
  EXPECT_EQ(mistakes("a[]"), "1-2: unclosed `[` in a pattern; a literal `[` is written `\\[`");
  EXPECT_EQ(mistakes("*.php"),
            "0-1: nothing for `*` to repeat; any run is `.*`, and none is needed at the beginning; a literal `*` is "
            "written `\\*`");
  EXPECT_EQ(mistakes("(*.php)"), "1-2: nothing for `*` to repeat; a literal `*` is written `\\*`");
  EXPECT_EQ(mistakes("a|+b"), "2-3: nothing for `+` to repeat; a literal `+` is written `\\+`");
  EXPECT_EQ(mistakes("a**"), "2-3: `*` directly after another repetition; write a group: `(?:a*)*`");
  EXPECT_EQ(mistakes("a{3,2}"), "1-6: `{3,2}` ends before it begins");
  EXPECT_EQ(
      mistakes("[z-a]"),
      "1-4: the range `z-a` runs backwards; write the smaller character first; a `-` itself stands first or last");
  EXPECT_EQ(mistakes("[[:alfa:]]").substr(0, 44), "1-9: unknown class `[:alfa:]` in a pattern; ");
  EXPECT_EQ(mistakes("(?<1>a)"),
            "3-4: malformed name of a group; a name has letters, digits and `_`, and does not begin with a digit");
  EXPECT_EQ(mistakes("(?<a>x)(?<a>y)"), "10-11: two groups are named `a`; a group without a name is `(…)` or `(?:…)`");
  EXPECT_EQ(mistakes("(?x)a b"),
            "0-3: unknown group `(?x` in a pattern; there is no extended syntax: write the pattern without blanks and "
            "comments");
  EXPECT_EQ(mistakes("\\p{Klingon}"),
            "0-11: unknown character class `\\p{Klingon}` in a pattern; classes are `\\d`, `\\w`, `\\s`, "
            "`[[:alpha:]]`, `\\pL` and such");
}

TEST(PatternError, has_its_own_words_for_the_bound_on_repetition) {
  EXPECT_EQ(mistakes("a{1000}"), "");
  EXPECT_EQ(mistakes("a{1001}"), "1-7: `{1001}` repeats more than 1000 times; `+` and `*` have no bound");
  EXPECT_EQ(mistakes("(a{50}){20}"), "");
  EXPECT_EQ(mistakes("(a{50}b){21}"),
            "8-12: nested repetitions multiply to more than 1000; inside it something is already repeated 50 times");
  EXPECT_EQ(mistakes("((a{10}b{3}){10}){11}"),
            "17-21: nested repetitions multiply to more than 1000; inside it something is already repeated 100 times");
  EXPECT_EQ(mistakes("(a{500}b)(c{500}d){2}"), "");
}

TEST(PatternError, says_when_a_pattern_takes_too_much_memory) {
  EXPECT_EQ(mistakes("((a{100}){10}|b{1000}|c{1000}|[^a]{1000}|\\p{L}{1000}|\\p{L}{999})"),
            "0-64: the pattern needs more than 8 MiB when compiled; repeat less, or split it into a list of patterns");
}

TEST(PatternError, reports_every_mistake) {
  EXPECT_EQ(
      mistakes("(?=a)\\Z[z-a]"),
      "0-3: look-ahead `(?=` is not supported; patterns take linear time on any input; ask in a second condition: `and "
      "not … matches r\"…\"`\n"
      "5-7: `\\Z` is not supported in a pattern; `$` and `\\z` are the end of the text\n"
      "8-11: the range `z-a` runs backwards; write the smaller character first; a `-` itself stands first or last");
}

TEST(PatternLimits, are_kept_at_the_limit_and_refused_past_it) {
  EXPECT_EQ(mistakes(std::string(kMaxPatternBytes, 'a')), "");
  EXPECT_EQ(mistakes(std::string(kMaxPatternBytes + 1, 'a')), "0-65537: a pattern longer than 65536 bytes");
  EXPECT_NE(mistakes(std::string(kMaxPatternBytes, '(')), "");
  EXPECT_NE(mistakes(std::string(kMaxPatternBytes, '[')), "");
  EXPECT_NE(mistakes(std::string(kMaxPatternBytes, '\\') + "("), "");
  std::string nested;
  for (int i = 0; i < 20'000; ++i) nested += "(?:";
  nested += "a";
  for (int i = 0; i < 20'000; ++i) nested += ")";
  EXPECT_NE(mistakes(nested), "") << "as deep as this RE2 refuses";
}

TEST(PatternSearch, without_a_compiled_pattern_has_failed_and_never_says_no) {
  std::vector<std::string_view> captures;
  EXPECT_EQ(search(Pattern{}, "x", captures), MatchOutcome::failed);
}

/// What the scanner rewrites must mean what RE2 itself takes the text for, where the language does not differ on
/// purpose.
TEST(Pattern, means_what_re2_means_on_every_short_text) {
  const std::vector<std::string> pieces = {"a", "B", "-", "[",   "]",    "^",   "(",
                                           ")", "|", "*", "\\d", "(?i)", "{2}", "\\."};
  re2::RE2::Options options(re2::RE2::Latin1);
  options.set_dot_nl(true);
  options.set_log_errors(false);
  std::size_t compared = 0;
  std::vector<std::string> level{""};
  for (int length = 0; length <= 3; ++length) {
    std::vector<std::string> next;
    for (const std::string& text : level) {
      if (!text.empty()) {
        const re2::RE2 plain(text, options);
        const PatternResult ours = compile_pattern(text, false);
        ASSERT_EQ(plain.ok(), ours.errors.empty()) << text << " " << plain.error();
        if (plain.ok()) {
          ++compared;
          for (const char* value : {"", "a", "A", "b", "aa", "B", "-", "]", "aB-", "1", ".", "xyz", "^", "aAbB"}) {
            ASSERT_EQ(re2::RE2::PartialMatch(value, plain), search(ours.value, value, {}) == MatchOutcome::yes)
                << text << " on " << value << " as " << ours.value.regex->pattern();
          }
        }
      }
      for (const std::string& piece : pieces) next.push_back(text + piece);
    }
    level = std::move(next);
  }
  EXPECT_GT(compared, 500U);
}

}  // namespace
}  // namespace sprx
