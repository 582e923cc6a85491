// `flow`: a big generated body from one end to the other, both ends at once, with what the proxy may hold of it.
#include <algorithm>
#include <charconv>
#include <poll.h>

#include "http/connection.h"

namespace sprx::http_suite {
namespace {

constexpr std::size_t kPeriod = std::size_t{1} << 20;
constexpr std::size_t kPiece = 64 * 1024;
constexpr auto kQuiet = Milliseconds(300);     ///< no byte taken for so long: the sender is held back
constexpr std::size_t kMemoryKib = 32 * 1024;  ///< by how much the proxy may grow

const std::string& text() {
  static const std::string block = pattern(0, kPeriod) + pattern(0, kPiece);
  return block;
}

std::string_view slice(std::size_t at, std::size_t size) {
  return std::string_view(text()).substr(at % kPeriod, std::min(size, kPiece));
}

struct FlowPlan {
  std::size_t size = 0;
  bool chunked = false;
  std::size_t paused =
      0;  ///< the receiver reads nothing until the sender is held back, which must be before this many bytes
};

std::string hex_size(std::size_t size) {
  char digits[20];
  const auto [end, ec] = std::to_chars(digits, digits + sizeof digits, size, 16);
  return {digits, end};
}

/// What is still to be sent, framed piece by piece.
class Source {
 public:
  explicit Source(const FlowPlan& plan) : plan_(plan) {}
  [[nodiscard]] std::string_view front() {
    if (piece_.empty() && !over_) refill();
    return piece_.empty() ? std::string_view() : std::string_view(piece_).substr(used_);
  }
  void consume(std::size_t size) {
    used_ += size;
    taken_ += size;
    if (used_ == piece_.size()) piece_.clear();
  }
  [[nodiscard]] std::size_t taken() const { return taken_; }

 private:
  void refill() {
    used_ = 0;
    const std::size_t size = std::min(kPiece, plan_.size - made_);
    if (size == 0) {
      over_ = true;
      if (plan_.chunked) piece_ = "0\r\n\r\n";
      return;
    }
    piece_ = slice(made_, size);
    if (plan_.chunked) piece_ = hex_size(size) + "\r\n" + piece_ + "\r\n";
    made_ += size;
  }
  FlowPlan plan_;
  std::string piece_;
  std::size_t used_ = 0;
  std::size_t made_ = 0;
  std::size_t taken_ = 0;
  bool over_ = false;
};

}  // namespace

void Player::flow(const Step& step) {
  const auto end_named = [&](const std::string& word) -> Connection& {
    const unsigned number = word.size() > 1 ? static_cast<unsigned>(word[1] - '0') : 1U;
    return word[0] == 'C' ? client(number) : origin(number);
  };
  Connection& from = end_named(step.words[0]);
  Connection& to = end_named(step.words[1]);
  FlowPlan plan;
  plan.size = std::stoul(step.words[2]);
  for (std::size_t i = 3; i < step.words.size(); ++i) {
    if (step.words[i] == "chunked") plan.chunked = true;
    if (step.words[i] == "paused" && i + 1 < step.words.size()) plan.paused = std::stoul(step.words[++i]);
  }
  Source source(plan);
  const std::size_t memory_before = target_.memory_kib("VmHWM");
  while (plan.paused > 0) {
    if (source.front().empty()) fail("the whole body was taken although nobody reads it");
    if (source.taken() > plan.paused)
      fail("the sender is not held back after " + std::to_string(source.taken()) + " bytes");
    if (!wait_writable(from.fd.get(), kQuiet)) break;
    const long size = write_some(from.fd.get(), source.front());
    if (size < 0) fail("the proxy closed the sender's connection");
    source.consume(static_cast<std::size_t>(size));
  }
  std::size_t got = 0;
  bool over = false;
  while (!over && got < plan.size + (plan.chunked ? 1 : 0)) {
    while (auto event = to.actual.next()) {
      if (event->kind == Event::Kind::end) {
        over = true;
        break;
      }
      if (event->kind != Event::Kind::data) fail("inside a big body: " + event->data);
      for (std::string_view data = event->data; !data.empty();) {
        const std::string_view want = slice(got, data.size());
        if (got + want.size() > plan.size || !data.starts_with(want))
          fail("a big body differs after byte " + std::to_string(got));
        got += want.size();
        data.remove_prefix(want.size());
      }
    }
    if (over || (got == plan.size && !plan.chunked)) break;
    pollfd fds[2] = {{from.fd.get(), static_cast<short>(source.front().empty() ? 0 : POLLOUT), 0},
                     {to.fd.get(), POLLIN, 0}};
    if (::poll(fds, 2, static_cast<int>(deadline_.count())) <= 0)
      fail("a big body stops after byte " + std::to_string(got));
    if ((fds[0].revents & POLLOUT) != 0) {
      const long size = write_some(from.fd.get(), source.front());
      if (size < 0) fail("the proxy closed the sender's connection after byte " + std::to_string(source.taken()));
      source.consume(static_cast<std::size_t>(size));
    }
    if (fds[1].revents == 0) continue;
    std::string bytes;
    if (read_some(to.fd.get(), bytes, deadline_) != ReadEnd::data)
      fail("a big body is cut after byte " + std::to_string(got));
    to.actual.feed(bytes);
  }
  while (auto event = to.actual.next()) {
    if (event->kind != Event::Kind::end) fail("more than the big body came");
    over = true;
  }
  if (got != plan.size) fail("a big body ends after byte " + std::to_string(got));
  if (over) to.expected = MessageReader(Connection::reads(to.side));
  const std::size_t memory_after = target_.memory_kib("VmHWM");
  if (target_.is_ours() && memory_after > memory_before + kMemoryKib) {
    fail("the proxy grew by " + std::to_string(memory_after - memory_before) + " KiB");
  }
}

}  // namespace sprx::http_suite
