// Words the checker knows besides the registries: roots of fields, what other languages call our fields and actions,
// what is left out on purpose, header names and country codes. Plain tables with look-ups.
#pragma once

#include <string>
#include <string_view>

#include "compiler/table/types.h"

namespace sprx {

/// Whether no user's name may be this: a field's first word (language.md section 5).
[[nodiscard]] bool is_field_root(std::string_view name);
/// The fields below a root, for a help line: "`geo.country`, `geo.region`"; at most six.
[[nodiscard]] std::string fields_below(std::string_view root);

/// A name of another language and what to write here.
struct ForeignAnswer {
  std::string language;  ///< "VCL", "Cloudflare Rules"
  std::string ours;      ///< the spelling here, "" where there is none
  std::string help;      ///< without a spelling: what to do
};
[[nodiscard]] ForeignAnswer foreign_path(std::string_view name);

/// What to do instead of an action or directive that other languages have; "" for words that nobody has.
struct LeftOut {
  std::string_view message;
  std::string_view help;
};
[[nodiscard]] const LeftOut* left_out(std::string_view word);
/// The same of a field or a function that other products have and this one does not.
[[nodiscard]] const LeftOut* left_out_value(std::string_view name);
/// Whether it is the word of an attribute of a cookie and of nothing else.
[[nodiscard]] bool is_cookie_attribute(std::string_view word);

/// A type in a sentence: "a path", "an int".
[[nodiscard]] std::string with_article(Type type);
/// RFC 9110 `token`.
[[nodiscard]] bool is_token(std::string_view text);
/// Framing and hop-by-hop headers that no rule touches.
[[nodiscard]] bool is_framing_header(std::string_view name);
/// Headers that may only be removed.
[[nodiscard]] bool is_unset_only_header(std::string_view name);
/// Headers that only responses have, or only requests; a name ending in `*` is the headers that begin so.
[[nodiscard]] bool is_response_only_header(std::string_view name);
[[nodiscard]] bool is_request_only_header(std::string_view name);
/// `AU,NZ` as `["AU", "NZ"]`; "" where it is no list of plain words.
[[nodiscard]] std::string split_items(std::string_view text);
/// `500..599` for `5xx`, "" for what is no class of statuses.
[[nodiscard]] std::string status_class(std::string_view text);
/// The header that is meant by a name that is none: `User_Agent`, `Referrer`, `X-Forwared-For`; "" where the name is
/// one, or may well be somebody's own.
[[nodiscard]] std::string_view misspelt_header(std::string_view name);
/// The next longer prefix, by whole bytes of the address, that `203.0.113.0/2` has no bits behind; "" where that is an
/// address alone.
[[nodiscard]] std::string longer_prefix(std::string_view text);
/// The host that text begins with where a path is wanted, `www.example.com/x`; "" where it may well be a file's name.
[[nodiscard]] std::string_view host_before_path(std::string_view text);
/// The framing header that a name ending in `*` would take along, "" for none.
[[nodiscard]] std::string_view framing_header_under(std::string_view prefix);
/// An upper-case ISO 3166-1 code, or one the platform sends besides (`XX`, `T1`).
[[nodiscard]] bool is_country(std::string_view code);

}  // namespace sprx
