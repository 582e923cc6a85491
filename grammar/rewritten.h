// Patterns and targets of rewriting directives (Apache, nginx, HAProxy) as a condition and a text of this language.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "grammar/foreign.h"

namespace sprx::rewritten {

/// A pattern with its groups named `p1`, `p2`, ...
struct Regex {
  std::string pattern;
  std::string text;  ///< what it looks for, if it is `plain`
  std::uint32_t groups = 0;
  bool begins = false;
  bool ends = false;
  bool plain = true;
};

/// Nothing where it holds what cannot be written here.
[[nodiscard]] std::optional<Regex> read_regex(std::string_view source);
/// `path matches r"^/a/(?P<p1>.*)$"`, or the operator that says it without a pattern; "" where everything matches.
[[nodiscard]] std::string condition(std::string_view field, const Regex& regex, bool negated, bool nocase);
/// `/b/$1`, `\1`, `%{HTTP_HOST}` as the inside of a string; nothing where a part is not known.
[[nodiscard]] std::optional<std::string> target(std::string_view source, std::uint32_t groups);
/// The pattern of a path that may be written without its first `/`.
[[nodiscard]] std::optional<Regex> path_regex(std::string_view source, std::string_view target);

/// The words from `at` to the line's end or its `;`, without the quotes round them.
struct Words {
  std::vector<std::string_view> words;
  Offset end = 0;  ///< past the `;`, or the line's end
  bool ended = false;
};
[[nodiscard]] Words words_of_line(std::string_view text, Offset at);
/// A directive that is `line`, from `at` on. `help`: what is written for it; nothing where that is "".
[[nodiscard]] std::optional<Foreign> directive(std::string_view text, Offset at, const Words& line, std::string help,
                                               Place place);
/// ``write `rule name { when C; A; }` ``, in a rule without its head; "" where that is too long to show.
[[nodiscard]] std::string write_rule(std::string_view condition, std::string_view action, Place place);
/// What a rewriting does: `redirect 301 "/b" keep_query` for a status, `set path = "/b"` without one.
[[nodiscard]] std::string write_rewrite(std::string_view pattern, std::string_view target, std::string_view status,
                                        bool nocase, Place place);

/// A directive of Apache's that begins at `at` with `name`.
[[nodiscard]] std::optional<Foreign> apache_line(std::string_view text, Offset at, std::string_view name, Place place);
/// `rewrite ^/a/(.*)$ /b/$1 permanent;`
[[nodiscard]] std::optional<Foreign> nginx_rewrite(std::string_view text, Offset at, Place place);
/// `http-request set-path /b`, `silent-drop`, `track-sc0 src`.
[[nodiscard]] std::optional<Foreign> haproxy_action(std::string_view text, Offset at, Place place);

}  // namespace sprx::rewritten
