// What is said of text that makes no target of a redirect, and what to write instead of it.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "compiler/target_state.h"

namespace sprx {

/// The longest quotation of a row in a message, in bytes.
inline constexpr std::size_t kQuotedTarget = 60;

/// What is said of `$1`.
inline constexpr std::string_view kNameThePart =
    "give the part a name, `{name}` in a template or `(?P<name>…)` in a pattern, and write `${name}`";

/// `https` of `htps://` at the beginning of a target: the scheme that one which is none was meant to be; "" for any
/// other.
/// Whether a `,` stands in the host of an http URL. Other schemes may have it: `geo://37.7,-122.4`.
[[nodiscard]] bool comma_in_host(std::string_view text, TargetStates at);

[[nodiscard]] std::string_view meant_scheme(std::string_view text, TargetStates at);

/// `text` in backquotes, cut where it is longer than kQuotedTarget.
[[nodiscard]] std::string quoted_target(std::string_view text);

/// What is said of text that makes no URL.
[[nodiscard]] std::string no_url(std::string_view text, TargetStates before);

/// What to write instead of `text`, which is the author's and makes no URL after `before`.
[[nodiscard]] std::string url_help(std::string_view text, TargetStates before);

/// `www.example.com$uri` and `www.example.com{path}` put a value in as other languages do. `of_file`: in a line of a
/// `redirects`.
[[nodiscard]] std::string help_for_authority(std::string_view host, bool of_file);

/// A help in the words of a line of a `redirects`: `{host}`, and no quotes.
[[nodiscard]] std::string in_words_of(bool of_file, std::string help);

/// Text that stands where a redirect's host would and that no host holds, such as `$host`; "" if there is none.
[[nodiscard]] std::string_view bad_authority(std::string_view text);

/// The host of a target that is not ASCII, and how URLs write it (RFC 5891), if they do; "" twice if it is.
[[nodiscard]] std::pair<std::string_view, std::string> host_of_other_letters(std::string_view text);

}  // namespace sprx
