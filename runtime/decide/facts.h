// Facts: one message as rules see it. Views into the head's bytes; they live for one phase of one message.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "compiler/table/address.h"
#include "compiler/table/rules.h"

namespace sprx {

class Arena;

/// One header line as it is on the wire: name and value without surrounding blanks. Views.
struct HeaderLine {
  std::string_view name;
  std::string_view value;
};

/// What the proxy knows of a request before any rule. `target` is what came in the request line, in origin-form
/// or `*` (the session turns absolute-form into origin-form and puts its authority into `authority`).
struct RequestHead {
  std::string_view method;
  std::string_view version;  ///< `HTTP/1.1` or `HTTP/1.0`
  std::string_view target;
  std::string_view authority;  ///< the Host field's value (checked: host[:port]), "" if HTTP/1.0 had none
  std::span<const HeaderLine> headers;
};

enum class ResponseSource : std::uint8_t { upstream, rule, proxy };

struct ResponseHead {
  std::uint16_t status = 0;
  std::span<const HeaderLine> headers;
  ResponseSource source = ResponseSource::upstream;
  std::string_view error;  ///< reason word, "" for none
};

/// The request with what every rule may ask of it worked out once.
struct RequestFacts {
  RequestHead head;
  std::string_view scheme;  ///< `http` or `https`
  std::string_view host;    ///< canonical
  std::uint16_t port = 0;
  std::string_view raw_path;
  std::string_view raw_query;  ///< without `?`
  std::string_view path;       ///< canonical
  std::string_view request_id;
  IpAddress client;
  std::int64_t now_us = 0;  ///< microseconds since 1970
};

enum class FactsError : std::uint8_t { none, bad_path, bad_host };

/// Works the facts out. `peer` is the socket's address, `fresh_id` what request_id is when `section-io-id` is missing.
/// What is not a view into the head goes into `arena`. Every field of `out` is written. On an error the request is
/// answered 400 and meets no rule.
[[nodiscard]] FactsError read_facts(const RequestHead& head, const IpAddress& peer, std::int64_t now_us,
                                    std::string_view fresh_id, const RuleSet& rules, Arena& arena, RequestFacts& out);

}  // namespace sprx
