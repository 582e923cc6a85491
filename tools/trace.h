// Trace: one request, made of a URL and a few headers, taken through the same steps as a request on the wire, and
// everything that was decided about it. `trace.cc` is the command; this is what it and its two ways of showing a result
// share.
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/table/table.h"
#include "runtime/decide/plain.h"

namespace sprx {

/// Header lines in order; values as on the wire.
using HeaderList = std::vector<std::pair<std::string, std::string>>;

/// What is asked. Only `url` is needed.
struct TraceRequest {
  std::string method = "GET";
  std::string url;      ///< absolute: its authority becomes Host, its scheme X-Forwarded-Proto; for OPTIONS also `*`
  HeaderList headers;   ///< a given Host or X-Forwarded-Proto wins over the URL's
  std::string client;   ///< "" for 127.0.0.1
  std::string country;  ///< "" for none; a header of that name that is given wins
  std::optional<std::int64_t> at_us;                      ///< microseconds since 1970; nothing for the present
  std::vector<std::pair<std::string, bool>> flags;        ///< the others are as declared
  std::vector<std::pair<std::string, std::string>> keys;  ///< of dynamic lists, by full name; none unless given
  std::vector<std::string> exhausted;                     ///< limits that have no token left; the others are full
  std::uint16_t upstream_status = 200;
  HeaderList upstream_headers;
  std::string upstream_error;  ///< not "": how the next hop fails, as in `response.error`
};

struct TracedRule {
  std::string name;
  std::string file;
  std::uint32_t line = 0;
};

/// A request as it would go to the next hop.
struct TracedForward {
  std::string method;
  std::string host;
  std::string path;
  std::string query;
  bool has_query = false;
  HeaderList headers;  ///< without Host
};

/// What became of it.
struct Traced {
  std::string outcome;                   ///< forward redirect respond deny drop refused
  std::uint16_t status = 0;              ///< 0: no answer at all
  std::string error;                     ///< refused: the reason word of the access log
  HeaderList headers;                    ///< of the answer, or of the upstream response after response rules
  std::optional<std::string> body;       ///< of an answer made here, as far as it is sent
  bool head_only = false;                ///< the answer has a body that is not sent: the request is HEAD
  std::vector<TracedRule> rules;         ///< that matched, in order, of both phases
  std::vector<TracedRule> would;         ///< with `dry_run` that would have matched
  std::optional<TracedRule> decided_by;  ///< the rule whose terminal ended it
  std::optional<TracedForward> forward;
  HeaderList arrived;  ///< request headers as the rules saw them, without Host
  HeaderList log;
  std::vector<WhyNot> why;  ///< rules that did not match, with the first condition that failed
};

/// What is wrong with a request, "" if nothing: a URL that is not absolute, a client that is no address, …
[[nodiscard]] std::string mistake_in(const TraceRequest& request);
/// A flag, list or limit that the request names and that the rules do not declare, or a key that its list cannot hold:
/// what is wrong, "" if nothing.
[[nodiscard]] std::string wrong_state_in(const TraceRequest& request, const RuleSet& rules);

/// Takes a request without mistakes through `table`. `why` is filled only if wanted: it walks every rule.
[[nodiscard]] Traced trace(const DecisionTable& table, const TraceRequest& request, bool why);

/// Reads one JSON line of `--requests`; returns what is wrong with it, "" if nothing.
[[nodiscard]] std::string read_trace_request(std::string_view line, TraceRequest& out);

/// The answer as a JSON object; what does not apply is left out.
[[nodiscard]] boost::json::object to_json(const Traced& traced, bool why);

/// The answer for people. Without `all`, of many rules that did not match only those that came close.
[[nodiscard]] std::string to_text(const TraceRequest& request, const Traced& traced, bool all, bool color);

/// An RFC 3339 time with an offset as microseconds since 1970.
[[nodiscard]] std::optional<std::int64_t> parse_rfc3339(std::string_view text);

}  // namespace sprx
