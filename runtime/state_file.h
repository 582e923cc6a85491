// The state file: flags that messages turned and keys of dynamic lists, so that they outlive the process. Text, one
// thing a line, with a version before and a count and checksum after it: half a file is no file.
//
//   sprx-state 1
//   flag maintenance on
//   key banned ip 1764099276000000 203.0.113.9
//   end 2 0123456789abcdef
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "runtime/live_state.h"

namespace sprx {

/// Larger files are not read.
inline constexpr std::size_t kStateFileLimit = 256U << 20U;

[[nodiscard]] std::string write_state(const LiveState::Saved& saved);
/// What is wrong with the text, nothing where all is well. Nothing is taken over from a text with a mistake.
[[nodiscard]] std::optional<std::string> read_state(std::string_view text, LiveState::Saved& out);

/// Replaces `path` as a whole: a temporary file beside it, on the disk before it takes the name. The reason on failure.
[[nodiscard]] std::optional<std::string> save_state_file(const std::string& path, std::string_view text);
/// `missing` is set where there is no such file, which is no mistake.
[[nodiscard]] std::optional<std::string> load_state_file(const std::string& path, std::string& text, bool& missing);

}  // namespace sprx
