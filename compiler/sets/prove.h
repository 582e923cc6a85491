// prove: whether some point meets conditions, or the proof that none does. What the passes stand on: a rule that can
// never match is a condition that no point meets; a rule is hidden when no point meets it and misses the earlier ones.
//
// A tableau: conditions are taken apart into literals that narrow one box; where one of several may hold, each is tried
// in a copy of the box. Sets of values answer exactly, see value_set.h. Bounded in steps; past the bound: unknown.
#pragma once

#include <span>
#include <vector>

#include "compiler/sets/box.h"

namespace sprx::sets {

/// A condition that is to hold, or not to hold.
struct Claim {
  ExprId condition = kNoExpr;
  bool truth = true;
};

/// Boxes that are tried for one answer.
inline constexpr int kMaxTries = 2'000;

/// Lets of one box whose conditions are taken apart; more are left open.
inline constexpr std::size_t kMaxLets = 1'024;

struct Proof {
  Verdict verdict = Verdict::unknown;
  Box box;        ///< some, unknown: points of it are what was looked for (unknown: may be)
  int tries = 0;  ///< boxes that were tried
};

/// `empty` is a proof. Claims that read captures are taken as met.
[[nodiscard]] Proof prove(Space& space, std::span<const Claim> claims, int tries = kMaxTries);

}  // namespace sprx::sets
