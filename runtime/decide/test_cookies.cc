#include "runtime/decide/test_cookies.h"

#include <algorithm>

#include "compiler/table/canonical.h"
#include "runtime/decide/inputs.h"

namespace sprx {
namespace {

/// `Max-Age=60` at its `=`; the value of one that has none is empty.
Parameter split_attribute(std::string_view text) {
  const std::size_t equal = std::min(text.find('='), text.size());
  return {without_blanks(text.substr(0, equal)), without_blanks(text.substr(std::min(equal + 1, text.size())))};
}

bool is_age(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::optional<std::string> request_cookie(std::span<const HeaderLine> headers, std::string_view name) {
  for (const HeaderLine& line : headers) {
    if (!equal_nocase(line.name, "cookie")) continue;
    std::string_view rest = line.value;
    while (!rest.empty()) {
      const Parameter cookie = split_cookie(without_blanks(next_part(rest, ';')));
      if (cookie.name == name) return std::string(cookie.value);
    }
  }
  return std::nullopt;
}

std::optional<std::string_view> set_cookie_line(std::span<const HeaderLine> headers, std::string_view name) {
  std::optional<std::string_view> out;
  for (const HeaderLine& line : headers) {
    if (!equal_nocase(line.name, "set-cookie")) continue;
    if (split_cookie(line.value.substr(0, line.value.find(';'))).name == name) out = line.value;
  }
  return out;
}

std::optional<std::string> set_cookie(std::span<const HeaderLine> headers, std::string_view name) {
  const std::optional<std::string_view> line = set_cookie_line(headers, name);
  if (!line) return std::nullopt;
  return std::string(split_cookie(line->substr(0, line->find(';'))).value);
}

bool has_attribute(std::string_view line, std::string_view wanted) {
  const Parameter known = split_attribute(wanted);
  const bool flag = known.value.empty();
  const bool age = equal_nocase(known.name, "Max-Age");
  const bool domain = equal_nocase(known.name, "Domain");
  const bool any_case = domain || equal_nocase(known.name, "SameSite");
  bool found = false;
  static_cast<void>(next_part(line, ';'));
  while (!line.empty()) {
    Parameter given = split_attribute(next_part(line, ';'));
    if (!equal_nocase(given.name, known.name) || (age && !is_age(given.value))) continue;
    if (domain && given.value.starts_with('.')) given.value.remove_prefix(1);
    found = flag || (any_case ? equal_nocase(given.value, known.value) : given.value == known.value);
  }
  return found;
}

}  // namespace sprx
