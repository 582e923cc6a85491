// The part of ParseState that is about the braces of bodies: where one is missing, and what stands in its place.
#include <algorithm>
#include <array>
#include <utility>

#include "grammar/advice_parts.h"
#include "grammar/parse_state.h"

namespace sprx {
namespace {

bool holds_arms(Place place) { return place == Place::choose || place == Place::score || place == Place::map; }

/// What is wanted where the `{` is missing.
std::string_view wanted_brace(Place place) {
  switch (place) {
    case Place::rule:
      return "`{` after this rule's name";
    case Place::group:
      return "`{` after this group's head";
    case Place::choose:
      return "`{` after `choose`";
    case Place::score:
      return "`{` after `score`";
    case Place::map:
      return "`{` before these rows";
    default:
      return "`{` and a block";
  }
}

/// How the construct is written.
std::string_view written_brace(Place place) {
  switch (place) {
    case Place::rule:
      return "write `rule name { when ...; deny; }`";
    case Place::group:
      return "write `group name when host == \"www.example.com\" { ... }`";
    case Place::choose:
      return "write `choose { path under \"/api\" => \"api\"; else => \"page\"; }`";
    case Place::score:
      return "write `score { 5 when method == \"POST\"; }`";
    default:
      return "what belongs to it stands in braces: `{ name value; }`";
  }
}

/// Words that begin a condition in other languages.
bool means_when(std::string_view name) {
  constexpr std::array<std::string_view, 5> kWords = {"if", "where", "for", "on", "with"};
  return std::find(kWords.begin(), kWords.end(), name) != kWords.end();
}

}  // namespace

bool ParseState::repeats(Offset at) const {
  const Offset end = previous_end(at);
  const std::string_view token =
      at < text.size() ? text.substr(at, scan::token_end(text, at) - at) : std::string_view{};
  if (token.empty() || token.size() > end || text.substr(end - token.size(), token.size()) != token) {
    return false;
  }
  const char c = token[0];
  const char before = token.size() < end ? text[end - token.size() - 1] : ' ';
  if (scan::is_name_char(c)) {
    return !scan::is_name_char(before) && before != '.' && before != '-' && before != '$';
  }
  // `))`, `]]` and `}}` close two things.
  return c == '"' ? token.size() > 1 && before != '\\' && before != 'r'
                  : std::string_view("(){}[];$-\\").find(c) == std::string_view::npos && before != c;
}

SyntaxError ParseState::repetition(Offset at) const {
  const Offset end = scan::token_end(text, at);
  SyntaxError error{SyntaxErrorKind::unexpected, span(at, end), {}, {}, "write it once", {}};
  const std::string seen = scan::found(text, at);
  error.message = (seen.starts_with('`') ? seen : "this string") + " stands here twice";
  // Between the commas of a call a value may be missing.
  const Offset opened = tree.frames().empty() ? at : tree.frames().back().begin;
  const bool of_list = text[opened] == '[' || scan::is_reserved(scan::name_at(text, opened));
  error.fixes.push_back({span(previous_end(at), end), "", text[at] != ',' || of_list});
  return error;
}

bool ParseState::accept_repeated_word(Offset at, Offset* second) {
  const std::string_view name = scan::name_at(text, at);
  if (!is_declaration_word(name) || !repeats(at)) {
    return false;
  }
  const Offset next = scan::skip_blanks(text, at + static_cast<Offset>(name.size()));
  const std::string_view following = scan::name_at(text, next);
  if (following.empty() || scan::is_reserved(following)) {
    return false;  // `rule rule {`: the second one is the name
  }
  report(repetition(at));
  *second = skip_blanks(at + static_cast<Offset>(name.size()));
  return true;
}

bool ParseState::accept_second_brace(Offset at) {
  const Offset end = previous_end(at);
  if (end == 0 || text[end - 1] != '{') {
    return false;
  }
  SyntaxError error = repetition(at);
  label_construct(error);
  report(std::move(error));
  return true;
}

bool ParseState::arm_shape(Place place, Offset at) const {
  const std::string_view name = scan::name_at(text, at);
  if (place == Place::score) {
    const Offset number = text.substr(at).starts_with('-') ? scan::skip_blanks(text, at + 1) : at;
    const Offset end = number < text.size() && scan::is_digit(text[number]) ? scan::token_end(text, number) : at;
    return end > at && scan::name_at(text, scan::skip_blanks(text, end)) == "when";
  }
  if (name == "else") {
    return true;
  }
  const Offset most = std::min(static_cast<Offset>(text.size()), at + scan::kLookBack);
  Offset column = 0;
  for (Offset next = at; next < most; next = scan::skip_token(text, next)) {
    const char c = text[next];
    if (text.substr(next).starts_with("=>")) {
      return true;
    }
    if (c == ';' || c == '{' || c == '}' || (declaration_shape(next) && scan::first_on_line(text, next, &column))) {
      return false;
    }
  }
  return false;
}

bool ParseState::ends_unwritten(Place place, Offset at) {
  if (!holds_arms(place)) {
    return false;
  }
  if (at < text.size() && text[at] == '}') {
    // In a rule a `}` that no `;` follows is the rule's own.
    const Offset next = scan::skip_blanks(text, at + 1);
    if (entry.place == Place::file || text.substr(next).starts_with(';')) {
      return false;
    }
  } else if (at < text.size() && arm_shape(place, at)) {
    return false;
  }
  unclosed_at_ = at;
  tree.set_incomplete();
  return true;
}

bool ParseState::opens_group(Offset at) const {
  const Offset next = scan::skip_blanks(text, at + 1);
  return next >= text.size() || text[next] == '}' || declaration_shape(next) || scan::name_at(text, next) == "allow";
}

bool ParseState::find_body(Offset* brace) {
  Offset at = resume_place();
  if (resume_exact) {
    return false;
  }
  const Offset most = std::min(static_cast<Offset>(text.size()), at + scan::kLookBack);
  Offset column = 0;
  for (; at < most; at = scan::skip_token(text, at)) {
    if (text[at] == ';' || (declaration_shape(at) && scan::first_on_line(text, at, &column))) {
      return false;
    }
    if (text[at] == '{' && opens_group(at)) {
      *brace = at;
      return true;
    }
  }
  return false;
}

bool ParseState::find_brace(Place place, Offset at, Offset* brace) {
  const Offset before = previous_end(at);
  // The frame of the block itself is on top.
  const auto& frames = tree.frames();
  const bool of_settings = frames.size() > 1 && frames[frames.size() - 2].kind == NodeKind::settings;
  const bool next_line = text.substr(before, at - before).find('\n') != std::string_view::npos;
  if (place == Place::block && of_settings && !scan::name_at(text, at).empty() && !(next_line && brace_waits(at))) {
    const std::string section(scan::name_at(text, at));
    SyntaxError error{SyntaxErrorKind::unexpected, span(at, scan::token_end(text, at)), {}, {}, {}, {}};
    error.message = "expected `{` after `settings`, found " + scan::found(text, at);
    error.help = "write `settings { " + section + " { ... } }`";
    fail(std::move(error), at);
  }
  if (place == Place::map || next_line) {
    return false;  // a `{` further on in the next line is that of what stands there
  }
  const Offset end = std::min(scan::line_end(text, at), at + scan::kLookBack);
  for (Offset next = at; next < end; next = scan::skip_token(text, next)) {
    const char c = text[next];
    const Offset after = scan::skip_spaces(text, next + 1);
    if (c == ';' && next == at && after < text.size() && text[after] == '{') {
      continue;
    }
    const bool arm = holds_arms(place) && (text.substr(next).starts_with("=>") || scan::name_at(text, next) == "when");
    if (c == ';' || c == '}' || c == '#' || arm) {
      return false;
    }
    if (c == '{' && (place != Place::group || opens_group(next))) {
      report_before_brace(place, at);
      tree.set_incomplete();
      *brace = next;
      return true;
    }
  }
  return false;
}

void ParseState::report_before_brace(Place place, Offset at) {
  const bool condition = place == Place::group && tree.height() > tree.frames().back().pending &&
                         tree.finished(tree.height() - 1).kind == NodeKind::when;
  SyntaxError error{SyntaxErrorKind::unexpected, span(at, scan::token_end(text, at)), {}, {}, {}, {}};
  error.message = "expected " +
                  std::string(condition               ? advice::kGroupBody
                              : place == Place::group ? "`when` or `{` after this group's name"
                                                      : wanted_brace(place)) +
                  ", found " + scan::found(text, at);
  error.help = written_brace(place);
  if (text[at] == ';') {
    error.message = "expected `{` after this name or condition, found `;`";
    error.help = "remove the `;`";
    error.fixes.push_back({span(at, at + 1), "", true});
  } else if (repeats(at)) {
    error = repetition(at);
  } else if (condition) {
    word_after_condition(error, at);
  } else {
    word_after_name(error, place, at);
  }
  label_construct(error);
  if (!poisoned(at)) {
    report(std::move(error));
  }
}

void ParseState::word_after_condition(SyntaxError& error, Offset at) {
  // The last value of the condition may be half of a comparison.
  tree.set_flag_b();
  const Expectation wanted{advice::kGroupBody, Role::terminator, {}};
  std::optional<Foreign> foreign = misread(text, {wanted, at, at, previous_end(at), entry.place, entry.container});
  if (!foreign) {
    foreign = foreign_operator(text, at);
  }
  if (foreign) {
    error = of_foreign(*this, *foreign);
  }
}

void ParseState::word_after_name(SyntaxError& error, Place place, Offset at) const {
  const std::string_view name = scan::name_at(text, at);
  if (place == Place::rule && name == "when") {
    error.help = "a rule's condition stands between its braces: `rule name { when ...; deny; }`";
    return;
  }
  const Offset brace = scan::skip_spaces(text, at + 1);
  if (text[at] == ':' || (text[at] == '=' && text.substr(brace).starts_with('{'))) {
    error.help = "remove the " + scan::ticked(text.substr(at, 1));
    error.fixes.push_back({span(text[at] == '=' ? previous_end(at) : at, at + 1), "", true});
    return;
  }
  if (place == Place::rule && (text[at] == '.' || !name.empty())) {
    name_of_parts(error, at);
    return;
  }
  if (text[at] == '-' && (place == Place::rule || place == Place::group)) {
    const auto foreign = foreign_operator(text, at);
    if (!foreign) return;
    error.kind = SyntaxErrorKind::foreign_spelling;
    error.primary = span(foreign->begin, foreign->end);
    error.message = foreign->message;
    std::string plain(text.substr(foreign->begin, foreign->end - foreign->begin));
    std::replace(plain.begin(), plain.end(), '-', '_');
    error.help = "names have no `-`: write `" + plain + "`";
    error.fixes.assign(1, {error.primary, plain, false});
    return;
  }
  if (place != Place::group) {
    return;
  }
  const Offset end = at + static_cast<Offset>(name.size());
  const bool alone = text.substr(scan::skip_spaces(text, end)).starts_with('{');
  if (means_when(name)) {
    error.help = "a group's condition stands after `when`";
    error.fixes.push_back({span(at, end), "when", true});
  } else if (text[at] == '(' || (!name.empty() && !alone)) {
    error.help = "a group's condition stands after `when`: `group name when host == \"www.example.com\" { ... }`";
    error.fixes.push_back({span(at, at), "when ", true});
  }
}

/// `rule two words {`, `rule a.b {`: one name of all of it.
void ParseState::name_of_parts(SyntaxError& error, Offset at) const {
  const Offset end = previous_end(at);
  const std::string_view first = advice::name_before(text, end, false);
  const Offset begin = end - static_cast<Offset>(first.size());
  std::string whole(first);
  Offset last = at;
  for (; last < text.size() && (scan::is_name_char(text[last]) || text[last] == '.' || text[last] == ' '); ++last) {
    if (scan::is_name_char(text[last])) {
      if (last > end && !scan::is_name_char(text[last - 1])) whole += '_';
      whole += text[last];
    }
  }
  if (first.empty() || last >= text.size() || text[last] != '{') return;
  error.help =
      std::string(text[at] == '.' ? "names have no `.`" : "a name is one word") + ": write " + scan::ticked(whole);
  error.fixes.push_back({span(begin, scan::before_blanks(text, last)), whole, false});
}

bool ParseState::brace_waits(Offset at) const {
  Offset column = 0;
  // `rule name when ...; deny; }` on one line is as clear.
  const bool own_line = scan::first_on_line(text, at, &column);
  const Offset most = own_line ? static_cast<Offset>(text.size()) : scan::line_end(text, at);
  std::int64_t braces = 1;
  for (Offset next = at; next < most && braces > 0; next = scan::skip_token(text, next)) {
    braces += text[next] == '{' ? 1 : text[next] == '}' ? -1 : 0;
    Offset inner = 0;
    if (next > at && declaration_shape(next) && scan::first_on_line(text, next, &inner) &&
        inner < std::max<Offset>(column, 1)) {
      return false;
    }
  }
  return braces <= 0;
}

bool ParseState::insert_brace(Place place, Offset at) {
  const std::string_view name = scan::name_at(text, at);
  const bool body = holds_arms(place)       ? arm_shape(place, at)
                    : place == Place::rule  ? is_statement_word(name)
                    : place == Place::group ? declaration_shape(at)
                                            : !name.empty() && !scan::is_reserved(name) && !declaration_shape(at);
  if (!body || (!holds_arms(place) && !brace_waits(at))) {
    return false;
  }
  const Offset end = previous_end(at);
  SyntaxError error{SyntaxErrorKind::unexpected, span(end, end), {}, {}, "write `{` here", {}};
  const auto& frames = tree.frames();
  const bool of_settings = frames.size() > 1 && frames[frames.size() - 2].kind == NodeKind::settings;
  error.message = "expected " + std::string(of_settings ? "`{` after `settings`" : wanted_brace(place)) + ", found " +
                  scan::found(text, at);
  error.fixes.push_back({span(end, end), " {", true});
  label_construct(error);
  report(std::move(error));
  return true;
}

}  // namespace sprx
