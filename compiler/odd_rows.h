// Rows of a data file that are read as they stand and were hardly meant so: a comment behind a key, a line of column
// names, a query in a path, a pattern in slashes or quotes.
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

/// Whether the row is a line of column names: the first of a file, each of its cells such a name or nearly one.
[[nodiscard]] bool names_columns(const DataRow& row);
/// What to do about it.
inline constexpr std::string_view kNoColumnNames = "data files have no header line: remove it";

/// Looks at the rows of one file and tells each kind once, at its first row and with a count: what is meant is the same
/// in all of them.
class OddRows {
 public:
  OddRows(KeyKind kind, bool table, DataFormat format) : kind_(kind), table_(table), format_(format) {}

  /// False: the row is none of this list, because of what stands behind its key or because it names the columns; it is
  /// told of.
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

  /// Whether the first row, of one cell, names the column; the second one shows it.
  void look_at_single(const DataRow& row);

  KeyKind kind_;
  bool table_;
  DataFormat format_;
  Found comments_;
  Found delimited_;
  Found queries_;
  Found header_;
  std::string pattern_{};      ///< what the first one in slashes or quotes should be
  DataCell single_{};          ///< the first row of a list, where it may name the column
  bool header_error_ = false;  ///< no key of this kind looks like a name
  std::size_t rows_ = 0;
};

}  // namespace sprx
