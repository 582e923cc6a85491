// Names of HAProxy's samples, for whoever meets them in text.
#pragma once

#include <string>
#include <string_view>

namespace sprx {

/// The field of a sample of HAProxy's, `src` or `hdr(host),lower`, with what is done to it there; "" if it is none.
[[nodiscard]] std::string haproxy_field(std::string_view sample);

}  // namespace sprx
