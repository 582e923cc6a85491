// What must come in, and how what came is compared with it.
#include <algorithm>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>

#include "http/connection.h"
#include "http/escape.h"
#include "http/player.h"

namespace sprx::http_suite {
namespace {

constexpr const char* kPlainAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
constexpr const char* kPlainRequest = "GET /alive HTTP/1.1\r\nHost: alive.example\r\n\r\n";

}  // namespace

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

}  // namespace sprx::http_suite
