// Source files and places in them: the bytes every later step points back at.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace sprx {

/// Names a file of a SourceSet. Data files (lists, tables) are files too, so that a diagnostic can point into them.
enum class FileId : std::uint16_t {};
inline constexpr FileId kNoFile{0xFFFF};

/// A half-open range of bytes `[begin, end)` of one file. Lines and columns are worked out only when shown.
struct Span {
  FileId file = kNoFile;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;

  [[nodiscard]] bool empty() const { return begin >= end; }
  [[nodiscard]] bool known() const { return file != kNoFile; }
  friend bool operator==(const Span&, const Span&) = default;
};

/// A place for people: both from 1; the column counts characters (UTF-8 sequences; a stray byte counts as one).
struct LineColumn {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
  friend bool operator==(const LineColumn&, const LineColumn&) = default;
};

/// One file as read: its bytes exactly as they are on disk (a BOM and CRLFs included; offsets count them).
struct SourceFile {
  std::string name;  ///< path relative to the configuration directory, with `/`
  std::string text;
  std::vector<std::uint32_t> line_starts;  ///< byte offset of each line's first byte; `[0] == 0`

  /// The line and column of byte `offset` (clamped to the end of the text).
  [[nodiscard]] LineColumn locate(std::uint32_t offset) const;
  /// Its line alone, without counting columns from the line's beginning.
  [[nodiscard]] std::uint32_t line_of(std::uint32_t offset) const;
  /// Line `line` (from 1) without its line ending; empty past the end.
  [[nodiscard]] std::string_view line(std::uint32_t line) const;
};

/// All files of one compilation, owned here; FileIds index it. Stable addresses are not promised: keep ids.
class SourceSet {
 public:
  /// Takes a file's bytes. At most kMaxFiles; the caller checks `full()` first.
  FileId add(std::string name, std::string text);
  [[nodiscard]] bool full() const { return files_.size() >= kMaxFiles; }
  [[nodiscard]] const SourceFile& operator[](FileId id) const { return files_[static_cast<std::size_t>(id)]; }
  [[nodiscard]] std::size_t size() const { return files_.size(); }
  /// The text a span covers; valid while the set lives and nothing is added.
  [[nodiscard]] std::string_view text(Span span) const;

  static constexpr std::size_t kMaxFiles = 4096;

 private:
  std::vector<SourceFile> files_;
};

}  // namespace sprx
