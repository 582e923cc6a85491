// Taking one made-up request through the facts, both phases and the edits, as the proxy does.
#include <chrono>
#include <optional>

#include "runtime/decide/apply.h"
#include "runtime/decide/journey.h"
#include "runtime/decide/plain.h"
#include "tools/trace.h"
#include "tools/trace_head.h"

namespace sprx {
namespace {

std::int64_t now_us() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(since).count();
}

HeaderList copy_without_host(const std::vector<HeaderLine>& lines) {
  HeaderList out;
  for (const HeaderLine& line : lines) {
    if (!same_name(line.name, "Host")) out.emplace_back(line.name, line.value);
  }
  return out;
}

std::string word_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::respond:
      return "respond";
    case Outcome::redirect:
      return "redirect";
    case Outcome::deny:
      return "deny";
    case Outcome::drop:
      return "drop";
    case Outcome::failed:
      return "refused";
    case Outcome::pass:
    case Outcome::forward:
      break;
  }
  return "forward";
}

std::optional<LimitId> limit_of(const RuleSet& rules, std::string_view name) {
  for (std::size_t id = 0; id < rules.limits.size(); ++id) {
    if (rules.pool.strings.view(rules.limits[id].name) == name) return static_cast<LimitId>(id);
  }
  return std::nullopt;
}

/// One request on its way, and what is said about it. `out_` owns its texts.
class Tracing {
 public:
  Tracing(const DecisionTable& table, const TraceRequest& request, bool why)
      : table_(table), rules_(table.rules()), request_(request), why_(why), journey_(table) {}

  Traced go() {
    arrive(request_, rules_, arrived_);
    if (arrived_.refused != 0) {
      refuse(arrived_.refused, arrived_.error);
      return std::move(out_);
    }
    JourneyRequest request;
    request.head = arrived_.head;
    request.end_to_end = arrived_.end_to_end;
    request.peer = parse_ip(request_.client.empty() ? kMadeUpClient : std::string_view(request_.client)).value();
    request.now_us = request_.at_us.value_or(now_us());
    request.upstream_status = request_.upstream_status;
    std::vector<HeaderLine> upstream;
    for (const auto& [name, value] : request_.upstream_headers) upstream.push_back({name, value});
    request.upstream_headers = upstream;
    request.upstream_error = request_.upstream_error;
    OwnLive live(rules_);
    for (const auto& [name, on] : request_.flags) live.set_flag(name, on);
    std::string unused;
    for (const auto& [list, key] : request_.keys) live.put(list, key, &unused);
    for (const std::string& name : request_.exhausted) exhausted_.push_back(*limit_of(rules_, name));
    request.exhausted = exhausted_;
    live_ = live.view();
    request.live = live_;
    journey_.go(request);
    note_journey();
    return std::move(out_);
  }

 private:
  void refuse(std::uint16_t status, std::string_view error) {
    out_.outcome = "refused";
    out_.status = status;
    out_.error = error;
  }

  void note_journey() {
    if (!journey_.decided()) return refuse(journey_.refused_status(), journey_.error());
    note(journey_.request_decision(), Phase::request);
    note_why(Phase::request, nullptr);
    const auto failed = [&](const Decision& decision) {
      if (decision.outcome == Outcome::failed) refuse(journey_.refused_status(), journey_.error());
    };
    failed(journey_.request_decision());
    out_.arrived = copy_without_host(journey_.arrived());
    if (journey_.forwarded()) note_forward();
    out_.error = request_.upstream_error.empty() || !journey_.forwarded() ? out_.error : request_.upstream_error;
    if (const std::optional<ResponseHead>& head = journey_.response_head()) {
      note(journey_.response_decision(), Phase::response);
      note_why(Phase::response, &*head);
      failed(journey_.response_decision());
    }
    out_.head_only = request_.method == "HEAD" && journey_.body();
    if (journey_.body() && !out_.head_only) out_.body = std::string(*journey_.body());
    if (!journey_.answer()) return;
    out_.status = journey_.answer()->status;
    for (const HeaderLine& line : journey_.answer()->headers) out_.headers.emplace_back(line.name, line.value);
  }

  void note_forward() {
    const RequestMessage& outgoing = journey_.outgoing();
    TracedForward& to = out_.forward.emplace();
    to.method = outgoing.method;
    to.path = outgoing.path;
    to.query = outgoing.query;
    to.has_query = outgoing.has_query;
    to.headers = copy_without_host(outgoing.headers);
    if (const HeaderLine* host = find_header(outgoing.headers, "Host")) to.host = host->value;
  }

  TracedRule traced(RuleIndex index, Phase phase) const {
    const Rule& rule = rules_.of(phase)[index];
    const StringPool& strings = rules_.pool.strings;
    return {.name = std::string(strings.view(rule.name)),
            .file = rule.file == kNoStr ? std::string() : std::string(strings.view(rule.file)),
            .line = rule.line};
  }

  void note(const Decision& decision, Phase phase) {
    for (const RuleIndex index : decision.matched) out_.rules.push_back(traced(index, phase));
    for (const RuleIndex index : decision.would) out_.would.push_back(traced(index, phase));
    for (const LogField& field : decision.log) out_.log.emplace_back(field.key, field.value);
    if (decision.outcome == Outcome::pass) {
      if (phase == Phase::request) out_.outcome = "forward";
      return;
    }
    // `forward` in a response rule only ends the phase; whatever was decided before stands.
    if (phase == Phase::response && decision.outcome == Outcome::forward) return;
    out_.outcome = word_of(decision.outcome);
    out_.decided_by = traced(decision.rule, phase);
  }

  void note_why(Phase phase, const ResponseHead* response) {
    if (!why_) return;
    FreshLedger again;
    for (const LimitId limit : exhausted_) again.exhaust(limit);
    for (WhyNot& found : explain(table_, phase, journey_.facts(), response, live_, again, journey_.arena())) {
      out_.why.push_back(std::move(found));
    }
  }

  const DecisionTable& table_;
  const RuleSet& rules_;
  const TraceRequest& request_;
  const bool why_;
  Traced out_;
  ArrivedHead arrived_;
  Journey journey_;
  LiveView live_;  ///< while `go` runs
  std::vector<LimitId> exhausted_;
};

}  // namespace

std::string wrong_state_in(const TraceRequest& request, const RuleSet& rules) {
  OwnLive live(rules);
  for (const auto& [name, on] : request.flags) {
    if (!live.set_flag(name, on)) return "the configuration declares no flag `" + name + "`";
  }
  for (const auto& [list, key] : request.keys) {
    std::string why;
    if (!live.put(list, key, &why)) return "`" + list + "=" + key + "`: " + why;
  }
  for (const std::string& name : request.exhausted) {
    if (!limit_of(rules, name)) return "the configuration declares no limit `" + name + "`";
  }
  return {};
}

Traced trace(const DecisionTable& table, const TraceRequest& request, bool why) {
  return Tracing(table, request, why).go();
}

}  // namespace sprx
