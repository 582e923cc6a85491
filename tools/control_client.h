// One request to a running proxy over its control socket, and what came of it.
#pragma once

#include <boost/system/error_code.hpp>
#include <string>

namespace sprx {

struct ControlRequest {
  bool post = false;
  std::string target;
  std::string accept;
  std::string body;
};

struct ControlReply {
  enum class State { waiting, done, not_running, failed } state = State::waiting;
  unsigned status = 0;
  std::string body;
  boost::system::error_code error;
};

/// Waits for the answer, two minutes at most.
[[nodiscard]] ControlReply ask_proxy(const std::string& socket, const ControlRequest& request);

}  // namespace sprx
