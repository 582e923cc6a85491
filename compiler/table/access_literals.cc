// Rules that are found by literal texts in a field: `contains`, beginnings and ends, and what a pattern cannot match
// without. A hit only says that the rule is worth evaluating.
#include <algorithm>

#include "compiler/table/access_builder.h"
#include "compiler/table/canonical.h"
#include "compiler/table/pattern_literals.h"

namespace sprx {
namespace {

/// In place of the number of a literal's hits.
constexpr std::uint32_t kUnwanted = 0xFFFFFFFF;
constexpr std::uint32_t kWanted = 0xFFFFFFFE;

}  // namespace

AccessBuilder::Key AccessBuilder::literal_key(ExprId left, std::string_view text, bool nocase) {
  Key key;
  key.kind = Key::Kind::literal;
  key.dimension = dimension(left, Dimension::Kind::literals);
  const std::string_view part = text.substr(0, kMaxAccessLiteral);
  // Short texts stand in many a value.
  key.chance = part.size() >= 5 ? 0.01F : part.size() >= 3 ? 0.05F : 0.3F;
  Literals& literals = literals_[key.dimension];
  const auto number = static_cast<std::uint32_t>(literals.texts.size());
  std::pair<std::string, bool> literal{nocase ? folded(part) : std::string(part), nocase};
  const auto [place, fresh] = literals.numbers.try_emplace(literal, number);
  if (fresh) {
    literals.texts.push_back(std::move(literal));
    literals.uses.push_back(0);
  }
  key.hash = place->second;
  return key;
}

/// False: the pattern may match a text without any literal.
bool AccessBuilder::add_pattern(ExprId left, PatternId id, KeySet& way) {
  const auto [place, fresh] = literals_of_pattern_.try_emplace(static_cast<std::uint32_t>(id));
  if (fresh) place->second = required_literals(pool_.at(id));
  for (const std::string& text : place->second) way.push_back(literal_key(left, text, true));
  return !place->second.empty();
}

void AccessBuilder::literal_ways(ExprId id, Ways& ways) {
  const Expr& e = pool_[id];
  const ExprId left{e.a};
  KeySet way;
  if (e.op == Op::contains || e.op == Op::starts_with || e.op == Op::ends_with) {
    const Expr& right = pool_[ExprId{e.b}];
    if (!usable(left) || !is_text(left) || right.op != Op::text) return;
    const std::string_view text = pool_.strings.view(StrId{right.a});
    if (text.empty()) return;
    way.push_back(literal_key(left, text, e.nocase));
  } else if (e.op == Op::matches) {
    if (!usable(left) || !is_text(left) || !add_pattern(left, PatternId{e.b}, way)) return;
  } else if (e.op == Op::in_list) {
    const Keys& keys = rules_.lists[e.b].keys;
    const std::size_t most = atom_uses_[static_cast<std::uint32_t>(id)] > 1 ? kMaxSharedKeys : kMaxPostedKeys;
    if (!usable(left) || !is_text(left) || keys.size() > most) return;
    const bool text = keys.kind == KeyKind::string || keys.kind == KeyKind::path || keys.kind == KeyKind::host;
    if (text && keys.mode >= MatchMode::contains) {
      for (const StrId row : keys.texts) {
        if (pool_.strings.view(row).empty()) return;
        way.push_back(literal_key(left, pool_.strings.view(row), keys.nocase));
      }
    } else if (keys.kind == KeyKind::pattern) {
      for (const PatternId row : keys.patterns) {
        if (!add_pattern(left, row, way)) return;
      }
    } else {
      return;
    }
  } else {
    return;
  }
  if (way.size() <= kMaxKeysOfRule) ways.push_back(std::move(way));
}

/// Builds the scan of each dimension from the literals that chosen keys speak of. A rule one of whose literals a scan
/// refuses has no keys any more: it is tried for every message.
void AccessBuilder::build_scans(std::vector<std::optional<KeySet>>& chosen) {
  for (auto& [dimension, literals] : literals_) literals.numbers_of_hits.assign(literals.texts.size(), kUnwanted);
  for (const auto& keys : chosen) {
    if (!keys) continue;
    for (const Key& key : *keys) {
      if (key.kind == Key::Kind::literal) literals_.at(key.dimension).numbers_of_hits[key.hash] = kWanted;
    }
  }
  for (auto& [dimension, literals] : literals_) {
    std::vector<Literal> wanted;
    std::vector<std::uint32_t> which;
    for (std::uint32_t i = 0; i < literals.texts.size(); ++i) {
      if (literals.numbers_of_hits[i] != kWanted) continue;
      const auto number = static_cast<std::uint32_t>(wanted.size());
      wanted.push_back({literals.texts[i].first, literals.texts[i].second, number});
      which.push_back(i);
      literals.numbers_of_hits[i] = number;
    }
    literals.hits = static_cast<std::uint32_t>(wanted.size());
    for (const std::uint32_t at : dimensions_[dimension].scan.build(wanted)) {
      literals.numbers_of_hits[which[at]] = kUnwanted;
    }
  }
  const auto refused = [&](const Key& key) {
    return key.kind == Key::Kind::literal && literals_.at(key.dimension).numbers_of_hits[key.hash] == kUnwanted;
  };
  for (auto& keys : chosen) {
    if (keys && std::any_of(keys->begin(), keys->end(), refused)) keys.reset();
  }
}

void AccessBuilder::post_literals(AccessIndex& index, std::vector<std::optional<KeySet>>& chosen) {
  build_scans(chosen);
  std::unordered_map<std::uint32_t, std::vector<std::pair<std::uint32_t, std::uint32_t>>> posted;  // hit, rule
  for (std::uint32_t rule = 0; rule < chosen.size(); ++rule) {
    if (!chosen[rule]) continue;
    for (const Key& key : *chosen[rule]) {
      if (key.kind != Key::Kind::literal) continue;
      posted[key.dimension].emplace_back(literals_.at(key.dimension).numbers_of_hits[key.hash], rule);
    }
  }
  for (auto& [dimension, pairs] : posted) {
    std::sort(pairs.begin(), pairs.end());
    pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
    Dimension& made = dimensions_[dimension];
    made.first_literal = index.literal_count_;
    const std::uint32_t hits = literals_.at(dimension).hits;
    index.literal_count_ += hits;
    std::size_t at = 0;
    for (std::uint32_t hit = 0; hit <= hits; ++hit) {
      made.bounds.push_back(static_cast<std::uint32_t>(index.postings_.size()));
      for (; at < pairs.size() && pairs[at].first == hit; ++at) index.postings_.push_back(pairs[at].second);
    }
  }
}

}  // namespace sprx
