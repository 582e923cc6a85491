// After 101: bytes go both ways untouched until both sides have ended, or nothing has moved for too long.
#include <algorithm>
#include <utility>

#include "runtime/http/ascii.h"
#include "runtime/session.h"
#include "runtime/worker.h"

namespace sprx {

/// How much longer a direction is waited for: while either of them moves, and where a side has broken, while what it
/// had sent is still taken.
Milliseconds Session::tunnel_patience() const {
  const Milliseconds moved = std::max({tunnel_moved_, client_.last_write(), upstream_->stream.last_write()});
  const Setting limit = tunnel_broken_ != nullptr ? Setting::client_linger_timeout : Setting::tunnel_idle_timeout;
  return moved + exchange_->settings()[limit] - steady_ms();
}

/// `side` takes no more bytes: what comes for it is thrown away. What it had sent before it broke still goes to the
/// other, for which a pump is woken that may be waiting with the patience of a tunnel in good order.
void Session::tunnel_broke(const Stream& side) {
  if (tunnel_broken_ != nullptr) return;
  note_error(&side == &client_ ? Reason::client_closed : Reason::upstream_closed);
  tunnel_broken_ = &side;
  tunnel_moved_ = steady_ms();
  client_.cancel();
  upstream_->stream.cancel();
}

/// Copies one direction to its end and passes the end on; the other direction goes on by itself. `bytes` go first.
Task<> Session::pump(Stream& from, Stream& to, Buffer& block, std::string_view bytes) {
  bool& ended = tunnel_ended_[&from == &client_ ? 0 : 1];
  const bool& answered = tunnel_ended_[&to == &client_ ? 0 : 1];  // nothing more comes from there
  // Cancelled: a side has broken, or all has to end; or the other direction was busy while this one was late.
  while (!aborted_ && !tunnel_over_ && tunnel_patience() > 0) {
    // Who cannot send may not read either, so that what is to be thrown away is read while the other pump works.
    const bool in_vain = tunnel_broken_ == &to;
    if (in_vain && answered) break;
    if (!bytes.empty() && !in_vain) {
      BodyParts parts;
      parts.head(bytes);
      const IoResult sent = co_await to.write(parts.parts(), tunnel_patience());
      bytes.remove_prefix(sent.bytes);
      if (sent.io == Io::error && tunnel_broken_ == &from) break;
      if (sent.io == Io::error) tunnel_broke(to);
      continue;
    }
    // Small while little comes: most tunnels wait for most of their life.
    if (block.end == block.capacity && block.capacity < kRelayBlock) {
      block.begin = block.end;
      worker_.buffers().grow(block, kRelayBlock);
    }
    block.begin = block.end = 0;
    const IoResult got = co_await from.read(block.room(), steady_ms() + tunnel_patience());
    if (got.io == Io::eof || got.io == Io::error) {
      ended = true;
      if (got.io == Io::error) tunnel_broke(from);
      to.shutdown_write();
      break;
    }
    if (got.io != Io::ok || tunnel_broken_ == &to) continue;
    block.end = got.bytes;
    bytes = block.filled();
    tunnel_moved_ = steady_ms();
  }
  if (ended && tunnel_broken_ != &from) co_return;
  tunnel_over_ = true;
  from.cancel();
  to.cancel();
}

Task<> Session::tunnel(std::string_view offer) {
  Exchange& x = *exchange_;
  forwarding_ = false;
  keep_alive_ = false;
  if (offer.empty() || !x.response.connection.upgrade || !equals_nocase(x.response.upgrade, offer)) {
    co_await fail(Reason::upstream_bad_upgrade);
    co_return;
  }
  x.record.source = ResponseSource::upstream;
  x.clear_answer();
  x.answer.status = 101;
  x.answer.reason = x.response.reason;
  for (const HeaderLine& line : x.response.headers) {
    if (!is_hop_by_hop(x.response, line.name)) x.answer.headers.push_back(line);
  }
  finish_head(false, Reason::none, {}, OutConnection::upgrade, x.response.upgrade);
  x.record.status = 101;
  response_began_ = true;
  BodyParts parts;
  parts.head(x.to_client);
  const IoResult sent = co_await client_.write(parts.parts(), x.settings()[Setting::client_write_timeout]);
  if (sent.io != Io::ok) {
    note_error(write_fault(sent.io));
    client_.abort();
    co_return;
  }
  worker_.count().tunnels_open.add();
  co_await relay_tunnel();
  worker_.count().tunnels_open.sub();
}

/// Both directions, until neither goes on.
Task<> Session::relay_tunnel() {
  Exchange& x = *exchange_;
  Stream& next_hop = upstream_->stream;
  const std::uint64_t head_end = client_.written();
  const std::uint64_t sent_up = next_hop.written();
  tunnelling_ = true;
  tunnel_over_ = false;
  tunnel_broken_ = nullptr;
  tunnel_ended_ = {};
  tunnel_moved_ = steady_ms();
  // The heads stay where they are, since the log line is made of them; what came behind them goes first.
  Buffer up = worker_.buffers().take(kHeadBlock);
  Buffer down = worker_.buffers().take(kHeadBlock);
  upstream_->in.begin += head_size_;
  Task<> upwards = pump(client_, next_hop, up, in_.filled());
  upwards.start();
  Task<> downwards = pump(next_hop, client_, down, upstream_->in.filled());
  downwards.start();
  co_await upwards;
  co_await downwards;
  in_.consume(in_.end - in_.begin);
  // What was written last may have met a reset that nobody was told of.
  for (const Stream* side : {&client_, &next_hop}) {
    if (side->peer_state() == Stream::PeerState::broken) tunnel_broke(*side);
  }
  tunnelling_ = false;
  if (aborted_ && tunnel_broken_ == nullptr) note_error(Reason::draining);
  x.record.body_bytes = client_.written() - head_end;
  x.record.request_bytes += next_hop.written() - sent_up;
  worker_.buffers().give(std::move(up));
  worker_.buffers().give(std::move(down));
  // A side that still sends has not read all, perhaps: what it was sent last is not thrown away with what it sends. Of
  // the other one, and where all has to end, the descriptor is free at once.
  client_ended_ = tunnel_ended_[0] || tunnel_broken_ == &client_;
  if (client_ended_) client_.close();
  if (tunnel_ended_[1] || tunnel_broken_ == &next_hop || aborted_) co_return;
  spent_ = std::exchange(upstream_->in, {});
  ended_tunnel_ = std::move(upstream_);
}

}  // namespace sprx
