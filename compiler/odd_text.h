// Text of data files that nobody sees as it is: blanks of other kinds at its ends, characters without width, bytes of
// an old encoding where text goes into URLs.
#pragma once

#include <string>

#include "compiler/found_rows.h"

namespace sprx {

/// Looks at cells one by one and tells each kind once.
class OddText {
 public:
  /// `path`: text of a path, whose bytes clients send as UTF-8. What a header is compared with may be of any encoding.
  void look_at(const DataCell& cell, bool path);
  void tell(DiagnosticList& out) const;

 private:
  FoundRows unseen_;
  FoundRows bytes_;
  std::string name_{};      ///< of the first character that is not seen
  unsigned char byte_ = 0;  ///< the first that is not UTF-8
};

}  // namespace sprx
