#include "tools/unified_diff.h"

#include <algorithm>
#include <fmt/format.h>
#include <unordered_map>
#include <utility>
#include <vector>

namespace sprx {
namespace {

constexpr std::size_t kContext = 3;

using Lines = std::vector<std::string_view>;

/// With their line ends: the last may have none.
Lines lines_of(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return lines;
}

/// Lines `[from, from + size)` of the old text became `[to, to + fresh)` of the new one.
struct Change {
  std::size_t from = 0;
  std::size_t size = 0;
  std::size_t to = 0;
  std::size_t fresh = 0;
};

/// Lines as numbers, equal where the lines are.
class Numbers {
 public:
  std::vector<int> of(const Lines& lines, std::size_t begin, std::size_t end) {
    std::vector<int> out;
    for (std::size_t at = begin; at < end; ++at)
      out.push_back(known_.emplace(lines[at], static_cast<int>(known_.size())).first->second);
    return out;
  }

 private:
  std::unordered_map<std::string_view, int> known_;
};

/// Pairs of equal lines of a shortest difference (Myers 1986), in order; nothing when it has more than kMaxDiffEdits.
std::vector<std::pair<int, int>> common_lines(const std::vector<int>& a, const std::vector<int>& b) {
  const int n = static_cast<int>(a.size());
  const int m = static_cast<int>(b.size());
  const int most = std::min(n + m, kMaxDiffEdits);
  std::vector<std::vector<int>> reached;  // of each number of edits, the furthest line of `a` on each diagonal
  std::vector<int> furthest(static_cast<std::size_t>(2 * most + 3), 0);
  const auto at = [most](int diagonal) { return static_cast<std::size_t>(diagonal + most + 1); };
  int edits = 0;
  for (bool done = false; !done; ++edits) {
    if (edits > most) return {};
    reached.emplace_back(furthest.begin() + (most + 1 - edits), furthest.begin() + (most + 2 + edits));
    for (int k = -edits; k <= edits && !done; k += 2) {
      const bool down = k == -edits || (k != edits && furthest[at(k - 1)] < furthest[at(k + 1)]);
      int x = down ? furthest[at(k + 1)] : furthest[at(k - 1)] + 1;
      while (x < n && x - k < m && a[static_cast<std::size_t>(x)] == b[static_cast<std::size_t>(x - k)]) ++x;
      furthest[at(k)] = x;
      done = x >= n && x - k >= m;
    }
  }
  std::vector<std::pair<int, int>> pairs;
  int x = n;
  int y = m;
  for (int d = edits - 1; d >= 0; --d) {
    const std::vector<int>& before = reached[static_cast<std::size_t>(d)];  // diagonals -d to d, before round d
    const auto value = [&](int diagonal) { return before[static_cast<std::size_t>(diagonal + d)]; };
    const int k = x - y;
    const bool down = d > 0 && (k == -d || (k != d && value(k - 1) < value(k + 1)));
    const int start_x = d == 0 ? 0 : down ? value(k + 1) : value(k - 1) + 1;
    while (x > start_x) pairs.emplace_back(--x, --y);
    if (d == 0) break;
    x = down ? value(k + 1) : value(k - 1);
    y = x - (down ? k + 1 : k - 1);
  }
  std::reverse(pairs.begin(), pairs.end());
  return pairs;
}

std::vector<Change> changes_of(const Lines& a, const Lines& b) {
  std::size_t head = 0;
  while (head < a.size() && head < b.size() && a[head] == b[head]) ++head;
  std::size_t foot = 0;
  while (head + foot < a.size() && head + foot < b.size() && a[a.size() - 1 - foot] == b[b.size() - 1 - foot]) ++foot;
  Numbers numbers;
  const std::vector<int> left = numbers.of(a, head, a.size() - foot);
  const std::vector<int> right = numbers.of(b, head, b.size() - foot);
  std::vector<std::pair<int, int>> pairs = common_lines(left, right);
  pairs.emplace_back(left.size(), right.size());
  std::vector<Change> changes;
  std::size_t x = 0;
  std::size_t y = 0;
  for (const auto& [px, py] : pairs) {
    const auto to_x = static_cast<std::size_t>(px);
    const auto to_y = static_cast<std::size_t>(py);
    if (to_x > x || to_y > y) changes.push_back({head + x, to_x - x, head + y, to_y - y});
    x = to_x + 1;
    y = to_y + 1;
  }
  return changes;
}

void show(char sign, std::string_view line, std::string& out) {
  out += sign;
  out += line;
  if (!line.ends_with('\n')) out += "\n\\ No newline at end of file\n";
}

/// `12,3`, `12` for one line, and the line before for none.
std::string range(std::size_t begin, std::size_t size) {
  if (size == 1) return fmt::format("{}", begin + 1);
  return fmt::format("{},{}", size == 0 ? begin : begin + 1, size);
}

/// The changes `[first, last)`, so near each other that they share lines around them.
void hunk(const Lines& a, const Lines& b, const std::vector<Change>& changes, std::size_t first, std::size_t last,
          std::string& out) {
  const Change& begin = changes[first];
  const Change& end = changes[last - 1];
  const std::size_t above = std::min(kContext, begin.from);
  const std::size_t below = std::min(kContext, a.size() - (end.from + end.size));
  const std::size_t from = begin.from - above;
  const std::size_t to = begin.to - above;
  out += fmt::format("@@ -{} +{} @@\n", range(from, end.from + end.size + below - from),
                     range(to, end.to + end.fresh + below - to));
  std::size_t at = from;
  for (std::size_t i = first; i < last; ++i) {
    const Change& change = changes[i];
    for (; at < change.from; ++at) show(' ', a[at], out);
    for (; at < change.from + change.size; ++at) show('-', a[at], out);
    for (std::size_t line = change.to; line < change.to + change.fresh; ++line) show('+', b[line], out);
  }
  for (std::size_t i = 0; i < below; ++i) show(' ', a[at + i], out);
}

}  // namespace

std::string unified_diff(std::string_view name, std::string_view before, std::string_view after) {
  if (before == after) return {};
  const Lines a = lines_of(before);
  const Lines b = lines_of(after);
  const std::vector<Change> changes = changes_of(a, b);
  std::string out = fmt::format("--- {}\n+++ {}\n", name, name);
  for (std::size_t first = 0, last = 0; first < changes.size(); first = last) {
    for (last = first + 1; last < changes.size(); ++last) {
      if (changes[last].from - (changes[last - 1].from + changes[last - 1].size) > 2 * kContext) break;
    }
    hunk(a, b, changes, first, last, out);
  }
  return out;
}

}  // namespace sprx
