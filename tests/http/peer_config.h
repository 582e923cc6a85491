// Configurations with which other proxies do what sprx does by default: pass everything through, streaming, with
// keep-alive.
#pragma once

#include <cstdint>
#include <string>

namespace sprx::http_suite {

struct PeerPlaces {
  std::string folder;  ///< a directory of its own
  std::uint16_t port;  ///< to listen on
  std::uint16_t origin_port;
  std::string extra;  ///< nginx: lines in `http`; haproxy: lines in `defaults`; varnish: nothing
};

[[nodiscard]] std::string nginx_config(const PeerPlaces& places);
[[nodiscard]] std::string haproxy_config(const PeerPlaces& places);
[[nodiscard]] std::string varnish_config(const PeerPlaces& places);

}  // namespace sprx::http_suite
