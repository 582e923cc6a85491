// Values among conditions: what `path under "/a" or "/b"` and `header["A"] or "x"` were meant to be.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/ast.h"
#include "grammar/source.h"

namespace sprx {

/// A value that stands beside a comparison, and what is written for it.
struct JoinedValue {
  Span where;               ///< the value
  Span place;               ///< what `text` is written for
  std::string help;         ///< with `text` in it
  std::string text;         ///< a whole condition
  std::size_t operand = 0;  ///< which of the operands the value stands in
  bool whole = false;       ///< `text` is for all of the operands
  bool binds = false;       ///< the comparison may have captures
};

/// Of an `and` or an `or`.
[[nodiscard]] std::optional<JoinedValue> joined_value(const SourceSet& sources, const ast::Expr& joined);
/// `header["A"] ?? "x"` for `header["A"] or "x"`, where a value is wanted; "" where it is a condition.
[[nodiscard]] std::string default_meant(const SourceSet& sources, const ast::Expr& joined);
/// `path nocase under "/admin"` for `lower(path) under "/admin"`; "" where it is another one.
[[nodiscard]] std::string without_case(const SourceSet& sources, const ast::Expr& comparison);
/// `path like "/a/*"` for `uri like "/a/*"` and `lower(path) like "/a/*"`; "" where it is another one.
[[nodiscard]] std::string like_meant(const SourceSet& sources, const ast::Expr& comparison);
/// `"https://${host}/new"` for the texts and fields from the second of `arguments` on; "" where they are not only that.
[[nodiscard]] std::string joined_target(const SourceSet& sources, const std::vector<ast::Expr>& arguments);

}  // namespace sprx
