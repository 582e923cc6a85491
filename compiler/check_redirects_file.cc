// `redirects NAME from "file"`: each line means exactly a rule `when path like SOURCE; redirect STATUS TARGET;`.
#include <algorithm>
#include <map>

#include "compiler/foreign_redirects.h"
#include "compiler/lines_reader.h"
#include "compiler/odd_rows.h"
#include "compiler/odd_targets.h"
#include "compiler/odd_text.h"
#include "compiler/unseen.h"

namespace sprx {

namespace {

std::optional<std::uint16_t> redirect_status(std::string_view text) {
  for (const int known : {301, 302, 303, 307, 308}) {
    if (text == std::to_string(known)) return static_cast<std::uint16_t>(known);
  }
  return std::nullopt;
}

/// What parts the columns of a line that has only one.
std::string help_for_one_column(std::string_view text, const std::string& otherwise) {
  constexpr std::string_view kByTabs = "its columns stand apart by a tab each, not by ";
  if (const std::optional<Unseen> unseen = unseen_anywhere(text)) return std::string(kByTabs) + unseen->name;
  return text.find(' ') != std::string_view::npos ? std::string(kByTabs) + "blanks" : otherwise;
}

}  // namespace

bool Checker::LinesReader::status_option(const ast::Action& a) {
  if (!c.shape(a, 1, 1, false, false, "status 301;")) return false;
  const ast::Expr& e = a.arguments[0];
  if (e.is(ast::Expr::Kind::error)) return false;
  const bool number = e.is(ast::Expr::Kind::integer);
  const std::optional<std::uint16_t> status = number ? redirect_status(std::to_string(e.number)) : std::nullopt;
  if (!status)
    report(Kind::bad_status, e.span,
           number ? "the status of a redirect is 301, 302, 303, 307 or 308" : "the status of a redirect is a number")
        .help("write `status 301;`");
  if (number) options.status = status.value_or(301);
  return status.has_value();
}

bool Checker::LinesReader::read_options() {
  bool good = true;
  options.nocase = r.nocase;
  if (!r.block) return true;
  options.status_unread = r.block->incomplete;
  std::map<std::string, Span> given;
  for (const ast::Action& a : r.block->actions) {
    const std::string& word = a.word.text;
    const bool keeps = word == "keep_query" || word == "keep_query_unless_set";
    if ((word == "status" || keeps) && c.option_again(a, given, keeps ? "keep_query" : "status")) {
      good = false;
    } else if (word == "status") {
      good = status_option(a) && good;
    } else if (keeps) {
      good = c.shape(a, 0, 0, false, false, word + ";") && good;
      options.keep = word == "keep_query" ? KeepQuery::yes : KeepQuery::unless_set;
    } else if (a.word.known() && word != "allow") {
      report(Kind::unknown_option, a.word.span, "`" + word + "` is no option of redirects")
          .help("options are `status 301;`, `keep_query;` and `keep_query_unless_set;`");
      good = false;
    }
  }
  return good;
}

void Checker::LinesReader::read(FileId file, DataFormat format) {
  const auto owned = c.out_.belongs_to(r.span);
  ForeignLines foreign;
  OddText odd_text;
  OddTargets odd_targets(true);
  const CaptureUses outer = std::exchange(c.uses_, {});  // a line may name what its target does not need
  const auto errors = read_rows(c.sources_, file, DataFormat::tsv, 0, [&](const DataRow& row) {
    line(row);
    foreign.look_at(row);
    if (row.cells[0].text.starts_with('/')) odd_text.look_at(row.cells[0], true);
    if (row.cells.size() < 2) return;
    odd_text.look_at(row.cells[1], false);
    odd_targets.look_at(row.cells[1]);
  });
  for (const DataError& error : errors) {
    Diagnostic& d = report(Kind::redirects_row, error.span, error.message);
    if (!error.help.empty()) d.help(error.help);
  }
  if (without_status && lines_without_status > 1)
    c.out_.kept(*without_status).note(std::to_string(lines_without_status) + " lines of this file have none");
  c.end_captures(outer, false);
  foreign.tell(c.out_);
  odd_text.tell(c.out_);
  odd_targets.tell(c.out_, format);
  slashes.tell(c.out_);
}

void Checker::redirects(const ast::Redirects& r, GroupState& group) {
  unique(r.name, group.names, "redirects");
  LinesReader reader{*this, r, group};
  const Scoped inside(construct_, Construct{r.name.span, "in these redirects"});
  const bool good = reader.read_options() && plain(r.file, "a file name") && check_escapes(r.file);
  FileId file{};
  RedirectsPlace lines{group.prefix + r.name.text, r.name.span,
                       static_cast<std::uint32_t>(rules().of(Phase::request).size()), 0};
  if (good && group.response_condition.known()) {
    report(Kind::request_rule_in_response_group, r.name.span,
           "redirects cannot stand under a condition on the response")
        .label(group.response_condition, "this reads the response");
  } else if (good && data_file(r.file, &file)) {
    const Scoped reading(reader_, r.name.span);
    const Scoped outside(construct_, Construct{});
    const std::optional<DataFormat> format = data_format(r.file.plain_text());
    if (format != DataFormat::tsv && format != DataFormat::txt) {
      report(Kind::data_format, r.file.span, "a redirects file is a `.tsv` file")
          .help("a line is SOURCE, TARGET and, if need be, STATUS, with tabs between them");
    } else {
      reader.read(file, *format);
    }
  }
  lines.count = static_cast<std::uint32_t>(rules().of(Phase::request).size()) - lines.first;
  if (note_places_) program_.tests.redirects.push_back(std::move(lines));
}

bool Checker::LinesReader::columns(const DataRow& row, Options* out) {
  const auto wrong = [&](Span where, const std::string& message, const std::string& help) {
    report(Kind::redirects_row, where, message).help(help);
    return false;
  };
  const std::string shape_help =
      "a line is SOURCE, TARGET and, if need be, STATUS and `keep_query`, with tabs between them";
  if (names_columns(row))
    return wrong(row.cells[0].span, "this is a line of column names", std::string(kNoColumnNames));
  if (row.cells.size() < 2)
    return wrong(row.span, "this line has no target", help_for_one_column(row.cells[0].text, shape_help));
  if (row.cells.size() > 4) return wrong(row.cells[4].span, "this line has more than four columns", shape_help);
  if (row.cells.size() > 2 && !row.cells[2].text.empty()) {
    const std::optional<std::uint16_t> status = redirect_status(row.cells[2].text);
    if (!status)
      return wrong(row.cells[2].span, "the status of a redirect is 301, 302, 303, 307 or 308",
                   foreign_status_help(row.cells[2].text, out->status == 0));
    out->status = *status;
  }
  if (out->status == 0 && out->status_unread) return false;
  if (out->status == 0) {
    // One word is missing, however many lines there are.
    if (lines_without_status++ > 0) return false;
    wrong(row.span, "this line has no status", "give it one, or all of them: `redirects … { status 301; }`");
    without_status = c.out_.last_place();
    return false;
  }
  if (row.cells.size() > 3) {
    const std::string_view keep = row.cells[3].text;
    if (keep != "keep_query" && keep != "keep_query_unless_set" && keep != "-")
      return wrong(row.cells[3].span, "the fourth column is `keep_query`, `keep_query_unless_set` or `-`", shape_help);
    out->keep = keep == "-" ? KeepQuery::no : keep == "keep_query" ? KeepQuery::yes : KeepQuery::unless_set;
  }
  return true;
}

}  // namespace sprx
