// MetricsListener: a port of its own for those who may look and not touch: GET /metrics and /healthz, one request a
// connection. One thread that never waits for a peer; what a peer may hold is bounded in number, time and bytes.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "runtime/control.h"
#include "runtime/stream.h"

namespace sprx {

struct ScrapeLimits {
  std::size_t connections = 16;       ///< past it the oldest that is not being answered makes room
  std::size_t head = 8 * 1024;        ///< of a request
  std::size_t discarded = 64 * 1024;  ///< what a peer may send after its request before it is cut off
  Milliseconds request = 5'000;       ///< until the request is there
  Milliseconds answer = 10'000;       ///< until the answer has been taken
};

class MetricsListener {
 public:
  using Answer = std::function<ControlAnswer(std::string_view path)>;

  explicit MetricsListener(ScrapeLimits limits = {});
  ~MetricsListener();
  MetricsListener(const MetricsListener&) = delete;
  MetricsListener& operator=(const MetricsListener&) = delete;

  /// Listens, and shares the port with nobody. Returns the reason on failure.
  [[nodiscard]] std::optional<std::string> bind(const std::string& address, std::uint16_t port);
  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// `answer` is called on the listener's thread. Nothing happens if nothing is bound.
  void start(Answer answer);
  void stop();

 private:
  class Connection;
  void run();
  void accept_one();
  [[nodiscard]] bool make_room();

  ScrapeLimits limits_;
  Answer answer_;
  std::uint16_t port_ = 0;
  int listener_ = -1;
  int wake_ = -1;
  Milliseconds paused_until_ = 0;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::thread thread_;
};

}  // namespace sprx
