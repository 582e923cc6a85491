// Messages for tests of decisions, and a ledger that answers without state.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/decide/decide.h"

namespace sprx::test {

/// A ledger whose answers follow from limit and key alone, and that keeps what was asked.
class TestLedger final : public Ledger {
 public:
  [[nodiscard]] bool take(LimitId limit, std::string_view key) override;
  std::string asked;  ///< `limit:hash `, in order
};

/// A request (and a response) with its facts. Owns its bytes.
class Message {
 public:
  explicit Message(std::string target = "/", std::string authority = "example.com", std::string method = "GET");
  Message& header(std::string name, std::string value);
  Message& client(std::string_view ip);
  Message& respond(std::uint16_t status, std::vector<std::pair<std::string, std::string>> headers = {});
  /// When it comes, microseconds since 1970.
  Message& at(std::int64_t now_us);
  Message& source(ResponseSource source, std::string error);

  /// Works the facts out for these rules; views into this message.
  const RequestFacts& facts(const RuleSet& rules);
  FactsError error(const RuleSet& rules);
  const ResponseHead* response();
  [[nodiscard]] std::string text() const;
  Arena& arena() { return arena_; }

 private:
  std::string target_;
  std::string authority_;
  std::string method_;
  std::vector<std::pair<std::string, std::string>> headers_;
  IpAddress peer_;
  std::int64_t now_us_ = 1'750'000'000'000'000;
  bool has_response_ = false;
  std::uint16_t status_ = 0;
  std::vector<std::pair<std::string, std::string>> response_headers_;
  ResponseSource source_ = ResponseSource::upstream;
  std::string error_;

  Arena arena_;
  std::vector<HeaderLine> lines_;
  std::vector<HeaderLine> response_lines_;
  RequestFacts facts_;
  ResponseHead response_;
};

}  // namespace sprx::test
