// Message: the working copy of a head that edits are applied to and that is sent on. Views into the arena and the
// buffers.
#pragma once

#include <string_view>
#include <vector>

#include "runtime/decide/facts.h"

namespace sprx {

/// A request on its way upstream. Untouched parts are the bytes that came; order, case and duplicates of headers stay.
struct RequestMessage {
  std::string_view method;
  std::string_view path;   ///< raw, as it will be sent
  std::string_view query;  ///< without `?`
  bool has_query = false;
  std::vector<HeaderLine>
      headers;  ///< end-to-end headers; hop-by-hop and framing ones were taken out, Host is one of them
};

/// A response on its way to the client.
struct ResponseMessage {
  std::uint16_t status = 0;
  std::string_view reason;
  std::vector<HeaderLine> headers;
};

}  // namespace sprx
