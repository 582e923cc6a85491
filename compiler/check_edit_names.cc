// Edits that are hardly meant so: a part of a header or of the request that one rule sets twice, two `keep`s, and names
// that are written as a pattern or as several.
#include "compiler/check_edit_names.h"

#include <algorithm>

#include "compiler/table/canonical.h"
#include "compiler/words.h"

namespace sprx {
namespace {

/// Longer statements are not repeated in a help line.
constexpr std::size_t kShownEdit = 70;

/// What an edit changes, as a rule names it.
std::string changed_by(const Action& action, std::string_view name) {
  switch (action.target) {
    case Target::path:
      return "path";
    case Target::host:
      return "host";
    case Target::response_status:
      return "response.status";
    case Target::query:
      return "query[\"" + std::string(name) + "\"]";
    case Target::cookie:
      return "cookie[\"" + std::string(name) + "\"]";
    case Target::response_cookie:
      return "response.cookie[\"" + std::string(name) + "\"]";
    default:
      return std::string(name);
  }
}

bool takes_one_name(Target target) {
  return target == Target::header || target == Target::response_header || target == Target::query ||
         target == Target::cookie || target == Target::response_cookie;
}

bool has_no_name(Target target) {
  return target == Target::path || target == Target::host || target == Target::response_status;
}

std::string_view name_of_edit(const RuleSet& rules, const Action& edit) {
  return edit.name_count == 1 ? rules.pool.strings.view(rules.names[edit.first_name]) : std::string_view{};
}

/// Whether what `before` does is lost by `action`.
bool undoes(const RuleSet& rules, const Action& action, const Action& before) {
  if (before.target != action.target) return false;
  if (action.word == ActionWord::keep || action.word == ActionWord::origin) return before.word == action.word;
  const bool header = action.target == Target::header || action.target == Target::response_header;
  const std::string_view name = name_of_edit(rules, action);
  const std::string_view same = name_of_edit(rules, before);
  return before.word == ActionWord::set && before.name_count == action.name_count &&
         (header ? equal_nocase(same, name) : same == name);
}

/// `keep query["a", "b"];` for `keep query["a"]; keep query["b"];`
std::string both_kept(const RuleSet& rules, const Action& before, const Action& action) {
  std::string names;
  for (const Action* one : {&before, &action}) {
    for (std::uint32_t i = 0; i < one->name_count; ++i)
      names += (names.empty() ? "\"" : ", \"") +
               std::string(rules.pool.strings.view(rules.names[one->first_name + i])) + "\"";
  }
  return (action.target == Target::query ? "keep query[" : "keep cookie[") + names + "];";
}

}  // namespace

void lint_edited_twice(const CheckView& view, const std::vector<Action>& before, const std::vector<Span>& places,
                       const ast::Action& a, const Action& action) {
  const bool sets = action.word == ActionWord::set;
  const bool edits = (sets || action.word == ActionWord::unset) &&
                     (has_no_name(action.target) || (takes_one_name(action.target) && action.name_count == 1));
  if (!edits && action.word != ActionWord::keep && action.word != ActionWord::origin) return;
  const auto first =
      std::find_if(before.begin(), before.end(), [&](const Action& one) { return undoes(view.rules, action, one); });
  if (first == before.end()) return;
  const Span place = places[static_cast<std::size_t>(first - before.begin())];
  if (action.word == ActionWord::keep) {
    const std::string whole = both_kept(view.rules, *first, action);
    view.out.add(Kind::overwritten, a.span, "this takes away what the `keep` before it left: what both name stays")
        .label(place, "all but this is gone already")
        .help(whole.size() <= kShownEdit ? "name them together: `" + whole + "`" : "name them together in one `keep`");
  } else if (action.word == ActionWord::origin) {
    view.out.add(Kind::overwritten, a.span, "this rule chooses an origin twice, and this one is taken")
        .label(place, "chosen here first")
        .help("leave one of them out, or make two rules with conditions of them");
  } else {
    const bool added = sets && !has_no_name(action.target);
    view.out
        .add(Kind::overwritten, a.span,
             "this rule sets `" + changed_by(action, name_of_edit(view.rules, action)) +
                 (sets ? "` twice" : "` and takes it away again"))
        .help(added ? "leave one of them out; a second value is added with `add`" : "leave one of them out");
  }
}

void lint_cookie_again(const CheckView& view, const ast::Action& a, const Action& action) {
  const Expr* value = &view.source_of(action.value);
  if (value->op == Op::fallback || (value->op == Op::concat && value->b == 1))
    value = &view.source_of(view.pool().list(*value)[0]);
  const bool again = action.word == ActionWord::set && action.target == Target::response_cookie &&
                     value->op == Op::field && static_cast<Field>(value->a) == Field::response_cookie &&
                     view.text(StrId{value->b}) == name_of_edit(view.rules, action);
  if (!again) return;
  // Whoever writes one of these knows that they are written anew.
  const auto of_place_or_time = [](const ast::Action& entry) {
    const std::string& word = entry.word.text;
    return word == "max_age" || word == "expires" || word == "path" || word == "domain";
  };
  if (a.block && std::any_of(a.block->actions.begin(), a.block->actions.end(), of_place_or_time)) return;
  view.out
      .add(Kind::overwritten, a.assigned->span,
           "this is the value alone: the `Max-Age`, `Expires`, `Path` and `Domain` that the cookie came with are lost")
      .help("write all attributes that it shall have, such as `{ max_age 30d; path \"/\"; secure; http_only; }`");
}

/// `"*utm"`, `"utm_.*"`, `"a,b"` after `unset` and `keep`.
void lint_edit_name(const CheckView& view, const ast::Expr& key, const std::string& name, ActionWord word) {
  const std::string action(info(word).name);
  const std::size_t star = name.find('*');
  if (star != std::string::npos && star + 1 < name.size()) {
    view.out
        .add(Kind::wildcard_as_text, key.place_in_text(star, star + 1),
             "this `*` is plain text, it stands at the end only")
        .help("name them one by one, or by how they begin: `\"utm_*\"`");
    return;
  }
  const bool joint = star != std::string::npos && star > 1 && (name[star - 2] == '_' || name[star - 2] == '-');
  // `filter.*` is for names such as `filter.price`.
  if (star != std::string::npos && star > 1 && name[star - 1] == '.' && (joint || name[0] == '^')) {
    const std::string stem = name.substr(name[0] == '^' ? 1 : 0, star - 1 - (name[0] == '^' ? 1 : 0));
    Diagnostic& d =
        view.out.add(Kind::pattern_as_text, key.place_in_text(star - 1, star + 1),
                     "a name is no pattern: this is for names that begin with `" + name.substr(0, star) + "`");
    if (stem.size() <= kShownEdit) d.help("any rest is `*` alone: `\"" + stem + "*\"`");
    return;
  }
  const std::string list = name.find(',') == std::string::npos ? std::string() : split_items(name);
  if (list.empty()) return;
  view.out.add(Kind::unlike_value, key.span, "this is one name with a `,` in it")
      .help(list.size() <= kShownEdit ? "several are written one by one: `" + action + " query" + list + "`"
                                      : "several are written one by one: `\"a\", \"b\"`");
}

}  // namespace sprx
