#include "tests/decide/message.h"

#include <cstdio>
#include <cstdlib>

#include "runtime/decide/state.h"

namespace sprx::test {

bool TestLedger::take(LimitId limit, std::string_view key) {
  const std::uint64_t hash = sip_hash({3, static_cast<std::uint64_t>(limit)}, key);
  asked += std::to_string(static_cast<std::uint32_t>(limit)) + ":" + std::to_string(hash) + " ";
  return hash % 2 == 0;
}

Message::Message(std::string target, std::string authority, std::string method)
    : target_(std::move(target)),
      authority_(std::move(authority)),
      method_(std::move(method)),
      peer_(parse_ip("192.0.2.1").value()) {}

Message& Message::header(std::string name, std::string value) {
  headers_.emplace_back(std::move(name), std::move(value));
  return *this;
}

Message& Message::client(std::string_view ip) {
  peer_ = parse_ip(ip).value();
  return *this;
}

Message& Message::respond(std::uint16_t status, std::vector<std::pair<std::string, std::string>> headers) {
  has_response_ = true;
  status_ = status;
  response_headers_ = std::move(headers);
  return *this;
}

Message& Message::at(std::int64_t now_us) {
  now_us_ = now_us;
  return *this;
}

Message& Message::source(ResponseSource source, std::string error) {
  source_ = source;
  error_ = std::move(error);
  return *this;
}

FactsError Message::error(const RuleSet& rules) {
  lines_.clear();
  for (const auto& [name, value] : headers_) lines_.push_back({name, value});
  const RequestHead head{method_, "HTTP/1.1", target_, authority_, lines_};
  return read_facts(head, peer_, now_us_, "fresh-id", rules, arena_, facts_);
}

const RequestFacts& Message::facts(const RuleSet& rules) {
  if (error(rules) != FactsError::none) {
    std::fprintf(stderr, "a message without facts: %s", text().c_str());
    std::abort();
  }
  return facts_;
}

const ResponseHead* Message::response() {
  response_lines_.clear();
  for (const auto& [name, value] : response_headers_) response_lines_.push_back({name, value});
  response_ = {status_, response_lines_, source_, error_};
  return has_response_ ? &response_ : nullptr;
}

std::string Message::text() const {
  std::string out = method_ + " " + target_ + " Host: " + authority_ + " peer " + to_text(peer_) + "\n";
  for (const auto& [name, value] : headers_) out += "  " + name + ": " + value + "\n";
  if (has_response_) out += "  response " + std::to_string(status_) + "\n";
  for (const auto& [name, value] : response_headers_) out += "    " + name + ": " + value + "\n";
  return out;
}

}  // namespace sprx::test
