// Values of response headers that browsers do not understand. Pure questions; check_header_values.cc puts them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/diagnostics.h"

namespace sprx {

/// Longer text is not repeated in a help line.
inline constexpr std::size_t kRepeatedValue = 90;

struct OddValue {
  std::string why;
  std::string help;
  std::string_view part;  ///< of the text; empty: all of it
  Kind kind = Kind::odd_header_value;
};

/// What is wrong with `text` as the value of the header `name`. Parts point into `text`.
[[nodiscard]] std::optional<OddValue> odd_header_value(std::string_view name, std::string_view text);

/// Of a `Content-Security-Policy`.
[[nodiscard]] std::optional<OddValue> odd_policy(std::string_view text);

/// Of headers that say what a page may do and tell.
[[nodiscard]] std::optional<OddValue> odd_referrer_policy(std::string_view text);
[[nodiscard]] std::optional<OddValue> odd_permissions(std::string_view text);
[[nodiscard]] std::optional<OddValue> odd_cleared_data(std::string_view text);

/// Of headers of one word.
[[nodiscard]] std::optional<OddValue> odd_opener_policy(std::string_view text);
[[nodiscard]] std::optional<OddValue> odd_embedder_policy(std::string_view text);
[[nodiscard]] std::optional<OddValue> odd_resource_policy(std::string_view text);
[[nodiscard]] std::optional<OddValue> odd_type_options(std::string_view text);
[[nodiscard]] std::optional<OddValue> odd_frame_options(std::string_view text);

/// Another sign where `separator` belongs.
[[nodiscard]] OddValue other_separator(std::string_view text, char wrong, char separator);

/// Without the blanks around it.
[[nodiscard]] std::string_view trimmed_value(std::string_view text);

/// The parts between the separators that stand in no quotes, without the blanks around them and without empty ones.
[[nodiscard]] std::vector<std::string_view> parts_of(std::string_view text, char separator);

/// The directive of `known` that `name` is a slip of; "" where it is one, or is like none.
[[nodiscard]] std::string_view misspelt_directive(std::string_view name, const std::vector<std::string_view>& known);

}  // namespace sprx
