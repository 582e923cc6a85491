// What is said of rules that are never reached: one finding for each rule that hides others, and one for each that
// several hide together or that hides itself.
#include <algorithm>
#include <map>
#include <optional>

#include "compiler/reach.h"
#include "compiler/sets/prove.h"
#include "compiler/sets/request_text.h"
#include "compiler/table/table.h"

namespace sprx {
namespace {

using sets::Claim;
using sets::Verdict;

/// Hidden rules that are shown of those that one rule hides.
constexpr std::size_t kShown = 3;
/// Conditions of one rule that are marked in the source.
constexpr std::size_t kMarked = 3;
/// Conditions of one rule that are looked at for the few that exclude each other.
constexpr std::size_t kMaxConflict = 32;

/// What one rule hides.
struct Hidden {
  std::vector<std::uint32_t> rules;
  std::vector<std::uint32_t> lines;
};

class ReachReport {
 public:
  ReachReport(const CheckedProgram& program, sets::Space& space, AllowSet& allows, DiagnosticList& out, Phase phase)
      : program_(program), space_(space), allows_(allows), out_(out), phase_(phase) {}

  void run(const std::vector<Unreachable>& found) {
    for (const Unreachable& it : found) {
      if (it.phase != phase_) continue;
      const bool line = is_line(it.rule);
      const Kind kind = line ? Kind::hidden_line : it.by.empty() ? Kind::never_matches : Kind::hidden_rule;
      if (allows_.silences(kind, place(it.rule), owner(it.rule))) continue;
      if (it.by.empty()) {
        report_never(it.rule);
      } else if (it.by.size() > 1) {
        report_together(it.rule, it.by);
      } else {
        Hidden& hidden = hidden_[it.by[0]];
        (line ? hidden.lines : hidden.rules).push_back(it.rule);
      }
    }
    for (const auto& [hider, hidden] : hidden_) report_hidden(hider, hidden);
  }

 private:
  const CheckedProgram& program_;
  sets::Space& space_;
  AllowSet& allows_;
  DiagnosticList& out_;
  Phase phase_;
  std::map<std::uint32_t, Hidden> hidden_;  ///< by the rule that hides

  [[nodiscard]] const Rule& rule(std::uint32_t i) const { return program_.rules.of(phase_)[i]; }
  [[nodiscard]] Span place(std::uint32_t i) const { return program_.rule_names[static_cast<std::size_t>(phase_)][i]; }
  [[nodiscard]] Span owner(std::uint32_t i) const { return program_.rule_owners[static_cast<std::size_t>(phase_)][i]; }
  [[nodiscard]] bool is_line(std::uint32_t i) const { return owner(i).known(); }
  [[nodiscard]] std::string name(std::uint32_t i) const {
    return "`" + std::string(program_.rules.pool.strings.view(rule(i).name)) + "`";
  }

  Diagnostic& add(Kind kind, std::uint32_t at, std::string message) {
    const auto owned = out_.belongs_to(owner(at));
    return out_.add(kind, place(at), std::move(message));
  }

  [[nodiscard]] const WrittenCondition* written(std::uint32_t i) const {
    const auto& all = program_.conditions[static_cast<std::size_t>(phase_)];
    return i < all.size() ? &all[i] : nullptr;
  }

  /// Marks the conditions of a rule; the last of them gets the text.
  void mark_conditions(Diagnostic& d, std::uint32_t i, const std::string& text) {
    const WrittenCondition* const condition = written(i);
    if (condition == nullptr) return;
    const std::size_t count = std::min(condition->whens.size(), kMarked);
    for (std::size_t k = 0; k < count; ++k) d.label(condition->whens[k], k + 1 == count ? text : std::string());
  }

  /// Where a part of a rule's condition, or of one of its groups', is written; unknown for a line of redirects.
  [[nodiscard]] Span place_of(std::uint32_t i, ExprId part) const {
    const WrittenCondition* const condition = written(i);
    if (condition == nullptr) return {};
    const auto found = std::find_if(condition->parts.begin(), condition->parts.end(),
                                    [part](const AtomPlace& known) { return known.atom == part; });
    return found == condition->parts.end() ? Span{} : found->where;
  }

  /// A request that would have needed the rule; empty where none can be shown.
  std::string request_for(std::uint32_t i) {
    const Claim claim[] = {{rule(i).condition, true}};
    const sets::Proof proof = sets::prove(space_, claim);
    if (proof.verdict != Verdict::some || space_.reads_captures(rule(i).condition)) return {};
    return sets::request_text(space_, proof.box);
  }

  void needs_request(Diagnostic& d, std::uint32_t i) {
    const std::string request = request_for(i);
    if (!request.empty()) d.note("a request that would have needed " + name(i) + ": " + request);
  }

  void report_hidden(std::uint32_t hider, const Hidden& hidden) {
    if (!hidden.rules.empty()) {
      const std::size_t n = hidden.rules.size();
      Diagnostic& d = add(Kind::hidden_rule, hider,
                          n == 1 ? name(hider) + " hides " + name(hidden.rules[0]) +
                                       ": every request that the later rule could match ends here"
                                 : name(hider) + " hides " + std::to_string(n) +
                                       " later rules: every request that they could match ends here");
      mark_conditions(d, hider,
                      n == 1 ? "takes all that the later rule could" : "takes all that the later rules could");
      list(d, hidden.rules, "never reached", "could take nothing else");
      needs_request(d, hidden.rules.front());
      d.help("put what is more special first, make this rule's condition narrower, or remove what is hidden");
    }
    if (!hidden.lines.empty()) {
      const std::size_t n = hidden.lines.size();
      Diagnostic& d = add(Kind::hidden_line, hider,
                          n == 1 ? name(hider) + " hides " + name(hidden.lines[0]) +
                                       ": every request that the later line could match ends here"
                                 : name(hider) + " hides " + std::to_string(n) +
                                       " later lines of redirects: every request that they could match ends here");
      mark_conditions(d, hider,
                      n == 1 ? "takes all that the later line could" : "takes all that the later lines could");
      list(d, hidden.lines, "never reached", {});
      needs_request(d, hidden.lines.front());
      d.help("lines are tried in order: put what is more special first, or remove what is hidden");
    }
  }

  void list(Diagnostic& d, const std::vector<std::uint32_t>& rules, const std::string& text, const std::string& why) {
    for (std::size_t k = 0; k < std::min(rules.size(), kShown); ++k) {
      d.label(place(rules[k]), text);
      mark_conditions(d, rules[k], why);
    }
    if (rules.size() > kShown) d.note("and " + std::to_string(rules.size() - kShown) + " more");
  }

  void report_together(std::uint32_t i, const std::vector<std::uint32_t>& covering) {
    std::string names;
    for (std::size_t k = 0; k < covering.size(); ++k) {
      if (k == kShown && covering.size() > kShown + 1) {
        names += " and " + std::to_string(covering.size() - kShown) + " more";
        break;
      }
      names += (k == 0 ? "" : k + 1 == covering.size() ? " and " : ", ") + name(covering[k]);
    }
    Diagnostic& d = add(is_line(i) ? Kind::hidden_line : Kind::hidden_rule, i,
                        name(i) + " is never reached: every request that it could match ends at " + names);
    mark_conditions(d, i, "could take nothing else");
    list(d, covering, "ends some of them", {});
    needs_request(d, i);
    d.help("put it before them, make one of them narrower, or remove it");
  }

  void report_never(std::uint32_t i) {
    const Rule& never = rule(i);
    std::vector<ExprId> parts;
    const Expr& e = space_.pool()[never.condition];
    if (e.op == Op::all && e.b <= kMaxConflict) {
      const std::span<const ExprId> all = space_.pool().list(e);
      parts.assign(all.begin(), all.end());
    } else {
      parts.push_back(never.condition);
    }
    for (std::size_t k = 0; k < parts.size() && parts.size() > 1;) {
      std::vector<Claim> claims;
      for (std::size_t other = 0; other < parts.size(); ++other) {
        if (other != k) claims.push_back({parts[other], true});
      }
      if (sets::prove(space_, claims).verdict == Verdict::empty) {
        parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(k));
      } else {
        ++k;
      }
    }
    // What is said of the text of the only condition is the reason of this.
    std::optional<Diagnostic> reason;
    if (const Span only = parts.size() == 1 ? place_of(i, parts[0]) : Span{}; only.known()) {
      if (said_never(only)) return;
      reason = out_.take_back(Kind::never_in_path, only);
    }
    std::string what;
    for (std::size_t k = 0; k < parts.size(); ++k)
      what += (k == 0 ? "" : k + 1 == parts.size() ? " and " : ", ") + quoted(parts[k]);
    Diagnostic& d = add(is_line(i) ? Kind::hidden_line : Kind::never_matches, i,
                        name(i) + " can never match: " +
                            (parts.size() == 1 ? what + " is never true" : what + " are never true together"));
    for (std::size_t k = 0; k < std::min(parts.size(), kMarked); ++k) {
      const Span where = place_of(i, parts[k]);
      if (where.known())
        d.label(where, k + 1 < std::min(parts.size(), kMarked) ? ""
                       : parts.size() == 1                     ? "never true"
                       : parts.size() == 2                     ? "never true where the other is"
                                                               : "never true where all the others are");
    }
    if (reason) {
      d.label(reason->primary, reason->message);
      d.notes = std::move(reason->notes);
      return;
    }
    d.help("all conditions of a rule, and those of its groups, have to hold at once; correct one or remove the rule");
  }

  /// Whether it was an error already that a text of the condition is never equal.
  [[nodiscard]] bool said_never(Span condition) const {
    const std::vector<Diagnostic>& all = out_.all();
    const auto inside = [condition](Span span) {
      return span.file == condition.file && condition.begin <= span.begin && span.end <= condition.end;
    };
    // Of a row it is said where the list is declared, with the place that uses it as a label.
    return std::any_of(all.begin(), all.end(), [&](const Diagnostic& d) {
      return d.kind == Kind::never_equal &&
             (inside(d.primary) ||
              std::any_of(d.labels.begin(), d.labels.end(), [&](const auto& label) { return inside(label.span); }));
    });
  }

  [[nodiscard]] std::string quoted(ExprId condition) const {
    std::string text = render(program_.rules, condition);
    constexpr std::size_t kMost = 120;
    if (text.size() > kMost) {
      std::size_t end = kMost;
      while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80) --end;
      text = text.substr(0, end) + " ...";
    }
    return "`" + text + "`";
  }
};

}  // namespace

bool check_reachability(const CheckedProgram& program, AllowSet& allows, DiagnosticList& out) {
  if (program.doubtful) return false;
  sets::Space space(program.rules);
  space.allow(kMaxReachWork);
  const Reachability reach = find_unreachable(program, space);
  space.allow(kMaxReachWork);
  for (const Phase phase : {Phase::request, Phase::response})
    ReachReport(program, space, allows, out, phase).run(reach.found);
  return reach.whole;
}

}  // namespace sprx
