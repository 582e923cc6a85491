// Tests of a configuration as plain data: requests that are made up and what is expected of each. The checker lowers
// them, runtime/decide runs them; they are never part of a DecisionTable, so a proxy holds none.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compiler/table/types.h"

namespace sprx {

struct TestHeader {
  std::string name;
  std::string value;
};

struct TestFlag {
  std::string name;
  bool on = false;
};

/// A key that a dynamic list holds, as text.
struct TestKey {
  std::string list;  ///< full name
  std::string key;
};

/// What a test sends, and what the next hop would answer.
struct TestRequest {
  std::string method;
  std::string scheme;
  std::string authority;  ///< Host
  std::string target;     ///< path and query as in the request line
  std::vector<TestHeader> headers;
  std::string client;                  ///< "": kMadeUpClient
  std::optional<std::int64_t> at_us;   ///< microseconds since 1970; nothing: kTestTime
  std::vector<TestFlag> flags;         ///< those that do not stand as declared
  std::vector<TestKey> keys;           ///< of dynamic lists
  std::vector<std::string> exhausted;  ///< limits that have no token left
  std::uint16_t upstream_status = 200;
  std::vector<TestHeader> upstream_headers;
  std::string upstream_error;  ///< not "": a word of the next hop's errors, the proxy answers itself
};

/// The time of a test that names none, 2026-01-01T00:00:00Z: the same on every day, so that a result is too.
inline constexpr std::int64_t kTestTime = 1'767'225'600'000'000;

/// What an expectation is about.
enum class Expected : std::uint8_t {
  redirect,
  respond,
  deny,
  drop,
  forward,
  response,
  refused,
  rule,
  no_rule,
  would,
  no_would,
  log,
  no_log
};

/// What a part of an expectation's block looks at.
enum class PartOf : std::uint8_t {
  header,
  no_header,
  cookie,
  cookie_attribute,
  no_cookie,
  path,
  query,
  no_query,
  host,
  method,
  origin,
  no_origin,
  body,
};

/// Names a place in the source; the compiler keeps which (CheckedTests::places).
using PlaceId = std::uint32_t;

struct ExpectedPart {
  PartOf of = PartOf::header;
  std::string name;   ///< of a header or cookie
  std::string value;  ///< exactly; of a cookie's attribute as it is sent: `Max-Age=60`
  PlaceId place = 0;
};

struct Expectation {
  Expected what = Expected::forward;
  std::uint16_t status = 0;             ///< 0: any
  std::optional<std::string> location;  ///< redirect: exactly
  std::string name;   ///< rule: its full name, or that of a group or `redirects` around it; log: the key
  std::string value;  ///< log: exactly
  std::vector<ExpectedPart> parts;
  PlaceId place = 0;           ///< the whole
  PlaceId status_place = 0;    ///< of the status
  PlaceId location_place = 0;  ///< of the location, or of the value of a log field
};

/// One `test`, or one line of a `tests` file.
struct TestCase {
  std::string name;
  TestRequest request;
  std::vector<Expectation> expectations;
  bool from_file = false;
  PlaceId place = 0;          ///< its name; of a line: the line
  PlaceId request_place = 0;  ///< the URL
};

}  // namespace sprx
