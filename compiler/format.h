// format: one rule file laid out in the one style of the language (`sprx fmt`). It works on the tree and the text
// alone, moves blanks, line ends and comments, and never touches what is inside a literal.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "compiler/diagnostics.h"
#include "grammar/source.h"
#include "grammar/syntax_tree.h"

namespace sprx {

/// Columns that a line keeps to where there is a place to break it.
inline constexpr std::uint32_t kFormatColumns = 100;

/// `text` laid out anew. `tree` is its tree, made without mistakes. Lines end with LF, a byte order mark is dropped.
/// Formatting the result changes nothing. Time and memory are linear in the text.
[[nodiscard]] std::string format(const SyntaxTree& tree, std::string_view text);

/// Whether two files are the same to every later step: the same nodes with the same flags, leaves with the same text.
[[nodiscard]] bool same_meaning(const SyntaxTree& a, std::string_view a_text, const SyntaxTree& b,
                                std::string_view b_text);

enum class FormatOutcome : std::uint8_t {
  ok,
  mistakes,  ///< of syntax; they are in the list
  refused,   ///< the result would not have been the same program: a bug of the formatter, and nothing was lost
};

struct FormatResult {
  FormatOutcome outcome = FormatOutcome::ok;
  std::string text;  ///< when ok
};

/// Parses `file`, formats it, and parses the result again to prove that it is the same program.
[[nodiscard]] FormatResult format_file(const SourceSet& sources, FileId file, DiagnosticList& out);

}  // namespace sprx
