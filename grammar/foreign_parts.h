// What the parts of foreign_*.cc share.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "grammar/foreign.h"

namespace sprx::foreign {

/// What covers `size` bytes at `begin`.
[[nodiscard]] Foreign found(Offset begin, std::size_t size, std::string message, std::string_view help,
                            std::string_view replacement = {}, bool certain = false);

// foreign_names.cc
/// `bad-bots`, `User-Agent`, `req.http.X-Name`, seen from the first `-`.
[[nodiscard]] std::optional<Foreign> hyphenated_name(std::string_view text, Offset at);

// advice_brackets.cc
/// `header["X"].lower()`, `header["X"].length`, seen from the dot.
[[nodiscard]] std::optional<Foreign> method_behind(std::string_view text, Offset at);

// foreign_access.cc
/// `allow 10.0.0.0/8; deny all;` of nginx.
[[nodiscard]] std::optional<Foreign> nginx_access(std::string_view text, Offset at, std::string_view name, Place place);

// foreign_flags.cc
/// `maintenance = on`, `maintenance is not off`, seen from what compares.
[[nodiscard]] std::optional<Foreign> compared_flag(std::string_view text, Offset at);

// foreign_files.cc
/// The file's first token, where it shows that the file is in another format.
[[nodiscard]] std::optional<Foreign> other_format(std::string_view text, Offset at);
/// `<<<<<<<`, which a merge left.
[[nodiscard]] std::optional<Foreign> mark_of_conflict(std::string_view text, Offset at);

// foreign_words.cc
inline constexpr std::string_view kWriteLet = "a value with a name is a `let`: `let name = \"value\";`";
inline constexpr std::string_view kWriteSetResponse =
    "write `set response.header[\"X-Name\"] = \"value\";` in a `response rule`";
/// A word that begins a statement of another product. `line`: from `at` to the line's end; `one_line`: the statement
/// ends with it.
[[nodiscard]] std::optional<Foreign> known_word(std::string_view line, Offset at, std::string_view name, Place place,
                                                bool one_line);

}  // namespace sprx::foreign

namespace sprx {

// advice_sent.cc
/// `-f path`, `!-e path`.
[[nodiscard]] std::optional<Foreign> file_test(std::string_view text, Offset at);

}  // namespace sprx
