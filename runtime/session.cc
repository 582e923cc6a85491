#include "runtime/session.h"

#include <algorithm>
#include <chrono>
#include <string_view>

#include "runtime/clock.h"
#include "runtime/http/ascii.h"
#include "runtime/limits.h"
#include "runtime/worker.h"

namespace sprx {
namespace {

constexpr Milliseconds kDrainFresh = 1'000;  ///< for a first request on a connection accepted just before a drain
constexpr Milliseconds kDrainIdle = 50;      ///< for a request that crossed the drain on a kept connection

HeadLimits request_limits(const Settings& settings) {
  HeadLimits limits;
  limits.head = static_cast<std::size_t>(settings[Setting::limit_head_size]);
  limits.first_line = static_cast<std::size_t>(settings[Setting::limit_uri_size]);
  limits.line = static_cast<std::size_t>(settings[Setting::limit_header_line]);
  limits.lines = static_cast<std::size_t>(settings[Setting::limit_header_count]);
  return limits;
}

AnsweredBy answered_by(const Exchange& x) {
  if (x.record.status == 0 || !x.record.source) return AnsweredBy::nobody;
  switch (*x.record.source) {
    case ResponseSource::upstream:
      return AnsweredBy::upstream;
    case ResponseSource::rule:
      return AnsweredBy::rule;
    case ResponseSource::proxy:
      break;
  }
  return AnsweredBy::proxy;
}

}  // namespace

Session::Session(Worker& worker, const IpAddress& peer, bool refused)
    : worker_(worker),
      peer_(peer),
      refused_(refused),
      next_(worker.sessions_),
      client_(worker.poller(), worker.streams(), worker.options().read_limit) {
  if (next_ != nullptr) next_->previous_ = this;
  worker.sessions_ = this;
}

Session::~Session() {
  if (previous_ != nullptr) {
    previous_->next_ = next_;
  } else {
    worker_.sessions_ = next_;
  }
  if (next_ != nullptr) next_->previous_ = previous_;
  worker_.buffers().give(std::move(in_));
}

void Session::begin(Worker& worker, int fd, const IpAddress& peer, bool refused) {
  auto* session = new Session(worker, peer, refused);
  if (session->client_.adopt(fd)) {
    own(session);
  } else {
    delete session;
    worker.session_ended(peer);
  }
}

Detached Session::own(Session* session) {
  co_await session->run();
  session->client_.close();
  Worker& worker = session->worker_;
  const IpAddress peer = session->peer_;
  delete session;
  worker.session_ended(peer);
}

Task<> Session::run() {
  bool more = true;
  while (more) {
    more = co_await await_request();
    if (!more) break;
    begin_exchange();
    // A request that was let in may take what its limits allow; so the bound is looked at before, not within.
    Reason reason = Reason::buffer_limit;
    if (!worker_.buffers_full()) reason = co_await read_head();
    if (reason == Reason::none) {
      renew_exchange();
      co_await serve();
    } else {
      note_unparsed(in_.filled());
      co_await refuse(reason);
    }
    end_exchange();
    more = keep_alive_ && !aborted_;
  }
  if (!aborted_) co_await end_connection();
}

/// Waits for the first byte of a request; false when there will be none.
Task<bool> Session::await_request() {
  Milliseconds deadline = steady_ms() + worker_.settings()[Setting::client_idle_timeout];
  int skipped = 0;
  was_waited_for_ = false;
  for (;;) {
    std::string_view bytes = in_.filled();
    while (bytes.starts_with("\r\n") && skipped < kEmptyLinesSkipped) {
      in_.consume(2);
      bytes = in_.filled();
      ++skipped;
    }
    if (!bytes.empty() && bytes != "\r") co_return true;
    if (in_.capacity != kHeadBlock && in_.empty()) {
      worker_.buffers().give(std::move(in_));
      in_ = worker_.buffers().take(kHeadBlock);
    }
    in_.compact();
    if (worker_.draining()) deadline = std::min(deadline, steady_ms() + (requests_ == 0 ? kDrainFresh : kDrainIdle));
    idle_ = true;
    const IoResult got = co_await client_.read(in_.room(), deadline);
    idle_ = false;
    if (got.io == Io::cancelled && worker_.draining() && !aborted_) continue;
    client_ended_ = got.io == Io::eof;
    if (got.io != Io::ok) co_return false;
    was_waited_for_ = true;
    in_.end += got.bytes;
  }
}

Task<Reason> Session::read_head() {
  const HeadLimits limits = request_limits(exchange_->settings());
  const Milliseconds deadline = steady_ms() + exchange_->settings()[Setting::client_head_timeout];
  HeadScan scan(MessageKind::request);
  for (;;) {
    const HeadScan::Result result = scan.scan(in_.filled(), limits);
    if (result == HeadScan::Result::complete) {
      head_size_ = scan.size();
      co_return Reason::none;
    }
    if (result == HeadScan::Result::bad) co_return scan.reason();
    if (in_.room().empty()) {
      in_.compact();
      if (in_.room().empty()) {
        worker_.buffers().grow(in_, in_.capacity < kUpstreamBlock ? kUpstreamBlock : in_.capacity * 4);
      }
    }
    const IoResult got = co_await client_.read(in_.room(), deadline);
    if (got.io == Io::late) co_return Reason::head_timeout;
    if (got.io != Io::ok) co_return client_end(got.io);
    was_waited_for_ = true;
    in_.end += got.bytes;
  }
}

void Session::begin_exchange() {
  exchange_ = worker_.begin_exchange();
  Exchange& x = *exchange_;
  x.began_us = steady_us();
  x.sent_before = client_.written();
  x.record.time_us = worker_.now_us();
  x.record.client = peer_;
  x.record.table = x.table().version();
  ++requests_;
  head_size_ = 0;
  body_ = {};
  body_out_ = OutFraming::Kind::none;
  in_hand_ = {};
  in_hand_last_ = true;
  uploading_ = upload_broken_ = upload_stopped_ = continue_sent_ = response_began_ = response_seen_ = retried_ = false;
  uploaded_at_ = 0;
  answer_at_ = 0;
  client_fault_ = Reason::none;
  half_closed_at_ = kNever;
}

/// A request is decided by the rules that are in force when its head is whole: whoever began one before a reload and
/// takes his time gets the new ones.
void Session::renew_exchange() {
  worker_.renew_exchange(*exchange_);
  exchange_->record.table = exchange_->table().version();
}

/// Writes the log line, and only then lets go of the bytes that it was made of.
void Session::end_exchange() {
  Exchange& x = *exchange_;
  Counters& count = worker_.count();
  const std::int64_t now = steady_us();
  x.record.bytes = client_.written() - x.sent_before;
  x.record.duration_us = now - x.began_us;
  if (x.upstream_began_us != 0 && !x.record.upstream_us) x.record.upstream_us = now - x.upstream_began_us;
  if (client_.written() == answer_at_) x.record.status = 0;  // not a byte of it got out
  if (x.record.status == 0 && x.record.error.data() == nullptr) x.record.error = info(Reason::client_closed).word;
  count.requests.add();
  count.bytes_out.add(x.record.bytes);
  count.bytes_in.add(x.record.request_bytes);
  const AnsweredBy by = answered_by(x);
  count.responses[static_cast<std::size_t>(by)][x.record.status / 100 % kStatusClasses].add();
  count.durations[static_cast<std::size_t>(by)].observe(x.record.duration_us);
  if (x.record.upstream_head_us) count.upstream_heads.observe(*x.record.upstream_head_us);
  count.control_dropped.add(x.request_decision.dropped_control + x.response_decision.dropped_control);
  worker_.log(x.record);
  worker_.end_exchange(std::move(exchange_));
  worker_.buffers().give(std::move(spent_));
  spent_ = {};
  if (upload_block_.bytes) {
    // What the upload read past the end of the body is the start of the next request.
    if (upload_block_.empty() || !keep_alive_) {
      worker_.buffers().give(std::move(upload_block_));
    } else {
      worker_.buffers().give(std::move(in_));
      in_ = std::move(upload_block_);
    }
    upload_block_ = {};
  }
}

Reason Session::client_end(Io io) const {
  return io == Io::cancelled && aborted_ ? Reason::draining : Reason::client_closed;
}

void Session::note_error(Reason reason) {
  exchange_->record.error = info(reason).word;
  worker_.count().reasons[static_cast<std::size_t>(reason)].add();
}

/// What can be said of a message that was refused before it was understood: its first line, if it looks like one.
void Session::note_unparsed(std::string_view bytes) {
  AccessRecord& record = exchange_->record;
  record.request_bytes = bytes.size();
  record.source = ResponseSource::proxy;
  const std::string_view line = bytes.substr(0, std::min(bytes.find_first_of("\r\n"), bytes.size()));
  const std::size_t first = line.find(' ');
  const std::size_t second = first == std::string_view::npos ? first : line.find(' ', first + 1);
  if (second == std::string_view::npos) return;
  const std::string_view method = line.substr(0, first);
  if (method.empty() || !std::all_of(method.begin(), method.end(), is_token_char)) return;
  const std::string_view target = line.substr(first + 1, second - first - 1);
  const std::size_t query = target.find('?');
  record.method = method;
  record.path = target.substr(0, query);
  if (query != std::string_view::npos) record.query = target.substr(query + 1);
  record.protocol = line.substr(second + 1);
}

/// The end of the client's connection, and of the next hop's where a tunnel was. Where an end has been read there is
/// nothing left to wait for.
Task<> Session::end_connection() {
  Task<> behind;
  if (ended_tunnel_) {
    ended_tunnel_->in = worker_.buffers().take(kHeadBlock);
    behind = linger(ended_tunnel_->stream, ended_tunnel_->in);
    behind.start();
  }
  if (client_.is_open() && !client_ended_) {
    if (in_.capacity == 0) in_ = worker_.buffers().take(kHeadBlock);
    co_await linger(client_, in_);
  }
  if (!behind.valid()) co_return;
  co_await behind;
  worker_.buffers().give(std::move(ended_tunnel_->in));
}

/// Closes: says that nothing more comes and reads what the peer still sends, so that its kernel does not throw away
/// what it was sent last; for longer while it is seen to take that.
Task<> Session::linger(Stream& stream, Buffer& block) {
  stream.shutdown_write();
  const Milliseconds timeout = worker_.settings()[Setting::client_linger_timeout];
  const Milliseconds end = steady_ms() + std::max(timeout, kLingerMost);
  int left = stream.unacknowledged();
  Milliseconds deadline = steady_ms() + timeout;
  for (;;) {
    block.begin = block.end = 0;
    const IoResult got = co_await stream.read(block.room(), std::min(deadline, end));
    if (got.io == Io::eof || got.io == Io::error || aborted_) break;
    if (got.io != Io::late) continue;
    const int before = std::exchange(left, stream.unacknowledged());
    if (left == 0 || left >= before || steady_ms() >= end) break;
    deadline = steady_ms() + timeout;
  }
  stream.close();
}

void Session::sweep(Milliseconds now) {
  if (tunnelling_) {
    // A side that is gone is only noticed by who reads from it or writes to it; the other may be what is waited for.
    for (const Stream* side : {&client_, &upstream_->stream}) {
      if (side->peer_state() == Stream::PeerState::broken) tunnel_broke(*side);
    }
    return;
  }
  if (!forwarding_) return;
  const Stream::PeerState state = client_.peer_state();
  if (state == Stream::PeerState::there) return;
  if (state == Stream::PeerState::ended) {
    if (client_.writing()) return;  // it still takes bytes, or the write's own deadline ends it
    if (half_closed_at_ == kNever) half_closed_at_ = now;
    const Milliseconds since = std::max(half_closed_at_, client_.last_write());
    if (now - since < exchange_->settings()[Setting::client_half_close_timeout]) return;
  }
  client_fault_ = Reason::client_closed;
  client_.cancel();
  if (upstream_) upstream_->stream.cancel();
}

void Session::drain() {
  if (idle_) client_.cancel();
}

void Session::abort() {
  aborted_ = true;
  keep_alive_ = false;
  if (client_fault_ == Reason::none) client_fault_ = Reason::draining;
  client_.cancel();
  if (upstream_) upstream_->stream.cancel();
  if (ended_tunnel_) ended_tunnel_->stream.cancel();
}

}  // namespace sprx
