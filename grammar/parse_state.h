// ParseState: what the grammar's control and recovery rules share while one file is parsed: the tree being built, the
// mistakes found so far, and where parsing goes on after one. It knows no PEGTL.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "grammar/doubts.h"
#include "grammar/parse.h"
#include "grammar/scan.h"
#include "grammar/tree_builder.h"

namespace sprx {

using scan::Offset;

/// Where a sequence of entries stands: at the top of a file or between the braces of a construct.
enum class Place : std::uint8_t { file, rule, group, block, choose, score, map };

/// What kind of thing was wanted where a committed rule failed; it decides how the mistake is worded.
enum class Role : std::uint8_t {
  other,
  operand,     ///< a value or a condition
  terminator,  ///< `;` after a complete expression or list of words
  name,        ///< a user's name
  open_brace,  ///< the `{` of a body
  bracket,     ///< `)` or `]`
  arrow,       ///< `=>` after a complete expression
  string,      ///< the closing quote
  regex,       ///< the end of a pattern
  number,
  interpolation,  ///< the `}` of `${`
  chain,          ///< a second comparison
  exists,         ///< a comparison after `exists`
};

/// What a committed rule wanted: "expected <what>, found …".
struct Expectation {
  std::string_view what;
  Role role = Role::other;
  std::string_view help = {};  ///< what to write, where nothing better is known
};

/// Thrown to leave a statement that does not parse; never leaves `parse`.
struct Failed {};
/// Thrown when ParseLimits::errors is reached; never leaves `parse`.
struct TooManyErrors {};

class ParseState {
 public:
  ParseState(FileId in_file, std::string_view in_text, const ParseLimits& in_limits);

  FileId file;
  std::string_view text;
  const ParseLimits& limits;
  TreeBuilder tree;
  std::vector<SyntaxError> errors;
  std::uint32_t depth = 0;
  std::uint32_t interpolation = 0;
  bool guess_layout = true;   ///< lines, indentation and brace counts may say where a statement or a body ends
  bool note_doubts = false;   ///< where lines would say so is noted in `doubts`
  std::vector<Doubt> doubts;  ///< otherwise: where they do say so, without `guess_layout`; sorted

  /// The statement being parsed: where it began and what it stands in.
  struct Entry {
    Place place = Place::file;
    Offset begin = 0;
    Offset container = 0;  ///< where the statement began that this one stands in
  };
  Entry entry;

  /// Blanks were passed between `begin` and `end`: the token before `end` ended at `begin`.
  void note_blanks(Offset begin, Offset end);
  /// The end of the last token before `at`.
  [[nodiscard]] Offset previous_end(Offset at) const;
  /// Past blanks and comments, noted.
  Offset skip_blanks(Offset at);

  void report(SyntaxError error);
  [[nodiscard]] Span span(Offset begin, Offset end) const { return {file, begin, end}; }
  /// "in this rule" at the name of the construct that is being parsed, if there is one.
  void label_construct(SyntaxError& error) const;

  /// A committed rule failed at `at`: words the mistake, reports it, notes where to go on and throws Failed.
  [[noreturn]] void fail(const Expectation& wanted, Offset at);
  [[noreturn]] void fail(SyntaxError error, Offset resume);
  [[noreturn]] void fail_too_deep(Offset at, bool interpolated);

  /// No `;` at `at`. True: it was reported as missing (or need not be) and parsing goes on as if it were there.
  bool insert_semicolon(const Expectation& wanted, Offset at);
  /// Whether a new statement begins at `at`, on a line of its own that is indented no further than the statement before
  /// it: what stands there is no operand of that one.
  [[nodiscard]] bool new_statement(Offset at) const;
  /// The same, asked where an operand may begin.
  /// Refuses `if (…)` as an operand.
  [[nodiscard]] bool starts_statement(Offset at);
  /// A `,` or `]` is wanted at `at`, and another item stands there. True: reported; parsing goes on as if there were
  /// `,`.
  bool insert_comma(Offset at, bool certain);
  /// A value is wanted at `at`, and what stands there is one in another language. True: reported; it ends at `*end`.
  bool accept_other_value(Offset at, Offset* end);
  /// `rule response nf {`, `list dynamic banned`: a word that stands before the other one. True: reported; the name is
  /// read at `*second`.
  bool accept_late_word(Offset at, Offset* second);
  /// `,` where an arm of a choice, score or map should end with `;`. True: reported.
  bool accept_comma(Offset at);
  /// `:`, `->` or `=` where `=>` is wanted. True: reported; `*end` is past it.
  bool accept_arrow(const Expectation& wanted, Offset at, Offset* end);
  /// A name is wanted at `at`, and there is none. True: reported; parsing goes on at `*resume`.
  bool accept_bad_name(Offset at, Offset* resume);
  /// `path -> string moved`, `cidr office`: the name stands behind the types. True: reported, and the nodes are there;
  /// what follows is read at `*resume`.
  bool accept_types_first(Offset at, Offset* resume);
  /// A word such as `list` stands twice before a name. True: reported; the name is read at `*second`.
  bool accept_repeated_word(Offset at, Offset* second);
  /// A `{` stands at `at`. True: directly after another one, which is reported; this one is passed over.
  bool accept_second_brace(Offset at);
  /// A body's `{` is wanted at `at`. True: reported, and the `{` at `*brace` on the same line is taken.
  bool find_brace(Place place, Offset at, Offset* brace);
  /// The same where the body begins without it. True: reported, parsing goes on as if it were there.
  bool insert_brace(Place place, Offset at);
  /// The same of a block that need not be there, where its lines look like one.
  bool insert_block_brace(Offset at);
  /// Whether a body of arms whose `{` was not written ends at `at`, with nothing that closes it.
  bool ends_unwritten(Place place, Offset at);
  /// After Failed in what stands before a body: true if the body's `{` is found, at `*brace`.
  bool find_body(Offset* brace);
  /// Whether what begins at `at` would be one more level of nesting.
  [[nodiscard]] bool opens_level(Offset at) const;

  /// Whether the body of the statement that begins at `statement` is left unclosed before what begins at `at`.
  [[nodiscard]] bool closes_before(Place place, Offset statement, Offset at);
  void report_unclosed(Offset open, Offset at);
  void report_stray_brace(Offset at);
  /// An entry that begins at `at` is not one of `place`: words the mistake and throws Failed.
  [[noreturn]] void fail_entry(Place place, Offset at);
  /// The entry that was refused is a declaration in the wrong place: it is read all the same, for the names in it.
  bool misplaced = false;
  /// The entry that was refused begins with one of our words in capitals, which is small now: it is read again.
  bool again_in_small = false;
  Offset given_here = kNowhere;   ///< what is wanted here is missing, which was reported: it counts as written
  Offset given_end = kNowhere;    ///< the same of a `;`
  Offset given_brace = kNowhere;  ///< the `{` of the body that is read next, where it stood before the name
  Offset passed_name = kNowhere;  ///< a name that was read before its place; the body's `{` is at `passed_to`
  Offset passed_to = kNowhere;
  char* editable = nullptr;  ///< the bytes of `text`, where they may be changed
  /// Refuses a foreign head word such as `if` or `return`; nothing happens if there is none.
  void check_foreign_head(Place place, Offset at);
  /// After Failed: where the next entry may begin.
  Offset recover();

  /// An error leaves the rule on top of the tree's stack.
  void leave(NodeKind kind);

  Offset blanks_begin = 0;             ///< where the blanks being matched began
  Offset resume_at = 0;                ///< where recovery starts to look
  bool resume_exact = false;           ///< go on exactly there instead of looking for the end of the statement
  Offset string_begin = kNowhere;      ///< the outermost string that an error left
  Offset unclosed_literal = kNowhere;  ///< a string or pattern that its line does not close
  Offset string_resume = kNowhere;     ///< the end of a string whose `${` is not closed
  std::vector<Span> bad_bytes;         ///< not UTF-8 or control characters, sorted: what stands there was reported

  static constexpr Offset kNowhere = 0xFFFFFFFF;

 private:
  const scan::Layout& layout();
  /// Words a `${` that is not closed at `at`.
  void end_interpolation(SyntaxError& error, Offset opened, Offset at);
  /// A mistake that is made again in the same body: the first one's report takes the fix along.
  bool again(Offset container, char what, const SyntaxError::Fix& fix);
  /// `condition => 5;` in a score: true where it has been said of this body.
  bool score_like_choose(SyntaxError& error, Offset at);
  [[nodiscard]] bool poisoned(Offset at) const;
  [[nodiscard]] bool declaration_shape(Offset at) const;
  /// Whether what stands at `at` stands directly before it as well: a word, a sign or a text that is written twice.
  [[nodiscard]] bool repeats(Offset at) const;
  /// Says so; the fix takes the second one away.
  [[nodiscard]] SyntaxError repetition(Offset at) const;
  /// Whether an arm of a choice, score or map begins at `at`.
  [[nodiscard]] bool arm_shape(Place place, Offset at) const;
  /// Whether the `{` at `at` opens the body of a group: what follows it is one of its entries, or its end.
  [[nodiscard]] bool opens_group(Offset at) const;
  /// Whether some `}` waits for a `{` that is missing at `at`.
  [[nodiscard]] bool brace_waits(Offset at) const;
  /// Whether the lines from `at` on look like the block of the statement that is being read: further right than it,
  /// with a `}` below that.
  [[nodiscard]] bool block_without_brace(Offset at) const;
  void report_before_brace(Place place, Offset at);
  /// What stands between the condition of a group and its `{`.
  void word_after_condition(SyntaxError& error, Offset at);
  /// Writes the capital word at `at` in small letters, to be read again; false where the text is not ours.
  bool make_small(Offset at, std::string_view word);
  /// `rule { name when ...`, of which `brace` is the `{`. True: reported, and the name is there.
  bool name_after_brace(Offset brace, Offset* resume);
  /// `group when ... name {`: the same, from its `when`.
  bool name_after_condition(Offset when, Offset* resume);
  /// `rule when { path == ...`. True: reported; the body's first entry is read as a condition.
  bool condition_without_name(Offset when, Offset* resume);
  void name_of_parts(SyntaxError& error, Offset at) const;
  /// What stands between the name of a rule or group and its `{`.
  void word_after_name(SyntaxError& error, Place place, Offset at) const;
  /// After Failed: where to look for the next thing; resume_exact says whether it is there already.
  Offset resume_place();

  struct Gap {
    Offset begin;
    Offset end;
  };
  std::array<Gap, 16> gaps_{};
  std::size_t last_gap_ = 0;
  std::optional<scan::Layout> layout_;
  Offset unclosed_at_ = kNowhere;  ///< an unclosed brace was reported here: what is missing here follows from it
  struct Habit {
    Offset container;
    char what;
    std::size_t error;  ///< index of its report
  };
  std::vector<Habit> habits_;
  bool loose_statement_ = false;  ///< a statement outside any rule was reported: its neighbours follow from it
};

/// Statement heads of rules and of actions: only used to tell a missing `;` from a strange argument.
[[nodiscard]] bool is_statement_word(std::string_view name);
/// Words that begin a declaration.
[[nodiscard]] bool is_declaration_word(std::string_view name);

}  // namespace sprx
