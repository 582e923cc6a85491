// The part of ParseState that is about the heads of declarations whose parts stand in another order: a name after the
// brace, after the condition or after the types. Each is told once, and what follows is read as it was meant.
#include <algorithm>
#include <array>

#include "grammar/advice.h"
#include "grammar/advice_parts.h"
#include "grammar/parse_state.h"

namespace sprx {
namespace {

constexpr std::size_t kMostOfHead = 60;  // bytes of a head that are shown as it should be

std::string_view head_word(NodeKind kind) {
  switch (kind) {
    case NodeKind::group:
      return "group";
    case NodeKind::limit:
      return "limit";
    case NodeKind::test:
      return "test";
    default:
      return "rule";
  }
}

bool is_type(std::string_view word) {
  constexpr std::array<std::string_view, 8> kTypes = {"string", "int",  "ip",     "cidr",
                                                      "path",   "host", "domain", "pattern"};
  return std::find(kTypes.begin(), kTypes.end(), word) != kTypes.end();
}

/// Whether the body of such a declaration begins with `word`.
bool begins_body(NodeKind kind, std::string_view word) {
  constexpr std::array<std::string_view, 3> kOfLimit = {"key", "rate", "burst"};
  constexpr std::array<std::string_view, 9> kOfTest = {"get",     "head",  "post",     "put",   "delete",
                                                       "options", "patch", "upstream", "expect"};
  const auto holds = [&](const auto& words) { return std::find(words.begin(), words.end(), word) != words.end(); };
  switch (kind) {
    case NodeKind::rule:
      return is_statement_word(word);
    case NodeKind::group:
      return word == "when" || word == "allow" || is_declaration_word(word);
    case NodeKind::limit:
      return holds(kOfLimit);
    case NodeKind::test:
      return holds(kOfTest);
    default:
      return false;
  }
}

/// Whether a condition may begin there: a comparison, or a word that begins one.
bool begins_condition(std::string_view text, Offset at) {
  const std::string_view name = scan::name_at(text, at);
  return name == "not" || name == "exists" || (at < text.size() && text[at] == '(') || begins_comparison(text, at);
}

/// Past the `}` for the `{` at `open`; `open` if there is none.
Offset past_braces(std::string_view text, Offset open) {
  std::uint32_t depth = 0;
  for (Offset at = open; at < text.size(); at = scan::skip_token(text, at)) {
    if (text[at] == '{') ++depth;
    if (text[at] == '}' && --depth == 0) return at + 1;
  }
  return open;
}

std::string shown_head(const std::string& whole, std::string_view otherwise) {
  return "write " + scan::ticked(whole.size() <= kMostOfHead ? whole : std::string(otherwise));
}

}  // namespace

bool ParseState::name_after_brace(Offset brace, Offset* resume) {
  const NodeKind kind = tree.frames().back().kind;
  const Offset begin = scan::skip_blanks(text, brace + 1);
  const std::string_view name = scan::name_at(text, begin);
  if (name.empty() || scan::is_reserved(name) || is_declaration_word(name) || begins_body(kind, name)) {
    return false;
  }
  const Offset end = begin + static_cast<Offset>(name.size());
  Offset next = scan::skip_blanks(text, end);
  const bool ended = next < text.size() && (text[next] == ';' || text[next] == ':');
  if (ended) next = scan::skip_blanks(text, next + 1);
  const std::string_view following = scan::name_at(text, next);
  // `rule { pass; deny; }`: a word that ends like a statement may be one of another language.
  if (!begins_body(kind, following) || (ended && following != "when")) return false;
  const std::string whole = std::string(head_word(kind)) + " " + std::string(name);
  SyntaxError error{SyntaxErrorKind::unexpected, span(begin, end), {}, {}, {}, {}};
  error.message = "the name of a " + std::string(head_word(kind)) + " stands before its `{`";
  const bool condition = kind == NodeKind::group && following == "when";
  const Offset line = scan::line_end(text, next);
  if (condition) {
    // Its condition stands before the brace too; where it ends with its line is plain.
    const Offset last = scan::before_blanks(text, line);
    const std::string_view said = text.substr(next, last - next);
    error.help = shown_head(whole + " " + std::string(said) + " {", whole + " when ... {");
    const bool plain = said.find_first_of("{};#") == std::string_view::npos &&
                       is_declaration_word(scan::name_at(text, scan::skip_blanks(text, line)));
    if (plain) error.fixes.push_back({span(brace, line), std::string(name) + " " + std::string(said) + " {", true});
  } else {
    const Offset after = ended ? scan::skip_blanks(text, end) + 1 : end;
    error.help = shown_head(whole + " { " + std::string(following) + " ...", whole + " {");
    error.fixes.push_back({span(brace, after), std::string(name) + " {", true});
  }
  report(std::move(error));
  tree.leaf(NodeKind::name, begin, end);
  given_brace = brace;
  note_blanks(end, next);
  *resume = next;
  return true;
}

bool ParseState::name_after_condition(Offset when, Offset* resume) {
  const Offset line = scan::line_end(text, when);
  Offset brace = when;
  while (brace < line && !(text[brace] == '{' && opens_group(brace))) brace = scan::skip_token(text, brace);
  const bool below = brace >= line || text[brace] != '{';
  if (below) brace = scan::skip_blanks(text, line);
  if (brace >= text.size() || text[brace] != '{' || !opens_group(brace)) return false;
  const Offset end = scan::before_blanks(text, below ? line : brace);
  const std::string_view name = advice::name_before(text, end, false);
  const Offset begin = end - static_cast<Offset>(name.size());
  if (name.empty() || scan::is_reserved(name) || scan::is_digit(name[0])) return false;
  const Offset said_end = scan::before_blanks(text, begin);
  const std::string_view before = advice::word_before(text, begin);
  const char last = text[said_end - 1];
  const bool value = last == '"' || last == ']' || last == ')' || last == '/' ||
                     (scan::is_name_char(last) && !scan::is_reserved(before));
  if (said_end == begin || !value) return false;
  const std::string whole = std::string(name) + " " + std::string(text.substr(when, said_end - when));
  SyntaxError error{SyntaxErrorKind::unexpected, span(begin, end), {}, {}, {}, {}};
  error.message = "the name of a group stands before its condition";
  error.help = shown_head("group " + whole + " {", "group " + std::string(name) + " when ... {");
  error.fixes.push_back({span(when, end), whole, true});
  report(std::move(error));
  tree.leaf(NodeKind::name, begin, end);
  passed_name = begin;
  passed_to = brace;
  *resume = when;
  return true;
}

bool ParseState::condition_without_name(Offset when, Offset* resume) {
  const Offset brace = scan::skip_blanks(text, when + 4);
  const Offset body = scan::skip_blanks(text, brace + 1);
  if (brace >= text.size() || text[brace] != '{' || !begins_condition(text, body)) return false;
  const Offset line = scan::line_end(text, body);
  Offset end = body;
  while (end < line && text[end] != ';' && text[end] != '}') end = scan::skip_token(text, end);
  SyntaxError error{SyntaxErrorKind::unexpected, span(when, when + 4), {}, {}, {}, {}};
  error.message = "expected the name of this rule, found `when`";
  const std::string head = tree.frames().back().flag_a ? "response rule name { when " : "rule name { when ";
  error.help = shown_head(head + std::string(text.substr(body, end - body)) + "; ... }", head + "...; ... }");
  report(std::move(error));
  given_here = body;
  *resume = brace;
  note_blanks(when + 4, brace);
  return true;
}

bool ParseState::accept_types_first(Offset at, Offset* resume) {
  const bool table = tree.frames().back().kind == NodeKind::table;
  const std::string_view key = scan::name_at(text, at);
  const Offset key_end = at + static_cast<Offset>(key.size());
  if (!is_type(key)) return false;
  Offset next = scan::skip_spaces(text, key_end);
  Offset type = next;
  std::string_view value;
  if (table) {
    if (!text.substr(next).starts_with("->")) return false;
    type = scan::skip_spaces(text, next + 2);
    value = scan::name_at(text, type);
    if (!is_type(value) && value != "bool") return false;
    next = scan::skip_spaces(text, type + static_cast<Offset>(value.size()));
  }
  const bool colon = text.substr(next).starts_with(':');
  const Offset begin = colon ? scan::skip_spaces(text, next + 1) : next;
  const std::string_view name = scan::name_at(text, begin);
  const Offset end = begin + static_cast<Offset>(name.size());
  const Offset rows = scan::skip_blanks(text, end);
  const char c = rows < text.size() ? text[rows] : '\0';
  if (table && name.empty() && (text.substr(next).starts_with('{') || text.substr(next).starts_with('='))) {
    SyntaxError nameless{SyntaxErrorKind::unexpected, span(at, key_end), {}, {}, {}, {}};
    nameless.message = "expected the name of this table before its types";
    nameless.help =
        "write " + scan::ticked("table name: " + std::string(key) + " -> " + std::string(value) + " = { ... };");
    fail(std::move(nameless), at);
  }
  const bool given = c == '[' || (c == '{' && table);
  if (name.empty() || scan::is_reserved(name) || (!table && colon) ||
      !(given || c == '=' || (!table && c == '{') || scan::name_at(text, rows) == "from")) {
    return false;
  }
  const std::string types = std::string(key) + (table ? " -> " + std::string(value) : std::string());
  const std::string whole = std::string(name) + ": " + types + (given ? " =" : "");
  SyntaxError error{SyntaxErrorKind::unexpected, span(table ? begin : at, end), {}, {}, {}, {}};
  error.message =
      table ? "the name of a table stands before its types" : "the type of a list stands after its name and a `:`";
  const std::string_view shown = c == '{' && !table ? " { ... }" : table ? " { ... };" : " [...];";
  const bool from = scan::name_at(text, rows) == "from";
  error.help = "write " + scan::ticked(std::string(table                         ? "table "
                                                   : tree.frames().back().flag_a ? "dynamic list "
                                                                                 : "list ") +
                                       whole +
                                       (from                  ? std::string(" from ...;")
                                        : given || (c == '{') ? std::string(shown)
                                                              : " =" + std::string(shown)));
  error.fixes.push_back({span(at, end), whole, true});
  if (c == '{' && given) {  // a table that is written like a block has no `;` either
    const Offset last = past_braces(text, rows);
    const Offset after = scan::skip_blanks(text, last);
    if (last > rows && !text.substr(after).starts_with(';')) {
      error.fixes.push_back({span(last, last), ";", true});
      given_end = after;
    }
  }
  report(std::move(error));
  tree.leaf(NodeKind::name, begin, end);
  tree.leaf(NodeKind::name, at, key_end);
  if (table) tree.leaf(NodeKind::name, type, type + static_cast<Offset>(value.size()));
  *resume = skip_blanks(end);
  given_here = given ? *resume : given_here;
  return true;
}

}  // namespace sprx
