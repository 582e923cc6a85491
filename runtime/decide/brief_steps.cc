#include "runtime/decide/brief_steps.h"

#include "runtime/decide/compare.h"

namespace sprx {
namespace {

bool compare_step(const BriefStep& step, std::string_view value, std::string_view text) {
  switch (step.kind) {
    case BriefStep::Kind::equal:
      return text_equal(value, text, step.nocase());
    case BriefStep::Kind::under_path:
      return text_under(value, text, StepOrder::path, step.nocase());
    case BriefStep::Kind::under_host:
      return text_under(value, text, StepOrder::host, step.nocase());
    case BriefStep::Kind::starts_with:
      return text_starts_with(value, text, step.nocase());
    case BriefStep::Kind::ends_with:
      return text_ends_with(value, text, step.nocase());
    case BriefStep::Kind::contains:
      return text_contains(value, text, step.nocase());
    default:
      return false;
  }
}

bool end_phase(Outcome outcome, const BriefStep& step, RuleIndex index, Decision& out) {
  out.outcome = outcome;
  out.status = static_cast<std::uint16_t>(step.of);
  out.rule = index;
  return true;
}

}  // namespace

bool holds(const BriefStep& step, Evaluation& evaluation) {
  if (step.kind == BriefStep::Kind::test) return evaluation.test(ExprId{step.of});
  const RequestFacts& request = evaluation.inputs().request();
  const std::string_view text = evaluation.rules().pool.strings.text(step.at, step.size);
  switch (step.read()) {
    case BriefStep::Read::path:
      return compare_step(step, request.path, text) != step.negated();
    case BriefStep::Read::host:
      return compare_step(step, request.host, text) != step.negated();
    case BriefStep::Read::method:
      return compare_step(step, request.head.method, text) != step.negated();
    case BriefStep::Read::node:
      break;
  }
  const Datum value = evaluation.value(ExprId{step.of});
  return (value.present() && compare_step(step, value.as_text(), text)) != step.negated();
}

bool take(const BriefStep& step, const StringPool& strings, RuleIndex index, Decision& out) {
  const std::string_view text = strings.text(step.at, step.size);
  switch (step.kind) {
    case BriefStep::Kind::set:
    case BriefStep::Kind::add: {
      Edit& edit = out.edits.emplace_back();
      edit.word = step.kind == BriefStep::Kind::set ? ActionWord::set : ActionWord::add;
      edit.target = static_cast<Target>(step.more);
      edit.first_name = step.of;
      edit.name_count = 1;
      edit.text = text;
      return false;
    }
    case BriefStep::Kind::origin:
      out.has_origin = true;
      out.origin = text;
      return false;
    case BriefStep::Kind::respond:
    case BriefStep::Kind::deny:
      out.has_body = step.more != 0;
      if (out.has_body) out.body = text;
      return end_phase(step.kind == BriefStep::Kind::deny ? Outcome::deny : Outcome::respond, step, index, out);
    case BriefStep::Kind::redirect:
      out.keep_query = static_cast<KeepQuery>(step.more);
      out.location = text;
      return end_phase(Outcome::redirect, step, index, out);
    default:
      return false;
  }
}

}  // namespace sprx
