// Journey: one message taken through facts, both phases and all edits without a socket, as the proxy does it. What
// `sprx trace` and the tests of a configuration share.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/decide/arena.h"
#include "runtime/decide/decide.h"
#include "runtime/decide/message.h"

namespace sprx {

/// The client of a made-up request that names none, and what its request_id is.
inline constexpr std::string_view kMadeUpClient = "127.0.0.1";
inline constexpr std::string_view kMadeUpId = "00000000000000000000000000000000";

/// A request whose head was read, and what the next hop would answer. Views; they live until the journey is over.
struct JourneyRequest {
  RequestHead head;
  std::span<const HeaderLine> end_to_end;  ///< those of `head.headers` that go on
  IpAddress peer;
  std::int64_t now_us = 0;
  LiveView live;                       ///< what flags and dynamic lists hold; made with OwnLive
  std::span<const LimitId> exhausted;  ///< limits that have no token left; the buckets of all others are full
  std::uint16_t upstream_status = 200;
  std::span<const HeaderLine> upstream_headers;
  std::string_view upstream_error;  ///< a word of kErrorWords: the next hop failed that way, and the proxy answers
};

/// What became of it. Views into the request, the table and the journey's own memory, good until the next `go`.
class Journey {
 public:
  explicit Journey(const DecisionTable& table) : table_(table), rules_(table.rules()) {}

  void go(const JourneyRequest& request);

  /// Answered by the proxy itself: a path or a host that no request may have, or a bound that was reached in a rule.
  [[nodiscard]] bool refused() const { return refused_status_ != 0; }
  [[nodiscard]] std::uint16_t refused_status() const { return refused_status_; }
  [[nodiscard]] std::string_view error() const { return error_; }
  /// Whether rules saw it: then `facts` and `request_decision` are there.
  [[nodiscard]] bool decided() const { return decided_; }
  [[nodiscard]] const RequestFacts& facts() const { return facts_; }
  [[nodiscard]] const Decision& request_decision() const { return first_; }
  /// The request as rules saw it, with the lines that the proxy adds, before their edits.
  [[nodiscard]] const std::vector<HeaderLine>& arrived() const { return arrived_; }
  /// The request after all edits; `forwarded`: it went to the next hop.
  [[nodiscard]] const RequestMessage& outgoing() const { return outgoing_; }
  [[nodiscard]] bool forwarded() const { return forwarded_; }
  /// The response as response rules saw it; nothing where the request was dropped or refused before any rule.
  [[nodiscard]] const std::optional<ResponseHead>& response_head() const { return response_head_; }
  [[nodiscard]] const Decision& response_decision() const { return second_; }
  /// What the client gets, after all edits; nothing where the connection is dropped or no rule saw the request.
  [[nodiscard]] const std::optional<ResponseMessage>& answer() const { return answer_; }
  /// The body of an answer that a rule made.
  [[nodiscard]] const std::optional<std::string_view>& body() const { return body_; }
  /// What flags and dynamic lists held, as the request gave it.
  [[nodiscard]] const LiveView& live() const { return live_; }
  [[nodiscard]] Arena& arena() { return arena_; }

 private:
  void reset();
  void request_phase(const JourneyRequest& request);
  void response_phase(const JourneyRequest& request);
  void error_answer(std::string_view word, std::uint16_t status);
  void proxy_answer();
  void upstream_failed(std::string_view word);
  void own_answer(const Decision& decision);
  /// False: the body is longer than a text may be.
  bool finish_body(const Decision& decision);

  const DecisionTable& table_;
  const RuleSet& rules_;
  Arena arena_;
  Scratch scratch_;
  RequestFacts facts_;
  LiveView live_;
  Decision first_;
  Decision second_;
  RequestMessage outgoing_;
  std::vector<HeaderLine> arrived_;
  ResponseMessage response_;
  std::vector<HeaderLine> came_;  ///< the response's lines before edits
  std::optional<ResponseHead> response_head_;
  std::optional<ResponseMessage> answer_;
  std::optional<std::string_view> body_;
  ResponseSource source_ = ResponseSource::upstream;
  std::string_view error_;
  std::uint16_t refused_status_ = 0;
  bool decided_ = false;
  bool forwarded_ = false;
};

/// Whether the phase ends in an answer that its rules make.
[[nodiscard]] bool makes_answer(const Decision& decision);

/// The header lines that the platform and the settings promise and a made-up request did not bring: Host,
/// X-Forwarded-Proto and, where `client` is not "", what tells the client's address.
struct MadeUpHeader {
  std::string name;
  std::string value;
};
void add_promised_headers(std::string_view authority, std::string_view scheme, std::string_view client,
                          const RuleSet& rules, std::vector<MadeUpHeader>& headers);

}  // namespace sprx
