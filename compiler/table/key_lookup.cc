#include "compiler/table/key_lookup.h"

#include <algorithm>
#include <limits>
#include <set>
#include <string>

#include "compiler/table/canonical.h"

namespace sprx {
namespace {

bool is_domain_like(KeyKind kind) { return kind == KeyKind::host || kind == KeyKind::domain; }

/// Three-way comparison of `value` (folded where `nocase`) with `key`, forwards or from the ends.
int compare_affix(std::string_view value, std::string_view key, bool nocase, bool backwards) {
  const std::size_t shared = std::min(value.size(), key.size());
  for (std::size_t i = 0; i < shared; ++i) {
    const char v = backwards ? value[value.size() - 1 - i] : value[i];
    const char k = backwards ? key[key.size() - 1 - i] : key[i];
    const auto a = static_cast<unsigned char>(nocase ? fold(v) : v);
    const auto b = static_cast<unsigned char>(k);
    if (a != b) return a < b ? -1 : 1;
  }
  if (value.size() == key.size()) return 0;
  return value.size() < key.size() ? -1 : 1;
}

bool has_affix(std::string_view value, std::string_view key, bool nocase, bool backwards) {
  if (value.size() < key.size()) return false;
  return equal_key(backwards ? value.substr(value.size() - key.size()) : value.substr(0, key.size()), key, nocase);
}

}  // namespace

void KeyLookup::build(const ExprPool& pool, const Keys& keys, bool rows_count) {
  if (!keys.patterns.empty()) patterns_.build(pool, keys.patterns, rows_count);
  if (!keys.templates.empty()) templates_.build(pool, keys.templates, keys.nocase);
  if (!keys.prefixes.empty()) {
    prefixes_.build(keys.prefixes);
    prefix_rows_.assign(prefixes_.size(), kNoRow);
    for (std::uint32_t row = 0; row < keys.prefixes.size(); ++row) {
      std::uint32_t& first = prefix_rows_[prefixes_.node_of(row)];
      first = std::min(first, row);
    }
    prefixes_.seal();
  }
  if (!keys.ranges.empty()) build_ranges(keys);
  if (keys.texts.empty()) return;
  switch (keys.mode) {
    case MatchMode::exact:
      if (keys.kind == KeyKind::domain) {
        build_steps(pool.strings, keys);
      } else {
        build_exact(pool.strings, keys);
      }
      break;
    case MatchMode::under:
      build_steps(pool.strings, keys);
      break;
    case MatchMode::contains: {
      std::vector<std::string_view> literals;
      for (const StrId text : keys.texts) literals.push_back(pool.strings.view(text));
      literals_.build(literals, keys.nocase);
      break;
    }
    case MatchMode::starts_with:
    case MatchMode::ends_with:
      build_affixes(pool.strings, keys);
      break;
  }
}

void KeyLookup::build_exact(const StringPool& strings, const Keys& keys) {
  texts_.reserve(keys.texts.size(), keys.nocase, {});
  for (std::uint32_t row = 0; row < keys.texts.size(); ++row) {
    texts_.insert(strings, keys.texts, row, hash_text(strings.view(keys.texts[row]), keys.nocase));
  }
}

void KeyLookup::build_steps(const StringPool& strings, const Keys& keys) {
  order_ = is_domain_like(keys.kind) ? StepOrder::host : StepOrder::path;
  const bool prefixed = keys.kind == KeyKind::domain;
  const auto place_of = [&](std::string_view key) -> TextTable& {
    if (prefixed && key.starts_with("*.")) return below_;
    if (prefixed && key.starts_with("=")) return only_;
    if (order_ == StepOrder::path && key.ends_with('/')) return below_;
    return texts_;
  };
  std::size_t counts[3] = {};
  for (const StrId text : keys.texts) {
    const TextTable& place = place_of(strings.view(text));
    ++counts[&place == &texts_ ? 0 : &place == &below_ ? 1 : 2];
  }
  texts_.reserve(counts[0], keys.nocase, {});
  below_.reserve(counts[1], keys.nocase,
                 order_ == StepOrder::host ? TextTable::Trim{.front = 2} : TextTable::Trim{.back = 1});
  only_.reserve(counts[2], keys.nocase, {.front = 1});
  for (std::uint32_t row = 0; row < keys.texts.size(); ++row) {
    TextTable& place = place_of(strings.view(keys.texts[row]));
    const std::string_view key = place.key(strings, keys.texts, row);
    place.insert(strings, keys.texts, row, step_hash(order_, key, keys.nocase));
    deepest_ = std::max(deepest_, step_count(order_, key));
  }
}

void KeyLookup::build_affixes(const StringPool& strings, const Keys& keys) {
  const bool backwards = keys.mode == MatchMode::ends_with;
  std::vector<std::uint32_t> order(keys.texts.size());
  for (std::uint32_t row = 0; row < order.size(); ++row) order[row] = row;
  const auto text = [&](std::uint32_t row) { return strings.view(keys.texts[row]); };
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    const int way = compare_affix(text(a), text(b), false, backwards);
    return way != 0 ? way < 0 : a < b;
  });
  // A key that has another as its affix adds nothing; without those the nearest key below a value is the only
  // candidate.
  for (const std::uint32_t row : order) {
    if (affixes_.empty() || !has_affix(text(row), text(affixes_.back()), false, backwards)) affixes_.push_back(row);
  }
}

void KeyLookup::build_ranges(const Keys& keys) {
  struct Edge {
    std::int64_t at;
    std::uint32_t row;
    bool opens;
  };
  std::vector<Edge> edges;
  for (std::uint32_t row = 0; row < keys.ranges.size(); ++row) {
    const IntRange& range = keys.ranges[row];
    if (range.first > range.last) continue;
    edges.push_back({range.first, row, true});
    if (range.last != std::numeric_limits<std::int64_t>::max()) edges.push_back({range.last + 1, row, false});
  }
  std::sort(edges.begin(), edges.end(), [](const Edge& a, const Edge& b) { return a.at < b.at; });
  std::set<std::uint32_t> open;
  for (std::size_t i = 0; i < edges.size(); ++i) {
    if (edges[i].opens) {
      open.insert(edges[i].row);
    } else {
      open.erase(edges[i].row);
    }
    if (i + 1 < edges.size() && edges[i + 1].at == edges[i].at) continue;
    range_starts_.push_back(edges[i].at);
    range_rows_.push_back(open.empty() ? kNoRow : *open.begin());
  }
}

std::uint32_t KeyLookup::find_step(const StringPool& strings, const Keys& keys, std::string_view value) const {
  std::uint32_t best = kNoRow;
  std::uint32_t depth = 0;
  each_step(order_, value, keys.nocase, [&](std::size_t length, std::uint64_t hash, bool whole) {
    const std::string_view step =
        order_ == StepOrder::path ? value.substr(0, length) : value.substr(value.size() - length);
    const TextTable& special = whole ? only_ : below_;
    std::uint32_t row = special.find(strings, keys.texts, step, hash);
    if (row == kNoRow) row = texts_.find(strings, keys.texts, step, hash);
    if (row != kNoRow) best = row;
    return ++depth < deepest_;
  });
  return best;
}

std::uint32_t KeyLookup::find_affix(const StringPool& strings, const Keys& keys, std::string_view value) const {
  const bool backwards = keys.mode == MatchMode::ends_with;
  const auto text = [&](std::uint32_t row) { return strings.view(keys.texts[row]); };
  const auto next = std::partition_point(affixes_.begin(), affixes_.end(), [&](std::uint32_t row) {
    return compare_affix(value, text(row), keys.nocase, backwards) >= 0;
  });
  if (next == affixes_.begin()) return kNoRow;
  const std::uint32_t row = *(next - 1);
  return has_affix(value, text(row), keys.nocase, backwards) ? row : kNoRow;
}

std::uint32_t KeyLookup::find(const ExprPool& pool, const Keys& keys, std::string_view value) const {
  if (!keys.patterns.empty()) return patterns_.find(pool, keys.patterns, value);
  if (!keys.templates.empty()) return templates_.find(pool, keys.templates, value);
  if (keys.texts.empty()) return kNoRow;
  switch (keys.mode) {
    case MatchMode::exact:
      if (keys.kind == KeyKind::domain) return find_step(pool.strings, keys, value);
      return texts_.find(pool.strings, keys.texts, value, hash_text(value, keys.nocase));
    case MatchMode::under:
      return find_step(pool.strings, keys, value);
    case MatchMode::contains:
      return literals_.occurs_in(value) ? 0 : kNoRow;
    case MatchMode::starts_with:
    case MatchMode::ends_with:
      return find_affix(pool.strings, keys, value);
  }
  return kNoRow;
}

std::uint32_t KeyLookup::find(const IpAddress& value) const {
  const std::uint32_t node = prefixes_.find(value);
  return node == PrefixTable::kNone ? kNoRow : prefix_rows_[node];
}

std::uint32_t KeyLookup::find(std::int64_t value) const {
  const auto next = std::upper_bound(range_starts_.begin(), range_starts_.end(), value);
  return next == range_starts_.begin() ? kNoRow
                                       : range_rows_[static_cast<std::size_t>(next - range_starts_.begin()) - 1];
}

}  // namespace sprx
