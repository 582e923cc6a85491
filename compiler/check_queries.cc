// Queries that get where they are not meant: `uri` is path and query, and a forwarded request and `keep_query` have the
// query already.
#include "compiler/check_queries.h"

#include <algorithm>

namespace sprx {
namespace {

/// `uri` as the value, or put into its text; nullptr where it stands behind a `?`, or not at all.
const ast::Expr* uri_in(const ast::Expr& e) {
  const ast::Expr& value = ast::without_parens(e);
  if (value.is(ast::Expr::Kind::path) && value.text == "uri") return &value;
  if (!value.is(ast::Expr::Kind::string)) return nullptr;
  for (const ast::Expr& part : value.children) {
    if (part.is(ast::Expr::Kind::piece) && part.text.find_first_of("?#") != std::string::npos) return nullptr;
    if (part.is(ast::Expr::Kind::path) && part.text == "uri") return &part;
  }
  return nullptr;
}

/// `raw_query` behind a `?` of the text round it.
const ast::Expr* query_in(const ast::Expr& e) {
  bool question = false;
  for (const ast::Expr& part : ast::without_parens(e).children) {
    if (part.is(ast::Expr::Kind::piece)) question = question || part.text.find('?') != std::string::npos;
    if (part.is(ast::Expr::Kind::path) && part.text == "raw_query" && question) return &part;
  }
  return nullptr;
}

constexpr std::string_view kTwice = " the query already, and `keep_query` adds it again";

/// Whether a rule asks for the query in some way: it may take requests without any.
bool asks_for_query(const CheckView& view, const WrittenCondition& of) {
  const auto asks = [&](Span span) {
    const std::string_view text = view.sources.text(span);
    return text.find("query") != std::string_view::npos || text.find("uri") != std::string_view::npos;
  };
  return std::any_of(of.whens.begin(), of.whens.end(), asks) ||
         std::any_of(of.parts.begin(), of.parts.end(), [&](const AtomPlace& part) { return asks(part.where); });
}

}  // namespace

void lint_query_in_path(const CheckView& view, const ast::Expr& value) {
  const ast::Expr* const uri = uri_in(value);
  if (uri == nullptr) return;
  view.out.add(Kind::query_carried, uri->span, "`uri` is path and query: here its query becomes a part of the path")
      .help("write `path`; the query of the request goes on by itself")
      .fix(uri->span, "path", false);
}

bool lint_query_before_text(const CheckView& view, const ast::Expr& target, const WrittenCondition& of) {
  if (asks_for_query(view, of)) return false;
  const ast::Expr* const uri = uri_in(target);
  const std::vector<ast::Expr>& parts = ast::without_parens(target).children;
  const auto at = std::find_if(parts.begin(), parts.end(), [&](const ast::Expr& part) { return &part == uri; });
  if (at == parts.end() || at + 1 == parts.end() || !(at + 1)->is(ast::Expr::Kind::piece)) return false;
  const std::string& behind = (at + 1)->text;
  if (behind.empty() || behind[0] == '#' || behind[0] == '&') return false;
  const bool question = behind[0] == '?';
  view.out
      .add(Kind::query_carried, uri->span,
           question ? "`uri` has the query of the request, and this `?` would begin a second one"
                    : "`uri` is path and query: what stands behind it becomes a part of the query")
      .help("write `path`; the query goes on with `keep_query` behind the target")
      .fix(uri->span, "path", false);
  return true;
}

void lint_query_in_key(const CheckView& view, const ast::Expr& key, std::string_view table) {
  const ast::Expr* const uri = uri_in(key);
  if (uri == nullptr) return;
  view.out
      .add(Kind::query_carried, uri->span,
           "`uri` is path and query, and the keys are paths: no URL with a query is found")
      .help("write `" + std::string(table) + "[path]`")
      .fix(uri->span, "path", false);
}

void lint_query_twice(const CheckView& view, const ast::Expr& target, const ast::Expr& keep) {
  if (keep.text != "keep_query") return;
  const ast::Expr* const uri = uri_in(target);
  const ast::Expr* const has = uri != nullptr ? uri : query_in(target);
  if (has == nullptr) return;
  view.out
      .add(Kind::query_carried, keep.span,
           "`" + has->text + "` " + (uri != nullptr ? "has" : "is") + std::string(kTwice))
      .label(has->span, "the query is in this")
      .help(uri != nullptr ? "take `keep_query` out, or write `path` instead of `uri`" : "take `keep_query` out")
      .fix({keep.span.file, target.span.end, keep.span.end}, "", false);
}

void lint_query_before_text(const CheckView& view, const DataCell& target, bool& said) {
  constexpr std::string_view kUri = "{uri}";
  const std::string_view text = target.text;
  const std::size_t uri = text.find(kUri);
  if (said || uri == std::string_view::npos || uri > text.find_first_of("?#") || (uri > 0 && text[uri - 1] == '\\'))
    return;
  const std::string_view behind = text.substr(uri + kUri.size());
  if (behind.empty() || std::string_view("#&?{").find(behind[0]) != std::string_view::npos) return;
  said = true;
  const auto begin = target.span.begin + static_cast<std::uint32_t>(uri);
  view.out
      .add(Kind::query_carried, {target.span.file, begin, begin + static_cast<std::uint32_t>(kUri.size())},
           "`{uri}` is path and query: what stands behind it becomes a part of the query")
      .help("end the source in `{rest...}` and write `{rest}`; the query goes on with `keep_query`");
}

void lint_query_twice(const CheckView& view, const DataRow& row, bool& said) {
  const std::string_view text = row.cells[1].text;
  const std::size_t uri = text.find("{uri}");
  if (uri == std::string_view::npos || uri > text.find('?') || (uri > 0 && text[uri - 1] == '\\')) return;
  const bool own = row.cells.size() > 3;
  // What the block says is one mistake, however many lines there are.
  if (!own && said) return;
  said = said || !own;
  const Span cell = row.cells[1].span;
  const auto begin = cell.begin + static_cast<std::uint32_t>(uri);
  const Span where = own ? row.cells[3].span : Span{cell.file, begin, begin + 5};
  view.out.add(Kind::query_carried, where, "`{uri}` has" + std::string(kTwice))
      .help(own ? "write `-` instead"
                : "take `keep_query` out of the block, or end such a line with its status and `-`");
}

}  // namespace sprx
