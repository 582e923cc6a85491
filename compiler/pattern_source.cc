#include "compiler/pattern_source.h"

#include <algorithm>

namespace sprx {
namespace {

/// Past the escape, class or single byte at `at`.
std::size_t skip_one(std::string_view source, std::size_t at) {
  if (source[at] == '\\') return std::min(source.size(), at + 2);
  if (source[at] != '[') return at + 1;
  std::size_t end = at + 1;
  if (end < source.size() && source[end] == '^') ++end;
  if (end < source.size() && source[end] == ']') ++end;
  while (end < source.size() && source[end] != ']') {
    // `[[:alpha:]]`
    const std::size_t close = source.substr(end, 2) == "[:" ? source.find(":]", end + 2) : std::string_view::npos;
    end = close != std::string_view::npos ? close + 2 : end + (source[end] == '\\' ? 2 : 1);
  }
  return std::min(source.size(), end + 1);
}

/// Whether what ends before `at` may be left out, as far as what follows says.
bool is_optional(std::string_view source, std::size_t at) {
  const std::string_view rest = source.substr(std::min(at, source.size()));
  return rest.starts_with('?') || rest.starts_with('*') || rest.starts_with("{0") || rest.starts_with("{,");
}

/// Whether the group that begins at `group` takes part in every match: neither it nor a group around it may be left out
/// or is one of several alternatives.
bool always_takes_part(std::string_view source, std::size_t group) {
  struct Level {
    std::size_t begin = 0;
    bool alternatives = false;
  };
  std::vector<Level> levels(1);
  for (std::size_t at = 0; at < source.size(); at = skip_one(source, at)) {
    if (source[at] == '|') levels.back().alternatives = true;
    if (source[at] == '(') levels.push_back({at, false});
    if (source[at] != ')') continue;
    if (levels.size() == 1) return false;
    const Level closed = levels.back();
    levels.pop_back();
    if (closed.begin > group || at < group) continue;
    // What stands inside the group itself is looked at elsewhere.
    const bool one_of_several = closed.begin != group && closed.alternatives;
    if (one_of_several || is_optional(source, at + 1)) return false;
  }
  return levels.size() == 1 && !levels.back().alternatives;
}

/// Whether `^`, `$`, `\b` or such stands in it: what it matches depends on what is around.
bool looks_around(std::string_view source) {
  for (std::size_t at = 0; at < source.size(); at = skip_one(source, at)) {
    if (source[at] == '^' || source[at] == '$') return true;
    if (source[at] == '\\' && at + 1 < source.size() &&
        std::string_view("AbBzZ").find(source[at + 1]) != std::string_view::npos)
      return true;
  }
  return false;
}

/// What stands between the parentheses of the group, empty if it is not found.
std::string_view inside(std::string_view source, std::string_view name) {
  const std::string forms[] = {"(?P<" + std::string(name) + ">", "(?<" + std::string(name) + ">"};
  for (std::size_t at = 0; at < source.size(); at = skip_one(source, at)) {
    for (const std::string& form : forms) {
      if (!source.substr(at).starts_with(form)) continue;
      const std::size_t begin = at + form.size();
      int depth = 1;
      for (std::size_t end = begin; end < source.size(); end = skip_one(source, end)) {
        depth += source[end] == '(' ? 1 : source[end] == ')' ? -1 : 0;
        if (depth == 0) return source.substr(begin, end - begin);
      }
    }
  }
  return {};
}

}  // namespace

bool matches_every_text(const Pattern& pattern) {
  if (!pattern.regex) return false;
  constexpr std::string_view kTexts[] = {"", "a", "/Z", " ~", "0.", "\xC3\xA9", "-_=\"(%"};
  std::vector<std::string_view> captures(pattern.names.size());
  return std::all_of(std::begin(kTexts), std::end(kTexts),
                     [&](std::string_view text) { return search(pattern, text, captures) == MatchOutcome::yes; });
}

GroupShape group_shape(std::string_view source, std::string_view name) {
  GroupShape shape;
  // `\Q…\E` would make text of what looks like a group.
  if (source.find("\\Q") != std::string_view::npos) return shape;
  std::string_view text = inside(source, name);
  if (text.empty()) return shape;
  const bool words = std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '|';
  });
  if (words) {
    while (true) {
      const std::size_t bar = text.find('|');
      shape.alternatives.emplace_back(text.substr(0, bar));
      if (bar == std::string_view::npos) break;
      text.remove_prefix(bar + 1);
    }
    return shape;
  }
  if (text.find('|') != std::string_view::npos) return shape;
  if (text.starts_with('\\')) text.remove_prefix(1);
  shape.begins_with_slash =
      text.starts_with('/') && (text.size() < 2 || std::string_view("?*{").find(text[1]) == std::string_view::npos);
  return shape;
}

bool group_is_never_empty(std::string_view source, std::string_view name) {
  if (source.find("\\Q") != std::string_view::npos) return false;
  const std::string_view text = inside(source, name);
  if (text.empty() || looks_around(text)) return false;
  std::size_t group = static_cast<std::size_t>(text.data() - source.data()) - 1;
  group = source.rfind('(', group);
  if (!always_takes_part(source, group)) return false;
  const PatternResult alone = compile_pattern("^(?:" + std::string(text) + ")$", false);
  return alone.errors.empty() && search(alone.value, "", {}) == MatchOutcome::no;
}

}  // namespace sprx
