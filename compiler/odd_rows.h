// Rows of a data file that are read as they stand and were hardly meant so: a comment behind a key, a line of column
// names, a query in a path.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "compiler/data_file.h"
#include "compiler/diagnostics.h"
#include "compiler/table/lists.h"

namespace sprx {

/// Where a comment behind the key begins, with the blanks before it; npos if there is none.
[[nodiscard]] std::size_t comment_in_row(std::string_view key);

/// Looks at the rows of one file and tells each kind once, at its first row and with a count: what is meant is the same
/// in all of them.
class OddRows {
 public:
  OddRows(KeyKind kind, bool table, DataFormat format) : kind_(kind), table_(table), format_(format) {}

  /// False: the row is none of this list because of what stands behind its key; it is told of.
  bool look_at(const DataRow& row);
  /// Of what `look_at` took.
  void tell(DiagnosticList& out) const;

 private:
  struct Found {
    Span first;
    std::size_t count = 0;
    void note(const DataCell& cell, std::size_t begin, std::size_t end);
    void say_count(Diagnostic& d) const;
  };

  KeyKind kind_;
  bool table_;
  DataFormat format_;
  Found comments_;
  Found queries_;
  Found header_;
};

}  // namespace sprx
