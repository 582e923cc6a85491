// Answers made here: refusals before any rule, errors after them, and what rules answer themselves.
#include <sys/uio.h>

#include "runtime/decide/apply.h"
#include "runtime/http/ascii.h"
#include "runtime/limits.h"
#include "runtime/session.h"
#include "runtime/worker.h"

namespace sprx {
namespace {

constexpr std::string_view kVia = "sprx";
constexpr std::string_view kPlainText = "text/plain; charset=utf-8";
constexpr std::string_view kAllow = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, TRACE";

bool never_has_body(std::uint16_t status) { return status / 100 == 1 || status == 204 || status == 304; }

}  // namespace

OutConnection Session::connection_field() const {
  if (!keep_alive_) return OutConnection::close;
  return exchange_->request.minor == 0 ? OutConnection::keep_alive : OutConnection::none;
}

/// Writes exchange_->answer to `to_client`, with what comes after all rules: Date, Via, Proxy-Status, framing.
void Session::finish_head(bool made_here, Reason reason, const OutFraming& framing, OutConnection connection,
                          std::string_view upgrade) {
  Exchange& x = *exchange_;
  std::string& out = x.to_client;
  const Settings& settings = x.settings();
  answer_at_ = client_.written();
  out.clear();
  write_status_line(out, x.answer.status, x.answer.reason);
  bool date = false;
  for (const HeaderLine& line : x.answer.headers) {
    date = date || (line.name.size() == 4 && equals_nocase(line.name, "date"));
    write_header(out, line.name, line.value);
  }
  if (!date) write_header(out, "Date", worker_.date());
  if (!made_here && settings[Setting::via] != 0) {
    out.append(x.response.minor == 0 ? "Via: 1.0 " : "Via: 1.1 ").append(kVia).append("\r\n");
  }
  if (reason != Reason::none && settings[Setting::proxy_status] != 0) {
    out.append("Proxy-Status: ").append(kVia).append("; error=").append(info(reason).type).append("\r\n");
  }
  write_framing(out, framing);
  write_connection(out, connection, upgrade);
  out.append("\r\n");
}

void Session::make_error(Reason reason, std::string_view& body) {
  Exchange& x = *exchange_;
  x.clear_answer();
  x.answer.status = info(reason).status;
  x.answer.reason = phrase_of(x.answer.status);
  x.answer.headers.push_back({"Content-Type", kPlainText});
  x.answer.headers.push_back({"Cache-Control", "no-store"});
  if (reason == Reason::connect_refused) x.answer.headers.push_back({"Allow", kAllow});
  const std::span<char> text = x.arena.array<char>(info(reason).text.size() + 1);
  info(reason).text.copy(text.data(), text.size());
  text.back() = '\n';
  body = {text.data(), text.size()};
}

/// Sends exchange_->answer with `body`. The request's body, as far as it is not here yet, is not waited for.
Task<> Session::send_answer(std::string_view body, Reason reason) {
  Exchange& x = *exchange_;
  // A body that is here already is passed over, and one that is still coming if it is known to be short. Where it is
  // not (chunks have no sum), or the client waits for a 100 and may or may not send it, the connection ends, and as
  // that has to be said now (RFC 9112 9.6) it is decided now.
  if (!body_.done()) {
    const BodyReader::Piece rest = body_.take(in_);
    x.record.request_bytes += rest.taken;
    const bool is_short = body_.kind() == BodyKind::length && body_.left() <= kDiscarded;
    const bool skipped = body_.done() || (is_short && !x.request.expects_continue);
    if (rest.bad || !skipped) keep_alive_ = false;
  }
  if (worker_.draining()) keep_alive_ = false;  // it began since this request was decided
  OutFraming framing;
  const bool no_body = never_has_body(x.answer.status);
  if (!no_body) framing = {OutFraming::Kind::length, body.size()};
  if (x.request.method == "HEAD" || no_body) body = {};
  finish_head(true, reason, framing, connection_field(), {});
  x.record.status = x.answer.status;
  response_began_ = true;
  BodyParts parts;
  parts.head(x.to_client);
  parts.body(OutFraming::Kind::length, body, true);
  const std::uint64_t head_end = client_.written() + x.to_client.size();
  const IoResult sent = co_await client_.write(parts.parts(), x.settings()[Setting::client_write_timeout]);
  if (client_.written() > head_end) x.record.body_bytes = client_.written() - head_end;
  if (sent.io != Io::ok) {
    keep_alive_ = false;
    note_error(sent.io == Io::late ? Reason::client_write_timeout : client_end(sent.io));
    client_.abort();
    co_return;
  }
  if (keep_alive_ && !body_.done()) co_await discard_body();
}

/// Reads the rest of the request's body, which is known to be short, for nothing.
Task<> Session::discard_body() {
  Exchange& x = *exchange_;
  upload_block_ = worker_.buffers().take(kUpstreamBlock);
  Buffer& block = upload_block_;
  while (!body_.done()) {
    block.begin = block.end = 0;
    const Milliseconds deadline = steady_ms() + x.settings()[Setting::client_body_timeout];
    const std::size_t most = body_.most(block.capacity);
    const IoResult got = co_await client_.read(block.room().first(most), deadline);
    block.end = got.io == Io::ok ? got.bytes : 0;
    const BodyReader::Piece piece = body_.take(block);
    x.record.request_bytes += piece.taken;
    if (got.io != Io::ok) {
      keep_alive_ = false;
      co_return;
    }
  }
}

/// A refusal before the request phase: no rule sees it.
Task<> Session::refuse(Reason reason) {
  Exchange& x = *exchange_;
  keep_alive_ = false;
  x.record.source = ResponseSource::proxy;
  note_error(reason);
  if (info(reason).status == 0) co_return;
  std::string_view body;
  make_error(reason, body);
  co_await send_answer(body, reason);
}

void Session::note_rule(const Decision& decision, Phase phase) {
  Exchange& x = *exchange_;
  x.record.source = ResponseSource::rule;
  x.record.rule = x.rules().pool.strings.view(x.rules().of(phase)[decision.rule].name);
}

Session::Ruled Session::rule_answer(ResponseSource source, std::string_view error, std::string_view& body) {
  Exchange& x = *exchange_;
  const ResponseHead head{x.answer.status, x.answer.headers, source, error};
  worker_.decide(x, head);
  const Decision* made = source == ResponseSource::rule ? &x.request_decision : nullptr;
  x.record.response_decision = &x.response_decision;
  switch (x.response_decision.outcome) {
    case Outcome::pass:
    case Outcome::forward:
      break;
    case Outcome::respond:
    case Outcome::redirect:
    case Outcome::deny:
      x.clear_answer();
      make_answer(x.rules(), x.response_decision, x.outgoing, x.arena, x.answer);
      if (x.answer.reason.empty()) x.answer.reason = phrase_of(x.answer.status);
      made = &x.response_decision;
      note_rule(x.response_decision, Phase::response);
      break;
    case Outcome::drop:
      note_rule(x.response_decision, Phase::response);
      return Ruled::drop;
    case Outcome::failed:
      worker_.count().rule_errors.add();
      return Ruled::failed;
  }
  const std::uint16_t before = x.answer.status;
  apply_response(x.rules(), x.request_decision, x.arena, x.answer);
  apply_response(x.rules(), x.response_decision, x.arena, x.answer);
  if (x.answer.status != before) x.answer.reason = phrase_of(x.answer.status);
  if (made == nullptr) return Ruled::go;
  const std::optional<std::string_view> whole = final_body(*made, x.answer, x.arena);
  if (!whole) {
    x.record.source = ResponseSource::proxy;
    worker_.count().rule_errors.add();
    return Ruled::failed;
  }
  body = *whole;
  return Ruled::go;
}

/// An error after the request phase: the response rules see it, then the client, if an answer is still possible.
Task<> Session::fail(Reason reason) {
  Exchange& x = *exchange_;
  x.record.source = ResponseSource::proxy;
  note_error(reason);
  if (info(reason).status == 0 || response_began_) {
    keep_alive_ = false;
    co_return;
  }
  std::string_view body;
  make_error(reason, body);
  // That the proxy ends is nothing that rules decide about.
  const bool asks = reason != Reason::draining;
  const Ruled ruled = asks ? rule_answer(ResponseSource::proxy, info(reason).word, body) : Ruled::go;
  if (ruled == Ruled::drop) {
    co_await drop(x.response_decision, Phase::response);
    co_return;
  }
  if (ruled == Ruled::failed) {
    reason = Reason::rule_error;
    x.record.error = info(reason).word;
    make_error(reason, body);
  }
  co_await send_answer(body, x.record.source == ResponseSource::proxy ? reason : Reason::none);
}

Task<> Session::answer_by_rule(const Decision& decision, Phase phase) {
  Exchange& x = *exchange_;
  note_rule(decision, phase);
  x.clear_answer();
  make_answer(x.rules(), decision, x.outgoing, x.arena, x.answer);
  if (x.answer.reason.empty()) x.answer.reason = phrase_of(x.answer.status);
  std::string_view body;
  const Ruled ruled = rule_answer(ResponseSource::rule, {}, body);
  Reason reason = Reason::none;
  if (ruled == Ruled::drop) {
    co_await drop(x.response_decision, Phase::response);
    co_return;
  }
  if (ruled == Ruled::failed) {
    reason = Reason::rule_error;
    x.record.source = ResponseSource::proxy;
    x.record.error = info(reason).word;
    make_error(reason, body);
  }
  co_await send_answer(body, reason);
}

/// `drop`: the connection ends without an answer.
Task<> Session::drop(const Decision& decision, Phase phase) {
  note_rule(decision, phase);
  exchange_->record.error = info(Reason::rule_drop).word;
  worker_.count().dropped.add();
  keep_alive_ = false;
  // Answers to what was asked before may still be on their way, and a close with bytes unread would throw them away:
  // then the connection ends as any other (RFC 9112 9.6).
  if (client_.written() == 0) client_.close();
  co_return;
}

/// TRACE and OPTIONS whose Max-Forwards is used up are answered here (RFC 9110 7.6.2): this is the last hop they may
/// reach.
namespace {

/// What a script must not be able to read back, and what is the platform's or this hop's business.
bool is_kept_from_trace(const ParsedHead& head, std::string_view name) {
  return is_hop_by_hop(head, name) || equals_nocase(name, "cookie") || equals_nocase(name, "authorization") ||
         equals_nocase(name, "true-client-ip") || starts_nocase(name, "section-");
}

}  // namespace

Task<> Session::answer_max_forwards() {
  Exchange& x = *exchange_;
  x.record.source = ResponseSource::proxy;
  x.clear_answer();
  x.answer.status = 200;
  x.answer.reason = phrase_of(200);
  std::string_view body;
  if (x.request.method == "TRACE") {
    x.answer.headers.push_back({"Content-Type", "message/http"});
    // What came, and nothing that rules made of it for the next hop (RFC 9110 9.3.8).
    std::string& echo = x.to_upstream;
    echo.assign(x.request.method).append(" ").append(x.facts.head.target).append(" HTTP/1.1\r\n");
    for (const HeaderLine& line : x.request.headers) {
      if (!is_kept_from_trace(x.request, line.name)) write_header(echo, line.name, line.value);
    }
    echo.append("\r\n");
    body = echo;
  } else {
    x.answer.headers.push_back({"Allow", kAllow});
  }
  const Ruled ruled = rule_answer(ResponseSource::proxy, {}, body);
  if (ruled == Ruled::drop) {
    co_await drop(x.response_decision, Phase::response);
    co_return;
  }
  Reason reason = Reason::none;
  if (ruled == Ruled::failed) {
    reason = Reason::rule_error;
    x.record.error = info(reason).word;
    make_error(reason, body);
  }
  co_await send_answer(body, reason);
}

}  // namespace sprx
