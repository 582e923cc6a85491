// FileReader: how the compiler reads rule files and data files of a configuration directory, and splices includes. The
// only I/O before the table; it never leaves the directory.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "compiler/limits.h"
#include "compiler/read_source.h"
#include "grammar/source.h"

namespace sprx {

/// A configuration directory that is not on a disk: texts by their names relative to it.
using MemoryFiles = std::map<std::string, std::string>;

class FileReader {
 public:
  enum class Outcome : std::uint8_t { ok, missing, outside, too_large, too_many, unreadable };

  FileReader(std::filesystem::path directory, SourceSet& sources, const CheckLimits& limits)
      : directory_(std::move(directory)), sources_(sources), limits_(limits) {}
  /// Reads from `files` instead of a disk; nothing else can be reached.
  FileReader(MemoryFiles files, SourceSet& sources, const CheckLimits& limits)
      : memory_(std::move(files)), sources_(sources), limits_(limits) {}

  /// The texts in it stand for the files of these names; it outlives the reader.
  void read_instead(const MemoryFiles* files) { instead_ = files; }

  /// Reads `name`, which stands in `from`, into the source set; each file once.
  Outcome read(FileId from, std::string_view name, std::size_t most_bytes, FileId* out);
  /// Why the last call said `unreadable`: of read() to stand after a colon, of glob() a sentence.
  [[nodiscard]] const std::string& why() const { return why_; }
  /// Files of the directory that a glob in `from` names, bytewise sorted, relative to the directory.
  Outcome glob(FileId from, std::string_view pattern, std::vector<std::string>* out);

 private:
  [[nodiscard]] std::string_view name_of(FileId from) const;

  std::filesystem::path directory_;
  std::optional<MemoryFiles> memory_;
  const MemoryFiles* instead_ = nullptr;
  SourceSet& sources_;
  const CheckLimits& limits_;
  std::unordered_map<std::string, FileId> read_;
  std::unordered_map<std::string, GlobResult> globs_;  ///< by the resolved pattern
  std::size_t looked_ = 0;                             ///< directory entries, by all of them
  std::string why_;
};

}  // namespace sprx
