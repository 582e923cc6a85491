// Which known name a person may have meant.
#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>

#include "compiler/diagnostics.h"
#include "compiler/table/canonical.h"

namespace sprx {
namespace {

/// Longer names than this are not compared: no word of the language is, and the cost is quadratic.
constexpr std::size_t kLongestCompared = 64;

/// Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours, case aside.
std::size_t distance(std::string_view a, std::string_view b) {
  using Row = std::array<std::size_t, kLongestCompared + 1>;
  Row before{};
  Row last{};
  Row now{};
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    now[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool equal = fold(a[i - 1]) == fold(b[j - 1]);
      now[j] = std::min({last[j] + 1, now[j - 1] + 1, last[j - 1] + (equal ? 0U : 1U)});
      const bool swapped = i > 1 && j > 1 && fold(a[i - 1]) == fold(b[j - 2]) && fold(a[i - 2]) == fold(b[j - 1]);
      if (swapped) now[j] = std::min(now[j], before[j - 2] + 1);
    }
    before = last;
    last = now;
  }
  return last[b.size()];
}

/// `user_agent` for `agent_user`: the same words in another order.
bool same_words(std::string_view a, std::string_view b) {
  const auto words = [](std::string_view name) {
    std::vector<std::string> out(1);
    for (const char c : name) {
      if (c == '_' || c == '.' || c == '-') {
        out.emplace_back();
      } else {
        out.back() += fold(c);
      }
    }
    std::sort(out.begin(), out.end());
    return out;
  };
  return a.size() == b.size() && words(a) == words(b);
}

}  // namespace

std::string_view similar(std::string_view name, const std::vector<std::string_view>& names) {
  if (name.empty() || name.size() > kLongestCompared) return {};
  const std::size_t allowed = std::max<std::size_t>(name.size() / 3, 1);
  std::string_view best;
  std::size_t least = std::numeric_limits<std::size_t>::max();
  for (const std::string_view candidate : names) {
    if (candidate.empty() || candidate.size() > kLongestCompared) continue;
    const std::size_t steps = same_words(name, candidate) ? 1 : distance(name, candidate);
    // A name of one or two letters is near nearly everything; there only the case may differ.
    const bool near = name.size() < 3 || candidate.size() < 3
                          ? steps == 0 || (steps == 1 && name.size() + candidate.size() > 4)
                          : steps <= allowed;
    if (near && steps < least) {
      least = steps;
      best = candidate;
    }
  }
  return best;
}

}  // namespace sprx
