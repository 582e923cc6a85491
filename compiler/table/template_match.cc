// Matching a template: backtracking with at most one choice point a token (tokens run in order, so none repeats). When
// an input makes it take many steps, it starts again remembering which (token, place) pairs fail; that bounds it
// whatever the input is.
#include <algorithm>
#include <array>
#include <vector>

#include "compiler/table/canonical.h"
#include "compiler/table/template.h"

namespace sprx {
namespace {

using Token = TemplateToken;

/// Steps without a memo: enough for every ordinary value, little enough not to matter for a hostile one.
constexpr std::uint64_t kPlainSteps = 512;

/// One bit for each (token, place); empty while nothing is remembered.
class Memo {
 public:
  Memo() = default;
  Memo(std::span<std::uint64_t> words, std::size_t places) : words_(words), places_(places) {}

  [[nodiscard]] bool failed(std::size_t token, std::size_t place) const {
    if (words_.empty()) return false;
    const std::size_t bit = token * places_ + place;
    return (words_[bit / 64] >> (bit % 64) & 1U) != 0;
  }
  void fail(std::size_t token, std::size_t place) {
    if (words_.empty()) return;
    const std::size_t bit = token * places_ + place;
    words_[bit / 64] |= std::uint64_t{1} << (bit % 64);
  }
  static constexpr std::size_t words_for(std::size_t tokens, std::size_t places) { return (tokens * places + 63) / 64; }

 private:
  std::span<std::uint64_t> words_;
  std::size_t places_ = 0;
};

/// A token that can go on in several ways, and the way that is being tried.
struct Choice {
  std::size_t token;  // no initialisers: an array of these is on the stack of every match
  std::size_t begin;
  std::size_t end;    ///< where the token's text ends now
  std::size_t least;  ///< the shortest end (segment, rest, run), the alternative now (one_of)
};

enum class Result : std::uint8_t { no, yes, over_budget };

class Matcher {
 public:
  Matcher(const Template& pattern, std::string_view value, bool nocase, Memo memo, std::uint64_t budget)
      : tokens_(pattern.tokens),
        value_(value),
        nocase_(nocase),
        memo_(memo),
        budget_(budget),
        separator_(pattern.kind == TemplateKind::path ? '/' : '.') {}

  Result run() {
    std::size_t token = 0;
    std::size_t place = 0;
    for (;;) {
      if (++steps_ > budget_) return Result::over_budget;
      const bool forward = advance(token, place);
      if (forward && token == tokens_.size()) {
        if (place == value_.size()) return Result::yes;
      } else if (forward) {
        continue;
      }
      if (!back(token, place)) return Result::no;
    }
  }

  /// After `yes`: the text of each captured token.
  void captures(std::span<std::string_view> out) const {
    for (std::size_t i = 0; i < depth_; ++i) {
      const Choice& choice = choices_[i];
      const std::int16_t capture = tokens_[choice.token].capture;
      if (capture >= 0 && static_cast<std::size_t>(capture) < out.size()) {
        out[static_cast<std::size_t>(capture)] = value_.substr(choice.begin, choice.end - choice.begin);
      }
    }
  }
  [[nodiscard]] std::uint64_t steps() const { return steps_; }

 private:
  [[nodiscard]] bool text_at(std::string_view text, std::size_t place) const {
    const std::string_view there = value_.substr(place, text.size());
    return nocase_ ? equal_nocase(there, text) : there == text;
  }

  /// Takes the token at `place` in its first way; false if there is none.
  bool advance(std::size_t& token, std::size_t& place) {
    if (token == tokens_.size()) return true;
    const Token& now = tokens_[token];
    switch (now.kind) {
      case Token::Kind::literal:
        if (!text_at(now.text, place)) return false;
        place += now.text.size();
        ++token;
        return true;
      case Token::Kind::close:
        ++token;
        return true;
      case Token::Kind::open:
        if (memo_.failed(token, place)) return false;
        choices_[depth_++] = {token, place, place, 0};
        ++token;
        return true;
      case Token::Kind::one_of:
        if (memo_.failed(token, place)) return false;
        choices_[depth_++] = {token, place, place, 0};
        return next_alternative(token, place);
      default:
        return open_loop(now, token, place);
    }
  }

  /// Starts a segment, rest or run with the longest text that is not known to fail.
  bool open_loop(const Token& now, std::size_t& token, std::size_t& place) {
    const bool segment = now.kind == Token::Kind::segment;
    const std::size_t least = place + (segment ? 1 : 0);
    std::size_t end = place;
    if (segment && (end == value_.size() || value_[end++] == separator_)) return false;
    if (memo_.failed(token, least)) return false;
    // A bit at `q` says that every end from `q` on fails, so the scan stops there.
    while (end < value_.size() && !(segment && value_[end] == separator_) && !memo_.failed(token, end + 1)) {
      ++end;
      ++steps_;
    }
    choices_[depth_++] = {token, place, end, least};
    place = end;
    ++token;
    return true;
  }

  /// Goes on with the alternative that the top choice names, or the first after it that fits.
  bool next_alternative(std::size_t& token, std::size_t& place) {
    Choice& choice = choices_[depth_ - 1];
    const Token& now = tokens_[choice.token];
    for (; choice.least < now.alternatives.size(); ++choice.least) {
      ++steps_;
      const std::string& text = now.alternatives[choice.least];
      if (!text_at(text, choice.begin)) continue;
      choice.end = place = choice.begin + text.size();
      token = choice.token + 1;
      return true;
    }
    return false;
  }

  /// Takes the latest choice in its next way; false when no choice is left.
  bool back(std::size_t& token, std::size_t& place) {
    while (depth_ > 0) {
      ++steps_;
      Choice& choice = choices_[depth_ - 1];
      const Token& now = tokens_[choice.token];
      if (now.kind == Token::Kind::one_of) {
        ++choice.least;
        if (next_alternative(token, place)) return true;
        memo_.fail(choice.token, choice.begin);
      } else if (now.kind == Token::Kind::open) {
        // Without the optional part nothing is left to choose. Marking it failed already now is sound: nothing reaches
        // this pair again before the part after it has been decided.
        memo_.fail(choice.token, choice.begin);
        token = now.jump;
        place = choice.begin;
        --depth_;
        return true;
      } else {
        memo_.fail(choice.token, choice.end);
        if (choice.end > choice.least) {
          place = --choice.end;
          token = choice.token + 1;
          return true;
        }
      }
      --depth_;
    }
    return false;
  }

  const std::vector<Token>& tokens_;
  std::string_view value_;
  bool nocase_;
  Memo memo_;
  std::uint64_t budget_;
  std::uint64_t steps_ = 0;
  char separator_;
  std::array<Choice, kMaxTemplateTokens> choices_;  // NOLINT: only the first depth_ are ever read
  std::size_t depth_ = 0;
};

Result run(Matcher matcher, std::span<std::string_view> captures, std::uint64_t& steps) {
  const Result result = matcher.run();
  steps += matcher.steps();
  if (result == Result::yes) matcher.captures(captures);
  return result;
}

/// The bounded way, apart so that its memory is on the stack only when wanted.
[[gnu::noinline]] Result run_remembering(const Template& pattern, std::string_view value, bool nocase,
                                         std::span<std::string_view> captures, std::uint64_t& steps) {
  const std::size_t places = value.size() + 2;
  const std::size_t words = Memo::words_for(pattern.tokens.size(), places);
  std::array<std::uint64_t, Memo::words_for(kMaxTemplateTokens, kTemplateStackBytes + 2)> on_stack;
  std::vector<std::uint64_t> on_heap;
  std::span<std::uint64_t> memory;
  if (words <= on_stack.size()) {
    std::fill_n(on_stack.begin(), words, 0);
    memory = std::span(on_stack).first(words);
  } else {
    on_heap.resize(words);
    memory = on_heap;
  }
  return run(Matcher(pattern, value, nocase, Memo(memory, places), ~std::uint64_t{0}), captures, steps);
}

}  // namespace

bool match(const Template& pattern, std::string_view value, bool nocase, std::span<std::string_view> captures,
           std::uint64_t& steps) {
  if (pattern.tokens.size() > kMaxTemplateTokens) return false;  // parse_template makes none
  std::fill(captures.begin(), captures.end(), std::string_view{});
  Result result = run(Matcher(pattern, value, nocase, Memo(), kPlainSteps), captures, steps);
  if (result == Result::over_budget) result = run_remembering(pattern, value, nocase, captures, steps);
  return result == Result::yes;
}

bool match(const Template& pattern, std::string_view value, bool nocase, std::span<std::string_view> captures) {
  std::uint64_t steps = 0;
  return match(pattern, value, nocase, captures, steps);
}

}  // namespace sprx
