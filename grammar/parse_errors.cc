// The part of ParseState that words mistakes and finds where to go on after one.
#include <algorithm>
#include <array>
#include <utility>

#include "grammar/advice.h"
#include "grammar/advice_parts.h"
#include "grammar/parse_state.h"

namespace sprx {
namespace {

constexpr std::string_view kTwoCharacters = "; the two characters themselves are `\\${`";
constexpr std::array<std::string_view, 16> kStatementWords = {
    "when", "over", "let",   "log",  "respond", "redirect", "deny",    "drop",
    "add",  "set",  "unset", "keep", "forward", "origin",   "dry_run", "ban"};
constexpr std::array<std::string_view, 14> kDeclarationWords = {"rule",  "response",  "group",   "list",    "dynamic",
                                                                "table", "redirects", "flag",    "limit",   "let",
                                                                "test",  "tests",     "include", "settings"};

std::string_view entries_of(Place place) {
  switch (place) {
    case Place::file:
      return "a declaration such as `rule` or `list`";
    case Place::rule:
      return "a statement of this rule";
    case Place::group:
      return "a rule or another declaration of this group";
    case Place::block:
      return "a statement of this block";
    case Place::choose:
      return "`condition => value;` or `else => value;`";
    case Place::score:
      return "`number when condition;`";
    case Place::map:
      return "`key => value;`";
  }
  return {};
}

/// What an entry looks like there.
std::string_view help_for_entry(Place place) {
  switch (place) {
    case Place::file:
    case Place::group:
      return "rules are written `rule name { when path == \"/old\"; redirect 301 \"/new\"; }`";
    case Place::rule:
      return "a rule holds `when condition;` and actions such as `deny;` or `redirect 301 \"/new\";`";
    case Place::block:
      return "each line of a block begins with a word, such as `body \"text\";`";
    case Place::choose:
      return "write `path under \"/api\" => \"api\";` and at the end `else => \"page\";`";
    case Place::score:
      return "write `5 when method == \"POST\";`";
    case Place::map:
      return "write `\"key\" => \"value\";`";
  }
  return {};
}

/// The end of the line that `at` is on, or the `}` on it that closes the body round it.
Offset end_in_body(std::string_view text, Offset at) {
  const Offset end = scan::line_end(text, at);
  std::uint32_t depth = 0;
  for (Offset next = at; next < end; next = scan::skip_token(text, next)) {
    if (text[next] == '}' && depth == 0) {
      return next;
    }
    depth += text[next] == '{' ? 1 : text[next] == '}' ? -1U : 0;
  }
  return end;
}

/// Of the words that begin declarations; `response` and the others that the grammar keeps out are refused by it.
bool stands_in_rule(std::string_view word) {
  return word != "limit" && word != "flag" && word != "redirects" && word != "settings" && word != "dynamic";
}

std::string_view similar_declaration(std::string_view name) {
  const std::string folded = scan::lower(name);
  for (const std::string_view word : kDeclarationWords) {
    if (word == folded || (name.size() > 2 && scan::one_slip(folded, word))) {
      return word;
    }
  }
  return {};
}

/// The texts of a list that stand in other quotation marks, as the one that ends at `at` does: one mistake, made again.
void fix_quotes_of_items(const ParseState& state, Offset at, SyntaxError& error) {
  for (;;) {
    at = scan::skip_blanks(state.text, at);
    if (at < state.text.size() && state.text[at] == ',') at = scan::skip_blanks(state.text, at + 1);
    const std::optional<Foreign> item = at < state.text.size() ? foreign_quotes(state.text, at) : std::nullopt;
    if (!item || !item->certain) return;
    error.fixes.push_back({state.span(item->begin, item->end), item->replacement, true});
    at = item->end;
  }
}

}  // namespace

SyntaxError of_foreign(const ParseState& state, const Foreign& foreign) {
  SyntaxError error{
      SyntaxErrorKind::foreign_spelling, state.span(foreign.begin, foreign.end), foreign.message, {}, foreign.help, {}};
  error.kind = foreign.kind.value_or(error.kind);
  if (!foreign.replacement.empty() || foreign.fix_end != 0) {
    const Offset end = foreign.fix_end != 0 ? foreign.fix_end : foreign.end;
    error.fixes.push_back({state.span(foreign.begin, end), foreign.replacement, foreign.certain});
    const std::optional<Foreign> quotes = foreign.certain ? foreign_quotes(state.text, foreign.begin) : std::nullopt;
    if (quotes && quotes->end == end) fix_quotes_of_items(state, end, error);
  }
  return error;
}

bool is_statement_word(std::string_view name) {
  return std::find(kStatementWords.begin(), kStatementWords.end(), name) != kStatementWords.end();
}

bool is_declaration_word(std::string_view name) {
  return std::find(kDeclarationWords.begin(), kDeclarationWords.end(), name) != kDeclarationWords.end();
}

void ParseState::check_foreign_head(Place place, Offset at) {
  if (place == Place::choose || place == Place::score || place == Place::map) {
    return;
  }
  if (auto limit = place == Place::rule ? advice::limit_in_rule(text, at) : std::nullopt) {
    SyntaxError error = of_foreign(*this, *limit);
    label_construct(error);
    fail(std::move(error), limit->end);
  }
  const bool response_rule = scan::name_at(text, at) == "response" &&
                             scan::name_at(text, scan::skip_spaces(text, scan::token_end(text, at))) == "rule";
  if (place == Place::rule && ((declaration_shape(at) && !stands_in_rule(scan::name_at(text, at))) || response_rule)) {
    fail_entry(place, at);
  }
  const std::string_view name = scan::name_at(text, at);
  const bool names_rules = place == Place::file || place == Place::group;
  const bool other =
      names_rules && !is_declaration_word(name) && !is_statement_word(name) && similar_declaration(name).empty();
  auto foreign = other ? advice::named_value(text, at) : std::nullopt;
  if (!foreign) {
    foreign = foreign_statement(text, at, place);
  }
  if (!foreign) {
    return;
  }
  SyntaxError error = of_foreign(*this, *foreign);
  label_construct(error);
  Offset resume = at;
  if (foreign->whole_file) {
    resume = static_cast<Offset>(text.size());
    unclosed_at_ = resume;
    resume_exact = true;
  } else if (foreign->skip_to != 0) {
    resume = foreign->skip_to;
    resume_exact = true;
  } else if (foreign->whole_line) {
    resume = place == Place::file ? scan::line_end(text, at) : end_in_body(text, at);
    resume_exact = true;
  } else if (text.substr(at).starts_with("/*")) {
    const std::size_t end = text.find("*/", at + 2);
    resume = end == std::string_view::npos ? static_cast<Offset>(text.size()) : static_cast<Offset>(end + 2);
    resume_exact = true;
  }
  fail(std::move(error), resume);
}

void ParseState::fail(const Expectation& wanted, Offset at) {
  Offset resume = at;
  SyntaxError error{SyntaxErrorKind::unexpected, span(at, scan::token_end(text, at)), {}, {}, {}, {}};
  if (at >= text.size()) {
    unclosed_at_ = static_cast<Offset>(text.size());  // what else is missing at the end follows from this
  }
  error.message = "expected " + std::string(wanted.what) + ", found " + scan::found(text, at);
  const std::string_view name = scan::name_at(text, at);
  const TreeBuilder::Frame* const frame = tree.frames().empty() ? nullptr : &tree.frames().back();
  const Offset opened = frame != nullptr ? frame->begin : at;
  const bool key_open = wanted.role == Role::bracket && wanted.what.find("this key") != std::string_view::npos &&
                        at < text.size() && text[at] == '=' && frame != nullptr;
  const bool code = wanted.role != Role::string && wanted.role != Role::regex && wanted.role != Role::interpolation;
  if (code && repeats(at)) {
    error = repetition(at);
    label_construct(error);
    fail(std::move(error), scan::token_end(text, at));
  }
  std::optional<Foreign> foreign = misread(text, {wanted, at, opened, previous_end(at), entry.place, entry.container});
  if (foreign) {
    // What was meant is known.
  } else if (wanted.role == Role::operand) {
    foreign = foreign_operand(text, at);
  } else if (key_open) {
    // `header["X" = "1"`: the sign is right, the bracket before it is missing.
    const Offset end = previous_end(at);
    error.fixes.push_back({span(end, end), "]", true});
    error.help = "write `]` before it";
  } else if (wanted.role == Role::terminator || wanted.role == Role::bracket || wanted.role == Role::arrow ||
             (wanted.role == Role::open_brace && text.substr(at).starts_with('-'))) {
    foreign = foreign_operator(text, at);
    // In a statement with a value `=` compares nothing, in one without a value nothing is compared or joined.
    if (foreign && wanted.what == "`;` after this statement" &&
        std::string_view("=&|").find(text[at]) != std::string_view::npos)
      foreign->certain = foreign->certain && advice::has_value(text, opened, at) != (text[at] == '=');
  }
  if (foreign) {
    error = of_foreign(*this, *foreign);
    // What was read as the beginning of a pattern goes on as code after the text that was meant.
    const bool reread = wanted.role == Role::regex ||
                        (wanted.what.starts_with("the end of this pattern") && foreign->begin == opened) ||
                        (at < text.size() && text[at] == '{' && foreign->end == at + 1);
    resume = reread ? std::max(foreign->begin, text[foreign->begin] == '{' ? at : foreign->end)
                    : std::max({at, foreign->end, foreign->fix_end});
    unclosed_at_ = reread && unclosed_at_ == at ? kNowhere : unclosed_at_;
  } else if (wanted.role == Role::name && scan::is_reserved(name)) {
    error.kind = SyntaxErrorKind::reserved_word;
    error.message = "`" + std::string(name) + "` is a reserved word and cannot be a name";
  } else if (wanted.role == Role::string || wanted.role == Role::regex) {
    const bool raw = text.substr(opened).starts_with("\"\"\"");
    const Offset end = raw ? opened + 3 : std::min(scan::line_end(text, opened), static_cast<Offset>(text.size()));
    error.kind =
        wanted.role == Role::string ? SyntaxErrorKind::unterminated_string : SyntaxErrorKind::unterminated_regex;
    error.primary = span(opened, end > opened && text[end - 1] == '\r' ? end - 1 : end);
    error.message =
        std::string(wanted.role == Role::string ? "this string is not closed" : "this pattern is not closed");
    error.message += raw ? "" : " on its line";
    error.help = std::string(wanted.help) + std::string(interpolation > 0 ? kTwoCharacters : "");
    unclosed_literal = opened;
  } else if (wanted.role == Role::number) {
    Offset end = at;
    while (end < text.size() && (scan::is_name_char(text[end]) || text[end] == '/' || text[end] == '.')) {
      ++end;
    }
    error.kind = SyntaxErrorKind::bad_number;
    error.primary = span(at, end);
    error.message = "`" + std::string(text.substr(at, std::min<Offset>(end - at, 40))) + "` is not a number";
  } else if (wanted.role == Role::chain || wanted.role == Role::exists) {
    error.kind = SyntaxErrorKind::chained_comparison;
    error.message = wanted.role == Role::chain ? "a comparison cannot be compared again"
                                               : "`exists` is a whole condition and cannot be compared";
    resume = scan::token_end(text, at);
  } else if (wanted.role == Role::bracket) {
    const char c = at < text.size() ? text[at] : ';';
    if (c == ';' || c == '}' || c == '{' || is_statement_word(name)) {
      error.kind = SyntaxErrorKind::unclosed_bracket;
    }
    if (text[opened] != '(' && text[opened] != '[') {
      // A call or an index: its bracket comes after a name.
      const Offset bracket = static_cast<Offset>(text.substr(opened, at - opened).find_first_of("(["));
      error.labels.push_back({span(opened + bracket, opened + bracket + 1), "opened here"});
    } else {
      error.labels.push_back({span(opened, opened + 1), "opened here"});
    }
  }
  if (interpolation > 0 && error.kind == SyntaxErrorKind::unexpected) {
    error.kind = SyntaxErrorKind::bad_interpolation;
  }
  if (wanted.role == Role::interpolation) {
    end_interpolation(error, opened, at);
  }
  if (error.help.empty()) {
    error.help = std::string(wanted.help);
  }
  label_construct(error);
  fail(std::move(error), resume);
}

void ParseState::end_interpolation(SyntaxError& error, Offset opened, Offset at) {
  const Offset end = previous_end(at);
  const char c = at < text.size() ? text[at] : '\0';
  error.labels.push_back({span(opened, opened + 2), "opened here"});
  if (const auto sum = at < text.size() ? advice::arithmetic(text, at) : std::nullopt) {
    error.message = sum->message;
    error.help = sum->help;
  } else if (c == '|') {
    error.help = "a function stands round its value: `${lower(host)}`";
  } else if (c == ':') {
    error.help = "a default stands after `\?\?`: `${header[\"X\"] \?\? \"none\"}`";
  } else {
    error.primary = span(end, end);
    error.fixes.push_back({span(end, end), "}", c == '"'});
    error.help = "write `}` here";
  }
  // The rest of the line is read from where this string seems to end, not as code in `${`.
  const std::size_t quote = text.substr(0, scan::line_end(text, at)).find('"', at);
  if (text.substr(at, quote - at).find('}') == std::string_view::npos) error.help += kTwoCharacters;
  string_resume = quote == std::string_view::npos ? scan::line_end(text, at) : static_cast<Offset>(quote + 1);
}

void ParseState::fail_entry(Place place, Offset at) {
  SyntaxError error{SyntaxErrorKind::unexpected, span(at, scan::token_end(text, at)), {}, {}, {}, {}};
  error.message = "expected " + std::string(entries_of(place)) + ", found " + scan::found(text, at);
  const std::string_view name = scan::name_at(text, at);
  const bool names_rules = place == Place::file || place == Place::group;
  if (const auto other = names_rules ? advice::other_declaration(text, at) : advice::status_before_action(text, at)) {
    error = of_foreign(*this, *other);
    label_construct(error);
    fail(std::move(error), std::max(at, other->end));
  }
  if (declaration_shape(at) && place != Place::file) {
    error.message = "`" + std::string(name) + "` cannot stand inside this " +
                    std::string(place == Place::rule    ? "rule"
                                : place == Place::group ? "group"
                                                        : "block");
    const bool rules = place == Place::rule && (name == "rule" || name == "group" || name == "response");
    error.help =
        rules ? "rules stand side by side, or in a `group name when ... { ... }`" : "declare it at the top of a file";
    misplaced = true;
  } else if (name == "response" || name == "dynamic") {
    const Offset next = scan::skip_blanks(text, at + static_cast<Offset>(name.size()));
    error.primary = span(next, scan::token_end(text, next));
    error.message =
        name == "response" ? "expected `rule` after `response`, found " : "expected `list` after `dynamic`, found ";
    error.message += scan::found(text, next);
  } else if (place == Place::group && name == "when") {
    error.message = "the condition of a group stands before its `{`";
    error.help = "write `group name when host == \"www.example.com\" { ... }`";
  } else if ((place == Place::file || place == Place::group) && is_statement_word(name)) {
    error.message = "`" + std::string(name) + "` stands outside any rule";
    error.help = "write it between the braces of a `rule name { ... }`";
    if (place == Place::file && std::exchange(loose_statement_, true)) {
      resume_at = at;
      throw Failed{};
    }
  } else if (place == Place::group && is_declaration_word(name)) {
    error.message = "`" + std::string(name) + "` cannot stand inside this group";
    error.help = "declare it at the top of a file";
  } else if (const std::string_view similar = similar_declaration(name);
             similar != name && !similar.empty() && (place == Place::file || place == Place::group)) {
    const bool same = scan::lower(name) == similar;
    error.help = same ? "words are lower case: `" + std::string(similar) + "`"
                      : "a similar word begins a declaration: `" + std::string(similar) + "`";
    error.fixes.push_back({error.primary, std::string(similar), same});
    if (same && make_small(at, similar)) {
      report(std::move(error));
      throw Failed{};
    }
  } else if (const auto sent =
                 place == Place::block && !name.empty() && !tree.frames().empty()
                     ? advice::sent_line(text, tree.frames().back().begin, scan::name_at(text, entry.container), at)
                     : std::nullopt) {
    error = of_foreign(*this, *sent);
  } else if ((place == Place::rule || place == Place::block) && !name.empty() && name[0] >= 'A' && name[0] <= 'Z') {
    const std::string small = scan::snake(name);
    error.help = "statements are lower case: `" + small + "`";
    error.fixes.push_back({span(at, at + static_cast<Offset>(name.size())), small, true});
    const bool ours = small == "when" || small == "over" || small == "let" || small == "log";
    if (place == Place::rule && ours && make_small(at, small)) {
      label_construct(error);
      report(std::move(error));
      throw Failed{};
    }
  } else if (place == Place::rule && (name == "score" || name == "choose")) {
    error.help = name == "score" ? "a sum is a value: `let points = score { 5 when path under \"/api\"; };`"
                                 : "a choice is a value: `let device = choose { condition => \"a\"; else => \"b\"; };`";
  } else if (place == Place::rule && (name == "not" || name == "exists")) {
    error.message = "expected `when` before this condition, found `" + std::string(name) + "`";
    error.help = "write `when " + std::string(name) + " ...;`";
    error.fixes.push_back({span(at, at), "when ", true});
  } else if (place == Place::choose && name == "when") {
    error.message = "a branch of `choose` begins with its condition, without `when`";
    error.help = "write `path under \"/api\" => \"api\";`";
    error.fixes.push_back({span(at, scan::skip_spaces(text, at + 4)), "", true});
  } else if (place == Place::map && (name == "else" || (at < text.size() && text[at] == '*'))) {
    error.message = "a table has no row for all other keys";
    error.help =
        "what stands in for a key that is not there is written where it is looked up: `NAME[...] \?\? \"...\"`";
  } else if (place == Place::score && score_like_choose(error, at)) {
    throw Failed{};  // the same mistake again in this body
  } else if (place == Place::choose || place == Place::map || (place == Place::score && error.help.empty())) {
    if (auto foreign = foreign_operand(text, at)) {
      error = of_foreign(*this, *foreign);
    }
  }
  const bool redirects =
      tree.frames().size() > 1 && tree.frames()[tree.frames().size() - 2].kind == NodeKind::redirects;
  if (error.help.empty() && place == Place::block && redirects && at < text.size() && scan::is_digit(text[at])) {
    const std::string status(text.substr(at, scan::token_end(text, at) - at));
    error.help = "write " + scan::ticked("status " + status + ";");
    error.fixes.push_back({error.primary, "status " + status, true});
  }
  const std::string_view head = scan::name_at(text, entry.container);
  if (error.help.empty() && place == Place::block && (head == "deny" || head == "respond") && at < text.size() &&
      scan::is_digit(text[at])) {
    error.help = "the status stands before the block: " +
                 scan::ticked(std::string(head) + " " + std::string(text.substr(at, scan::token_end(text, at) - at)) +
                              " { ... }");
  }
  if (place == Place::block && (redirects || head == "list" || head == "table" || head == "dynamic")) {
    if (auto moved = advice::nocase_in_block(text, tree.frames().back().begin, at, head != "dynamic")) {
      error.message = moved->message;
      error.help = moved->help;
      if (moved->sure) {
        error.fixes.push_back({span(moved->insert_at, moved->insert_at), " nocase", true});
        error.fixes.push_back({span(at, moved->end), "", true});
      }
    }
  }
  if (error.help.empty()) {
    error.help = std::string(help_for_entry(place));
  }
  label_construct(error);
  fail(std::move(error), at);
}

bool ParseState::make_small(Offset at, std::string_view word) {
  if (editable == nullptr || text.substr(at, word.size()) == word) return false;
  std::copy(word.begin(), word.end(), editable + at);
  resume_at = at;
  return again_in_small = true;
}

Offset ParseState::resume_place() {
  Offset at = resume_at;
  const Offset string = std::exchange(string_begin, kNowhere);
  const Offset literal = std::exchange(unclosed_literal, kNowhere);
  if (literal != kNowhere) {
    if (text.substr(literal).starts_with("\"\"\"")) {
      unclosed_at_ = static_cast<Offset>(text.size());  // it swallows the rest, with whatever closes what is open
      resume_exact = true;
      return resume_at = unclosed_at_;
    }
    // It ends at its line's last `;`, if there is one; else code goes on after its first quote.
    const std::size_t last = text.substr(literal, scan::line_end(text, literal) - literal).rfind(';');
    if (last != std::string_view::npos) {
      resume_exact = true;
      return resume_at = literal + static_cast<Offset>(last) + 1;
    }
    at = literal + (text[literal] == 'r' ? 2 : 1);
  } else if (const Offset end = std::exchange(string_resume, kNowhere); end != kNowhere) {
    at = std::max(at, end);
  } else if (string != kNowhere) {
    at = std::max(at, scan::skip_string(text, string));
  }
  return resume_at = at;
}

Offset ParseState::recover() {
  Offset at = resume_place();
  if (std::exchange(resume_exact, false)) {
    return at;
  }
  std::uint32_t open = 0;
  while (at < text.size()) {
    const char c = text[at];
    Offset column = 0;
    if (open == 0 && (c == ';' || c == '}')) {
      return c == ';' ? at + 1 : at;
    }
    if (c == '}' && --open == 0) {
      const Offset next = scan::skip_blanks(text, at + 1);
      const std::string_view name = scan::name_at(text, next);
      // `in {10.0.0.0/8}) and …`: the condition goes on.
      const bool value = name == "and" || name == "or" ||
                         (next < text.size() && std::string_view("),]").find(text[next]) != std::string_view::npos);
      const bool more = name == "else" || name == "elsif" || name == "elseif" || name == "elif" || value;
      if (!more) {
        return next < text.size() && text[next] == ';' ? next + 1 : at + 1;
      }
    } else if (c == '{') {
      ++open;
    } else if (at > entry.begin && scan::is_name_start(c) && scan::first_on_line(text, at, &column) &&
               (declaration_shape(at) ? column <= scan::indentation(text, entry.begin)
                                      : open == 0 && new_statement(at))) {
      return at;
    }
    at = scan::skip_token(text, at);
  }
  unclosed_at_ = at;  // the mistake reaches to the end of the file, with whatever would close what is open
  return at;
}

}  // namespace sprx
