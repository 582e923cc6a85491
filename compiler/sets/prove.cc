#include "compiler/sets/prove.h"

#include <algorithm>

namespace sprx::sets {
namespace {

class Tableau {
 public:
  Tableau(Space& space, int tries) : space_(space), tries_(tries) {}

  Proof run(std::span<const Claim> claims) {
    Branch start;
    start.open.assign(claims.rbegin(), claims.rend());
    const int allowed = tries_;
    if (search(std::move(start)))
      return {certain_ ? Verdict::some : Verdict::unknown, std::move(found_), allowed - tries_};
    return {Verdict::empty, {}, allowed - tries_};
  }

 private:
  struct Branch {
    Box box;
    std::vector<Claim> open;     ///< not taken apart yet, the next one last
    std::vector<Claim> choices;  ///< one of several parts is to be met
    std::vector<Claim> lets;     ///< what lets stand for, claimed already; by condition
    bool certain = true;
  };

  Space& space_;
  int tries_;
  Box found_;
  bool certain_ = false;

  /// Claims what a let stands for once in a branch: lets made of lets that name each twice would be 2^64 claims.
  Verdict claim_let(Branch& branch, const Claim& claim) {
    const auto place = std::lower_bound(branch.lets.begin(), branch.lets.end(), claim,
                                        [](const Claim& a, const Claim& b) { return a.condition < b.condition; });
    if (place != branch.lets.end() && place->condition == claim.condition) {
      if (place->truth == claim.truth) return Verdict::some;
      // What reads captures may be met and missed at once: slots are used again.
      if (!space_.reads_captures(claim.condition)) return Verdict::empty;
      branch.certain = false;
      return Verdict::some;
    }
    if (branch.lets.size() >= kMaxLets) {
      branch.certain = false;  // left open: more points than there are
      return Verdict::some;
    }
    branch.lets.insert(place, claim);
    branch.open.push_back(claim);
    return Verdict::some;
  }

  /// Takes everything apart that leaves no choice; false when nothing is left of the box.
  bool settle(Branch& branch) {
    while (!branch.open.empty()) {
      const Claim claim = branch.open.back();
      branch.open.pop_back();
      const Expr& e = space_.pool()[claim.condition];
      if (e.op == Op::negate) {
        branch.open.push_back({ExprId{e.a}, !claim.truth});
        continue;
      }
      if (e.op == Op::all || e.op == Op::any) {
        const std::span<const ExprId> parts = space_.pool().list(e);
        if ((e.op == Op::all) == claim.truth || parts.size() == 1) {
          for (std::size_t i = parts.size(); i > 0; --i) branch.open.push_back({parts[i - 1], claim.truth});
        } else {
          branch.choices.push_back(claim);
        }
        continue;
      }
      if (e.op == Op::holds) {
        bool negated = false;
        const ExprId meant = space_.condition_of(ExprId{e.a}, &negated);
        if (meant != kNoExpr) {
          if (claim_let(branch, {meant, claim.truth != negated}) == Verdict::empty) return false;
          continue;
        }
      }
      const Verdict verdict = branch.box.intersect(space_, {claim.condition, claim.truth});
      if (verdict == Verdict::empty) return false;
      if (verdict == Verdict::unknown) branch.certain = false;
    }
    return true;
  }

  /// What is copied with a branch.
  static std::size_t size_of(const Branch& branch) {
    std::size_t size = branch.open.size() + branch.choices.size() + branch.lets.size();
    for (const ValueSet& set : branch.box.sets()) size += set.literals().size();
    return size;
  }

  /// The choice with the fewest parts, taken out of the branch.
  Claim smallest(Branch& branch) {
    const auto size = [this](const Claim& claim) { return space_.pool()[claim.condition].b; };
    const auto at = std::min_element(branch.choices.begin(), branch.choices.end(),
                                     [&](const Claim& a, const Claim& b) { return size(a) < size(b); });
    const Claim out = *at;
    branch.choices.erase(at);
    return out;
  }

  /// Whether a point was found, or a bound reached.
  bool search(Branch branch) {
    if (--tries_ < 0 || space_.exhausted()) {
      found_ = std::move(branch.box);
      certain_ = false;
      return true;
    }
    if (!settle(branch)) return false;
    if (branch.choices.empty()) {
      certain_ = branch.certain;
      found_ = std::move(branch.box);
      return true;
    }
    const Claim choice = smallest(branch);
    const std::span<const ExprId> parts = space_.pool().list(space_.pool()[choice.condition]);
    // Parts that hold at the box's own point first: they often leave it as it is.
    Point point(space_, branch.box);
    for (const bool at_point : {true, false}) {
      for (const ExprId part : parts) {
        if ((point.holds(part) == choice.truth) != at_point) continue;
        Branch next = branch;
        space_.spend(size_of(branch));
        next.open.push_back({part, choice.truth});
        if (search(std::move(next))) return true;
      }
    }
    return false;
  }
};

}  // namespace

Proof prove(Space& space, std::span<const Claim> claims, int tries) { return Tableau(space, tries).run(claims); }

}  // namespace sprx::sets
