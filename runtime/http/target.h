// Request targets and Host values: which forms are taken, and how absolute-form becomes origin-form.
#pragma once

#include <string_view>

#include "runtime/http/head_parse.h"

namespace sprx {

/// Where a request goes, as views into its head.
struct TargetParts {
  std::string_view target;     ///< origin-form, or `*`; "/" where absolute-form had no path
  std::string_view authority;  ///< of absolute-form, else the Host value; "" if HTTP/1.0 had none
  std::string_view
      absolute_query;  ///< set where absolute-form had a query but no path: `target` is then "/" and lacks it
};

/// Checks Host (one, valid, there in HTTP/1.1) and the form of the target. absolute-form (http, https) must name the
/// Host that the Host field names. Result none: `out` is set.
[[nodiscard]] Reason read_target(const ParsedHead& head, TargetParts& out);

/// `host[:port]`: a registered name of letters, digits and `-._~!$&'()*+,;=%`, or `[IPv6]`; the port is 1 to 5 digits
/// up to 65535.
[[nodiscard]] bool is_authority(std::string_view text);

}  // namespace sprx
