#include "compiler/table/pattern_literals.h"

#include <algorithm>
#include <re2/filtered_re2.h>
#include <re2/re2.h>

namespace sprx {
namespace {

/// Whether a text with only the atoms `present` might match.
bool possible(const re2::FilteredRE2& filter, const std::vector<int>& present) {
  std::vector<int> potential;
  filter.AllPotentials(present, &potential);
  return !potential.empty();
}

}  // namespace

std::vector<std::string> required_literals(const Pattern& pattern) {
  // Outside of Latin-1 RE2 folds more letters than ASCII's.
  const re2::RE2::Options& options = pattern.regex->options();
  if (options.encoding() != re2::RE2::Options::EncodingLatin1) return {};
  re2::FilteredRE2 filter(kLeastLiteralOfPattern);
  int id = 0;
  if (filter.Add(pattern.regex->pattern(), options, &id) != re2::RE2::NoError) return {};
  std::vector<std::string> atoms;
  filter.Compile(&atoms);
  if (atoms.empty() || possible(filter, {})) return {};
  std::vector<int> needed(atoms.size());
  for (std::size_t i = 0; i < atoms.size(); ++i) needed[i] = static_cast<int>(i);

  // RE2 knows a condition over the atoms that can only gain from more of them. Without one that is needed whatever else
  // stands there it never holds: the longest of those is all that has to be looked for.
  const std::string* longest = nullptr;
  if (atoms.size() <= kMaxLiteralsOfPattern) {
    for (std::size_t i = 0; i < atoms.size(); ++i) {
      std::vector<int> others = needed;
      others.erase(others.begin() + static_cast<std::ptrdiff_t>(i));
      if (possible(filter, others)) continue;
      if (longest == nullptr || atoms[i].size() > longest->size()) longest = &atoms[i];
    }
  }
  if (longest != nullptr) return {*longest};
  // Else some one of them is, as nothing matches without any.
  if (atoms.size() > kMaxLiteralsOfPattern) return {};
  return atoms;
}

}  // namespace sprx
