// Digests: SHA-256 and HMAC-SHA-256 by libcrypto.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sprx {

using Sha256 = std::array<std::uint8_t, 32>;

/// Of `first` and then `second`. Absent where libcrypto fails, which it does only when it cannot work at all.
[[nodiscard]] std::optional<Sha256> sha256(std::string_view first, std::string_view second = {});

/// RFC 2104 with SHA-256.
[[nodiscard]] std::optional<Sha256> hmac_sha256(std::string_view key, std::string_view text);

/// Whether two texts are equal, in a time that depends on nothing but their sizes: of digests, so that a guess does not
/// tell how much of it was right.
[[nodiscard]] bool digests_equal(std::string_view a, std::string_view b, bool nocase);

}  // namespace sprx
