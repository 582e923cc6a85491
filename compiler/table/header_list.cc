#include "compiler/table/header_list.h"

#include <algorithm>

#include "compiler/table/canonical.h"

namespace sprx {

std::string_view next_quoted_part(std::string_view& rest, char separator) {
  bool quoted = false;
  std::size_t end = 0;
  for (; end < rest.size() && (quoted || rest[end] != separator); ++end) {
    if (rest[end] == '"') quoted = !quoted;
    if (quoted && rest[end] == '\\') ++end;
  }
  end = std::min(end, rest.size());
  const std::string_view part = without_blanks(rest.substr(0, end));
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return part;
}

bool is_language_tag(std::string_view text) {
  bool first = true;
  while (true) {
    const std::size_t end = std::min(text.find('-'), text.size());
    const std::string_view subtag = text.substr(0, end);
    const auto fits = [&](char c) {
      const bool letter = fold(c) >= 'a' && fold(c) <= 'z';
      return letter || (!first && c >= '0' && c <= '9');
    };
    if (subtag.empty() || subtag.size() > 8 || !std::all_of(subtag.begin(), subtag.end(), fits)) return false;
    if (end == text.size()) return true;
    text.remove_prefix(end + 1);
    first = false;
  }
}

}  // namespace sprx
