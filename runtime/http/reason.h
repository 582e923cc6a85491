// Reason: every way in which a message can end other than well. One list gives the status, the word in the access log
// and in metrics, the RFC 9209 error type and the text for the client.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace sprx {

enum class Reason : std::uint8_t {
#define SPRX_REASON(id, status, seen, type, text) id,
#include "compiler/table/reasons.def"
#undef SPRX_REASON
};

struct ReasonInfo {
  std::string_view word;  ///< as in the access log and `response.error`
  std::uint16_t status;   ///< what the client gets where an answer is still possible; 0: the connection is just closed
  std::string_view type;  ///< RFC 9209 proxy error type
  std::string_view text;  ///< the body of the answer; says nothing of the inside
};

inline constexpr auto kReasons = std::to_array<ReasonInfo>({
#define SPRX_REASON(id, status, seen, type, text) {#id, status, type, text},
#include "compiler/table/reasons.def"
#undef SPRX_REASON
});

[[nodiscard]] constexpr const ReasonInfo& info(Reason reason) { return kReasons[static_cast<std::size_t>(reason)]; }

}  // namespace sprx
