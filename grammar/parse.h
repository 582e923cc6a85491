// parse: bytes of one file -> SyntaxTree, with recovery, so that every independent mistake is reported once.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "grammar/source.h"
#include "grammar/syntax_tree.h"

namespace sprx {

/// What kind of syntax mistake; each is one diagnostic code of the compiler (E00xx).
enum class SyntaxErrorKind : std::uint8_t {
  unexpected,         ///< something else stands where `expected` is wanted
  missing_semicolon,  ///< reported at the end of the previous token; parsing went on as if it were there
  unclosed_brace,     ///< primary span: the opening brace that indentation says was meant
  unclosed_bracket,   ///< `[` or `(`
  stray_brace,        ///< a `}` that closes nothing
  unterminated_string,
  unterminated_regex,
  bad_escape,          ///< `\q` in a string, `\u{…}` out of range
  bad_interpolation,   ///< `${` that is not closed or holds no value
  foreign_spelling,    ///< VCL, nginx, HAProxy, Caddy, Cloudflare… spelling; `help` says the .sprx one
  reserved_word,       ///< a reserved word where a name is wanted
  chained_comparison,  ///< `a == b == c`
  too_deep,            ///< nesting past ParseLimits::depth
  not_utf8,            ///< the file is not UTF-8 at this byte
  control_character,   ///< NUL or another control character outside blanks
  bad_number,          ///< `10x`, `1__0_`, an integer past 64 bits
  empty_pattern,       ///< `//` or `r""`
  look_alike,     ///< a character that looks like another one, or like nothing: `\u{ff1b}` for `;`, a no-break space
  hidden_order,   ///< a character that changes the order in which a line is shown
  missing_comma,  ///< reported at the end of the previous token; parsing went on as if it were there
  stray_bracket,  ///< a `)` or `]` that closes nothing
  bare_text,      ///< a path, URL, address or file name without quotes
};

/// A mistake found while parsing: plain data, turned into a Diagnostic by the compiler.
struct SyntaxError {
  SyntaxErrorKind kind;
  Span primary;
  std::string message;  ///< lower case, no full stop, e.g. "expected `;` after this condition, found `respond`"
  struct Label {
    Span span;
    std::string text;
  };
  std::vector<Label> labels;  ///< secondary places: "in this rule", "opened here"
  std::string help;           ///< what to write instead; may be empty
  struct Fix {
    Span span;
    std::string replacement;
    bool certain = false;
  };
  std::vector<Fix> fixes;  ///< several where one mistake was made again and again
};

/// Named bounds on what one file may ask of the parser.
struct ParseLimits {
  std::uint32_t depth = 64;               ///< nesting of blocks, groups, parentheses, lists
  std::uint32_t interpolation_depth = 4;  ///< `"${"${…}"}"`
  std::uint32_t file_bytes = 64u << 20;   ///< checked by the reader of files
  std::uint32_t errors = 1000;            ///< syntax errors recorded for one file; then parsing stops
  std::uint32_t trial_bytes = 4u << 20;   ///< parsed again to find a missing quote; past it the first mistake stands
  std::uint32_t trial_line = 300;         ///< bytes of a line that is looked at for one: the places to try grow with it
};

struct ParseResult {
  SyntaxTree tree;                  ///< always usable; parts that did not parse are `error` nodes
  std::vector<SyntaxError> errors;  ///< sorted by place
};

/// Parses `text`, the bytes of `file`. Never throws for any input; time is linear but for recovery, which is bounded.
[[nodiscard]] ParseResult parse(FileId file, std::string_view text, const ParseLimits& limits = {});

/// What somebody meant who wrote a string where a pattern belongs.
struct QuotedPattern {
  std::string text;     ///< to stand between `r"` and `"`
  bool certain = true;  ///< there is no other way to read the string's escapes
};

/// Reads a string literal, its quotes included, as a pattern; absent where it has `${…}` or a line's end in it. Says
/// nothing of whether the pattern compiles.
[[nodiscard]] std::optional<QuotedPattern> quoted_pattern(std::string_view literal);

/// Whether a word is the grammar's own, so that nothing can have it for a name.
[[nodiscard]] bool is_reserved_word(std::string_view word);

}  // namespace sprx
