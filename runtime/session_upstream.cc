// The next hop: taking or making a connection, sending the request, reading the head of the response, one retry.
#include <algorithm>
#include <cerrno>
#include <chrono>

#include "runtime/clock.h"
#include "runtime/http/ascii.h"
#include "runtime/limits.h"
#include "runtime/session.h"
#include "runtime/worker.h"

namespace sprx {
namespace {

bool is_idempotent(std::string_view method) {
  for (const std::string_view known : {"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"}) {
    if (method == known) return true;
  }
  return false;
}

HeadLimits response_limits(const Settings& settings) {
  HeadLimits limits;
  limits.head = static_cast<std::size_t>(settings[Setting::limit_response_head_size]);
  limits.first_line = limits.line = limits.head;
  limits.lines = static_cast<std::size_t>(settings[Setting::limit_header_count]);
  return limits;
}

enum class HopsLeft : std::uint8_t { unsaid, some, none, invalid };

/// Max-Forwards of TRACE and OPTIONS, counted down in place.
HopsLeft count_hops(RequestMessage& message, Arena& arena) {
  if (message.method != "TRACE" && message.method != "OPTIONS") return HopsLeft::unsaid;
  HeaderLine* found = nullptr;
  for (HeaderLine& line : message.headers) {
    if (!equals_nocase(line.name, "max-forwards")) continue;
    if (found != nullptr) return HopsLeft::invalid;
    found = &line;
  }
  if (found == nullptr) return HopsLeft::unsaid;
  const auto hops = parse_decimal(found->value);
  if (!hops) return HopsLeft::invalid;
  if (*hops == 0) return HopsLeft::none;
  found->value = arena.copy(std::to_string(*hops - 1));
  return HopsLeft::some;
}

}  // namespace

Task<Reason> Session::connect_to(const Endpoint& endpoint) {
  upstream_ = std::make_unique<UpstreamConnection>(worker_.poller(), worker_.streams(), worker_.options().read_limit);
  const int family = endpoint.address.ss_family;
  bool opened = upstream_->stream.open(family);
  if (!opened && (errno == EMFILE || errno == ENFILE) && worker_.pool().shed()) opened = upstream_->stream.open(family);
  if (!opened) {
    worker_.count().upstream_connect_failures.add();
    upstream_.reset();
    co_return Reason::connect_failed;
  }
  const Milliseconds deadline = steady_ms() + exchange_->settings()[Setting::upstream_connect_timeout];
  const auto* address = reinterpret_cast<const sockaddr*>(&endpoint.address);
  const IoResult connected = co_await upstream_->stream.connect(address, endpoint.size, deadline);
  worker_.count().upstream_connects.add();
  if (connected.io == Io::ok) {
    upstream_->address = endpoint.text;
    co_return Reason::none;
  }
  worker_.count().upstream_connect_failures.add();
  upstream_.reset();
  if (connected.io == Io::cancelled) co_return Reason::client_closed;
  co_return connected.io == Io::late ? Reason::connect_timeout : Reason::connect_failed;
}

/// A kept connection, or a new one to the first address that accepts.
Task<Reason> Session::acquire(bool fresh) {
  Exchange& x = *exchange_;
  x.record.reused = false;
  const Settings& settings = x.settings();
  if (!fresh) {
    // Of a request that was here already nobody has looked what came behind the response before it.
    const bool must = !is_repeatable() || !was_waited_for_;
    const auto alive = must ? UpstreamPool::Alive::must : UpstreamPool::Alive::should;
    upstream_ = worker_.pool().take(steady_ms(), settings[Setting::upstream_idle_timeout], alive);
    if (upstream_) {
      x.record.reused = true;
      x.record.upstream_connect_us = 0;
      x.record.upstream_addr = x.arena.copy(upstream_->address);
      worker_.count().upstream_reuses.add();
      co_return Reason::none;
    }
  }
  const std::shared_ptr<const Endpoints> endpoints = worker_.endpoints();
  if (!endpoints || endpoints->empty()) {
    worker_.resolver().hurry();
    co_return Reason::dns_error;
  }
  const std::int64_t began = steady_us();
  Reason reason = Reason::connect_failed;
  for (std::size_t tried = 0; tried < endpoints->size(); ++tried) {
    const std::size_t index = (worker_.preferred_endpoint() + tried) % endpoints->size();
    const Endpoint& endpoint = (*endpoints)[index];
    x.record.upstream_addr = x.arena.copy(endpoint.text);
    reason = co_await connect_to(endpoint);
    x.record.upstream_connect_us = steady_us() - began;
    if (reason == Reason::none) worker_.preferred_endpoint() = index;
    if (reason == Reason::none || client_fault_ != Reason::none || aborted_) break;
  }
  if (reason != Reason::none) worker_.resolver().hurry();
  co_return reason;
}

void Session::write_upstream_head(OutFraming framing, std::string_view upgrade) {
  Exchange& x = *exchange_;
  std::string& out = x.to_upstream;
  out.clear();
  write_request_line(out, x.outgoing);
  for (const HeaderLine& line : x.outgoing.headers) write_header(out, line.name, line.value);
  if (x.settings()[Setting::via] != 0) out.append(x.request.minor == 0 ? "Via: 1.0 sprx\r\n" : "Via: 1.1 sprx\r\n");
  write_framing(out, framing);
  if (!upgrade.empty()) write_connection(out, OutConnection::upgrade, upgrade);
  out.append("\r\n");
}

/// Head and the body bytes that came with it, in one gathered write.
Task<Reason> Session::send_request() {
  Exchange& x = *exchange_;
  BodyParts parts;
  parts.head(x.to_upstream);
  if (body_out_ != OutFraming::Kind::none && (!in_hand_.empty() || in_hand_last_)) {
    parts.body(body_out_, in_hand_, in_hand_last_);
  }
  const IoResult sent = co_await upstream_->stream.write(parts.parts(), x.settings()[Setting::upstream_write_timeout]);
  if (sent.io == Io::ok) co_return Reason::none;
  if (sent.io == Io::late) co_return Reason::upstream_write_timeout;
  co_return sent.io == Io::cancelled ? Reason::client_closed : Reason::upstream_closed;
}

bool Session::is_repeatable() const {
  // `upload_` valid: bytes were or may have been read from the client that cannot be sent again.
  return in_hand_last_ && !upload_.valid() && is_idempotent(exchange_->outgoing.method);
}

bool Session::may_retry() const {
  return upstream_ && upstream_->reused && !response_seen_ && !retried_ && is_repeatable() &&
         client_fault_ == Reason::none && !aborted_;
}

Task<Reason> Session::read_response_head() {
  Exchange& x = *exchange_;
  const HeadLimits limits = response_limits(x.settings());
  Buffer& in = upstream_->in;
  if (in.capacity == 0) in = worker_.buffers().take(kUpstreamBlock);
  HeadScan scan(MessageKind::response);
  const Milliseconds timeout = x.settings()[Setting::upstream_response_timeout];
  const Milliseconds began = steady_ms();
  for (;;) {
    const HeadScan::Result result = scan.scan(in.filled(), limits);
    if (result == HeadScan::Result::complete) {
      head_size_ = scan.size();
      read_as_known_version({in.bytes.get() + in.begin, head_size_}, MessageKind::response);
      const std::string_view bytes = in.filled().substr(0, head_size_);
      co_return parse_response_head(bytes, x.outgoing.method == "HEAD", x.response);
    }
    if (result == HeadScan::Result::bad) {
      const Reason reason = scan.reason();
      const bool large = reason == Reason::head_too_large || reason == Reason::header_too_large ||
                         reason == Reason::too_many_headers || reason == Reason::uri_too_long;
      co_return large ? Reason::upstream_head_too_large : Reason::upstream_bad_response;
    }
    if (in.room().empty()) {
      in.compact();
      if (in.room().empty()) worker_.buffers().grow(in, in.capacity * 4);
    }
    if (client_fault_ != Reason::none) co_return client_fault_;  // found by the upload while we were writing
    // While the request is still being sent the next hop owes nothing; upload() sets the deadline at its end.
    const Milliseconds deadline = uploading_ ? kNever : std::max(began, uploaded_at_) + timeout;
    const IoResult got = co_await upstream_->stream.read(in.room(), deadline);
    if (client_fault_ != Reason::none) co_return client_fault_;
    if (got.io == Io::late) co_return Reason::upstream_response_timeout;
    if (got.io == Io::cancelled) co_return Reason::client_closed;
    if (got.io != Io::ok) co_return in.empty() ? Reason::upstream_closed : Reason::upstream_bad_response;
    in.end += got.bytes;
    response_seen_ = true;
  }
}

/// A 1xx goes on to the client as it came, if the client can know it.
Task<Reason> Session::pass_interim() {
  Exchange& x = *exchange_;
  if (x.request.minor == 0) co_return Reason::none;
  if (x.response.status == 100) {
    if (continue_sent_) co_return Reason::none;
    continue_sent_ = true;
  }
  std::string& out = x.to_client;
  out.clear();
  write_status_line(out, x.response.status, x.response.reason);
  for (const HeaderLine& line : x.response.headers) {
    if (!is_hop_by_hop(x.response, line.name)) write_header(out, line.name, line.value);
  }
  out.append("\r\n");
  BodyParts parts;
  parts.head(out);
  const IoResult sent = co_await client_.write(parts.parts(), x.settings()[Setting::client_write_timeout]);
  if (sent.io == Io::ok) co_return Reason::none;
  response_began_ = true;  // a part of this head may be out: whatever the reason will be, nothing can be said after it
  co_return sent.io == Io::late ? Reason::client_write_timeout : client_end(sent.io);
}

/// Reads heads until a final one, or 101.
Task<Reason> Session::read_response() {
  bool last = false;  // what was said before the final head counts as well: a 1xx with a body, or with `close`
  for (int interims = 0;; ++interims) {
    Reason reason = co_await read_response_head();
    if (reason != Reason::none) co_return reason;
    last = last || exchange_->response.connection.close;
    exchange_->response.connection.close = last;
    const std::uint16_t status = exchange_->response.status;
    if (status >= 200 || status == 101) co_return Reason::none;
    if (interims >= kInterimLimit) co_return Reason::upstream_bad_response;
    reason = co_await pass_interim();
    if (reason != Reason::none) co_return reason;
    upstream_->in.consume(head_size_);
  }
}

void Session::release_upstream(bool reusable) {
  if (!upstream_) return;
  // One that was in use while the name moved leads to where it no longer points.
  reusable = reusable && worker_.leads_to_next_hop(upstream_->address);
  // The buffer's bytes are seen by the log line: it is put aside, and given back when the exchange ends.
  if (!reusable) upstream_->stream.close();
  spent_ = std::move(upstream_->in);
  upstream_->in = {};
  if (reusable && !worker_.draining()) {
    const auto most = static_cast<std::size_t>(exchange_->settings()[Setting::upstream_max_idle]);
    worker_.pool().give(std::move(upstream_), steady_ms(), most);
  }
  upstream_.reset();
}

Task<> Session::forward() {
  Exchange& x = *exchange_;
  const HopsLeft hops = count_hops(x.outgoing, x.arena);
  if (hops == HopsLeft::invalid) {
    co_await fail(Reason::bad_max_forwards);
    co_return;
  }
  if (hops == HopsLeft::none) {
    co_await answer_max_forwards();
    co_return;
  }
  OutFraming framing;
  if (body_.kind() == BodyKind::chunked) {
    framing.kind = OutFraming::Kind::chunked;
  } else if (x.request.framing.has_length) {
    framing = {OutFraming::Kind::length, x.request.framing.length};
  }
  body_out_ = framing.kind;
  const BodyReader::Piece piece = body_.take(in_);
  in_hand_ = piece.data;
  in_hand_last_ = body_.done();
  x.record.request_bytes += piece.taken;
  if (piece.bad) {
    keep_alive_ = false;
    co_await fail(Reason::bad_chunk);
    co_return;
  }
  const std::string_view offer = upgrade_offer();
  write_upstream_head(framing, offer);
  x.upstream_began_us = steady_us();
  forwarding_ = true;
  Reason reason = Reason::none;
  for (;;) {
    reason = co_await acquire(retried_);
    if (reason != Reason::none) break;
    reason = co_await send_request();
    // A next hop that stopped reading may have said why: its answer is looked for all the same.
    const bool sent = reason == Reason::none;
    if (reason == Reason::none || (reason == Reason::upstream_closed && !may_retry())) {
      if (sent && !in_hand_last_) {
        uploading_ = true;
        upload_ = upload();
        upload_.start();
      } else if (!sent && !in_hand_last_) {
        upload_broken_ = true;
      }
      reason = co_await read_response();
    }
    if (reason == Reason::upstream_closed && may_retry()) {
      retried_ = true;
      worker_.count().upstream_retries.add();
      worker_.buffers().give(std::move(upstream_->in));
      upstream_.reset();
      continue;
    }
    break;
  }
  if (client_fault_ != Reason::none) reason = client_fault_;
  if (reason == Reason::none) x.record.upstream_head_us = steady_us() - x.upstream_began_us;
  if (reason != Reason::none) {
    co_await stop_upload();
    release_upstream(false);
    forwarding_ = false;
    co_await fail(reason);
    co_return;
  }
  if (x.response.status == 101) {
    co_await tunnel(offer);
  } else {
    co_await relay_response();
  }
  forwarding_ = false;
  co_await stop_upload();
  release_upstream(false);
}

}  // namespace sprx
