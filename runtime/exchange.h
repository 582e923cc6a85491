// Exchange: all that one request and its response need, from the first byte to the log line. Pooled by the worker:
// reset, not freed.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "runtime/access_log.h"
#include "runtime/decide/arena.h"
#include "runtime/decide/decide.h"
#include "runtime/decide/message.h"
#include "runtime/http/head_parse.h"
#include "runtime/http/target.h"
#include "runtime/live_state.h"
#include "runtime/rule_hits.h"

namespace sprx {

/// A table and what belongs to it while it is in use.
struct BoundTable {
  std::shared_ptr<const DecisionTable> table;
  std::shared_ptr<TableLive> live;  ///< what its names stand for
  std::shared_ptr<RuleHits> hits;   ///< how often its rules matched
};

/// A worker's hold on a table, with a count that only this worker touches. A request holds the one that it began with.
struct TableUse : BoundTable {
  std::size_t users = 0;
  bool retired = false;
};

/// Views in here point into the receive buffers, the arena and the table; all three stay until the line is written.
struct Exchange {
  Arena arena;
  TableUse* use = nullptr;
  ParsedHead request;
  ParsedHead response;
  TargetParts target;
  RequestFacts facts;
  Decision request_decision;
  Decision response_decision;
  RequestMessage outgoing;
  ResponseMessage answer;
  std::string to_client;    ///< the head that is written to the client
  std::string to_upstream;  ///< the head that is written upstream
  AccessRecord record;
  std::int64_t began_us = 0;  ///< steady clock
  std::int64_t upstream_began_us = 0;
  std::uint64_t sent_before = 0;  ///< what the client connection had sent when the request began

  [[nodiscard]] const DecisionTable& table() const { return *use->table; }
  [[nodiscard]] const RuleSet& rules() const { return use->table->rules(); }
  [[nodiscard]] const Settings& settings() const { return use->table->rules().settings; }

  void reset() {
    arena.reset();
    request.clear();
    response.clear();
    target = {};
    facts = {};
    request_decision.clear();
    response_decision.clear();
    outgoing.method = outgoing.path = outgoing.query = {};
    outgoing.has_query = false;
    outgoing.headers.clear();
    clear_answer();
    to_client.clear();
    to_upstream.clear();
    record = {};
    upstream_began_us = 0;
  }
  void clear_answer() {
    answer.status = 0;
    answer.reason = {};
    answer.headers.clear();
  }
};

}  // namespace sprx
