// A line of a `redirects` file: its source as a condition, its target as a location.
#include <algorithm>

#include "compiler/check_queries.h"
#include "compiler/check_sent.h"
#include "compiler/check_template_habits.h"
#include "compiler/lines_reader.h"
#include "compiler/odd_rows.h"
#include "compiler/unseen.h"

namespace sprx {

void Checker::LinesReader::report_template(const TemplateError& error, std::string_view text, Span where) {
  const auto at = [&](std::size_t inside) {
    return std::min(where.end, where.begin + static_cast<std::uint32_t>(inside));
  };
  Diagnostic& d = report(Kind::bad_template, {where.file, at(error.begin), at(std::max(error.end, error.begin + 1))},
                         error.message);
  const std::optional<Unseen> unseen = unseen_in(text);
  const std::string_view quoted = text_in_quotes(text);
  const std::string help = unseen && unseen->begin == 0 ? help_for_unseen(text)
                           : quoted.empty()             ? error.help
                                                        : "it stands without quotes: `" + std::string(quoted) + "`";
  if (!help.empty()) d.help(help);
}

ExprId Checker::LinesReader::field(Field id) {
  const FieldInfo& known = info(id);
  return c.pool().add({.op = Op::field,
                       .type = known.type,
                       .origin = known.origin,
                       .a = static_cast<std::uint32_t>(known.id),
                       .b = static_cast<std::uint32_t>(kNoStr)});
}

ExprId Checker::LinesReader::part(const DataCell& cell, std::string_view text, std::size_t offset, TemplateKind kind,
                                  bool nocase, Env& env) {
  const bool path = kind == TemplateKind::path;
  ast::Expr e;
  e.kind = ast::Expr::Kind::string;
  e.span = {cell.span.file, cell.span.begin + static_cast<std::uint32_t>(offset),
            cell.span.begin + static_cast<std::uint32_t>(offset + text.size())};
  TemplateResult result = parse_template(text, kind);
  for (const TemplateError& error : result.errors) report_template(error, text, e.span);
  if (!result.value) return kNoExpr;
  if (const std::size_t sign = text.find_first_of("?#"); path && sign != std::string_view::npos) {
    const auto at = e.span.begin + static_cast<std::uint32_t>(sign);
    const bool query = text[sign] == '?';
    c.out_
        .add(Kind::question_in_source, {e.span.file, at, at + 1},
             query ? "this `?` is a character of the path, written `%3F` in a URL"
                   : "this `#` is a character of the path, written `%23` in a URL")
        .help(query ? "the query is not part of `path`; write a rule that compares `query[\"name\"]`"
                    : "clients never send a fragment: leave it out");
  }
  if (path) lint_template_of_file(c.view_, text, e.span);
  const Value left{field(path ? Field::path : Field::host), info(path ? Field::path : Field::host).type, e.span};
  return c.like_node(std::move(*result.value), left, e, nocase, env);
}

ExprId Checker::LinesReader::source(const DataCell& cell, bool nocase, Env& env) {
  std::vector<ExprId> conditions;
  const auto take = [&](std::string_view text, std::size_t offset, TemplateKind kind) {
    conditions.push_back(part(cell, text, offset, kind, nocase, env));
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
  return conditions.size() == 1 ? conditions[0] : c.pool().add_list({.op = Op::all, .type = Type::boolean}, conditions);
}

ExprId Checker::LinesReader::target(const DataCell& cell, Env& env) {
  std::vector<ExprId> parts;
  std::string literal;
  const auto flush = [&] {
    if (!literal.empty()) parts.push_back(c.pool().text(literal));
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
    slashes.look_at(cell, at, literal, env);
    flush();
    const bool is_field = name == "uri" || name == "host" || name == "scheme";
    const Capture* const capture = find_capture(env, name);
    if (end == std::string_view::npos || (capture == nullptr && !is_field)) {
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
      parts.push_back(field(name == "uri" ? Field::uri : name == "host" ? Field::host : Field::scheme));
    }
    at = end;
  }
  flush();
  if (!good) return kNoExpr;
  ast::Expr e;
  e.kind = ast::Expr::Kind::path;
  e.span = cell.span;
  lint_template_in_row(c.view_, text, cell.span, env);
  return c.target({c.concat(std::move(parts)), Type::string, cell.span}, e, env);
}

void Checker::LinesReader::line(const DataRow& row) {
  if (!c.room_for_rule(row.span)) return;
  Options own = options;
  Env env;
  env.parent = &group.env;
  env.facts.parent = &group.env.facts;
  env.scope = group.env.scope;
  env.next_slot = group.env.next_slot;
  c.noted_ = {};
  if (!columns(row, &own)) return;
  for (const std::size_t column : {0, 1}) {
    if (row.cells[column].text.size() <= c.limits_.string_bytes) continue;
    report(Kind::limit_string, row.cells[column].span,
           std::string(column == 0 ? "this source" : "this target") + " is longer than " +
               std::to_string(c.limits_.string_bytes) + " bytes");
    return;
  }
  const ExprId source = this->source(row.cells[0], own.nocase, env);
  if (source == kNoExpr) return;
  const ExprId location = target(row.cells[1], env);
  if (location == kNoExpr) return;
  Action action{.word = ActionWord::redirect};
  action.answer = static_cast<std::uint32_t>(c.rules().answers.size());
  Answer& answer = c.rules().answers.emplace_back();
  answer.status = own.status;
  answer.keep_query = own.keep;
  lint_query_before_text(c.view_, row.cells[1], said_query_before);
  if (own.keep == KeepQuery::yes) lint_query_twice(c.view_, row, said_query_twice);
  answer.location = location;
  if (group.lost) return c.never_silent(row.span);
  const Span where{row.span.file, row.span.begin, row.cells[0].span.end};
  c.add_rule(Phase::request, group.prefix + r.name.text + "." + std::to_string(row.line), where,
             c.joined(group.conditions, {source}), {action}, kNoGuard, r.span);
}

}  // namespace sprx
