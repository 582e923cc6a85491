// Reading files of a configuration directory, and nothing else: the only I/O before the decision table.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sprx {

enum class ReadOutcome : std::uint8_t {
  ok,
  missing,
  outside,     ///< the name, or a link on the way, leaves the directory
  not_a_file,  ///< a directory, FIFO, socket or device: never opened for reading
  too_large,
  too_many,    ///< globs that would have to look at more than kMaxGlobEntries
  unreadable,  ///< permissions, I/O errors
};

struct ReadText {
  ReadOutcome outcome = ReadOutcome::missing;
  std::string text;  ///< the bytes as they are, when ok
  std::string why;   ///< when not_a_file or unreadable, to stand after a colon
};

/// Directory entries that the globs of a configuration look at.
inline constexpr std::size_t kMaxGlobEntries = 100'000;

/// `name`, which stands in the file `from` (both relative to the configuration directory, `from` "" for the directory
/// itself), as a plain relative name without `.` and `..`. Absent when it is absolute, leaves the directory or holds a
/// NUL.
[[nodiscard]] std::optional<std::string> resolve_name(std::string_view from, std::string_view name);

/// Reads the file `name` (a result of resolve_name) of `directory`, at most `most` bytes. Links are followed as long as
/// what they lead to lies in the directory; that is checked on the file that was opened, not on its name. Never waits
/// on a FIFO.
[[nodiscard]] ReadText read_source(const std::filesystem::path& directory, std::string_view name, std::size_t most);

/// Whether an `include` names many files: it holds `*` or `?`.
[[nodiscard]] bool is_glob(std::string_view name);

/// Whether a glob matches a whole relative name, segment by segment.
[[nodiscard]] bool glob_matches(std::string_view pattern, std::string_view name);

struct GlobResult {
  ReadOutcome outcome = ReadOutcome::ok;  ///< ok, outside, too_many or unreadable; no match is ok
  std::vector<std::string> names;         ///< relative to the directory, in bytewise order; directories are left out
  std::string why;                        ///< when unreadable: which directory, and why, in a sentence
};
/// The files that `pattern`, which stands in `from`, names. `*` is any run and `?` any character within one segment;
/// neither matches a dot at the start of a name.
/// `looked`: entries that other globs have looked at; these are added.
[[nodiscard]] GlobResult glob_sources(const std::filesystem::path& directory, std::string_view from,
                                      std::string_view pattern, std::size_t& looked);

}  // namespace sprx
