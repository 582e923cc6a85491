// replace_file: puts new bytes in a file's place, whole or not at all.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace sprx {

/// A file's new bytes, written beside it under another name and not yet in its place.
struct FreshFile {
  std::filesystem::path fresh;
  std::filesystem::path real;  ///< what it is to replace, links followed
};

/// Writes `bytes` to a new file beside `path` with the same mode (and owner, where that is allowed). Returns what went
/// wrong, else ""; where something did, nothing is left beside it.
[[nodiscard]] std::string write_beside(const std::filesystem::path& path, std::string_view bytes, FreshFile& out);

/// Renames it over what it replaces; of what went wrong nothing is left beside it.
[[nodiscard]] std::string put_in_place(const FreshFile& file);

/// Takes the new file away again.
void discard(const FreshFile& file);

/// Writes `bytes` to a new file beside `path` with the same mode (and owner, where that is allowed) and renames it over
/// `path`; of a link, over what it leads to. What went wrong, or "". After a failure `path` is as it was and nothing is
/// left beside it.
[[nodiscard]] std::string replace_file(const std::filesystem::path& path, std::string_view bytes);

}  // namespace sprx
