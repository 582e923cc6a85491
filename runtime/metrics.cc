#include "runtime/metrics.h"

#include <fmt/format.h>
#include <iterator>

namespace sprx {
namespace {

using Workers = std::span<const Counters* const>;

struct CounterInfo {
  std::string_view name;
  std::string_view kind;
  std::string_view help;
  Counter Counters::*counter;
};

constexpr CounterInfo kCounters[] = {
#define X(id, name, kind, help) {name, kind, help, &Counters::id},
    SPRX_COUNTERS(X)
#undef X
};

constexpr std::string_view kClasses[kStatusClasses] = {"none", "1xx", "2xx", "3xx", "4xx", "5xx"};
constexpr std::string_view kSources[kAnsweredBy] = {"upstream", "rule", "proxy", "nobody"};
constexpr std::string_view kOutcomeWords[kOutcomes] = {"pass", "forward", "respond", "redirect",
                                                       "deny", "drop",    "failed"};
constexpr std::string_view kPhases[2] = {"request", "response"};

/// Writes the text, one family after the other.
class Page {
 public:
  explicit Page(Workers workers) : workers_(workers) {}

  void family(std::string_view name, std::string_view kind, std::string_view help) {
    name_ = name;
    add("# HELP {0} {2}\n# TYPE {0} {1}\n", name, kind, help);
  }
  /// A line of the family: `labels` is `a="b",c="d"`.
  template <typename Value>
  void row(std::string_view labels, Value value) {
    add("{}{{{}}} {}\n", name_, labels, value);
  }
  template <typename Value>
  void single(std::string_view name, std::string_view kind, std::string_view help, Value value) {
    family(name, kind, help);
    add("{} {}\n", name, value);
  }
  template <typename Read>
  [[nodiscard]] std::uint64_t sum(Read read) const {
    std::uint64_t total = 0;
    for (const Counters* worker : workers_) total += read(*worker).value();
    return total;
  }
  /// The buckets, sum and count of a histogram; `labels` is "" or ends with a comma.
  template <typename Read>
  void histogram(std::string_view labels, Read read) {
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < Histogram::kBoundsUs.size() + 1; ++i) {
      below += sum([&](const Counters& c) -> const Counter& { return read(c).counts[i]; });
      if (i < Histogram::kBoundsUs.size()) {
        add("{}_bucket{{{}le=\"{}\"}} {}\n", name_, labels, static_cast<double>(Histogram::kBoundsUs[i]) / 1e6, below);
      } else {
        add("{}_bucket{{{}le=\"+Inf\"}} {}\n", name_, labels, below);
      }
    }
    const std::uint64_t us = sum([&](const Counters& c) -> const Counter& { return read(c).sum_us; });
    if (!labels.empty()) labels.remove_suffix(1);
    const std::string_view open = labels.empty() ? "" : "{";
    const std::string_view close = labels.empty() ? "" : "}";
    add("{}_sum{}{}{} {}\n{}_count{}{}{} {}\n", name_, open, labels, close, static_cast<double>(us) / 1e6, name_, open,
        labels, close, below);
  }
  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  template <typename... Values>
  void add(fmt::format_string<Values...> form, Values&&... values) {
    fmt::format_to(std::back_inserter(out_), form, std::forward<Values>(values)...);
  }
  Workers workers_;
  std::string out_;
  std::string_view name_;
};

std::string label(std::string_view name, std::string_view value) { return fmt::format("{}=\"{}\"", name, value); }

void request_metrics(Page& page) {
  page.family("sprx_responses_total", "counter",
              "Requests that ended, by who answered and the class of the status; nobody: no answer was sent.");
  for (std::size_t by = 0; by < kAnsweredBy; ++by) {
    const bool none = by == static_cast<std::size_t>(AnsweredBy::nobody);
    for (std::size_t i = none ? 0 : 1; i < (none ? 1 : kStatusClasses); ++i) {
      page.row(label("source", kSources[by]) + ',' + label("class", kClasses[i]),
               page.sum([&](const Counters& c) -> const Counter& { return c.responses[by][i]; }));
    }
  }
  page.family("sprx_decisions_total", "counter", "Decisions of the rules, by phase and outcome.");
  for (std::size_t phase = 0; phase < 2; ++phase) {
    for (std::size_t i = 0; i < kOutcomes; ++i) {
      page.row(label("phase", kPhases[phase]) + ',' + label("outcome", kOutcomeWords[i]),
               page.sum([&](const Counters& c) -> const Counter& { return c.decisions[phase][i]; }));
    }
  }
  page.family("sprx_errors_total", "counter", "Requests that ended in an error, by reason.");
  for (std::size_t i = 1; i < kReasons.size(); ++i) {
    page.row(label("reason", kReasons[i].word),
             page.sum([&](const Counters& c) -> const Counter& { return c.reasons[i]; }));
  }
  page.family("sprx_request_duration_seconds", "histogram",
              "From the first byte of a request to the last of its answer, by who answered.");
  for (std::size_t by = 0; by < kAnsweredBy; ++by) {
    page.histogram(label("source", kSources[by]) + ',',
                   [&](const Counters& c) -> const Histogram& { return c.durations[by]; });
  }
  page.family("sprx_upstream_head_seconds", "histogram", "From asking the next hop to the head of its answer.");
  page.histogram("", [](const Counters& c) -> const Histogram& { return c.upstream_heads; });
}

void rule_metrics(Page& page, const HitBook::Report& hits) {
  const auto rows = [&](bool dry_run, std::uint64_t others) {
    for (const HitBook::Hit& rule : hits.rules) {
      if (rule.dry_run == dry_run) page.row(label("rule", rule.name), rule.matches);
    }
    if (hits.left_out > 0) page.row(label("rule", "(others)"), others);
  };
  page.family("sprx_rule_matches_total", "counter", "Matches of each rule; the lines of redirects together.");
  rows(false, hits.others);
  page.family("sprx_rule_dry_run_matches_total", "counter", "Matches of each rule on trial (dry_run).");
  rows(true, hits.others_would);
}

void process_metrics(Page& page, const ProcessState& state) {
  page.single("sprx_log_lines_lost_total", "counter", "Access log lines that were made but never written.",
              state.log_lines_lost);
  page.single("sprx_reloads_total", "counter", "Reloads that put a new table in place.", state.reloads);
  page.single("sprx_reloads_failed_total", "counter", "Reloads refused because of the configuration.",
              state.reloads_failed);
  page.single("sprx_last_reload_successful", "gauge", "0 if the last reload was refused.",
              state.last_reload_failed ? 0 : 1);
  page.single("sprx_rules", "gauge", "Rules in the table in use.", state.rules);
  page.single("sprx_next_hop_addresses", "gauge", "Addresses of the next hop.", state.next_hop_addresses);
  page.single("sprx_draining", "gauge", "1 while the proxy shuts down.", state.draining ? 1 : 0);
  page.family("sprx_table_info", "gauge", "The version of the table in use.");
  page.row(label("version", state.table_version), 1);
  page.single("sprx_table_loaded_timestamp_seconds", "gauge", "When the table in use was put in place, since 1970.",
              fmt::format("{:.3f}", static_cast<double>(state.table_since_us) / 1e6));
  page.family("sprx_build_info", "gauge", "What is running.");
  page.row(label("version", state.build_version) + ',' + label("commit", state.build_commit), 1);
  page.single("process_start_time_seconds", "gauge", "When the process began to serve, since 1970.",
              fmt::format("{:.3f}", static_cast<double>(state.started_us) / 1e6));
  page.single("process_cpu_seconds_total", "counter", "Processor time used, of the system too.",
              fmt::format("{:.3f}", state.usage.cpu_seconds));
  page.single("process_resident_memory_bytes", "gauge", "Memory in use.", state.usage.resident_bytes);
  page.single("process_open_fds", "gauge", "File descriptors open.", state.usage.open_descriptors);
  page.single("process_max_fds", "gauge", "File descriptors that may be open.", state.usage.most_descriptors);
}

void live_metrics(Page& page, const LiveState::Report& live) {
  page.single("sprx_bans_total", "counter", "Keys put into dynamic lists, by rules and messages.", live.bans);
  page.single("sprx_bans_lost_total", "counter", "Bans of rules that came faster than they could be taken in.",
              live.bans_lost);
  page.single("sprx_list_drops_total", "counter", "Keys that a full dynamic list dropped before their time.",
              live.list_drops);
  const auto each = [&page](std::string_view name, std::string_view kind, std::string_view help, std::string_view by,
                            const auto& rows, const auto& value) {
    if (!rows.empty()) page.family(name, kind, help);
    for (const auto& row : rows) page.row(label(by, row.name), static_cast<std::uint64_t>(value(row)));
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

}  // namespace

std::string metrics_text(Workers workers, const ProcessState& state) {
  Page page(workers);
  for (const CounterInfo& info : kCounters) {
    page.single(info.name, info.kind, info.help,
                page.sum([&](const Counters& c) -> const Counter& { return c.*info.counter; }));
  }
  request_metrics(page);
  rule_metrics(page, state.hits);
  process_metrics(page, state);
  live_metrics(page, state.live);
  return page.take();
}

}  // namespace sprx
