// The parts of grammar/advice.cc: each looks at one kind of thing that a person may have meant. What they share stands
// here as well.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "grammar/advice.h"

namespace sprx::advice {

/// A finding without a fix; `fixed` gives it one.
[[nodiscard]] Foreign say(SyntaxErrorKind kind, Offset begin, Offset end, std::string message, std::string help);
Foreign& fixed(Foreign& out, std::string replacement, bool certain);

/// The name that ends at `end`, with the dots in it if `dots`; empty if none does.
[[nodiscard]] std::string_view name_before(std::string_view text, Offset end, bool dots);
/// The name that ends at `at` or before the blanks there.
[[nodiscard]] std::string_view word_before(std::string_view text, Offset at);
/// The end of the text without blanks that begins at `at`; it ends before one of `stops` too.
[[nodiscard]] Offset bare_end(std::string_view text, Offset at, std::string_view stops);

// advice_text.cc: text without quotes, and what is no number
/// Text that should stand in quotes: [begin, end).
[[nodiscard]] Foreign bare(std::string_view text, Offset begin, Offset end, std::string_view what, bool certain);
/// Whether only characters stand in it that a URL is full of.
[[nodiscard]] bool plain_url(std::string_view text);
/// `/old` that was read as the beginning of a pattern.
[[nodiscard]] std::optional<Foreign> bare_path(std::string_view text, Offset opened);
/// `/a/*`, of which `/a/` was read as a pattern.
[[nodiscard]] std::optional<Foreign> path_as_pattern(std::string_view text, const Failure& failure);
/// A name that stands where a file's name in quotes is wanted.
[[nodiscard]] std::optional<Foreign> bare_file(std::string_view text, Offset at);
/// `10.0.0.0/8`, `10MB`, `4xx`: what stands where a number would.
[[nodiscard]] std::optional<Foreign> not_a_number(std::string_view text, Offset at);

// advice_brackets.cc: lists and calls in other brackets, and brackets that are missing
/// `path.startsWith("/x")`.
[[nodiscard]] std::optional<Foreign> method_call(std::string_view text, Offset at);
/// `in ("a", "b")` and `in { 192.0.2.1 198.51.100.7 }`.
[[nodiscard]] std::optional<Foreign> other_list(std::string_view text, Offset open);
/// `= "a", "b"`: a list without its brackets.
[[nodiscard]] Foreign list_without_brackets(std::string_view text, Offset at);
/// `header "X"]`, `lower host)`, `in "a", "b"]`: a bracket is closed that was never opened.
[[nodiscard]] std::optional<Foreign> never_opened(std::string_view text, const Failure& failure);

// advice_signs.cc: signs and words that other languages put after a name, a condition or a statement
/// Whether the statement that begins at `begin` has an `=` with a value before `end`.
[[nodiscard]] bool has_value(std::string_view text, Offset begin, Offset end);
/// `:` where a statement, condition or name should go on.
[[nodiscard]] std::optional<Foreign> colon(std::string_view text, const Failure& failure);
/// Whether it stands between two values, here or in other languages.
[[nodiscard]] bool is_operator(std::string_view text, Offset at);
/// `in`, `matches` and the others that are words.
[[nodiscard]] bool is_operator_word(std::string_view word);
/// What follows a complete condition in other languages.
[[nodiscard]] std::optional<Foreign> after_condition(std::string_view text, const Failure& failure);

// advice_words.cc: words in another order, in capitals or in two parts, statements out of place
/// `path contains nocase "/x"`, `path in not ["/a"]`.
[[nodiscard]] std::optional<Foreign> operator_order(std::string_view text, const Failure& failure);
/// `header["X"] exists`, `path starts with "/x"`, `method In ["GET"]`.
[[nodiscard]] std::optional<Foreign> operator_words(std::string_view text, Offset at);
/// `when over api;`, `when ... and since "...";`.
[[nodiscard]] std::optional<Foreign> guard_in_condition(std::string_view text, const Failure& failure);
/// `let d = switch {`.
[[nodiscard]] std::optional<Foreign> choice_word(std::string_view text, const Failure& failure);
/// `list a: cidr ["..."]`, `list b: pattern nocase from "b.txt"`.
[[nodiscard]] std::optional<Foreign> rows_slip(std::string_view text, std::string_view what, Offset at);
/// `host not in names;`, without `when`.
[[nodiscard]] std::optional<Foreign> forgotten_when(std::string_view text, const Failure& failure);
/// `2001:db8::1` without quotes, seen from one of its colons.
[[nodiscard]] std::optional<Foreign> colons_of_value(std::string_view text, Offset at);
/// `matches "^/x"i`, seen from its `i`.
[[nodiscard]] std::optional<Foreign> quoted_pattern(std::string_view text, const Failure& failure);
/// What other languages write for a value and can be read over as one: `${path}`, `{ "a" "b" }` after `in`.
[[nodiscard]] std::optional<Foreign> other_value(std::string_view text, Offset at);

/// The beginning of the value that ends at `end`: `header["X"]`, `path`, `lower(host)`, on one line; `end` if none
/// does.
[[nodiscard]] Offset value_begin(std::string_view text, Offset end);

// advice_case.cc: `nocase` in other places, `over` with a condition
/// `path == "/a" nocase`, seen from its `nocase`.
[[nodiscard]] std::optional<Foreign> nocase_behind(std::string_view text, const Failure& failure);
/// `not nocase path == "/a"`
[[nodiscard]] std::optional<Foreign> nocase_before(std::string_view text, const Failure& failure);
/// `over api and client.ip in banned;`
[[nodiscard]] std::optional<Foreign> over_with_condition(std::string_view text, const Failure& failure);

// advice_declarations.cc: declarations that begin with another word, types of rows in other places
/// `pattern bots = /bot/;`, `acl office = ["10.0.0.0/8"];`, `const ttl = 5;`.
[[nodiscard]] std::optional<Foreign> named_value(std::string_view text, Offset at);
/// `list office = ["10.0.0.0/8"];`, `list cidr office = [...];`, seen from where `:` is wanted.
[[nodiscard]] std::optional<Foreign> type_of_list(std::string_view text, Offset at);
/// What begins no declaration here and is plain enough.
[[nodiscard]] std::optional<Foreign> other_declaration(std::string_view text, Offset at);

// advice_flags.cc: flags, limits and lists that are declared with other signs than theirs
/// `flag m = true;`, `flag m off;`, seen from what stands in the place of its value.
[[nodiscard]] std::optional<Foreign> flag_slip(std::string_view text, std::string_view what, Offset at);
/// `limit api;` in a rule.
[[nodiscard]] std::optional<Foreign> limit_in_rule(std::string_view text, Offset at);
/// `limit api 10/s;`
[[nodiscard]] std::optional<Foreign> limit_without_block(std::string_view text, const Failure& failure);
/// `list names: string = { "a"; "b" };`
[[nodiscard]] std::optional<Foreign> rows_without_values(std::string_view text, const Failure& failure);

// advice_order.cc: two neighbours in the wrong order
/// `== path "/old"`, seen from its operator.
[[nodiscard]] std::optional<Foreign> operator_before_values(std::string_view text, Offset at);
/// `path "/old" ==`, seen from its second value.
[[nodiscard]] std::optional<Foreign> operator_after_values(std::string_view text, const Failure& failure);
/// `301 redirect "/new";`
[[nodiscard]] std::optional<Foreign> status_before_action(std::string_view text, Offset at);
/// `deny when path == "/old";` of the statement that begins at `begin`. What is to be replaced is [`begin`, `skip_to`).
[[nodiscard]] std::optional<Foreign> condition_after_action(std::string_view text, Offset begin,
                                                            const Failure& failure);

// advice_files.cc: names of files and of the rules that come from them
/// `from ["a.tsv"]`, `include [a.sprx]`, seen from the bracket.
[[nodiscard]] std::optional<Foreign> file_in_brackets(std::string_view text, Offset at);
/// `from nocase "a.tsv"`
[[nodiscard]] std::optional<Foreign> nocase_before_file(std::string_view text, Offset at);
/// `nocase` in the block of a declaration, and where it would stand.
struct NocaseMoved {
  std::string message;
  std::string help;
  Offset insert_at = 0;
  Offset end = 0;     ///< past the entry
  bool sure = false;  ///< it can be moved
};
/// The block begins at `open`. `rows`: the declaration has rows, which `nocase` is said of.
[[nodiscard]] std::optional<NocaseMoved> nocase_in_block(std::string_view text, Offset open, Offset at, bool rows);
/// `expect rule legacy.1;`, seen from the dot.
[[nodiscard]] std::optional<Foreign> rule_of_line(std::string_view text, const Failure& failure);

// advice_fields.cc
/// `path == "/a";`, `response.header["X"] = "1";` where a statement or an entry of a block stands.
[[nodiscard]] std::optional<Foreign> field_as_statement(std::string_view text, const Failure& failure);

// advice_sent.cc
/// `Max-Age 3600;`, `Access-Control-Allow-Origin: *;` in the block that begins at `open`, of the statement `head`.
[[nodiscard]] std::optional<Foreign> sent_line(std::string_view text, Offset open, std::string_view head, Offset at);
/// `set response.cookie["a"] = "1" secure;`, seen from `secure`.
[[nodiscard]] std::optional<Foreign> attributes_behind_value(std::string_view text, const Failure& failure);
/// `unix(now) - 300`, seen from the sign.
[[nodiscard]] std::optional<Foreign> arithmetic(std::string_view text, Offset at);

// advice_joined.cc: values beside each other
/// `set header["X"] = host "-x";`, `f"{host}"`
[[nodiscard]] std::optional<Foreign> joined_text(std::string_view text, const Failure& failure);
/// `path under "/a", "/b"`, seen from its comma.
[[nodiscard]] std::optional<Foreign> values_with_commas(std::string_view text, const Failure& failure);
/// `set header["A"] = header["B"] || "x";`, `"${header["B"] or "x"}"`, seen from the sign.
[[nodiscard]] std::optional<Foreign> default_sign(std::string_view text, Offset at);

/// What is wanted after the condition of a group.
inline constexpr std::string_view kGroupBody = "`{` after this condition";

}  // namespace sprx::advice
