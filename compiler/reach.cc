#include "compiler/reach.h"

#include <algorithm>
#include <map>
#include <optional>

#include "compiler/sets/prove.h"
#include "compiler/sets/request_text.h"
#include "compiler/sets/rule_finder.h"
#include "compiler/table/table.h"

namespace sprx {
namespace {

using sets::Claim;
using sets::Proof;
using sets::Verdict;

/// Hidden rules that are shown of those that one rule hides.
constexpr std::size_t kShown = 3;
/// Earlier rules that take the first point found and are tried alone.
constexpr std::size_t kTriedAlone = 8;
/// Conditions of one rule that are looked at for the few that exclude each other.
constexpr std::size_t kMaxConflict = 32;

bool is_terminal(const RuleSet& rules, const Rule& rule) {
  for (std::uint32_t i = 0; i < rule.action_count; ++i) {
    if (info(rules.actions[rule.first_action + i].word).kind == ActionInfo::Kind::terminal) return true;
  }
  return false;
}

/// What one rule hides.
struct Hidden {
  std::vector<std::uint32_t> rules;
  std::vector<std::uint32_t> lines;
};

class Reach {
 public:
  Reach(const CheckedProgram& program, AllowSet& allows, DiagnosticList& out, Phase phase)
      : program_(program), allows_(allows), out_(out), phase_(phase),
        space_(program.rules, program.list_is_data, program.table_is_data), finder_(space_) {}

  bool run(std::int64_t& tries) {
    const std::vector<Rule>& rules = program_.rules.of(phase_);
    for (std::uint32_t i = 0; i < rules.size(); ++i) {
      if (tries < 0) return false;
      if (look_at(i, tries) && hides(rules[i])) finder_.add(i, rules[i].condition);
    }
    for (const auto& [hider, hidden] : hidden_) report_hidden(hider, hidden);
    return true;
  }

 private:
  const CheckedProgram& program_;
  AllowSet& allows_;
  DiagnosticList& out_;
  Phase phase_;
  sets::Space space_;
  sets::RuleFinder finder_;
  std::map<std::uint32_t, Hidden> hidden_;  ///< by the rule that hides

  [[nodiscard]] const Rule& rule(std::uint32_t i) const { return program_.rules.of(phase_)[i]; }
  [[nodiscard]] Span place(std::uint32_t i) const { return program_.rule_names[static_cast<std::size_t>(phase_)][i]; }
  [[nodiscard]] Span owner(std::uint32_t i) const { return program_.rule_owners[static_cast<std::size_t>(phase_)][i]; }
  [[nodiscard]] bool is_line(std::uint32_t i) const { return owner(i).known(); }
  [[nodiscard]] std::string name(std::uint32_t i) const {
    return "`" + std::string(program_.rules.pool.strings.view(rule(i).name)) + "`";
  }

  /// Whether later rules are never tried where this one matches, whatever the time and the traffic.
  bool hides(const Rule& rule) { return is_terminal(program_.rules, rule) && !space_.reads_captures(rule.condition); }

  /// False: the rule can never match.
  bool look_at(std::uint32_t i, std::int64_t& tries) {
    std::vector<Claim> claims{{rule(i).condition, true}};
    Proof proof = ask(claims, tries);
    if (proof.verdict == Verdict::empty) {
      report_never(i);
      return false;
    }
    std::vector<std::uint32_t> covering;
    std::vector<std::uint32_t> found;
    while (covering.size() < kMaxCovering && tries >= 0) {
      sets::Point point(space_, proof.box);
      finder_.find(point, found);
      if (found.empty()) return true;
      if (covering.empty()) {
        for (std::size_t k = 0; k < std::min(found.size(), kTriedAlone); ++k) {
          const Claim alone[] = {{rule(i).condition, true}, {rule(found[k]).condition, false}};
          if (ask(alone, tries).verdict != Verdict::empty) continue;
          note_hidden(found[k], i);
          return true;
        }
      }
      if (std::find(covering.begin(), covering.end(), found.front()) != covering.end()) return true;
      covering.push_back(found.front());
      claims.push_back({rule(found.front()).condition, false});
      proof = ask(claims, tries);
      if (proof.verdict == Verdict::empty) {
        report_together(i, needed(i, covering, tries));
        return true;
      }
      if (proof.verdict == Verdict::unknown) return true;
    }
    return true;
  }

  Proof ask(std::span<const Claim> claims, std::int64_t& tries) {
    Proof proof = sets::prove(space_, claims);
    tries -= proof.tries;
    return proof;
  }

  /// Those of the covering rules that the proof needs.
  std::vector<std::uint32_t> needed(std::uint32_t i, std::vector<std::uint32_t> covering, std::int64_t& tries) {
    for (std::size_t k = 0; k < covering.size() && covering.size() > 1;) {
      std::vector<Claim> claims{{rule(i).condition, true}};
      for (std::size_t other = 0; other < covering.size(); ++other) {
        if (other != k) claims.push_back({rule(covering[other]).condition, false});
      }
      if (ask(claims, tries).verdict == Verdict::empty) {
        covering.erase(covering.begin() + static_cast<std::ptrdiff_t>(k));
      } else {
        ++k;
      }
    }
    std::sort(covering.begin(), covering.end());
    return covering;
  }

  void note_hidden(std::uint32_t hider, std::uint32_t i) {
    if (allows_.silences(is_line(i) ? Kind::hidden_line : Kind::hidden_rule, place(i), owner(i))) return;
    Hidden& hidden = hidden_[hider];
    (is_line(i) ? hidden.lines : hidden.rules).push_back(i);
  }

  Diagnostic& add(Kind kind, std::uint32_t at, std::string message) {
    out_.belongs_to(owner(at));
    Diagnostic& d = out_.add(kind, place(at), std::move(message));
    out_.belongs_to({});
    return d;
  }

  /// A request that would have needed the rule; empty where none can be shown.
  std::string request_for(std::uint32_t i) {
    const Claim claim[] = {{rule(i).condition, true}};
    const Proof proof = sets::prove(space_, claim);
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
      list(d, hidden.rules, "never reached");
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
      list(d, hidden.lines, "never reached");
      needs_request(d, hidden.lines.front());
      d.help("lines are tried in order: put what is more special first, or remove what is hidden");
    }
  }

  void list(Diagnostic& d, const std::vector<std::uint32_t>& rules, const std::string& text) {
    for (std::size_t k = 0; k < std::min(rules.size(), kShown); ++k) d.label(place(rules[k]), text);
    if (rules.size() > kShown) d.note("and " + std::to_string(rules.size() - kShown) + " more");
  }

  void report_together(std::uint32_t i, const std::vector<std::uint32_t>& covering) {
    if (covering.size() == 1) return note_hidden(covering[0], i);
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
    list(d, covering, "ends some of them");
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
    std::string what;
    for (std::size_t k = 0; k < parts.size(); ++k)
      what += (k == 0 ? "" : k + 1 == parts.size() ? " and " : ", ") + quoted(parts[k]);
    Diagnostic& d = add(is_line(i) ? Kind::hidden_line : Kind::never_matches, i,
                        name(i) + " can never match: " +
                            (parts.size() == 1 ? what + " is never true" : what + " are never true together"));
    d.help("all conditions of a rule, and those of its groups, have to hold at once; correct one or remove the rule");
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

bool check_reachability(const CheckedProgram& program, AllowSet& allows,
                        DiagnosticList& out) {
  if (program.incomplete) return false;
  std::int64_t tries = kMaxReachTries;
  bool whole = true;
  for (const Phase phase : {Phase::request, Phase::response})
    whole = Reach(program, allows, out, phase).run(tries) && whole;
  return whole;
}

}  // namespace sprx
