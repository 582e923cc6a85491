#include "http/player.h"

#include <algorithm>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>

#include "http/connection.h"
#include "http/escape.h"

namespace sprx::http_suite {
namespace {

constexpr auto kReadWait = Milliseconds(15);  ///< how long a byte may lie unread before the rest is sent at once
constexpr const char* kPlainAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
constexpr const char* kPlainRequest = "GET /alive HTTP/1.1\r\nHost: alive.example\r\n\r\n";

}  // namespace

Player::Player(const Target& target, Origin& origin, Milliseconds deadline, Split split)
    : target_(target), origin_(origin), deadline_(deadline), split_(split) {}

Player::~Player() = default;

Outcome Player::play(const std::vector<Step>& steps) {
  try {
    for (const Step& step : steps) {
      outcome_.line = step.line;
      perform(step);
    }
    finish();
  } catch (const Mismatch& mismatch) {
    outcome_.failure = mismatch.what;
  }
  outcome_.origin_contacted = !origins_.empty() || !spare_.empty();
  if (outcome_.failure) {
    if (auto more = accept(Milliseconds(0))) {
      outcome_.origin_contacted = true;
      spare_.push_back(std::move(more));
    }
    look_at_clients();
    drop_everything();
  }
  if (log_) outcome_.log = *log_;
  outcome_.sent = sent_;
  return std::move(outcome_);
}

/// After a failure: what the clients have got meanwhile, for the verdict.
void Player::look_at_clients() {
  deadline_ = Milliseconds(0);
  for (auto& [number, one] : clients_) {
    if (!one->fd.is_open()) continue;
    ReadEnd end = ReadEnd::data;
    for (auto event = read_event(*one, end); event && event->kind != Event::Kind::bad; event = read_event(*one, end)) {
      if (event->kind == Event::Kind::head) note_head(*one, event->head);
    }
  }
}

std::optional<std::string> Player::serves() {
  Step step;
  step.verb = Verb::alive;
  return play({step}).failure;
}

void Player::perform(const Step& step) {
  switch (step.verb) {
    case Verb::send:
      return send(connection(step), step.bytes);
    case Verb::receive:
      return receive(connection(step), step.bytes);
    case Verb::connect:
      connection(step);
      return;
    case Verb::fin:
      ::shutdown(connection(step).fd.get(), SHUT_WR);
      return;
    case Verb::reset:
      close_with_reset(connection(step).fd);
      return;
    case Verb::close:
      connection(step).fd.close();
      return;
    case Verb::eof:
      return expect_end(connection(step), false);
    case Verb::gone:
      return expect_end(connection(step), true);
    case Verb::alive:
      return expect_alive(connection(step));
    case Verb::refused:
      return expect_made_answer(connection(step), step, true);
    case Verb::error:
      return expect_made_answer(connection(step), step, false);
    case Verb::answers_head:
      connection(step).actual.answers_head();
      connection(step).expected.answers_head();
      return;
    case Verb::discard:
      connection(step).discards = true;
      return;
    case Verb::ok:
      return expect_ok();
    case Verb::drip:
      return drip(step);
    case Verb::crowd:
      return crowd(std::stoul(step.words[0]));
    case Verb::flow:
      return flow(step);
    case Verb::log:
      if (!log_) log_.emplace();
      if (step.words[0] != "none") log_->push_back({step.words[0], step.words.size() > 1 ? step.words[1] : ""});
      return;
    case Verb::origin_maybe:
      maybe_contacted_ = true;
      return;
    case Verb::origin_down:
    case Verb::origin_full:
    case Verb::origin_up:
      return set_origin(step.verb);
  }
}

Player::Connection& Player::connection(const Step& step) {
  return step.side == Side::client ? client(step.number) : origin(step.number);
}

Player::Connection& Player::client(unsigned number) {
  last_client_ = number;
  auto& found = clients_[number];
  if (!found) {
    found = std::make_unique<Connection>(Side::client, number);
    found->fd = connect_to(target_.port());
    if (!found->fd.is_open()) fail("the proxy refuses connections");
  }
  return *found;
}

Player::Connection& Player::origin(unsigned number) {
  last_origin_ = number;
  auto& found = origins_[number];
  if (!found) {
    found = adopt_or_accept();
    if (!found) {
      origins_.erase(number);
      fail("no connection to the origin is made");
    }
    found->number = number;
  }
  return *found;
}

/// A new connection, or one that only `alive` has used so far and on which something comes first.
std::unique_ptr<Player::Connection> Player::adopt_or_accept() {
  const auto is_over = [](const auto& one) { return !one->fd.is_open() || one->ended; };
  std::vector<pollfd> fds{{origin_.listener.get(), POLLIN, 0}};
  for (const auto& one : spare_) fds.push_back({is_over(one) ? -1 : one->fd.get(), POLLIN, 0});
  if (::poll(fds.data(), fds.size(), static_cast<int>(deadline_.count())) <= 0) return nullptr;
  for (std::size_t i = 0; i < spare_.size(); ++i) {
    char byte = 0;
    if (fds[i + 1].revents == 0 || ::recv(spare_[i]->fd.get(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) != 1) continue;
    std::unique_ptr<Connection> adopted = std::move(spare_[i]);
    spare_.erase(spare_.begin() + static_cast<std::ptrdiff_t>(i));
    return adopted;
  }
  return accept(deadline_);
}

std::unique_ptr<Player::Connection> Player::accept(Milliseconds deadline) {
  if (!origin_.listener.is_open() || !fillers_.empty()) return nullptr;
  if (!wait_readable(origin_.listener.get(), -1, deadline)) return nullptr;
  Descriptor fd(::accept4(origin_.listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
  if (!fd.is_open()) return nullptr;
  auto made = std::make_unique<Connection>(Side::origin, 0U);
  made->fd = std::move(fd);
  return made;
}

// Sending

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

void Player::receive(Connection& from, const std::string& bytes) {
  from.expected.feed(bytes);
  while (auto expected = from.expected.next()) {
    if (expected->kind == Event::Kind::bad) fail("the case itself: " + expected->data);
    match(from, *expected);
  }
  if (!from.expected.between_messages() && !from.expected.unread().empty()) {
    fail("the case itself: cannot be taken apart: " + escape(from.expected.unread()));
  }
}

void Player::match(Connection& from, const Event& expected) {
  if (expected.kind == Event::Kind::head) {
    const Event actual = next_event(from);
    if (actual.kind != Event::Kind::head) fail("want " + escape(expected.head.start) + ", got more of a body");
    note_head(from, actual.head);
    if (auto wrong = compare_heads(expected.head, actual.head, from.side, target_.expects())) fail(*wrong);
    return;
  }
  if (expected.kind == Event::Kind::data) {
    while (from.payload.size() < expected.data.size()) {
      const Event actual = next_event(from);
      if (actual.kind != Event::Kind::data) fail("the body is too short: " + escape(from.payload));
      from.payload += actual.data;
    }
    if (!from.payload.starts_with(expected.data)) {
      fail("body: want " + escape(expected.data) + "\n    got " + escape(from.payload));
    }
    from.payload.erase(0, expected.data.size());
    return;
  }
  if (!from.payload.empty()) fail("the body is too long by " + escape(from.payload));
  const Event actual = next_event(from);
  if (actual.kind != Event::Kind::end) fail("the body is too long by " + escape(actual.data));
  if (actual.trailers != expected.trailers && target_.is_ours()) {
    fail("trailers: want " + std::to_string(expected.trailers.size()) + ", got " +
         std::to_string(actual.trailers.size()) +
         (actual.trailers.empty() ? "" : " beginning with " + escape(actual.trailers[0])));
  }
}

/// The next event, or nothing where the connection ended (how it did is in `end`).
std::optional<Event> Player::read_event(Connection& from, ReadEnd& end) {
  for (;;) {
    if (auto event = from.actual.next()) return event;
    if (from.ended) {
      end = *from.ended;
      return std::nullopt;
    }
    std::string bytes;
    end = read_some(from.fd.get(), bytes, deadline_);
    if (end == ReadEnd::late) return std::nullopt;
    if (end != ReadEnd::data) {
      from.ended = end;
      if (from.side == Side::client) outcome_.client_ended = true;
      outcome_.wire += from.name() + (end == ReadEnd::eof ? " FIN\n" : " RST\n");
      if (end == ReadEnd::reset) return std::nullopt;
      if (auto event = from.actual.finish(); event && event->kind == Event::Kind::end) {
        from.closed_body = true;
        return event;
      }
      return std::nullopt;
    }
    if (outcome_.wire.size() < 4'000) outcome_.wire += from.name() + " " + escape(bytes) + "\n";
    from.actual.feed(bytes);
  }
}

Event Player::next_event(Connection& from) {
  ReadEnd end = ReadEnd::data;
  if (auto event = read_event(from, end)) {
    if (event->kind == Event::Kind::bad) fail(from.name() + " got " + event->data);
    return *event;
  }
  if (end == ReadEnd::late) fail(from.name() + ": nothing more comes" + from.rest());
  fail(from.name() + (end == ReadEnd::eof ? ": the proxy closed the connection" : ": the proxy reset the connection") +
       from.rest());
}

void Player::note_head(Connection& from, const Head& head) {
  if (from.side != Side::client) return;
  const int status = head.status();
  if (status / 100 == 1 && status != 101) return;
  outcome_.client_status = status;
  outcome_.log.push_back({std::to_string(status), ""});
}

void Player::expect_end(Connection& from, bool reset_is_fine) {
  if (from.discards) {
    std::string bytes;
    while (!from.ended) {
      const ReadEnd how = read_some(from.fd.get(), bytes, deadline_);
      if (how == ReadEnd::late) fail(from.name() + ": the proxy does not close the connection");
      if (how != ReadEnd::data) from.ended = how;
      bytes.clear();
    }
    return;
  }
  if (!from.payload.empty()) fail("before the end there is " + escape(from.payload));
  ReadEnd end = ReadEnd::data;
  if (auto event = read_event(from, end)) {
    const bool ended_body = event->kind == Event::Kind::end && from.closed_body;
    if (!ended_body) {
      const std::string what = event->kind == Event::Kind::head ? event->head.start : event->data;
      if (event->kind == Event::Kind::head) note_head(from, event->head);
      fail(from.name() + ": before the end there is " +
           (event->kind == Event::Kind::end ? "the end of the body" : escape(what)));
    }
    end = ReadEnd::eof;
  }
  if (end == ReadEnd::late) fail(from.name() + ": the proxy does not close the connection");
  if (end == ReadEnd::reset && !reset_is_fine && target_.is_ours()) fail(from.name() + ": RST where FIN was due");
  if (!from.actual.unread().empty() && !from.actual.is_raw()) fail(from.name() + ": half a head" + from.rest());
}

// What the proxy says itself

void Player::expect_made_answer(Connection& from, const Step& step, bool closes) {
  ReadEnd end = ReadEnd::data;
  std::optional<Event> event = read_event(from, end);
  const bool loose = !target_.is_ours();
  if (!event) {
    if (loose && end != ReadEnd::late && closes) return;  // closing without a word refuses as well
    if (end == ReadEnd::late) fail(from.name() + ": no answer" + from.rest());
    fail(from.name() + ": the proxy closed the connection without an answer" + from.rest());
  }
  if (event->kind == Event::Kind::bad && loose) return;
  if (event->kind != Event::Kind::head) fail(from.name() + " got " + escape(event->data));
  const Head head = event->head;
  note_head(from, head);
  std::string body;
  for (;;) {
    const Event more = next_event(from);
    if (more.kind == Event::Kind::end) break;
    if (more.kind != Event::Kind::data) fail("a second head inside an answer made here: " + escape(more.head.start));
    body += more.data;
  }
  const std::string error = step.words.size() > 1 ? step.words[1] : "";
  if (auto wrong = check_made_answer(head, body, step.words[0], error, target_.expects())) fail(*wrong);
  if (!closes || loose) return;
  const auto connection = head.values("Connection");
  if (connection.size() != 1 || connection[0] != "close") fail("the answer does not say Connection: close");
  expect_end(from, false);
}

// Whether it still serves

void Player::expect_alive(Connection& from) {
  write_all(from, kPlainRequest);
  Connection& at = accept_alive();
  write_all(at, kPlainAnswer);
  const Event head = next_event(from);
  if (head.kind != Event::Kind::head) fail("want a response, got " + escape(head.data));
  note_head(from, head.head);
  if (head.head.status() != 200) fail("a plain request is answered with " + escape(head.head.start));
  std::string body;
  for (Event event = next_event(from); event.kind != Event::Kind::end; event = next_event(from)) body += event.data;
  if (body != "ok") fail("a plain request is answered with the body " + escape(body));
}

/// The origin connection on which the plain request arrives, wherever the proxy sends it. The request has been read
/// from it.
Player::Connection& Player::accept_alive() {
  const auto until = Clock::now() + deadline_;
  for (;;) {
    std::vector<Connection*> open;
    for (auto& one : spare_) open.push_back(one.get());
    for (auto& [number, one] : origins_) open.push_back(one.get());
    std::erase_if(open, [](const Connection* one) { return !one->fd.is_open() || one->ended; });
    std::vector<pollfd> fds{{origin_.listener.get(), POLLIN, 0}};
    for (const Connection* one : open) fds.push_back({one->fd.get(), POLLIN, 0});
    const auto left = std::chrono::duration_cast<Milliseconds>(until - Clock::now()).count();
    if (left <= 0 || ::poll(fds.data(), fds.size(), static_cast<int>(left)) <= 0)
      fail("a plain request does not arrive");
    if (fds[0].revents != 0) {
      if (auto made = accept(Milliseconds(0))) spare_.push_back(std::move(made));
      continue;
    }
    for (std::size_t i = 0; i < open.size(); ++i) {
      if (fds[i + 1].revents == 0) continue;
      ReadEnd end = ReadEnd::data;
      const auto event = read_event(*open[i], end);
      if (!event) continue;  // the proxy has let go of this one
      if (event->kind != Event::Kind::head) fail("the origin got " + escape(event->data));
      if (event->head.start != "GET /alive HTTP/1.1") fail("the origin got " + escape(event->head.start));
      next_event(*open[i]);
      return *open[i];
    }
  }
}

void Player::expect_ok() {
  write_all(origin(last_origin_), kPlainAnswer);
  receive(client(last_client_), kPlainAnswer);
}

void Player::set_origin(Verb verb) {
  fillers_.clear();
  origin_.listener.close();
  if (verb == Verb::origin_down) return;
  origin_.listener = listen_on(origin_.port, verb == Verb::origin_full ? 0 : SOMAXCONN);
  if (!origin_.listener.is_open()) fail("the origin cannot listen again");
  if (verb == Verb::origin_full) fillers_.push_back(connect_to(origin_.port));
}

// The end of a case

void Player::finish() {
  for (auto& [number, one] : clients_) {
    if (!one->fd.is_open() || one->ended) continue;
    std::string more;
    const ReadEnd end = read_some(one->fd.get(), more, Milliseconds(0));
    if (!one->discards && (!more.empty() || !one->payload.empty()))
      fail(one->name() + " got more: " + escape(one->payload + more));
    if (end == ReadEnd::eof || end == ReadEnd::reset) outcome_.client_ended = true;
  }
  if (maybe_contacted_) finish_maybe();
  if (auto more = accept(Milliseconds(0))) {
    std::string bytes;
    (void)read_some(more->fd.get(), bytes, Milliseconds(50));
    spare_.push_back(std::move(more));
    fail("a connection to the origin that nobody expects, with " + escape(bytes));
  }
  for (auto& [number, one] : clients_) one->fd.close();
  if (!origin_.listener.is_open() || !fillers_.empty()) set_origin(Verb::origin_up);
  for (auto& one : spare_) origins_[100 + static_cast<unsigned>(origins_.size())] = std::move(one);
  spare_.clear();
  for (auto& [number, one] : origins_) {
    if (!one->fd.is_open() || one->ended) continue;
    std::string bytes = one->payload + one->actual.unread();
    (void)read_some(one->fd.get(), bytes, Milliseconds(0));
    if (!bytes.empty() && !one->discards) fail(one->name() + " got more: " + escape(bytes));
    // What sprx keeps of it is dead from here on, and it looks before it takes one. Peers are given the time to notice.
    if (!target_.is_ours()) {
      ::shutdown(one->fd.get(), SHUT_WR);
      while (read_some(one->fd.get(), bytes, deadline_) == ReadEnd::data) continue;
    }
    one->fd.close();
  }
}

/// A refused request may have been on its way already: then its connection was dropped, and what came is not a whole
/// request.
void Player::finish_maybe() {
  while (auto more = accept(Milliseconds(0))) {
    spare_.push_back(std::move(more));
    Connection& at = *spare_.back();
    ReadEnd end = ReadEnd::data;
    while (auto event = read_event(at, end)) {
      if (event->kind == Event::Kind::end) fail("the origin got a whole request");
      if (event->kind == Event::Kind::bad) fail("the origin got " + event->data);
    }
    if (end == ReadEnd::late) fail("the origin connection of a refused request is kept");
  }
}

/// After a failure: RST everywhere, so that nothing of this case is left for the next one.
void Player::drop_everything() {
  for (auto& [number, one] : clients_) close_with_reset(one->fd);
  for (auto& [number, one] : origins_) close_with_reset(one->fd);
  for (auto& one : spare_) close_with_reset(one->fd);
  if (!origin_.listener.is_open() || !fillers_.empty()) {
    fillers_.clear();
    origin_.listener.close();
    origin_.listener = listen_on(origin_.port, SOMAXCONN);
  }
  while (auto more = accept(Milliseconds(0))) close_with_reset(more->fd);
}

}  // namespace sprx::http_suite
