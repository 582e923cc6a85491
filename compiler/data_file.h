// Data files: the rows of lists, tables, redirects and tests, read from .txt .tsv .csv .json text that is already in
// the source set, so that every mistake in a row has its line and column there.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "grammar/source.h"

namespace sprx {

/// The kinds of data file, by the end of the name.
enum class DataFormat : std::uint8_t { txt, tsv, csv, json };
[[nodiscard]] std::optional<DataFormat> data_format(std::string_view name);

/// One cell. `text` (quotes and escapes taken away) is valid until the callback returns; `span` is where it is written.
struct DataCell {
  std::string_view text;
  Span span;
};

/// One row: a line, a CSV record, or a member of a JSON array or object.
struct DataRow {
  std::vector<DataCell> cells;
  Span span;
  std::uint32_t line = 0;  ///< from 1, where the row begins
};

/// A mistake in a row, in the words of a diagnostic.
struct DataError {
  Span span;
  std::string message;
  std::string help;  ///< may be empty
};

/// Longest row, bytes as written. The bounds on a file's bytes and on the number of rows are the caller's.
inline constexpr std::size_t kMaxDataRowBytes = 256 * 1024;
/// Mistakes told of one file; the last one told says how many rows more are wrong.
inline constexpr std::size_t kMaxDataErrors = 20;
/// Depth to which a JSON value that should not be nested is read past.
inline constexpr std::size_t kMaxJsonDepth = 64;

/// Gives every good row to `row` in order; a bad one is one error and is left out. `columns` is what each row must
/// have: 1 for keys, 2 for keys and values, 0 for any number (lines only). A BOM and CRLF are accepted.
[[nodiscard]] std::vector<DataError> read_rows(const SourceSet& sources, FileId file, DataFormat format,
                                               std::size_t columns, const std::function<void(const DataRow&)>& row);

}  // namespace sprx
