// `tests NAME from "cases.tsv";`: each line is a test NAME.LINE.
#include <algorithm>
#include <charconv>

#include "compiler/odd_rows.h"
#include "compiler/test_reader.h"
#include "compiler/test_url.h"

namespace sprx {
namespace {

constexpr std::string_view kShape =
    "a line is URL, STATUS and, for a redirect, its LOCATION, with tabs between them; the status `-` means that the "
    "request goes to the next hop";

std::optional<std::uint16_t> status_of(std::string_view text) {
  std::uint16_t status = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), status);
  if (error != std::errc{} || stop != text.data() + text.size() || status < 200 || status > 599) return std::nullopt;
  return status;
}

}  // namespace

bool Checker::TestReader::test_file(const ast::Tests& t, FileId* file) {
  const Scoped inside(c.construct_, Construct{t.name.span, "in these tests"});
  return c.plain(t.file, "a file name") && c.check_escapes(t.file) && c.data_file(t.file, file);
}

void Checker::TestReader::tests(const ast::Tests& t) {
  if (!unique(t.name, "tests")) return;
  FileId file{};
  if (!test_file(t, &file)) return;
  const std::optional<DataFormat> format = data_format(t.file.plain_text());
  if (format != DataFormat::tsv) {
    report(Kind::data_format, t.file.span, "a file of tests is a `.tsv` file").help(std::string(kShape));
    return;
  }
  bool some = false;
  const auto errors = read_rows(c.sources_, file, DataFormat::tsv, 0, [&](const DataRow& row) {
    some = true;
    if (!full) line(t, row);
  });
  if (!some && errors.empty())
    report(Kind::test_incomplete, t.file.span, "this file holds no test").help(std::string(kShape));
  for (const DataError& error : errors) {
    Diagnostic& d = report(Kind::test_row, error.span, error.message);
    if (!error.help.empty()) d.help(error.help);
  }
}

void Checker::TestReader::line(const ast::Tests& t, const DataRow& row) {
  const auto wrong = [&](Span where, const std::string& message, const std::string& help) {
    Diagnostic& d = report(Kind::test_row, where, message);
    if (!help.empty()) d.help(help);
  };
  if (names_columns(row))
    return wrong(row.cells[0].span, "this is a line of column names", std::string(kNoColumnNames));
  if (row.cells.size() < 2) return wrong(row.span, "this line has no status", std::string(kShape));
  if (row.cells.size() > 3)
    return wrong(row.cells[3].span, "this line has more than three columns", std::string(kShape));
  TestCase out;
  out.name = t.name.text + "." + std::to_string(row.line);
  out.from_file = true;
  out.request.method = "GET";
  const DataCell& url = row.cells[0];
  if (const std::optional<UrlMistake> mistake = read_test_url(url.text, out.request)) {
    const auto at = [&](std::size_t inside) {
      return std::min(url.span.end, url.span.begin + static_cast<std::uint32_t>(inside));
    };
    return wrong(url.text.empty() ? row.span : Span{url.span.file, at(mistake->begin), at(mistake->end)},
                 mistake->message, mistake->help);
  }
  Expectation expected;
  const DataCell& status = row.cells[1];
  const bool passes = status.text == "-";
  expected.what = passes ? Expected::forward : Expected::response;
  if (!passes) {
    const std::optional<std::uint16_t> number = status_of(status.text);
    if (!number) return wrong(status.span, "a status is a number from 200 to 599, or `-`", std::string(kShape));
    expected.status = *number;
  }
  expected.place = expected.status_place = place(status.span);
  if (row.cells.size() == 3 && !row.cells[2].text.empty() && row.cells[2].text != "-") {
    if (passes || expected.status < 300 || expected.status > 399)
      return wrong(row.cells[2].span, "only a redirect has a location", std::string(kShape));
    expected.location = std::string(row.cells[2].text);
    expected.location_place = place(row.cells[2].span);
  }
  out.expectations.push_back(std::move(expected));
  out.place = out.request_place = place(url.span);
  add(std::move(out));
}

}  // namespace sprx
