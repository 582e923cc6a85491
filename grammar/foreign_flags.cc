// Flags that are compared: `maintenance = on`. A flag is compared with nothing.
#include <algorithm>
#include <array>

#include "grammar/foreign_parts.h"

namespace sprx {
namespace {

/// Names of fields, which are no flags.
bool is_field_name(std::string_view name) {
  constexpr std::array<std::string_view, 16> kFieldNames = {
      "method", "scheme", "host",   "port",   "path", "uri",        "raw_path", "raw_query",
      "query",  "header", "cookie", "client", "geo",  "request_id", "now",      "response"};
  return std::find(kFieldNames.begin(), kFieldNames.end(), name.substr(0, name.find('.'))) != kFieldNames.end();
}

/// Past `=`, `is` or `is not`, whatever stands for a comparison at `at`; `at` where nothing does.
Offset past_equals(std::string_view text, Offset at, bool* negated) {
  if (text[at] == '=') return at + 1;
  const std::string_view word = scan::name_at(text, at);
  if (word != "is" && word != "eq" && word != "equals") return at;
  const Offset end = at + static_cast<Offset>(word.size());
  const Offset next = scan::skip_spaces(text, end);
  *negated = scan::name_at(text, next) == "not";
  return *negated ? next + 3 : end;
}

}  // namespace

std::optional<Foreign> foreign::compared_flag(std::string_view text, Offset at) {
  if (at == 0 || at >= text.size()) return std::nullopt;
  bool negated = false;
  const Offset sign_end = past_equals(text, at, &negated);
  if (sign_end == at) return std::nullopt;
  Offset name_end = at;
  while (name_end > 0 && text[name_end - 1] == ' ') --name_end;
  Offset begin = name_end;
  while (begin > 0 && at - begin < scan::kLookBack && (scan::is_name_char(text[begin - 1]) || text[begin - 1] == '.'))
    --begin;
  const Offset value = scan::skip_spaces(text, sign_end);
  Offset end = value;
  while (end < text.size() && end - value < scan::kLookBack && scan::is_name_char(text[end])) ++end;
  const std::string_view word = text.substr(value, end - value);
  const bool on = word == "on" || word == "true";
  if (begin == name_end || !scan::is_name_start(text[begin]) || (!on && word != "off" && word != "false"))
    return std::nullopt;
  const std::string name(text.substr(begin, name_end - begin));
  if (is_field_name(name)) return std::nullopt;
  const std::string condition = on != negated ? name : "not " + name;
  const std::string_view sign = text.substr(at, sign_end - at);
  return found(begin, end - begin, scan::ticked(sign) + " does not compare, and a flag is a condition by itself",
               "write " + scan::ticked(condition), condition, true);
}

}  // namespace sprx
