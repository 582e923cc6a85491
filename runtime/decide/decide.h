// decide: DecisionTable + facts -> Decision. Pure but for the ledger of the limits: no clock, no socket, nothing kept
// from one message to the next.
#pragma once

#include <memory>

#include "compiler/table/table.h"
#include "runtime/decide/arena.h"
#include "runtime/decide/decision.h"
#include "runtime/decide/facts.h"
#include "runtime/decide/ledger.h"
#include "runtime/decide/live.h"

namespace sprx {

/// Working memory of one evaluation, one a worker or session; grows to what the largest message needed and stays.
class Scratch {
 public:
  Scratch();
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  struct State;
  [[nodiscard]] State& state() { return *state_; }

 private:
  std::unique_ptr<State> state_;
};

/// Decides the request phase. Results live in `arena` (reset it only after the message is done) and in the table.
void decide_request(const DecisionTable& table, const RequestFacts& request, const LiveView& live, Ledger& ledger,
                    Scratch& scratch, Arena& arena, Decision& out);

/// Decides the response phase; `request` is the request as it arrived.
void decide_response(const DecisionTable& table, const RequestFacts& request, const ResponseHead& response,
                     const LiveView& live, Ledger& ledger, Scratch& scratch, Arena& arena, Decision& out);

}  // namespace sprx
