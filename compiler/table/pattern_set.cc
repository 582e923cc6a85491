#include "compiler/table/pattern_set.h"

#include <algorithm>
#include <re2/re2.h>
#include <re2/set.h>
#include <string>

namespace sprx {

/// Rows [first, last). `sets` are empty where the rows have to be searched one by one.
struct PatternSet::Chunk {
  std::uint32_t first = 0;
  std::uint32_t last = 0;
  std::vector<std::unique_ptr<const re2::RE2::Set>> sets;
};

PatternSet::PatternSet() = default;
PatternSet::~PatternSet() = default;
PatternSet::PatternSet(PatternSet&&) noexcept = default;
PatternSet& PatternSet::operator=(PatternSet&&) noexcept = default;

namespace {

/// A set of those of `rows` that are read in `encoding`; nullptr where there is none, `ok` false where it cannot be
/// built.
std::unique_ptr<const re2::RE2::Set> make_set(const ExprPool& pool, std::span<const PatternId> rows,
                                              re2::RE2::Options::Encoding encoding, bool& ok) {
  std::unique_ptr<re2::RE2::Set> set;
  for (const PatternId row : rows) {
    const re2::RE2& regex = *pool.at(row).regex;
    if (regex.options().encoding() != encoding) continue;
    if (!set) {
      re2::RE2::Options options;
      options.Copy(regex.options());
      options.set_case_sensitive(true);
      options.set_log_errors(false);
      options.set_max_mem(kPatternSetMemory);
      set = std::make_unique<re2::RE2::Set>(options, re2::RE2::UNANCHORED);
    }
    const bool folds = !regex.options().case_sensitive();
    if (set->Add(folds ? "(?i:" + regex.pattern() + ")" : regex.pattern(), nullptr) < 0) ok = false;
  }
  if (set && ok && !set->Compile()) ok = false;
  return set;
}

}  // namespace

void PatternSet::build(const ExprPool& pool, std::span<const PatternId> rows, bool ordered) {
  ordered_ = ordered;
  const std::size_t step = ordered ? kPatternChunk : std::max<std::size_t>(rows.size(), 1);
  for (std::size_t first = 0; first < rows.size(); first += step) {
    Chunk chunk;
    chunk.first = static_cast<std::uint32_t>(first);
    chunk.last = static_cast<std::uint32_t>(std::min(first + step, rows.size()));
    const auto part = rows.subspan(first, chunk.last - first);
    bool ok = part.size() > 1;
    using Encoding = re2::RE2::Options::Encoding;
    for (const Encoding encoding : {Encoding::EncodingLatin1, Encoding::EncodingUTF8}) {
      if (!ok) break;
      if (auto set = make_set(pool, part, encoding, ok); set && ok) chunk.sets.push_back(std::move(set));
    }
    if (!ok) chunk.sets.clear();
    chunks_.push_back(std::move(chunk));
  }
}

std::uint32_t PatternSet::find_in(const Chunk& chunk, const ExprPool& pool, std::span<const PatternId> rows,
                                  std::string_view value) const {
  bool possible = chunk.sets.empty();
  for (const auto& set : chunk.sets) {
    // Without a vector for the ids RE2 allocates nothing but states of its cache.
    re2::RE2::Set::ErrorInfo error{};
    if (set->Match(re2::StringPiece(value.data(), value.size()), nullptr, &error)) {
      if (!ordered_) return chunk.first;
      possible = true;
    } else if (error.kind != re2::RE2::Set::kNoError) {
      possible = true;
    }
  }
  if (!possible) return kNoRow;
  for (std::uint32_t row = chunk.first; row < chunk.last; ++row) {
    const MatchOutcome outcome = search(pool.at(rows[row]), value, {});
    if (outcome == MatchOutcome::yes) return row;
    if (outcome == MatchOutcome::failed) return kRowFailed;
  }
  return kNoRow;
}

std::uint32_t PatternSet::find(const ExprPool& pool, std::span<const PatternId> rows, std::string_view value) const {
  for (const Chunk& chunk : chunks_) {
    if (const std::uint32_t row = find_in(chunk, pool, rows, value); row != kNoRow) return row;
  }
  return kNoRow;
}

}  // namespace sprx
