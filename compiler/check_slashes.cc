// Slashes where a path is put together: `"/new/${path}"` has two of them, `"/new${rest}"` may have none.
#include "compiler/check_slashes.h"

#include <algorithm>

namespace sprx {
namespace {

/// How a value begins.
struct SlashBegin {
  bool always = false;  ///< with a `/`
  bool below = false;   ///< with one where a path goes on behind the word before it
  bool never = false;   ///< it stood behind one
};

enum class Joint : std::uint8_t { fine, two, two_below, none };

/// Longer targets are not repeated in a help line.
constexpr std::size_t kShownTarget = 60;

bool is_letter_of_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// Of the author's text and a value behind it. `first`: nothing stands before the text; there many are taken for one.
Joint joint_of(std::string_view before, bool first, const SlashBegin& begin) {
  if (before.empty() || before.ends_with("://")) return Joint::fine;
  if (before.ends_with('/')) {
    if (first && before.find_first_not_of('/') == std::string_view::npos) return Joint::fine;
    return begin.always ? Joint::two : begin.below ? Joint::two_below : Joint::fine;
  }
  const std::size_t segment = before.rfind('/');
  // `/v${version}`
  if (segment != std::string_view::npos && segment + 2 == before.size()) return Joint::fine;
  const bool word = is_letter_of_name(before.back()) && segment != std::string_view::npos &&
                    before.substr(0, segment + 1).ends_with("://") == false;
  return word && begin.never ? Joint::none : Joint::fine;
}

std::string message_of(Joint joint, const std::string& name) {
  return joint == Joint::two ? "`" + name + "` begins with `/` itself: two of them are sent here"
         : joint == Joint::two_below
             ? "`" + name + "` begins with `/` where the path goes on: two of them are sent here"
             : "`" + name + "` begins behind the `/` that the template has: none is sent here";
}

constexpr std::string_view kLeaveOut = "leave one of them out";
constexpr std::string_view kPutBetween = "write a `/` between them";

SlashBegin slash_begin(const Capture& capture) {
  return {capture.info.begins_with_slash, capture.info.behind_word, capture.info.behind_slash};
}

SlashBegin slash_begin(const ast::Expr& value, const Env& env) {
  using K = ast::Expr::Kind;
  if (value.is(K::call) && (value.text == "lower" || value.text == "upper") && value.children.size() == 1)
    return slash_begin(value.children[0], env);
  if (!value.is(K::path)) return {};
  if (value.text == "path" || value.text == "uri" || value.text == "raw_path") return {true, false, false};
  const Capture* const capture = find_capture(env, value.text);
  return capture == nullptr ? SlashBegin{} : slash_begin(*capture);
}

}  // namespace

void Slashes::look_at(const ast::Expr& e, const Env& env) {
  using K = ast::Expr::Kind;
  if (!e.is(K::string) || e.is_plain_string()) return;
  const ast::Expr* before = nullptr;
  bool first = true;  // nothing stands before `before`
  for (const ast::Expr& child : e.children) {
    if (child.is(K::piece) && child.text.empty()) continue;
    if (child.is(K::piece) && child.text.find_first_of("?#") != std::string::npos) return;
    const ast::Expr* const last = before;
    const bool begins = first;
    first = before == nullptr;
    before = &child;
    if (child.is(K::piece) || last == nullptr) continue;
    if (!last->is(K::piece)) {
      look_at_row(*last, child, env);
      continue;
    }
    const Joint joint = joint_of(last->text, begins, slash_begin(child, env));
    if (joint == Joint::fine) continue;
    const Span end{e.span.file, last->span.end - 1, last->span.end};
    const bool two = joint != Joint::none;
    const bool exact = view_.sources.text(end) == last->text.substr(last->text.size() - 1);
    const Span where = exact ? Span{end.file, two ? end.begin : end.end, child.span.end + 1} : child.span;
    Diagnostic& d =
        view_.out.add(Kind::slashes_meet, where, message_of(joint, std::string(view_.sources.text(child.span))));
    std::string shown(view_.sources.text(e.span));
    if (two) shown.erase(end.begin - e.span.begin, 1);
    if (!two) shown.insert(end.end - e.span.begin, "/");
    const bool show = exact && shown.size() <= kShownTarget;
    d.help(std::string(two ? kLeaveOut : kPutBetween) + (show ? ": `" + shown + "`" : ""));
    if (exact) d.fix(two ? end : Span{end.file, end.end, end.end}, two ? "" : "/", false);
    return;
  }
}

/// `"${hosts[host]}${path}"`.
void Slashes::look_at_row(const ast::Expr& table, const ast::Expr& value, const Env& env) {
  using K = ast::Expr::Kind;
  const ast::Expr* const look = table.is(K::fallback) ? &table.children[0] : &table;
  if (!look->is(K::index) || !look->children[0].is(K::path) || !slash_begin(value, env).always) return;
  const Symbol* const symbol = find_symbol(env, look->children[0].text);
  if (symbol == nullptr || symbol->kind != Symbol::Kind::table || symbol->poisoned ||
      symbol->state != Symbol::State::done)
    return;
  const std::vector<StrId>& texts = view_.rules.tables[symbol->id].texts;
  const auto [known, fresh] = ended_rows_.try_emplace(symbol->id, texts.size());
  if (fresh) {
    const auto ended = [this](StrId text) { return view_.text(text).ends_with('/'); };
    known->second = static_cast<std::size_t>(std::find_if(texts.begin(), texts.end(), ended) - texts.begin());
  }
  if (known->second >= texts.size() || known->second >= symbol->rows.size()) return;
  const auto owned = view_.out.belongs_to(symbol->list->span);
  view_.out
      .add(Kind::slashes_meet, symbol->rows[known->second],
           "the value of this row ends in `/`, and `" + std::string(view_.sources.text(value.span)) +
               "` behind it begins with one")
      .label(value.span, "put behind it here")
      .help("leave the `/` at the end of such rows out");
}

void SlashRows::look_at(const DataCell& cell, std::size_t at, std::string_view before, const Env& env) {
  const std::string_view text = cell.text;
  const std::size_t end = text.find('}', at);
  if (before.empty() || end == std::string_view::npos || text.substr(0, at).find_first_of("?#") < at) return;
  const std::string name(text.substr(at + 1, end - at - 1));
  const Capture* const capture = find_capture(env, name);
  if (capture == nullptr && name != "uri") return;
  const SlashBegin begin = capture == nullptr ? SlashBegin{true, false, false} : slash_begin(*capture);
  const Joint joint = joint_of(before, before.size() == at, begin);
  if (joint == Joint::fine) return;
  if (rows_.count == 0) {
    message_ = message_of(joint, "{" + name + "}");
    help_ = joint == Joint::none ? kPutBetween : kLeaveOut;
  }
  rows_.note(cell, joint == Joint::none ? at : at - 1, end + 1);
}

void SlashRows::tell(DiagnosticList& out) const {
  if (rows_.count == 0) return;
  Diagnostic& d = out.add(Kind::slashes_meet, rows_.first, message_);
  rows_.say_count(d);
  d.help(help_);
}

}  // namespace sprx
