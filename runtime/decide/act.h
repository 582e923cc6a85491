// What a rule that matched adds to the decision: its edits with their values worked out, and its answer.
#pragma once

#include <span>
#include <string_view>

#include "runtime/decide/datum.h"
#include "runtime/decide/decision.h"
#include "runtime/decide/inputs.h"
#include "runtime/decide/text_part.h"

namespace sprx {

/// The value of each part of a `concat` (parts of parts included); of another node, the node itself. `Evaluator` is
/// anything that can work out values: it has `value(ExprId)`, `inputs()` and `rules()`.
template <typename Evaluator>
std::span<const TextPart> parts_of(Evaluator& evaluator, ExprId id);

/// The rest needs no evaluator: it gets values and parts.
class ActionWriter {
 public:
  ActionWriter(const RuleSet& rules, Inputs& inputs, Decision& out) : rules_(rules), inputs_(inputs), out_(out) {}
  /// set, add: of everything but a path.
  void edit(const Action& action, const Datum& value);
  /// unset, keep, sort: no value.
  void edit(const Action& action);
  void path(const Action& action, std::span<const TextPart> parts);
  void origin(const Datum& value);
  void log(const Action& action, const Datum& value);
  void ban(const Ban& ban, const Datum& value);
  void answer(ActionWord word, const Answer& answer);
  void answer_header(const AnswerHeader& header, const Datum& value);
  void location(std::span<const TextPart> parts);
  /// After the headers: what the body is escaped for depends on the content type.
  void body(std::span<const TextPart> parts);

 private:
  std::string_view header_text(std::string_view text);
  std::string_view host_text(std::string_view text);
  [[nodiscard]] std::string_view content_type() const;
  const RuleSet& rules_;
  Inputs& inputs_;
  Decision& out_;
};

template <typename Evaluator>
std::size_t count_parts(Evaluator& evaluator, ExprId id) {
  const ExprPool& pool = evaluator.rules().pool;
  if (pool[id].op != Op::concat) return 1;
  std::size_t count = 0;
  for (const ExprId part : pool.list(pool[id])) count += count_parts(evaluator, part);
  return count;
}

template <typename Evaluator>
void fill_parts(Evaluator& evaluator, ExprId id, std::span<TextPart> out, std::size_t& at) {
  const ExprPool& pool = evaluator.rules().pool;
  const Expr& e = pool[id];
  if (e.op == Op::concat) {
    for (const ExprId part : pool.list(e)) fill_parts(evaluator, part, out, at);
    return;
  }
  const auto field = static_cast<Field>(e.a);
  const bool is_path = e.op == Op::field && (field == Field::path || field == Field::uri || field == Field::raw_path);
  const Expr* source = &e;
  while (source->op == Op::let) source = &pool[evaluator.rules().lets[source->a].value];
  const bool made = source->op != Op::field && source->op != Op::capture;
  const Datum value = evaluator.value(id);
  out[at++] = {evaluator.inputs().text_of(value), e.origin, is_path, made};
}

template <typename Evaluator>
std::span<const TextPart> parts_of(Evaluator& evaluator, ExprId id) {
  const std::span<TextPart> out = evaluator.inputs().arena().template array<TextPart>(count_parts(evaluator, id));
  std::size_t at = 0;
  fill_parts(evaluator, id, out, at);
  return out;
}

template <typename Evaluator>
void write_answer(Evaluator& evaluator, ActionWriter& writer, const Action& action) {
  const RuleSet& rules = evaluator.rules();
  const Answer& answer = rules.answers[action.answer];
  writer.answer(action.word, answer);
  for (std::uint32_t i = 0; i < answer.header_count; ++i) {
    const AnswerHeader& header = rules.answer_headers[answer.first_header + i];
    writer.answer_header(header, evaluator.value(header.value));
  }
  if (answer.location != kNoExpr) writer.location(parts_of(evaluator, answer.location));
  if (answer.body != kNoExpr) writer.body(parts_of(evaluator, answer.body));
}

/// Carries out the actions of rule `index`, which matched. True: it ends the phase.
template <typename Evaluator>
bool act(Evaluator& evaluator, const Rule& rule, RuleIndex index, Decision& out) {
  const RuleSet& rules = evaluator.rules();
  ActionWriter writer(rules, evaluator.inputs(), out);
  for (const Action& action : std::span(rules.actions).subspan(rule.first_action, rule.action_count)) {
    switch (action.word) {
      case ActionWord::set:
      case ActionWord::add:
        if (action.target == Target::path) {
          writer.path(action, parts_of(evaluator, action.value));
        } else {
          writer.edit(action, evaluator.value(action.value));
        }
        break;
      case ActionWord::unset:
      case ActionWord::keep:
      case ActionWord::sort:
        writer.edit(action);
        break;
      case ActionWord::origin:
        writer.origin(evaluator.value(action.value));
        break;
      case ActionWord::log:
        writer.log(action, evaluator.value(action.value));
        break;
      case ActionWord::respond:
      case ActionWord::redirect:
      case ActionWord::deny:
        write_answer(evaluator, writer, action);
        out.rule = index;
        return true;
      case ActionWord::drop:
      case ActionWord::forward:
        out.outcome = action.word == ActionWord::drop ? Outcome::drop : Outcome::forward;
        out.rule = index;
        return true;
      case ActionWord::ban:
        writer.ban(rules.bans[action.answer], evaluator.value(rules.bans[action.answer].key));
        break;
      case ActionWord::over:
      case ActionWord::since:
      case ActionWord::until:
      case ActionWord::dry_run:
      case ActionWord::allow:
        break;  // guards: asked before the actions (Guard), or the compiler's alone
    }
  }
  return false;
}

}  // namespace sprx
