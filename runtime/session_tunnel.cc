// After 101: bytes go both ways untouched until both sides have ended, or nothing has moved for too long.
#include <algorithm>

#include "runtime/http/ascii.h"
#include "runtime/session.h"
#include "runtime/worker.h"

namespace sprx {

Milliseconds Session::tunnel_moved() const {
  return std::max({tunnel_activity_, client_.last_write(), upstream_->stream.last_write()});
}

/// Says which side broke, unless it has been said.
void Session::tunnel_failed(const Stream& side, Io io) {
  if (io == Io::error && &side == &client_) client_ended_ = true;
  if (io == Io::error && !tunnel_broken_)
    note_error(&side == &client_ ? Reason::client_closed : Reason::upstream_closed);
}

/// Copies one direction to its end and passes the end on; the other direction goes on by itself.
Task<> Session::pump(Stream& from, Stream& to, Buffer& block) {
  const Milliseconds idle = exchange_->settings()[Setting::tunnel_idle_timeout];
  while (!tunnel_broken_) {
    if (!block.empty()) {
      BodyParts parts;
      parts.head(block.filled());
      IoResult sent{Io::late, 0};
      // Late: perhaps the other direction is busy. What has gone is taken off `parts`.
      for (Milliseconds left = idle; sent.io == Io::late && left > 0; left = tunnel_activity_ + idle - steady_ms()) {
        sent = co_await to.write(parts.parts(), left);
      }
      if (sent.io != Io::ok) {
        tunnel_failed(to, sent.io);
        break;
      }
      tunnel_activity_ = steady_ms();
    }
    // Small while little comes: most tunnels wait for most of their life.
    if (block.end == block.capacity && block.capacity < kRelayBlock) {
      block.begin = block.end;
      worker_.buffers().grow(block, kRelayBlock);
    }
    block.begin = block.end = 0;
    const IoResult got = co_await from.read(block.room(), tunnel_moved() + idle);
    if (got.io == Io::late && steady_ms() < tunnel_moved() + idle) continue;  // the other direction was busy
    if (got.io == Io::eof) {
      client_ended_ = client_ended_ || &from == &client_;
      to.shutdown_write();
      co_return;
    }
    if (got.io != Io::ok) {
      tunnel_failed(from, got.io);
      break;
    }
    block.end = got.bytes;
    tunnel_activity_ = steady_ms();
  }
  // An error on one side is the end of both, whether or not the other has begun to wait for anything.
  tunnel_broken_ = true;
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
    note_error(client_end(sent.io));
    client_.abort();
    co_return;
  }
  worker_.count().tunnels_open.add();
  tunnelling_ = true;
  tunnel_broken_ = false;
  const std::uint64_t head_end = client_.written();
  const std::uint64_t sent_up = upstream_->stream.written();
  tunnel_activity_ = steady_ms();
  // The heads stay where they are, since the log line is made of them; what came behind them goes first.
  Buffer up = worker_.buffers().take(kHeadBlock);
  Buffer down = worker_.buffers().take(kHeadBlock);
  upstream_->in.begin += head_size_;
  BodyParts early_up;
  early_up.head(in_.filled());
  BodyParts early_down;
  early_down.head(upstream_->in.filled());
  const Milliseconds timeout = x.settings()[Setting::tunnel_idle_timeout];
  const IoResult up_first = co_await upstream_->stream.write(early_up.parts(), timeout);
  const IoResult down_first = co_await client_.write(early_down.parts(), timeout);
  in_.consume(in_.end - in_.begin);
  if (up_first.io == Io::ok && down_first.io == Io::ok) {
    Task<> upwards = pump(client_, upstream_->stream, up);
    upwards.start();
    Task<> downwards = pump(upstream_->stream, client_, down);
    downwards.start();
    co_await upwards;
    co_await downwards;
  }
  tunnelling_ = false;
  if (aborted_) note_error(Reason::draining);
  x.record.body_bytes = client_.written() - head_end;
  x.record.request_bytes += upstream_->stream.written() - sent_up;
  worker_.buffers().give(std::move(up));
  worker_.buffers().give(std::move(down));
  worker_.count().tunnels_open.sub();
  // A client that still sends has not read all, perhaps: what it was sent last is not thrown away with what it sends.
  if (client_ended_) client_.close();
}

}  // namespace sprx
