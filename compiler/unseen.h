// Characters that nobody sees where they stand: blanks of other kinds at the ends of a text, characters without width.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace sprx {

struct Unseen {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string name;  ///< "a no-break space (U+00A0)"
};

/// The first at the beginning or the end of `text`, or without width anywhere in it. What a text has between its ends
/// and is a blank to the eye may be meant.
[[nodiscard]] std::optional<Unseen> unseen_in(std::string_view text);
/// The first wherever it stands: between two columns it parts nothing.
[[nodiscard]] std::optional<Unseen> unseen_anywhere(std::string_view text);
/// What to do about text that is no key because of such a character, or because it is not UTF-8; empty for neither.
[[nodiscard]] std::string help_for_unseen(std::string_view text);

}  // namespace sprx
