// Control: what is said over the control socket. HTTP/1.1, one request a connection: GET /status /metrics /rules
// /healthz, POST /reload /reopen-logs /drain /message/NAME (arguments are the body).
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace sprx {

struct ControlAnswer {
  unsigned status = 200;
  std::string body;
  std::string_view content_type = "text/plain; charset=utf-8";
};

/// What the socket can ask for. Called on threads of the control socket, several at a time.
struct ControlActions {
  std::function<ControlAnswer()> status_json;
  std::function<ControlAnswer()> status_text;
  std::function<ControlAnswer()> metrics;
  std::function<ControlAnswer()> rules;
  std::function<ControlAnswer()> health;
  std::function<ControlAnswer()> reload;
  std::function<ControlAnswer()> reopen_logs;
  std::function<ControlAnswer()> drain;
  std::function<ControlAnswer(std::string_view name, std::string_view arguments)> message;
};

/// The longest a peer may take to send its request or to read the answer.
inline constexpr int kControlTimeoutMs = 5'000;
inline constexpr std::size_t kControlHeadLimit = 16 * 1024;
inline constexpr std::size_t kControlBodyLimit = 64 * 1024;

/// Serves the connection `fd` and closes it.
void serve_control(int fd, const ControlActions& actions);

/// The answer to one request; `serve_control` without the socket.
[[nodiscard]] ControlAnswer answer_control(std::string_view method, std::string_view target, std::string_view accept,
                                           std::string_view body, const ControlActions& actions);

}  // namespace sprx
