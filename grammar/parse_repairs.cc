// The part of ParseState that reads on as if a sign that is missing, or another language's, were the right one: each
// such mistake has its fix, and the same one made again in one container is told once.
#include <utility>

#include "grammar/advice.h"
#include "grammar/advice_parts.h"
#include "grammar/parse_state.h"

namespace sprx {

bool ParseState::insert_semicolon(const Expectation& wanted, Offset at) {
  if (unclosed_at_ == at || (at >= text.size() && depth > 0)) {
    // A part left unclosed ends here: its `;` is missing too, and that is not a second mistake.
    tree.set_incomplete();
    return true;
  }
  const Offset end = previous_end(at);
  if (wanted.what == "`;` after this statement" || wanted.what == "`;` after this value") {
    const Failure failure{wanted, at, entry.begin, end, entry.place, entry.container};
    if (const auto late = advice::condition_after_action(text, entry.begin, failure)) {
      SyntaxError error = of_foreign(*this, *late);
      if (!late->replacement.empty()) {
        error.fixes = {{span(entry.begin, late->skip_to), late->replacement, late->certain}};
      }
      label_construct(error);
      fail(std::move(error), late->skip_to);
    }
  }
  const std::string_view name = scan::name_at(text, at);
  const bool new_line = text.substr(end, at - end).find('\n') != std::string_view::npos;
  const bool arm = entry.place == Place::choose || entry.place == Place::score || entry.place == Place::map;
  const bool closed = at >= text.size() || text[at] == '}';
  const bool head = (!name.empty() && !scan::is_reserved(name)) || name == "when" || name == "else";
  const bool statement = new_line ? head || arm : is_statement_word(name) || (arm && name == "else");
  const bool declaration = new_line && declaration_shape(at);
  if (new_line && wanted.what == "`;` after this condition" &&
      (begins_comparison(text, at) || misspelt_joiner(text, at))) {
    return false;  // what joins the two is missing as likely as `;` and `when`
  }
  if (!closed && !declaration && (!statement || foreign_operator(text, at))) {
    return false;
  }
  if (arm && closed) {
    // After `"a": 1, "b": 2 }` the last `;` is the same mistake as the commas before it.
    for (const Habit& habit : habits_) {
      if (habit.container == entry.container && habit.what == ',') {
        errors[habit.error].fixes.push_back({span(end, end), ";", true});
        return true;
      }
    }
  }
  SyntaxError error{SyntaxErrorKind::missing_semicolon, span(end, end), {}, {}, {}, {}};
  error.message = "expected " + std::string(wanted.what) + ", found " + scan::found(text, at);
  error.fixes.push_back({span(end, end), ";", true});
  label_construct(error);
  report(std::move(error));
  return true;
}

bool ParseState::again(Offset container, char what, const SyntaxError::Fix& fix) {
  for (const Habit& habit : habits_) {
    if (habit.container == container && habit.what == what) {
      errors[habit.error].fixes.push_back(fix);
      return true;
    }
  }
  habits_.push_back({container, what, errors.size()});
  return false;
}

bool ParseState::score_like_choose(SyntaxError& error, Offset at) {
  const Offset line = scan::line_end(text, at);
  Offset arrow = at;
  while (arrow < line && text[arrow] != ';' && text[arrow] != '}' && !text.substr(arrow).starts_with("=>"))
    arrow = scan::skip_token(text, arrow);
  const bool arms = arrow < line && text.substr(arrow).starts_with("=>");
  if (!arms && scan::name_at(text, at) != "else") return false;
  for (const Habit& habit : habits_) {
    if (habit.container != entry.container || habit.what != 's') continue;
    resume_at = at;
    return true;
  }
  habits_.push_back({entry.container, 's', errors.size()});
  constexpr std::size_t kShown = 60;
  const std::string said(text.substr(at, scan::before_blanks(text, arrow) - at));
  const Offset begin = arms ? scan::skip_spaces(text, arrow + 2) : arrow;
  const std::string_view number = text.substr(begin, scan::token_end(text, begin) - begin);
  const bool shown = arms && said != "else" && said.size() <= kShown && scan::is_digit(text[begin]);
  error.message = "a score has no arms like `choose`";
  error.help = "write " +
               scan::ticked(shown ? std::string(number) + " when " + said + ";" : "5 when method == \"POST\";") +
               "; what adds nothing is left out";
  return false;
}

bool ParseState::insert_comma(Offset at, bool certain) {
  const bool item =
      at < text.size() && (text[at] == '"' || scan::is_digit(text[at]) || text.substr(at).starts_with("r\""));
  if (!item || key_without_bracket(text, at)) {
    return false;
  }
  if (repeats(at)) {
    SyntaxError twice = repetition(at);
    label_construct(twice);
    fail(std::move(twice), scan::token_end(text, at));
  }
  const Offset end = previous_end(at);
  const SyntaxError::Fix fix{span(end, end), ",", certain};
  if (!again(entry.begin, '"', fix)) {
    SyntaxError error{SyntaxErrorKind::missing_comma, span(end, end), {}, {}, {}, {fix}};
    error.message = "expected `,` before " + scan::found(text, at);
    error.help = "write `,` between two items";
    label_construct(error);
    report(std::move(error));
  }
  return true;
}

bool ParseState::accept_comma(Offset at) {
  if (entry.place != Place::choose && entry.place != Place::score && entry.place != Place::map) {
    return false;
  }
  const SyntaxError::Fix fix{span(at, at + 1), ";", true};
  if (!again(entry.container, ',', fix)) {
    SyntaxError error{SyntaxErrorKind::foreign_spelling, span(at, at + 1), {}, {}, {}, {fix}};
    error.message = "`,` does not end this line";
    error.help = entry.place == Place::map     ? "a row of a table ends with `;`: `\"key\" => \"value\";`"
                 : entry.place == Place::score ? "write `;`: `5 when condition;`"
                                               : "write `;`: `condition => value;`";
    label_construct(error);
    report(std::move(error));
  }
  return true;
}

bool ParseState::accept_arrow(const Expectation& wanted, Offset at, Offset* end) {
  const std::string_view rest = text.substr(at);
  const bool equals = rest.starts_with('=') && !rest.starts_with("==") && !rest.starts_with("=~");
  if (!equals && !rest.starts_with(':') && !rest.starts_with("->")) {
    return false;
  }
  // `path = "/a" => 1;`: the arrow is there.
  Offset arrow = at;
  constexpr Offset kLookedOn = 400;
  const Offset last = scan::line_end(text.substr(0, std::size_t{at} + kLookedOn), at);
  while (arrow < last && text[arrow] != ';' && !text.substr(arrow).starts_with("=>"))
    arrow = scan::skip_token(text, arrow);
  if (equals && arrow < last && text[arrow] == '=') return false;
  *end = at + (rest.starts_with("->") || rest.starts_with(":=") ? 2 : 1);
  const bool blank = at > 0 && scan::is_blank(text[at - 1]);
  const SyntaxError::Fix fix{span(at, *end), blank ? "=>" : " =>", true};
  if (!again(entry.container, ':', fix)) {
    SyntaxError error{SyntaxErrorKind::foreign_spelling, span(at, *end), {}, {}, {}, {fix}};
    error.message = "expected " + std::string(wanted.what) + ", found " + scan::found(text, at);
    error.help = "write `=>`: " + std::string(wanted.help.substr(wanted.help.find('`')));
    label_construct(error);
    report(std::move(error));
  }
  return true;
}

}  // namespace sprx
