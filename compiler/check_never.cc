// Literals that what they are compared with can never be: a capital in a media type, a lower-case method, a port past
// 65535. Such a condition is a mistake that no request would ever show; the message offers the form that can match.
#include <limits>

#include "compiler/checker.h"
#include "compiler/never.h"

namespace sprx {
namespace {

/// What a literal past 64 bits is read as. The parser has reported it; it may also be meant.
constexpr std::int64_t kUnreadableNumber = std::numeric_limits<std::int64_t>::max();

}  // namespace

bool Checker::never(const ast::Expr& e, const Never& found) {
  Diagnostic& d =
      found.kind == Kind::never_equal ? report(found.kind, e.span, found.why) : out_.add(found.kind, e.span, found.why);
  if (!found.similar.empty())
    d.help("a similar word exists: `\"" + found.similar + "\"`").fix(e.span, "\"" + found.similar + "\"", false);
  // Other case is the same value as it is spelt there; anything more may be another value than was meant.
  const bool same = e.is_plain_string() && equal_nocase(found.form, e.plain_text());
  const bool regex = e.is(ast::Expr::Kind::regex);
  if (!found.help.empty()) {
    d.help(found.help);
  } else if (found.form.empty()) {
    d.help("compare with a value that it can have, or take the comparison out");
  } else {
    const std::string form = "`\"" + found.form + "\"`";
    d.help("the form it can equal is " + form + (regex ? ", written `== \"" + found.form + "\"`" : ""));
  }
  if (!found.form.empty() && !regex) d.fix(e.span, "\"" + found.form + "\"", same);
  return found.kind != Kind::never_equal;
}

bool Checker::can_equal(const ast::Expr& e, const std::string& text, const Want& want) {
  const std::optional<Never> found = value_never(pool(), view_.source_of(want.subject), text, want.nocase);
  return !found || never(e, *found);
}

bool Checker::number_can_equal(const ast::Expr& e, const Value& left, std::int64_t first, std::int64_t last) {
  const Expr& subject = view_.source_of(left.id);
  if (first == kUnreadableNumber && out_.syntax_error_in(e.span)) return true;
  const std::optional<Never> found = number_never(pool(), subject, first, last);
  return !found || never(e, *found);
}

bool Checker::order_can_hold(const ast::Expr& e, const Value& left, const Value& right) {
  const auto is_number = [this](const Value& v) {
    const Expr& known = pool()[v.id];
    return known.op == Op::integer && known.type == Type::integer;
  };
  const bool turned = is_number(left);
  if (turned == is_number(right)) return true;
  const bool equal = e.text.size() == 2;
  const bool less = e.text.starts_with('<') != turned;  // of the subject, which stands on the right of `10 > port`
  const Op op = less ? (equal ? Op::less_equal : Op::less) : equal ? Op::greater_equal : Op::greater;
  const Value& number = turned ? left : right;
  const Expr& subject = view_.source_of((turned ? right : left).id);
  if (pool().integers[pool()[number.id].a] == kUnreadableNumber && out_.syntax_error_in(e.span)) return true;
  const std::optional<Never> found = order_never(pool(), subject, op, pool().integers[pool()[number.id].a]);
  // `bucket(…) < 0` is a roll-out to nobody, which was one to some yesterday; of the rule E3002 says so.
  const bool nobody = op == Op::less && pool().integers[pool()[number.id].a] == 0 && subject.op == Op::call &&
                      static_cast<Function>(subject.a) == Function::bucket;
  if (!found || (nobody && !turned)) return true;
  if (found->kind != Kind::always_holds) return never(e.children[turned ? 0 : 1], *found);
  out_.add(found->kind, e.span, found->why).help(found->help);
  return true;
}

void Checker::lint_range_always(const ast::Expr& e, const Value& left, std::int64_t first, std::int64_t last) {
  const std::optional<Never> found = range_always(pool(), view_.source_of(left.id), first, last);
  if (found && !e.negated) out_.add(found->kind, e.span, found->why).help(found->help);
}

bool Checker::fragment_can_match(const ast::Expr& e, const Value& left, MatchMode mode, bool nocase) {
  const Expr& subject = view_.source_of(left.id);
  if (subject.op == Op::call && e.is_plain_string() &&
      (static_cast<Function>(subject.a) == Function::lower || static_cast<Function>(subject.a) == Function::upper)) {
    std::optional<Never> found = call_never(pool(), subject, e.plain_text(), nocase);
    if (found) found->help = "the form it can hold is `\"" + found->form + "\"`";
    return !found || never(e, *found);
  }
  if (subject.op == Op::call && e.is_plain_string()) {
    const std::optional<Never> made = result_never(pool(), subject, e.plain_text(), nocase, false);
    if (made) return never(e, *made);
  }
  if ((subject.op != Op::field && left.type != Type::path) || !e.is_plain_string()) return true;
  const Field field = subject.op == Op::field ? static_cast<Field>(subject.a) : Field::path;
  const std::optional<Never> found = fragment_never(field, e.plain_text(), mode, nocase);
  return !found || never(e, *found);
}

bool Checker::pattern_can_match(const ast::Expr& e, const Value& left, const Pattern& pattern) {
  const Expr& subject = view_.source_of(left.id);
  if (subject.op != Op::field && subject.op != Op::call) return true;
  const std::optional<Never> found = subject.op == Op::field ? pattern_never(static_cast<Field>(subject.a), pattern)
                                                             : pattern_never(static_cast<Function>(subject.a), pattern);
  return !found || never(e, *found);
}

}  // namespace sprx
