// cost: where the time of a request and the memory of a table go, in a rule author's words.
#pragma once

#include <string>

#include "compiler/table/table.h"

namespace sprx {

/// Rules named under one reason; the others are counted.
inline constexpr std::size_t kRulesNamedInCost = 20;

/// What every request pays for, which rules cause it and what would make it cheaper; then what takes memory.
[[nodiscard]] std::string cost(const DecisionTable& table);

}  // namespace sprx
