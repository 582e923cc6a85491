// Never: why a field or a function never holds a text. Pure questions; check_never.cc puts them to literals,
// check_row_uses.cc to the rows of lists and tables.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "compiler/diagnostics.h"
#include "compiler/table/expr.h"
#include "compiler/table/lists.h"
#include "compiler/table/pattern.h"

namespace sprx {

struct Never {
  std::string why;
  std::string form;     ///< the form that can be, "" where none is like it
  std::string help;     ///< instead of what follows from the form
  std::string similar;  ///< another word that can be
  Kind kind = Kind::never_equal;
};

/// Of the whole text. `type` is the field's: a `path` and a `host` are canonical.
[[nodiscard]] std::optional<Never> field_never(Field field, const std::string& text, bool nocase);
[[nodiscard]] std::optional<Never> call_never(const ExprPool& pool, const Expr& call, const std::string& text,
                                              bool nocase);
/// Of the whole text of a field or a call.
[[nodiscard]] std::optional<Never> value_never(const ExprPool& pool, const Expr& value, const std::string& text,
                                               bool nocase);
/// Of a text that stands somewhere in it, at its beginning or at its end.
[[nodiscard]] std::optional<Never> fragment_never(Field field, const std::string& text, MatchMode mode, bool nocase);
/// Of all texts that a pattern matches.
[[nodiscard]] std::optional<Never> pattern_never(Field field, const Pattern& pattern);
[[nodiscard]] std::optional<Never> pattern_never(Function function, const Pattern& pattern);
/// Whether text beside a field without a form of its own is meant as one with `*` at its ends: `*bot*`, `curl*`.
/// `name`: the header's.
[[nodiscard]] bool is_wildcard_in_text(Field field, std::string_view name, std::string_view text);
/// Whether a name that is read is meant as many: `utm_*`.
[[nodiscard]] bool is_name_of_many(std::string_view name);
/// Of a text that a header, a parameter or a cookie hardly ever is. `name`: of it.
[[nodiscard]] std::optional<Never> unlike_never(Field field, std::string_view name, const std::string& text,
                                                MatchMode mode);
/// Why no path holds what a URL has behind a `#`.
inline constexpr std::string_view kFragmentStays =
    "what follows the `#` of a URL stays in the browser and is never sent: leave it out";
/// Of a text of a path that holds a query or a fragment, as a URL does.
[[nodiscard]] std::optional<Never> not_of_path(std::string_view text);
/// Of a number from `first` to `last`. `subject`: a field, a call or a score.
[[nodiscard]] std::optional<Never> number_never(const ExprPool& pool, const Expr& subject, std::int64_t first,
                                                std::int64_t last);
/// Of `subject < number` and the like, which never holds or, of Kind::always_holds, always.
[[nodiscard]] std::optional<Never> order_never(const ExprPool& pool, const Expr& subject, Op op, std::int64_t number);
/// Whether all numbers that `subject` can be are in the range.
[[nodiscard]] std::optional<Never> range_always(const ExprPool& pool, const Expr& subject, std::int64_t first,
                                                std::int64_t last);
/// Of a text in what a function makes. `whole`: all of it.
[[nodiscard]] std::optional<Never> result_never(const ExprPool& pool, const Expr& call, const std::string& text,
                                                bool nocase, bool whole);

}  // namespace sprx
