#include "grammar/parse_state.h"

#include <algorithm>
#include <utility>

#include "grammar/advice_parts.h"

namespace sprx {
namespace {

constexpr std::string_view noun(NodeKind kind) {
  switch (kind) {
    case NodeKind::rule:
      return "rule";
    case NodeKind::group:
      return "group";
    case NodeKind::list:
      return "list";
    case NodeKind::table:
      return "table";
    case NodeKind::redirects:
      return "`redirects`";
    case NodeKind::flag:
      return "flag";
    case NodeKind::limit:
      return "limit";
    case NodeKind::test:
      return "test";
    case NodeKind::tests:
      return "`tests`";
    case NodeKind::let:
      return "`let`";
    default:
      return {};
  }
}

/// `rule "old page"`: the name without its quotes.
void name_of_quoted(SyntaxError& error, std::string_view quoted) {
  constexpr std::size_t kShown = 60;
  std::string name;
  bool plain = quoted.size() > 2 && quoted.back() == '"' && quoted.size() < kShown;
  for (const char c : quoted.substr(1, quoted.size() < 2 ? 0 : quoted.size() - 2)) {
    const bool blank = c == ' ' || c == '-' || c == '.';
    plain = plain && (blank || scan::is_name_char(c));
    name += blank ? '_' : c;
  }
  if (!plain || scan::is_digit(name[0]) || scan::is_reserved(name)) {
    return;
  }
  error.help = "names have no quotes: write `" + name + "`";
  error.fixes.push_back({error.primary, name, name == quoted.substr(1, quoted.size() - 2)});
}

/// Declarations that a group may hold.
bool stands_in_group(std::string_view word) {
  return word != "settings" && word != "flag" && word != "limit" && word != "test" && word != "tests";
}

}  // namespace

ParseState::ParseState(FileId in_file, std::string_view in_text, const ParseLimits& in_limits)
    : file(in_file), text(in_text), limits(in_limits) {}

void ParseState::note_blanks(Offset begin, Offset end) {
  if (begin != end && gaps_[last_gap_].end != end) {
    last_gap_ = (last_gap_ + 1) % gaps_.size();
    gaps_[last_gap_] = {begin, end};
  }
}

Offset ParseState::previous_end(Offset at) const {
  for (std::size_t back = 0; back < gaps_.size(); ++back) {
    const Gap& gap = gaps_[(last_gap_ + gaps_.size() - back) % gaps_.size()];
    if (gap.end == at && gap.begin < gap.end) {
      return gap.begin;
    }
  }
  return at;
}

Offset ParseState::skip_blanks(Offset at) {
  const Offset end = scan::skip_blanks(text, at);
  note_blanks(at, end);
  return end;
}

void ParseState::report(SyntaxError error) {
  errors.push_back(std::move(error));
  if (errors.size() >= limits.errors) {
    throw TooManyErrors{};
  }
}

void ParseState::label_construct(SyntaxError& error) const {
  const auto& frames = tree.frames();
  for (std::size_t at = frames.size(); at-- > 0;) {
    const TreeBuilder::Frame& frame = frames[at];
    const std::string_view word = noun(frame.kind);
    if (!word.empty() && frame.pending < tree.height() && tree.finished(frame.pending).kind == NodeKind::name) {
      const Node& name = tree.finished(frame.pending);
      error.labels.push_back({span(name.begin, name.end), "in this " + std::string(word)});
      return;
    }
    if (frame.kind == NodeKind::settings) {
      error.labels.push_back({span(frame.begin, frame.begin + 8), "in these settings"});
      return;
    }
  }
}

bool ParseState::poisoned(Offset at) const {
  const auto after = std::upper_bound(bad_bytes.begin(), bad_bytes.end(), at,
                                      [](Offset value, const Span& bad) { return value < bad.begin; });
  return after != bad_bytes.begin() && at < std::prev(after)->end;
}

void ParseState::fail(SyntaxError error, Offset resume) {
  resume_at = resume;
  if (!poisoned(error.primary.begin)) {
    report(std::move(error));
  }
  throw Failed{};
}

void ParseState::fail_too_deep(Offset at, bool interpolated) {
  SyntaxError error{SyntaxErrorKind::too_deep, span(at, scan::token_end(text, at)), {}, {}, {}, {}};
  const std::uint32_t limit = interpolated ? limits.interpolation_depth : limits.depth;
  error.message = interpolated ? "`${` is nested more than " + std::to_string(limit) + " deep"
                               : "nested more than " + std::to_string(limit) + " levels deep";
  error.help = interpolated ? "give the inner value a name with `let`" : "give an inner part a name with `let`";
  label_construct(error);
  fail(std::move(error), at);
}

void ParseState::leave(NodeKind kind) {
  const Offset begin = tree.frames().back().begin;
  if (kind == NodeKind::string) {
    string_begin = begin;
  }
  tree.abandon(std::max(begin, previous_end(resume_at)));
}

bool ParseState::opens_level(Offset at) const {
  if (at >= text.size()) {
    return false;
  }
  if (text[at] == '(' || text[at] == '[') {
    return true;
  }
  const std::string_view name = scan::name_at(text, at);
  const Offset after = scan::skip_blanks(text, at + static_cast<Offset>(name.size()));
  return !name.empty() && (name == "not" || (after < text.size() && text[after] == '(' && !scan::is_reserved(name)));
}

bool ParseState::starts_statement(Offset at) {
  const std::string_view name = scan::name_at(text, at);
  if (name == "if" && text.substr(scan::skip_spaces(text, at + 2)).starts_with('(')) {
    SyntaxError error{SyntaxErrorKind::foreign_spelling,
                      span(at, at + 2),
                      "`if` is not a value of this language",
                      {},
                      "write `choose { condition => \"a\"; else => \"b\"; }`",
                      {}};
    label_construct(error);
    fail(std::move(error), at);
  }
  if (guess_layout) return new_statement(at) || block_without_brace(at);
  if (note_doubts && new_statement(at)) doubts.push_back({entry.begin, at});
  if (note_doubts || doubts.empty()) return false;
  const auto known = std::lower_bound(doubts.begin(), doubts.end(), at,
                                      [](const Doubt& doubt, Offset place) { return doubt.at < place; });
  return known != doubts.end() && known->at == at;
}

bool ParseState::new_statement(Offset at) const {
  Offset column = 0;
  const std::string_view name = scan::name_at(text, at);
  if (name.empty() || scan::is_reserved(name) || at == entry.begin || !scan::first_on_line(text, at, &column)) {
    return false;
  }
  if (interpolation > 0) {
    return false;  // no statement begins in a string
  }
  Offset own = 0;
  const bool first = scan::first_on_line(text, entry.begin, &own);
  if (first && column > own) {
    return false;  // further right than the statement's head: it goes on here
  }
  if (!first && column > scan::indentation(text, entry.begin) && !is_statement_word(name)) {
    return false;
  }
  const Offset end = at + static_cast<Offset>(name.size());
  const Offset next = scan::skip_spaces(text, end);
  if (next >= text.size()) {
    return false;
  }
  const char c = text[next];
  if (c == ';' || c == '{' || c == '}') {
    return is_statement_word(name) || is_declaration_word(name);
  }
  if (next == end) {
    return false;
  }
  const std::string_view following = scan::name_at(text, next);
  return following.empty() ? scan::is_digit(c) || c == '"' : !scan::is_reserved(following) || is_statement_word(name);
}

bool ParseState::accept_other_value(Offset at, Offset* end) {
  const auto foreign = advice::other_value(text, at);
  if (!foreign) {
    return false;
  }
  SyntaxError error = of_foreign(*this, *foreign);
  label_construct(error);
  report(std::move(error));
  *end = std::max(foreign->end, foreign->fix_end);
  tree.leaf(NodeKind::error, at, *end);
  return true;
}

bool ParseState::accept_late_word(Offset at, Offset* second) {
  const std::string_view name = scan::name_at(text, at);
  const NodeKind kind = tree.frames().back().kind;
  const std::string_view head = kind == NodeKind::rule ? "rule" : "list";
  if (!(kind == NodeKind::rule && name == "response") && !(kind == NodeKind::list && name == "dynamic")) {
    return false;
  }
  const Offset end = at + static_cast<Offset>(name.size());
  const Offset next = scan::skip_spaces(text, end);
  const Offset begin = tree.frames().back().begin;
  if (scan::name_at(text, next).empty() || scan::name_at(text, begin) != head) {
    return false;  // the name itself, or both words are there
  }
  const std::string both = std::string(name) + " " + std::string(head);
  SyntaxError error{SyntaxErrorKind::unexpected, span(at, end), {}, {}, {}, {}};
  error.message = scan::ticked(name) + " stands before " + scan::ticked(head);
  error.help = "write " + scan::ticked(both + " " + std::string(scan::name_at(text, next)));
  error.fixes.push_back({span(begin, end), both, true});
  report(std::move(error));
  tree.set_flag_a();
  *second = skip_blanks(end);
  return true;
}

bool ParseState::accept_bad_name(Offset at, Offset* resume) {
  const std::string_view name = scan::name_at(text, at);
  const char c = at < text.size() ? text[at] : '\0';
  const NodeKind kind = tree.frames().back().kind;
  const bool has_body =
      kind == NodeKind::rule || kind == NodeKind::group || kind == NodeKind::limit || kind == NodeKind::test;
  const bool reserved = scan::is_reserved(name);
  const bool lines = kind == NodeKind::redirects || kind == NodeKind::tests;
  const Offset file_at = name == "from" ? scan::skip_spaces(text, at + 4) : at;
  if (lines && text.substr(file_at).starts_with('"')) {
    // `tests "cases.tsv";`
    const std::string head = kind == NodeKind::tests ? "tests" : "redirects";
    const Offset end = scan::skip_string(text, file_at);
    const std::string quoted(text.substr(file_at, end - file_at));
    SyntaxError error{SyntaxErrorKind::unexpected, span(at, end), {}, {}, {}, {}};
    error.message = "expected a name before the file of these " + head;
    error.help = "write " + scan::ticked(head + (head == "tests" ? " cases" : " legacy") + " from " +
                                         (quoted.size() <= 40 ? quoted : "\"file.tsv\""));
    fail(std::move(error), end);
  }
  if (!reserved && !scan::is_digit(c) && c != '"' && !(c == '{' && has_body)) {
    return false;
  }
  const Offset end = scan::token_end(text, at);
  const Offset after = scan::skip_blanks(text, end);
  if (c == '{' && name_after_brace(at, resume)) {
    return true;
  }
  if (name == "when" && ((kind == NodeKind::group && name_after_condition(at, resume)) ||
                         (kind == NodeKind::rule && condition_without_name(at, resume)))) {
    return true;
  }
  const bool nameless = name == "when" && (kind == NodeKind::group || kind == NodeKind::rule) && after < text.size() &&
                        text[after] != '{';
  if (nameless && kind == NodeKind::rule) {  // what is said of a condition before the brace shows the name too
    tree.set_incomplete();
    *resume = at;
    return true;
  }
  SyntaxError error{SyntaxErrorKind::unexpected, span(at, end), {}, {}, {}, {}};
  if (nameless) {
    error.message = "expected a name, found `when`";
    error.help = "give it a name: `group name when ... {`";
  } else if (reserved) {
    error.kind = SyntaxErrorKind::reserved_word;
    error.message = "`" + std::string(name) + "` is a reserved word and cannot be a name";
    error.help = "choose another name, such as `" + std::string(name) + "_1`";
    tree.leaf(NodeKind::name, at, at + static_cast<Offset>(name.size()));
  } else {
    error.message = "expected a name, found " + scan::found(text, at);
    error.help = "a name is made of letters, digits and `_`, and begins with no digit";
    if (c == '{') {
      error.help = "give it a name: `" +
                   std::string(kind == NodeKind::group   ? "group"
                               : kind == NodeKind::limit ? "limit"
                               : kind == NodeKind::test  ? "test"
                                                         : "rule") +
                   " name {`";
    } else if (c == '"') {
      name_of_quoted(error, text.substr(at, end - at));
    } else if (const std::string_view rest = text.substr(at, end - at);
               std::all_of(rest.begin(), rest.end(), scan::is_name_char)) {
      const std::string longer = std::string(scan::name_at(text, tree.frames().back().begin)) + "_" + std::string(rest);
      error.help = "a name begins with no digit: " + scan::ticked(longer);
      error.fixes.push_back({error.primary, longer, false});
    }
  }
  report(std::move(error));
  // Where only the name is missing, what follows is whole.
  const bool whole = nameless || (c == '{' && (kind == NodeKind::rule || kind == NodeKind::group));
  if (!whole) tree.set_incomplete();
  *resume = skip_blanks(c == '{' || nameless ? at : end);
  return true;
}

const scan::Layout& ParseState::layout() {
  if (!layout_) {
    layout_ = guess_layout ? scan::layout(text) : scan::Layout{};
  }
  return *layout_;
}

bool ParseState::declaration_shape(Offset at) const {
  std::string_view name = scan::name_at(text, at);
  if (!is_declaration_word(name)) {
    return false;
  }
  Offset next = scan::skip_spaces(text, at + static_cast<Offset>(name.size()));
  if (name == "response" || name == "dynamic") {
    const std::string_view second = scan::name_at(text, next);
    return second == (name == "response" ? "rule" : "list");
  }
  if (name == "settings") {
    return next < text.size() && text[next] == '{';
  }
  if (name == "include") {
    return next < text.size() && text[next] == '"';
  }
  return !scan::name_at(text, next).empty();
}

bool ParseState::closes_before(Place place, Offset statement, Offset at) {
  if (!guess_layout) return false;
  Offset column = 0;
  const bool arms = place == Place::choose || place == Place::score || place == Place::map;
  if (arms && text[at] == ';' && scan::first_on_line(text, at, &column)) {
    return column <= scan::indentation(text, statement);  // what is left of `};`
  }
  if (!declaration_shape(at) || !scan::first_on_line(text, at, &column)) {
    return false;
  }
  if (place == Place::group) {
    return column <= scan::indentation(text, statement) &&
           (!stands_in_group(scan::name_at(text, at)) || layout().unclosed > 0);
  }
  if (place == Place::rule && scan::name_at(text, at) == "let" && column > scan::indentation(text, statement)) {
    return false;
  }
  return column <= scan::indentation(text, statement) || layout().unclosed > 0;
}

void ParseState::report_unclosed(Offset open, Offset at) {
  tree.set_incomplete();
  if (unclosed_at_ == at) {
    return;
  }
  unclosed_at_ = at;
  const auto& suspicious = layout().suspicious;
  const auto inner = std::lower_bound(suspicious.begin(), suspicious.end(), at);
  const Offset meant = inner != suspicious.begin() && *std::prev(inner) > open ? *std::prev(inner) : open;
  SyntaxError error{SyntaxErrorKind::unclosed_brace, span(meant, meant + 1), "this `{` is never closed", {}, {}, {}};
  if (at < text.size()) {
    error.labels.push_back({span(at, scan::token_end(text, at)), "expected `}` before this"});
  }
  error.help = "write `}` where this part ends";
  const bool known = std::any_of(errors.begin(), errors.end(), [&](const SyntaxError& other) {
    return other.kind == SyntaxErrorKind::unclosed_brace && other.primary == error.primary;
  });
  if (!known) {
    report(std::move(error));
  }
}

void ParseState::report_stray_brace(Offset at) {
  if (std::exchange(loose_statement_, false)) {
    return;  // the end of the body whose statements were already found loose
  }
  SyntaxError error{SyntaxErrorKind::stray_brace, span(at, at + 1), "this `}` closes nothing", {}, {}, {}};
  error.help = "remove it, or write the `{` that it should close";
  error.fixes.push_back({span(at, at + 1), "", false});
  report(std::move(error));
}

}  // namespace sprx
