// reach: rules that can never match, and rules that earlier ones hide. A finding is given only when it is proved (see
// compiler/sets/space.h); what cannot be proved within the bounds is not spoken of.
#pragma once

#include <vector>

#include "compiler/allow.h"
#include "compiler/diagnostics.h"
#include "compiler/program.h"
#include "compiler/sets/space.h"

namespace sprx {

/// Earlier rules that are taken together to cover one; and, over all rules, boxes that are tried in all.
inline constexpr std::size_t kMaxCovering = 64;
inline constexpr std::int64_t kMaxReachTries = 3'000'000;
/// Conditions of earlier rules that are tried at points, over all rules. Rules of which nothing can be looked up
/// (`/*a*b/{x...}`) are tried one by one for each later one; some thousands of them take as many as this.
inline constexpr std::uint64_t kMaxCompared = 5'000'000;
/// Comparisons of all that is said of rules that are never reached, in all (Space::spend): what bounds it where sets
/// are large. Once for the proofs, once more for what is shown of them.
inline constexpr std::uint64_t kMaxReachWork = 50'000'000;

/// A rule that ends no request: `by` are the rules before it that take all that it could match, none where its own
/// conditions exclude each other. Where one rule is enough, it is the first that is.
struct Unreachable {
  Phase phase = Phase::request;
  std::uint32_t rule = 0;
  std::vector<std::uint32_t> by;
};

struct Reachability {
  std::vector<Unreachable> found;  ///< request rules first, in source order
  bool whole = true;               ///< false: a bound was reached before all rules were looked at
  std::uint64_t compared = 0;      ///< conditions of earlier rules that were tried at a point, for tests of the cost
};

/// Nothing but the rules of `program` is looked at. What `space` allows bounds it too. `tries` and `compared` make the
/// bounds smaller, for tests.
[[nodiscard]] Reachability find_unreachable(const CheckedProgram& program, sets::Space& space,
                                            std::int64_t tries = kMaxReachTries, std::uint64_t compared = kMaxCompared);

/// Reports E3001, E3002 and L0021. A rule that is missing since it has a mistake hides nothing, so what is said of the
/// others holds. Nothing is said of a `doubtful` program; then, and when a bound was reached, false.
bool check_reachability(const CheckedProgram& program, AllowSet& allows, DiagnosticList& out);

}  // namespace sprx
