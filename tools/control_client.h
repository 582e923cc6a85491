// One request to a running proxy over its control socket, and what came of it.
#pragma once

#include <boost/system/error_code.hpp>
#include <chrono>
#include <string>

namespace sprx {

struct ControlRequest {
  bool post = false;
  std::string target;
  std::string accept;
  std::string body;
  /// A reload of the largest configuration takes seconds; a proxy that says nothing for this long is stuck.
  std::chrono::seconds patience{120};
};

struct ControlReply {
  /// `unreachable`: something keeps us from the socket, such as its permissions; `failed`: connected, no answer.
  enum class State { waiting, done, not_running, unreachable, failed } state = State::waiting;
  unsigned status = 0;
  std::string body;
  boost::system::error_code error;
};

/// Waits for the answer as long as the request has patience.
[[nodiscard]] ControlReply ask_proxy(const std::string& socket, const ControlRequest& request);

}  // namespace sprx
