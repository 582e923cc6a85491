#include "runtime/decide/edit_lists.h"

#include <algorithm>
#include <string>

#include "runtime/decide/edit_names.h"
#include "runtime/decide/inputs.h"

namespace sprx {
namespace {

/// Name of a raw query parameter, decoded.
std::string decoded_name(std::string_view part) {
  std::string name;
  decode_query(part.substr(0, part.find('=')), name);
  return name;
}

/// As a query parameter's name or value: all but unreserved and `/` encoded.
void append_parameter(std::string_view name, std::string_view value, std::string& out) {
  append_client_text(UrlPlace::query, name, out);
  out += '=';
  append_client_text(UrlPlace::query, value, out);
}

/// A value that stays one cookie: what would end it is encoded.
void append_cookie(std::string_view name, std::string_view value, std::string& out) {
  out += name;
  out += '=';
  for (const char c : value) {
    if (c == ';') {
      out += "%3B";
    } else {
      out += c;
    }
  }
}

/// A value that a browser takes as one (RFC 6265bis `cookie-value`): other bytes are percent-encoded; quotes may stand
/// around it.
void append_cookie_value(std::string_view value, std::string& out) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  const bool quoted = value.size() >= 2 && value.front() == '"' && value.back() == '"';
  for (std::size_t i = 0; i < value.size(); ++i) {
    const bool quote = quoted && (i == 0 || i + 1 == value.size());
    if (quote || is_cookie_octet(value[i])) {
      out += value[i];
    } else {
      const auto byte = static_cast<unsigned char>(value[i]);
      out += '%';
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
}

std::vector<std::string_view> parts_of_query(std::string_view query) {
  std::vector<std::string_view> parts;
  while (!query.empty()) parts.push_back(next_part(query, '&'));
  return parts;
}

void join(const std::vector<std::string_view>& parts, std::string_view separator, std::string& out) {
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) out += separator;
    out += parts[i];
  }
}

void sort_query(std::vector<std::string_view>& parts) {
  std::erase_if(parts, [](std::string_view part) { return part.empty(); });
  std::vector<std::pair<std::string, std::string_view>> named;
  for (const std::string_view part : parts) named.emplace_back(decoded_name(part), part);
  std::stable_sort(named.begin(), named.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  for (std::size_t i = 0; i < parts.size(); ++i) parts[i] = named[i].second;
}

/// Whether the edit removes what has its name(s).
bool removes(const Edit& edit) {
  return edit.word == ActionWord::unset || (edit.word == ActionWord::set && !edit.present);
}

/// Replaces the first part that `is_named`, removes the others; appends `made` where there was none.
template <typename IsNamed>
void set_part(std::vector<std::string_view>& parts, std::string_view made, IsNamed is_named) {
  const auto first = std::find_if(parts.begin(), parts.end(), is_named);
  if (first == parts.end()) {
    parts.push_back(made);
    return;
  }
  *first = made;
  parts.erase(std::remove_if(first + 1, parts.end(), is_named), parts.end());
}

std::vector<std::string_view> parts_of_cookies(std::string_view value) {
  std::vector<std::string_view> parts;
  while (!value.empty()) {
    const std::string_view part = without_blanks(next_part(value, ';'));
    if (!part.empty()) parts.push_back(part);
  }
  return parts;
}

/// Removes the cookies that are unwanted; lines that keep all of theirs keep their bytes, empty ones go.
template <typename Unwanted>
void drop_cookies(std::vector<HeaderLine>& headers, Arena& arena, Unwanted unwanted) {
  std::erase_if(headers, [&](HeaderLine& line) {
    if (!equal_nocase(line.name, "cookie")) return false;
    std::vector<std::string_view> parts = parts_of_cookies(line.value);
    if (std::erase_if(parts, unwanted) == 0) return false;
    if (parts.empty()) return true;
    std::string joined;
    join(parts, "; ", joined);
    line.value = arena.copy(joined);
    return false;
  });
}

bool is_cookie_line(const HeaderLine& line) { return equal_nocase(line.name, "cookie"); }

void append_cookie_part(std::vector<HeaderLine>& headers, std::string_view made, Arena& arena) {
  const auto last = std::find_if(headers.rbegin(), headers.rend(), is_cookie_line);
  if (last == headers.rend()) {
    headers.push_back({"Cookie", arena.copy(made)});
    return;
  }
  std::string value(last->value);
  while (value.ends_with(';') || value.ends_with(' ')) value.pop_back();
  if (!value.empty()) value += "; ";
  value += made;
  last->value = arena.copy(value);
}

/// The first cookie of the name gets the value, later ones of any line go.
void set_cookie(std::vector<HeaderLine>& headers, std::string_view name, std::string_view made, Arena& arena) {
  bool done = false;
  for (HeaderLine& line : headers) {
    if (!is_cookie_line(line)) continue;
    std::vector<std::string_view> parts = parts_of_cookies(line.value);
    bool changed = false;
    std::erase_if(parts, [&](std::string_view& part) {
      if (split_cookie(part).name != name) return false;
      changed = true;
      if (done) return true;
      done = true;
      part = made;
      return false;
    });
    if (!changed) continue;
    std::string joined;
    join(parts, "; ", joined);
    line.value = arena.copy(joined);
  }
  std::erase_if(headers, [](const HeaderLine& line) { return is_cookie_line(line) && line.value.empty(); });
  if (!done) append_cookie_part(headers, made, arena);
}

std::string_view name_of_set_cookie(std::string_view line) { return split_cookie(next_part(line, ';')).name; }

}  // namespace

void edit_headers(const RuleSet& rules, const Edit& edit, std::vector<HeaderLine>& headers) {
  const EditNames names(rules, edit);
  const auto is_named = [&](const HeaderLine& line) { return names.hold(line.name, true); };
  if (removes(edit)) {
    std::erase_if(headers, is_named);
    return;
  }
  if (!edit.present) return;
  const auto first = std::find_if(headers.begin(), headers.end(), is_named);
  if (edit.word == ActionWord::add || first == headers.end()) {
    headers.push_back({names.first(), edit.text});
    return;
  }
  first->value = edit.text;
  headers.erase(std::remove_if(first + 1, headers.end(), is_named), headers.end());
}

std::string_view edit_query(const RuleSet& rules, const Edit& edit, std::string_view query, bool& has_query,
                            Arena& arena) {
  const EditNames names(rules, edit);
  if (!edit.present && !removes(edit)) return query;
  std::vector<std::string_view> parts = parts_of_query(query);
  const auto is_named = [&](std::string_view part) { return !part.empty() && names.hold(decoded_name(part), false); };
  std::string made;
  if (edit.word == ActionWord::sort) {
    sort_query(parts);
  } else if (removes(edit)) {
    if (std::erase_if(parts, is_named) == 0) return query;
  } else if (edit.word == ActionWord::keep) {
    if (std::erase_if(parts, [&](std::string_view part) { return !is_named(part); }) == 0) return query;
  } else {
    append_parameter(names.first(), edit.text, made);
    if (edit.word == ActionWord::add) {
      parts.push_back(made);
    } else {
      set_part(parts, made, is_named);
    }
  }
  std::string joined;
  join(parts, "&", joined);
  has_query = edit.word == ActionWord::sort ? has_query : !joined.empty();
  return arena.copy(joined);
}

void edit_cookies(const RuleSet& rules, const Edit& edit, std::vector<HeaderLine>& headers, Arena& arena) {
  const EditNames names(rules, edit);
  const auto is_named = [&](std::string_view part) { return names.hold(split_cookie(part).name, false); };
  if (removes(edit)) {
    drop_cookies(headers, arena, is_named);
  } else if (edit.word == ActionWord::keep) {
    drop_cookies(headers, arena, [&](std::string_view part) { return !is_named(part); });
  } else if (edit.present) {
    std::string made;
    append_cookie(names.first(), edit.text, made);
    if (edit.word == ActionWord::add) {
      append_cookie_part(headers, made, arena);
    } else {
      set_cookie(headers, names.first(), made, arena);
    }
  }
}

void edit_set_cookies(const RuleSet& rules, const Edit& edit, std::vector<HeaderLine>& headers, Arena& arena) {
  const EditNames names(rules, edit);
  if (!edit.present && !removes(edit)) return;
  if (edit.word != ActionWord::add) {
    std::erase_if(headers, [&](const HeaderLine& line) {
      return equal_nocase(line.name, "set-cookie") && names.hold(name_of_set_cookie(line.value), false);
    });
  }
  if (removes(edit)) return;
  std::string made(names.first());
  made += '=';
  append_cookie_value(edit.text, made);
  made += edit.attributes;
  headers.push_back({"Set-Cookie", arena.copy(made)});
}

}  // namespace sprx
