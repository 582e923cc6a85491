// Doubts: statements of a file without mistakes that go on in a line which could be a statement of its own, such as
// `when path ==` before `deny;`. Nothing but the meaning of the words tells; whoever knows it asks here.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "grammar/parse.h"

namespace sprx {

struct Doubt {
  std::uint32_t statement = 0;  ///< where the statement that goes on begins
  std::uint32_t at = 0;         ///< where the next one may begin
};

/// By place. None for a text that has mistakes: those say it already.
[[nodiscard]] std::vector<Doubt> find_doubts(FileId file, std::string_view text, const ParseLimits& limits = {});

/// `parse`, where statements do begin at these places.
[[nodiscard]] ParseResult parse_doubted(FileId file, std::string_view text, const std::vector<Doubt>& certain,
                                        const ParseLimits& limits = {});

}  // namespace sprx
