#include "runtime/decide/compare.h"

#include <algorithm>
#include <cstring>

#include "compiler/table/canonical.h"

namespace sprx {
namespace {

/// Parts up to this many bytes are looked for by trying every place; longer ones are sent by clients only, and what
/// that costs is the product of both lengths.
constexpr std::size_t kShortPart = 32;

struct Suffix {
  std::size_t begin = 0;
  std::size_t period = 1;
};

/// The suffix of `part` that is the last in the order of its letters, or the first if `least`; with its period.
Suffix extreme_suffix(std::string_view part, bool least) {
  Suffix best;
  std::size_t same = 0;  // bytes of the candidate that are equal to those of the best
  for (std::size_t candidate = 1; candidate + same < part.size();) {
    const auto ours = static_cast<unsigned char>(fold(part[best.begin + same]));
    const auto theirs = static_cast<unsigned char>(fold(part[candidate + same]));
    if (ours == theirs) {
      if (++same == best.period) {
        candidate += same;
        same = 0;
      }
    } else if ((theirs < ours) != least) {
      candidate += same + 1;
      same = 0;
      best.period = candidate - best.begin;
    } else {
      best = {candidate, 1};
      ++candidate;
      same = 0;
    }
  }
  return best;
}

/// The two-way search of Crochemore and Perrin: time is the sum of both lengths, and it needs no memory.
bool contains_folded(std::string_view text, std::string_view part) {
  const Suffix last = extreme_suffix(part, false);
  const Suffix first = extreme_suffix(part, true);
  auto [cut, period] = last.begin > first.begin ? last : first;
  const bool periodic = equal_nocase(part.substr(0, cut), part.substr(period, cut));
  if (!periodic) period = std::max(cut, part.size() - cut) + 1;
  const auto same = [&](std::size_t place, std::size_t i) { return fold(text[place + i]) == fold(part[i]); };
  std::size_t known = 0;  // bytes at the front that are equal here, since the part was moved by its period
  for (std::size_t place = 0; place + part.size() <= text.size();) {
    std::size_t right = std::max(cut, known);
    while (right < part.size() && same(place, right)) ++right;
    if (right < part.size()) {
      place += right - cut + 1;
      known = 0;
      continue;
    }
    std::size_t left = cut;
    while (left > known && same(place, left - 1)) --left;
    if (left <= known) return true;
    place += period;
    known = periodic ? part.size() - period : 0;
  }
  return false;
}

}  // namespace

std::size_t find_part(std::string_view text, std::string_view part, std::size_t from) {
  if (part.empty() || from > text.size()) return from <= text.size() ? from : std::string_view::npos;
  const void* const at = ::memmem(text.data() + from, text.size() - from, part.data(), part.size());
  return at == nullptr ? std::string_view::npos : static_cast<std::size_t>(static_cast<const char*>(at) - text.data());
}

bool text_equal(std::string_view a, std::string_view b, bool nocase) { return nocase ? equal_nocase(a, b) : a == b; }

bool text_contains(std::string_view text, std::string_view part, bool nocase) {
  if (!nocase) return find_part(text, part) != std::string_view::npos;
  if (part.size() > kShortPart) return contains_folded(text, part);
  const auto same = [](char a, char b) { return fold(a) == fold(b); };
  return std::search(text.begin(), text.end(), part.begin(), part.end(), same) != text.end() || part.empty();
}

bool text_starts_with(std::string_view text, std::string_view part, bool nocase) {
  return text.size() >= part.size() && text_equal(text.substr(0, part.size()), part, nocase);
}

bool text_ends_with(std::string_view text, std::string_view part, bool nocase) {
  return text.size() >= part.size() && text_equal(text.substr(text.size() - part.size()), part, nocase);
}

bool text_under(std::string_view text, std::string_view top, StepOrder order, bool nocase) {
  if (order == StepOrder::host) {
    if (!text_ends_with(text, top, nocase)) return false;
    return text.size() == top.size() || text[text.size() - top.size() - 1] == '.';
  }
  if (!text_starts_with(text, top, nocase)) return false;
  return text.size() == top.size() || text[top.size()] == '/' || top.ends_with('/');
}

}  // namespace sprx
