// What never.cc and never_pattern.cc share: no question of theirs is asked elsewhere.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <utility>

#include "compiler/never.h"

namespace sprx {

/// Why, and the form that can be.
[[nodiscard]] inline Never unlike(std::string why, std::string form = {}) {
  return Never{std::move(why), std::move(form), {}, {}};
}
/// Text that speaks of another part of the URL.
[[nodiscard]] std::optional<Never> other_part(Field field, const std::string& text, MatchMode mode);
/// Methods that are spelt in capitals; any other word may be one.
inline constexpr auto kKnownMethods = std::to_array<std::string_view>(
    {"GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "PROPFIND"});
/// In capitals, ASCII.
[[nodiscard]] std::string raised(std::string_view text);
/// Of the whole method.
[[nodiscard]] std::optional<Never> method_never(const std::string& text, bool nocase);
/// Of the whole code of a country. `upper`: in capitals.
[[nodiscard]] std::optional<Never> country_never(const std::string& text, const std::string& upper, bool nocase);
/// A part of a host that is written as people read it, and never sent so.
[[nodiscard]] std::optional<Never> beyond_ascii(const std::string& text);
/// Fields that hold no capitals.
[[nodiscard]] bool is_lower_case(Field field);
/// Of a pattern beside text in one case: it wants a letter of the other. `what`: "`host` is".
[[nodiscard]] std::optional<Never> case_never(const std::string& what, bool lower, const Pattern& pattern);
/// Text that no canonical path holds, or hardly.
[[nodiscard]] std::optional<Never> rare_in_path(const std::string& text, bool nocase);

}  // namespace sprx
