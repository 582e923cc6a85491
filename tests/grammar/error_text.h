// How the grammar's tests print and compare what `parse` found.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "grammar/doubts.h"
#include "grammar/parse.h"

namespace sprx::testing {

/// The enumerator's name.
std::string_view kind_name(SyntaxErrorKind kind);
/// `kind line:column message`, one line for each mistake.
std::string brief(const SourceFile& file, const std::vector<SyntaxError>& errors);
/// Everything that is known about each mistake: its span, labels, help and fix too.
std::string full(const SourceFile& file, const std::vector<SyntaxError>& errors);

/// Parses `text` as a file of its own; `sources` keeps it.
struct Parsed {
  explicit Parsed(std::string text, const ParseLimits& limits = {});
  SourceSet sources;
  FileId file;
  ParseResult result;

  /// As the compiler does where it does not understand a file without mistakes: every doubt counts.
  void doubt();
  [[nodiscard]] const SourceFile& source() const { return sources[file]; }
  [[nodiscard]] std::string errors() const { return brief(source(), result.errors); }
  [[nodiscard]] std::string tree() const { return dump(result.tree, source().text); }
};

/// What every result must satisfy, whatever the input; the first thing that is wrong, or nothing.
std::string broken_promise(const Parsed& parsed);

std::string read_file(const std::string& path);
void write_file(const std::string& path, const std::string& text);
/// SPRX_UPDATE_GOLDENS=1 is set: expected files are rewritten instead of compared.
bool updating_goldens();

}  // namespace sprx::testing
