// The `host[:port]` of a Host field or a URL: what is a host here, and in which form rules see it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sprx {

struct Authority {
  std::string_view host;   ///< neither empty nor longer than 255 bytes, without one dot at its end; else as written
  std::uint16_t port = 0;  ///< 0 where there is none
};

/// Absent where the port is no port or the host is empty or too long. Says nothing else of the host.
[[nodiscard]] std::optional<Authority> split_authority(std::string_view authority);

/// Labels of ASCII letters, digits, `-` and `_`, none of them empty: with its capitals folded it is as rules see it.
[[nodiscard]] bool is_host_name(std::string_view host);

/// Whether an authority is a host alone, and as rules see it already: such a name in lower case, without a port.
[[nodiscard]] bool is_plain_host(std::string_view authority);

/// The form in which rules see a host that is no `is_host_name`: an address in brackets in its one spelling, a name
/// that is not ASCII as A-labels. Absent where it is no host. Allocates.
[[nodiscard]] std::optional<std::string> unusual_host(std::string_view host);

}  // namespace sprx
