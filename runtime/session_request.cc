// From a complete head to the decision: parsing, facts, request rules, the working copy that is sent on.
#include <algorithm>

#include "runtime/decide/apply.h"
#include "runtime/http/ascii.h"
#include "runtime/session.h"
#include "runtime/worker.h"

namespace sprx {
namespace {

constexpr std::size_t kIdSize = 32;

std::string_view protocol_of(const ParsedHead& head) { return head.minor == 0 ? "HTTP/1.0" : "HTTP/1.1"; }

bool is_token(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char); }

/// One protocol, as RFC 9110 7.8 writes it, and none that would give the next hop's HTTP a second way in, past every
/// rule, or that this hop speaks itself.
bool is_tunnel_protocol(std::string_view protocol) {
  const std::size_t slash = std::min(protocol.find('/'), protocol.size());
  if (slash < protocol.size() && !is_token(protocol.substr(slash + 1))) return false;
  return is_token(protocol.substr(0, slash)) && !starts_nocase(protocol, "h2") && !starts_nocase(protocol, "http") &&
         !starts_nocase(protocol, "tls");
}

}  // namespace

/// The protocol to offer to the next hop: only of a request without a body, one protocol, and not HTTP itself.
std::string_view Session::upgrade_offer() const {
  const ParsedHead& head = exchange_->request;
  if (head.minor == 0 || !head.connection.upgrade || head.upgrade.empty() || head.framing.kind != BodyKind::none)
    return {};
  return is_tunnel_protocol(head.upgrade) ? head.upgrade : std::string_view();
}

bool Session::keeps_alive() const {
  const ParsedHead& head = exchange_->request;
  if (head.connection.close || worker_.draining() || refused_) return false;
  if (static_cast<std::int64_t>(requests_) >= exchange_->settings()[Setting::client_max_requests]) return false;
  return head.minor >= 1 || head.connection.keep_alive;
}

Reason Session::read_request() {
  Exchange& x = *exchange_;
  read_as_known_version({in_.bytes.get() + in_.begin, head_size_}, MessageKind::request);
  const std::string_view bytes = in_.filled().substr(0, head_size_);
  const auto uri_limit = static_cast<std::size_t>(x.settings()[Setting::limit_uri_size]);
  if (const Reason reason = parse_request_head(bytes, uri_limit, x.request); reason != Reason::none) return reason;
  if (x.rules().client_ip_header != kNoStr) {
    x.request.never_nominated = x.rules().pool.strings.view(x.rules().client_ip_header);
  }
  if (const Reason reason = read_target(x.request, x.target); reason != Reason::none) return reason;
  // RFC 9110 9.3.8: TRACE has no content; a body on it is only good for confusing someone.
  if (x.request.method == "TRACE" && x.request.framing.kind != BodyKind::none) return Reason::bad_framing;
  in_.begin += head_size_;
  body_ = BodyReader(x.request.framing);
  in_hand_last_ = body_.done();
  return Reason::none;
}

void Session::note_request() {
  Exchange& x = *exchange_;
  AccessRecord& record = x.record;
  record.request_bytes = head_size_;
  record.hostname = x.facts.host;
  record.method = x.request.method;
  record.path = x.facts.raw_path;
  record.query = x.facts.raw_query;
  record.protocol = protocol_of(x.request);
  record.request_id = x.facts.request_id;
  record.client = x.facts.client;
  if (const HeaderLine* line = find_header(x.request.headers, "user-agent")) record.user_agent = line->value;
  if (const HeaderLine* line = find_header(x.request.headers, "referer")) record.referer = line->value;
}

/// The working copy: what came, without what belongs to this hop, with what the platform's contract promises to the
/// next one.
void Session::build_outgoing() {
  Exchange& x = *exchange_;
  RequestMessage& out = x.outgoing;
  out.method = x.request.method;
  const std::string_view target = x.facts.head.target;
  const std::size_t query = target.find('?');
  out.path = target.substr(0, query);
  out.has_query = query != std::string_view::npos;
  out.query = out.has_query ? target.substr(query + 1) : std::string_view{};
  bool forwarded_for = false;
  bool forwarded_proto = false;
  bool id = false;
  for (const HeaderLine& line : x.request.headers) {
    if (is_hop_by_hop(x.request, line.name)) continue;
    const std::size_t size = line.name.size();
    if (size == 4 && equals_nocase(line.name, "host")) {
      out.headers.push_back({line.name, x.target.authority});
      continue;
    }
    // An HTTP/1.0 client cannot be waiting for a 100.
    if (size == 6 && x.request.minor == 0 && equals_nocase(line.name, "expect")) continue;
    forwarded_for = forwarded_for || (size == 15 && equals_nocase(line.name, "x-forwarded-for"));
    forwarded_proto = forwarded_proto || (size == 17 && equals_nocase(line.name, "x-forwarded-proto"));
    if (size == 13 && equals_nocase(line.name, "section-io-id")) {
      if (line.value.empty()) continue;  // counts as missing
      id = true;
    }
    out.headers.push_back(line);
  }
  if (!x.request.has_host) {
    const ServerOptions& options = worker_.options();
    std::string_view host = x.target.authority;
    if (host.empty()) host = options.next_hop_host;
    out.headers.insert(out.headers.begin(), {"Host", host});
  }
  if (!forwarded_for) out.headers.push_back({"X-Forwarded-For", x.arena.copy(to_text(peer_))});
  if (!forwarded_proto) out.headers.push_back({"X-Forwarded-Proto", x.facts.scheme});
  if (!id) out.headers.push_back({"section-io-id", x.facts.request_id});
}

namespace {

/// What rules see of the headers: not what Connection names, since the next hop will not see it either. A rule that
/// asks for a header could otherwise be satisfied by one that goes no further.
std::span<const HeaderLine> seen_by_rules(const ParsedHead& head, Arena& arena) {
  if (!head.connection.nominates) return head.headers;
  const std::span<HeaderLine> kept = arena.array<HeaderLine>(head.headers.size());
  const auto end = std::copy_if(head.headers.begin(), head.headers.end(), kept.begin(),
                                [&](const HeaderLine& line) { return !is_nominated(head, line.name); });
  return kept.first(static_cast<std::size_t>(end - kept.begin()));
}

}  // namespace

Task<> Session::serve() {
  Exchange& x = *exchange_;
  const std::string_view bytes = in_.filled().substr(0, head_size_);
  Reason reason = read_request();
  if (reason == Reason::none) {
    RequestHead head{x.request.method, protocol_of(x.request), x.target.target, x.target.authority,
                     seen_by_rules(x.request, x.arena)};
    if (!x.target.absolute_query.empty()) {
      const std::span<char> joined = x.arena.array<char>(x.target.absolute_query.size() + 1);
      joined[0] = '/';
      x.target.absolute_query.copy(joined.data() + 1, joined.size() - 1);
      head.target = {joined.data(), joined.size()};
    }
    char id[kIdSize];
    worker_.make_id(id);
    const std::string_view fresh = x.arena.copy({id, kIdSize});
    const FactsError error = read_facts(head, peer_, x.record.time_us, fresh, x.rules(), x.arena, x.facts);
    if (error == FactsError::bad_path) reason = Reason::bad_path;
    if (error == FactsError::bad_host) reason = Reason::bad_host;
  }
  if (reason == Reason::none && refused_) reason = Reason::connection_limit;
  if (reason != Reason::none) {
    note_unparsed(bytes);
    co_await refuse(reason);
    co_return;
  }
  note_request();
  keep_alive_ = keeps_alive();
  worker_.decide(x);
  x.record.rules = &x.rules();
  x.record.request_decision = &x.request_decision;
  build_outgoing();
  apply_request(x.rules(), x.request_decision, x.arena, x.outgoing);
  switch (x.request_decision.outcome) {
    case Outcome::pass:
    case Outcome::forward:
      co_await forward();
      break;
    case Outcome::respond:
    case Outcome::redirect:
    case Outcome::deny:
      co_await answer_by_rule(x.request_decision, Phase::request);
      break;
    case Outcome::drop:
      co_await drop(x.request_decision, Phase::request);
      break;
    case Outcome::failed:
      worker_.count().rule_errors.add();
      co_await fail(Reason::rule_error);
      break;
  }
}

}  // namespace sprx
