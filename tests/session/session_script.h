// SessionScript: what both ends of a proxy do, as a list of steps in memory: made from bytes (a fuzzer's), from the
// transcripts of testdata/http, and played against MemoryProxy.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace sprx::testing {

struct SessionStep {
  enum class Kind : std::uint8_t {
    client_sends,  ///< `bytes`, at once
    origin_sends,  ///< on the connection that the proxy made last
    client_drips,  ///< byte by byte, each read before the next is sent
    origin_drips,
    client_fin,
    origin_fin,
    client_reset,
    origin_reset,
    pass,  ///< `amount` times 100 ms
    origin_refuses,
    origin_accepts,
    origin_silent,
    client_window,  ///< the client takes `amount` more bytes and then none; 0: all
    origin_window,
    origin_answers,  ///< a plain 200
    next_client,     ///< the client goes away and another one comes
  };
  static constexpr std::size_t kKinds = 16;
  Kind kind = Kind::client_sends;
  std::uint16_t amount = 0;
  std::string bytes;
  friend bool operator==(const SessionStep&, const SessionStep&) = default;
};

/// A step is a byte for its kind (modulo kKinds) and, where it has bytes or an amount, two for their number.
[[nodiscard]] std::vector<SessionStep> script_of(std::string_view bytes);
[[nodiscard]] std::string bytes_of(const std::vector<SessionStep>& script);

struct NamedScript {
  std::string name;
  std::vector<SessionStep> script;
};
/// Every case of testdata/http with what its two ends send; what they wait for is left out. Flows and crowds have none.
[[nodiscard]] std::vector<NamedScript> scripts_of_transcripts(const std::filesystem::path& folder);

}  // namespace sprx::testing
