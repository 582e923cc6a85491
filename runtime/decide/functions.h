// Functions: one handler a function, declared from the registry. A function without its handler does not link.
#pragma once

#include <span>
#include <string_view>

#include "compiler/table/rules.h"
#include "compiler/table/vocabulary.h"
#include "runtime/decide/datum.h"
#include "runtime/decide/inputs.h"

namespace sprx {

/// `arguments` are present; the one that may be a list is not one, but for `length`.
template <Function>
Datum call(Inputs& inputs, std::span<const Datum> arguments) = delete;

#define SPRX_FUNCTION(id, name, parameters, result, presence, doc) \
  template <>                                                      \
  Datum call<Function::id>(Inputs & inputs, std::span<const Datum> arguments);
#include "compiler/table/functions.def"
#undef SPRX_FUNCTION

/// Calls a function as the language says: absent where an argument is absent; over a list, the list of its results.
[[nodiscard]] Datum call_function(Function function, Inputs& inputs, std::span<const Datum> arguments);

/// A decimal number with an optional sign that fits 64 bits, else absent.
[[nodiscard]] Datum parse_integer(std::string_view text);

/// Whether a value is a digest or a text made of one: its comparison must not tell, by the time it takes, how much of a
/// guess was right. Lets and first arguments are followed for a few steps.
[[nodiscard]] bool made_of_digest(const RuleSet& rules, ExprId value);

}  // namespace sprx
