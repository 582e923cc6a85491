// What a configuration directory looks like from outside, as one number: `sprx run --watch` compares two of them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace sprx {

/// Entries of a directory that are looked at: a hundred times the files that a configuration may have.
inline constexpr std::size_t kMaxWatchedEntries = 100'000;

/// Changes when an entry below `folder` comes, goes, is written, replaced, or leads elsewhere, and when `folder` itself
/// leads to another directory. `.git` is passed over. Nothing if there are more than `most` entries.
[[nodiscard]] std::optional<std::uint64_t> folder_print(const std::filesystem::path& folder,
                                                        std::size_t most = kMaxWatchedEntries);

}  // namespace sprx
