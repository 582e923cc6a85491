// How the grammar's rules act on ParseState: which become nodes, which set a flag, and what a committed rule's failure
// says. Together with rules.h this is all that PEGTL is asked to do.
#pragma once

#include <exception>
#include <tao/pegtl/normal.hpp>

#include "grammar/expected.h"

namespace sprx::rules {

/// Rules that become nodes.
template <typename Rule>
struct node_of {
  static constexpr bool enable = false;
};
template <NodeKind Kind, NodeShape Shape = NodeShape::keep>
struct makes {
  static constexpr bool enable = true;
  static constexpr NodeKind kind = Kind;
  static constexpr NodeShape shape = Shape;
};

#define SPRX_NODE(RULE, ...) \
  template <>                \
  struct node_of<RULE> : makes<__VA_ARGS__> {};

SPRX_NODE(file, NodeKind::file)
SPRX_NODE(allow, NodeKind::allow)
SPRX_NODE(include, NodeKind::include)
SPRX_NODE(settings, NodeKind::settings)
SPRX_NODE(list, NodeKind::list)
SPRX_NODE(table, NodeKind::table)
SPRX_NODE(source, NodeKind::source)
SPRX_NODE(map_literal, NodeKind::map_literal)
SPRX_NODE(map_entry, NodeKind::map_entry)
SPRX_NODE(redirects, NodeKind::redirects)
SPRX_NODE(flag, NodeKind::flag)
SPRX_NODE(limit, NodeKind::limit)
SPRX_NODE(let, NodeKind::let)
SPRX_NODE(rule, NodeKind::rule)
SPRX_NODE(group, NodeKind::group)
SPRX_NODE(tests, NodeKind::tests)
SPRX_NODE(test, NodeKind::test)
SPRX_NODE(when, NodeKind::when)
SPRX_NODE(group_when, NodeKind::when)
SPRX_NODE(over, NodeKind::over)
SPRX_NODE(log, NodeKind::log)
SPRX_NODE(block, NodeKind::block)
SPRX_NODE(needed_block, NodeKind::block)
SPRX_NODE(action, NodeKind::action)
SPRX_NODE(assigned, NodeKind::assigned)
SPRX_NODE(expression, NodeKind::or_expr, NodeShape::fold)
SPRX_NODE(conjunction, NodeKind::and_expr, NodeShape::fold)
SPRX_NODE(not_condition, NodeKind::not_expr)
SPRX_NODE(exists, NodeKind::exists_expr)
SPRX_NODE(comparison, NodeKind::comparison, NodeShape::fold)
SPRX_NODE(word_operator, NodeKind::operator_)
SPRX_NODE(sign_operator, NodeKind::operator_)
SPRX_NODE(int_range, NodeKind::range)
SPRX_NODE(fallback, NodeKind::fallback, NodeShape::fold)
SPRX_NODE(postfix, NodeKind::index, NodeShape::chain)
SPRX_NODE(choose, NodeKind::choose)
SPRX_NODE(choice, NodeKind::choice)
SPRX_NODE(otherwise, NodeKind::otherwise)
SPRX_NODE(score, NodeKind::score)
SPRX_NODE(score_term, NodeKind::score_term)
SPRX_NODE(rate, NodeKind::rate)
SPRX_NODE(measure, NodeKind::measure)
SPRX_NODE(integer, NodeKind::integer)
SPRX_NODE(string_literal, NodeKind::string)
SPRX_NODE(string_text, NodeKind::string_text)
SPRX_NODE(raw_text, NodeKind::string_text)
SPRX_NODE(string_escape, NodeKind::string_escape)
SPRX_NODE(interpolation, NodeKind::interpolation)
SPRX_NODE(regex, NodeKind::regex)
SPRX_NODE(list_literal, NodeKind::list_literal)
SPRX_NODE(call, NodeKind::call)
SPRX_NODE(path, NodeKind::path)
SPRX_NODE(paren, NodeKind::paren)
SPRX_NODE(plain_name, NodeKind::name)
SPRX_NODE(action_word, NodeKind::name)
SPRX_NODE(log_key, NodeKind::name)

#undef SPRX_NODE

/// Rules that only say something about the node they stand in.
enum class Mark : std::uint8_t { none, flag_a, flag_b, subscript, blanks };
template <typename Rule>
inline constexpr Mark mark_of = Mark::none;
template <>
inline constexpr Mark mark_of<dynamic> = Mark::flag_a;
template <>
inline constexpr Mark mark_of<from_file> = Mark::flag_a;
template <>
inline constexpr Mark mark_of<flag_on> = Mark::flag_a;
template <>
inline constexpr Mark mark_of<response> = Mark::flag_a;
template <>
inline constexpr Mark mark_of<negated> = Mark::flag_a;
template <>
inline constexpr Mark mark_of<minus> = Mark::flag_a;
template <>
inline constexpr Mark mark_of<raw_open> = Mark::flag_a;
template <>
inline constexpr Mark mark_of<regex_quote_open> = Mark::flag_a;
template <>
inline constexpr Mark mark_of<nocase> = Mark::flag_b;
template <>
inline constexpr Mark mark_of<regex_nocase> = Mark::flag_b;
template <>
inline constexpr Mark mark_of<subscript> = Mark::subscript;
template <>
inline constexpr Mark mark_of<blanks> = Mark::blanks;

/// Rules of PEGTL that always match, so that `must` around them needs no message.
template <typename Rule>
inline constexpr bool cannot_fail = false;
template <typename... Rules>
inline constexpr bool cannot_fail<tao::pegtl::opt<Rules...>> = true;
template <typename... Rules>
inline constexpr bool cannot_fail<tao::pegtl::star<Rules...>> = true;

template <typename Rule>
struct control : tao::pegtl::normal<Rule> {
  template <typename Input, typename... States>
  static void start(const Input& in, ParseState& state, States&&...) {
    if constexpr (node_of<Rule>::enable) {
      state.tree.open(node_of<Rule>::kind, node_of<Rule>::shape, offset_of(in));
    } else if constexpr (mark_of<Rule> == Mark::blanks) {
      state.blanks_begin = offset_of(in);
    }
  }

  template <typename Input, typename... States>
  static void success(const Input& in, ParseState& state, States&&...) {
    if constexpr (node_of<Rule>::enable) {
      state.tree.close(state.previous_end(offset_of(in)));
    } else if constexpr (mark_of<Rule> == Mark::flag_a) {
      state.tree.set_flag_a();
    } else if constexpr (mark_of<Rule> == Mark::flag_b) {
      state.tree.set_flag_b();
    } else if constexpr (mark_of<Rule> == Mark::subscript) {
      const Offset end = state.previous_end(offset_of(in));
      // `a[1][1]…` nests to the left: as deep as the chain is long, without nesting in the text.
      if (state.tree.wrap(NodeKind::index, end) > state.limits.depth) {
        state.fail_too_deep(end - 1, false);
      }
    } else if constexpr (mark_of<Rule> == Mark::blanks) {
      state.note_blanks(state.blanks_begin, offset_of(in));
    }
  }

  template <typename Input, typename... States>
  static void failure(const Input&, ParseState& state, States&&...) {
    if constexpr (node_of<Rule>::enable) {
      state.tree.take_back();
    }
  }

  template <typename Input, typename... States>
  [[noreturn]] static void raise(const Input& in, ParseState& state, States&&...) {
    if constexpr (cannot_fail<Rule>) {
      std::terminate();
    } else {
      state.fail(expectation<Rule>(), offset_of(in));
    }
  }

  template <typename Input, typename... States>
  static auto unwind(const Input&, ParseState& state, States&&...)
      -> std::enable_if_t<node_of<Rule>::enable && sizeof(Input) != 0> {
    state.leave(node_of<Rule>::kind);
  }
};

}  // namespace sprx::rules
