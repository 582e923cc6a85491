// replace_file: puts new bytes in a file's place, whole or not at all.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace sprx {

/// Writes `bytes` to a new file beside `path` with the same mode (and owner, where that is allowed) and renames it over
/// `path`; of a link, over what it leads to. What went wrong, or "". After a failure `path` is as it was and nothing is
/// left beside it.
[[nodiscard]] std::string replace_file(const std::filesystem::path& path, std::string_view bytes);

}  // namespace sprx
