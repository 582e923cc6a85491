// What the following of redirects begins with: whether they can be followed at all, and the first request.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/sets/concrete.h"
#include "compiler/table/rules.h"

namespace sprx {

/// False: a redirect may be asked for once only, what a query keeps is edited on the way, or another rule says where it
/// leads.
[[nodiscard]] bool can_be_followed(const RuleSet& rules);

/// Whether a rule says what a client tells of where it comes from (Referrer-Policy).
[[nodiscard]] bool says_referrer_policy(const RuleSet& rules);

/// Whether the box says something of a header or cookie that is sent and of this kind.
[[nodiscard]] bool any_header_sent(const sets::Space& space, const sets::Box& box,
                                   const std::function<bool(Field, std::string_view)>& is_it);

/// Whether the requests of a box have a header that the next request of the client may be without: those of a content
/// after all but 307 and 308 (RFC 9110, 15.4), and Referer.
[[nodiscard]] bool loses_headers(const sets::Space& space, const sets::Box& box, std::uint16_t status,
                                 bool referrer_policy);

/// The response rules that could change a redirect made here.
[[nodiscard]] std::vector<std::uint32_t> redirect_meddlers(const RuleSet& rules);

/// Whether a rule matches whenever its condition holds, from some time on.
[[nodiscard]] bool is_lasting(const RuleSet& rules, const Rule& rule);

/// Whether a rule denies, or answers with an error.
[[nodiscard]] bool refuses(const RuleSet& rules, const Rule& rule);

/// Whether a rule lets requests pass although its condition holds: in a dry run, or those within a limit.
[[nodiscard]] bool is_passed_over(const RuleSet& rules, const Rule& rule);

/// The action that ends the request; nullptr where the rule has none.
[[nodiscard]] const Action* terminal_of(const RuleSet& rules, const Rule& rule);

/// The URL of a request that the box holds, and `*method`, where the box names one; nothing where a part is not known.
[[nodiscard]] std::optional<sets::Url> first_url(const sets::Space& space, const sets::Box& box, std::string* method);

/// Notes on what is taken for granted of the requests of a box: headers, flags that do not stand as declared, dynamic
/// lists.
[[nodiscard]] std::vector<std::string> assumptions(const sets::Space& space, const sets::Box& box);

}  // namespace sprx
