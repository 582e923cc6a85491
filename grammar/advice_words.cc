// Words in another order, in capitals or in two parts, and statements in the place of conditions: each is plain enough
// to say what to write.
#include <algorithm>
#include <array>

#include "grammar/advice_parts.h"

namespace sprx::advice {
namespace {

bool is_word_operator(std::string_view word) { return is_operator_word(word); }

struct TwoWords {
  std::string_view first;
  std::string_view second;
  std::string_view ours;
};
constexpr std::array kTwoWords = {TwoWords{"starts", "with", "starts_with"},
                                  TwoWords{"begins", "with", "starts_with"},
                                  TwoWords{"ends", "with", "ends_with"},
                                  TwoWords{"equal", "to", "=="},
                                  TwoWords{"equals", "to", "=="},
                                  TwoWords{"greater", "than", ">"},
                                  TwoWords{"less", "than", "<"},
                                  TwoWords{"not", "equal", "!="},
                                  TwoWords{"not", "equals", "!="},
                                  TwoWords{"not", "startswith", "not starts_with"},
                                  TwoWords{"not", "match", "not matches"},
                                  TwoWords{"not", "contain", "not contains"},
                                  TwoWords{"not", "exists", "not exists"},
                                  TwoWords{"not", "eq", "!="},
                                  TwoWords{"is", "in", "in"},
                                  TwoWords{"is", "under", "under"},
                                  TwoWords{"is", "like", "like"}};

/// `header["X"] exists`, `header["X"] is present`: [begin of the value, `end`).
std::optional<Foreign> exists_after(std::string_view text, Offset at, Offset end, bool negated) {
  const Offset value_end = scan::before_blanks(text, at);
  const Offset begin = value_begin(text, value_end);
  if (begin == value_end) return std::nullopt;
  const std::string whole = (negated ? "not exists " : "exists ") + std::string(text.substr(begin, value_end - begin));
  Foreign out = say(SyntaxErrorKind::foreign_spelling, begin, end, "`exists` stands before its field",
                    "write " + scan::ticked(whole));
  return fixed(out, whole, true);
}

}  // namespace

Offset value_begin(std::string_view text, Offset end) {
  Offset at = end;
  while (at > 0 && (text[at - 1] == ']' || text[at - 1] == ')')) {
    const char open = text[at - 1] == ']' ? '[' : '(';
    Offset next = at - 1;
    while (next > 0 && text[next] != open && text[next] != '\n') --next;
    if (text[next] != open) return end;
    at = next;
  }
  const std::string_view name = name_before(text, at, true);
  return name.empty() ? end : at - static_cast<Offset>(name.size());
}

bool is_operator_word(std::string_view word) {
  constexpr std::array<std::string_view, 7> kOperators = {"in",       "like",        "under",    "matches",
                                                          "contains", "starts_with", "ends_with"};
  return std::find(kOperators.begin(), kOperators.end(), word) != kOperators.end();
}

std::optional<Foreign> operator_order(std::string_view text, const Failure& failure) {
  const std::string_view word = scan::name_at(text, failure.at);
  if (word == "not" && failure.wanted.what.starts_with("a field after `exists`") && failure.previous >= 6) {
    Foreign out = say(SyntaxErrorKind::foreign_spelling, failure.previous - 6, failure.at + 3,
                      "`not` stands before `exists`", "write `not exists header[\"X\"]`");
    out.fix_end = failure.at + 3;
    return fixed(out, "not exists", true);
  }
  if ((word != "nocase" && word != "not") || !failure.wanted.what.starts_with("a value after this operator")) {
    return std::nullopt;
  }
  // What stands before it: an operator, and `not` or `nocase` before that.
  const Offset end = failure.previous;
  Offset begin = end;
  std::string_view sign = word_before(text, end);
  if (is_word_operator(sign)) {
    begin = end - static_cast<Offset>(sign.size());
  } else if (end >= 2 && (text.substr(end - 2, 2) == "==" || text.substr(end - 2, 2) == "!=")) {
    begin = end - 2;
    sign = text.substr(begin, 2);
  } else {
    return std::nullopt;
  }
  bool negated = word == "not";
  bool folds = word == "nocase";
  Offset last = failure.at + static_cast<Offset>(word.size());
  const std::string_view second = scan::name_at(text, scan::skip_spaces(text, last));
  if (second == "nocase" || (second == "not" && !negated)) {
    last = scan::skip_spaces(text, last) + static_cast<Offset>(second.size());
    negated = negated || second == "not";
    folds = folds || second == "nocase";
  }
  for (std::string_view before = word_before(text, begin); before == "not" || before == "nocase";
       before = word_before(text, begin)) {
    if (before == "not" && negated) break;
    negated = negated || before == "not";
    folds = folds || before == "nocase";
    begin = scan::before_blanks(text, begin) - static_cast<Offset>(before.size());
  }
  const bool equals = sign == "==" || sign == "!=";
  const std::string ours = !equals ? std::string(sign) : (sign == "==") != negated ? "==" : "!=";
  const std::string whole = (negated && !equals ? "not " : "") + std::string(folds ? "nocase " : "") + ours;
  Foreign out = say(SyntaxErrorKind::foreign_spelling, begin, last,
                    scan::ticked(word) + (equals && word == "not" ? " does not stand after " : " stands before ") +
                        (equals && word == "not" ? scan::ticked(sign) : "its operator"),
                    "write " + scan::ticked(whole));
  return fixed(out, whole, true);
}

std::optional<Foreign> operator_words(std::string_view text, Offset at) {
  const std::string_view first = scan::name_at(text, at);
  if (first.empty()) return std::nullopt;
  const Offset first_end = at + static_cast<Offset>(first.size());
  const Offset next = scan::skip_spaces(text, first_end);
  const std::string_view second = scan::name_at(text, next);
  const Offset second_end = next + static_cast<Offset>(second.size());
  if (first == "exists" && scan::lower(word_before(text, at)) == "not") return std::nullopt;  // `Not exists …`
  constexpr std::array<std::string_view, 3> kExists = {"exists", "present", "defined"};
  const auto asks = [&](std::string_view word) {
    return std::find(kExists.begin(), kExists.end(), word) != kExists.end();
  };
  if (asks(first)) return exists_after(text, at, first_end, false);
  if (first == "not" && asks(second)) return exists_after(text, at, second_end, true);
  if (first == "not" && next < text.size() && (text[next] == '"' || scan::is_digit(text[next]))) {
    Foreign out = say(SyntaxErrorKind::foreign_spelling, at, first_end,
                      "`not` alone is not an operator of this language", "write `!=`");
    return fixed(out, "!=", false);  // or `not like`, `not under`, `not in`: a word is missing
  }
  constexpr std::array<std::string_view, 4> kThere = {"present", "set", "defined", "there"};
  if (first == "is" && std::find(kThere.begin(), kThere.end(), second) != kThere.end()) {
    return exists_after(text, at, second_end, false);
  }
  if (first == "is" && second == "not") {
    const Offset third_at = scan::skip_spaces(text, second_end);
    const std::string_view third = scan::name_at(text, third_at);
    if (is_word_operator(third)) {
      const Offset end = third_at + static_cast<Offset>(third.size());
      Foreign out = say(SyntaxErrorKind::foreign_spelling, at, end,
                        scan::ticked(text.substr(at, end - at)) + " is not an operator of this language",
                        "write " + scan::ticked("not " + std::string(third)));
      return fixed(out, "not " + std::string(third), true);
    }
  }
  for (const TwoWords& known : kTwoWords) {
    if (known.first != first || known.second != second) continue;
    Foreign out = say(SyntaxErrorKind::foreign_spelling, at, second_end,
                      scan::ticked(text.substr(at, second_end - at)) + " is not an operator of this language",
                      "write " + scan::ticked(known.ours));
    return fixed(out, std::string(known.ours), true);
  }
  const std::string small = scan::lower(first);
  if (small != first &&
      (is_word_operator(small) || small == "and" || small == "or" || small == "not" || small == "nocase")) {
    Foreign out = say(SyntaxErrorKind::foreign_spelling, at, first_end,
                      scan::ticked(first) + " is not an operator of this language",
                      "operators are lower case: " + scan::ticked(small));
    return fixed(out, small, true);
  }
  return std::nullopt;
}

std::optional<Foreign> guard_in_condition(std::string_view text, const Failure& failure) {
  const std::string_view word = word_before(text, failure.at);
  const std::string_view next = scan::name_at(text, failure.at);
  const bool over = word == "over" && !next.empty() && !scan::is_reserved(next);
  const bool time = (word == "since" || word == "until") && text[failure.at] == '"';
  if (!over && !time) return std::nullopt;
  const Offset begin = failure.previous - static_cast<Offset>(word.size());
  const Offset end = scan::token_end(text, failure.at);
  const std::string whole = std::string(word) + " " + std::string(text.substr(failure.at, end - failure.at)) + ";";
  return say(SyntaxErrorKind::unexpected, begin, end,
             scan::ticked(word) + " is a statement of its own, no part of a condition",
             "write " + scan::ticked(whole) + " after the `;` of the `when`s");
}

std::optional<Foreign> choice_word(std::string_view text, const Failure& failure) {
  const std::string_view word = word_before(text, failure.at);
  const bool name = !scan::name_at(text, failure.at).empty();
  if (text[failure.at] != '{' && !name) return std::nullopt;
  constexpr std::array<std::string_view, 5> kTheirs = {"switch", "case", "match", "select", "cond"};
  const std::string small = scan::lower(word);
  const bool theirs = std::find(kTheirs.begin(), kTheirs.end(), small) != kTheirs.end();
  const bool choose = small.starts_with("choo") || small.starts_with("chos");
  const bool score = small.starts_with("scor");
  if (!theirs && (name || (!choose && !score))) return std::nullopt;
  const std::size_t brace = text.substr(0, scan::line_end(text, failure.at)).find('{', failure.at);
  if (brace == std::string_view::npos) return std::nullopt;
  const std::string ours = score ? "score" : "choose";
  Foreign out = say(SyntaxErrorKind::foreign_spelling, failure.previous - static_cast<Offset>(word.size()),
                    failure.previous, scan::ticked(word) + " does not begin a value with branches",
                    score ? "write `score { 5 when path under \"/api\"; }`"
                          : "write `choose { path under \"/api\" => \"api\"; else => \"page\"; }`");
  return fixed(out, ours, !theirs);
}

std::optional<Foreign> rows_slip(std::string_view text, std::string_view what, Offset at) {
  const bool table = what.starts_with("`=` or `from` and the table's rows");
  if (!table && what != "`;` after this declaration" && what != "`from` and a file name") return std::nullopt;
  const std::string_view line = text.substr(0, at);
  const std::size_t begin = line.find_last_of(";}\n") == std::string_view::npos ? 0 : line.find_last_of(";}\n") + 1;
  const std::string_view head = scan::name_at(text, scan::skip_spaces(text, static_cast<Offset>(begin)));
  if (!table && head != "list" && head != "dynamic" && head != "redirects") return std::nullopt;
  const std::string_view word = scan::name_at(text, at);
  const bool of_redirects = what == "`from` and a file name";
  if (of_redirects && word != "nocase") return std::nullopt;
  if (text[at] == '[' || (table && text[at] == '{')) {
    Foreign out = say(SyntaxErrorKind::unexpected, at, at + 1, "expected `=` before these rows",
                      table ? "write `= { \"key\" => \"value\"; }`" : "write `= [\"a\", \"b\"]`");
    return fixed(out, "= " + std::string(1, text[at]), true);
  }
  if (text[at] == '"') {
    const Offset end = scan::skip_string(text, at);
    Foreign out = say(SyntaxErrorKind::unexpected, at, end, "expected `from` before the name of a file",
                      "write `from \"list.txt\"`, or `= [\"a\", \"b\"]` for rows that stand here");
    return out;
  }
  if (word != "nocase") return std::nullopt;
  const Offset source = scan::skip_spaces(text, at + 6);
  const bool from = scan::name_at(text, source) == "from";
  const Offset file = from ? scan::skip_spaces(text, source + 4) : source;
  Foreign out = say(SyntaxErrorKind::unexpected, at, at + 6, "`nocase` stands after the rows",
                    "write `from \"list.txt\" nocase`, or `= [\"a\"] nocase`");
  if (from && file < text.size() && text[file] == '"') {
    const Offset end = scan::skip_string(text, file);
    out.fix_end = end;
    fixed(out, std::string(text.substr(source, end - source)) + " nocase", true);
    out.help = out.replacement.size() <= 60 ? "write " + scan::ticked(out.replacement) : out.help;
  }
  return out;
}

std::optional<Foreign> forgotten_when(std::string_view text, const Failure& failure) {
  if (failure.place != Place::rule || !failure.wanted.what.starts_with("a condition after `not`")) return std::nullopt;
  const Offset end = scan::before_blanks(text, failure.opened);
  const Offset begin = value_begin(text, end);
  if (begin == end || text.substr(begin, end - begin) == "when" || !is_operator(text, failure.at)) return std::nullopt;
  Offset before = begin;
  while (before > 0 && scan::is_blank(text[before - 1])) --before;
  if (before == 0 || std::string_view("{;}").find(text[before - 1]) == std::string_view::npos) return std::nullopt;
  const Offset last = scan::token_end(text, failure.at);
  const std::string begun(text.substr(begin, last - begin));
  Foreign out = say(SyntaxErrorKind::unexpected, begin, last, "expected `when` before this condition",
                    "write `when " + begun + " ...;`");
  return fixed(out, "when " + begun, true);
}

std::optional<Foreign> colons_of_value(std::string_view text, Offset at) {
  Offset begin = at;
  while (begin > 0 && at - begin < scan::kLookBack && (scan::is_name_char(text[begin - 1]) || text[begin - 1] == ':')) {
    --begin;
  }
  const Offset end = bare_end(text, begin, ";,)]}\"");
  const std::string_view token = text.substr(begin, end - begin);
  const bool address = std::count(token.begin(), token.end(), ':') >= 2 &&
                       token.find_first_not_of("0123456789abcdefABCDEF:./") == std::string_view::npos;
  return address ? std::optional(bare(text, begin, end, "an address", true)) : std::nullopt;
}

namespace {

/// `contains "a"i`, whose string begins at `string` and ends at `at`.
std::optional<Foreign> flag_of_string(std::string_view text, Offset string, Offset at) {
  const std::string_view word = word_before(text, string);
  const Offset end = scan::before_blanks(text, string);
  const bool equal = end >= 2 && (text.substr(end - 2, 2) == "==" || text.substr(end - 2, 2) == "!=");
  if (!equal && !is_operator_word(word)) return std::nullopt;
  const Offset begin = end - (equal ? 2 : static_cast<Offset>(word.size()));
  const std::string whole = "nocase " + std::string(text.substr(begin, at - begin));
  Foreign out = say(SyntaxErrorKind::foreign_spelling, begin, at + 1, "the flag `i` is one of patterns",
                    whole.size() <= 60 ? "write " + scan::ticked(whole) : "write `nocase` before the operator");
  return fixed(out, whole, true);
}

}  // namespace

std::optional<Foreign> quoted_pattern(std::string_view text, const Failure& failure) {
  const Offset at = failure.at;
  if (at == 0 || failure.previous != at || text[at - 1] != '"' || scan::name_at(text, at) != "i") return std::nullopt;
  const std::size_t line = text.substr(0, at).rfind('\n');
  const Offset first = line == std::string_view::npos ? 0 : static_cast<Offset>(line) + 1;
  for (Offset next = first; next < at; next = scan::skip_token(text, next)) {
    if (text[next] != '"' || scan::skip_string(text, next) != at) continue;
    if (word_before(text, next) != "matches") return flag_of_string(text, next, at);
    const std::optional<QuotedPattern> meant = sprx::quoted_pattern(text.substr(next, at - next));
    const std::string whole = meant ? "r\"" + meant->text + "\"i" : std::string();
    Foreign out = say(SyntaxErrorKind::foreign_spelling, next, at + 1, "a pattern in quotes begins with `r`",
                      meant && whole.size() <= 60 ? "write " + scan::ticked(whole) : "write `r\"...\"i`");
    return meant ? fixed(out, whole, meant->certain) : out;
  }
  return std::nullopt;
}

std::optional<Foreign> other_value(std::string_view text, Offset at) {
  const std::string_view rest = text.substr(at);
  if (rest.starts_with('{')) {
    std::optional<Foreign> list = other_list(text, at);
    return list && list->fix_end != 0 ? list : std::nullopt;
  }
  if (!rest.starts_with("${")) return std::nullopt;
  const Offset line = scan::line_end(text, at);
  Offset close = at + 2;
  while (close < line && text[close] != '}') close = scan::skip_token(text, close);
  if (close >= line) return std::nullopt;
  const std::string inner(text.substr(at + 2, close - at - 2));
  const Offset end = bare_end(text, close + 1, ";,)]}\"");
  if (end > close + 1) {
    const std::string whole = "\"" + std::string(text.substr(at, end - at)) + "\"";
    Foreign out = say(SyntaxErrorKind::bare_text, at, end, "text with `${...}` in it stands in quotes",
                      whole.size() <= 60 ? "write " + scan::ticked(whole) : "write `\"https://${host}/new\"`");
    return fixed(out, whole, whole.find('"', 1) == whole.size() - 1);
  }
  Foreign out = say(SyntaxErrorKind::foreign_spelling, at, close + 1, "`${...}` stands in a string only",
                    inner.size() <= 60 ? "a value by itself is written " + scan::ticked(inner)
                                       : "a value by itself is written without `${` and `}`");
  out.fix_end = close + 1;
  return fixed(out, inner, !inner.empty());
}

}  // namespace sprx::advice
