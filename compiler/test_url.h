// URLs of tests: read into what a request line and its Host say, or a mistake at its own bytes.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "compiler/table/tests.h"

namespace sprx {

/// What a URL that is only a path is taken to be of.
inline constexpr std::string_view kTestScheme = "https";
inline constexpr std::string_view kTestHost = "www.example.com";

/// The header in which the platform says the client's country.
inline constexpr std::string_view kCountryHeader = "section-io-geo-country-code";

/// Bytes [begin, end) of the text.
struct UrlMistake {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string message;
  std::string help;
};

/// Fills scheme, authority and target of `out`, which has its method. Bytes that a client may send stay as they are,
/// also those that the proxy refuses with 400 (`%zz`).
[[nodiscard]] std::optional<UrlMistake> read_test_url(std::string_view text, TestRequest& out);

}  // namespace sprx
