// Lints on text that is sent or compared as it stands where something else is meant: a template as a target, a path as
// the client wrote it where requests are refused.
#include "compiler/check_sent.h"

#include <algorithm>

#include "compiler/table/canonical.h"
#include "compiler/words.h"

namespace sprx {
namespace {

/// Longer pieces of source are not repeated in a help line.
constexpr std::size_t kShownSource = 60;

bool is_name_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// A part of a template in text that is no template.
struct TemplatePart {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string name;  ///< "" for `*`
};

/// The first in the path of a target: `{id}`, `/:id`, or a `*` at its end. `braces`: `{` is looked for.
std::optional<TemplatePart> template_part(std::string_view text, bool last, bool braces) {
  const std::size_t end = std::min(text.find_first_of("?#"), text.size());
  for (std::size_t at = 0; at < end; ++at) {
    const bool brace = braces && text[at] == '{';
    const bool colon = text[at] == ':' && at > 0 && text[at - 1] == '/';
    if (!brace && !colon) continue;
    std::size_t stop = at + 1;
    while (stop < end && is_name_letter(text[stop])) ++stop;
    const std::string name(text.substr(at + 1, stop - at - 1));
    if (name.empty() || (name[0] >= '0' && name[0] <= '9')) continue;
    if (colon && (stop == end || text[stop] == '/') && (stop < end || last || stop < text.size()))
      return TemplatePart{at, stop, name};
    if (brace && text.substr(stop).starts_with("...")) stop += 3;
    if (brace && stop < end && text[stop] == '}') return TemplatePart{at, stop + 1, name};
  }
  const bool whole = last || end < text.size();
  if (!whole || end == 0 || text[end - 1] != '*') return std::nullopt;
  const std::size_t begin = text.substr(0, end).find_last_not_of('*') + 1;
  return begin > 0 && text[begin - 1] == '/' ? std::optional(TemplatePart{begin, end, {}}) : std::nullopt;
}

bool refuses(const ast::Rule& rule) {
  return std::any_of(rule.statements.begin(), rule.statements.end(), [](const ast::Statement& statement) {
    const auto* const action = std::get_if<ast::Action>(&statement);
    return action != nullptr &&
           (action->word.text == "deny" || action->word.text == "drop" || action->word.text == "respond");
  });
}

/// `/%61dmin` for `/admin`, which is the same path; "" where nothing of it can be written so.
std::string written_otherwise(const std::string& text) {
  std::string canonical;
  const bool plain = text.starts_with('/') && text.find_first_of("%?*{") == std::string::npos &&
                     canonical_path_literal(text, canonical) == PathError::none && canonical == text;
  const auto letter = std::find_if(text.begin(), text.end(), is_name_letter);
  if (!plain || letter == text.end()) return {};
  constexpr std::string_view kHex = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(*letter);
  std::string out(text.begin(), letter);
  out += '%';
  out += kHex[byte >> 4U];
  out += kHex[byte & 15U];
  return out.append(letter + 1, text.end());
}

/// Whether an action is more than a part of the condition.
bool is_done(std::string_view word) {
  return std::any_of(kActions.begin(), kActions.end(), [word](const ActionInfo& known) {
    return known.name == word && known.kind != ActionInfo::Kind::guard;
  });
}

/// What is negated is met by more requests than were meant: nobody evades that.
void lint_raw_comparisons(const CheckView& view, const ast::Expr& e) {
  using K = ast::Expr::Kind;
  if (e.is(K::paren) || e.is(K::and_) || e.is(K::or_)) {
    for (const ast::Expr& child : e.children) lint_raw_comparisons(view, child);
    return;
  }
  const bool asks = e.is(K::comparison) && !e.negated &&
                    (e.text == "==" || e.text == "starts_with" || e.text == "contains" || e.text == "in");
  if (!asks) return;
  const ast::Expr& left = ast::without_parens(e.children[0]);
  const ast::Expr& right = ast::without_parens(e.children[1]);
  if (!left.is(K::path) || (left.text != "uri" && left.text != "raw_path")) return;
  const std::span<const ast::Expr> texts =
      right.is(K::list) ? std::span<const ast::Expr>(right.children) : std::span<const ast::Expr>(&right, 1);
  for (const ast::Expr& item : texts) {
    if (!item.is_plain_string()) continue;
    const std::string text = item.plain_text();
    const std::string other = written_otherwise(text);
    if (other.empty()) continue;
    const std::string shown =
        std::string("path ") + (e.nocase ? "nocase " : "") + e.text + " " + std::string(view.sources.text(right.span));
    view.out
        .add(Kind::raw_guard, left.span,
             "`" + left.text + "` is what the client wrote: " +
                 (other.size() <= kShownSource ? "`" + other + "` is the same path and gets through"
                                               : "the same path in another spelling gets through"))
        .help(shown.size() <= kShownSource ? "`path` is decoded: write `" + shown + "`"
                                           : "`path` is decoded: compare it")
        .fix(left.span, "path", false);
    return;
  }
}

}  // namespace

void lint_template_in_target(const CheckView& view, const ast::Expr& e, const Env& env, CaptureUses& uses) {
  if (!e.is(ast::Expr::Kind::string)) return;
  const bool plain = e.is_plain_string();
  const std::size_t pieces = plain ? 1 : e.children.size();
  for (std::size_t i = 0; i < pieces; ++i) {
    if (!plain && !e.children[i].is(ast::Expr::Kind::piece)) continue;
    const std::string text = plain ? e.plain_text() : e.children[i].text;
    const bool ends = text.find_first_of("?#") != std::string::npos;
    const std::optional<TemplatePart> part = template_part(text, i + 1 == pieces, true);
    if (!part && !ends) continue;
    if (!part) return;
    const bool brace = text[part->begin] == '{';
    const bool capture = !part->name.empty() && find_capture(env, part->name) != nullptr;
    // Said of what other languages put into text.
    if (brace && (capture || is_field_root(part->name) || !foreign_path(part->name).ours.empty())) return;
    if (capture) uses.used.insert(part->name);  // meant to be one
    Span where = e.span;
    if (plain) {
      where = e.place_in_text(part->begin, part->end);
    } else if (const Span piece = e.children[i].span; piece.end - piece.begin == text.size()) {
      where = {piece.file, piece.begin + static_cast<std::uint32_t>(part->begin),
               piece.begin + static_cast<std::uint32_t>(part->end)};
    }
    Diagnostic& d = view.out.add(
        Kind::wildcard_as_text, where,
        "`" + text.substr(part->begin, part->end - part->begin) + "` is plain text in a target and sent as it stands");
    if (capture) {
      d.help("what was captured is put in with `${" + part->name + "}`").fix(where, "${" + part->name + "}", false);
    } else {
      const std::string name = part->name.empty() ? "rest" : part->name;
      const std::string form = part->name.empty() ? "{rest...}" : "{" + name + "}";
      d.help("capture it in the condition, `path like \"/old/" + form + "\"`, and write `${" + name + "}`");
    }
    return;
  }
}

void lint_template_in_row(const CheckView& view, std::string_view text, Span where, const Env& env) {
  const std::optional<TemplatePart> part = template_part(text, true, false);
  if (!part) return;
  const bool capture = !part->name.empty() && find_capture(env, part->name) != nullptr;
  if (!part->name.empty() && !capture) return;  // of a source that captures nothing so it is said there
  const auto at = where.begin + static_cast<std::uint32_t>(part->begin);
  const Span place{where.file, at, at + static_cast<std::uint32_t>(part->end - part->begin)};
  const std::string name = part->name.empty() ? "rest" : part->name;
  const std::string form = part->name.empty() ? "{rest...}" : "{" + name + "}";
  view.out
      .add(Kind::wildcard_as_text, place.end <= where.end ? place : where,
           "`" + std::string(text.substr(part->begin, part->end - part->begin)) +
               "` is plain text in a target and sent as it stands")
      .help(capture ? "what the source captured is put in with `{" + name + "}`"
                    : "capture it in the source, `/old/" + form + "`, and write `{" + name + "}`");
}

/// A rule that refuses requests by what the client wrote.
void lint_raw_guard(const CheckView& view, const ast::Rule& rule) {
  if (!refuses(rule)) return;
  for (const ast::Statement& statement : rule.statements) {
    if (const auto* const when = std::get_if<ast::When>(&statement)) lint_raw_comparisons(view, when->condition);
  }
}

/// A `when` behind an edit: it is for the edit too.
void lint_late_condition(const CheckView& view, const ast::Rule& rule) {
  const ast::Action* first = nullptr;
  for (const ast::Statement& statement : rule.statements) {
    const auto* const action = std::get_if<ast::Action>(&statement);
    const auto* const when = std::get_if<ast::When>(&statement);
    if (action != nullptr && first == nullptr && is_done(action->word.text)) first = action;
    if (when == nullptr || first == nullptr) continue;
    view.out
        .add(Kind::late_condition, when->condition.span,
             "this condition is for `" + first->word.text + "` before it too")
        .label(first->word.span, "not done where the condition does not hold")
        .help(
            "write the `when`s first and the actions after them; what is done without the condition is a rule of its "
            "own");
    return;
  }
}

void lint_http_target(const CheckView& view, const ast::Expr& e) {
  if (!e.is(ast::Expr::Kind::string)) return;
  const std::string_view source = view.sources.text(e.span);
  constexpr std::string_view kHttp = "http://";
  const std::size_t quote = source.find_first_not_of('"');
  if (quote == std::string_view::npos || !equal_nocase(source.substr(quote, kHttp.size()), kHttp)) return;
  const auto begin = e.span.begin + static_cast<std::uint32_t>(quote);
  const Span where{e.span.file, begin, begin + static_cast<std::uint32_t>(kHttp.size())};
  view.out.add(Kind::http_target, where, "this redirect leads to `http`, which anyone on the way can read and change")
      .help("write `https://…`")
      .fix(where, "https://", false);
}

}  // namespace sprx
