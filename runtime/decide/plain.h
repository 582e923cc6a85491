// The plain evaluator: walks every rule one by one, every list row by row, with no index. The judge of `decide`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runtime/decide/decide.h"

namespace sprx {

/// Same results as decide_request / decide_response, worked out the slow and obvious way.
void decide_plain(const DecisionTable& table, Phase phase, const RequestFacts& request, const ResponseHead* response,
                  const LiveView& live, Ledger& ledger, Arena& arena, Decision& out);

/// Why one rule did not match: the first condition that failed, as a rule author would write it, with both values.
struct WhyNot {
  std::string rule;
  std::string atom;
  std::string left;  ///< "absent" where it was
  std::string right;
  bool close = false;    ///< something before it held, or only a guard said no
  bool negated = false;  ///< any value but `right` is wanted
};

/// For every rule that the walk reached and that did not match, the first atom that failed. Rules after the one that
/// ended the phase are not reached. Limits are charged as in a decision: give it a ledger of its own.
[[nodiscard]] std::vector<WhyNot> explain(const DecisionTable& table, Phase phase, const RequestFacts& request,
                                          const ResponseHead* response, const LiveView& live, Ledger& ledger,
                                          Arena& arena);

/// Why rule `index`, which the walk reached, did not match: nothing where its condition and its guards hold. A limit is
/// not asked again, it is taken to have had a token left.
[[nodiscard]] std::optional<WhyNot> explain_rule(const DecisionTable& table, Phase phase, std::uint32_t index,
                                                 const RequestFacts& request, const ResponseHead* response,
                                                 const LiveView& live, Arena& arena);

}  // namespace sprx
