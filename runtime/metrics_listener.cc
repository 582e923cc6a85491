#include "runtime/metrics_listener.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

#include "runtime/http/head_parse.h"
#include "runtime/http/head_scan.h"
#include "runtime/http/head_write.h"
#include "runtime/listen.h"

namespace sprx {
namespace {

ControlAnswer refusal(const ReasonInfo& why) { return {why.status, std::string(why.text) + "\n"}; }

std::string wire_text(const ControlAnswer& answer, bool head_only) {
  std::string out;
  const auto status = static_cast<std::uint16_t>(answer.status);
  write_status_line(out, status, phrase_of(status));
  write_header(out, "Content-Type", answer.content_type);
  write_header(out, "Cache-Control", "no-store");
  if (status == 405) write_header(out, "Allow", "GET, HEAD");
  write_framing(out, {OutFraming::Kind::length, answer.body.size()});
  write_connection(out, OutConnection::close);
  out.append("\r\n");
  if (!head_only) out.append(answer.body);
  return out;
}

/// How long no connection is taken after one could not be.
constexpr Milliseconds kAcceptPause = 100;

bool would_block() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

}  // namespace

/// One peer: reads a request, is answered, and is read to its end so that its kernel does not throw the answer away.
class MetricsListener::Connection {
 public:
  Connection(int fd, const ScrapeLimits& limits)
      : fd_(fd), limits_(limits), deadline_(steady_ms() + limits.request), scan_(MessageKind::request) {}
  ~Connection() { ::close(fd_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  [[nodiscard]] pollfd wanted() const {
    return {fd_, static_cast<short>(state_ == State::writing ? POLLOUT : POLLIN), 0};
  }
  [[nodiscard]] Milliseconds deadline() const { return deadline_; }
  /// It has sent no request yet, or has its answer.
  [[nodiscard]] bool dispensable() const { return state_ != State::writing; }

  /// The socket is ready. False: it is over.
  bool go_on(const Answer& answer) {
    switch (state_) {
      case State::reading:
        return read(answer);
      case State::writing:
        return write();
      case State::ending:
        return discard();
    }
    return false;
  }

 private:
  enum class State : std::uint8_t { reading, writing, ending };

  bool read(const Answer& answer) {
    std::array<char, 2048> block;
    const ssize_t got = ::recv(fd_, block.data(), block.size(), MSG_DONTWAIT);
    if (got < 0 && would_block()) return true;
    if (got <= 0) return false;
    in_.append(block.data(), static_cast<std::size_t>(got));
    HeadLimits limits;
    limits.head = limits_.head;
    const HeadScan::Result result = scan_.scan(in_, limits);
    if (result == HeadScan::Result::more) return true;
    bool head_only = false;
    const ControlAnswer said =
        result == HeadScan::Result::bad ? refusal(info(scan_.reason())) : respond(answer, head_only);
    out_ = wire_text(said, head_only);
    in_ = {};
    state_ = State::writing;
    deadline_ = steady_ms() + limits_.answer;
    return write();
  }

  ControlAnswer respond(const Answer& answer, bool& head_only) {
    ParsedHead head;
    const Reason reason = parse_request_head(std::string_view(in_).substr(0, scan_.size()), limits_.head, head);
    if (reason != Reason::none) return refusal(info(reason));
    head_only = head.method == "HEAD";
    if (!head_only && head.method != "GET") return {405, "use GET\n"};
    return answer(head.target.substr(0, head.target.find('?')));
  }

  bool write() {
    while (sent_ < out_.size()) {
      const ssize_t sent = ::send(fd_, out_.data() + sent_, out_.size() - sent_, MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent < 0) return would_block();
      sent_ += static_cast<std::size_t>(sent);
    }
    out_ = {};
    ::shutdown(fd_, SHUT_WR);
    state_ = State::ending;
    return true;
  }

  bool discard() {
    std::array<char, 2048> block;
    const ssize_t got = ::recv(fd_, block.data(), block.size(), MSG_DONTWAIT);
    if (got < 0 && would_block()) return true;
    if (got > 0) discarded_ += static_cast<std::size_t>(got);
    return got > 0 && discarded_ <= limits_.discarded;
  }

  int fd_;
  const ScrapeLimits& limits_;
  Milliseconds deadline_;
  HeadScan scan_;
  State state_ = State::reading;
  std::string in_;
  std::string out_;
  std::size_t sent_ = 0;
  std::size_t discarded_ = 0;
};

MetricsListener::MetricsListener(ScrapeLimits limits) : limits_(limits) {}

MetricsListener::~MetricsListener() {
  stop();
  if (listener_ >= 0) ::close(listener_);
  if (wake_ >= 0) ::close(wake_);
}

std::optional<std::string> MetricsListener::bind(const std::string& address, std::uint16_t port) {
  std::vector<int> sockets;
  port_ = port;
  if (auto error = listen_on(address, port_, 1, sockets, PortUse::alone)) {
    port_ = 0;
    return error;
  }
  listener_ = sockets.front();
  wake_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  return std::nullopt;
}

void MetricsListener::start(Answer answer) {
  if (listener_ < 0) return;
  answer_ = std::move(answer);
  thread_ = std::thread([this] { run(); });
}

void MetricsListener::stop() {
  if (!thread_.joinable()) return;
  const std::uint64_t one = 1;
  static_cast<void>(!::write(wake_, &one, sizeof one));
  thread_.join();
  connections_.clear();
}

void MetricsListener::run() {
  std::vector<pollfd> waits;
  for (;;) {
    waits.assign({{wake_, POLLIN, 0}, {listener_, POLLIN, 0}});
    const bool room =
        connections_.size() < limits_.connections ||
        std::any_of(connections_.begin(), connections_.end(), [](const auto& c) { return c->dispensable(); });
    const bool paused = steady_ms() < paused_until_;
    if (!room || paused) waits[1].fd = -1;
    Milliseconds next = paused ? paused_until_ : kNever;
    for (const auto& connection : connections_) {
      waits.push_back(connection->wanted());
      next = std::min(next, connection->deadline());
    }
    const int wait = next == kNever ? -1 : static_cast<int>(std::max<Milliseconds>(next - steady_ms(), 0) + 1);
    if (::poll(waits.data(), waits.size(), wait) < 0 && errno != EINTR) return;
    if (waits[0].revents != 0) return;
    const Milliseconds now = steady_ms();
    for (std::size_t i = 0; i < connections_.size(); ++i) {
      const bool ready = waits[i + 2].revents != 0;
      if ((ready && !connections_[i]->go_on(answer_)) || now >= connections_[i]->deadline()) connections_[i].reset();
    }
    std::erase(connections_, nullptr);
    if (waits[1].revents != 0) accept_one();
  }
}

/// Whether one more may come in: if there are too many, the oldest that is not being answered goes.
bool MetricsListener::make_room() {
  if (connections_.size() < limits_.connections) return true;
  // They are in the order in which they came.
  const auto oldest =
      std::find_if(connections_.begin(), connections_.end(), [](const auto& one) { return one->dispensable(); });
  if (oldest == connections_.end()) return false;
  connections_.erase(oldest);
  return true;
}

void MetricsListener::accept_one() {
  if (!make_room()) return;
  const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd >= 0) {
    connections_.push_back(std::make_unique<Connection>(fd, limits_));
  } else if (!would_block() && errno != ECONNABORTED) {
    paused_until_ = steady_ms() + kAcceptPause;  // no descriptors or no memory: the caller stays in the queue meanwhile
  }
}

}  // namespace sprx
