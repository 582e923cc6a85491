// ast::File: what one file says, with meaning-free shapes made comfortable: strings unescaped, numbers read,
// declarations as structs. Made from the syntax tree by `build_ast`, read by `check`. Every node knows its place.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "grammar/parse.h"
#include "grammar/source.h"
#include "grammar/syntax_tree.h"

namespace sprx::ast {

/// A name or a plain string with its place. Empty text with an unknown span: it did not parse.
struct Ident {
  std::string text;
  Span span;
  [[nodiscard]] bool known() const { return span.known(); }
};

/// An expression. `children` in source order; what `text` holds is said at the kind.
struct Expr {
  enum class Kind : std::uint8_t {
    error,       ///< did not parse: poisoned
    or_,         ///< children
    and_,        ///< children
    not_,        ///< child
    exists,      ///< child
    comparison,  ///< left, right; text: the operator
    fallback,    ///< children
    index,       ///< base, keys
    choose,      ///< choice and otherwise nodes
    choice,      ///< condition, value
    otherwise,   ///< value
    score,       ///< terms
    term,        ///< number: what it adds; child: the condition; word: the number
    rate,        ///< text
    measure,     ///< number, text: the unit
    integer,     ///< number
    string,      ///< text where it is all plain; else children: pieces and values (interpolated)
    piece,       ///< text: a part of a string, unescaped
    regex,       ///< text: between the delimiters; nocase
    list,        ///< items
    range,       ///< two integers
    call,        ///< text: the function; children: arguments
    path,        ///< text: a dotted name
    paren,       ///< child
  };
  Kind kind = Kind::error;
  bool negated = false;  ///< comparison: `not` before the operator
  bool nocase = false;   ///< comparison, regex
  bool escaped = false;  ///< piece: an escape that only templates know, text keeps its backslash; string: has escapes
  bool raw = false;      ///< string: written """…"""
  Span span;
  Span word;  ///< comparison: the operator with `not` and `nocase`; call: the name
  std::int64_t number = 0;
  std::string text;
  std::vector<Expr> children;

  [[nodiscard]] bool is(Kind wanted) const { return kind == wanted; }
  /// A string without interpolation.
  [[nodiscard]] bool is_plain_string() const;
  /// The unescaped text of a plain string. `for_template` keeps escapes that templates read themselves.
  [[nodiscard]] std::string plain_text(bool for_template = false) const;
  /// The place in the source of bytes [begin, end) of `plain_text(for_template)`.
  [[nodiscard]] Span place_in_text(std::size_t begin, std::size_t end, bool for_template = false) const;
};

/// What stands in an expression's parentheses, however many there are.
[[nodiscard]] inline const Expr& without_parens(const Expr& e) {
  const Expr* at = &e;
  while (at->is(Expr::Kind::paren)) at = &at->children[0];
  return *at;
}

struct Action;

/// The statements between the braces after an action or a declaration.
struct Block {
  Span span;
  std::vector<Action> actions;
  bool incomplete = false;  ///< something in it did not parse
};

/// `word arguments = assigned { block }`; `log key = value` has its key in `key`.
struct Action {
  Ident word;
  Ident key;
  std::vector<Expr> arguments;
  std::optional<Expr> assigned;
  std::optional<Block> block;
  Span span;
  bool incomplete = false;
};

/// Where the rows of a list or table come from.
struct Source {
  enum class Kind : std::uint8_t { none, list, map, file };
  Kind kind = Kind::none;
  std::vector<Expr> items;  ///< list: items; map: key value key value …
  Expr file;                ///< a string
  bool nocase = false;
  bool incomplete = false;
  Span span;
};

struct Let {
  Ident name;
  Expr value;
  bool cut = false;  ///< a syntax error follows what could be read of the value
};

struct When {
  Expr condition;
  Span span;
  bool cut = false;  ///< a syntax error follows what could be read of the condition
};

struct Over {
  Ident name;
  Span span;
};

using Statement = std::variant<When, Over, Let, Action>;

struct Rule {
  bool response = false;
  bool incomplete = false;
  Ident name;
  Span span;
  std::vector<Statement> statements;
};

/// `list` and `table`; a list has no value_type.
struct List {
  bool dynamic = false;
  bool table = false;
  Ident name;
  Ident key_type;
  Ident value_type;
  Source source;
  std::optional<Block> block;
  Span span;
};

struct Redirects {
  Ident name;
  Expr file;
  bool nocase = false;
  std::optional<Block> block;
  Span span;
};

struct Include {
  Expr file;
  Span span;
};

struct Settings {
  Block block;
  Span span;
};

/// `flag NAME = on|off;`
struct Flag {
  Ident name;
  bool on = false;
  Span span;
};

/// `limit NAME { key …; rate …; … }`
struct Limit {
  Ident name;
  Block block;
  Span span;
  bool incomplete = false;  ///< part of it did not parse
};

/// `test NAME { get "…" { … } upstream 200 { … } expect …; }`
struct Test {
  Ident name;
  Block block;
  Span span;
  bool incomplete = false;
};

/// `tests NAME from "cases.tsv";`
struct Tests {
  Ident name;
  Expr file;
  Span span;
};

/// `allow CODE "reason";` outside of rules; in them and in blocks it is an action.
struct Allow {
  Ident code;
  Expr reason;
  Span span;
};

/// A part that did not parse; `name` is what it may have declared.
struct Broken {
  std::vector<Ident> names;
  Span span;
};

struct Item;

struct Group {
  Ident name;
  std::optional<Expr> when;
  std::vector<Item> items;
  Span span;
  bool when_cut = false;  ///< like When::cut
};

struct Item {
  std::variant<Broken, Include, Settings, List, Redirects, Flag, Limit, Test, Tests, Allow, Let, Rule, Group> is;
};

struct File {
  FileId id = kNoFile;
  std::vector<Item> items;
  bool incomplete = false;  ///< something in it did not parse
  bool doubtful = false;    ///< so that it is not known which rules there are, or under which conditions they stand
  Span too_deep;            ///< known: nesting past what is followed; it is poisoned and must be reported
};

/// Makes the file's meaning-free form. Never fails: what did not parse is `error` or `Broken`.
[[nodiscard]] File build(const SyntaxTree& tree, std::string_view text);

}  // namespace sprx::ast
