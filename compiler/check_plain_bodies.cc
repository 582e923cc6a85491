// Pages that are sent as plain text.
#include "compiler/check_plain_bodies.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "compiler/table/canonical.h"

namespace sprx {
namespace {

/// Text that nobody sends to be read as it stands.
bool begins_as_html(std::string_view text) {
  constexpr auto kTags = std::to_array<std::string_view>(
      {"<!doctype html", "<html", "<head>", "<body", "<title>", "<h1", "<p>", "<div", "<center>"});
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  return std::any_of(kTags.begin(), kTags.end(),
                     [&](std::string_view tag) { return equal_nocase(tag, text.substr(0, tag.size())); });
}

}  // namespace

void lint_file_as_body(const CheckView& view, const ast::Expr& e) {
  constexpr auto kEnds = std::to_array<std::string_view>({".html", ".htm", ".json", ".txt", ".xml"});
  constexpr std::size_t kLongestName = 100;
  if (!e.is_plain_string()) return;
  const std::string name = e.plain_text();
  const bool word = name.size() <= kLongestName && std::all_of(name.begin(), name.end(), [](unsigned char c) {
                      return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.' || c == '/';
                    });
  const bool ends = std::any_of(kEnds.begin(), kEnds.end(), [&](std::string_view end) {
    return name.size() > end.size() && name.ends_with(end) && name[name.size() - end.size() - 1] != '/';
  });
  if (!word || !ends) return;
  view.out.add(Kind::odd_header_value, e.span, "this text is all that is sent, and no file")
      .help("the page is sent by `body file \"" + name + "\";`")
      .fix(e.span, "file " + std::string(view.sources.text(e.span)), false);
}

bool PlainBodies::sets_type(const Action& action) const {
  return action.target == Target::response_header && action.name_count == 1 &&
         equal_nocase(view_.text(view_.rules.names[action.first_name]), "content-type");
}

void PlainBodies::note(const ast::Block& block, const Answer& answer, const std::vector<Action>& before) {
  if (answer.content_type != kNoStr || answer.body == kNoExpr) return;
  if (std::any_of(before.begin(), before.end(), [this](const Action& action) { return sets_type(action); })) return;
  const ExprPool& pool = view_.pool();
  const Expr& body = pool[answer.body];
  const Expr& first = body.op == Op::concat && body.b > 0 ? pool[pool.list(body)[0]] : body;
  if (first.op != Op::text || !begins_as_html(view_.text(StrId{first.a}))) return;
  for (const ast::Action& entry : block.actions) {
    if (entry.word.text == "body") bodies_.push_back(entry.word.span);
  }
}

void PlainBodies::tell() {
  const std::vector<Action>& actions = view_.rules.actions;
  if (bodies_.empty() ||
      std::any_of(actions.begin(), actions.end(), [this](const Action& action) { return sets_type(action); }))
    return;
  for (const Span where : bodies_) {
    view_.out.add(Kind::odd_header_value, where, "this page is sent as `text/plain`: visitors see its source")
        .help("write `content_type \"text/html; charset=utf-8\";` before it")
        .fix({where.file, where.begin, where.begin}, "content_type \"text/html; charset=utf-8\"; ", false);
  }
}

}  // namespace sprx
