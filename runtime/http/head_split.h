// A head that HeadScan has passed, split into views by Beast's basic_parser. A Connection that is no list of tokens
// (`keep-alive; timeout=5`), which Beast refuses and others send and take, is let past it: such a line goes no further
// than this hop, and what of it is an option is read by us.
#pragma once

#include <string_view>

#include "runtime/http/head_parse.h"
#include "runtime/http/reason.h"

namespace sprx {

/// Sets the first line's and the header lines' parts of `out`, whose headers have to be empty. Anything but
/// Reason::none: Beast, in its own terms, refuses the head.
[[nodiscard]] Reason split_request_head(std::string_view bytes, ParsedHead& out);
[[nodiscard]] Reason split_response_head(std::string_view bytes, ParsedHead& out);

}  // namespace sprx
