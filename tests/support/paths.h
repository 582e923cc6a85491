// Where the tests' inputs lie. The only test code that knows a path of this checkout.
#pragma once

#include <string>
#include <string_view>

namespace sprx::testing {

/// A path below testdata/; `below` begins with `/`.
[[nodiscard]] std::string testdata(std::string_view below);
/// A path below the top of the checkout; `below` begins with `/` or is "".
[[nodiscard]] std::string source_tree(std::string_view below);

}  // namespace sprx::testing
