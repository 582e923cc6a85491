// `nocase` behind a comparison or before it, and `over` with a condition beside it.
#include "grammar/advice_parts.h"

namespace sprx::advice {
namespace {

constexpr std::size_t kComparisonShown = 70;

/// The operator of the comparison that ends at `end`, on its line from `begin` on; `end` if there is none.
Offset last_operator(std::string_view text, Offset begin, Offset end) {
  Offset found = end;
  for (Offset at = begin; at < end; at = scan::skip_token(text, at)) {
    const std::string_view name = scan::name_at(text, at);
    const bool joiner = name == "and" || name == "or" || text[at] == '\n';
    if (joiner) {
      found = end;
    } else if (found == end && is_operator(text, at)) {
      found = at;
    }
    if (text[at] == '=' || text[at] == '!') ++at;
  }
  return found;
}

}  // namespace

std::optional<Foreign> nocase_behind(std::string_view text, const Failure& failure) {
  const Offset at = failure.at;
  const Offset last = at + 6;
  const std::string_view behind = scan::name_at(text, scan::skip_spaces(text, last));
  const bool ends = behind == "and" || behind == "or" || behind.empty();
  if (scan::name_at(text, at) != "nocase" || !ends || at - failure.opened > scan::kLookBack) return std::nullopt;
  const Offset next = scan::skip_spaces(text, last);
  if (next < text.size() && is_operator(text, next)) return std::nullopt;
  const Offset sign = last_operator(text, failure.opened, failure.previous);
  if (sign == failure.previous || scan::name_at(text, sign) == "nocase") return std::nullopt;
  const Offset left = value_begin(text, scan::before_blanks(text, sign));
  const bool negated = scan::name_at(text, sign) == "not";
  const Offset from = negated ? scan::skip_spaces(text, sign + 3) : sign;
  const std::string right =
      std::string(negated ? "not " : "") + "nocase " + std::string(text.substr(from, failure.previous - from));
  const std::string whole = std::string(text.substr(left, sign - left)) + right;
  Foreign out = say(SyntaxErrorKind::foreign_spelling, at, last, "`nocase` stands before the operator",
                    "write " + scan::ticked(whole.size() <= kComparisonShown ? whole : "path nocase == \"/a\""));
  return out;
}

std::optional<Foreign> nocase_before(std::string_view text, const Failure& failure) {
  const Offset at = failure.at;
  if (scan::name_at(text, at) != "nocase" || failure.wanted.role != Role::operand) return std::nullopt;
  const Offset field = scan::skip_spaces(text, at + 6);
  if (!begins_comparison(text, field)) return std::nullopt;
  return say(SyntaxErrorKind::foreign_spelling, at, at + 6, "`nocase` stands before the operator",
             "write `path nocase == \"/a\"`, or `path nocase != \"/a\"` for all others");
}

std::optional<Foreign> over_with_condition(std::string_view text, const Failure& failure) {
  const std::string_view joiner = scan::name_at(text, failure.at);
  const bool by_or = scan::lower(joiner) == "or";
  if (scan::name_at(text, failure.opened) != "over" || (!by_or && scan::lower(joiner) != "and")) return std::nullopt;
  const Offset end = failure.at + static_cast<Offset>(joiner.size());
  const Offset next = scan::skip_spaces(text, end);
  const Offset begin = scan::skip_spaces(text, failure.opened + 4);
  const std::string limit(text.substr(begin, failure.previous - begin));
  Offset last = next;
  const Offset line = scan::line_end(text, next);
  while (last < line && text[last] != ';' && text[last] != '}') last = scan::skip_token(text, last);
  const bool second = scan::name_at(text, next) == "over";
  const std::string rest = (second ? "" : "when ") + std::string(text.substr(next, std::min(last, line) - next)) + ";";
  const std::string whole = "over " + limit + "; " + rest;
  const bool shown = whole.size() <= kComparisonShown && last > next;
  return say(
      SyntaxErrorKind::unexpected, failure.at, end, "`over` stands alone, with the name of one limit",
      by_or   ? "a rule asks for all that stands in it; write one rule for `over " + limit + ";` and one for the rest"
      : shown ? "both have to hold: " + scan::ticked(whole)
              : "both have to hold: `over " + limit + "; when path under \"/api\";`");
}

}  // namespace sprx::advice
