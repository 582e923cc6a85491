// apply: the only place that edits a message. Carries a Decision out on working copies.
#pragma once

#include <optional>
#include <string_view>

#include "runtime/decide/decision.h"
#include "runtime/decide/message.h"

namespace sprx {

class Arena;

/// Applies the request edits (header, query, cookie, path, host) in order; response edits are left for apply_response.
/// `origin` becomes the header `section-origin`. New text goes into `arena`.
void apply_request(const RuleSet& rules, const Decision& decision, Arena& arena, RequestMessage& message);

/// Applies the response edits of `decision`: of the request phase's (held) first, then of the response phase's; call it
/// for each.
void apply_response(const RuleSet& rules, const Decision& decision, Arena& arena, ResponseMessage& message);

/// The answer that a terminal (respond, redirect, deny) makes: status, headers (Content-Type, Location with keep_query
/// worked out against `outgoing`), without framing, Date, Via. The body is `final_body(decision, out, arena)` once the
/// edits are done.
void make_answer(const RuleSet& rules, const Decision& decision, const RequestMessage& outgoing, Arena& arena,
                 ResponseMessage& out);

/// The body of an answer made here; "" for redirects without one and for statuses that have none (204, 205, 304).
[[nodiscard]] std::string_view body_of(const Decision& decision);

/// The same once all edits of `answer`, which `decision` made, are done: text of the request in it is escaped for the
/// type that the answer has now, whichever rule gave it that. Nothing: it is longer than a text may be.
[[nodiscard]] std::optional<std::string_view> final_body(const Decision& decision, const ResponseMessage& answer,
                                                         Arena& arena);

/// The value of the first header called `name` (any case), nullptr where there is none.
[[nodiscard]] const HeaderLine* find_header(std::span<const HeaderLine> headers, std::string_view name);

}  // namespace sprx
