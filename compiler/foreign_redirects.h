// Lines of a redirects file in the spelling of another system: they are valid, but every sign in them stands for
// itself.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "compiler/data_file.h"
#include "compiler/diagnostics.h"

namespace sprx {

/// Looks at the lines of one file and tells once, at the first such line and with a count: a file that was copied over
/// is wrong in every line.
class ForeignLines {
 public:
  void look_at(const DataRow& row);
  void tell(DiagnosticList& out) const;

 private:
  Span where_;
  std::string message_;
  std::string help_;
  std::size_t count_ = 0;
};

/// What to do about a third column that is no status of a redirect.
[[nodiscard]] std::string foreign_status_help(std::string_view status, bool needed);

}  // namespace sprx
