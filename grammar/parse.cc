#include "grammar/parse.h"

#include <algorithm>
#include <tao/pegtl/memory_input.hpp>
#include <tao/pegtl/nothing.hpp>
#include <tao/pegtl/parse.hpp>
#include <utility>

#include "grammar/characters.h"
#include "grammar/control.h"
#include "grammar/doubts.h"
#include "grammar/lexical.h"
#include "grammar/scan.h"
#include "grammar/trial.h"

namespace sprx {
namespace {

using Input = tao::pegtl::memory_input<tao::pegtl::tracking_mode::lazy, tao::pegtl::eol::lf, const char*>;

/// Reading order; a place is mentioned once.
void sort_errors(std::vector<SyntaxError>& errors) {
  std::stable_sort(errors.begin(), errors.end(),
                   [](const SyntaxError& a, const SyntaxError& b) { return a.primary.begin < b.primary.begin; });
  errors.erase(
      std::unique(errors.begin(), errors.end(),
                  [](const SyntaxError& a, const SyntaxError& b) { return a.primary.begin == b.primary.begin; }),
      errors.end());
}

/// `guess`: whether lines, indentation and the braces of the whole text may say that something is missing. A file may
/// be laid out in any way, so that is only for texts known to hold a mistake. `wrong`: it is known to hold one.
ParseResult parse_once(ParseState& state, bool guess, bool wrong) {
  const std::string_view text = state.text;
  std::string plain;  // outlives the parse: the state looks at it
  state.guess_layout = guess;
  try {
    if (check_characters(state)) {
      plain = without_look_alikes(state);
      if (wrong && plain.empty()) plain = text;
      if (wrong) part_lines(plain);
      state.text = plain.empty() ? text : std::string_view(plain);
      state.editable = wrong ? plain.data() : nullptr;
      Input in(state.text.data(), state.text.size(), "");
      (void)tao::pegtl::parse<rules::file, tao::pegtl::nothing, rules::control>(in, state);
    } else {
      state.tree.leaf(NodeKind::error, 0, static_cast<std::uint32_t>(text.size()));
      state.tree.gather(NodeKind::file, 0, static_cast<std::uint32_t>(text.size()));
    }
  } catch (const TooManyErrors&) {
    // What was read so far is kept; the list of mistakes is full.
  }
  ParseResult result;
  result.tree.file = state.file;
  if (state.tree.height() == 0) {
    state.tree.leaf(NodeKind::file, 0, 0);
  }
  state.text = text;
  result.tree.nodes = state.tree.take(result.tree.root);
  check_literals(state, result.tree);
  result.errors = std::move(state.errors);
  sort_errors(result.errors);
  return result;
}

ParseResult parse_once(FileId file, std::string_view text, const ParseLimits& limits, bool guess, bool wrong) {
  ParseState state(file, text, limits);
  return parse_once(state, guess, wrong);
}

/// Whether what is wrong has nothing to do with where bodies begin and end.
bool braces_fit(const ParseResult& result) {
  return std::none_of(result.errors.begin(), result.errors.end(), [](const SyntaxError& error) {
    return error.kind == SyntaxErrorKind::unclosed_brace || error.kind == SyntaxErrorKind::stray_brace;
  });
}

}  // namespace

ParseResult parse(FileId file, std::string_view text, const ParseLimits& limits) {
  ParseResult result = parse_once(file, text, limits, false, false);
  if (result.errors.empty()) return result;
  ParseOnce again = [](FileId id, std::string_view tried, const ParseLimits& bounds) {
    return parse_once(id, tried, bounds, true, true);
  };
  const ParseOnce without_guesses = [](FileId id, std::string_view tried, const ParseLimits& bounds) {
    return parse_once(id, tried, bounds, false, true);
  };
  // Where the layout makes more mistakes of it, it is the author's way to lay out: the braces are right.
  ParseResult plain = without_guesses(file, text, limits);
  result = again(file, text, limits);
  if (plain.errors.size() < result.errors.size() && braces_fit(plain) && !braces_fit(result)) {
    result = std::move(plain);
    again = without_guesses;
  }
  find_missing_quotes(file, text, limits, again, result);
  doubt_fixes(file, text, limits, again, result);
  return result;
}

std::vector<Doubt> find_doubts(FileId file, std::string_view text, const ParseLimits& limits) {
  ParseState state(file, text, limits);
  state.note_doubts = true;
  if (!parse_once(state, false, false).errors.empty()) return {};
  const auto before = [](const Doubt& a, const Doubt& b) { return a.at < b.at; };
  std::sort(state.doubts.begin(), state.doubts.end(), before);
  state.doubts.erase(std::unique(state.doubts.begin(), state.doubts.end(),
                                 [](const Doubt& a, const Doubt& b) { return a.at == b.at; }),
                     state.doubts.end());
  return std::move(state.doubts);
}

ParseResult parse_doubted(FileId file, std::string_view text, const std::vector<Doubt>& certain,
                          const ParseLimits& limits) {
  ParseState state(file, text, limits);
  state.doubts = certain;
  return parse_once(state, false, false);
}

bool is_reserved_word(std::string_view word) { return scan::is_reserved(word); }

}  // namespace sprx
