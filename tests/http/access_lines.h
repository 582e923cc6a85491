// The proxy's access log as a witness: one well-formed line a request, with the status and the error that the cases
// say.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "http/net.h"
#include "http/player.h"

namespace sprx::http_suite {

/// A case and the lines that it must have left.
struct ExpectedLines {
  std::string name;
  std::vector<LogEntry> entries;
};

/// Waits until `path` has as many lines as are expected, at most `deadline`, and compares. Each problem is a line of
/// the result.
[[nodiscard]] std::vector<std::string> check_access_lines(const std::filesystem::path& path,
                                                          const std::vector<ExpectedLines>& expected,
                                                          Milliseconds deadline);

}  // namespace sprx::http_suite
