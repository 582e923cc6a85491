// What other languages put into text, and is plain text here: `$host`, `$1`, `\1`, `%{HTTP_HOST}`, `%[src]`.
#include "compiler/check_foreign_text.h"

#include <algorithm>
#include <optional>
#include <string>

#include "compiler/nginx_text.h"
#include "compiler/target_help.h"
#include "compiler/words.h"
#include "grammar/haproxy.h"

namespace sprx {
namespace {

bool is_digit_sign(char c) { return c >= '0' && c <= '9'; }
bool is_name_sign(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit_sign(c) || c == '_'; }

/// One of them.
struct ForeignText {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string name;   ///< "1" for `$1`
  std::string field;  ///< where the spelling itself says it
};

std::optional<ForeignText> foreign_in(std::string_view text, std::size_t from) {
  for (std::size_t at = from; at + 1 < text.size(); ++at) {
    if (text[at] == '\\') {
      const bool group = at + 2 < text.size() && text[at + 1] == '\\' && text[at + 2] >= '1' && text[at + 2] <= '9' &&
                         (at + 3 == text.size() || !is_name_sign(text[at + 3]));
      if (group) return ForeignText{at, at + 3, std::string(1, text[at + 2]), {}};
      ++at;
      continue;
    }
    if (text[at] == '%' && text[at + 1] == '[') {  // `%[src]` of HAProxy
      const std::size_t end = text.find_first_of("]\\\"", at);
      const bool closed = end != std::string_view::npos && text[end] == ']';
      const std::string field = closed ? haproxy_field(text.substr(at + 2, end - at - 2)) : std::string{};
      if (!field.empty()) return ForeignText{at, end + 1, {}, field};
      continue;
    }
    const bool dollar = text[at] == '$' && is_name_sign(text[at + 1]);
    const bool percent = text[at] == '%' && text[at + 1] == '{';
    const bool brace =
        text[at] == '{' && is_name_sign(text[at + 1]) && (at == 0 || (text[at - 1] != '$' && text[at - 1] != '%'));
    if (!dollar && !percent && !brace) continue;
    // `{{id}}` and `#{id}` go as a whole.
    const bool twice = brace && at > 0 && text[at - 1] == '{';
    const bool hash = brace && at > 0 && text[at - 1] == '#';
    const std::size_t name = at + (percent ? 2 : 1);
    std::size_t end = name;
    while (end < text.size() && (is_name_sign(text[end]) || (!dollar && text[end] == '.'))) ++end;
    const bool closed = dollar || (end > name && end < text.size() && text[end] == '}');
    if (!closed) continue;
    const bool whole = hash || (twice && text.substr(end).starts_with("}}"));
    return ForeignText{at - (whole ? 1 : 0),
                       dollar ? end : end + (whole && twice ? 2 : 1),
                       std::string(text.substr(name, end - name)),
                       {}};
  }
  return std::nullopt;
}

/// Whether a number goes on behind a point or a comma: `$1.00`, `$1,000`.
bool is_amount(std::string_view source, std::size_t end) {
  return end + 1 < source.size() && (source[end] == '.' || source[end] == ',') && is_digit_sign(source[end + 1]);
}

/// What it is in our words.
NginxText meant_by(const ForeignText& found, char sign, bool capture) {
  if (!found.field.empty()) return {found.field, {}};
  if (capture) return {found.name, {}};
  const bool own = is_field_root(found.name);
  if (sign == '{' && !own) return {};
  if (sign == '$') {  // nginx's `$uri` is not our `uri`
    NginxText known = nginx_text(found.name);
    if (!known.field.empty() || !known.help.empty()) return known;
  }
  NginxText out{own ? found.name : foreign_path(found.name).ours, {}};
  if (out.field.find(' ') != std::string::npos) return nginx_text("https");
  return out;
}

/// The end of `$is_args$args`, which is one thing.
std::size_t end_of_query(std::string_view source, const ForeignText& found) {
  if (found.name != "is_args") return found.end;
  const std::optional<ForeignText> next = foreign_in(source, found.end);
  const bool query = next && next->begin == found.end && nginx_text(next->name).field == "raw_query";
  return query ? next->end : found.end;
}

/// Another language's `${…}` in its own quotes, as JavaScript has it, is left alone.
void lint_raw_text(const CheckView& view, const ast::Expr& e, const Env& env, CaptureUses& uses) {
  const std::string_view source = view.sources.text(e.span);
  bool quoted = false;
  bool said = source.starts_with("\"\"\"#!");  // the shell's own
  for (std::size_t at = 0; at + 3 < source.size(); ++at) {
    if (source[at] == '`') quoted = !quoted;
    if (quoted || source[at] != '$' || source[at + 1] != '{') continue;
    std::size_t end = at + 2;
    while (end < source.size() && (is_name_sign(source[end]) || source[end] == '.')) ++end;
    const std::string name(source.substr(at + 2, end - at - 2));
    const std::size_t close = source.find('}', end);
    if (close == std::string_view::npos) return;
    const auto* const field =
        std::find_if(kFields.begin(), kFields.end(), [&](const FieldInfo& known) { return known.name == name; });
    const bool read = field != kFields.end() && source[end] == (field->key == FieldInfo::Key::keyed ? '[' : '}');
    const bool capture = close == end && find_capture(env, name) != nullptr;
    Symbol* const symbol = close == end ? find_symbol(env, name) : nullptr;
    const bool let = symbol != nullptr && symbol->kind == Symbol::Kind::let;
    if (capture) uses.used.insert(name);  // meant to be one
    if (let) symbol->used = true;
    if (said || (!read && !capture && !let)) continue;
    said = true;
    const Span where{e.span.file, e.span.begin + static_cast<std::uint32_t>(at),
                     e.span.begin + static_cast<std::uint32_t>(close) + 1};
    view.out
        .add(Kind::foreign_interpolation, where,
             "`" + std::string(view.sources.text(where)) + "` is plain text in `\"\"\"…\"\"\"`")
        .help("values are put into `\"…\"` only, in which a quote is written `\\\"` and the end of a line `\\n`");
  }
}

}  // namespace

void lint_foreign_text(const CheckView& view, const ast::Expr& e, const Env& env, CaptureUses& uses) {
  if (!e.is(ast::Expr::Kind::string)) return;
  if (e.raw) return lint_raw_text(view, e, env, uses);
  const std::string_view source = view.sources.text(e.span);
  for (std::optional<ForeignText> found = foreign_in(source, 0); found; found = foreign_in(source, found->end)) {
    // In `${…}` stands code, with strings of its own.
    const auto inside = [&, at = e.span.begin + static_cast<std::uint32_t>(found->begin)](const ast::Expr& part) {
      return !part.is(ast::Expr::Kind::piece) && part.span.begin <= at && at < part.span.end;
    };
    if (std::any_of(e.children.begin(), e.children.end(), inside)) continue;
    const bool number = (!found->name.empty() && is_digit_sign(found->name[0])) || found->name.starts_with("re.") ||
                        found->name.starts_with("http.regexp.");
    const char sign = source[found->begin] == '#' ? '{' : source[found->begin];
    const bool capture = find_capture(env, found->name) != nullptr;
    if (capture) uses.used.insert(found->name);  // meant to be one
    const NginxText meant = number ? NginxText{} : meant_by(*found, sign, capture);
    found->end = end_of_query(source, *found);
    const char before = found->begin > 0 ? source[found->begin - 1] : ' ';
    const bool amount = sign == '$' && is_amount(source, found->end);
    const bool price = number && found->name.find('.') == std::string::npos && sign != '\\' &&
                       (sign == '{' || found->name.size() > 1 || before == ' ' || amount);  // `$5`
    if (price || (!number && meant.field.empty() && meant.help.empty())) continue;
    const Span where{e.span.file, e.span.begin + static_cast<std::uint32_t>(found->begin),
                     e.span.begin + static_cast<std::uint32_t>(found->end)};
    Diagnostic& d = view.out.add(Kind::foreign_interpolation, where,
                                 "`" + std::string(view.sources.text(where)) + "` is plain text in a string");
    if (number) {
      d.help(std::string(kNameThePart));
    } else if (meant.field.empty()) {
      d.help(meant.help);
    } else {
      d.help("a value is put into text with `${" + meant.field + "}`").fix(where, "${" + meant.field + "}", false);
    }
  }
}

}  // namespace sprx
