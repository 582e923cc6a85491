// One decision (facts and fields included) as a multiple of what Beast takes to split the same head, side by side.
// Each head is copied into one receive buffer, as recv() would leave it; the copy is subtracted. Times are of this
// thread's CPU, so that what else runs on the machine counts less; passes alternate and the median is reported.
#include "runtime/decide/decide.h"

#include <algorithm>
#include <array>
#include <benchmark/benchmark.h>
#include <boost/beast/http/basic_parser.hpp>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <map>

#include "runtime/decide/message.h"
#include "tests/bench/workload.h"
#include "tests/support/allocations.h"

namespace sprx::bench {
namespace {

namespace http = boost::beast::http;

constexpr int kPasses = 15;
constexpr std::size_t kMaxHeaders = 64;

/// Beast's parser with hooks that keep views.
class Splitter final : public http::basic_parser<true> {
 public:
  explicit Splitter(std::span<HeaderLine, kMaxHeaders> room) : lines(room) {
    skip(true);
    header_limit(64 * 1024);
  }
  std::span<HeaderLine, kMaxHeaders> lines;
  std::size_t count = 0;
  RequestHead head;

 private:
  using View = boost::beast::string_view;
  using Error = boost::beast::error_code;
  static std::string_view view(View text) { return {text.data(), text.size()}; }
  void on_request_impl(http::verb, View method, View target, int, Error&) override {
    head.method = view(method);
    head.target = view(target);
    head.version = "HTTP/1.1";
  }
  void on_response_impl(int, View, int, Error&) override {}
  void on_field_impl(http::field name, View written, View value, Error&) override {
    if (count < kMaxHeaders) lines[count++] = {view(written), view(value)};
    if (name == http::field::host) head.authority = view(value);
  }
  void on_header_impl(Error&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, Error&) override {}
  std::size_t on_body_impl(View body, Error&) override { return body.size(); }
  void on_chunk_header_impl(std::uint64_t, View, Error&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, View body, Error&) override { return body.size(); }
  void on_finish_impl(Error&) override {}
};

enum class Work { copy, parse, decide };

/// What a worker has: one buffer, one arena, one scratch.
struct Worker {
  std::array<char, 16 * 1024> buffer{};
  std::array<HeaderLine, kMaxHeaders> lines;
  Arena arena;
  Scratch scratch;
  RequestFacts facts;
  Decision decision;
  FreshLedger ledger;
  IpAddress peer;
  std::uint64_t answered = 0;
};

void handle(Work work, const DecisionTable& table, const std::string& bytes, Worker& worker) {
  std::memcpy(worker.buffer.data(), bytes.data(), bytes.size());
  benchmark::ClobberMemory();
  if (work == Work::copy) return;
  Splitter parser(worker.lines);
  boost::beast::error_code error;
  parser.put(boost::asio::const_buffer(worker.buffer.data(), bytes.size()), error);
  if (error || !parser.is_header_done()) std::abort();
  benchmark::DoNotOptimize(parser.count);
  if (work == Work::parse) return;
  parser.head.headers = parser.lines.first(parser.count);
  worker.arena.reset();
  RequestFacts& facts = worker.facts;
  if (read_facts(parser.head, worker.peer, 1'750'000'000'000'000, "id", table.rules(), worker.arena, facts) !=
      FactsError::none) {
    std::abort();
  }
  decide_request(table, facts, {}, worker.ledger, worker.scratch, worker.arena, worker.decision);
  worker.answered += worker.decision.matched.empty() ? 0 : 1;
}

double cpu_ns() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

double wall_ns() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
  return values[values.size() / 2];
}

/// Nanoseconds a head that one pass over all of them takes.
double pass(Work work, const DecisionTable& table, const std::vector<std::string>& all, Worker& worker) {
  const double begin = cpu_ns();
  for (const std::string& head : all) handle(work, table, head, worker);
  return (cpu_ns() - begin) / static_cast<double>(all.size());
}

/// p99 / p50 of a decision. Each head's time is the least of several, which leaves out what the machine did meanwhile.
double tail(const DecisionTable& table, const std::vector<std::string>& all, Worker& worker) {
  std::vector<double> took;
  for (const std::string& head : all) {
    double least[2] = {1e18, 1e18};
    for (int i = 0; i < 3; ++i) {
      for (const Work work : {Work::parse, Work::decide}) {
        const double begin = wall_ns();
        handle(work, table, head, worker);
        double& kept = least[work == Work::decide ? 1 : 0];
        kept = std::min(kept, wall_ns() - begin);
      }
    }
    took.push_back(std::max(1.0, least[1] - least[0]));
  }
  std::sort(took.begin(), took.end());
  return took[took.size() * 99 / 100] / took[took.size() / 2];
}

void measure(benchmark::State& state, const DecisionTable& table, const std::vector<std::string>& all) {
  const auto owner = std::make_unique<Worker>();
  Worker& worker = *owner;
  for (int i = 0; i < 2; ++i) static_cast<void>(pass(Work::decide, table, all, worker));
  worker.answered = 0;
  const std::uint64_t before = testing::allocations();
  static_cast<void>(pass(Work::decide, table, all, worker));
  const std::uint64_t allocated = testing::allocations() - before;
  const double answered = static_cast<double>(worker.answered) / static_cast<double>(all.size());

  std::vector<double> parse;
  std::vector<double> decide;
  std::vector<double> ratio;
  for (auto _ : state) {
    const double copied = pass(Work::copy, table, all, worker);
    const double parsed = pass(Work::parse, table, all, worker);
    const double decided = pass(Work::decide, table, all, worker);
    parse.push_back(parsed - copied);
    decide.push_back(decided - parsed);
    ratio.push_back(decide.back() / parse.back());
    state.SetIterationTime(decide.back() * 1e-9);
  }
  state.counters["parse_ns"] = median(parse);
  state.counters["decide_ns"] = median(decide);
  state.counters["ratio"] = median(ratio);
  state.counters["p99_p50"] = tail(table, all, worker);
  state.counters["allocations"] = static_cast<double>(allocated);
  state.counters["matched"] = answered;
}

/// Tables are built once a program, whatever benchmarks are asked for.
const DecisionTable& table_for(Rules rules, std::size_t count) {
  static std::map<std::pair<Rules, std::size_t>, std::shared_ptr<const DecisionTable>> made;
  auto& table = made[{rules, count}];
  if (!table) table = table_of(rule_file(rules, count));
  return *table;
}

void mixed_rules(benchmark::State& state, Traffic traffic) {
  const auto count = static_cast<std::size_t>(state.range(0));
  const DecisionTable& table = table_for(Rules::mixed, count);
  measure(state, table, heads(traffic, count));
}

void worst_case(benchmark::State& state, Rules rules) {
  const auto count = static_cast<std::size_t>(state.range(0));
  const DecisionTable& table = table_for(rules, count);
  measure(state, table, heads(Traffic::nothing, count));
}

void hostile_header(benchmark::State& state) {
  const auto count = static_cast<std::size_t>(state.range(0));
  const DecisionTable& table = table_for(Rules::mixed, count);
  measure(state, table, {hostile_head(count)});
}

BENCHMARK_CAPTURE(mixed_rules, nothing, Traffic::nothing)
    ->Arg(10)
    ->Arg(1'000)
    ->Arg(10'000)
    ->Arg(100'000)
    ->UseManualTime()
    ->Iterations(kPasses);
BENCHMARK_CAPTURE(mixed_rules, mixed, Traffic::mixed)
    ->Arg(10)
    ->Arg(1'000)
    ->Arg(10'000)
    ->Arg(100'000)
    ->UseManualTime()
    ->Iterations(kPasses);
BENCHMARK(hostile_header)->Arg(1'000)->Arg(10'000)->UseManualTime()->Iterations(301);
BENCHMARK_CAPTURE(worst_case, one_host, Rules::one_host)->Arg(10'000)->UseManualTime()->Iterations(kPasses);
BENCHMARK_CAPTURE(worst_case, one_regex_each, Rules::one_regex_each)->Arg(1'000)->UseManualTime()->Iterations(kPasses);
BENCHMARK_CAPTURE(worst_case, all_match, Rules::all_match)->Arg(1'000)->UseManualTime()->Iterations(5);
BENCHMARK_CAPTURE(worst_case, deep_groups, Rules::deep_groups)->Arg(1'000)->UseManualTime()->Iterations(kPasses);
BENCHMARK_CAPTURE(worst_case, hundred_conditions, Rules::hundred_conditions)
    ->Arg(1'000)
    ->UseManualTime()
    ->Iterations(kPasses);

}  // namespace
}  // namespace sprx::bench

BENCHMARK_MAIN();
