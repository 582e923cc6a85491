// Spellings of other products (VCL, nginx, Apache, HAProxy, Caddy, Cloudflare, JavaScript) that people type in rules,
// each with the `.sprx` one.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "grammar/parse_state.h"

namespace sprx {

/// A foreign spelling: what it covers, and what to write instead.
struct Foreign {
  Offset begin = 0;
  Offset end = 0;
  std::string message;
  std::string help;
  std::string replacement;  ///< the exact text to put there, if there is one
  bool whole_line = false;  ///< the statement ends with its line
};

/// A statement or declaration of another product that begins at `at`.
[[nodiscard]] std::optional<Foreign> foreign_statement(std::string_view text, Offset at, Place place);
/// A foreign value where an operand is wanted.
[[nodiscard]] std::optional<Foreign> foreign_operand(std::string_view text, Offset at);
/// A foreign operator after a complete operand.
[[nodiscard]] std::optional<Foreign> foreign_operator(std::string_view text, Offset at);

}  // namespace sprx
