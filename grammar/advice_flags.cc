// Flags, limits and lists that are declared with other signs than theirs.
#include <algorithm>
#include <array>

#include "grammar/advice_parts.h"

namespace sprx::advice {

std::optional<Foreign> flag_slip(std::string_view text, std::string_view what, Offset at) {
  const Offset end = scan::token_end(text, at);
  const std::string_view token = text.substr(at, end - at);
  if (what.starts_with("`= on` or `= off`")) {
    const std::string name(word_before(text, at));
    const bool given = token == "on" || token == "off";
    if (!given && token != ";") return std::nullopt;
    const Offset from = given ? at : scan::before_blanks(text, at);
    Foreign out = say(SyntaxErrorKind::unexpected, at, end,
                      "expected `= on` or `= off` after this name, found " + scan::found(text, at),
                      "write " + scan::ticked("flag " + name + " = " + (given ? std::string(token) : "off") + ";"));
    out.fix_end = given ? end : at;
    out.begin = given ? at : from;
    out.end = given ? end : std::max(from + 1, end);
    return fixed(out, given ? "= " + std::string(token) : " = off", given);
  }
  if (what != "`on` or `off`") return std::nullopt;
  const std::string small = scan::lower(token);
  constexpr std::array<std::string_view, 6> kOn = {"true", "1", "yes", "\"on\"", "\"true\"", "enabled"};
  constexpr std::array<std::string_view, 6> kOff = {"false", "0", "no", "\"off\"", "\"false\"", "disabled"};
  const bool on = small == "on" || std::find(kOn.begin(), kOn.end(), small) != kOn.end();
  if (!on && small != "off" && std::find(kOff.begin(), kOff.end(), small) == kOff.end()) return std::nullopt;
  const std::string ours = on ? "on" : "off";
  Foreign out = say(SyntaxErrorKind::unexpected, at, end, "expected `on` or `off`, found " + scan::found(text, at),
                    "write " + scan::ticked(ours));
  return fixed(out, ours, true);
}

std::optional<Foreign> limit_in_rule(std::string_view text, Offset at) {
  if (scan::name_at(text, at) != "limit") return std::nullopt;
  const Offset begin = scan::skip_spaces(text, at + 5);
  const std::string_view name = scan::name_at(text, begin);
  const Offset end = begin + static_cast<Offset>(name.size());
  if (name.empty() || !text.substr(scan::skip_spaces(text, end)).starts_with(';')) return std::nullopt;
  const std::string whole = "over " + std::string(name);
  Foreign out = say(SyntaxErrorKind::unexpected, at, end, "a rule asks for a limit with `over`",
                    "write " + scan::ticked(whole + ";"));
  return fixed(out, whole, true);
}

std::optional<Foreign> limit_without_block(std::string_view text, const Failure& failure) {
  const Offset at = failure.at;
  if (failure.wanted.what != "`{` and a block" || !scan::is_digit(text[at]) ||
      scan::name_at(text, failure.opened) != "limit") {
    return std::nullopt;
  }
  Offset end = at;
  while (end < text.size() && (scan::is_name_char(text[end]) || text[end] == '/')) ++end;
  const std::string rate(text.substr(at, end - at));
  const std::string name(word_before(text, at));
  const bool known = rate.find('/') != std::string::npos;
  const std::string body = "{ key client.ip; rate " + (known ? rate : std::string("10/s")) + "; }";
  return say(SyntaxErrorKind::unexpected, at, end, "a limit says in its block what it counts for each",
             "write " + scan::ticked("limit " + name + " " + body));
}

std::optional<Foreign> rows_without_values(std::string_view text, const Failure& failure) {
  const Offset at = failure.at;
  const std::size_t open = text.substr(0, at).rfind('{');
  if (failure.wanted.what != "`=>` after this key" || (text[at] != ';' && text[at] != '}') ||
      scan::name_at(text, failure.container) != "list" || open == std::string_view::npos || open < failure.container) {
    return std::nullopt;
  }
  const auto begin = static_cast<Offset>(open);
  Offset end = begin + 1;
  std::string items;
  while (end < text.size() && text[end] != '}' && text[end] != '{') {
    const Offset next = scan::skip_token(text, end);
    if (text[end] == '"') items += (items.empty() ? "" : ", ") + std::string(text.substr(end, next - end));
    end = next;
  }
  if (end >= text.size() || text[end] != '}') return std::nullopt;
  constexpr std::size_t kShown = 50;
  // Up to the `}`, from which the rest is read.
  return say(SyntaxErrorKind::unexpected, begin, end, "a list stands in square brackets",
             "write " + scan::ticked(items.size() <= kShown ? "[" + items + "]" : std::string("[\"a\", \"b\"]")));
}

}  // namespace sprx::advice
