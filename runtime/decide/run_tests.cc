#include "runtime/decide/run_tests.h"

#include <algorithm>
#include <set>

#include "compiler/table/canonical.h"
#include "runtime/decide/journey.h"
#include "runtime/decide/test_judge.h"

namespace sprx {
namespace {

/// Fields for the next hop's own use; the proxy does not send them on.
bool goes_on(std::string_view name) {
  return !equal_nocase(name, "Proxy-Authenticate") && !equal_nocase(name, "Proxy-Authorization") &&
         !equal_nocase(name, "Proxy-Authentication-Info");
}

/// Runs tests one after the other; what they need is kept from one to the next.
class Runner {
 public:
  Runner(const DecisionTable& table, const TestRunOptions& options, TestRun& out)
      : table_(table), rules_(table.rules()), options_(options), out_(out), journey_(table), readers_(rules_) {
    for (std::size_t phase = 0; phase < 2; ++phase) out_.matched[phase].resize(rules_.rules[phase].size());
    if (options.coverage) out_.coverage = empty_coverage(rules_);
  }

  void run(const TestCase& test) {
    TestResult& result = out_.results.emplace_back();
    result.ran = test.name.find(options_.filter) != std::string::npos;
    if (!result.ran) return;
    travel(test.request);
    Judge judge(table_, journey_, result.failures);
    if (!test.request.at_us && !readers_.none()) need_time(test, result.failures);
    if (result.failures.empty()) {
      for (const Expectation& expectation : test.expectations) judge.judge(expectation);
    }
    ++(result.failures.empty() ? out_.passed : out_.failed);
    count();
  }

 private:
  void travel(const TestRequest& made) {
    lines_.clear();
    for (const TestHeader& header : made.headers) lines_.push_back({header.name, header.value});
    add_promised_headers(made.authority, made.scheme, made.client, rules_, lines_);
    headers_.clear();
    end_to_end_.clear();
    for (const MadeUpHeader& line : lines_) {
      headers_.push_back({line.name, line.value});
      if (goes_on(line.name)) end_to_end_.push_back({line.name, line.value});
    }
    upstream_.clear();
    for (const TestHeader& header : made.upstream_headers) upstream_.push_back({header.name, header.value});
    JourneyRequest request;
    request.head = {.method = made.method,
                    .version = "HTTP/1.1",
                    .target = made.target,
                    .authority = made.authority,
                    .headers = headers_};
    request.end_to_end = end_to_end_;
    request.peer = parse_ip(made.client.empty() ? kMadeUpClient : std::string_view(made.client)).value();
    request.now_us = made.at_us.value_or(kTestTime);
    live_.reset();
    if (!made.flags.empty() || !made.keys.empty()) {
      live_.emplace(rules_);
      for (const TestFlag& flag : made.flags) live_->set_flag(flag.name, flag.on);
      std::string why;
      for (const TestKey& key : made.keys) live_->put(key.list, key.key, &why);
      request.live = live_->view();
    }
    exhausted_.clear();
    for (const std::string& name : made.exhausted) {
      for (std::size_t id = 0; id < rules_.limits.size(); ++id) {
        if (rules_.pool.strings.view(rules_.limits[id].name) == name) exhausted_.push_back(static_cast<LimitId>(id));
      }
    }
    request.exhausted = exhausted_;
    request.upstream_status = made.upstream_status;
    request.upstream_headers = upstream_;
    request.upstream_error = made.upstream_error;
    journey_.go(request);
  }

  void need_time(const TestCase& test, std::vector<TestFailure>& out) {
    const auto look = [&](Phase phase, const ResponseHead* head, const Decision& decision) {
      const RuleIndex index = asked_for_time(table_, readers_, phase, journey_.facts(), head, journey_.live(), decision,
                                             journey_.arena(), scratch_);
      if (index == kNoRuleIndex || !out.empty()) return;
      const RuleRef rule{phase, index};
      out.push_back({TestFailure::Of::time, test.request_place, "the test to say `at`",
                     "an answer that depends on the time", rule, "this rule asks for the time"});
    };
    if (journey_.decided()) look(Phase::request, nullptr, journey_.request_decision());
    if (journey_.response_head()) look(Phase::response, &*journey_.response_head(), journey_.response_decision());
  }

  void count() {
    if (!journey_.decided()) return;
    count(Phase::request, nullptr, journey_.request_decision());
    if (journey_.response_head()) count(Phase::response, &*journey_.response_head(), journey_.response_decision());
  }

  void count(Phase phase, const ResponseHead* head, const Decision& decision) {
    std::vector<std::uint32_t>& matched = out_.matched[static_cast<std::size_t>(phase)];
    for (const RuleIndex index : decision.matched) ++matched[index];
    for (const RuleIndex index : decision.would) ++matched[index];
    if (options_.coverage)
      cover(table_, phase, journey_.facts(), head, journey_.live(), decision, journey_.arena(), scratch_,
            out_.coverage);
  }

  const DecisionTable& table_;
  const RuleSet& rules_;
  const TestRunOptions& options_;
  TestRun& out_;
  Journey journey_;
  TimeReaders readers_;
  Scratch scratch_;
  std::vector<MadeUpHeader> lines_;
  std::vector<HeaderLine> headers_;
  std::vector<HeaderLine> end_to_end_;
  std::vector<HeaderLine> upstream_;
  std::optional<OwnLive> live_;  ///< flags and dynamic lists of the test, where it names some
  std::vector<LimitId> exhausted_;
};

}  // namespace

TestRun run_tests(const DecisionTable& table, const std::vector<TestCase>& tests, const TestRunOptions& options) {
  TestRun out;
  out.results.reserve(tests.size());
  Runner runner(table, options, out);
  for (const TestCase& test : tests) runner.run(test);
  return out;
}

}  // namespace sprx
