#include "grammar/parse.h"

#include <algorithm>
#include <tao/pegtl/memory_input.hpp>
#include <tao/pegtl/nothing.hpp>
#include <tao/pegtl/parse.hpp>
#include <utility>

#include "grammar/control.h"
#include "grammar/lexical.h"

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

/// `guess`: whether the braces of the whole text may say that one is missing. Counting them without knowing where patterns
/// begin can be wrong, so that is only for texts known to hold a mistake.
ParseResult parse_once(FileId file, std::string_view text, const ParseLimits& limits, bool guess) {
  ParseState state(file, text, limits);
  state.guess_layout = guess;
  try {
    check_bytes(state);
    Input in(text.data(), text.size(), "");
    (void)tao::pegtl::parse<rules::file, tao::pegtl::nothing, rules::control>(in, state);
  } catch (const TooManyErrors&) {
    // What was read so far is kept; the list of mistakes is full.
  }
  ParseResult result;
  result.tree.file = file;
  if (state.tree.height() == 0) {
    state.tree.leaf(NodeKind::file, 0, 0);
  }
  result.tree.nodes = state.tree.take(result.tree.root);
  check_literals(state, result.tree);
  result.errors = std::move(state.errors);
  sort_errors(result.errors);
  return result;
}

}  // namespace

ParseResult parse(FileId file, std::string_view text, const ParseLimits& limits) {
  ParseResult result = parse_once(file, text, limits, false);
  return result.errors.empty() ? std::move(result) : parse_once(file, text, limits, true);
}

}  // namespace sprx
