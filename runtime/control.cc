#include "runtime/control.h"

#include <array>
#include <cerrno>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "runtime/http/ascii.h"
#include "runtime/http/head_parse.h"
#include "runtime/http/head_scan.h"
#include "runtime/http/head_write.h"
#include "runtime/stream.h"

namespace sprx {
namespace {

bool wait_for(int fd, short events, Milliseconds deadline) {
  const Milliseconds left = deadline - steady_ms();
  pollfd state{fd, events, 0};
  return left > 0 && ::poll(&state, 1, static_cast<int>(left)) > 0;
}

/// Reads until `bytes` has at least `size` bytes.
bool read_until(int fd, std::string& bytes, std::size_t size, Milliseconds deadline) {
  std::array<char, 4096> block;
  while (bytes.size() < size) {
    if (!wait_for(fd, POLLIN, deadline)) return false;
    const ssize_t got = ::recv(fd, block.data(), block.size(), MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (got <= 0) return false;
    bytes.append(block.data(), static_cast<std::size_t>(got));
  }
  return true;
}

void write_all(int fd, std::string_view text, Milliseconds deadline) {
  while (!text.empty() && wait_for(fd, POLLOUT, deadline)) {
    const ssize_t sent = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (sent < 0) return;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
}

ControlAnswer refusal(unsigned status, std::string_view why) { return {status, fmt::format("{}\n", why)}; }

/// Reads one request and answers it; nothing if the peer never sent a whole one.
ControlAnswer converse(int fd, const ControlActions& actions, bool& head_only) {
  const Milliseconds deadline = steady_ms() + kControlTimeoutMs;
  HeadLimits limits;
  limits.head = kControlHeadLimit;
  HeadScan scan(MessageKind::request);
  std::string bytes;
  HeadScan::Result result = HeadScan::Result::more;
  while (result == HeadScan::Result::more) {
    if (!read_until(fd, bytes, bytes.size() + 1, deadline)) return refusal(408, "the request did not arrive in time");
    result = scan.scan(bytes, limits);
  }
  ParsedHead head;
  if (result == HeadScan::Result::bad) return refusal(info(scan.reason()).status, info(scan.reason()).text);
  const std::size_t head_size = scan.size();
  if (const Reason reason = parse_request_head(std::string_view(bytes).substr(0, head_size), kControlHeadLimit, head);
      reason != Reason::none) {
    return refusal(info(reason).status, info(reason).text);
  }
  if (head.framing.kind == BodyKind::chunked) return refusal(411, "the body needs a Content-Length");
  const std::uint64_t length = head.framing.length;
  if (length > kControlBodyLimit) return refusal(413, "the body is too large");
  std::string accept;
  for (const HeaderLine& line : head.headers) {
    if (equals_nocase(line.name, "accept")) accept = line.value;
  }
  const std::string method(head.method);
  const std::string target(head.target);
  head_only = method == "HEAD";
  if (!read_until(fd, bytes, head_size + length, deadline)) return refusal(408, "the body did not arrive in time");
  const std::string_view body = std::string_view(bytes).substr(head_size, length);
  return answer_control(head_only ? "GET" : method, target, accept, body, actions);
}

}  // namespace

ControlAnswer answer_control(std::string_view method, std::string_view target, std::string_view accept,
                             std::string_view body, const ControlActions& actions) {
  const std::string_view path = target.substr(0, target.find('?'));
  const bool reads = path == "/status" || path == "/metrics" || path == "/rules" || path == "/healthz";
  constexpr std::string_view kMessage = "/message/";
  const bool acts = path == "/reload" || path == "/reopen-logs" || path == "/drain" || path.starts_with(kMessage);
  if (!reads && !acts)
    return refusal(404, "there are /status /metrics /rules /healthz /reload /reopen-logs /drain /message/NAME");
  if (method != (reads ? "GET" : "POST")) return refusal(405, reads ? "use GET" : "use POST");
  if (path == "/status")
    return accept.find("text/plain") != std::string_view::npos ? actions.status_text() : actions.status_json();
  if (path == "/metrics") return actions.metrics();
  if (path == "/rules") return actions.rules();
  if (path == "/healthz") return actions.health();
  if (path == "/reload") return actions.reload();
  if (path == "/reopen-logs") return actions.reopen_logs();
  if (path == "/drain") return actions.drain();
  return actions.message(path.substr(kMessage.size()), body);
}

void serve_control(int fd, const ControlActions& actions) {
  bool head_only = false;
  const ControlAnswer answer = converse(fd, actions, head_only);
  std::string out;
  write_status_line(out, static_cast<std::uint16_t>(answer.status),
                    phrase_of(static_cast<std::uint16_t>(answer.status)));
  write_header(out, "Content-Type", answer.content_type);
  write_framing(out, {OutFraming::Kind::length, answer.body.size()});
  write_connection(out, OutConnection::close);
  out.append("\r\n");
  if (!head_only) out.append(answer.body);
  const Milliseconds deadline = steady_ms() + kControlTimeoutMs;
  write_all(fd, out, deadline);
  ::shutdown(fd, SHUT_WR);
  // So that the peer reads the answer before our kernel resets what it still sends; bounded in time and size.
  std::string rest;
  read_until(fd, rest, kControlBodyLimit, std::min(deadline, steady_ms() + 1'000));
  ::close(fd);
}

}  // namespace sprx
