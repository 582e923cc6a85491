#include "compiler/loop_reports.h"

#include <algorithm>

#include "compiler/loop_hosts.h"

namespace sprx {
namespace {

constexpr std::size_t kChainsShown = 3;
constexpr std::size_t kShownUrls = 6;
constexpr std::size_t kShownUrl = 120;

/// The URLs of a walk, the first `count` of its steps.
std::string way_of(const std::vector<RedirectStep>& steps, std::size_t count) {
  std::string out;
  for (std::size_t k = 0; k < std::min(count, kShownUrls); ++k) out += (k == 0 ? "" : " -> ") + shown_url(steps[k].url);
  return out + (count > kShownUrls ? " -> ..." : "");
}

}  // namespace

std::string shown_url(const sets::Url& url) {
  std::string text = url.text();
  if (text.size() > kShownUrl) text = text.substr(0, kShownUrl) + "...";
  return text;
}

/// Where the reader should look for a step: the row of the table, or the rule.
Span LoopReports::place_of(const RedirectStep& step) const {
  for (const auto& [table, row] : step.rows) {
    if (table < program_.table_rows.size() && row < program_.table_rows[table].size())
      return program_.table_rows[table][row];
  }
  return place(step.rule);
}

bool LoopReports::allowed(Kind kind, const std::vector<RedirectStep>& steps) {
  return std::any_of(steps.begin(), steps.end(), [&](const RedirectStep& step) {
    return allows_.silences(kind, place(step.rule), owner(step.rule));
  });
}

bool LoopReports::cycle(std::vector<RedirectStep> cycle, const std::vector<std::string>& notes) {
  std::set<std::string> urls;
  for (const RedirectStep& step : cycle) {
    if (!step.followed) {
      if (cycle.size() == 1) lint_own_target(cycle[0]);
      return cycle.size() == 1;
    }
    urls.insert(step.url.text());
  }
  if (!known_cycles_.insert(urls).second) return true;
  const auto earliest = std::min_element(cycle.begin(), cycle.end(), [](const RedirectStep& a, const RedirectStep& b) {
    return a.rule != b.rule ? a.rule < b.rule : a.rows < b.rows;
  });
  std::rotate(cycle.begin(), earliest, cycle.end());
  if (allowed(Kind::redirect_loop, cycle)) return true;
  const std::string self = shown_url(cycle[0].url);
  const auto owned = out_.belongs_to(owner(cycle[0].rule));
  Diagnostic& d = out_.add(Kind::redirect_loop, place_of(cycle[0]),
                           cycle.size() == 1 ? name(cycle[0].rule) + " redirects " + self + " to itself"
                                             : name(cycle[0].rule) + " begins a circle of redirects");
  if (cycle.size() > 1) d.note(way_of(cycle, cycle.size()) + (cycle.size() > kShownUrls ? "" : " -> " + self));
  for (const std::string& note : notes) d.note(note);
  for (std::size_t k = 0; k < cycle.size(); ++k) {
    const Span where = place_of(cycle[k]);
    if (k > 0 && where != place_of(cycle[0]))
      d.label(where, "and this leads on to " + shown_url(cycle[(k + 1) % cycle.size()].url));
    const bool said = std::any_of(cycle.begin(), cycle.begin() + static_cast<std::ptrdiff_t>(k),
                                  [&](const RedirectStep& step) { return step.rule == cycle[k].rule; });
    if (!cycle[k].rows.empty() && !said) d.label(place(cycle[k].rule), "used by " + name(cycle[k].rule));
  }
  d.help(cycle.size() == 1 ? "leave the target out of what the rule matches, or correct the target"
                           : "correct one of the targets, or leave it out of what the next rule matches");
  return true;
}

void LoopReports::own(const OwnCircle& circle) {
  RedirectStep step;
  step.rule = circle.rule;
  if (allowed(Kind::redirect_loop, {step})) return;
  const std::string which = std::string(circle.https ? " for https" : "") + (circle.no_query ? " without a query" : "");
  const auto owned = out_.belongs_to(owner(circle.rule));
  out_.add(Kind::redirect_loop, place(circle.rule),
           name(circle.rule) + " redirects every request" + which + " to itself")
      .note("its target is what was asked for, whatever that is")
      .help(circle.https ? "ask for those that are to be sent on, `when scheme == \"http\";`, or correct the target"
            : !circle.of_path ? "leave the target out of what the rule matches, or correct the target"
                              : "correct the target: a part of the path that the condition names is `${name}`");
}

/// A rule that names hosts which it does not take, and its target's, which is nearly one of them, is none of these.
void LoopReports::lint_own_target(const RedirectStep& step) {
  const std::string kin = kin_left_out(space_, rule(step.rule).condition, step.url.host);
  const std::vector<RedirectStep> one{step};
  if (kin.empty() || !known_cycles_.insert({step.url.text()}).second || allowed(Kind::own_target_host, one)) return;
  const auto owned = out_.belongs_to(owner(step.rule));
  out_.add(Kind::own_target_host, place(step.rule),
           name(step.rule) + " takes requests for `" + step.url.host + "` too, where it redirects to")
      .note("where that host comes here as well, its visitors go in a circle: " + shown_url(step.url))
      .help("correct the target, if `" + kin + "` is meant, or leave `" + step.url.host + "` out as well");
}

bool LoopReports::endless(const std::vector<RedirectStep>& steps) {
  if (std::any_of(steps.begin(), steps.end(), [](const RedirectStep& step) { return !step.followed; })) return false;
  std::set<std::string> who;
  for (const RedirectStep& step : steps) who.insert(name(step.rule));
  if (!known_cycles_.insert(who).second || allowed(Kind::redirect_loop, steps)) return true;
  const auto owned = out_.belongs_to(owner(steps[0].rule));
  Diagnostic& d = out_.add(Kind::redirect_loop, place(steps[0].rule),
                           name(steps[0].rule) + " leads to more than " + std::to_string(kMaxHops) +
                               " redirects in a row, more than browsers follow");
  d.note(way_of(steps, steps.size()));
  d.help("leave the targets out of what the rules match");
  return true;
}

void LoopReports::note_chain(const std::vector<RedirectStep>& steps, const std::string& end) {
  std::size_t length = 0;
  while (length + 1 < steps.size() && steps[length].followed) ++length;
  ++length;
  if (steps.size() < 2 || length < 2) return;
  const std::uint32_t a = steps[0].rule;
  const bool one_table = a == steps[1].rule && !steps[0].rows.empty() && !steps[1].rows.empty();
  const bool one_file = owner(a).known() && owner(a) == owner(steps[1].rule);
  if (!one_table && !one_file && length <= kLongChain) return;
  const Span at = one_file ? owner(a) : place(a);
  Chains& chains = chains_[{static_cast<std::uint32_t>(at.file), at.begin}];
  if (chains.count++ == 0) {
    chains.rule = a;
    chains.of_data = one_table || one_file;
    chains.way = way_of(steps, length) + " -> " + end;
  }
  if (chains.places.size() < kChainsShown) chains.places.push_back(place_of(steps[0]));
}

void LoopReports::report_chains(const Chains& chains) {
  // By the rule that begins them, or the file.
  const Span line_owner = owner(chains.rule);
  if (allows_.silences(Kind::redirect_chain, place(chains.rule), line_owner)) return;
  const std::string which = line_owner.known() ? "lines" : "rows";
  const std::string several = std::to_string(chains.count) + " " + which + " lead to others that redirect again";
  const auto owned = out_.belongs_to(line_owner);
  Diagnostic& d = out_.add(
      Kind::redirect_chain, chains.of_data ? chains.places[0] : place(chains.rule),
      !chains.of_data ? name(chains.rule) + " begins more than " + std::to_string(kLongChain) + " redirects in a row"
      : chains.count == 1 ? "this leads to another of the same " + which + ", which redirects again"
                          : several);
  for (std::size_t k = 1; chains.of_data && k < chains.places.size(); ++k) d.label(chains.places[k], "and this");
  d.note("for example " + chains.way);
  d.help("let each lead to the last target at once: every step costs the visitor a round trip");
}

void LoopReports::chains() {
  for (const auto& [at, chains] : chains_) report_chains(chains);
}

}  // namespace sprx
