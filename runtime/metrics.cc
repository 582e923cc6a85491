#include "runtime/metrics.h"

#include <fmt/format.h>
#include <iterator>

namespace sprx {
namespace {

struct CounterInfo {
  std::string_view id;
  std::string_view name;
  std::string_view kind;
  std::string_view help;
  Counter Counters::*counter;
};

constexpr CounterInfo kCounters[] = {
#define X(id, name, kind, help) {#id, name, kind, help, &Counters::id},
    SPRX_COUNTERS(X)
#undef X
};

template <typename Read>
std::uint64_t sum(std::span<const Counters* const> workers, Read read) {
  std::uint64_t total = 0;
  for (const Counters* worker : workers) total += read(*worker).value();
  return total;
}

void header(std::string& out, std::string_view name, std::string_view kind, std::string_view help) {
  fmt::format_to(std::back_inserter(out), "# HELP {0} {2}\n# TYPE {0} {1}\n", name, kind, help);
}

void single(std::string& out, std::string_view name, std::string_view kind, std::string_view help,
            std::uint64_t value) {
  header(out, name, kind, help);
  fmt::format_to(std::back_inserter(out), "{} {}\n", name, value);
}

std::int64_t uptime(const ProcessState& state) { return (state.now_us - state.started_us) / 1'000'000; }

void live_metrics(std::string& out, const LiveState::Report& live) {
  single(out, "sprx_bans_total", "counter", "Keys put into dynamic lists, by rules and messages.", live.bans);
  single(out, "sprx_bans_lost_total", "counter", "Bans of rules that came faster than they could be taken in.",
         live.bans_lost);
  single(out, "sprx_list_drops_total", "counter", "Keys that a full dynamic list dropped before their time.",
         live.list_drops);
  const auto each = [&out](std::string_view name, std::string_view kind, std::string_view help, std::string_view label,
                           const auto& rows, const auto& value) {
    if (!rows.empty()) header(out, name, kind, help);
    for (const auto& row : rows) {
      fmt::format_to(std::back_inserter(out), "{}{{{}=\"{}\"}} {}\n", name, label, row.name,
                     static_cast<std::uint64_t>(value(row)));
    }
  };
  each("sprx_flag", "gauge", "1 for a flag that is on.", "flag", live.flags,
       [](const auto& row) { return row.on ? 1 : 0; });
  each("sprx_list_keys", "gauge", "Keys in a dynamic list.", "list", live.lists,
       [](const auto& row) { return row.size; });
  each("sprx_limit_keys", "gauge", "Keys of a rate limit whose bucket is not full.", "limit", live.limits,
       [](const auto& row) { return row.keys; });
  each("sprx_limit_rejected_total", "counter", "Questions to a rate limit that found no token left, by limit.", "limit",
       live.limits, [](const auto& row) { return row.rejected; });
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

std::string metrics_text(std::span<const Counters* const> workers, const ProcessState& state) {
  std::string out;
  for (const CounterInfo& info : kCounters) {
    single(out, info.name, info.kind, info.help,
           sum(workers, [&](const Counters& c) -> const Counter& { return c.*info.counter; }));
  }
  header(out, "sprx_responses_total", "counter", "Responses by class of status; none: no answer was sent.");
  constexpr std::string_view kClasses[] = {"none", "1xx", "2xx", "3xx", "4xx", "5xx"};
  for (std::size_t i = 0; i < std::size(kClasses); ++i) {
    fmt::format_to(std::back_inserter(out), "sprx_responses_total{{class=\"{}\"}} {}\n", kClasses[i],
                   sum(workers, [&](const Counters& c) -> const Counter& { return c.responses_by_class[i]; }));
  }
  header(out, "sprx_errors_total", "counter", "Requests that ended in an error, by reason.");
  for (std::size_t i = 1; i < kReasons.size(); ++i) {
    fmt::format_to(std::back_inserter(out), "sprx_errors_total{{reason=\"{}\"}} {}\n", kReasons[i].word,
                   sum(workers, [&](const Counters& c) -> const Counter& { return c.reasons[i]; }));
  }
  single(out, "sprx_log_lines_lost_total", "counter", "Access log lines that were made but never written.",
         state.log_lines_lost);
  single(out, "sprx_reloads_total", "counter", "Reloads that put a new table in place.", state.reloads);
  single(out, "sprx_reloads_failed_total", "counter", "Reloads refused because of the configuration.",
         state.reloads_failed);
  single(out, "sprx_rules", "gauge", "Rules in the table in use.", state.rules);
  single(out, "sprx_next_hop_addresses", "gauge", "Addresses of the next hop.", state.next_hop_addresses);
  single(out, "sprx_draining", "gauge", "1 while the proxy shuts down.", state.draining ? 1 : 0);
  single(out, "sprx_uptime_seconds", "gauge", "Seconds since the proxy started.",
         static_cast<std::uint64_t>(uptime(state)));
  live_metrics(out, state.live);
  header(out, "sprx_table_info", "gauge", "The version of the table in use.");
  fmt::format_to(std::back_inserter(out), "sprx_table_info{{version=\"{}\"}} 1\n", state.table_version);
  return out;
}

std::string status_json(std::span<const Counters* const> workers, const ProcessState& state) {
  std::string out;
  fmt::format_to(
      std::back_inserter(out),
      R"({{"state":"{}","table":"{}","rules":{},"uptime_s":{},"workers":{},"reloads":{},"reloads_failed":{},)"
      R"("next_hop_addresses":{},"log_lines_lost":{})",
      state.draining ? "draining" : "running", state.table_version, state.rules, uptime(state), workers.size(),
      state.reloads, state.reloads_failed, state.next_hop_addresses, state.log_lines_lost);
  for (const CounterInfo& info : kCounters) {
    fmt::format_to(std::back_inserter(out), R"(,"{}":{})", info.id,
                   sum(workers, [&](const Counters& c) -> const Counter& { return c.*info.counter; }));
  }
  live_json(out, state.live);
  out.append("}\n");
  return out;
}

std::string status_text(std::span<const Counters* const> workers, const ProcessState& state) {
  std::string out;
  fmt::format_to(std::back_inserter(out),
                 "{}, table {} with {} rules, up {} s, {} workers, next hop has {} addresses\n",
                 state.draining ? "draining" : "running", state.table_version, state.rules, uptime(state),
                 workers.size(), state.next_hop_addresses);
  live_text(out, state.live);
  for (const CounterInfo& info : kCounters) {
    fmt::format_to(std::back_inserter(out), "{:>14}  {}\n",
                   sum(workers, [&](const Counters& c) -> const Counter& { return c.*info.counter; }), info.help);
  }
  return out;
}

}  // namespace sprx
