#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>
#include "grammar/source.h"
namespace sprx {
struct DataCell { std::string_view text; Span span; };
struct DataRow { std::vector<DataCell> cells; Span span; std::uint32_t line = 0; };
struct DataError { Span span; std::string message; std::string help; };
enum class DataFormat { txt, tsv, csv, json };
std::optional<DataFormat> data_format(std::string_view name);
std::vector<DataError> read_rows(const SourceSet& sources, FileId file, DataFormat format, std::size_t columns, const std::function<void(const DataRow&)>& row);
std::optional<std::int64_t> parse_time(std::string_view text);
}
