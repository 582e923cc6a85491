// What a process does once at start besides listening: directories of its own, giving up root.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace sprx {

/// Makes the directories (with parents; "" is passed over); when root and `user` is set, gives them to that
/// user. Goes on after a failure and returns the first.
[[nodiscard]] std::optional<std::string> make_directories(const std::vector<std::string>& directories,
                                                          const std::string& user);

/// Becomes `user` for good when root; nothing when not root or `user` is "". The reason on failure.
[[nodiscard]] std::optional<std::string> become(const std::string& user);

/// The soft limit of descriptors raised to the hard one.
void raise_descriptor_limit();

}  // namespace sprx
