// AccessRecord: what is known of one request when it ends, and the line that the access log gets for it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "compiler/table/address.h"
#include "runtime/decide/decision.h"
#include "runtime/decide/facts.h"
#include "runtime/server_options.h"

namespace sprx {

/// Views into the request's memory; nothing is kept. Absent strings (data() == nullptr) and numbers are `null`.
struct AccessRecord {
  std::int64_t time_us = 0;  ///< when the request began, since 1970
  std::optional<IpAddress> client;
  std::string_view hostname, method, path, query, protocol;
  std::uint16_t status = 0;  ///< 0: no answer was sent
  std::uint64_t bytes = 0;   ///< sent to the client, all
  std::uint64_t body_bytes = 0;
  std::uint64_t request_bytes = 0;
  std::int64_t duration_us = 0;
  std::optional<std::int64_t> upstream_connect_us, upstream_head_us, upstream_us;
  std::string_view upstream_addr;
  std::optional<bool> reused;
  std::string_view request_id, user_agent, referer;
  const RuleSet* rules = nullptr;  ///< null: no rule was asked
  const Decision* request_decision = nullptr;
  const Decision* response_decision = nullptr;
  std::optional<ResponseSource> source;  ///< who answered
  std::string_view rule;                 ///< its name, if that was a rule
  std::string_view error;                ///< reason word
  std::string_view table;                ///< version
};

/// What `source` says of a record: `upstream`, `proxy`, or the rule's name; a rule that bears one of these two names is
/// `rule:upstream` or `rule:proxy`, so that none can be taken for what it is not.
[[nodiscard]] std::string_view source_text(const AccessRecord& record);

/// Appends one line, line end included. Keys and their order are fixed (see the reference); whatever a client sends,
/// the line stays one line and its fields stay where they are.
void append_access_line(std::string& out, const AccessRecord& record, LogFormat format);

/// RFC 3339 with microseconds, UTC.
void append_time(std::string& out, std::int64_t time_us);

/// The inside of a JSON string: quotes, backslashes and controls escaped; a byte that is not UTF-8 becomes \u00XX.
void append_json_text(std::string& out, std::string_view text);
/// A value of LTSV: `\t \n \r \\` for these, other controls and bytes that are not UTF-8 as `\xXX`.
void append_ltsv_text(std::string& out, std::string_view text);

}  // namespace sprx
