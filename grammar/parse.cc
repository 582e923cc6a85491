#include "grammar/parse.h"

#include <algorithm>
#include <tao/pegtl/memory_input.hpp>
#include <tao/pegtl/nothing.hpp>
#include <tao/pegtl/parse.hpp>
#include <utility>

#include "grammar/characters.h"
#include "grammar/control.h"
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

/// `guess`: whether the braces of the whole text may say that one is missing. Counting them without knowing where
/// patterns begin can be wrong, so that is only for texts known to hold a mistake.
ParseResult parse_once(FileId file, std::string_view text, const ParseLimits& limits, bool guess) {
  ParseState state(file, text, limits);
  std::string plain;  // outlives the parse: the state looks at it
  state.guess_layout = guess;
  try {
    if (check_characters(state)) {
      plain = without_look_alikes(state);
      if (guess && plain.empty()) plain = text;
      if (guess) part_lines(plain);
      state.text = plain.empty() ? text : std::string_view(plain);
      state.editable = guess ? plain.data() : nullptr;
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
  result.tree.file = file;
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

}  // namespace

ParseResult parse(FileId file, std::string_view text, const ParseLimits& limits) {
  ParseResult result = parse_once(file, text, limits, false);
  if (result.errors.empty()) return result;
  const ParseOnce again = [](FileId id, std::string_view tried, const ParseLimits& bounds) {
    return parse_once(id, tried, bounds, true);
  };
  result = again(file, text, limits);
  find_missing_quotes(file, text, limits, again, result);
  doubt_fixes(file, text, limits, again, result);
  return result;
}

bool is_reserved_word(std::string_view word) { return scan::is_reserved(word); }

}  // namespace sprx
