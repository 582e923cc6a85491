#include "runtime/decide/journey.h"

#include <algorithm>

#include "compiler/table/canonical.h"
#include "compiler/table/error_words.h"
#include "runtime/decide/apply.h"

namespace sprx {

bool makes_answer(const Decision& decision) {
  return decision.outcome == Outcome::respond || decision.outcome == Outcome::redirect ||
         decision.outcome == Outcome::deny;
}

void Journey::reset() {
  arena_.reset();
  facts_ = {};
  first_.clear();
  second_.clear();
  outgoing_ = {};
  arrived_.clear();
  response_ = {};
  came_.clear();
  response_head_.reset();
  answer_.reset();
  body_.reset();
  source_ = ResponseSource::upstream;
  error_ = {};
  refused_status_ = 0;
  decided_ = forwarded_ = false;
}

void Journey::go(const JourneyRequest& request) {
  reset();
  live_ = request.live;
  switch (read_facts(request.head, request.peer, request.now_us, kMadeUpId, rules_, arena_, facts_)) {
    case FactsError::none:
      break;
    case FactsError::bad_path:
      refused_status_ = 400;
      error_ = "bad_path";
      return;
    case FactsError::bad_host:
      refused_status_ = 400;
      error_ = "bad_host";
      return;
  }
  decided_ = true;
  request_phase(request);
  if (first_.outcome != Outcome::drop) response_phase(request);
}

void Journey::request_phase(const JourneyRequest& request) {
  FreshLedger ledger;
  for (const LimitId limit : request.exhausted) ledger.exhaust(limit);
  decide_request(table_, facts_, request.live, ledger, scratch_, arena_, first_);
  outgoing_.method = facts_.head.method;
  outgoing_.path = facts_.raw_path;
  outgoing_.query = facts_.raw_query;
  outgoing_.has_query = facts_.raw_path.size() < facts_.head.target.size();
  outgoing_.headers.assign(request.end_to_end.begin(), request.end_to_end.end());
  // As the proxy does for the next hop; the platform's front always has it.
  if (find_header(outgoing_.headers, "X-Forwarded-For") == nullptr)
    outgoing_.headers.push_back({"X-Forwarded-For", kMadeUpClient});
  arrived_ = outgoing_.headers;
  apply_request(rules_, first_, arena_, outgoing_);
  if (first_.outcome == Outcome::failed) {
    proxy_answer();
  } else if (makes_answer(first_)) {
    own_answer(first_);
  } else if (first_.outcome != Outcome::drop) {
    forwarded_ = true;
    if (!request.upstream_error.empty()) return upstream_failed(request.upstream_error);
    response_.status = request.upstream_status;
    response_.headers.assign(request.upstream_headers.begin(), request.upstream_headers.end());
  }
}

void Journey::response_phase(const JourneyRequest& request) {
  // Conditions see the response as it came, so the lines that edits change are another copy.
  came_ = response_.headers;
  response_head_ = {.status = response_.status, .headers = came_, .source = source_, .error = error_};
  FreshLedger ledger;  // nothing in this phase asks it
  decide_response(table_, facts_, *response_head_, request.live, ledger, scratch_, arena_, second_);
  if (second_.outcome == Outcome::drop) return;
  if (second_.outcome == Outcome::failed) {
    proxy_answer();
  } else {
    if (makes_answer(second_)) own_answer(second_);
    apply_response(rules_, first_, arena_, response_);
    apply_response(rules_, second_, arena_, response_);
    if (body_ && !finish_body(makes_answer(second_) ? second_ : first_)) proxy_answer();
  }
  answer_ = response_;
}

/// An answer of the proxy's own, as the session makes it.
void Journey::error_answer(std::string_view word, std::uint16_t status) {
  source_ = ResponseSource::proxy;
  error_ = word;
  response_ = ResponseMessage{};
  response_.status = status;
  response_.headers = {{"Content-Type", "text/plain; charset=utf-8"}, {"Cache-Control", "no-store"}};
  body_.reset();
}

/// A bound was reached while evaluating: the proxy answers 500 itself.
void Journey::proxy_answer() {
  refused_status_ = 500;
  error_answer("rule_error", 500);
}

void Journey::upstream_failed(std::string_view word) {
  const ErrorWord* const known = error_word(word);
  error_answer(word, known == nullptr ? 502 : known->status);
}

void Journey::own_answer(const Decision& decision) {
  source_ = ResponseSource::rule;
  response_ = ResponseMessage{};
  make_answer(rules_, decision, outgoing_, arena_, response_);
  body_.reset();
  if (decision.has_body) body_ = body_of(decision);
}

bool Journey::finish_body(const Decision& decision) {
  body_ = final_body(decision, response_, arena_);
  return body_.has_value();
}

void add_promised_headers(std::string_view authority, std::string_view scheme, std::string_view client,
                          const RuleSet& rules, std::vector<MadeUpHeader>& headers) {
  const auto has = [&](std::string_view name) {
    return std::any_of(headers.begin(), headers.end(),
                       [&](const MadeUpHeader& line) { return equal_nocase(line.name, name); });
  };
  const auto add = [&](std::string_view name, std::string value) {
    if (!has(name)) headers.push_back({std::string(name), std::move(value)});
  };
  if (!has("Host")) headers.insert(headers.begin(), {"Host", std::string(authority)});
  add("X-Forwarded-Proto", std::string(scheme));
  if (client.empty()) return;
  if (rules.client_ip_header != kNoStr) add(rules.pool.strings.view(rules.client_ip_header), std::string(client));
  std::string chain(client);
  for (std::int64_t hop = 0; hop < rules.settings[Setting::client_ip_trusted_hops]; ++hop) chain += ", 127.0.0.1";
  add("X-Forwarded-For", std::move(chain));
}

}  // namespace sprx
