// Slashes where a path is put together: `"/new/${path}"` has two of them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>

#include "compiler/check_view.h"
#include "compiler/found_rows.h"
#include "compiler/scopes.h"

namespace sprx {

/// In what rules write.
class Slashes {
 public:
  explicit Slashes(const CheckView& view) : view_(view) {}

  void look_at(const ast::Expr& e, const Env& env);

 private:
  void look_at_row(const ast::Expr& table, const ast::Expr& value, const Env& env);

  const CheckView view_;
  std::unordered_map<std::uint32_t, std::size_t> ended_rows_;  ///< by TableId: the first row that ends in `/`
};

/// In the targets of a `redirects` file; told once.
class SlashRows {
 public:
  /// `{name}` at `at` of a target, behind `before`.
  void look_at(const DataCell& cell, std::size_t at, std::string_view before, const Env& env);
  void tell(DiagnosticList& out) const;

 private:
  FoundRows rows_;
  std::string message_;  ///< of the first
  std::string help_;
};

}  // namespace sprx
