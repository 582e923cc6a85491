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
  bool whole_file = false;  ///< the file is not one of this language at all
  bool certain = false;     ///< the replacement means what the author meant
  Offset fix_end = 0;       ///< where the text to replace ends, if that is not `end`; then nothing may replace it
  Offset skip_to = 0;       ///< where parsing goes on, if that is not found by looking for the statement's end
  std::optional<SyntaxErrorKind> kind = std::nullopt;  ///< if it is no foreign spelling
};

/// A statement or declaration of another product that begins at `at`.
[[nodiscard]] std::optional<Foreign> foreign_statement(std::string_view text, Offset at, Place place);
/// Text in quotation marks that begin no string of this language.
[[nodiscard]] std::optional<Foreign> foreign_quotes(std::string_view text, Offset at);
/// A foreign value where an operand is wanted.
[[nodiscard]] std::optional<Foreign> foreign_operand(std::string_view text, Offset at);
/// `hdr(host) -i www.example.com`, `path_beg /api`: all of it, seen from where its value or its first flag begins.
[[nodiscard]] std::optional<Foreign> haproxy_comparison(std::string_view text, Offset at);
/// `acl office { "192.0.2.0"/24; }`
[[nodiscard]] std::optional<Foreign> vcl_acl(std::string_view text, Offset at);
/// `"192.0.2.0"/24`, seen from the `/`.
[[nodiscard]] std::optional<Foreign> length_behind_quotes(std::string_view text, Offset at);
/// A foreign operator after a complete operand.
[[nodiscard]] std::optional<Foreign> foreign_operator(std::string_view text, Offset at);

}  // namespace sprx
