// `redirects NAME from "file"`: each line means exactly a rule `when path like SOURCE; redirect STATUS TARGET;`.
#include <algorithm>
#include <map>

#include "compiler/foreign_redirects.h"
#include "compiler/odd_rows.h"
#include "compiler/odd_targets.h"
#include "compiler/odd_text.h"
#include "compiler/rule_state.h"
#include "compiler/unseen.h"

namespace sprx {

/// What the block of a `redirects` says.
struct Checker::RedirectsOptions {
  std::uint16_t status = 0;
  KeepQuery keep = KeepQuery::no;
  bool nocase = false;
  bool status_unread = false;  ///< what did not parse may be the status
};

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

bool Checker::redirects_options(const ast::Redirects& r, RedirectsOptions* out) {
  bool good = true;
  out->nocase = r.nocase;
  if (!r.block) return true;
  out->status_unread = r.block->incomplete;
  std::map<std::string, Span> given;
  for (const ast::Action& a : r.block->actions) {
    const std::string& word = a.word.text;
    const bool keeps = word == "keep_query" || word == "keep_query_unless_set";
    if ((word == "status" || keeps) && option_again(a, given, keeps ? "keep_query" : "status")) {
      good = false;
      continue;
    }
    if (word == "status") {
      if (!shape(a, 1, 1, false, false, "status 301;")) {
        good = false;
      } else if (a.arguments[0].is(ast::Expr::Kind::integer)) {
        const std::optional<std::uint16_t> status = redirect_status(std::to_string(a.arguments[0].number));
        if (!status)
          report(Kind::bad_status, a.arguments[0].span, "the status of a redirect is 301, 302, 303, 307 or 308")
              .help("write `status 301;`");
        good = good && status.has_value();
        out->status = status.value_or(301);
      } else {
        if (!a.arguments[0].is(ast::Expr::Kind::error))
          report(Kind::bad_status, a.arguments[0].span, "the status of a redirect is a number")
              .help("write `status 301;`");
        good = false;
      }
    } else if (keeps) {
      good = shape(a, 0, 0, false, false, word + ";") && good;
      out->keep = word == "keep_query" ? KeepQuery::yes : KeepQuery::unless_set;
    } else if (a.word.known() && word != "allow") {
      report(Kind::unknown_option, a.word.span, "`" + word + "` is no option of redirects")
          .help("options are `status 301;`, `keep_query;` and `keep_query_unless_set;`");
      good = false;
    }
  }
  return good;
}

void Checker::redirects(const ast::Redirects& r, GroupState& group) {
  unique(r.name, group.names, "redirects");
  RedirectsOptions options;
  construct_ = r.name.span;
  construct_label_ = "in these redirects";
  const bool good = redirects_options(r, &options) && plain(r.file, "a file name") && check_escapes(r.file);
  FileId file{};
  RedirectsPlace lines{group.prefix + r.name.text, r.name.span,
                       static_cast<std::uint32_t>(rules().of(Phase::request).size()), 0};
  if (good && group.response_condition.known()) {
    report(Kind::request_rule_in_response_group, r.name.span,
           "redirects cannot stand under a condition on the response")
        .label(group.response_condition, "this reads the response");
  } else if (good && data_file(r.file, &file)) {
    reader_ = r.name.span;
    construct_ = {};
    const std::optional<DataFormat> format = data_format(r.file.plain_text());
    if (format != DataFormat::tsv && format != DataFormat::txt) {
      report(Kind::data_format, r.file.span, "a redirects file is a `.tsv` file")
          .help("a line is SOURCE, TARGET and, if need be, STATUS, with tabs between them");
    } else {
      out_.belongs_to(r.span);
      ForeignLines foreign;
      OddText odd_text;
      OddTargets odd_targets(true);
      without_status_ = {};
      slash_rows_ = {};
      const CaptureUses outer = std::exchange(uses_, {});  // a line may name what its target does not need
      const auto errors = read_rows(sources_, file, DataFormat::tsv, 0, [&](const DataRow& row) {
        redirects_line(r, options, row, group);
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
      if (without_status_.place && without_status_.lines > 1)
        out_.kept(*without_status_.place).note(std::to_string(without_status_.lines) + " lines of this file have none");
      end_captures(outer, false);
      foreign.tell(out_);
      odd_text.tell(out_);
      odd_targets.tell(out_, format);
      tell_slashes();
      out_.belongs_to({});
    }
  }
  lines.count = static_cast<std::uint32_t>(rules().of(Phase::request).size()) - lines.first;
  if (note_places_) program_.tests.redirects.push_back(std::move(lines));
  construct_ = {};
  reader_ = {};
}

bool Checker::redirects_columns(const DataRow& row, RedirectsOptions* options) {
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
                   foreign_status_help(row.cells[2].text, options->status == 0));
    options->status = *status;
  }
  if (options->status == 0 && options->status_unread) return false;
  if (options->status == 0) {
    // One word is missing, however many lines there are.
    if (without_status_.lines++ > 0) return false;
    wrong(row.span, "this line has no status", "give it one, or all of them: `redirects … { status 301; }`");
    without_status_.place = out_.last_place();
    return false;
  }
  if (row.cells.size() > 3) {
    const std::string_view keep = row.cells[3].text;
    if (keep != "keep_query" && keep != "keep_query_unless_set" && keep != "-")
      return wrong(row.cells[3].span, "the fourth column is `keep_query`, `keep_query_unless_set` or `-`", shape_help);
    options->keep = keep == "-" ? KeepQuery::no : keep == "keep_query" ? KeepQuery::yes : KeepQuery::unless_set;
  }
  return true;
}

ExprId Checker::redirects_source(const DataCell& cell, bool nocase, Env& env) {
  std::vector<ExprId> conditions;
  const auto take = [&](std::string_view text, std::size_t offset, TemplateKind kind) {
    const bool path = kind == TemplateKind::path;
    ast::Expr e;
    e.kind = ast::Expr::Kind::string;
    e.span = {cell.span.file, cell.span.begin + static_cast<std::uint32_t>(offset),
              cell.span.begin + static_cast<std::uint32_t>(offset + text.size())};
    TemplateResult result = parse_template(text, kind);
    for (const TemplateError& error : result.errors) {
      const auto at = [&](std::size_t inside) {
        return std::min(e.span.end, e.span.begin + static_cast<std::uint32_t>(inside));
      };
      Diagnostic& d = report(Kind::bad_template,
                             {e.span.file, at(error.begin), at(std::max(error.end, error.begin + 1))}, error.message);
      const std::optional<Unseen> unseen = unseen_in(text);
      const std::string_view quoted = text_in_quotes(text);
      const std::string help = unseen && unseen->begin == 0 ? help_for_unseen(text)
                               : quoted.empty()             ? error.help
                                                            : "it stands without quotes: `" + std::string(quoted) + "`";
      if (!help.empty()) d.help(help);
    }
    if (!result.value) return false;
    if (const std::size_t sign = text.find_first_of("?#"); path && sign != std::string_view::npos) {
      const auto at = e.span.begin + static_cast<std::uint32_t>(sign);
      const bool query = text[sign] == '?';
      out_.add(Kind::question_in_source, {e.span.file, at, at + 1},
               query ? "this `?` is a character of the path, written `%3F` in a URL"
                     : "this `#` is a character of the path, written `%23` in a URL")
          .help(query ? "the query is not part of `path`; write a rule that compares `query[\"name\"]`"
                      : "clients never send a fragment: leave it out");
    }
    if (path) lint_template_of_file(text, e.span);
    const FieldInfo& field = info(path ? Field::path : Field::host);
    const Value left{pool().add({.op = Op::field,
                                 .type = field.type,
                                 .origin = field.origin,
                                 .a = static_cast<std::uint32_t>(field.id),
                                 .b = static_cast<std::uint32_t>(kNoStr)}),
                     field.type, e.span};
    conditions.push_back(like_node(std::move(*result.value), left, e, nocase, env));
    return conditions.back() != kNoExpr;
  };
  std::string_view text = cell.text;
  std::size_t offset = 0;
  if (text.starts_with("http://") || text.starts_with("https://")) {
    const std::string plain(text.substr(text.find("//")));
    report(Kind::redirects_row, cell.span, "a source names no scheme: it is a path, or a host and a path")
        .help(plain.size() <= 60 ? "write `" + plain + "`" : "write `//www.example.com/old`")
        .fix(cell.span, plain, false);
    return kNoExpr;
  }
  if (text.starts_with("//")) {
    const std::size_t slash = text.find('/', 2);
    const std::string_view host = text.substr(2, slash == std::string_view::npos ? slash : slash - 2);
    if (!take(host, 2, TemplateKind::host)) return kNoExpr;
    offset = slash == std::string_view::npos ? text.size() : slash;
    text.remove_prefix(offset);
    if (text.empty()) {
      report(Kind::redirects_row, cell.span, "this source has a host and no path")
          .help("any path below it is `//" + std::string(host) + "/{_...}`");
      return kNoExpr;
    }
  }
  if (!take(text, offset, TemplateKind::path)) return kNoExpr;
  return conditions.size() == 1 ? conditions[0] : pool().add_list({.op = Op::all, .type = Type::boolean}, conditions);
}

ExprId Checker::redirects_target(const DataCell& cell, Env& env) {
  std::vector<ExprId> parts;
  std::string literal;
  const auto flush = [&] {
    if (!literal.empty()) parts.push_back(pool().text(literal));
    literal.clear();
  };
  const std::string_view text = cell.text;
  bool good = true;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\' && at + 1 < text.size() && (text[at + 1] == '{' || text[at + 1] == '}')) {
      literal.push_back(text[++at]);
      continue;
    }
    if (text[at] != '{') {
      literal.push_back(text[at]);
      continue;
    }
    const std::size_t end = text.find('}', at);
    const Span where{
        cell.span.file, cell.span.begin + static_cast<std::uint32_t>(at),
        cell.span.begin + static_cast<std::uint32_t>(end == std::string_view::npos ? text.size() : end + 1)};
    const std::string name(text.substr(at + 1, end == std::string_view::npos ? end : end - at - 1));
    note_slashes(cell, at, literal, env);
    flush();
    const bool field = name == "uri" || name == "host" || name == "scheme";
    const Capture* const capture = find_capture(env, name);
    if (end == std::string_view::npos || (capture == nullptr && !field)) {
      report(Kind::redirects_row, where,
             end == std::string_view::npos ? "this `{` is not closed" : "the source binds no `" + name + "`")
          .help(
              "in a target stand `{name}` of the source's captures and `{uri}`, `{host}`, `{scheme}`; a `{` itself is "
              "written `\\{`");
      return kNoExpr;
    }
    if (capture != nullptr) {
      good = good && capture->value != kNoExpr;
      parts.push_back(capture->value);
    } else {
      const FieldInfo& known = info(name == "uri" ? Field::uri : name == "host" ? Field::host : Field::scheme);
      parts.push_back(pool().add({.op = Op::field,
                                  .type = known.type,
                                  .origin = known.origin,
                                  .a = static_cast<std::uint32_t>(known.id),
                                  .b = static_cast<std::uint32_t>(kNoStr)}));
    }
    at = end;
  }
  flush();
  if (!good) return kNoExpr;
  ast::Expr e;
  e.kind = ast::Expr::Kind::path;
  e.span = cell.span;
  lint_template_in_row(text, cell.span, env);
  return target({concat(std::move(parts)), Type::string, cell.span}, e, env);
}

void Checker::redirects_line(const ast::Redirects& r, RedirectsOptions options, const DataRow& row, GroupState& group) {
  if (!room_for_rule(row.span)) return;
  Env env;
  env.parent = &group.env;
  env.facts.parent = &group.env.facts;
  env.scope = group.env.scope;
  env.next_slot = group.env.next_slot;
  noted_ = {};
  if (!redirects_columns(row, &options)) return;
  for (const std::size_t column : {0, 1}) {
    if (row.cells[column].text.size() <= limits_.string_bytes) continue;
    report(Kind::limit_string, row.cells[column].span,
           std::string(column == 0 ? "this source" : "this target") + " is longer than " +
               std::to_string(limits_.string_bytes) + " bytes");
    return;
  }
  const ExprId source = redirects_source(row.cells[0], options.nocase, env);
  if (source == kNoExpr) return;
  const ExprId location = redirects_target(row.cells[1], env);
  if (location == kNoExpr) return;
  Action action{.word = ActionWord::redirect};
  action.answer = static_cast<std::uint32_t>(rules().answers.size());
  Answer& answer = rules().answers.emplace_back();
  answer.status = options.status;
  answer.keep_query = options.keep;
  if (options.keep == KeepQuery::yes) lint_query_twice(r, row);
  answer.location = location;
  if (group.lost) return never_silent(row.span);
  const Span where{row.span.file, row.span.begin, row.cells[0].span.end};
  add_rule(Phase::request, group.prefix + r.name.text + "." + std::to_string(row.line), where,
           joined(group.conditions, {source}), {action}, kNoGuard, r.span);
}

}  // namespace sprx
