// Between the renderers of diagnostics: what they share. Private to the compiler's render_*.cc and diagnostics.cc.
#pragma once

#include <string>
#include <string_view>

#include "compiler/diagnostics.h"

namespace sprx {

[[nodiscard]] std::string render_human(const DiagnosticList& list, const SourceSet& sources,
                                       const RenderOptions& options);
[[nodiscard]] std::string render_short(const DiagnosticList& list, const SourceSet& sources,
                                       const RenderOptions& options);
[[nodiscard]] std::string render_json(const DiagnosticList& list, const SourceSet& sources,
                                      const RenderOptions& options);
[[nodiscard]] std::string render_sarif(const DiagnosticList& list, const SourceSet& sources);
[[nodiscard]] std::string render_github(const DiagnosticList& list, const SourceSet& sources);

/// One diagnostic as `human` shows it, its last newline included.
[[nodiscard]] std::string render_one(const Diagnostic& diagnostic, Severity severity, const SourceSet& sources,
                                     const RenderOptions& options);

/// A span in lines and columns; `known` is false for a diagnostic that belongs to no file.
struct LinePlace {
  bool known = false;
  std::string_view file;
  LineColumn begin;
  LineColumn end;  ///< of the byte after the last
};
[[nodiscard]] LinePlace locate(const Span& span, const SourceSet& sources);

/// `error` or `lint`.
[[nodiscard]] std::string_view word(Severity severity);

/// Text of the compiler's own and names from the source in it: control characters, stray bytes and what could hide or
/// reorder text are escaped; so is, with `ascii`, everything else that is not ASCII (an ellipsis becomes `...`).
[[nodiscard]] std::string printable(std::string_view text, bool ascii);

/// One character as it is shown, and the columns it takes. `valid` is how many bytes of the text it was (at least 1).
struct Shown {
  std::string text;
  std::size_t columns = 0;
  std::size_t bytes = 1;
};
/// The character at `at` of a line of source; a tab becomes blanks.
[[nodiscard]] Shown shown_character(std::string_view text, std::size_t at, bool ascii);

/// `text` with every byte that is not part of valid UTF-8 as U+FFFD: what JSON can hold.
[[nodiscard]] std::string valid_utf8(std::string_view text);

}  // namespace sprx
