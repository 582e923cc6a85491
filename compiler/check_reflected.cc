#include "compiler/check_reflected.h"

#include <algorithm>

#include "compiler/table/canonical.h"
#include "compiler/table/condition_nodes.h"

namespace sprx {
namespace {

bool is_origin_header(const CheckView& view, const Expr& e) {
  if (e.op != Op::field) return false;
  const auto field = static_cast<Field>(e.a);
  return (field == Field::header || field == Field::header_all) && view.text(StrId{e.b}) == "origin";
}

/// Whether a condition asks more of `Origin`, or of `Sec-Fetch-Site`, than that it is there.
bool asks_for_origin(const CheckView& view, ExprId condition) {
  bool asks = false;
  for_each_node(view.rules, condition, [&](const Expr& e) {
    asks = asks || is_origin_header(view, e) ||
           (e.op == Op::field && static_cast<Field>(e.a) == Field::header && view.text(StrId{e.b}) == "sec-fetch-site");
    return e.op != Op::exists || !is_origin_header(view, view.source_of(ExprId{e.a}));
  });
  return asks;
}

/// Whether a rule before this one may have refused those that are not known. In a program of many rules it is taken so.
bool asked_before(const CheckView& view) {
  constexpr std::size_t kMostRules = 2'000;
  const std::vector<Rule>& all = view.rules.of(Phase::request);
  if (all.size() > kMostRules) return true;
  return std::any_of(all.begin(), all.end(), [&](const Rule& rule) {
    const auto begin = view.rules.actions.begin() + rule.first_action;
    const bool ends = std::any_of(begin, begin + rule.action_count, [](const Action& action) {
      return info(action.word).kind == ActionInfo::Kind::terminal;
    });
    return ends && asks_for_origin(view, rule.condition);
  });
}

/// `header["Origin"]`, `"${header["Origin"]}"`, `header["Origin"] ?? ""`.
bool reflects(const CheckView& view, ExprId value) {
  const Expr* e = &view.source_of(value);
  while ((e->op == Op::concat && e->b == 1) || e->op == Op::fallback) e = &view.source_of(view.pool().list(*e)[0]);
  return is_origin_header(view, *e);
}

bool is_true(const CheckView& view, ExprId value) {
  const Expr* e = &view.source_of(value);
  if (e->op == Op::concat && e->b == 1) e = &view.source_of(view.pool().list(*e)[0]);
  return e->op == Op::text && view.text(StrId{e->a}) == "true";
}

struct SharedAnswer {
  Span origin;       ///< known: any origin may read it
  Span credentials;  ///< known: cookies may be sent for it

  void header(const CheckView& view, std::string_view name, ExprId value, Span place) {
    if (equal_nocase(name, "access-control-allow-origin") && reflects(view, value)) origin = place;
    if (equal_nocase(name, "access-control-allow-credentials") && is_true(view, value)) credentials = place;
  }
};

}  // namespace

void lint_reflected_origin(const CheckView& view, const std::vector<Action>& actions, const std::vector<Span>& places,
                           ExprId condition) {
  SharedAnswer shared;
  for (std::size_t i = 0; i < actions.size(); ++i) {
    const Action& action = actions[i];
    if (action.target == Target::response_header && action.word == ActionWord::set && action.name_count == 1)
      shared.header(view, view.text(view.rules.names[action.first_name]), action.value, places[i]);
    if (action.word != ActionWord::respond && action.word != ActionWord::redirect && action.word != ActionWord::deny)
      continue;
    const Answer& answer = view.rules.answers[action.answer];
    const auto length = static_cast<std::uint32_t>(info(action.word).name.size());
    const Span word{places[i].file, places[i].begin, places[i].begin + length};
    for (std::uint32_t k = 0; k < answer.header_count; ++k) {
      const AnswerHeader& header = view.rules.answer_headers[answer.first_header + k];
      shared.header(view, view.text(header.name), header.value, word);
    }
  }
  if (!shared.origin.known() || !shared.credentials.known() || asks_for_origin(view, condition) || asked_before(view))
    return;
  Diagnostic& d = view.out.add(Kind::odd_header_value, shared.origin,
                               "whatever site asks may read this answer, which is made with the visitor's cookies");
  if (shared.credentials != shared.origin) d.label(shared.credentials, "cookies may be sent for it");
  d.help("compare it with a list first: `when header[\"Origin\"] in [\"https://www.example.com\"];`");
}

}  // namespace sprx
