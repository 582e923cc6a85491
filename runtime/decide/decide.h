// decide: DecisionTable + facts -> Decision. Pure: no clock, no socket, nothing kept from one message to the next.
#pragma once

#include <memory>

#include "compiler/table/table.h"
#include "runtime/decide/arena.h"
#include "runtime/decide/decision.h"
#include "runtime/decide/facts.h"

namespace sprx {

/// What the limits of `over` are charged to. This cut of the language has no limits; the door is here so that `decide`
/// stays pure when they come.
class Ledger {};

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
void decide_request(const DecisionTable& table, const RequestFacts& request, Ledger& ledger, Scratch& scratch, Arena& arena,
                    Decision& out);

/// Decides the response phase; `request` is the request as it arrived.
void decide_response(const DecisionTable& table, const RequestFacts& request, const ResponseHead& response, Ledger& ledger,
                     Scratch& scratch, Arena& arena, Decision& out);

}  // namespace sprx
