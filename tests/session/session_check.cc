#include "tests/session/session_check.h"

#include <algorithm>
#include <boost/json.hpp>
#include <fmt/format.h>
#include <optional>

#include "compiler/table/table.h"
#include "tests/session/framing_model.h"
#include "tests/session/memory_proxy.h"

namespace sprx::testing {
namespace {

using Kind = SessionStep::Kind;

constexpr std::string_view kPlainAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
constexpr Milliseconds kAmount = 100;       ///< what one of SessionStep::pass is
constexpr Milliseconds kTicks = 10;         ///< looks at what is late while time passes
constexpr Milliseconds kLongest = 300'000;  ///< longer than all that a proxy without clients waits for

std::shared_ptr<const DecisionTable> no_rules() {
  static const std::shared_ptr<const DecisionTable> table = empty_table();
  return table;
}

/// One client connection and what belongs to it. Clients come one after the other.
struct Client {
  int fd = -1;
  std::size_t first_log = 0;  ///< lines of the log before it came
  std::size_t logs = 0;
  std::size_t first_upstream = 0;
  std::size_t upstreams = 0;
};

class Play {
 public:
  explicit Play(const SessionOptions& options) : proxy_(no_rules(), options.read_limit), net_(proxy_.net) {
    net_.fail_at = options.fail_at;
    net_.fault = options.fault;
    begin_client();
  }

  void step(const SessionStep& step) {
    MemorySocket& client = net_.at(clients_.back().fd);
    MemorySocket* origin = net_.accepted.empty() ? nullptr : &net_.at(net_.accepted.back());
    switch (step.kind) {
      case Kind::client_sends:
        send_client(step.bytes);
        break;
      case Kind::client_drips:
        for (const char c : step.bytes) send_client({&c, 1});
        break;
      case Kind::origin_sends:
        if (origin != nullptr) send_origin(step.bytes);
        break;
      case Kind::origin_drips:
        for (const char c : step.bytes) {
          if (origin != nullptr) send_origin({&c, 1});
        }
        break;
      case Kind::origin_answers:
        if (origin != nullptr) send_origin(kPlainAnswer);
        break;
      case Kind::client_fin:
        client.fin = true;
        break;
      case Kind::client_reset:
        client.reset = true;
        break;
      case Kind::origin_fin:
        if (origin != nullptr) origin->fin = true;
        break;
      case Kind::origin_reset:
        if (origin != nullptr) origin->reset = true;
        break;
      case Kind::pass:
        proxy_.pass(step.amount * kAmount, std::max(kAmount, step.amount * kAmount / kTicks));
        break;
      case Kind::origin_refuses:
        net_.origin = MemoryNet::Origin::refuses;
        break;
      case Kind::origin_accepts:
        net_.origin = MemoryNet::Origin::accepts;
        break;
      case Kind::origin_silent:
        net_.origin = MemoryNet::Origin::silent;
        break;
      case Kind::client_window:
        set_window(client, step.amount);
        break;
      case Kind::origin_window:
        if (origin != nullptr) set_window(*origin, step.amount);
        break;
      case Kind::next_client:
        end_client();
        begin_client();
        break;
    }
    net_.run();
  }

  std::string finish() {
    end_client();
    std::string problem = proxy_.left_over();
    if (problem.empty()) problem = check_log();
    for (std::size_t i = 0; i < clients_.size() && problem.empty(); ++i) problem = check_client(clients_[i]);
    return problem;
  }

  [[nodiscard]] std::size_t operations() const { return net_.operations; }
  [[nodiscard]] std::string shown();

 private:
  struct Forwarded {
    ModelMessage message;
    std::size_t upstream = 0;  ///< in net.accepted
    std::size_t index = 0;     ///< among the requests of that connection
    std::size_t order = 0;
  };

  void begin_client() {
    Client client;
    client.fd = proxy_.connect();
    client.first_log = proxy_.log_lines().size();
    client.first_upstream = net_.accepted.size();
    clients_.push_back(client);
    net_.run();
  }

  /// The responses in what the origin sent on a connection.
  [[nodiscard]] ModelStream responses_of(std::size_t upstream, const std::vector<std::string>& methods) const {
    const MemorySocket& socket = net_.at(net_.accepted[upstream]);
    return read_responses(socket.sent(), methods, socket.fin_read);
  }

  /// The client goes, and with it all that waits; kept connections do not outlive it, so that what the next one is
  /// served on is its own.
  void end_client() {
    Client& client = clients_.back();
    net_.at(client.fd).reset = true;
    net_.at(client.fd).window = SIZE_MAX;
    net_.run();
    proxy_.pass(kLongest, kLongest / kTicks);
    client.logs = proxy_.log_lines().size() - client.first_log;
    client.upstreams = net_.accepted.size() - client.first_upstream;
  }

  void send_client(std::string_view bytes) {
    MemorySocket& socket = net_.at(clients_.back().fd);
    if (socket.fin || socket.reset || socket.closed) return;
    socket.to_proxy.append(bytes);
    net_.run();
  }

  void send_origin(std::string_view bytes) {
    MemorySocket& socket = net_.at(net_.accepted.back());
    if (socket.fin || socket.reset || socket.closed) return;
    socket.to_proxy.append(bytes);
    net_.run();
  }

  static void set_window(MemorySocket& socket, std::size_t amount) {
    socket.window = amount == 0 ? SIZE_MAX : socket.from_proxy.size() + amount;
  }

  std::string check_log();
  std::string check_client(const Client& client);
  std::string gather_forwarded(const Client& client, std::vector<Forwarded>& out);
  std::string match_requests(const Client& client, const ModelStream& sent, const std::vector<Forwarded>& forwarded,
                             std::vector<std::optional<Forwarded>>& served) const;
  std::string check_responses(const Client& client, const ModelStream& sent,
                              const std::vector<std::optional<Forwarded>>& served);
  std::string check_answer(const ModelMessage& got, const Forwarded& forwarded, const std::vector<Forwarded>& all);
  [[nodiscard]] std::string logged(const Client& client, std::size_t request, const char* key) const;

  MemoryProxy proxy_;
  MemoryNet& net_;
  std::vector<Client> clients_;
  std::vector<boost::json::object> log_;
  std::vector<Forwarded> all_forwarded_;
};

/// Every line is one object with the fields in their order.
std::string Play::check_log() {
  for (const std::string& line : proxy_.log_lines()) {
    boost::system::error_code ec;
    const boost::json::value value = boost::json::parse(line, ec);
    if (ec || !value.is_object()) return "a log line that is not an object: " + line;
    const boost::json::object& object = value.as_object();
    if (object.empty() || object.begin()->key() != "time" || !object.contains("fields")) return "a log line: " + line;
    if (object.at("status").as_int64() == 0 && object.at("error").is_null()) return "no status and no error: " + line;
    log_.push_back(object);
  }
  return "";
}

bool is_added(std::string_view name) {
  for (const std::string_view known : {"via", "x-forwarded-for", "x-forwarded-proto", "section-io-id", "host"}) {
    if (name == known) return true;
  }
  return false;
}

bool is_framing(std::string_view name) {
  return name == "content-length" || name == "transfer-encoding" || name == "connection" || name == "upgrade";
}

/// What was forwarded says what was sent.
std::string differs(const ModelMessage& sent, const ModelMessage& got) {
  if (got.method != sent.method) return "method";
  const bool same_target = sent.target.starts_with('/') || sent.target == "*"
                               ? got.target == sent.target
                               : got.target == "/" || got.target == "*" || sent.target.ends_with(got.target) ||
                                     (got.target.starts_with("/?") && sent.target.ends_with(got.target.substr(1)));
  if (!same_target) return "target";
  if (got.framing != sent.framing || got.length != sent.length || got.has_length != sent.has_length) return "framing";
  if (got.complete && !sent.complete) return "whole, but was not sent whole";
  if (got.complete ? got.body != sent.body : !std::string_view(sent.body).starts_with(got.body)) return "body";
  if (got.count("host") != 1) return "Host";
  std::size_t at = 0;
  for (const auto& one : got.fields) {
    const std::string& name = one.first;
    const std::string key = lower(name);
    if (is_framing(key)) continue;
    if (key == "te" || key == "trailer" || key == "keep-alive" || key == "proxy-connection") return key;
    const auto found = std::find_if(sent.fields.begin() + static_cast<std::ptrdiff_t>(at), sent.fields.end(),
                                    [&](const auto& field) { return field == one; });
    if (found != sent.fields.end()) {
      at = static_cast<std::size_t>(found - sent.fields.begin()) + 1;
      continue;
    }
    if (!is_added(key) && key != "max-forwards") return "field " + name;
  }
  return "";
}

bool is_idempotent(std::string_view method) {
  for (const std::string_view known : {"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"}) {
    if (method == known) return true;
  }
  return false;
}

std::string Play::gather_forwarded(const Client& client, std::vector<Forwarded>& out) {
  for (std::size_t i = client.first_upstream; i < client.first_upstream + client.upstreams; ++i) {
    const MemorySocket& socket = net_.at(net_.accepted[i]);
    ModelStream stream = read_requests(socket.from_proxy);
    // After an upgrade the rest is not HTTP.
    std::vector<std::string> methods;
    for (const ModelMessage& message : stream.messages) methods.push_back(message.method);
    const ModelStream answers = responses_of(i, methods);
    std::size_t upgraded = SIZE_MAX;
    if (answers.end == StreamEnd::other) {
      upgraded = static_cast<std::size_t>(std::count_if(answers.messages.begin(), answers.messages.end(),
                                                        [](const ModelMessage& one) { return one.status >= 200; }));
    }
    if (stream.end == StreamEnd::bad && upgraded >= stream.messages.size()) {
      return fmt::format("upstream connection {} got what is no request:\n{}", i, socket.from_proxy);
    }
    std::size_t index = 0;
    for (ModelMessage& message : stream.messages) {
      if (index > upgraded) break;
      std::size_t order = 0;
      for (const MemorySocket::Write& write : socket.writes) {
        if (write.offset <= message.begin) order = write.order;
      }
      out.push_back({std::move(message), i, index++, order});
    }
  }
  std::stable_sort(out.begin(), out.end(), [](const Forwarded& a, const Forwarded& b) { return a.order < b.order; });
  return "";
}

std::string Play::match_requests(const Client& client, const ModelStream& sent, const std::vector<Forwarded>& forwarded,
                                 std::vector<std::optional<Forwarded>>& served) const {
  served.assign(sent.messages.size(), std::nullopt);
  std::size_t next = 0;
  for (const Forwarded& one : forwarded) {
    // A repetition on another connection, of what may be repeated.
    const std::string_view id = one.message.field("section-io-id");
    if (next > 0 && served[next - 1] && served[next - 1]->upstream != one.upstream &&
        is_idempotent(one.message.method) && differs(sent.messages[next - 1], one.message).empty() &&
        served[next - 1]->index > 0 && one.index == 0 && served[next - 1]->message.field("section-io-id") == id) {
      served[next - 1] = one;
      continue;
    }
    // The log says which request it was; ids that a client chose may stand for several.
    std::string why = "there is no further request";
    while (next < sent.messages.size()) {
      const bool own_id = sent.messages[next].count("section-io-id") > 0;
      const bool same_id = own_id || logged(client, next, "request_id") == id;
      if (same_id) why = differs(sent.messages[next], one.message);
      ++next;
      if (same_id && why.empty()) break;
    }
    if (!why.empty()) {
      return fmt::format("forwarded is not what was sent ({}): {} {}", why, one.message.method, one.message.target);
    }
    served[next - 1] = one;
  }
  return "";
}

/// A text of the log line of the client's nth request.
std::string Play::logged(const Client& client, std::size_t request, const char* key) const {
  if (request >= client.logs) return "";
  const boost::json::value& value = log_[client.first_log + request].at(key);
  return value.is_string() ? std::string(value.as_string()) : "";
}

/// A response that was passed on is the origin's.
std::string Play::check_answer(const ModelMessage& got, const Forwarded& forwarded, const std::vector<Forwarded>& all) {
  std::vector<std::string> methods;
  for (const Forwarded& one : all) {
    if (one.upstream == forwarded.upstream) methods.resize(std::max(methods.size(), one.index + 1));
    if (one.upstream == forwarded.upstream) methods[one.index] = one.message.method;
  }
  const ModelStream stream = responses_of(forwarded.upstream, methods);
  std::size_t index = 0;
  for (const ModelMessage& message : stream.messages) {
    if (message.status / 100 == 1 && message.status != 101) continue;
    if (index++ < forwarded.index) continue;
    if (message.status != got.status) return fmt::format("status {} for the origin's {}", got.status, message.status);
    if (got.status == 101) return "";
    if (got.status == 205) return got.body.empty() ? "" : "a 205 with content";
    if (got.complete && !message.complete && message.framing != ModelMessage::Body::until_close) {
      return "a response that was cut short looks whole";
    }
    // Where the client reads to the end of the connection, only a reset tells it that something is missing.
    if (got.complete && message.framing == ModelMessage::Body::until_close && !message.complete) {
      return "a response to the end of the connection that was broken off looks whole";
    }
    if (got.complete ? got.body != message.body : !std::string_view(message.body).starts_with(got.body)) {
      return "the body is not the origin's";
    }
    return "";
  }
  return "a response that the origin did not send";
}

std::string Play::check_responses(const Client& client, const ModelStream& sent,
                                  const std::vector<std::optional<Forwarded>>& served) {
  const MemorySocket& socket = net_.at(client.fd);
  std::vector<std::string> methods;
  for (const ModelMessage& message : sent.messages) methods.push_back(message.method);
  const ModelStream got = read_responses(socket.from_proxy, methods, socket.end_seen);
  if (got.end == StreamEnd::bad) return "the client got what is no response:\n" + socket.from_proxy;
  std::size_t request = 0;
  bool interim = false;
  for (const ModelMessage& message : got.messages) {
    if (message.status / 100 == 1 && message.status != 101) {
      interim = true;
      if (request < sent.messages.size() && sent.messages[request].minor == 0) return "1xx for an HTTP/1.0 client";
      continue;
    }
    if (request > sent.messages.size() || (request == sent.messages.size() && sent.end == StreamEnd::clean)) {
      return "a response nobody asked for";
    }
    if (logged(client, request, "source") == "upstream") {
      if (request >= served.size() || !served[request]) return "upstream answered what was not forwarded";
      const std::string why = check_answer(message, *served[request], all_forwarded_);
      if (!why.empty()) return fmt::format("response {}: {}", request, why);
    }
    ++request;
  }
  if (interim && sent.messages.empty()) return "1xx without a request";
  return "";
}

std::string Play::check_client(const Client& client) {
  const ModelStream sent = read_requests(net_.at(client.fd).sent());
  all_forwarded_.clear();
  std::string problem = gather_forwarded(client, all_forwarded_);
  std::vector<std::optional<Forwarded>> served;
  if (problem.empty()) problem = match_requests(client, sent, all_forwarded_, served);
  if (problem.empty()) problem = check_responses(client, sent, served);
  return problem;
}

/// All that went over the wire, for people.
std::string Play::shown() {
  std::string out;
  const auto add = [&](const std::string& who, std::string_view bytes) {
    out += who + ": ";
    for (const char c : bytes) {
      const auto byte = static_cast<unsigned char>(c);
      if (c == '\n') {
        out += "\\n\n    ";
      } else if (byte >= 32 && byte < 127) {
        out += c;
      } else {
        out += c == '\r' ? std::string("\\r") : fmt::format("\\x{:02x}", byte);
      }
    }
    out += '\n';
  };
  for (const Client& client : clients_) {
    add("client sent", net_.at(client.fd).sent());
    add("client got", net_.at(client.fd).from_proxy);
  }
  for (std::size_t i = 0; i < net_.accepted.size(); ++i) {
    add(fmt::format("origin got {}", i), net_.at(net_.accepted[i]).from_proxy);
    add(fmt::format("origin sent {}", i), net_.at(net_.accepted[i]).sent());
  }
  for (const std::string& line : proxy_.log_lines()) out += line + "\n";
  return out;
}

}  // namespace

SessionOutcome check_session(const std::vector<SessionStep>& script, const SessionOptions& options) {
  Play play(options);
  for (const SessionStep& step : script) play.step(step);
  SessionOutcome outcome;
  outcome.problem = play.finish();
  outcome.operations = play.operations();
  if (!outcome.problem.empty()) outcome.problem += "\n" + play.shown();
  return outcome;
}

std::string broken_session(std::string_view bytes) {
  if (bytes.empty()) return "";
  constexpr std::size_t kReadLimits[] = {0, 1, 7, 0};
  const auto first = static_cast<unsigned char>(bytes[0]);
  SessionOptions options;
  options.read_limit = kReadLimits[first & 3];
  options.fail_at = first >> 4;
  options.fault = static_cast<Fault>((first >> 2) % 3);
  return check_session(script_of(bytes.substr(1)), options).problem;
}

std::string session_input(const std::vector<SessionStep>& script) { return std::string(1, '\0') + bytes_of(script); }

}  // namespace sprx::testing
