// Patterns without a sign of patterns: what is plain text is said more clearly by another operator, and may be text
// that its subject never holds.
#include <algorithm>

#include "compiler/check_domains.h"
#include "compiler/check_text_habits.h"
#include "compiler/checker.h"

namespace sprx {
namespace {

/// Longer comparisons are not shown in a help line.
constexpr std::size_t kShownComparison = 60;

/// The literal that a pattern without any of its signs is.
struct LiteralPattern {
  bool known = false;
  bool begins = false;  ///< `^`
  bool ends = false;    ///< `$`
  std::string text;
};

LiteralPattern literal_of(std::string_view source) {
  LiteralPattern out;
  out.begins = source.starts_with('^');
  if (out.begins) source.remove_prefix(1);
  for (std::size_t at = 0; at < source.size(); ++at) {
    const char c = source[at];
    if (c == '$' && at + 1 == source.size()) {
      out.ends = true;
      break;
    }
    if (c == '\\') {
      if (++at == source.size() ||
          std::string_view("./-_~!#%&,:;=@?+*()[]{}|^$").find(source[at]) == std::string_view::npos)
        return {};
      out.text += source[at];
    } else if (std::string_view(".[](){}*+?|^$\"").find(c) != std::string_view::npos) {
      return {};
    } else {
      out.text += c;
    }
  }
  out.known = !out.text.empty() && out.text.find_first_of("\"\\$") == std::string::npos;
  return out;
}

}  // namespace

bool Checker::literal_pattern_can_match(const ast::Expr& right, const Value& left, bool nocase) {
  const LiteralPattern literal = literal_of(right.text);
  if (!literal.known) return true;
  const Expr& subject = pool()[left.id];
  if (literal.begins && literal.ends && left.type != Type::path)
    return can_equal(right, literal.text, {left.type, left.id, nocase});
  if (left.type == Type::host && !nocase &&
      std::any_of(literal.text.begin(), literal.text.end(), [](char c) { return c >= 'A' && c <= 'Z'; })) {
    std::string lower = literal.text;
    std::transform(lower.begin(), lower.end(), lower.begin(), fold);
    report(Kind::never_equal, right.span,
           "`" + std::string(sources_.text(right.span)) + "` looks for capitals, a host has none")
        .help("the form it can hold is `" + lower + "`");
    return false;
  }
  if (left.type != Type::path || subject.op != Op::field) return true;
  if (literal.begins && !literal.text.starts_with('/')) {
    report(Kind::never_equal, right.span, "a path begins with `/`, so nothing begins with this")
        .help("write `/` after the `^`");
    return false;
  }
  std::string canonical;
  const std::string whole = (literal.text.starts_with('/') ? "" : "/") + literal.text;
  const bool dots = literal.text.find("//") != std::string::npos || literal.text.find("/../") != std::string::npos ||
                    literal.text.find("/./") != std::string::npos;
  const bool escape = literal.text.find('%') != std::string::npos &&
                      canonical_path_literal(whole, canonical) == PathError::none && canonical != whole;
  if (!dots && !escape) return true;
  out_.add(Kind::never_in_path, right.span, "no canonical path holds this text")
      .help(dots ? "`path` has `//`, `.` and `..` resolved; `raw_path` is as sent"
            : canonical.size() <= 1
                ? "`path` is decoded and has `.` and `..` resolved; `raw_path` is as sent"
                : "`path` is decoded: write `" + canonical.substr(literal.text.starts_with('/') ? 0 : 1) +
                      "`; `raw_path` is as sent");
  return true;
}

void lint_literal_pattern(const CheckView& view, const ast::Expr& e, const Value& left, const Pattern& pattern) {
  if (!pattern.names.empty()) return;
  const ast::Expr* right = &e.children[1];
  while (right->is(ast::Expr::Kind::paren)) right = &right->children[0];
  const LiteralPattern literal = literal_of(right->text);
  if (!literal.known) return;
  const bool nocase = e.nocase || right->nocase;
  const bool whole = literal.begins && literal.ends;
  const std::string op = whole            ? (e.negated ? "!=" : "==")
                         : literal.begins ? "starts_with"
                         : literal.ends   ? "ends_with"
                                          : "contains";
  const MatchMode mode = literal.begins ? MatchMode::starts_with : MatchMode::ends_with;
  const std::optional<Unbounded> more =
      literal.begins == literal.ends ? std::nullopt
                                     : without_boundary(view, e.children[0], left, literal.text, mode, e.negated);
  if (more) {
    Diagnostic& d = view.out.add(Kind::literal_pattern, right->span,
                                 "this pattern is plain text, and takes `" + more->taken + "` too");
    d.help(more->help).fix(e.span, more->form, false);
    return;
  }
  const std::string shown = std::string(view.sources.text(e.children[0].span)) + (e.negated && !whole ? " not" : "") +
                            (nocase ? " nocase " : " ") + op + " \"" + literal.text + "\"";
  Diagnostic& d = view.out.add(Kind::literal_pattern, right->span, "this pattern is plain text");
  d.help(shown.size() <= kShownComparison ? "`" + op + "` says it more clearly: `" + shown + "`"
                                          : "`" + op + "` says it more clearly");
  d.fix(e.span, shown, false);
}

}  // namespace sprx
