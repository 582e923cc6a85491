// What `sprx ctl status` and `top` are told: the counters of all workers for people and as JSON.
#include <fmt/format.h>
#include <iterator>

#include "runtime/metrics.h"

namespace sprx {
namespace {

using Workers = std::span<const Counters* const>;

struct CounterInfo {
  std::string_view id;
  std::string_view help;
  Counter Counters::*counter;
};

constexpr CounterInfo kCounters[] = {
#define X(id, name, kind, help) {#id, help, &Counters::id},
    SPRX_COUNTERS(X)
#undef X
};

template <typename Read>
std::uint64_t sum(Workers workers, Read read) {
  std::uint64_t total = 0;
  for (const Counters* worker : workers) total += read(*worker).value();
  return total;
}

std::uint64_t answered(Workers workers, AnsweredBy by) {
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < kStatusClasses; ++i) {
    total +=
        sum(workers, [&](const Counters& c) -> const Counter& { return c.responses[static_cast<std::size_t>(by)][i]; });
  }
  return total;
}

std::int64_t seconds_since(const ProcessState& state, std::int64_t us) { return (state.now_us - us) / 1'000'000; }

/// `3 d 4 h`, `5 min 2 s`: the two largest units.
std::string span_text(std::int64_t seconds) {
  if (seconds >= 86'400) return fmt::format("{} d {} h", seconds / 86'400, seconds % 86'400 / 3'600);
  if (seconds >= 3'600) return fmt::format("{} h {} min", seconds / 3'600, seconds % 3'600 / 60);
  if (seconds >= 60) return fmt::format("{} min {} s", seconds / 60, seconds % 60);
  return fmt::format("{} s", seconds);
}

void live_json(std::string& out, const LiveState::Report& live) {
  const auto rows = [&out](std::string_view title, const auto& all, const auto& write) {
    fmt::format_to(std::back_inserter(out), ",\"{}\":{{", title);
    for (std::size_t i = 0; i < all.size(); ++i) {
      fmt::format_to(std::back_inserter(out), "{}\"{}\":", i == 0 ? "" : ",", all[i].name);
      write(all[i]);
    }
    out += '}';
  };
  rows("flags", live.flags, [&](const LiveState::FlagReport& flag) {
    fmt::format_to(std::back_inserter(out), "\"{}\"", flag.on ? "on" : "off");
  });
  rows("lists", live.lists, [&](const LiveState::ListReport& list) {
    fmt::format_to(std::back_inserter(out), R"({{"keys":{},"max":{},"dropped":{}}})", list.size, list.max,
                   list.dropped);
  });
  rows("limits", live.limits, [&](const LiveState::LimitReport& limit) {
    fmt::format_to(std::back_inserter(out), R"({{"keys":{},"rejected":{},"evicted":{}}})", limit.keys, limit.rejected,
                   limit.evicted);
  });
  fmt::format_to(std::back_inserter(out), ",\"bans\":{},\"bans_lost\":{}", live.bans, live.bans_lost);
}

void live_text(std::string& out, const LiveState::Report& live) {
  const auto to = std::back_inserter(out);
  for (const LiveState::FlagReport& flag : live.flags) {
    fmt::format_to(to, "flag {} is {}{}\n", flag.name, flag.on ? "on" : "off", flag.by_message ? " (by message)" : "");
  }
  for (const LiveState::ListReport& list : live.lists) {
    fmt::format_to(to, "list {} holds {} of {} keys, {} dropped\n", list.name, list.size, list.max, list.dropped);
  }
  for (const LiveState::LimitReport& limit : live.limits) {
    fmt::format_to(to, "limit {} counts {} keys, {} rejected, {} evicted\n", limit.name, limit.keys, limit.rejected,
                   limit.evicted);
  }
}

}  // namespace

std::string status_json(Workers workers, const ProcessState& state) {
  std::string out;
  fmt::format_to(
      std::back_inserter(out),
      R"({{"state":"{}","table":"{}","table_age_s":{},"rules":{},"uptime_s":{},"workers":{},"reloads":{},)"
      R"("reloads_failed":{},"last_reload":"{}","next_hop_addresses":{},"log_lines_lost":{},"version":"{}","commit":"{}")",
      state.draining ? "draining" : "running", state.table_version, seconds_since(state, state.table_since_us),
      state.rules, seconds_since(state, state.started_us), workers.size(), state.reloads, state.reloads_failed,
      state.last_reload_failed ? "refused" : "fine", state.next_hop_addresses, state.log_lines_lost,
      state.build_version, state.build_commit);
  for (const CounterInfo& info : kCounters) {
    fmt::format_to(std::back_inserter(out), R"(,"{}":{})", info.id,
                   sum(workers, [&](const Counters& c) -> const Counter& { return c.*info.counter; }));
  }
  fmt::format_to(std::back_inserter(out), R"(,"responses_upstream":{},"responses_rule":{},"responses_proxy":{})",
                 answered(workers, AnsweredBy::upstream), answered(workers, AnsweredBy::rule),
                 answered(workers, AnsweredBy::proxy));
  live_json(out, state.live);
  out.append("}\n");
  return out;
}

std::string status_text(Workers workers, const ProcessState& state) {
  std::string out;
  const auto to = std::back_inserter(out);
  fmt::format_to(to, "{} for {}, {} workers, sprx {} (commit {})\n", state.draining ? "draining" : "running",
                 span_text(seconds_since(state, state.started_us)), workers.size(), state.build_version,
                 state.build_commit);
  fmt::format_to(to, "table {} with {} rules, in force for {}; {} reloads, {} refused{}\n", state.table_version,
                 state.rules, span_text(seconds_since(state, state.table_since_us)), state.reloads,
                 state.reloads_failed, state.last_reload_failed ? ", the last one too: see error.log" : "");
  fmt::format_to(to, "next hop has {} address{}, {} log lines were lost\n", state.next_hop_addresses,
                 state.next_hop_addresses == 1 ? "" : "es", state.log_lines_lost);
  live_text(out, state.live);
  for (const CounterInfo& info : kCounters) {
    fmt::format_to(to, "{:>14}  {}\n",
                   sum(workers, [&](const Counters& c) -> const Counter& { return c.*info.counter; }), info.help);
  }
  fmt::format_to(to, "{:>14}  Responses of the next hop passed on.\n{:>14}  Responses made by rules.\n",
                 answered(workers, AnsweredBy::upstream), answered(workers, AnsweredBy::rule));
  fmt::format_to(to, "{:>14}  Responses made by the proxy itself after an error.\n",
                 answered(workers, AnsweredBy::proxy));
  return out;
}

std::string rules_json(const HitBook::Report& hits, std::int64_t at_us) {
  std::string out;
  fmt::format_to(std::back_inserter(out), R"({{"at_us":{},"left_out":{},"rules":[)", at_us, hits.left_out);
  for (std::size_t i = 0; i < hits.rules.size(); ++i) {
    const HitBook::Hit& rule = hits.rules[i];
    fmt::format_to(std::back_inserter(out), R"({}{{"rule":"{}","dry_run":{},"matches":{}}})", i == 0 ? "" : ",",
                   rule.name, rule.dry_run, rule.matches);
  }
  out.append("]}\n");
  return out;
}

}  // namespace sprx
