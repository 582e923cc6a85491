// The lines of source that a diagnostic shows, with carets and labels under them. Private to the human renderer.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/diagnostics.h"

namespace sprx {

/// What a piece of output is; colours hang on it.
enum class Style : std::uint8_t { plain, gutter, error, lint, secondary, bold };

/// `text` in the colours of `style`, or as it is.
[[nodiscard]] std::string paint(std::string_view text, Style style, bool color);

/// Words of `text` in lines of at most `width` columns; a word that is longer loses its middle.
[[nodiscard]] std::vector<std::string> wrap(std::string_view text, std::size_t width);

/// A place with its mark: carets (primary) or dashes, and a text beside them.
struct Mark {
  Span span;
  bool primary = false;
  std::string text;
};

struct SnippetOptions {
  Style primary = Style::error;
  std::size_t gutter = 1;  ///< columns of the line numbers
  std::size_t width = 100;
  bool color = false;
  bool ascii = true;
};

/// The rows for `marks`, all of `file`: source lines, marks, `...` between; the empty `  |` row comes first.
[[nodiscard]] std::string render_snippet(const SourceFile& file, const std::vector<Mark>& marks,
                                         const SnippetOptions& options);

/// The greatest line number that render_snippet will print.
[[nodiscard]] std::uint32_t last_line(const SourceFile& file, const std::vector<Mark>& marks);

}  // namespace sprx
