// Edits of the lists inside a message: query parameters of a raw query, cookies of Cookie lines, header lines.
#pragma once

#include <string_view>
#include <vector>

#include "runtime/decide/arena.h"
#include "runtime/decide/decision.h"
#include "runtime/decide/message.h"

namespace sprx {

/// set, add, unset of a header; the others stay where and as they are.
void edit_headers(const RuleSet& rules, const Edit& edit, std::vector<HeaderLine>& headers);

/// The query after set, add, unset, keep or sort; parameters that are not touched keep their bytes. `has_query` says
/// whether there is a `?` and is cleared when the last parameter goes.
[[nodiscard]] std::string_view edit_query(const RuleSet& rules, const Edit& edit, std::string_view query,
                                          bool& has_query, Arena& arena);

/// set, add, unset, keep of request cookies; a Cookie line that becomes empty goes.
void edit_cookies(const RuleSet& rules, const Edit& edit, std::vector<HeaderLine>& headers, Arena& arena);

/// set, add, unset of the cookies that a response sets.
void edit_set_cookies(const RuleSet& rules, const Edit& edit, std::vector<HeaderLine>& headers, Arena& arena);

}  // namespace sprx
