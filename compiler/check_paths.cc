// `set path`: what the author writes of a path, part by part, with all rows that may stand there.
#include "compiler/check_queries.h"
#include "compiler/check_sent.h"
#include "compiler/rule_state.h"
#include "compiler/table/dot_segments.h"

namespace sprx {
namespace {

using PathFault = std::optional<std::pair<std::string, std::string>>;

/// A part of a path between its neighbours.
struct PathPart {
  std::uint8_t begun = kNothingBegun;  ///< what the parts before it leave of a segment
  bool first = false;
  bool closed = false;  ///< the path ends after it, or the next part begins with the end of a segment
  bool own = false;     ///< the author's: text of a request is encoded
  bool row = false;
};

/// What is wrong with text of the author's in a path: the message and what to do. `*after` gets what it leaves.
PathFault path_fault(std::string_view text, const PathPart& at, std::uint8_t* after) {
  if (at.first && !text.starts_with('/'))
    return std::pair("a path begins with `/`", at.row ? "write a `/` before it" : "write `set path = \"/…\";`");
  if (text.find_first_of("?#") != std::string_view::npos)
    return std::pair("a path holds no `?` and no `#`",
                     "the query is changed with `set query[\"name\"] = …;`; the character is written `%3F`");
  if (const std::size_t bad = at.own ? bad_escape(text) : std::string_view::npos; bad != std::string_view::npos)
    return std::pair(text.substr(bad, 3) == "%00"
                         ? std::string("a path holds no `%00`")
                         : "`" + std::string(text.substr(bad, 3)) + "` in a path stands for no character",
                     "after `%` stand two hexadecimal digits; a `%` itself is written `%25`");
  bool dots = false;
  const std::uint8_t left = segment_after(text, at.begun, &dots);
  *after |= left;
  if (dots || (at.closed && (left & (kOneDot | kTwoDots)) != 0))
    return std::pair("a path that is set holds no `.` and no `..` segment",
                     "write the path that is meant; an origin may decode and split it before it looks");
  return std::nullopt;
}

/// Whether the text ends the segment before it.
bool ends_segment(std::string_view text) {
  bool dots = false;
  (void)segment_after(text.substr(0, 3), kOneDot, &dots);
  return dots;
}

}  // namespace

bool Checker::edit_path(const ast::Expr& e, RuleState& rule, Action& out) {
  const ExprId id = text_of(e, rule, "`set path`");
  if (id == kNoExpr || !need_present({id, Type::path, e.span}, rule.env, "`set path`")) return false;
  lint_template_in_target(view_, e, rule.env, uses_);
  lint_query_in_path(view_, e);
  slashes_.look_at(e, rule.env);
  out.value = flatten({id, Type::path, e.span});
  if (out.value == kNoExpr) return false;
  const std::span<const ExprId> seen = pool().list(pool()[out.value]);
  const std::vector<ExprId> parts(seen.begin(), seen.end());
  if (parts.empty()) {
    report(Kind::path_target, e.span, "a path is not empty").help("write `set path = \"/\";`");
    return false;
  }
  const auto text_at = [&](std::size_t i) {
    const Expr* const part = i < parts.size() ? &pool()[parts[i]] : nullptr;
    return part != nullptr && part->op == Op::text ? pool().strings.view(StrId{part->a}) : std::string_view{};
  };
  PathPart at;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const Expr& part = pool()[parts[i]];
    at.first = i == 0;
    at.closed = i + 1 == parts.size() || ends_segment(text_at(i + 1));
    at.own = part.origin == Origin::own;
    at.row = part.op != Op::text;
    // What is not known is a name: run time takes dots out of it.
    std::uint8_t after = at.row ? kNameBegun : 0;
    const auto fault = [&](std::string_view text) { return path_fault(text, at, &after); };
    if (!rows_fit(parts[i], rule.env, Kind::path_target, e.span, fault)) return false;
    at.begun = after;
  }
  return true;
}

}  // namespace sprx
