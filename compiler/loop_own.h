// Redirects whose target is what was asked for, whatever that was: found without a request for them, which nobody can
// make where a pattern is asked.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/table/rules.h"

namespace sprx {

/// A rule that redirects requests to themselves, and which of them: all, or those for https, or without a query.
struct OwnCircle {
  std::uint32_t rule = 0;
  std::uint16_t status = 0;
  bool https = false;
  bool no_query = false;
  bool of_path = false;  ///< it asks for the path
};

/// The request rules of this kind, where nothing that they ask for differs between the request and its target.
[[nodiscard]] std::vector<OwnCircle> own_circles(const RuleSet& rules);

/// Whether a response rule of this condition is not for answers of rules with that status.
[[nodiscard]] bool leaves_answer(const RuleSet& rules, ExprId condition, std::uint16_t status);

}  // namespace sprx
