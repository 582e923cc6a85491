// What other languages write into the place of a template: patterns, types of parts, classes of characters.
#include "compiler/check_template_habits.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace sprx {
namespace {

/// What is said of a part of a template, from `begin` to `end` of its text.
struct TemplateSlip {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string help;
  std::string why;  ///< where it is more than that this is plain text
};

bool is_word_char(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

std::size_t name_end(std::string_view text, std::size_t at) {
  while (at < text.size() && is_word_char(text[at])) ++at;
  return at;
}

bool is_escaped(std::string_view text, std::size_t at) { return at > 0 && text[at - 1] == '\\'; }

/// `:id`, `<id>`.
std::optional<TemplateSlip> foreign_part(std::string_view text) {
  for (std::size_t at = 0; at + 1 < text.size(); ++at) {
    const bool colon = text[at] == ':' && at > 0 && text[at - 1] == '/' && is_word_char(text[at + 1]);
    const bool angle = text[at] == '<' && is_word_char(text[at + 1]) && text.find('>', at) != std::string_view::npos;
    if (!colon && !angle) continue;
    std::size_t begin = at + 1;
    std::size_t end = name_end(text, begin);
    if (angle && end < text.size() && text[end] == ':') {  // `<int:id>`
      begin = end + 1;
      end = name_end(text, begin);
    }
    const std::string name(text.substr(begin, end - begin));
    return TemplateSlip{at, angle ? std::min(end + 1, text.size()) : end, "a part with a name is `{" + name + "}`", {}};
  }
  return std::nullopt;
}

/// The pattern of a type of other languages.
std::string_view form_of_type(std::string_view type) {
  if (type == "uuid") return "[0-9a-f-]{36}";
  if (type == "alpha") return "[A-Za-z]+";
  if (type == "alnum") return "[A-Za-z0-9]+";
  if (type == "slug" || type == "word") return "[A-Za-z0-9_-]+";
  const bool any = type == "str" || type == "string" || type == "any" || type == "regex";
  return any ? "[^/]+" : "[0-9]+";
}

/// `{id:[0-9]+}`, `{id:int}`.
std::optional<TemplateSlip> typed_part(std::string_view text) {
  constexpr auto kTypes =
      std::to_array<std::string_view>({"int", "integer", "number", "num", "digits", "float", "str", "string", "slug",
                                       "uuid", "alpha", "alnum", "word", "path", "any", "regex"});
  for (std::size_t at = text.find('{'); at != std::string_view::npos; at = text.find('{', at + 1)) {
    const std::size_t end = text.find('}', at);
    const std::size_t colon = text.find(':', at);
    if (end == std::string_view::npos || colon == std::string_view::npos || colon > end || is_escaped(text, at))
      continue;
    const std::string inside(text.substr(colon + 1, end - colon - 1));
    const std::string name(text.substr(at + 1, colon - at - 1));
    if (std::find(kTypes.begin(), kTypes.end(), inside) != kTypes.end())
      return TemplateSlip{colon + 1, end,
                          inside == "path" ? "the rest of the value is `{" + name + "...}`"
                                           : "a part is `{" + name + "}`; its form is asked for after `and`: `" + name +
                                                 " matches r\"^" + std::string(form_of_type(inside)) + "$\"`",
                          "`" + inside + "` is no type here, it is the only text that this part takes"};
    if (inside.find('\\') == std::string::npos && inside.find('[') == std::string::npos &&
        inside.find(".+") == std::string::npos)
      continue;
    return TemplateSlip{
        colon + 1,
        end,
        "a part is `{" + name + "}`; its form is asked for after `and`: `" + name + " matches r\"^" + inside + "$\"`",
        {}};
  }
  return std::nullopt;
}

/// `(a|b)`.
std::optional<TemplateSlip> alternatives(std::string_view text) {
  for (std::size_t at = text.find('('); at != std::string_view::npos; at = text.find('(', at + 1)) {
    const std::size_t end = text.find(')', at);
    if (end == std::string_view::npos) break;
    const std::string_view inside = text.substr(at + 1, end - at - 1);
    const std::size_t bar = inside.find('|');
    if (bar == std::string_view::npos || inside.find_first_of("(*{[\\/") != std::string_view::npos) continue;
    return TemplateSlip{at, end + 1, "one of several texts is `{_:" + std::string(inside) + "}`", {}};
  }
  return std::nullopt;
}

/// `[0-9]`, `[^/]`; `[id]`, `[...rest]`.
std::optional<TemplateSlip> brackets(std::string_view text) {
  for (std::size_t at = text.find('['); at != std::string_view::npos; at = text.find('[', at + 1)) {
    const std::size_t end = text.find(']', at);
    if (end == std::string_view::npos) break;
    if (is_escaped(text, at)) continue;
    const std::string_view inside = text.substr(at + 1, end - at - 1);
    const bool range = inside.size() >= 3 && is_word_char(inside[0]) && inside[1] == '-' && is_word_char(inside[2]) &&
                       (inside.size() == 3 || (inside.size() >= 6 && inside[4] == '-'));
    const std::string why = "`" + std::string(text.substr(at, end + 1 - at)) + "` is an optional part of a template";
    const bool digits = inside.size() > 1 && at > 0 && is_word_char(text[at - 1]) &&
                        inside.find_first_not_of("0123456789") == std::string_view::npos;
    if (digits) {
      std::string either;
      for (const char digit : inside) either += (either.empty() ? "" : "|") + std::string(1, digit);
      return TemplateSlip{at, end + 1, "one of several texts is `{_:" + either + "}`", why};
    }
    if (range || inside.starts_with('^'))
      return TemplateSlip{at, end + 1, "a part is `{name}`; its form is asked for after `and`: `name matches r\"…\"`",
                          why};
    if (inside.starts_with("...") && inside.size() > 3 && name_end(inside, 3) == inside.size())
      return TemplateSlip{at, end + 1, "the rest of the value is `{" + std::string(inside.substr(3)) + "...}`", why};
    const bool segment = at > 0 && text[at - 1] == '/' && (end + 1 == text.size() || text[end + 1] == '/');
    if (segment && !inside.empty() && name_end(inside, 0) == inside.size())
      return TemplateSlip{at, end + 1, "a part with a name is `{" + std::string(inside) + "}`", why};
  }
  return std::nullopt;
}

/// `/*rest`.
std::optional<TemplateSlip> named_run(std::string_view text) {
  constexpr auto kNames =
      std::to_array<std::string_view>({"rest", "splat", "path", "slug", "any", "all", "wildcard", "tail", "filepath"});
  const std::size_t at = text.find("/*");
  if (at == std::string_view::npos || name_end(text, at + 2) != text.size()) return std::nullopt;
  const std::string_view name = text.substr(at + 2);
  if (std::find(kNames.begin(), kNames.end(), name) == kNames.end()) return std::nullopt;
  return TemplateSlip{at + 2, text.size(), "the rest of the value is `{" + std::string(name) + "...}`", {}};
}

/// `^` and `$`.
std::optional<TemplateSlip> anchor(std::string_view text) {
  const std::string help = "a template is the whole value without `^` and `$`";
  if (text.starts_with('^')) return TemplateSlip{0, 1, help, {}};
  if (text.size() > 1 && text.ends_with('$')) return TemplateSlip{text.size() - 1, text.size(), help, {}};
  return std::nullopt;
}

/// Whether a `.*` means what it says: `/index.*`, `*.*`, and the names that begin with a dot, `/.*` and `*/.*`.
bool is_run_behind_dot(std::string_view text, std::size_t at) {
  if (at == 0) return false;
  if (text[at - 1] == '/') return at == 1 || text[at - 2] == '*' || text[at - 2] == '}';
  return text[at - 1] == '*' || (at + 2 == text.size() && is_word_char(text[at - 1]));
}

/// `/a/.*`.
std::optional<TemplateSlip> any_run(std::string_view text) {
  std::size_t at = text.find(".*");
  while (at != std::string_view::npos && is_run_behind_dot(text, at)) at = text.find(".*", at + 1);
  if (at == std::string_view::npos) return std::nullopt;
  return TemplateSlip{
      at, at + 2, "any run is `*`, a part with a name `{name...}`; a pattern stands after `matches`", {}};
}

/// `of_file`: the source of a line of redirects, where foreign parts and anchors are told by another lint.
std::optional<TemplateSlip> slip_in(std::string_view text, bool of_file) {
  for (const auto find : {any_run, foreign_part, typed_part, alternatives, brackets, named_run, anchor}) {
    if (of_file && (find == foreign_part || find == anchor || text.find("(.*)") != std::string_view::npos)) continue;
    if (std::optional<TemplateSlip> slip = find(text)) return slip;
  }
  return std::nullopt;
}

}  // namespace

void lint_template(const CheckView& view, const ast::Expr& e) {
  const std::string text = e.plain_text(true);
  const std::optional<TemplateSlip> slip = slip_in(text, false);
  if (!slip) return;
  const std::string shown = text.substr(slip->begin, slip->end - slip->begin);
  if (shown[0] == ':' || shown[0] == '<') {
    // Where the name is asked for it is unknown, which is said there.
    constexpr std::uint32_t kLookedOn = 500;
    const std::string name = shown.substr(1, name_end(shown, 1) - 1);
    const std::string_view rest = view.sources.text({e.span.file, e.span.end, e.span.end + kLookedOn});
    if (rest.substr(0, rest.find("\n}")).find("${" + name + "}") != std::string_view::npos) return;
  }
  view.out
      .add(Kind::pattern_in_template, e.place_in_text(slip->begin, slip->end, true),
           slip->why.empty() ? "`" + shown + "` is plain text in a template" : slip->why)
      .help(slip->help);
}

void lint_template_of_file(const CheckView& view, std::string_view text, Span where) {
  const std::optional<TemplateSlip> slip = slip_in(text, true);
  if (!slip) return;
  const auto at = [&](std::size_t inside) {
    return std::min(where.end, where.begin + static_cast<std::uint32_t>(inside));
  };
  const Span place{where.file, at(slip->begin), at(slip->end)};
  view.out
      .add(Kind::pattern_in_template, place,
           slip->why.empty()
               ? "`" + std::string(text.substr(slip->begin, slip->end - slip->begin)) + "` is plain text in a template"
               : slip->why)
      .help(slip->help);
}

}  // namespace sprx
