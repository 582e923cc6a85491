#include "compiler/reach.h"

#include <algorithm>

#include "compiler/sets/prove.h"
#include "compiler/sets/rule_finder.h"

namespace sprx {
namespace {

using sets::Claim;
using sets::Verdict;

/// Earlier rules that take the first point found and are tried alone.
constexpr std::size_t kTriedAlone = 8;

bool is_terminal(const RuleSet& rules, const Rule& rule) {
  for (std::uint32_t i = 0; i < rule.action_count; ++i) {
    if (info(rules.actions[rule.first_action + i].word).kind == ActionInfo::Kind::terminal) return true;
  }
  return false;
}

/// Looks at the rules of one phase in order.
class Reach {
 public:
  Reach(const RuleSet& rules, sets::Space& space, Phase phase, std::int64_t& tries, std::uint64_t compared,
        Reachability& out)
      : rules_(rules),
        space_(space),
        finder_(space),
        phase_(phase),
        tries_(tries),
        most_(compared - std::min(compared, out.compared)),
        out_(out) {}

  void run() {
    const std::vector<Rule>& rules = rules_.of(phase_);
    for (std::uint32_t i = 0; i < rules.size() && out_.whole; ++i) {
      if (look_at(i) && hides(rules[i])) finder_.add(i, rules[i].condition);
      out_.whole = tries_ >= 0 && finder_.tried() <= most_ && !space_.exhausted();
    }
    out_.compared += finder_.tried();
  }

 private:
  const RuleSet& rules_;
  sets::Space& space_;
  sets::RuleFinder finder_;
  Phase phase_;
  std::int64_t& tries_;
  std::uint64_t most_;  ///< conditions of earlier rules that may be tried in this phase
  Reachability& out_;

  [[nodiscard]] ExprId condition(std::uint32_t i) const { return rules_.of(phase_)[i].condition; }

  /// Whether later rules are never tried where this one matches, whatever the time and the traffic.
  bool hides(const Rule& rule) {
    return rule.guard == kNoGuard && is_terminal(rules_, rule) && !space_.reads_captures(rule.condition);
  }

  sets::Proof ask(std::span<const Claim> claims) {
    sets::Proof proof = sets::prove(space_, claims);
    tries_ -= proof.tries;
    return proof;
  }

  /// False: the rule can never match.
  bool look_at(std::uint32_t i) {
    std::vector<Claim> claims{{condition(i), true}};
    sets::Proof proof = ask(claims);
    if (proof.verdict == Verdict::empty) {
      out_.found.push_back({phase_, i, {}});
      return false;
    }
    std::vector<std::uint32_t> covering;
    std::vector<std::uint32_t> found;
    while (covering.size() < kMaxCovering && tries_ >= 0 && !space_.exhausted()) {
      // Whatever covers the rule takes this point of it; where nothing does, the rule is needed there.
      sets::Point point(space_, proof.box);
      finder_.find(point, found);
      if (found.empty()) return true;
      if (covering.empty() && hidden_by_one(i, found)) return true;
      if (std::find(covering.begin(), covering.end(), found.front()) != covering.end()) return true;
      covering.push_back(found.front());
      claims.push_back({condition(found.front()), false});
      proof = ask(claims);
      // A point that is but a guess is good enough to ask which rules could be brought into the proof.
      if (proof.verdict != Verdict::empty) continue;
      out_.found.push_back({phase_, i, needed(i, covering)});
      return true;
    }
    return true;
  }

  bool hidden_by_one(std::uint32_t i, const std::vector<std::uint32_t>& found) {
    for (std::size_t k = 0; k < std::min(found.size(), kTriedAlone); ++k) {
      const Claim alone[] = {{condition(i), true}, {condition(found[k]), false}};
      if (ask(alone).verdict != Verdict::empty) continue;
      out_.found.push_back({phase_, i, {found[k]}});
      return true;
    }
    return false;
  }

  /// Those of the covering rules that the proof needs.
  std::vector<std::uint32_t> needed(std::uint32_t i, std::vector<std::uint32_t> covering) {
    for (std::size_t k = 0; k < covering.size() && covering.size() > 1;) {
      std::vector<Claim> claims{{condition(i), true}};
      for (std::size_t other = 0; other < covering.size(); ++other) {
        if (other != k) claims.push_back({condition(covering[other]), false});
      }
      if (ask(claims).verdict == Verdict::empty) {
        covering.erase(covering.begin() + static_cast<std::ptrdiff_t>(k));
      } else {
        ++k;
      }
    }
    std::sort(covering.begin(), covering.end());
    return covering;
  }
};

}  // namespace

Reachability find_unreachable(const CheckedProgram& program, sets::Space& space, std::int64_t tries,
                              std::uint64_t compared) {
  Reachability out;
  for (const Phase phase : {Phase::request, Phase::response})
    Reach(program.rules, space, phase, tries, compared, out).run();
  return out;
}

}  // namespace sprx
