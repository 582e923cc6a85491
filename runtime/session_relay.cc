// Bodies on their way: the request's upwards and the response's downwards, side by side, a block at a time.
#include <algorithm>
#include <utility>

#include "runtime/http/ascii.h"
#include "runtime/session.h"
#include "runtime/worker.h"

namespace sprx {

/// What the client did wrong, or that it is gone, ends the whole exchange: the other side is woken up. Not once the
/// final response is on its way: who has got one need not send the rest (RFC 9110 10.1.1, RFC 9112 9.3), nor does who
/// has sent one need it; then only the limits of the response count.
void Session::upload_failed(Reason reason) {
  upload_broken_ = true;
  if (response_began_ && reason != Reason::bad_chunk) return;
  if (client_fault_ == Reason::none) client_fault_ = reason;
  if (upstream_) upstream_->stream.cancel();
}

/// Carries the rest of the request's body to the next hop. Runs beside the reading of the response.
Task<> Session::upload() {
  Exchange& x = *exchange_;
  const Settings& settings = x.settings();
  Buffer& block = upload_block_;
  block = worker_.buffers().take(kRelayBlock);
  bool waiting_for_continue = x.request.expects_continue;
  while (!body_.done()) {
    const Milliseconds now = steady_ms();
    Milliseconds deadline = now + settings[Setting::client_body_timeout];
    if (waiting_for_continue) deadline = std::min(deadline, now + settings[Setting::client_continue_timeout]);
    block.begin = block.end = 0;
    const std::size_t most = body_.most(block.capacity);
    const IoResult got = co_await client_.read(block.room().first(most), deadline);
    if (upload_stopped_) break;
    if (got.io == Io::late && std::exchange(waiting_for_continue, false)) {
      // The next hop does not know Expect, whatever else it may have said: without this both would wait for each
      // other. If it does not fit the client is stuck.
      if (continue_sent_ || response_began_) continue;
      waiting_for_continue = client_.writing();  // an interim response is on its way
      if (waiting_for_continue) continue;
      constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
      continue_sent_ = true;
      if (client_.write_now(kContinue)) continue;
      upload_failed(Reason::client_closed);
      break;
    }
    if (got.io != Io::ok) {
      // Cancelled: by an abort or the sweep, which have set their own fault.
      if (got.io != Io::cancelled) upload_failed(got.io == Io::late ? Reason::body_timeout : Reason::client_closed);
      break;
    }
    waiting_for_continue = false;
    block.end = got.bytes;
    const BodyReader::Piece piece = body_.take(block);
    x.record.request_bytes += piece.taken;
    if (piece.bad) {
      upload_failed(Reason::bad_chunk);
      break;
    }
    BodyParts parts;
    parts.body(body_out_, piece.data, body_.done());
    if (parts.empty()) continue;
    const IoResult sent = co_await upstream_->stream.write(parts.parts(), settings[Setting::upstream_write_timeout]);
    if (sent.io != Io::ok) {
      upload_broken_ = true;
      if (!upload_stopped_ && sent.io == Io::late) upload_failed(Reason::upstream_write_timeout);
      break;
    }
  }
  uploading_ = false;
  uploaded_at_ = steady_ms();
  // From now on the next hop owes an answer; once it has begun one, the pauses in it have their own limit.
  if (upstream_ && !response_began_) {
    upstream_->stream.set_read_deadline(uploaded_at_ + settings[Setting::upstream_response_timeout]);
  }
}

/// Ends and joins the upload. A request whose body was not taken to its end leaves the client's connection unusable.
Task<> Session::stop_upload() {
  if (upload_.valid()) {
    upload_stopped_ = true;
    if (!upload_.done()) client_.cancel();
    if (!upload_.done() && upstream_) upstream_->stream.cancel();
    co_await upload_;
    upload_ = {};
  }
  if (!body_.done()) keep_alive_ = false;
}

/// How the response goes on to the client. `has_body`: bytes will follow the head.
OutFraming Session::response_framing(bool& has_body) const {
  const Exchange& x = *exchange_;
  const Framing& in = x.response.framing;
  const std::uint16_t status = x.answer.status;
  const bool head = x.request.method == "HEAD";
  has_body = false;
  if (status == 204) return {};
  if (status == 205) return {OutFraming::Kind::length, 0};  // it has no content (RFC 9110 15.3.6)
  if (head || status == 304) return in.has_length ? OutFraming{OutFraming::Kind::length, in.length} : OutFraming{};
  if (in.kind == BodyKind::none) return {OutFraming::Kind::length, 0};
  has_body = true;
  if (in.kind == BodyKind::length) return {OutFraming::Kind::length, in.length};
  return {x.request.minor == 0 ? OutFraming::Kind::close : OutFraming::Kind::chunked, 0};
}

/// Response rules, then the response itself.
Task<> Session::relay_response() {
  Exchange& x = *exchange_;
  x.record.source = ResponseSource::upstream;
  x.clear_answer();
  x.answer.status = x.response.status;
  x.answer.reason = x.response.reason;
  for (const HeaderLine& line : x.response.headers) {
    if (!is_hop_by_hop(x.response, line.name)) x.answer.headers.push_back(line);
  }
  std::string_view own_body;
  const Ruled ruled = rule_answer(ResponseSource::upstream, {}, own_body);
  if (ruled != Ruled::go || x.record.source != ResponseSource::upstream) {
    co_await stop_upload();
    release_upstream(false);
    if (ruled == Ruled::drop) {
      co_await drop(x.response_decision, Phase::response);
      co_return;
    }
    if (ruled == Ruled::failed) {
      x.record.source = ResponseSource::proxy;
      x.record.error = info(Reason::rule_error).word;
      make_error(Reason::rule_error, own_body);
    }
    co_await send_answer(own_body, ruled == Ruled::failed ? Reason::rule_error : Reason::none);
    co_return;
  }
  bool has_body = false;
  const OutFraming framing = response_framing(has_body);
  if (framing.kind == OutFraming::Kind::close || uploading_ || upload_broken_ || !body_.done() || worker_.draining()) {
    keep_alive_ = false;
  }
  finish_head(false, Reason::none, framing, connection_field(), {});
  x.record.status = x.answer.status;
  response_began_ = true;
  upstream_->in.begin += head_size_;
  BodyReader reader(x.response.framing);
  const Reason reason = co_await relay_body(framing.kind, reader, has_body);
  if (reason != Reason::none) {
    keep_alive_ = false;
    note_error(reason);
    // A message that the end of the connection would make look whole must not end that way. One that is visibly short
    // ends as others do: responses before it may still be on their way, and a reset would throw them away.
    co_await stop_upload();
    if (framing.kind == OutFraming::Kind::close || reason == Reason::client_write_timeout) {
      client_.abort();
    } else if (reason == Reason::client_closed) {
      client_.close();
    }
    co_return;
  }
  const bool version_keeps = x.response.minor >= 1 ? !x.response.connection.close
                                                   : x.response.connection.keep_alive && !x.response.connection.close;
  const bool reusable = version_keeps && reader.done() && upstream_->stream.is_open() && upstream_->in.empty() &&
                        !uploading_ && !upload_broken_ && body_.done() &&
                        x.response.framing.kind != BodyKind::until_close;
  if (!reusable) co_return;
  co_await stop_upload();
  release_upstream(true);
}

Reason Session::body_fault(Io read) const {
  if (client_fault_ != Reason::none) return client_fault_;
  switch (read) {
    case Io::ok:
      return Reason::none;
    case Io::late:
      return Reason::upstream_read_timeout;
    case Io::cancelled:
      return Reason::client_closed;
    case Io::eof:
    case Io::error:
      break;
  }
  return Reason::upstream_truncated;
}

Reason Session::write_fault(Io write) const {
  if (write == Io::ok || client_fault_ != Reason::none) return client_fault_;
  return write == Io::late ? Reason::client_write_timeout : Reason::client_closed;
}

/// Long bodies whose length is known go from socket to socket without a copy, as far as there are pipes.
Task<Reason> Session::splice_body(BodyReader& reader) {
  Exchange& x = *exchange_;
  const Settings& settings = x.settings();
  Reason reason = Reason::none;
  Pipe pipe = worker_.pipes().take();
  while (pipe.is_open() && reason == Reason::none && !reader.done()) {
    const Milliseconds deadline = steady_ms() + settings[Setting::upstream_read_timeout];
    const std::size_t most = reader.most(PipePool::kPipeSize);
    const IoResult got = co_await upstream_->stream.splice_to(pipe, most, deadline);
    reason = body_fault(got.io);
    if (reason != Reason::none) break;
    reader.skip(got.bytes);
    const IoResult sent = co_await client_.splice_from(pipe, got.bytes, settings[Setting::client_write_timeout]);
    x.record.body_bytes += sent.bytes;
    reason = write_fault(sent.io);
  }
  worker_.pipes().give(std::move(pipe), reason == Reason::none);
  co_return reason;
}

/// Sends the head and the body; the first write takes what came with the head.
Task<Reason> Session::relay_body(OutFraming::Kind kind, BodyReader& reader, bool send_body) {
  Exchange& x = *exchange_;
  const Settings& settings = x.settings();
  const Milliseconds write_timeout = settings[Setting::client_write_timeout];
  Buffer* block = &upstream_->in;
  Buffer relay;
  Reason reason = Reason::none;
  bool first = true;
  bool ended = !send_body;
  for (;;) {
    BodyReader::Piece piece;
    // A body that is not passed on (a rule made the status one without a body) is left where it is.
    if (send_body) piece = reader.take(*block);
    if (piece.bad) reason = Reason::upstream_bad_chunk;
    const bool last = ended || (send_body && reader.done());
    BodyParts parts;
    if (first) parts.head(x.to_client);
    if (send_body && !(piece.bad && piece.data.empty())) parts.body(kind, piece.data, last && !piece.bad);
    if (!parts.empty()) {
      const IoResult sent = co_await client_.write(parts.parts(), write_timeout);
      if (sent.io != Io::ok) {
        reason = write_fault(sent.io);
        break;
      }
      x.record.body_bytes += piece.data.size();
    }
    first = false;
    if (reason == Reason::none) reason = client_fault_;  // found by the upload while we were writing
    if (reason != Reason::none || last) break;
    if (kind == OutFraming::Kind::length && reader.left() >= PipePool::kLeastLeft && client_.can_splice()) {
      reason = co_await splice_body(reader);
      if (reason != Reason::none || reader.done()) break;
    }
    if (!relay.bytes) relay = worker_.buffers().take(kRelayBlock);
    block = &relay;
    relay.begin = relay.end = 0;
    const std::size_t most = reader.most(relay.capacity);
    const Milliseconds deadline = steady_ms() + settings[Setting::upstream_read_timeout];
    const IoResult got = co_await upstream_->stream.read(relay.room().first(most), deadline);
    ended = got.io == Io::eof && reader.kind() == BodyKind::until_close && client_fault_ == Reason::none;
    if (!ended) reason = body_fault(got.io);
    if (reason != Reason::none) break;
    relay.end = got.bytes;
  }
  // Bytes past the end of the body: the connection is not to be used again.
  if (relay.bytes && !relay.empty()) upstream_->stream.close();
  worker_.buffers().give(std::move(relay));
  co_return reason;
}

}  // namespace sprx
