// Listening sockets: one a worker on one port, shared out by the kernel (SO_REUSEPORT).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sprx {

/// Whether other sockets, of this process or another one, may listen on the same port.
enum class PortUse : std::uint8_t { shared, alone };

/// Binds `count` listening sockets to `address` ("" for all, IPv6 and IPv4 on one socket where there is IPv6) and
/// `port` (0: any free one; set to the one that was taken). On failure returns the reason and leaves `sockets` empty.
[[nodiscard]] std::optional<std::string> listen_on(const std::string& address, std::uint16_t& port, unsigned count,
                                                   std::vector<int>& sockets, PortUse use = PortUse::shared);

}  // namespace sprx
