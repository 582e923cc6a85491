// What the readers of the data formats share. Private to data_*.cc.
#pragma once

#include <algorithm>
#include <fmt/format.h>

#include "compiler/data_file.h"

namespace sprx {

/// Where rows and mistakes go, and the place that was reached.
class RowSink {
 public:
  RowSink(FileId file, std::string_view text, std::size_t columns, const std::function<void(const DataRow&)>& row)
      : file_(file), text_(text), columns_(columns), row_(row) {}

  [[nodiscard]] Span span(std::size_t begin, std::size_t end) const {
    return {file_, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
  }
  void error(Span where, std::string message, std::string help = {}) {
    if (errors_.size() < kMaxDataErrors) {
      errors_.push_back({where, std::move(message), std::move(help)});
    } else {
      ++more_;
    }
  }
  /// Checks the number of cells and hands the row on.
  void give(const DataRow& row);
  [[nodiscard]] std::vector<DataError> finish();
  [[nodiscard]] std::string_view text() const { return text_; }
  [[nodiscard]] std::size_t columns() const { return columns_; }

 private:
  FileId file_;
  std::string_view text_;
  std::size_t columns_;
  const std::function<void(const DataRow&)>& row_;
  std::vector<DataError> errors_;
  std::size_t more_ = 0;
  bool semicolons_ = false;  ///< said already: `;` stands where the columns should part
};

/// The byte after a BOM, if there is one.
[[nodiscard]] inline std::size_t after_bom(std::string_view text) { return text.starts_with("\xEF\xBB\xBF") ? 3 : 0; }

/// What stands round a cell and is no part of it.
[[nodiscard]] inline bool is_blank(char c) { return c == ' ' || c == '\t'; }
/// Narrows `[begin, end)` of the text to what stands between the blanks at its ends.
inline void trim_blanks(std::string_view text, std::size_t* begin, std::size_t* end) {
  while (*begin < *end && is_blank(text[*begin])) ++*begin;
  while (*end > *begin && is_blank(text[*end - 1])) --*end;
}

void read_csv(RowSink& sink);
void read_json(RowSink& sink);

}  // namespace sprx
