#include "compiler/data_file.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace sprx {
namespace {

/// Rows as `line:[cell|cell]`, then mistakes as `line:column-line:column message; help`.
std::string rows(DataFormat format, std::size_t columns, std::string_view text) {
  SourceSet sources;
  const FileId file = sources.add("f", std::string(text));
  std::string out;
  const auto errors = read_rows(sources, file, format, columns, [&](const DataRow& row) {
    out += std::to_string(row.line) + ":[";
    for (std::size_t i = 0; i < row.cells.size(); ++i) out += (i == 0 ? "" : "|") + std::string(row.cells[i].text);
    out += "]\n";
  });
  const auto place = [&](std::uint32_t offset) {
    const LineColumn at = sources[file].locate(offset);
    return std::to_string(at.line) + ":" + std::to_string(at.column);
  };
  for (const DataError& error : errors) {
    out += place(error.span.begin) + "-" + place(error.span.end) + " " + error.message;
    out += (error.help.empty() ? "" : "; " + error.help) + "\n";
  }
  return out;
}

/// The source text of each cell.
std::string spans(DataFormat format, std::size_t columns, std::string_view text) {
  SourceSet sources;
  const FileId file = sources.add("f", std::string(text));
  std::string out;
  const auto errors = read_rows(sources, file, format, columns, [&](const DataRow& row) {
    out += "<" + std::string(sources.text(row.span)) + ">";
    for (const DataCell& cell : row.cells) out += "(" + std::string(sources.text(cell.span)) + ")";
  });
  EXPECT_TRUE(errors.empty());
  return out;
}

TEST(DataFormats, are_known_by_the_end_of_the_name) {
  EXPECT_EQ(data_format("a/b.txt"), DataFormat::txt);
  EXPECT_EQ(data_format("b.c.tsv"), DataFormat::tsv);
  EXPECT_EQ(data_format("x.csv"), DataFormat::csv);
  EXPECT_EQ(data_format("x.json"), DataFormat::json);
  EXPECT_EQ(data_format("x.TXT"), std::nullopt);
  EXPECT_EQ(data_format("x"), std::nullopt);
  EXPECT_EQ(data_format(""), std::nullopt);
}

TEST(Txt, has_one_trimmed_key_a_line) {
  EXPECT_EQ(rows(DataFormat::txt, 1, "a\n  b c \t\n\n# no\n  # no\n\\# yes\n\\a\nlast"),
            "1:[a]\n2:[b c]\n6:[# yes]\n7:[\\a]\n8:[last]\n");
  EXPECT_EQ(rows(DataFormat::txt, 1,
                 "\xEF\xBB\xBF"
                 "a\r\nb\r\n\r\n"),
            "1:[a]\n2:[b]\n");
  EXPECT_EQ(rows(DataFormat::txt, 1, "a\tb\n\xFF\n"), "1:[a\tb]\n2:[\xFF]\n");
  EXPECT_EQ(rows(DataFormat::txt, 1, ""), "");
  EXPECT_EQ(spans(DataFormat::txt, 1, "\xEF\xBB\xBF  a b \r\n\\#c"), "<a b>(a b)<\\#c>(\\#c)");
}

TEST(Txt, has_no_lines_that_end_with_a_cr_alone) {
  const std::string help = "; lines end with LF or CRLF; save this file with one of them\n";
  EXPECT_EQ(rows(DataFormat::txt, 1, "foo\rbar\rbaz"),
            "1:4-1:5 a CR that no LF follows, the first of 2 in this file" + help);
  EXPECT_EQ(rows(DataFormat::txt, 1, "a\r\nb\r"), "2:2-2:3 a CR that no LF follows" + help);
  EXPECT_EQ(rows(DataFormat::tsv, 2, "a\tb\rc\td\n"), "1:4-1:5 a CR that no LF follows" + help);
  EXPECT_EQ(rows(DataFormat::csv, 2, "a,b\rc,d\n"), "1:4-1:5 a CR that no LF follows" + help);
  EXPECT_EQ(rows(DataFormat::json, 1, "[\"a\",\r\"b\"]"), "1:[a]\n1:[b]\n");
}

TEST(Txt, is_utf8) {
  using namespace std::string_view_literals;
  const std::string wide = "this file is UTF-16, and data files are UTF-8; save it as UTF-8\n";
  EXPECT_EQ(rows(DataFormat::txt, 1,
                 "\xFF\xFE"
                 "a\0\n\0"sv),
            "1:1-1:2 " + wide);
  EXPECT_EQ(rows(DataFormat::csv, 1, "\xFE\xFF\0a\0\n"sv), "1:1-1:2 " + wide);
  EXPECT_EQ(rows(DataFormat::json, 1, "[\0\"\0a\0\"\0]\0"sv), "1:2-1:3 " + wide);
  EXPECT_EQ(rows(DataFormat::tsv, 1, "\0a\0\n"sv), "1:1-1:2 " + wide);
  EXPECT_EQ(rows(DataFormat::txt, 1, "curl\nwg\0et\n"sv), "2:3-2:4 a NUL byte, which no text has\n");
}

TEST(Txt, holds_no_values) {
  EXPECT_EQ(rows(DataFormat::txt, 2, "a b\n"),
            "1:1-1:1 a `.txt` file has keys without values; a table is read from `.tsv`, `.csv` or `.json`\n");
}

TEST(Tsv, takes_cells_without_the_blanks_round_them) {
  EXPECT_EQ(rows(DataFormat::tsv, 2, "a\tb\n# c\n\n \t \n\"x\"\t y \r\n\\#\t\n"), "1:[a|b]\n5:[\"x\"|y]\n6:[\\#|]\n");
  EXPECT_EQ(rows(DataFormat::tsv, 2, "  /a b \t /c  \n  # no\td\n/e\t  \n"), "1:[/a b|/c]\n3:[/e|]\n");
  EXPECT_EQ(rows(DataFormat::tsv, 0, "/a\t/b \t301 \t keep_query\r\n"), "1:[/a|/b|301|keep_query]\n");
  EXPECT_EQ(spans(DataFormat::tsv, 2, " a \t b\r\n"), "< a \t b>(a)(b)");
  EXPECT_EQ(rows(DataFormat::tsv, 0, "/a\thttps://x\t301\tkeep_query\n/b\t/c\n"),
            "1:[/a|https://x|301|keep_query]\n2:[/b|/c]\n");
  EXPECT_EQ(spans(DataFormat::tsv, 2, "a\tb\r\nc\td"), "<a\tb>(a)(b)<c\td>(c)(d)");
}

TEST(Tsv, wants_exactly_its_columns) {
  EXPECT_EQ(rows(DataFormat::tsv, 2, "a\nb\tc\nd\te\tf\tg\n"),
            "2:[b|c]\n"
            "1:1-1:2 a row without a value; a table has two columns: key and value\n"
            "3:5-3:6 a row of 4 columns where there are 2; a table has two columns: key and value\n");
  EXPECT_EQ(rows(DataFormat::tsv, 2, "/a /b\n"),
            "1:1-1:6 a row without a value; between key and value stands a tab (in a .csv file a comma), not blanks\n");
  EXPECT_EQ(rows(DataFormat::tsv, 1, "a\tb\n"), "1:3-1:4 a row of 2 columns where there is 1; a list has keys only\n");
}

TEST(Csv, reads_rfc_4180) {
  EXPECT_EQ(rows(DataFormat::csv, 2, "a,b\r\n\"c,d\",\"e\"\"f\"\n\n\"two\nlines\",x\n#,y\n ,\"\""),
            "1:[a|b]\n2:[c,d|e\"f]\n4:[two\nlines|x]\n6:[#|y]\n7:[|]\n");
  EXPECT_EQ(spans(DataFormat::csv, 2, "\xEF\xBB\xBF\"a\"\"\",b\n"), "<\"a\"\"\",b>(\"a\"\"\")(b)");
  EXPECT_EQ(rows(DataFormat::csv, 3, "\"a\"\"1\",\"b\"\"2\",\"c\"\"3\"\n"), "1:[a\"1|b\"2|c\"3]\n");
}

TEST(Csv, keeps_blanks_within_quotes_only) {
  EXPECT_EQ(rows(DataFormat::csv, 2, "/a , /b c \t\r\n \" d \" ,\t\" \"\n \t\n,e \n"),
            "1:[/a|/b c]\n2:[ d | ]\n4:[|e]\n");
  EXPECT_EQ(spans(DataFormat::csv, 2, " a , \" b \" \n"), "<a , \" b \" >(a)(\" b \")");
  EXPECT_EQ(
      rows(DataFormat::csv, 1, "\"a\" b\nc \"d\"\n  "),
      "1:5-1:6 text after a quoted field; a quote in a quoted field is doubled\n"
      "2:3-2:4 `\"` in a field that does not begin with one; quote the whole field and double the quotes in it\n");
}

TEST(Csv, names_each_bad_record_and_goes_on_after_it) {
  EXPECT_EQ(rows(DataFormat::csv, 2, "a\"b,c\n\"d\"e,f\ng,h\n\"i\ni,j\nk,l\n"),
            "3:[g|h]\n5:[i|j]\n6:[k|l]\n"
            "1:2-1:3 `\"` in a field that does not begin with one; quote the whole field and double the quotes in it\n"
            "2:4-2:5 text after a quoted field; a quote in a quoted field is doubled\n"
            "4:1-4:2 unterminated `\"`; a quote in a quoted field is doubled\n");
  EXPECT_EQ(rows(DataFormat::csv, 2, "a,b,c\nd\n"),
            "1:5-1:6 a row of 3 columns where there are 2; a table has two columns: key and value\n"
            "2:1-2:2 a row without a value; a table has two columns: key and value\n");
}

TEST(Json, reads_an_array_of_keys) {
  EXPECT_EQ(rows(DataFormat::json, 1, " [ \"a\",\n \"b\\n\\\"\\u00e9\\ud83d\\ude00\\/\", 12, -3, true ]\n"),
            "1:[a]\n2:[b\n\"\xC3\xA9\xF0\x9F\x98\x80/]\n2:[12]\n2:[-3]\n2:[true]\n");
  EXPECT_EQ(rows(DataFormat::json, 1, "\xEF\xBB\xBF[]"), "");
  EXPECT_EQ(rows(DataFormat::json, 1, "[\"caf\xC3\xA9\"]"), "1:[caf\xC3\xA9]\n");
  EXPECT_EQ(spans(DataFormat::json, 1, "[\"a\\n\", 12]"), "<\"a\\n\">(\"a\\n\")<12>(12)");
}

TEST(Json, reads_an_object_of_keys_and_values) {
  EXPECT_EQ(rows(DataFormat::json, 2, "{\"a\": \"b\",\n\"c\\t\" : \"\\td\", \"e\":5, \"f\":false}"),
            "1:[a|b]\n2:[c\t|\td]\n2:[e|5]\n2:[f|false]\n");
  EXPECT_EQ(spans(DataFormat::json, 2, "{\"a\" : 1}"), "<\"a\" : 1>(\"a\")(1)");
}

TEST(Json, names_bad_rows_and_goes_on) {
  EXPECT_EQ(rows(DataFormat::json, 1, "[\"a\",\nnull,\n1.5,\n[\"x\", {\"]\": 1}],\n{},\n\"b\"]"),
            "1:[a]\n6:[b]\n"
            "2:1-2:5 `null` in a data file; leave the row out\n"
            "3:1-3:4 a number that is not whole; write it as a string, or without `.` and exponent\n"
            "4:1-4:2 a value that is itself an array or object; keys and values are strings, whole numbers, `true` and "
            "`false`\n"
            "5:1-5:2 a value that is itself an array or object; keys and values are strings, whole numbers, `true` and "
            "`false`\n");
}

TEST(Json, is_strict) {
  const auto mistake = [](std::string_view text, std::size_t columns = 1) {
    return rows(DataFormat::json, columns, text);
  };
  EXPECT_EQ(mistake(""), "1:1-1:1 a JSON data file is an array of keys or an object\n");
  EXPECT_EQ(mistake("\"a\""), "1:1-1:2 a JSON data file is an array of keys or an object\n");
  EXPECT_EQ(mistake("{\"a\": 1}"), "1:1-1:2 a list is read from an array, this is an object; write `[\"key\", …]`\n");
  EXPECT_EQ(mistake("[1]", 2),
            "1:1-1:2 a table is read from an object, this is an array; write `{\"key\": \"value\", …}`\n");
  EXPECT_EQ(mistake("[1,]"), "1:[1]\n1:4-1:5 `,` before the end; JSON has no trailing comma\n");
  EXPECT_EQ(mistake("[1 2]"), "1:[1]\n1:4-1:5 `,` or `]` wanted\n");
  EXPECT_EQ(mistake("[1"), "1:[1]\n1:3-1:3 `,` or `]` wanted\n");
  EXPECT_EQ(mistake("["), "1:2-1:2 a string, a number, `true` or `false` wanted\n");
  EXPECT_EQ(mistake("[1] x"), "1:[1]\n1:5-1:6 text after the end of the JSON value\n");
  EXPECT_EQ(mistake("['a']"), "1:2-1:3 a string, a number, `true` or `false` wanted\n");
  EXPECT_EQ(mistake("[01]"), "1:2-1:3 a number that begins with `0`\n");
  EXPECT_EQ(mistake("[-]"), "1:3-1:4 a digit wanted\n");
  EXPECT_EQ(mistake("[1.]"), "1:4-1:5 a digit wanted\n");
  EXPECT_EQ(mistake("[\"a]"), "1:2-1:3 unterminated string\n");
  EXPECT_EQ(mistake("[\"a\nb\"]"), "1:4-2:1 a control character in a string; write `\\n`, `\\t` or `\\u00XX`\n");
  EXPECT_EQ(mistake("[\"\xFF\"]"), "1:3-1:4 a string that is not UTF-8\n");
  EXPECT_EQ(mistake("[\"\\x\"]"), "1:3-1:4 an unknown escape in a string\n");
  EXPECT_EQ(mistake("[\"\\u12\"]"), "1:3-1:4 `\\u` without four hexadecimal digits\n");
  EXPECT_EQ(mistake("[\"\\ud800x\"]"), "1:3-1:4 half of a surrogate pair\n");
  EXPECT_EQ(mistake("[\"\\udc00\"]"), "1:3-1:4 half of a surrogate pair\n");
  EXPECT_EQ(mistake("{\"a\" 1}", 2), "1:6-1:7 `:` wanted\n");
  EXPECT_EQ(mistake("{a: 1}", 2), "1:2-1:3 a key in double quotes wanted\n");
}

std::string repeated(std::string_view text, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

TEST(DataLimits, are_kept_at_the_limit_and_refused_past_it) {
  const std::string longest(kMaxDataRowBytes, 'a');
  for (const DataFormat format : {DataFormat::txt, DataFormat::tsv}) {
    EXPECT_EQ(rows(format, 1, longest + "\nb\n"), "1:[" + longest + "]\n2:[b]\n");
    EXPECT_EQ(rows(format, 1, longest + "a\nb\n"), "2:[b]\n1:1-1:2 a line longer than 262144 bytes\n");
  }
  EXPECT_EQ(rows(DataFormat::csv, 1, longest + "\nb\n"), "1:[" + longest + "]\n2:[b]\n");
  EXPECT_EQ(rows(DataFormat::csv, 1, longest + "a\nb\n"), "2:[b]\n1:1-1:2 a row longer than 262144 bytes\n");
  const std::string in_quotes = longest.substr(2);
  EXPECT_EQ(rows(DataFormat::json, 1, "[\"" + in_quotes + "\",\n1]"), "1:[" + in_quotes + "]\n2:[1]\n");
  EXPECT_EQ(rows(DataFormat::json, 1, "[\"" + in_quotes + "a\",\n1]"),
            "2:[1]\n1:2-1:3 a row longer than 262144 bytes\n");
  const std::string deep = "[" + repeated("[", kMaxJsonDepth) + repeated("]", kMaxJsonDepth) + "]";
  EXPECT_EQ(rows(DataFormat::json, 1, deep).substr(0, 24), "1:2-1:3 a value that is ");
  EXPECT_EQ(rows(DataFormat::json, 1, "[" + deep + "]"), "1:66-1:67 JSON nested more than 64 deep\n");
  EXPECT_EQ(rows(DataFormat::json, 1, repeated("[", 1'000'000)), "1:66-1:67 JSON nested more than 64 deep\n");
}

TEST(DataLimits, tell_so_many_mistakes_and_count_the_rest) {
  const std::string text = repeated("a\tb\n", kMaxDataErrors + 3);
  const std::string out = rows(DataFormat::tsv, 1, text);
  EXPECT_EQ(std::count(out.begin(), out.end(), '\n'), static_cast<std::ptrdiff_t>(kMaxDataErrors));
  EXPECT_EQ(
      out.substr(out.rfind("20:3")),
      "20:3-20:4 a row of 2 columns where there is 1; a list has keys only; 3 more rows of this file are wrong\n");
}

TEST(DataFile, gives_every_row_of_large_files) {
  constexpr std::size_t kRows = 200'000;
  std::string json = "{";
  for (std::size_t i = 0; i < kRows; ++i)
    json += (i == 0 ? "\"/old/page/" : ",\"/old/page/") + std::to_string(i) + "\":\"/new\"";
  json += "}";
  const std::pair<DataFormat, std::string> files[] = {{DataFormat::tsv, repeated("/old/page\t/new/page\n", kRows)},
                                                      {DataFormat::csv, repeated("/old/page,\"/new/page\"\n", kRows)},
                                                      {DataFormat::json, std::move(json)}};
  for (const auto& [format, text] : files) {
    SourceSet sources;
    const FileId file = sources.add("f", text);
    std::size_t count = 0;
    EXPECT_TRUE(read_rows(sources, file, format, 2, [&](const DataRow&) { ++count; }).empty());
    EXPECT_EQ(count, kRows);
  }
}

}  // namespace
}  // namespace sprx
