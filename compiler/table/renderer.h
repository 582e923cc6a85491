// Renderer: expressions as text, with the names of captures that the conditions around them bind.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "compiler/table/rules.h"

namespace sprx {

/// Appends text as it stands inside a string literal.
void append_literal_text(std::string_view text, std::string& out);
[[nodiscard]] std::string quoted(std::string_view text);
/// `10m`, `1500ms`.
[[nodiscard]] std::string duration_text(std::int64_t milliseconds);
/// RFC 3339 in UTC, without quotes.
[[nodiscard]] std::string time_text(std::int64_t microseconds);
/// `10/s`, `1/10s`.
[[nodiscard]] std::string rate_text(const Limit& limit);

class Renderer {
 public:
  /// How tightly a piece holds together, loosest first; what is looser than its place wants gets parentheses.
  enum class Level : std::uint8_t { any, conjunction, negation, comparison, value, primary };

  explicit Renderer(const RuleSet& rules) : rules_(rules), pool_(rules.pool) {}
  /// Takes over the names of the captures that a condition binds.
  void name_captures(ExprId id);
  [[nodiscard]] std::string value(ExprId id, Level least = Level::any) const;
  /// What stands right of the operator of a comparison.
  [[nodiscard]] std::string right(const Expr& e) const;
  [[nodiscard]] static std::string cidr(const Cidr& value);
  [[nodiscard]] static std::string pattern(const Pattern& value);

 private:
  [[nodiscard]] std::string_view text(StrId id) const { return pool_.strings.view(id); }
  [[nodiscard]] std::string list(const List& list) const;
  [[nodiscard]] std::string row(const Keys& keys, std::size_t i) const;
  [[nodiscard]] std::optional<std::string> comparison_text(const Expr& e, bool negated) const;
  [[nodiscard]] std::string joined(const Expr& e, std::string_view word, Level level) const;
  [[nodiscard]] std::string choose(const Expr& e) const;
  [[nodiscard]] std::string score(const Expr& e) const;
  [[nodiscard]] std::string concat(const Expr& e) const;
  [[nodiscard]] std::string condition(const Expr& e, Level& level) const;
  [[nodiscard]] std::string number(const Expr& e) const;
  [[nodiscard]] std::string plain_value(const Expr& e) const;

  const RuleSet& rules_;
  const ExprPool& pool_;
  std::map<std::uint32_t, std::string> captures_;
};

}  // namespace sprx
