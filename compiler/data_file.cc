#include "compiler/data_file.h"

#include <utility>

#include "compiler/data_rows.h"
#include "compiler/unseen.h"

namespace sprx {
namespace {

/// Calls `line(begin, end, number)` for each line without its ending; too long ones are an error.
template <class Line>
void for_lines(RowSink& sink, const Line& line) {
  const std::string_view text = sink.text();
  std::uint32_t number = 0;
  for (std::size_t begin = after_bom(text); begin < text.size();) {
    const std::size_t stop = std::min(text.find('\n', begin), text.size());
    const std::size_t end = stop > begin && text[stop - 1] == '\r' ? stop - 1 : stop;
    ++number;
    if (end - begin > kMaxDataRowBytes) {
      sink.error(sink.span(begin, begin + 1), fmt::format("a line longer than {} bytes", kMaxDataRowBytes));
    } else {
      line(begin, end, number);
    }
    begin = stop + 1;
  }
}

/// One key a line: trimmed; blank lines and lines that start with `#` say nothing, `\#` is a key that does.
void read_txt(RowSink& sink) {
  if (sink.columns() > 1) {
    sink.error(sink.span(0, 0), "a `.txt` file has keys without values",
               "a table is read from `.tsv`, `.csv` or `.json`");
    return;
  }
  DataRow row;
  row.cells.resize(1);
  for_lines(sink, [&](std::size_t begin, std::size_t end, std::uint32_t number) {
    const std::string_view text = sink.text();
    trim_blanks(text, &begin, &end);
    if (begin == end || text[begin] == '#') return;
    row.span = sink.span(begin, end);
    row.line = number;
    if (text.substr(begin, 2) == "\\#") ++begin;
    row.cells[0] = {text.substr(begin, end - begin), row.span};
    sink.give(row);
  });
}

/// Cells with a tab between them, trimmed; blank lines and lines that start with `#` say nothing.
void read_tsv(RowSink& sink) {
  DataRow row;
  for_lines(sink, [&](std::size_t begin, std::size_t end, std::uint32_t number) {
    const std::string_view text = sink.text();
    const std::string_view line = text.substr(begin, end - begin);
    const std::size_t first = line.find_first_not_of(" \t");
    if (first == std::string_view::npos || line[first] == '#') return;
    row.cells.clear();
    row.span = sink.span(begin, end);
    row.line = number;
    for (std::size_t at = 0; at <= line.size();) {
      const std::size_t stop = std::min(line.find('\t', at), line.size());
      std::size_t from = begin + at;
      std::size_t to = begin + stop;
      trim_blanks(text, &from, &to);
      row.cells.push_back({text.substr(from, to - from), sink.span(from, to)});
      at = stop + 1;
    }
    sink.give(row);
  });
}

/// Line ends that are a CR alone would make one row of many: told once, and no row is read.
bool ends_lines_oddly(RowSink& sink) {
  const std::string_view text = sink.text();
  std::size_t first = std::string_view::npos;
  std::size_t count = 0;
  for (std::size_t at = text.find('\r'); at != std::string_view::npos; at = text.find('\r', at + 1)) {
    if (text.substr(at + 1, 1) == "\n") continue;
    first = std::min(first, at);
    ++count;
  }
  if (count == 0) return false;
  sink.error(sink.span(first, first + 1),
             count == 1 ? "a CR that no LF follows"
                        : fmt::format("a CR that no LF follows, the first of {} in this file", count),
             "lines end with LF or CRLF; save this file with one of them");
  return true;
}

/// Text of two bytes a letter, or what is no text: told once, and no row is read.
bool is_no_utf8_text(RowSink& sink) {
  const std::string_view text = sink.text();
  const bool wide = text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF");
  const std::size_t nul = wide ? 0 : text.find('\0');
  if (nul == std::string_view::npos) return false;
  const bool every_other = text.size() > 3 && (text[1] == '\0') != (text[0] == '\0');
  sink.error(sink.span(nul, nul + 1),
             wide || every_other ? "this file is UTF-16, and data files are UTF-8" : "a NUL byte, which no text has",
             wide || every_other ? "save it as UTF-8" : "");
  return true;
}

}  // namespace

void RowSink::give(const DataRow& row) {
  if (columns_ == 0 || row.cells.size() == columns_) return row_(row);
  if (row.cells.size() < columns_ && row.cells[0].text.find(';') != std::string::npos) {
    // A spreadsheet's habit, the same in every row.
    if (!std::exchange(semicolons_, true))
      error(row.span, "a row without a value", "between key and value stands a comma (in a .tsv file a tab), not `;`");
    return;
  }
  if (row.cells.size() < columns_) {
    if (const std::optional<Unseen> unseen = unseen_anywhere(row.cells[0].text))
      return error(row.span, "a row without a value",
                   "between key and value stands a tab (in a .csv file a comma), not " + unseen->name);
    const bool blanks = std::any_of(row.cells.begin(), row.cells.end(),
                                    [](const DataCell& cell) { return cell.text.find(' ') != std::string::npos; });
    error(row.span, "a row without a value",
          blanks ? "between key and value stands a tab (in a .csv file a comma), not blanks"
                 : "a table has two columns: key and value");
    return;
  }
  const bool empty = std::all_of(row.cells.begin() + static_cast<std::ptrdiff_t>(columns_), row.cells.end(),
                                 [](const DataCell& cell) { return cell.text.empty(); });
  // The first cell too many; a row of hundreds is still one mistake.
  error(row.cells[columns_].span,
        fmt::format("a row of {} columns where there {} {}", row.cells.size(), columns_ == 1 ? "is" : "are", columns_),
        empty           ? "nothing stands in the last one: remove the tab or comma that begins it"
        : columns_ == 1 ? "a list has keys only"
                        : "a table has two columns: key and value");
}

std::vector<DataError> RowSink::finish() {
  if (more_ > 0) {
    errors_.back().help += fmt::format("{}{} more row{} of this file {} wrong", errors_.back().help.empty() ? "" : "; ",
                                       more_, more_ == 1 ? "" : "s", more_ == 1 ? "is" : "are");
  }
  return std::move(errors_);
}

std::optional<DataFormat> data_format(std::string_view name) {
  if (name.ends_with(".txt")) return DataFormat::txt;
  if (name.ends_with(".tsv")) return DataFormat::tsv;
  if (name.ends_with(".csv")) return DataFormat::csv;
  if (name.ends_with(".json")) return DataFormat::json;
  return std::nullopt;
}

std::vector<DataError> read_rows(const SourceSet& sources, FileId file, DataFormat format, std::size_t columns,
                                 const std::function<void(const DataRow&)>& row) {
  RowSink sink(file, sources[file].text, columns, row);
  if (is_no_utf8_text(sink)) return sink.finish();
  // In JSON a CR is a blank, and no string holds one.
  if (format != DataFormat::json && ends_lines_oddly(sink)) return sink.finish();
  switch (format) {
    case DataFormat::txt:
      read_txt(sink);
      break;
    case DataFormat::tsv:
      read_tsv(sink);
      break;
    case DataFormat::csv:
      read_csv(sink);
      break;
    case DataFormat::json:
      read_json(sink);
      break;
  }
  return sink.finish();
}

}  // namespace sprx
