// Rules that the grammar uses and PEGTL does not have: bodies whose entries are recovered one by one, a `;` that may be
// put in, names that may be wrong, bounded nesting. What they decide is in grammar/parse_state.cc.
#pragma once

#include <algorithm>
#include <tao/pegtl/contrib/analyze_traits.hpp>
#include <tao/pegtl/match.hpp>
#include <tao/pegtl/rules.hpp>
#include <utility>

#include "grammar/parse_state.h"

namespace sprx::rules {

namespace pegtl = tao::pegtl;

struct blanks;
struct item;
/// One message for each rule that may not fail; see grammar/expected.h.
template <typename Rule>
Expectation expectation();

/// Parse state is the first of the states that PEGTL hands through.
template <typename... States>
ParseState& state_of(ParseState& state, States&&...) {
  return state;
}

template <typename Input>
Offset offset_of(const Input& in) {
  return static_cast<Offset>(in.current() - in.begin());
}

template <typename Input>
void move_to(Input& in, Offset at) {
  in.iterator() = in.begin() + at;
}

enum class Nest : std::uint8_t { code, interpolation };

/// Counts a level of nesting; left on every way out.
class DepthGuard {
 public:
  DepthGuard(std::uint32_t& depth, std::uint32_t limit) : depth_(depth), over_(++depth > limit) {}
  ~DepthGuard() { --depth_; }
  DepthGuard(const DepthGuard&) = delete;
  DepthGuard& operator=(const DepthGuard&) = delete;
  [[nodiscard]] bool over() const { return over_; }

 private:
  std::uint32_t& depth_;
  bool over_;
};

/// `Rule`, one level deeper. A level past the limit is a mistake of its own.
template <Nest Kind, typename Rule>
struct nested {
  using rule_t = nested;
  using subs_t = pegtl::type_list<Rule>;

  template <pegtl::apply_mode A, pegtl::rewind_mode M, template <typename...> class Action,
            template <typename...> class Control, typename Input, typename... States>
  static bool match(Input& in, States&&... st) {
    ParseState& state = state_of(st...);
    const Offset begin = offset_of(in);
    const DepthGuard depth(state.depth, state.limits.depth);
    std::uint32_t unused = 0;
    const DepthGuard inner(Kind == Nest::interpolation ? state.interpolation : unused,
                           state.limits.interpolation_depth);
    if (!depth.over() && !inner.over()) {
      return Control<Rule>::template match<A, M, Action, Control>(in, st...);
    }
    // Only what would have begun such a level is past the limit: try its first byte.
    const char c = in.empty() ? '\0' : in.peek_char();
    const bool opens =
        Kind == Nest::interpolation ? c == '$' && in.size(2) > 1 && in.peek_char(1) == '{' : state.opens_level(begin);
    if (opens) {
      state.fail_too_deep(begin, inner.over());
    }
    return false;
  }
};

/// A declared name. A reserved word there is reported and taken as the name, so that the rest is still read.
template <typename Rule>
struct declared {
  using rule_t = declared;
  using subs_t = pegtl::type_list<Rule>;

  template <pegtl::apply_mode A, pegtl::rewind_mode, template <typename...> class Action,
            template <typename...> class Control, typename Input, typename... States>
  static bool match(Input& in, States&&... st) {
    if (Offset second = 0; state_of(st...).accept_repeated_word(offset_of(in), &second)) {
      move_to(in, second);
    }
    if (Offset second = 0; state_of(st...).accept_late_word(offset_of(in), &second)) {
      move_to(in, second);
    }
    if (Control<Rule>::template match<A, pegtl::rewind_mode::required, Action, Control>(in, st...)) {
      return true;
    }
    Offset resume = 0;
    if (!state_of(st...).accept_bad_name(offset_of(in), &resume)) {
      return false;
    }
    move_to(in, resume);
    return true;
  }
};

/// `;`, or nothing where it is clear that one was forgotten.
template <typename Self>
struct statement_end {
  using rule_t = statement_end;
  using subs_t = pegtl::type_list<blanks>;

  template <pegtl::apply_mode A, pegtl::rewind_mode M, template <typename...> class Action,
            template <typename...> class Control, typename Input, typename... States>
  static bool match(Input& in, States&&... st) {
    if (!in.empty() && in.peek_char() == ';') {
      in.bump();
      return Control<blanks>::template match<A, M, Action, Control>(in, st...);
    }
    if (state_of(st...).given_end == offset_of(in)) {
      return true;
    }
    if (!in.empty() && in.peek_char() == ',' && state_of(st...).accept_comma(offset_of(in))) {
      in.bump();
      return Control<blanks>::template match<A, M, Action, Control>(in, st...);
    }
    return state_of(st...).insert_semicolon(expectation<Self>(), offset_of(in));
  }
};

/// `,` between two items, or nothing where it is clear that one was forgotten.
template <bool Certain>
struct item_comma {
  using rule_t = item_comma;
  using subs_t = pegtl::type_list<blanks>;

  template <pegtl::apply_mode A, pegtl::rewind_mode M, template <typename...> class Action,
            template <typename...> class Control, typename Input, typename... States>
  static bool match(Input& in, States&&... st) {
    if (!in.empty() && in.peek_char() == ',') {
      in.bump();
      return Control<blanks>::template match<A, M, Action, Control>(in, st...);
    }
    return state_of(st...).insert_comma(offset_of(in), Certain);
  }
};

/// `=>`, or what other languages write there.
template <typename Self>
struct arrow_sign {
  using rule_t = arrow_sign;
  using subs_t = pegtl::type_list<blanks>;

  template <pegtl::apply_mode A, pegtl::rewind_mode M, template <typename...> class Action,
            template <typename...> class Control, typename Input, typename... States>
  static bool match(Input& in, States&&... st) {
    Offset end = offset_of(in) + 2;
    const bool arrow = in.size(2) > 1 && in.peek_char() == '=' && in.peek_char(1) == '>';
    if (!arrow && !state_of(st...).accept_arrow(expectation<Self>(), offset_of(in), &end)) {
      return false;
    }
    move_to(in, end);
    return Control<blanks>::template match<A, M, Action, Control>(in, st...);
  }
};

/// A value of another language whose whole is plain: reported and read over, so that what follows it is read too.
struct other_value {
  using rule_t = other_value;
  using subs_t = pegtl::empty_list;

  template <pegtl::apply_mode, pegtl::rewind_mode, template <typename...> class, template <typename...> class,
            typename Input, typename... States>
  static bool match(Input& in, States&&... st) {
    const char c = in.empty() ? '\0' : in.peek_char();
    Offset end = 0;
    if ((c != '$' && c != '{') || !state_of(st...).accept_other_value(offset_of(in), &end)) {
      return false;
    }
    move_to(in, end);
    return true;
  }
};

/// Zero bytes, where what should stand here is missing and was reported with what stands before.
struct given_here {
  using rule_t = given_here;
  using subs_t = pegtl::empty_list;

  template <pegtl::apply_mode, pegtl::rewind_mode, template <typename...> class, template <typename...> class,
            typename Input, typename... States>
  static bool match(Input& in, States&&... st) {
    return state_of(st...).given_here == offset_of(in);
  }
};

/// The type or types of rows, and the name after them.
struct types_first {
  using rule_t = types_first;
  using subs_t = pegtl::empty_list;

  template <pegtl::apply_mode, pegtl::rewind_mode, template <typename...> class, template <typename...> class,
            typename Input, typename... States>
  static bool match(Input& in, States&&... st) {
    Offset resume = 0;
    if (!state_of(st...).accept_types_first(offset_of(in), &resume)) {
      return false;
    }
    move_to(in, resume);
    return true;
  }
};

/// Zero bytes, where a new statement begins on a line of its own.
struct statement_start {
  using rule_t = statement_start;
  using subs_t = pegtl::empty_list;

  template <pegtl::apply_mode, pegtl::rewind_mode, template <typename...> class, template <typename...> class,
            typename Input, typename... States>
  static bool match(Input& in, States&&... st) {
    return state_of(st...).starts_statement(offset_of(in));
  }
};

/// One entry of a body; a mistake in it is reported and skipped. Always consumes.
template <Place Kind, typename Entry, template <typename...> class Action, template <typename...> class Control,
          pegtl::apply_mode A, typename Input, typename... States>
void recovered_entry(Input& in, States&&... st) {
  ParseState& state = state_of(st...);
  const Offset begin = offset_of(in);
  const ParseState::Entry outer = state.entry;
  const std::uint32_t height = state.tree.height();
  state.entry = {Kind, begin, outer.begin};
  state.given_brace = ParseState::kNowhere;
  bool failed = false;
  try {
    state.check_foreign_head(Kind, begin);
    if (!Control<Entry>::template match<A, pegtl::rewind_mode::required, Action, Control>(in, st...)) {
      state.fail_entry(Kind, begin);
    }
  } catch (const Failed&) {
    failed = true;
  }
  if (failed && std::exchange(state.again_in_small, false)) {
    move_to(in, begin);
    state.entry = outer;
    recovered_entry<Kind, Entry, Action, Control, A>(in, st...);
    return;
  }
  if (failed && std::exchange(state.misplaced, false)) {
    move_to(in, begin);
    state.entry = outer;
    recovered_entry<Place::file, item, Action, Control, A>(in, st...);
    state.tree.gather_error(height, begin, std::max(begin, state.previous_end(offset_of(in))));
  } else if (failed) {
    const Offset resume = std::max(state.recover(), begin + 1);
    if (state.tree.height() != height + 1) {
      state.tree.gather_error(height, begin, std::max(begin, state.previous_end(resume)));
    }
    move_to(in, state.skip_blanks(resume));
  }
  state.entry = outer;
}

/// The condition of a body that follows. A mistake in it is reported, and the body is read all the same.
template <typename Rule>
struct head {
  using rule_t = head;
  using subs_t = pegtl::type_list<Rule>;

  template <pegtl::apply_mode A, pegtl::rewind_mode M, template <typename...> class Action,
            template <typename...> class Control, typename Input, typename... States>
  static bool match(Input& in, States&&... st) {
    Offset body = 0;
    try {
      return Control<Rule>::template match<A, M, Action, Control>(in, st...);
    } catch (const Failed&) {
      if (!state_of(st...).find_body(&body)) throw;
    }
    move_to(in, body);
    return true;
  }
};

/// `{` entries `}`. `Needed`: nothing else can stand here, so that a `{` that is missing is a mistake of its own.
template <Place Kind, typename Entry, bool Needed = Kind != Place::block>
struct braced {
  using rule_t = braced;
  using subs_t = pegtl::type_list<Entry, blanks, item>;

  template <pegtl::apply_mode A, pegtl::rewind_mode M, template <typename...> class Action,
            template <typename...> class Control, typename Input, typename... States>
  static bool match(Input& in, States&&... st) {
    ParseState& state = state_of(st...);
    bool written = true;
    const Offset given = Needed && holds_statements(Kind) ? std::exchange(state.given_brace, ParseState::kNowhere)
                                                          : ParseState::kNowhere;
    if (given != ParseState::kNowhere) {
      return entries<A, Action, Control>(in, given, state.entry.begin, true, st...);
    }
    if (Needed && state.passed_name == offset_of(in)) {
      move_to(in, state.passed_to);
    } else if (in.empty() || in.peek_char() != '{') {
      Offset brace = offset_of(in);
      if constexpr (!Needed) {
        if (Kind != Place::block || !state.insert_block_brace(offset_of(in))) return false;
        written = false;
      } else if (!state.find_brace(Kind, offset_of(in), &brace)) {
        written = false;
        if (!state.insert_brace(Kind, offset_of(in))) {
          return false;
        }
      }
      move_to(in, brace);
    }
    const Offset open = offset_of(in);
    const Offset statement = state.entry.begin;
    if (written) {
      in.bump();
      (void)Control<blanks>::template match<A, M, Action, Control>(in, st...);
      if (!in.empty() && in.peek_char() == '{' && state.accept_second_brace(offset_of(in))) {
        in.bump();
        (void)Control<blanks>::template match<A, M, Action, Control>(in, st...);
      }
    }
    return entries<A, Action, Control>(in, open, statement, written, st...);
  }

 private:
  static constexpr bool holds_statements(Place place) {
    return place == Place::rule || place == Place::group || place == Place::block;
  }

  /// What stands behind the `{` at `open`, with the `}`.
  template <pegtl::apply_mode A, template <typename...> class Action, template <typename...> class Control,
            typename Input, typename... States>
  static bool entries(Input& in, Offset open, Offset statement, bool written, States&&... st) {
    ParseState& state = state_of(st...);
    const DepthGuard depth(state.depth, state.limits.depth);
    if (depth.over()) {
      state.fail_too_deep(open, false);
    }
    while (!in.empty() && in.peek_char() != '}') {
      if (!written && state.ends_unwritten(Kind, offset_of(in))) {
        return true;
      }
      if (state.closes_before(Kind, statement, offset_of(in))) {
        state.report_unclosed(open, offset_of(in));
        return true;
      }
      recovered_entry<Kind, Entry, Action, Control, A>(in, st...);
    }
    if (!written && state.ends_unwritten(Kind, offset_of(in))) {
      return true;
    }
    if (in.empty()) {
      state.report_unclosed(open, offset_of(in));
      return true;
    }
    in.bump();
    return Control<blanks>::template match<A, pegtl::rewind_mode::dontcare, Action, Control>(in, st...);
  }
};

/// The declarations of a file, up to its end.
template <typename Entry>
struct top_level {
  using rule_t = top_level;
  using subs_t = pegtl::type_list<Entry, blanks>;

  template <pegtl::apply_mode A, pegtl::rewind_mode M, template <typename...> class Action,
            template <typename...> class Control, typename Input, typename... States>
  static bool match(Input& in, States&&... st) {
    while (!in.empty()) {
      if (in.peek_char() == '}') {
        state_of(st...).report_stray_brace(offset_of(in));
        in.bump();
        (void)Control<blanks>::template match<A, M, Action, Control>(in, st...);
      } else {
        recovered_entry<Place::file, Entry, Action, Control, A>(in, st...);
      }
    }
    return true;
  }
};

}  // namespace sprx::rules

namespace tao::pegtl {

template <typename Name, sprx::rules::Nest Kind, typename Rule>
struct analyze_traits<Name, sprx::rules::nested<Kind, Rule>> : analyze_traits<Name, typename seq<Rule>::rule_t> {};
template <typename Name, typename Rule>
struct analyze_traits<Name, sprx::rules::declared<Rule>> : analyze_traits<Name, typename seq<Rule>::rule_t> {};
template <typename Name, typename Self>
struct analyze_traits<Name, sprx::rules::statement_end<Self>> : analyze_opt_traits<> {};
template <typename Name, bool Certain>
struct analyze_traits<Name, sprx::rules::item_comma<Certain>> : analyze_opt_traits<> {};
template <typename Name, typename Self>
struct analyze_traits<Name, sprx::rules::arrow_sign<Self>> : analyze_any_traits<> {};
template <typename Name>
struct analyze_traits<Name, sprx::rules::other_value> : analyze_any_traits<> {};
template <typename Name>
struct analyze_traits<Name, sprx::rules::statement_start> : analyze_opt_traits<> {};
template <typename Name>
struct analyze_traits<Name, sprx::rules::given_here> : analyze_opt_traits<> {};
template <typename Name>
struct analyze_traits<Name, sprx::rules::types_first> : analyze_any_traits<> {};
template <typename Name, typename Rule>
struct analyze_traits<Name, sprx::rules::head<Rule>> : analyze_traits<Name, typename seq<Rule>::rule_t> {};
template <typename Name, sprx::Place Kind, typename Entry, bool Needed>
struct analyze_traits<Name, sprx::rules::braced<Kind, Entry, Needed>> : analyze_any_traits<Entry> {};
template <typename Name, typename Entry>
struct analyze_traits<Name, sprx::rules::top_level<Entry>> : analyze_opt_traits<Entry> {};

}  // namespace tao::pegtl
