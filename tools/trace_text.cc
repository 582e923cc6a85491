// The answer of `sprx trace` for people: what was decided, by which rules, what goes on, and why other rules did not
// match.
#include <algorithm>
#include <fmt/format.h>

#include "tools/paint.h"
#include "tools/trace.h"
#include "tools/trace_head.h"

namespace sprx {
namespace {

std::string place_of(const TracedRule& rule) {
  return rule.file.empty() ? std::string() : fmt::format("{}:{}", rule.file, rule.line);
}

bool holds(const HeaderList& headers, const std::pair<std::string, std::string>& line) {
  return std::any_of(headers.begin(), headers.end(), [&](const auto& other) {
    return same_name(other.first, line.first) && other.second == line.second;
  });
}

/// Writes one answer, section by section.
class Writer {
 public:
  Writer(const Traced& traced, bool all, bool color) : traced_(traced), all_(all), paint_(color) {}

  std::string write(const TraceRequest& request) {
    out_ += fmt::format("{} {}\n\n", paint_.bold(shown(request.method)), shown(request.url));
    verdict();
    matched();
    would();
    log_fields();
    forwarded();
    answer();
    not_matched();
    return std::move(out_);
  }

 private:
  void title(std::string_view text) { out_ += fmt::format("\n{}\n", paint_.bold(text)); }

  std::string location() const {
    for (const auto& [name, value] : traced_.headers) {
      if (same_name(name, "Location")) return shown(value);
    }
    return {};
  }

  void verdict() {
    const std::string& outcome = traced_.outcome;
    std::string line;
    if (outcome == "redirect") {
      line = paint_.cyan(fmt::format("redirect {} to {}", traced_.status, location()));
    } else if (outcome == "deny" || outcome == "respond") {
      const std::string text = fmt::format("{} {} {}", outcome, traced_.status, status_phrase(traced_.status));
      line = outcome == "deny" ? paint_.red(text) : paint_.cyan(text);
    } else if (outcome == "drop") {
      line = paint_.red("drop: the connection is closed without an answer");
    } else if (outcome == "refused") {
      line = paint_.red(
          fmt::format("refused with {} {} ({})", traced_.status, status_phrase(traced_.status), traced_.error));
    } else {
      line = paint_.green("forward to the next hop");
    }
    out_ += fmt::format("  {}\n", line);
    if (traced_.decided_by) {
      out_ += fmt::format("  by rule {} {}\n", paint_.bold(traced_.decided_by->name),
                          paint_.faint(place_of(*traced_.decided_by)));
    } else if (outcome == "refused") {
      out_ += "  before any rule was asked\n";
    } else {
      out_ += "  no rule stopped it\n";
    }
  }

  void matched() {
    if (traced_.rules.empty()) return;
    title("rules that matched");
    for (const TracedRule& rule : traced_.rules) {
      out_ += fmt::format("  {}  {}\n", paint_.green(fmt::format("{:<28}", rule.name)), paint_.faint(place_of(rule)));
    }
  }

  void would() {
    if (traced_.would.empty()) return;
    title("rules on trial (dry_run) that would have matched");
    for (const TracedRule& rule : traced_.would) {
      out_ += fmt::format("  {}  {}\n", paint_.yellow(fmt::format("{:<28}", rule.name)), paint_.faint(place_of(rule)));
    }
  }

  void log_fields() {
    if (traced_.log.empty()) return;
    title("fields of the access log");
    for (const auto& [key, value] : traced_.log) out_ += fmt::format("  {} = {}\n", key, shown(value));
  }

  void forwarded() {
    if (!traced_.forward) return;
    const TracedForward& to = *traced_.forward;
    title("what the next hop sees");
    const std::string query = to.has_query ? "?" + to.query : std::string();
    out_ += fmt::format("    {} {}{} HTTP/1.1\n    Host: {}\n", shown(to.method), shown(to.path), shown(query),
                        shown(to.host));
    for (const auto& line : to.headers) {
      const std::string text = fmt::format("{}: {}", shown(line.first), shown(line.second));
      out_ += holds(traced_.arrived, line) ? fmt::format("    {}\n", text)
                                           : fmt::format("  {}\n", paint_.green("+ " + text));
    }
    for (const auto& line : traced_.arrived) {
      if (holds(to.headers, line)) continue;
      out_ += fmt::format("  {}\n", paint_.red(fmt::format("- {}: {}", shown(line.first), shown(line.second))));
    }
  }

  void answer() {
    if (traced_.status == 0 || traced_.outcome == "refused") return;
    title("what the client gets");
    out_ += fmt::format("    {} {}\n", traced_.status, status_phrase(traced_.status));
    for (const auto& [name, value] : traced_.headers) out_ += fmt::format("    {}: {}\n", shown(name), shown(value));
    if (traced_.head_only) out_ += "\n    (no body: HEAD gets the head alone)\n";
    if (!traced_.body || traced_.body->empty()) return;
    constexpr std::size_t kShownBytes = 200;
    std::string_view body = *traced_.body;
    const std::string_view rest = body.size() > kShownBytes ? "…" : "";
    body = body.substr(0, kShownBytes);
    if (rest.empty() && body.ends_with('\n')) body.remove_suffix(1);
    out_ += "\n";
    for (std::size_t at = 0; at <= body.size();) {
      const std::size_t stop = std::min(body.find('\n', at), body.size());
      const std::string line = shown(body.substr(at, stop - at)) + std::string(stop == body.size() ? rest : "");
      out_ += line.empty() ? "\n" : fmt::format("    {}\n", line);
      at = stop + 1;
    }
  }

  void not_matched() {
    if (traced_.why.empty()) return;
    title("rules that did not match, and the first condition that was false");
    const bool all = all_ || traced_.why.size() <= kShownWhole;
    std::size_t others = 0;
    for (const WhyNot& reason : traced_.why) {
      if (!all && !reason.close) {
        ++others;
        continue;
      }
      out_ += fmt::format("  {}  {}\n", paint_.yellow(fmt::format("{:<28}", reason.rule)), shown(reason.atom));
      if (!reason.left.empty())
        out_ += paint_.faint(fmt::format("  {:<28}    it was {}", "", shown(reason.left))) + "\n";
      if (!reason.right.empty())
        out_ += paint_.faint(
                    fmt::format("  {:<28}    wanted {}{}", "", reason.negated ? "any but " : "", shown(reason.right))) +
                "\n";
    }
    if (others > 0)
      out_ += fmt::format("  {} {}whose very first condition was false; `--why` shows them\n", others,
                          others < traced_.why.size() ? "more, " : "");
  }

  /// Of more rules that did not match only those are shown that came close.
  static constexpr std::size_t kShownWhole = 10;

  const Traced& traced_;
  const bool all_;
  Paint paint_;
  std::string out_;
};

}  // namespace

std::string to_text(const TraceRequest& request, const Traced& traced, bool all, bool color) {
  return Writer(traced, all, color).write(request);
}

}  // namespace sprx
