// The first part of a trace: a made-up request becomes the bytes that would be on the wire and goes through the proxy's
// own parser, so that what the proxy refuses is refused here too.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/decide/facts.h"
#include "tools/trace.h"

namespace sprx {

/// A request head after parsing. Not copied or moved: the views point into `bytes`.
struct ArrivedHead {
  ArrivedHead() = default;
  ArrivedHead(const ArrivedHead&) = delete;
  ArrivedHead& operator=(const ArrivedHead&) = delete;

  std::string bytes;
  std::vector<HeaderLine> headers;     ///< as conditions see them: without those that Connection names
  std::vector<HeaderLine> end_to_end;  ///< those that a proxy sends on: no hop-by-hop and framing fields
  RequestHead head;
  std::uint16_t refused = 0;  ///< the status of the answer if the parser refuses it; `error` is then the reason word
  std::string_view error;
};

/// Header lines that the request did not bring but the platform and the settings promise are added before parsing.
void arrive(const TraceRequest& request, const RuleSet& rules, ArrivedHead& out);

/// The status line's phrase, "" where there is none.
[[nodiscard]] std::string_view status_phrase(std::uint16_t status);

/// Whether `a` and `b` are the same header name.
[[nodiscard]] bool same_name(std::string_view a, std::string_view b);

}  // namespace sprx
