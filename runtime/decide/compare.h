// Comparisons of two texts as the operators of the language mean them.
#pragma once

#include <cstddef>
#include <string_view>

#include "compiler/table/steps.h"

namespace sprx {

/// As `text.find(part, from)`, in time that is the sum of both lengths: std::string_view::find takes their product
/// where they are made for it, and clients send both.
[[nodiscard]] std::size_t find_part(std::string_view text, std::string_view part, std::size_t from = 0);

[[nodiscard]] bool text_equal(std::string_view a, std::string_view b, bool nocase);
[[nodiscard]] bool text_contains(std::string_view text, std::string_view part, bool nocase);
[[nodiscard]] bool text_starts_with(std::string_view text, std::string_view part, bool nocase);
[[nodiscard]] bool text_ends_with(std::string_view text, std::string_view part, bool nocase);
/// Whether `text` is `top` or below it: by segments of a path (a `top` that ends with `/` has only what is below), by
/// labels of a host.
[[nodiscard]] bool text_under(std::string_view text, std::string_view top, StepOrder order, bool nocase);

}  // namespace sprx
