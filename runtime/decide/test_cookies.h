// Cookies of messages as tests look at them. Private to run_tests.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "runtime/decide/facts.h"

namespace sprx {

/// The value of the first request cookie of that name.
[[nodiscard]] std::optional<std::string> request_cookie(std::span<const HeaderLine> headers, std::string_view name);

/// The line of Set-Cookie that sets a cookie, the last of those that do: with the same domain and path it is the one
/// that a browser keeps. A view into the headers.
[[nodiscard]] std::optional<std::string_view> set_cookie_line(std::span<const HeaderLine> headers,
                                                              std::string_view name);

/// The value that this line gives it.
[[nodiscard]] std::optional<std::string> set_cookie(std::span<const HeaderLine> headers, std::string_view name);

/// Whether a line of Set-Cookie has the attribute `wanted`, such as `Max-Age=60`, to a browser (RFC 6265bis 5.6): of
/// one that stands there twice the last counts, one that is no number is no Max-Age, the leading dot of a domain says
/// nothing, nor does a value of Secure; names of attributes, domains and what SameSite says are the same in any case.
[[nodiscard]] bool has_attribute(std::string_view line, std::string_view wanted);

}  // namespace sprx
