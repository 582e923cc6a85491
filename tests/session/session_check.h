// SessionCheck: plays a script against a proxy in memory and holds what came out on both sides against the framing
// model. What is claimed of every script:
//   - all that the origin gets is readable requests, each one of the client's, in order, with the same method, target,
//     fields and body; none of them is one that the model would not take, or comes after such a one;
//   - all that the client gets is readable responses in the order of its requests, with the origin's status and body;
//   one
//     that the origin cut short looks cut short;
//   - one line of the access log a request, each one JSON object; the counters agree with it;
//   - when everybody has gone nothing is left: no connection, no buffer, no request in flight.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "tests/session/memory_net.h"
#include "tests/session/session_script.h"

namespace sprx::testing {

struct SessionOptions {
  std::size_t read_limit = 0;  ///< as in ServerOptions
  std::size_t fail_at = 0;     ///< which operation fails, 0 for none
  Fault fault = Fault::error;
};

struct SessionOutcome {
  std::string problem;         ///< "" where all claims hold
  std::size_t operations = 0;  ///< in all; less than fail_at: nothing was made to fail
};

[[nodiscard]] SessionOutcome check_session(const std::vector<SessionStep>& script, const SessionOptions& options);

/// A fuzzer's input: one byte of options, then a script.
[[nodiscard]] std::string broken_session(std::string_view bytes);
[[nodiscard]] std::string session_input(const std::vector<SessionStep>& script);

}  // namespace sprx::testing
