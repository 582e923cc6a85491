#include "grammar/advice.h"

#include "grammar/advice_parts.h"

namespace sprx {
namespace {

/// A pattern that does not end, or whose end is followed by something.
std::optional<Foreign> of_pattern(std::string_view text, const Failure& failure) {
  const Offset at = failure.at;
  const std::string_view flags = scan::name_at(text, at);
  if (failure.wanted.role != Role::regex && !flags.empty() &&
      flags.find_first_not_of("gimsux") == std::string_view::npos) {
    const Offset end = at + static_cast<Offset>(flags.size());
    Foreign out = advice::say(SyntaxErrorKind::unexpected, at, end, scan::ticked(flags) + " is not a flag of patterns",
                              "the only flag is `i`; a pattern is looked for anywhere, and `.` matches line ends too");
    out.fix_end = end;
    // What `m` and `x` say of `^`, `$` and blanks has to be said in the pattern.
    const bool needless = flags.find_first_of("mx") == std::string_view::npos;
    return advice::fixed(out, flags.find('i') != std::string_view::npos ? "i" : "", needless);
  }
  return advice::bare_path(text, failure.opened);
}

/// What stands in a declaration where `what` is wanted.
std::optional<Foreign> in_declaration(std::string_view text, const Failure& failure) {
  const std::string_view what = failure.wanted.what;
  const Offset at = failure.at;
  if (auto rows = advice::rows_slip(text, what, at)) {
    return rows;
  }
  if (what == "`from` and a file name" && text[at] == '{' && scan::name_at(text, failure.opened) == "tests") {
    return advice::say(SyntaxErrorKind::unexpected, at, at + 1, "`tests` are the lines of a file, found `{`",
                       "write `tests name from \"file.tsv\";`; a test that stands here is `test name { get \"/a\"; "
                       "expect deny; }`");
  }
  if (auto flag = advice::flag_slip(text, what, at)) {
    return flag;
  }
  if (what == "a file name in quotes") {
    return advice::bare_file(text, at);
  }
  if (what == "`->` and the type of the values" && text.substr(at).starts_with("=>")) {
    Foreign out = advice::say(SyntaxErrorKind::unexpected, at, at + 2, "the types of keys and values stand round `->`",
                              "write `->`");
    return advice::fixed(out, "->", true);
  }
  if (what.starts_with("`[` or `{` after `=`") && text[at] == '"') {
    return advice::list_without_brackets(text, at);
  }
  if (what == "`,` or `]` in this list" && (text.substr(at).starts_with("=>") || text[at] == ':')) {
    return advice::say(SyntaxErrorKind::unexpected, at, scan::token_end(text, at), "rows with values stand in braces",
                       "write `table name: string -> string = { \"key\" => \"value\"; }`");
  }
  if (what == "`=>` after this key" && text[at] == ',') {
    return advice::say(SyntaxErrorKind::unexpected, at, at + 1,
                       "keys without values are a list, which stands in square brackets",
                       "write `list name: string = [\"a\", \"b\"];`");
  }
  if (what.starts_with("`:` and a type")) {
    if (auto type = advice::type_of_list(text, at)) {
      return type;
    }
  }
  if (what.starts_with("`:` and a type") && text[at] == '-') {
    return foreign_operator(text, at);
  }
  return std::nullopt;
}

/// `["/a"; "/b"]`: the rest of the list with commas, where it ends on this line.
std::optional<Foreign> list_with_semicolons(std::string_view text, Offset at) {
  const Offset next = scan::skip_spaces(text, at + 1);
  if (next >= text.size() || text[next] != '"') {
    return std::nullopt;
  }
  Foreign out = advice::say(SyntaxErrorKind::foreign_spelling, at, at + 1,
                            "`;` does not stand between the values of a list", "write `,` between them");
  constexpr Offset kLookedOn = 400;
  const Offset last = std::min(scan::line_end(text, at), at + kLookedOn);
  std::string rest;
  Offset end = at;
  while (end < last && text[end] != ']') {
    const Offset past = scan::skip_token(text, end);
    rest += text[end] == ';' ? std::string_view(",") : text.substr(end, past - end);
    end = past;
  }
  const bool whole = end < last;
  if (whole) {
    out.fix_end = end;
  }
  return advice::fixed(out, whole ? rest : std::string(","), true);
}

/// `[500-599]`.
std::optional<Foreign> range_with_dash(std::string_view text, Offset at) {
  const auto digit = [text](Offset place) { return place < text.size() && text[place] >= '0' && text[place] <= '9'; };
  const Offset begin = scan::before_blanks(text, at);
  const Offset end = scan::skip_spaces(text, at + 1);
  if (begin == 0 || !digit(begin - 1) || !digit(end)) {
    return std::nullopt;
  }
  Foreign out = advice::say(SyntaxErrorKind::foreign_spelling, begin, end, "a range has two dots between its ends",
                            "write `500..599`");
  return advice::fixed(out, "..", true);
}

/// What is written for the `,` between the values of a list: `["/a" or "/b"]` and the like.
std::optional<Foreign> joined_items(std::string_view text, std::string_view what, Offset at) {
  if (what != "`,` or `]` in this list") {
    return std::nullopt;
  }
  if (text[at] == ';') {
    return list_with_semicolons(text, at);
  }
  if (text[at] == '-') {
    return range_with_dash(text, at);
  }
  const std::string_view joint = scan::name_at(text, at);
  if (scan::lower(joint) != "or" && scan::lower(joint) != "and") {
    return std::nullopt;
  }
  Foreign out =
      advice::say(SyntaxErrorKind::foreign_spelling, at, at + static_cast<Offset>(joint.size()),
                  scan::ticked(joint) + " does not stand between the values of a list", "write `,` between them");
  return advice::fixed(out, ",", true);
}

/// What stands after a complete value, condition or statement.
std::optional<Foreign> after_value(std::string_view text, const Failure& failure) {
  const Offset at = failure.at;
  const std::string_view what = failure.wanted.what;
  if (auto pattern = advice::quoted_pattern(text, failure)) {
    return pattern;
  }
  if (auto over = advice::over_with_condition(text, failure)) {
    return over;
  }
  if (auto choice = advice::choice_word(text, failure)) {
    return choice;
  }
  if (what == "`;` after this condition" || what == advice::kGroupBody) {
    if (auto guard = advice::guard_in_condition(text, failure)) {
      return guard;
    }
  }
  if (auto words = advice::operator_words(text, at)) {
    return words;
  }
  if (what == "`;` after this statement" && (text[at] == '$' || text.substr(at).starts_with("%["))) {
    if (auto variable = foreign_operand(text, at)) {
      return variable;
    }
  }
  if (what == "`;` after this statement") {
    if (auto attributes = advice::attributes_behind_value(text, failure)) {
      return attributes;
    }
    if (auto field = advice::field_as_statement(text, failure)) {
      return field;
    }
  }
  if (what == "`;` after this statement" || what == "`;` after this value") {
    if (auto joined = advice::joined_text(text, failure)) {
      return joined;
    }
  }
  if (what == "`;` after this statement" && (text.substr(at).starts_with("=>") || text.substr(at).starts_with("->"))) {
    const std::string sign(text.substr(at, 2));
    Foreign out = advice::say(SyntaxErrorKind::foreign_spelling, at, at + 2,
                              scan::ticked(sign) + " does not stand between the parts of a statement", "remove it");
    out.fix_end = scan::skip_spaces(text, at + 2);
    out.certain = true;
    return out;
  }
  if (text[at] == '(') {
    return advice::method_call(text, at);
  }
  if (text[at] == ')' || text[at] == ']') {
    Foreign out =
        advice::say(SyntaxErrorKind::stray_bracket, at, at + 1, scan::ticked(text.substr(at, 1)) + " closes nothing",
                    "remove it, or write the one that it should close");
    out.fix_end = at + 1;
    return out;
  }
  const bool condition = what == "`;` after this condition" || what == advice::kGroupBody;
  if (condition || failure.opened == at) {
    if (auto comparison = haproxy_comparison(text, at)) {
      return comparison;
    }
  }
  if (auto path = advice::path_as_pattern(text, failure)) {
    return path;
  }
  const std::string_view before = advice::word_before(text, at);
  if (before == "NOT" || before == "Not") {
    Foreign out =
        advice::say(SyntaxErrorKind::foreign_spelling, failure.previous - 3, failure.previous,
                    scan::ticked(before) + " is not an operator of this language", "operators are lower case: `not`");
    return advice::fixed(out, "not", true);
  }
  if (before == "if" && what == "`;` after this value") {
    return advice::say(SyntaxErrorKind::foreign_spelling, failure.previous - 2, failure.previous,
                       "`if` is not a value of this language", "write `choose { condition => \"a\"; else => \"b\"; }`");
  }
  if (auto sum = advice::arithmetic(text, at)) {
    return sum;
  }
  return condition ? advice::after_condition(text, failure) : std::nullopt;
}

}  // namespace

std::optional<Foreign> misread(std::string_view text, const Failure& failure) {
  const Offset at = failure.at;
  const Role role = failure.wanted.role;
  const std::string_view what = failure.wanted.what;
  if (role == Role::regex || what.starts_with("the end of this pattern")) {
    if (auto pattern = of_pattern(text, failure)) {
      return pattern;
    }
  }
  if (role == Role::number) {
    return advice::not_a_number(text, at);
  }
  // `matches #^/x#;`: what follows is no longer on its line.
  if (const Offset hash = scan::skip_spaces(text, failure.previous);
      role == Role::operand && hash < at && text[hash] == '#' &&
      advice::is_operator_word(advice::word_before(text, hash))) {
    return advice::say(SyntaxErrorKind::unexpected, hash, scan::line_end(text, hash), "`#` begins a comment",
                       "a pattern is written `/.../` or `r\"...\"`, text in quotes");
  }
  if (at >= text.size() || role == Role::string || role == Role::interpolation) {
    return std::nullopt;
  }
  if (role != Role::operand) {
    if (auto quotes = foreign_quotes(text, at)) {
      if (at > 0 && text[at] == '\'' && text[at - 1] == 'r') {
        quotes->begin = at - 1;
        quotes->message = "`'` does not begin a pattern";
        quotes->help = "patterns stand in double quotes: `r\"...\"`";
        quotes->replacement = quotes->replacement.empty() ? "" : "r" + quotes->replacement;
      }
      return quotes;
    }
  }
  if (role == Role::terminator || role == Role::bracket) {
    if (auto found = advice::never_opened(text, failure)) {
      return found;
    }
  }
  if (auto length = length_behind_quotes(text, at)) {
    return length;
  }
  if (auto rule = advice::rule_of_line(text, failure)) {
    return rule;
  }
  if (text[at] == ':') {
    if (auto missing = what == "`;` after this statement" ? advice::default_sign(text, at) : std::nullopt) {
      return missing;
    }
    if (auto address = advice::colons_of_value(text, at)) {
      return address;
    }
    if (auto found = advice::colon(text, failure)) {
      return found;
    }
  }
  if (role == Role::operand) {
    if (auto nocase = advice::nocase_before(text, failure)) {
      return nocase;
    }
    if (auto order = advice::operator_order(text, failure)) {
      return order;
    }
    if (auto when = advice::forgotten_when(text, failure)) {
      return when;
    }
  }
  if (role == Role::operand && text[at] == '{') {
    if (auto list = advice::other_list(text, at)) {
      return list;
    }
  }
  if (what == "`)` after this condition" && text[at] == ',') {
    return advice::other_list(text, failure.opened);
  }
  if (auto limit = advice::limit_without_block(text, failure)) {
    return limit;
  }
  if (auto rows = advice::rows_without_values(text, failure)) {
    return rows;
  }
  if (auto declared = in_declaration(text, failure)) {
    return declared;
  }
  if (auto comma = joined_items(text, what, at)) {
    return comma;
  }
  if (role == Role::bracket) {
    return advice::arithmetic(text, at);
  }
  return role == Role::terminator ? after_value(text, failure) : std::nullopt;
}

}  // namespace sprx
