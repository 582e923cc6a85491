// Which known name a person may have meant.
#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <numeric>

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

bool is_joint(char c) { return c == '_' || c == '.' || c == '-'; }

/// `user_agent` for `agent_user`: the same words in another order.
bool same_words(std::string_view a, std::string_view b) {
  if (a.size() != b.size() || std::none_of(a.begin(), a.end(), is_joint)) return false;
  // Letters in another order have the same sum; the words are taken apart only where that is so.
  const auto sum = [](std::string_view name) {
    return std::accumulate(name.begin(), name.end(), 0U, [](unsigned so_far, char c) {
      return so_far + (is_joint(c) ? 0U : static_cast<unsigned char>(fold(c)));
    });
  };
  if (sum(a) != sum(b)) return false;
  const auto words = [](std::string_view name) {
    std::vector<std::string> out(1);
    for (const char c : name) {
      if (is_joint(c)) {
        out.emplace_back();
      } else {
        out.back() += fold(c);
      }
    }
    std::sort(out.begin(), out.end());
    return out;
  };
  return words(a) == words(b);
}

/// Whether so many steps make a slip of the one name out of the other.
bool is_near(std::string_view name, std::string_view candidate, std::size_t steps) {
  // A name of one or two letters is near nearly everything; there only the case may differ.
  if (name.size() < 3 || candidate.size() < 3) return steps == 0 || (steps == 1 && name.size() + candidate.size() > 4);
  return steps <= std::max<std::size_t>(name.size() / 3, 1);
}

}  // namespace

std::string_view similar(std::string_view name, const std::vector<std::string_view>& names) {
  std::uint64_t work = std::numeric_limits<std::uint64_t>::max();
  return similar(name, names, work);
}

std::string_view similar(std::string_view name, const std::vector<std::string_view>& names, std::uint64_t& work) {
  if (name.empty() || name.size() > kLongestCompared) return {};
  std::string_view best;
  std::size_t least = std::numeric_limits<std::size_t>::max();
  for (const std::string_view candidate : names) {
    if (candidate.empty() || candidate.size() > kLongestCompared) continue;
    // So many letters are too many or missing, whatever the others are.
    const std::size_t at_least = std::max(name.size(), candidate.size()) - std::min(name.size(), candidate.size());
    const bool skipped = at_least >= least || !is_near(name, candidate, at_least);
    const std::uint64_t cost = skipped ? 1 : name.size() * candidate.size();
    if (work < cost) {
      work = 0;
      return {};
    }
    work -= cost;
    if (skipped) continue;
    const std::size_t steps = same_words(name, candidate) ? 1 : distance(name, candidate);
    if (steps >= least || !is_near(name, candidate, steps)) continue;
    least = steps;
    best = candidate;
  }
  return best;
}

}  // namespace sprx
