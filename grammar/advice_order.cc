// Two neighbours in the wrong order: an operator before or after both of its values, a status before its action, a
// condition after it.
#include <algorithm>
#include <array>

#include "grammar/advice_parts.h"

namespace sprx::advice {
namespace {

constexpr std::size_t kMostShown = 60;

/// Past the bracket that closes the one at `open`, on the same line; `open` if none does.
Offset past_bracket(std::string_view text, Offset open) {
  const Offset line = scan::line_end(text, open);
  std::uint32_t depth = 0;
  for (Offset at = open; at < line; at = scan::skip_token(text, at)) {
    if (text[at] == '[' || text[at] == '(') ++depth;
    if ((text[at] == ']' || text[at] == ')') && --depth == 0) return at + 1;
  }
  return open;
}

/// Past the value that begins at `at` and ends on its line: `header["X"]`, `"text"`, `lower(host)`; `at` if none does.
Offset past_value(std::string_view text, Offset at) {
  if (at >= text.size()) return at;
  const std::string_view rest = text.substr(at);
  if (rest[0] == '[') return past_bracket(text, at);
  if (rest[0] == '/' || rest.starts_with("r\"")) {
    const Offset end = scan::skip_regex(text, at);
    return scan::name_at(text, end) == "i" ? end + 1 : end;
  }
  if (rest[0] == '"' || scan::is_digit(rest[0])) return scan::skip_token(text, at);
  Offset end = at;
  while (end < text.size() && (scan::is_name_char(text[end]) || text[end] == '.')) ++end;
  if (end == at || scan::is_reserved(text.substr(at, end - at))) return at;
  while (end < text.size() && (text[end] == '[' || text[end] == '(')) {
    const Offset next = past_bracket(text, end);
    if (next == end) return at;
    end = next;
  }
  return end;
}

/// Past the operator at `at`; `at` if none stands there.
Offset past_operator(std::string_view text, Offset at) {
  const std::string_view word = scan::name_at(text, at);
  if (word == "not" || word == "nocase" || at >= text.size() || !is_operator(text, at)) return at;
  return word.empty() ? scan::token_end(text, at) : at + static_cast<Offset>(word.size());
}

bool ends_condition(std::string_view text, Offset at) {
  const Offset next = scan::skip_blanks(text, at);
  const std::string_view word = scan::name_at(text, next);
  return next < text.size() && (text[next] == ';' || text[next] == ')' || word == "and" || word == "or");
}

Foreign between(Offset begin, Offset end, std::string_view sign, const std::string& whole) {
  return say(SyntaxErrorKind::unexpected, begin, end, scan::ticked(sign) + " stands between two values",
             whole.size() <= kMostShown ? "write " + scan::ticked(whole) : "write `path == \"/old\"`");
}

}  // namespace

std::optional<Foreign> operator_before_values(std::string_view text, Offset at) {
  const Offset sign_end = past_operator(text, at);
  const Offset left = scan::skip_spaces(text, sign_end);
  const Offset left_end = past_value(text, left);
  const Offset right = scan::skip_spaces(text, left_end);
  const Offset right_end = past_value(text, right);
  if (sign_end == at || left_end == left || right_end == right || !ends_condition(text, right_end)) {
    return std::nullopt;
  }
  const std::string sign(text.substr(at, sign_end - at));
  const std::string whole = std::string(text.substr(left, left_end - left)) + " " + sign + " " +
                            std::string(text.substr(right, right_end - right));
  Foreign out = between(at, sign_end, sign, whole);
  out.fix_end = right_end;
  return fixed(out, whole, true);
}

std::optional<Foreign> operator_after_values(std::string_view text, const Failure& failure) {
  const Offset right = failure.at;
  const Offset right_end = past_value(text, right);
  const Offset sign = scan::skip_spaces(text, right_end);
  const Offset sign_end = past_operator(text, sign);
  if (right_end == right || sign_end == sign || !ends_condition(text, sign_end)) return std::nullopt;
  const std::string_view left = name_before(text, failure.previous, true);
  const std::string ours =
      std::string(text.substr(sign, sign_end - sign)) + " " + std::string(text.substr(right, right_end - right));
  Foreign out = between(right, sign_end, text.substr(sign, sign_end - sign),
                        (left.empty() ? "... " : std::string(left) + " ") + ours);
  out.fix_end = sign_end;
  return fixed(out, ours, true);
}

std::optional<Foreign> status_before_action(std::string_view text, Offset at) {
  const Offset end = at < text.size() && scan::is_digit(text[at]) ? scan::token_end(text, at) : at;
  const Offset next = scan::skip_spaces(text, end);
  const std::string_view word = scan::name_at(text, next);
  if (end != at + 3 || (word != "redirect" && word != "respond" && word != "deny")) return std::nullopt;
  const std::string whole = std::string(word) + " " + std::string(text.substr(at, end - at));
  const Offset last = next + static_cast<Offset>(word.size());
  Foreign out = say(SyntaxErrorKind::unexpected, at, last, "a status stands after " + scan::ticked(word),
                    "write " + scan::ticked(whole + (word == "redirect" ? " \"/new\";" : ";")));
  out.fix_end = last;
  return fixed(out, whole, true);
}

std::optional<Foreign> condition_after_action(std::string_view text, Offset begin, const Failure& failure) {
  const std::string_view word = scan::name_at(text, failure.at);
  constexpr std::array<std::string_view, 3> kWords = {"when", "if", "unless"};
  const std::string_view head = scan::name_at(text, begin);
  if (failure.place != Place::rule || std::find(kWords.begin(), kWords.end(), word) == kWords.end() || head == "when" ||
      head == "let" || !is_statement_word(head) ||
      text.substr(failure.previous, failure.at - failure.previous).find('\n') != std::string_view::npos) {
    return std::nullopt;
  }
  const Offset condition = scan::skip_spaces(text, failure.at + static_cast<Offset>(word.size()));
  Offset end = condition;
  const Offset line = scan::line_end(text, condition);
  while (end < line && std::string_view(";{}").find(text[end]) == std::string_view::npos) {
    end = scan::skip_token(text, end);
  }
  Foreign out = say(SyntaxErrorKind::unexpected, failure.at, failure.at + static_cast<Offset>(word.size()),
                    "a condition stands before the actions, and is for all of them",
                    "write `when ...; " + std::string(head) + " ...;`, in a rule of its own");
  out.skip_to = end;
  // Only where it is all that the rule says does the condition move without a change of meaning.
  Offset before = begin;
  while (before > 0 && scan::is_blank(text[before - 1])) --before;
  const bool first = before > 0 && text[before - 1] == '{';
  const Offset after = end < text.size() && text[end] == ';' ? scan::skip_blanks(text, end + 1) : end;
  if (!first || after == end || after >= text.size() || text[after] != '}') return out;
  const std::string_view said = text.substr(condition, scan::before_blanks(text, end) - condition);
  const bool plain = word != "unless";
  out.replacement = "when " + (plain ? std::string(said) : "not (" + std::string(said) + ")") + "; " +
                    std::string(text.substr(begin, failure.previous - begin));
  if (out.replacement.size() <= kMostShown) out.help = "write " + scan::ticked(out.replacement + ";");
  out.certain = true;
  return out;
}

}  // namespace sprx::advice
