#include "compiler/data_shim.h"
namespace sprx {
std::optional<DataFormat> data_format(std::string_view name) {
  if (name.ends_with(".txt")) return DataFormat::txt;
  if (name.ends_with(".tsv")) return DataFormat::tsv;
  if (name.ends_with(".csv")) return DataFormat::csv;
  if (name.ends_with(".json")) return DataFormat::json;
  return std::nullopt;
}
std::vector<DataError> read_rows(const SourceSet& sources, FileId file, DataFormat format, std::size_t, const std::function<void(const DataRow&)>& row) {
  const std::string text = sources[file].text;
  std::size_t at = 0; std::uint32_t line = 0;
  while (at < text.size()) {
    std::size_t end = text.find('\n', at); if (end == std::string::npos) end = text.size();
    ++line;
    std::string_view l = std::string_view(text).substr(at, end - at);
    if (!l.empty() && l[0] != '#') {
      DataRow r; r.line = line; r.span = {file, (unsigned)at, (unsigned)end};
      std::size_t c = 0;
      while (true) { std::size_t e = format == DataFormat::txt ? std::string_view::npos : l.find('\t', c); if (e == std::string_view::npos) e = l.size();
        r.cells.push_back({l.substr(c, e - c), {file, (unsigned)(at + c), (unsigned)(at + e)}}); if (e == l.size()) break; c = e + 1; }
      row(r);
    }
    at = end + 1;
  }
  return {};
}
std::optional<std::int64_t> parse_time(std::string_view) { return std::nullopt; }
}
