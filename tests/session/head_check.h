// HeadCheck: the reading of heads and chunked bodies held against the framing model. What is claimed of any bytes: the
// verdict does not depend on how they are cut; what is accepted is what the model accepts and means the same; views lie
// within the bytes.
#pragma once

#include <string>
#include <string_view>

namespace sprx::testing {

/// "" or what does not hold. The first byte of each says how the rest is cut.
[[nodiscard]] std::string broken_request_head(std::string_view bytes);
/// The second byte: whether it answers a HEAD request.
[[nodiscard]] std::string broken_response_head(std::string_view bytes);
/// Here both verdicts have to agree, in both directions.
[[nodiscard]] std::string broken_chunked(std::string_view bytes);

}  // namespace sprx::testing
