#include "http/player.h"

#include <algorithm>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>

#include "http/connection.h"
#include "http/escape.h"

namespace sprx::http_suite {

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
