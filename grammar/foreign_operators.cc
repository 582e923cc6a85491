// Operators of other products behind a complete operand.
#include <algorithm>
#include <array>

#include "grammar/advice_parts.h"
#include "grammar/foreign_parts.h"

namespace sprx {
namespace {

struct OperatorSpelling {
  std::string_view text;
  std::string_view help;
  std::string_view replacement = {};
  bool certain = false;  ///< the replacement means what the author meant
};

constexpr std::array kOperators = {
    OperatorSpelling{"&&", "conditions are joined by `and`", "and", true},
    OperatorSpelling{"||", "conditions are joined by `or`", "or", true},
    OperatorSpelling{"===", "write `==`", "==", true},
    OperatorSpelling{"!==", "write `!=`", "!=", true},
    OperatorSpelling{"!~*",
                     "write `not matches` and a pattern with the flag `i`, such as `path not matches r\"^/old/\"i`",
                     "not matches"},
    OperatorSpelling{"!~", "write `not matches` and a pattern, such as `path not matches r\"^/old/\"`", "not matches"},
    OperatorSpelling{"=~", "write `matches` and a pattern, such as `path matches r\"^/old/\"`", "matches"},
    OperatorSpelling{"~*", "write `matches` and a pattern with the flag `i`, such as `path matches r\"^/old/\"i`",
                     "matches"},
    OperatorSpelling{"^~", "write `path under \"/images\"` or `path starts_with \"/images/\"`", "under"},
    OperatorSpelling{"~", "write `matches` and a pattern, such as `path matches r\"^/old/\"`", "matches"},
    OperatorSpelling{"<>", "write `!=`", "!=", true},
    OperatorSpelling{"?", "there is no `? :`; write `choose { condition => \"a\"; else => \"b\"; }`"},
    OperatorSpelling{"+", "strings are joined by interpolation, such as `\"${host}${uri}\"`"},
    OperatorSpelling{"&", "conditions are joined by `and`", "and"},
    OperatorSpelling{"//", "a comment begins with `#` and ends with its line", "#", true},
    OperatorSpelling{"|", "conditions are joined by `or`", "or"},
    OperatorSpelling{"!", "`not` stands before the operator, such as `path not in moved`", "not"},
    OperatorSpelling{"%", "a number is written alone: 10 of 100 is `bucket(key, salt, 100) < 10`"},
    OperatorSpelling{".", "strings are joined by interpolation, such as `\"${host}${uri}\"`"},
    OperatorSpelling{"-i ", "to compare in any case write `nocase ==`, such as `header[\"X\"] nocase == \"a\"`"},
    OperatorSpelling{"<<", "text of several lines stands in `\"\"\"`, or in a file: `body file \"page.html\";`"},
};

constexpr std::array kWordOperators = {
    OperatorSpelling{"AND", "operators are lower case: `and`", "and", true},
    OperatorSpelling{"And", "operators are lower case: `and`", "and", true},
    OperatorSpelling{"OR", "operators are lower case: `or`", "or", true},
    OperatorSpelling{"Or", "operators are lower case: `or`", "or", true},
    OperatorSpelling{"IN", "operators are lower case: `in`", "in", true},
    OperatorSpelling{"eq", "write `==`", "==", true},
    OperatorSpelling{"ne", "write `!=`", "!=", true},
    OperatorSpelling{"lt", "write `<`", "<", true},
    OperatorSpelling{"le", "write `<=`", "<=", true},
    OperatorSpelling{"gt", "write `>`", ">", true},
    OperatorSpelling{"ge", "write `>=`", ">=", true},
    OperatorSpelling{"is", "write `==`", "==", true},
    OperatorSpelling{"isnt", "write `!=`", "!=", true},
    OperatorSpelling{"equals", "write `==`", "==", true},
    OperatorSpelling{"equal", "write `==`", "==", true},
    OperatorSpelling{"xor", "there is no `xor`; write `(a and not b) or (not a and b)`"},
    OperatorSpelling{"startswith", "write `starts_with`", "starts_with", true},
    OperatorSpelling{"startsWith", "write `starts_with`", "starts_with", true},
    OperatorSpelling{"begins_with", "write `starts_with`", "starts_with", true},
    OperatorSpelling{"beginswith", "write `starts_with`", "starts_with", true},
    OperatorSpelling{"prefix", "write `starts_with`, or `under` for whole segments of a path", "starts_with"},
    OperatorSpelling{"endswith", "write `ends_with`", "ends_with", true},
    OperatorSpelling{"endsWith", "write `ends_with`", "ends_with", true},
    OperatorSpelling{"suffix", "write `ends_with`", "ends_with"},
    OperatorSpelling{"includes", "write `contains`", "contains", true},
    OperatorSpelling{"include", "write `contains`", "contains", true},
    OperatorSpelling{"contain", "write `contains`", "contains", true},
    OperatorSpelling{"has", "write `contains`", "contains"},
    OperatorSpelling{"does", "write `not contains`, `not matches` and so on: `not` and the operator"},
    OperatorSpelling{"match", "write `matches` and a pattern, such as `path matches r\"^/old/\"`", "matches", true},
    OperatorSpelling{"regex", "write `matches` and a pattern, such as `path matches r\"^/old/\"`", "matches"},
    OperatorSpelling{"regexp", "write `matches` and a pattern, such as `path matches r\"^/old/\"`", "matches"},
    OperatorSpelling{"wildcard", "write `like` and a template, such as `path like \"/blog/*\"`", "like"},
    OperatorSpelling{"glob", "write `like` and a template, such as `path like \"/blog/*\"`", "like"},
    OperatorSpelling{"within", "write `in` for a list, `under` for a part of the site", "in"},
    OperatorSpelling{"not_in", "write `not in`", "not in", true},
    OperatorSpelling{"notin", "write `not in`", "not in", true},
    OperatorSpelling{"unless", "write `and not`", "and not", true},
};

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

/// `EQ` for `eq`, `beginsWith` for `beginswith`.
bool in_other_case(std::string_view name, std::string_view known) {
  const auto lower = [](char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(name.begin(), name.end(), known.begin(), known.end(),
                    [&](char a, char b) { return lower(a) == lower(b); });
}

/// Ours for `contains`, `startswith`, `eq`; "" for what is no operator.
std::string_view operator_meant(std::string_view word) {
  if (advice::is_operator_word(word)) return word;
  const auto* const known = std::find_if(kWordOperators.begin(), kWordOperators.end(),
                                         [&](const OperatorSpelling& one) { return one.text == word; });
  const bool one = known != kWordOperators.end() && known->replacement.find(' ') == std::string_view::npos;
  return one && known->text != known->replacement && word.size() > 1 ? known->replacement : std::string_view{};
}

/// `not_contains`, `icontains`, `contains_nocase`, `nin`: an operator with `not` or `nocase` in its word.
std::optional<Foreign> grown_operator(Offset at, std::string_view name) {
  std::string small = scan::lower(name);
  std::string_view word = small == "nin" ? "not_in" : std::string_view(small);
  const auto less = [&word](std::string_view begin, std::string_view end) {
    if (word.size() <= begin.size() + end.size() || !word.starts_with(begin) || !word.ends_with(end)) return false;
    const std::string_view rest = word.substr(begin.size(), word.size() - begin.size() - end.size());
    if (operator_meant(rest).empty()) return false;
    word = rest;
    return true;
  };
  bool negated = less("not_", "") || less("not", "") || less("does_not_", "") || less("doesnt_", "");
  const bool folds = less("i", "") || less("", "_nocase") || less("", "_ci") || less("", "_i") || less("nocase_", "");
  negated = negated || (folds && less("not_", ""));
  const std::string_view ours = operator_meant(word);
  if ((!negated && !folds) || ours.empty() || (folds && (ours == "in" || ours == "and" || ours == "or")))
    return std::nullopt;
  const std::string message = scan::ticked(name) + " is not an operator of this language";
  if (folds && ours == "matches")
    return foreign::found(at, name.size(), message,
                          "write " + scan::ticked(negated ? "not matches" : "matches") +
                              " and a pattern with the flag `i`, such as `path matches r\"^/old/\"i`");
  const bool equal = ours == "==" || ours == "!=";
  const std::string sign = equal && negated ? "!=" : std::string(ours);
  const std::string whole = (negated && !equal ? "not " : "") + std::string(folds ? "nocase " : "") + sign;
  return foreign::found(at, name.size(), message, "write " + scan::ticked(whole), whole, true);
}

/// `header["X"] is empty`, `cookie["a"] is not null`: what follows `is` at `next` is no value.
std::optional<Foreign> asks_presence(std::string_view text, Offset at, Offset next) {
  constexpr std::array<std::string_view, 13> kStates = {"empty",     "blank",   "null",   "nil",     "none",
                                                        "undefined", "missing", "absent", "present", "set",
                                                        "defined",   "there",   "unset"};
  const std::string_view state = scan::name_at(text, next);
  if (std::find(kStates.begin(), kStates.end(), state) == kStates.end()) {
    return std::nullopt;
  }
  const Offset end = next + static_cast<Offset>(state.size());
  return foreign::found(at, end - at, scan::ticked(text.substr(at, end - at)) + " is not an operator of this language",
                        "there is `exists header[\"X\"]`, missing `not exists header[\"X\"]`, missing or empty "
                        "`header[\"X\"] \?\? \"\" == \"\"`");
}

/// Whether nothing is joined to what begins at `at`: `unless a or b` would not be `and not a or b`.
bool is_last_condition(std::string_view text, Offset at) {
  const Offset end = scan::line_end(text, at);
  while (at < end && text[at] != ';' && text[at] != '{' && text[at] != '}') {
    const std::string_view name = scan::name_at(text, at);
    if (name == "and" || name == "or" || text[at] == '|' || text[at] == '&') {
      return false;
    }
    at = scan::skip_token(text, at);
  }
  return at < end;
}

/// What stands after `~`: a string becomes a pattern, a name is a list.
void match_operand(std::string_view text, bool nocase, Foreign& out) {
  const Offset next = scan::skip_spaces(text, out.end);
  const std::string_view name = scan::name_at(text, next);
  if (!name.empty() && name != "r") {
    const bool negated = out.replacement.starts_with("not");
    out.replacement = negated ? "not in" : "in";
    out.help = "a list is asked with `in`: " + scan::ticked(out.replacement + " " + std::string(name));
    return;
  }
  if (next >= text.size() || text[next] != '"' || text.substr(next).starts_with("\"\"\"")) {
    return;
  }
  const Offset end = scan::skip_string(text, next);
  const std::string_view string = text.substr(next, end - next);
  if (string.size() < 2 || string.back() != '"' || string.find('\\') != std::string_view::npos ||
      string.find("${") != std::string_view::npos) {
    return;
  }
  out.replacement += " r" + std::string(string) + (nocase ? "i" : "");
  // `"/bot/i"` may be a pattern with its slashes.
  out.certain = !(string.starts_with("\"/") && (string.ends_with("/\"") || string.ends_with("/i\"")));
  out.fix_end = end;
  constexpr std::size_t kShown = 60;
  if (out.replacement.size() <= kShown) {
    out.help = "write " + scan::ticked(out.replacement);
  }
}

/// `eq`, `startsWith`, `unless`: a word that stands for one of ours.
std::optional<Foreign> word_operator(std::string_view text, Offset at, std::string_view name) {
  const auto* const spelling =
      std::find_if(kWordOperators.begin(), kWordOperators.end(), [&](const OperatorSpelling& known) {
        return !name.empty() && (name == known.text || in_other_case(name, known.text));
      });
  if (spelling == kWordOperators.end()) return std::nullopt;
  const Offset next = scan::skip_spaces(text, at + static_cast<Offset>(name.size()));
  if (spelling->replacement == "==" && scan::name_at(text, next) == "not") {
    const Offset end = next + 3;
    if (auto asked = asks_presence(text, at, scan::skip_spaces(text, end))) return asked;
    return foreign::found(at, end - at,
                          scan::ticked(text.substr(at, end - at)) + " is not an operator of this language",
                          "write `!=`", "!=", true);
  }
  if (spelling->replacement == "==" || spelling->replacement == "!=") {
    if (auto asked = asks_presence(text, at, next)) return asked;
  }
  Foreign out = foreign::found(at, name.size(), scan::ticked(name) + " is not an operator of this language",
                               spelling->help, spelling->replacement, spelling->certain);
  if (spelling->replacement == "matches") match_operand(text, false, out);
  if (spelling->text == "unless") out.certain = out.certain && is_last_condition(text, next);
  return out;
}

}  // namespace

std::optional<Foreign> foreign_operator(std::string_view text, Offset at) {
  const std::string_view rest = text.substr(at);
  if (auto name = foreign::hyphenated_name(text, at)) return name;
  if (auto flag = foreign::compared_flag(text, at)) return flag;
  if (rest.starts_with('=') && !rest.starts_with("==") && !rest.starts_with("=>") && !rest.starts_with("=~")) {
    return foreign::found(at, 1, "`=` does not compare", "write `==`", "==", true);
  }
  if (auto absent = advice::default_sign(text, at)) return absent;
  if (auto method = rest.starts_with('.') ? foreign::method_behind(text, at) : std::nullopt) return method;
  for (const OperatorSpelling& spelling : kOperators) {
    if (rest.starts_with(spelling.text) && !rest.starts_with("..")) {
      Foreign out =
          foreign::found(at, spelling.text.size(), scan::ticked(spelling.text) + " is not an operator of this language",
                         spelling.help, spelling.replacement, spelling.certain);
      if (spelling.text.find('~') != std::string_view::npos && spelling.text != "^~") {
        match_operand(text, spelling.text.ends_with('*'), out);
      }
      return out;
    }
  }
  const std::string_view name = scan::name_at(text, at);
  if (name == "not") {
    const Offset next = scan::skip_spaces(text, at + 3);
    const std::string_view sign = text.substr(next, 2);
    if (sign == "==" || sign == "!=") {
      return foreign::found(at, next + 2 - at,
                            scan::ticked(text.substr(at, next + 2 - at)) + " is not an operator of this language",
                            sign == "==" ? "write `!=`" : "write `==`", sign == "==" ? "!=" : "==", true);
    }
  }
  if (auto word = word_operator(text, at, name)) return word;
  return grown_operator(at, name);
}

}  // namespace sprx
