// Taking one made-up request through the facts, both phases and the edits, as the proxy does.
#include <chrono>
#include <optional>

#include "runtime/apply.h"
#include "runtime/decide/decide.h"
#include "runtime/decide/plain.h"
#include "tools/trace.h"
#include "tools/trace_head.h"

namespace sprx {
namespace {

constexpr std::string_view kDefaultClient = "127.0.0.1";
constexpr std::string_view kTraceId = "00000000000000000000000000000000";

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

bool answers(const Decision& decision) {
  return decision.outcome == Outcome::respond || decision.outcome == Outcome::redirect ||
         decision.outcome == Outcome::deny;
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

/// One request on its way. Views of each step live in `arrived_` and `arena_`; `out_` owns what it says.
class Journey {
 public:
  Journey(const DecisionTable& table, const TraceRequest& request, bool why)
      : table_(table), rules_(table.rules()), request_(request), why_(why), live_(table.rules()) {
    for (const auto& [name, on] : request.flags) live_.set_flag(name, on);
    view_ = live_.view();
  }

  Traced go() {
    arrive(request_, rules_, arrived_);
    if (arrived_.refused != 0) {
      refuse(arrived_.refused, arrived_.error);
      return std::move(out_);
    }
    const IpAddress peer =
        parse_ip(request_.client.empty() ? kDefaultClient : std::string_view(request_.client)).value();
    switch (read_facts(arrived_.head, peer, request_.at_us.value_or(now_us()), kTraceId, rules_, arena_, facts_)) {
      case FactsError::none:
        break;
      case FactsError::bad_path:
        refuse(400, "bad_path");
        return std::move(out_);
      case FactsError::bad_host:
        refuse(400, "bad_host");
        return std::move(out_);
    }
    request_phase();
    if (decision_.outcome != Outcome::drop) response_phase();
    return std::move(out_);
  }

 private:
  void refuse(std::uint16_t status, std::string_view error) {
    out_.outcome = "refused";
    out_.status = status;
    out_.error = error;
  }

  void request_phase() {
    decide_request(table_, facts_, view_, ledger_, scratch_, arena_, decision_);
    note(decision_, Phase::request);
    note_why(Phase::request, nullptr);
    outgoing_.method = facts_.head.method;
    outgoing_.path = facts_.raw_path;
    outgoing_.query = facts_.raw_query;
    outgoing_.has_query = facts_.raw_path.size() < facts_.head.target.size();
    outgoing_.headers = arrived_.end_to_end;
    // As the proxy does for the next hop; the platform's front always has it.
    if (find_header(outgoing_.headers, "X-Forwarded-For") == nullptr)
      outgoing_.headers.push_back({"X-Forwarded-For", kDefaultClient});
    out_.arrived = copy_without_host(outgoing_.headers);
    apply_request(rules_, decision_, arena_, outgoing_);
    if (decision_.outcome == Outcome::failed) {
      proxy_answer();
    } else if (answers(decision_)) {
      own_answer(decision_);
    } else if (decision_.outcome != Outcome::drop) {
      note_forward();
      upstream_answer();
    }
  }

  void response_phase() {
    // Conditions see the response as it came, so the lines that edits change are another copy.
    const std::vector<HeaderLine> came = response_.headers;
    const ResponseHead head{.status = response_.status, .headers = came, .source = source_, .error = out_.error};
    Decision second;
    decide_response(table_, facts_, head, view_, ledger_, scratch_, arena_, second);
    note(second, Phase::response);
    note_why(Phase::response, &head);
    if (second.outcome == Outcome::drop) return;
    if (second.outcome == Outcome::failed) {
      proxy_answer();
    } else {
      if (answers(second)) own_answer(second);
      apply_response(rules_, decision_, arena_, response_);
      apply_response(rules_, second, arena_, response_);
    }
    out_.status = response_.status;
    for (const HeaderLine& line : response_.headers) out_.headers.emplace_back(line.name, line.value);
  }

  /// A bound was reached while evaluating: the proxy answers 500 itself.
  void proxy_answer() {
    source_ = ResponseSource::proxy;
    refuse(500, "rule_error");
    response_ = ResponseMessage{};
    response_.status = 500;
    response_.headers = {{"Content-Type", "text/plain; charset=utf-8"}, {"Cache-Control", "no-store"}};
    out_.body.reset();
  }

  void own_answer(const Decision& decision) {
    source_ = ResponseSource::rule;
    response_ = ResponseMessage{};
    make_answer(rules_, decision, outgoing_, arena_, response_);
    out_.body.reset();
    if (decision.has_body) out_.body = std::string(body_of(decision));
  }

  void upstream_answer() {
    response_.status = request_.upstream_status;
    for (const auto& [name, value] : request_.upstream_headers) response_.headers.push_back({name, value});
  }

  void note_forward() {
    TracedForward& to = out_.forward.emplace();
    to.method = outgoing_.method;
    to.path = outgoing_.path;
    to.query = outgoing_.query;
    to.has_query = outgoing_.has_query;
    to.headers = copy_without_host(outgoing_.headers);
    if (const HeaderLine* host = find_header(outgoing_.headers, "Host")) to.host = host->value;
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
    for (WhyNot& found : explain(table_, phase, facts_, response, view_, again, arena_)) out_.why.push_back(std::move(found));
  }

  const DecisionTable& table_;
  const RuleSet& rules_;
  const TraceRequest& request_;
  const bool why_;
  Traced out_;
  ArrivedHead arrived_;
  Arena arena_;
  Scratch scratch_;
  OwnLive live_;
  LiveView view_;
  FreshLedger ledger_;
  RequestFacts facts_;
  Decision decision_;
  RequestMessage outgoing_;
  ResponseMessage response_;
  ResponseSource source_ = ResponseSource::upstream;
};

}  // namespace

std::string unknown_flag_in(const TraceRequest& request, const RuleSet& rules) {
  OwnLive live(rules);
  for (const auto& [name, on] : request.flags) {
    if (!live.set_flag(name, on)) return "the configuration declares no flag `" + name + "`";
  }
  return {};
}

Traced trace(const DecisionTable& table, const TraceRequest& request, bool why) {
  return Journey(table, request, why).go();
}

}  // namespace sprx
