// The types, phases and origins of the language: the smallest words that compiler and runtime share.
#pragma once

#include <cstdint>
#include <string_view>

namespace sprx {

/// Static type of a value (language.md section 4). `string_list` is what list-valued fields have.
enum class Type : std::uint8_t {
  none,
  string,
  integer,
  boolean,
  ip,
  cidr,
  path,
  host,
  domain,
  pattern,
  duration,
  time,
  string_list
};

/// When something can be read or done. A `response` thing is not available to request rules.
enum class Phase : std::uint8_t { request, response };

/// Where text came from (language.md section 6): decides how it may stand in a URL.
/// Ordered: what is made of several parts has the greatest of their origins.
/// `path`: a part of the canonical path, in which the escapes that it keeps stand for what they stood for.
enum class Origin : std::uint8_t { own, wire, path, client };

/// Whether its values are one text (a domain is the type of list keys only).
[[nodiscard]] constexpr bool is_text(Type type) {
  return type == Type::string || type == Type::path || type == Type::host || type == Type::domain;
}
/// The same, and several texts.
[[nodiscard]] constexpr bool is_texts(Type type) { return is_text(type) || type == Type::string_list; }

/// The name of a type as rule authors write it.
[[nodiscard]] constexpr std::string_view name_of(Type type) {
  constexpr std::string_view kNames[] = {"nothing", "string", "int",     "bool",     "ip",   "cidr",          "path",
                                         "host",    "domain", "pattern", "duration", "time", "list of string"};
  return kNames[static_cast<std::size_t>(type)];
}

}  // namespace sprx
