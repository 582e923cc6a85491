// The two phases of a message on a worker: with one snapshot of what changes at run time each, charged to the shared
// limits; what was decided about lists is done when the phase is over.
#include "runtime/worker.h"

namespace sprx {

void Worker::decide(Exchange& x) {
  const TableLive* const live = x.use->live.get();
  ledger_.use(live);
  {
    const LiveState::Reading reading(*commons_.live, live, number_);
    decide_request(x.table(), x.facts, reading.view(), ledger_, scratch_, x.arena, x.request_decision);
  }
  note_decided(x, Phase::request, x.request_decision);
}

void Worker::decide(Exchange& x, const ResponseHead& head) {
  const TableLive* const live = x.use->live.get();
  ledger_.use(live);
  {
    const LiveState::Reading reading(*commons_.live, live, number_);
    decide_response(x.table(), x.facts, head, reading.view(), ledger_, scratch_, x.arena, x.response_decision);
  }
  note_decided(x, Phase::response, x.response_decision);
}

void Worker::note_decided(const Exchange& x, Phase phase, const Decision& decision) {
  counters_.decisions[static_cast<std::size_t>(phase)][static_cast<std::size_t>(decision.outcome)].add();
  x.use->hits->count(number_, phase, decision.matched);
  x.use->hits->count(number_, phase, decision.would);
  if (!decision.bans.empty()) commons_.live->ban(*x.use->live, decision.bans, now_us());
  if (!decision.would.empty()) counters_.dry_run_matches.add(decision.would.size());
  if (x.rules().limits.empty()) return;
  counters_.limit_checks.set(ledger_.checks);
  counters_.limit_rejections.set(ledger_.rejections);
  counters_.limit_evictions.set(ledger_.evictions);
}

}  // namespace sprx
