// What `sprx check` and a reload cost: CPU time and memory kept, a rule and a row.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <malloc.h>

#include "compiler/compile.h"
#include "tests/bench/workload.h"

namespace sprx::bench {
namespace {

double held_bytes() { return static_cast<double>(mallinfo2().uordblks + mallinfo2().hblkhd); }

void compile_all(benchmark::State& state, const MemoryFiles& files, bool build, const char* unit) {
  const auto count = static_cast<double>(state.range(0));
  for (auto _ : state) {
    MemoryFiles copy = files;
    const double before = held_bytes();
    Compilation made = compile(std::move(copy), {.lints = !build, .build = build});
    if (!made.ok()) {
      state.SkipWithError(render(made.diagnostics, made.sources, {.color = false}).substr(0, 500).c_str());
      return;
    }
    if (build) {
      const auto table = std::move(made.table);
      made = {};
      state.counters[fmt::format("bytes_a_{}", unit)] = (held_bytes() - before) / count;
      benchmark::DoNotOptimize(table.get());
    }
  }
  state.counters[fmt::format("{}s_a_second", unit)] =
      benchmark::Counter(count, benchmark::Counter::kIsIterationInvariantRate);
}

void check_rules(benchmark::State& state) {
  const auto count = static_cast<std::size_t>(state.range(0));
  compile_all(state, {{"main.sprx", rule_file(Rules::mixed, count)}}, false, "rule");
}

void build_rules(benchmark::State& state) {
  const auto count = static_cast<std::size_t>(state.range(0));
  compile_all(state, {{"main.sprx", rule_file(Rules::mixed, count)}}, true, "rule");
}

void build_table_of_paths(benchmark::State& state) {
  std::string rows;
  for (std::int64_t n = 0; n < state.range(0); ++n) {
    rows += fmt::format("/archive/{}/some-article-about-{}\t/articles/{}\n", n % 1'000, n * 7'919 % 1'000'003, n);
  }
  state.counters["file_bytes_a_row"] = static_cast<double>(rows.size()) / static_cast<double>(state.range(0));
  const std::string file =
      "table moved: path -> string from \"moved.tsv\";\n"
      "rule moved_pages { when path in moved; set header[\"X-Moved\"] = moved[path]; }\n";
  compile_all(state, {{"main.sprx", file}, {"moved.tsv", std::move(rows)}}, true, "row");
}

BENCHMARK(check_rules)->Arg(10'000)->Arg(100'000)->Unit(benchmark::kMillisecond);
BENCHMARK(build_rules)->Arg(10'000)->Arg(100'000)->Unit(benchmark::kMillisecond);
BENCHMARK(build_table_of_paths)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace sprx::bench

BENCHMARK_MAIN();
