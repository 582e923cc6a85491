// Rows of a data file that are read as they stand and were hardly meant so: a comment behind a key, a line of column
// names, a query in a path, a pattern in slashes or quotes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "compiler/data_file.h"
#include "compiler/diagnostics.h"
#include "compiler/odd_text.h"
#include "compiler/table/lists.h"

namespace sprx {

/// Where a comment behind the key begins, with the blanks before it; npos if there is none.
[[nodiscard]] std::size_t comment_in_row(std::string_view key);

/// The text of a row that stands in quotes, with a comma behind them maybe, as in JSON; empty if it does not.
[[nodiscard]] std::string_view text_in_quotes(std::string_view row);

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
  /// Whether it was told that rows stand in quotes with commas: nothing else is said of them.
  [[nodiscard]] bool pasted() const { return pasted_.count > 0; }

 private:
  using Found = FoundRows;

  void look_at_path(std::string_view comment_free, const DataCell& key);
  void look_at_text(const DataRow& row);
  void tell_path(DiagnosticList& out) const;
  void tell_tabs(DiagnosticList& out) const;
  void tell_pasted(DiagnosticList& out) const;
  /// Whether the first row, of one cell, names the column; the second one shows it.
  void look_at_single(const DataRow& row);

  KeyKind kind_;
  bool table_;
  DataFormat format_;
  Found comments_;
  Found delimited_;
  Found queries_;
  Found fragments_;
  Found pasted_;
  Found commas_;
  Found tabs_;
  OddText text_;
  std::string unquoted_{};  ///< the first of the pasted ones, as it should be
  Found header_;
  std::string pattern_{};      ///< what the first one in slashes or quotes should be
  DataCell single_{};          ///< the first row of a list, where it may name the column
  bool header_error_ = false;  ///< no key of this kind looks like a name
  std::size_t rows_ = 0;
};

}  // namespace sprx
