// Where the parts of a text end that can be right or wrong each for itself: a condition before `and`, a statement
// before its `;`. What is wrong in one says nothing of another.
#pragma once

#include <string_view>
#include <vector>

#include "grammar/scan.h"

namespace sprx {

/// Whether a text is a sign or several: something, but no string and no word.
[[nodiscard]] bool is_sign(std::string_view text);

/// The `and`, `or`, `;`, `{` and `}` of a text. Strings, patterns and comments hold none.
class PartEnds {
 public:
  explicit PartEnds(std::string_view text);
  /// Where the part that the mistake at `mistake` stands in begins: what was put in and ends there or before is in
  /// another one. An `and` that was put in itself parts, a `;` does not: what follows may be what the statement goes on
  /// with.
  [[nodiscard]] scan::Offset part_begin(scan::Offset mistake) const;
  /// Where it ends, with what parts it from the next.
  [[nodiscard]] scan::Offset part_end(scan::Offset mistake) const;

 private:
  struct End {
    scan::Offset begin = 0;
    scan::Offset end = 0;
  };
  std::vector<End> ends_;  ///< ascending

  /// The first that ends behind a byte.
  [[nodiscard]] std::vector<End>::const_iterator behind(scan::Offset mistake) const;
};

}  // namespace sprx
