// Headers and bodies of responses that browsers make nothing of, or something else than was meant.
#include <algorithm>
#include <array>

#include "compiler/header_values.h"
#include "compiler/rule_state.h"
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

void Checker::lint_sent_value(std::string_view name, const ast::Expr& literal, RuleState& rule) {
  if (!literal.is_plain_string()) return;
  const std::string text = literal.plain_text();
  const bool origin = equal_nocase(name, "access-control-allow-origin") && text == "*";
  const bool credentials = equal_nocase(name, "access-control-allow-credentials") && text == "true";
  if (const std::optional<OddValue> odd = odd_header_value(name, text)) {
    const auto begin = odd->part.empty() ? 0 : static_cast<std::size_t>(odd->part.data() - text.data());
    out_.add(odd->kind, odd->part.empty() ? literal.span : literal.place_in_text(begin, begin + odd->part.size()),
             odd->why)
        .help(odd->help);
  }
  if (origin) rule.any_origin = literal.span;
  if (credentials) rule.credentials = literal.span;
  if ((!origin && !credentials) || !rule.any_origin.known() || !rule.credentials.known()) return;
  out_.add(Kind::odd_header_value, rule.any_origin, "browsers refuse `*` where cookies may be sent with the request")
      .label(rule.credentials, "said here")
      .help("name one origin: `header[\"Origin\"]`, once it has been compared with a list");
}

void Checker::note_plain_body(const ast::Block& block, const Answer& answer, const RuleState& rule) {
  if (answer.content_type != kNoStr || answer.body == kNoExpr) return;
  for (const Action& before : rule.actions) {
    if (before.target == Target::response_header && before.name_count == 1 &&
        equal_nocase(pool().strings.view(rules().names[before.first_name]), "content-type"))
      return;
  }
  const Expr& body = pool()[answer.body];
  const Expr& first = body.op == Op::concat && body.b > 0 ? pool()[pool().list(body)[0]] : body;
  if (first.op != Op::text || !begins_as_html(pool().strings.view(StrId{first.a}))) return;
  for (const ast::Action& entry : block.actions) {
    if (entry.word.text == "body") plain_bodies_.push_back(entry.word.span);
  }
}

/// A rule of responses may give them their type.
void Checker::lint_plain_bodies() {
  const auto types = [this](const Action& action) {
    return action.target == Target::response_header && action.name_count == 1 &&
           equal_nocase(pool().strings.view(rules().names[action.first_name]), "content-type");
  };
  if (plain_bodies_.empty() || std::any_of(rules().actions.begin(), rules().actions.end(), types)) return;
  for (const Span where : plain_bodies_) {
    out_.add(Kind::odd_header_value, where, "this page is sent as `text/plain`: visitors see its source")
        .help("write `content_type \"text/html; charset=utf-8\";` before it")
        .fix({where.file, where.begin, where.begin}, "content_type \"text/html; charset=utf-8\"; ", false);
  }
}

}  // namespace sprx
