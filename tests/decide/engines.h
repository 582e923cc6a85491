// Both evaluators asked about one message.
#pragma once

#include <string>

#include "runtime/decide/plain.h"
#include "tests/decide/message.h"

namespace sprx::test {

/// `decision` as text for comparing and for messages: all that rules say, not what its body is made of.
[[nodiscard]] std::string describe(const RuleSet& rules, Phase phase, const Decision& decision);

/// What the index and the plain evaluator decide and ask of the ledger, one below the other with the message and the
/// table, where that is not the same; empty where it is. `decided`, if asked for, is what the index decides, with views
/// into the message and the table.
[[nodiscard]] std::string difference(const DecisionTable& table, const LiveView& live, Message& message, Phase phase,
                                     Scratch& scratch, Decision* decided = nullptr);

}  // namespace sprx::test
