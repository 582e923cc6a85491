// An `or` of negations of which one always holds: `path not under "/a" or path not under "/b"`. That what they negate
// excludes each other is proved, see compiler/sets/prove.h. Looked for once all lists have their rows.
#include "compiler/check_excluding.h"

#include <algorithm>
#include <map>

#include "compiler/sets/prove.h"
#include "compiler/table/canonical.h"

namespace sprx {
namespace {

/// Longer source is not repeated in a help line.
constexpr std::size_t kShownJoined = 90;
constexpr std::size_t kShownList = 60;
/// Longest list that is shown instead of an `or`, in its members.
constexpr std::size_t kShownMembers = 8;
/// Negations of one value in one `or`; more are not looked at.
constexpr std::size_t kMostNegated = 64;
/// Comparisons that all these proofs may take together (Space::spend).
constexpr std::uint64_t kMaxExcludingWork = 5'000'000;

/// Comparisons of a value with what the author wrote; what a flag or a dynamic list says is left alone.
bool compares_one(Op op) {
  return op == Op::equal || op == Op::in_list || op == Op::in_table || op == Op::in_cidr || op == Op::in_range ||
         op == Op::under || op == Op::starts_with || op == Op::ends_with || op == Op::contains || op == Op::like ||
         op == Op::matches;
}

/// What no value does with all of them.
std::string_view verb_of(Op op) {
  switch (op) {
    case Op::under:
      return "is under";
    case Op::like:
      return "is like";
    case Op::starts_with:
      return "begins with";
    case Op::ends_with:
      return "ends with";
    case Op::in_list:
    case Op::in_table:
    case Op::in_cidr:
    case Op::in_range:
      return "is in";
    default:
      return "matches";
  }
}

}  // namespace

void Excluding::look_at(const ast::Expr& e, const std::vector<ExprId>& operands) {
  if (!either_differs(e, operands)) note(e, operands);
}

/// `x != "a" or x != "b"`: one of them always holds.
bool Excluding::either_differs(const ast::Expr& e, const std::vector<ExprId>& operands) {
  const auto differs = [this](ExprId id) -> const Expr* {
    if (view_.pool()[id].op != Op::negate) return nullptr;
    const Expr& inner = view_.pool()[ExprId{view_.pool()[id].a}];
    if (inner.op != Op::equal || view_.pool()[ExprId{inner.a}].type == Type::string_list) return nullptr;
    const Op right = view_.pool()[ExprId{inner.b}].op;
    return right == Op::text || right == Op::integer || right == Op::address ? &inner : nullptr;
  };
  const auto same_text = [this](const Expr& a, const Expr& b) {
    const Expr& first = view_.pool()[ExprId{a.b}];
    const Expr& second = view_.pool()[ExprId{b.b}];
    if (first.op != Op::text || second.op != Op::text || !(a.nocase || b.nocase)) return a.b == b.b;
    return equal_nocase(view_.text(StrId{first.a}), view_.text(StrId{second.a}));
  };
  std::vector<std::size_t> found;
  const Expr* first = nullptr;
  bool different = false;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    const Expr* const at = differs(operands[i]);
    if (at == nullptr || (first != nullptr && at->a != first->a)) continue;
    if (first != nullptr && !same_text(*first, *at)) different = true;
    if (first == nullptr) first = at;
    found.push_back(i);
  }
  if (!different) return false;
  const ast::Expr& begins = ast::without_parens(e.children[found[0]]);
  const std::string subject = begins.is(ast::Expr::Kind::comparison)
                                  ? std::string(view_.sources.text(ast::without_parens(begins.children[0]).span))
                                  : std::string();
  std::string list;
  for (const std::size_t i : found) {
    const ast::Expr& child = ast::without_parens(e.children[i]);
    if (child.is(ast::Expr::Kind::comparison) && found.size() <= kShownMembers)
      list += (list.empty() ? "" : ", ") + std::string(view_.sources.text(child.children[1].span));
  }
  const std::string shown = subject + (first->nocase ? " not nocase in [" : " not in [") + list + "]";
  Diagnostic& d =
      view_.out.add(Kind::either_differs, e.span, "this always holds: no value equals all of these at once");
  if (subject.empty() || list.empty() || shown.size() > kShownList) {
    d.help("join them with `and`, or write `not in [...]`");
    return true;
  }
  d.help("join them with `and`, or write `" + shown + "`");
  if (found.size() == operands.size()) d.fix(e.span, shown, false);
  return true;
}

void Excluding::note(const ast::Expr& e, const std::vector<ExprId>& operands) {
  std::map<std::uint32_t, Negations> by_subject;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    const Expr& whole = view_.pool()[operands[i]];
    if (whole.op != Op::negate) continue;
    const Expr& inner = view_.pool()[ExprId{whole.a}];
    if (!compares_one(inner.op)) continue;
    Negations& all = by_subject[inner.a];
    all.branches.push_back(i);
    all.claims.push_back(ExprId{whole.a});
  }
  for (auto& [subject, all] : by_subject) {
    if (all.branches.size() < 2 || all.branches.size() > kMostNegated) continue;
    all.e = &e;
    negations_.push_back(std::move(all));
  }
}

void Excluding::tell() {
  sets::Space space(view_.rules);
  space.allow(kMaxExcludingWork);
  const auto never = [&space](std::span<const ExprId> conditions) {
    std::vector<sets::Claim> claims;
    for (const ExprId condition : conditions) claims.push_back({condition, true});
    return sets::prove(space, claims).verdict == sets::Verdict::empty;
  };
  for (const Negations& all : negations_) {
    if (space.exhausted()) return;
    if (!never(all.claims)) continue;
    // What holds for nothing by itself is another mistake.
    const bool alone = std::any_of(all.claims.begin(), all.claims.end(), [&](const ExprId& claim) {
      return never({&claim, 1});
    });
    if (!alone) tell_one(all);
  }
}

void Excluding::tell_one(const Negations& all) {
  const ast::Expr& e = *all.e;
  std::string_view verb;
  for (const ExprId claim : all.claims) {
    const Expr& inner = view_.pool()[claim];
    const bool list = inner.op == Op::in_list;
    const MatchMode mode = list ? view_.rules.lists[inner.b].keys.mode : MatchMode::exact;
    const std::string_view one = mode == MatchMode::exact   ? verb_of(inner.op)
                                 : mode == MatchMode::under ? verb_of(Op::under)
                                                            : verb_of(mode == MatchMode::starts_with ? Op::starts_with
                                                                      : mode == MatchMode::ends_with ? Op::ends_with
                                                                                                     : Op::matches);
    verb = verb.empty() || verb == one ? one : verb_of(Op::matches);
  }
  Diagnostic& d = view_.out.add(Kind::either_differs, e.span,
                                "this always holds: no value " + std::string(verb) + " all of these at once");
  const bool whole = all.branches.size() == e.children.size();
  std::string joined;
  for (const std::size_t i : all.branches) {
    const Span where = e.children[i].span;
    if (!whole) d.label(where, "");
    joined += (joined.empty() ? "" : " and ") + std::string(view_.sources.text(where));
  }
  const bool shown = joined.size() <= kShownJoined && joined.find('\n') == std::string::npos;
  d.help("join them with `and`" + (shown ? ": `" + joined + "`" : std::string()));
  if (whole) d.fix(e.span, joined, false);
}

}  // namespace sprx
