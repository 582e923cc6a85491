// What a case sends, and how it is cut.
#include <algorithm>
#include <cerrno>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>

#include "http/connection.h"
#include "http/escape.h"
#include "http/player.h"

namespace sprx::http_suite {
namespace {

constexpr auto kReadWait = Milliseconds(15);  ///< how long a byte may lie unread before the rest is sent at once

}  // namespace

void Player::send(Connection& to, const std::string& bytes) {
  if (to.side == Side::origin && (bytes.starts_with("HTTP/1.1 101") || bytes.starts_with("HTTP/1.0 101"))) {
    to.actual.make_raw();
    to.expected.make_raw();
  }
  const std::size_t from = std::exchange(sent_, sent_ + bytes.size());
  const std::string_view all = bytes;
  bool stuck = all.size() > Split::kLargest;
  if (split_.kind == Split::Kind::bytes && !stuck) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (stuck) return write_all(to, all.substr(i));
      write_all(to, all.substr(i, 1));
      wait_until_read(to, stuck);
    }
  } else if (split_.kind == Split::Kind::once && split_.at > from && split_.at < from + all.size()) {
    write_all(to, all.substr(0, split_.at - from));
    wait_until_read(to, stuck);
    write_all(to, all.substr(split_.at - from));
  } else {
    write_all(to, all);
  }
}

/// The pause is what the case is about; it also ends when the proxy has something to say.
void Player::drip(const Step& step) {
  Connection& to = connection(step);
  const Milliseconds pause(std::stoul(step.words[0]));
  for (const char byte : step.bytes) {
    if (write_some(to.fd.get(), {&byte, 1}) < 0) return;
    if (wait_readable(to.fd.get(), -1, pause)) {
      char seen = 0;
      if (::recv(to.fd.get(), &seen, 1, MSG_PEEK | MSG_DONTWAIT) <= 0) return;
      (void)wait_readable(-1, -1, pause);  // an answer is there already: go on at the same pace
    }
  }
}

/// Clients beyond what the proxy can take may be closed by it at once; that is theirs to bear. Those who go wait until
/// they have been let go: what they held is free then.
void Player::crowd(std::size_t size) {
  if (size == 0) {
    for (const Descriptor& fd : crowd_) ::shutdown(fd.get(), SHUT_WR);
    for (const Descriptor& fd : crowd_) {
      std::string bytes;
      ReadEnd end = ReadEnd::data;
      while (end == ReadEnd::data) end = read_some(fd.get(), bytes, deadline_);
      if (end == ReadEnd::late) fail("a client that has gone is not let go");
    }
    crowd_.clear();
  }
  for (std::size_t i = 0; i < size; ++i) {
    Descriptor fd = connect_to(target_.port());
    // A client that is turned away may learn it before its connect() returns.
    if (!fd.is_open() && errno == ECONNRESET) continue;
    if (!fd.is_open()) fail("the proxy refuses connections");
    crowd_.push_back(std::move(fd));
  }
}

/// A connection that the proxy has ended takes no more bytes: what the case expects next tells whether it should have.
void Player::write_all(Connection& to, std::string_view bytes) {
  const auto until = Clock::now() + deadline_;
  while (!bytes.empty()) {
    const long size = write_some(to.fd.get(), bytes);
    if (size < 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(size));
    if (size > 0 || bytes.empty()) continue;
    if (Clock::now() > until || !wait_writable(to.fd.get(), deadline_)) fail("the proxy does not read what is sent");
  }
}

void Player::wait_until_read(Connection& to, bool& stuck) {
  const auto until = Clock::now() + kReadWait;
  while (unread_by_peer(to.fd.get()) > 0) {
    if (Clock::now() > until) {
      stuck = true;
      return;
    }
    ::sched_yield();
  }
}

// Receiving

}  // namespace sprx::http_suite
