// Of the ways to find a rule the one that is expected to be looked at least often is taken; then rules are posted under
// its keys.
#include <algorithm>
#include <bit>

#include "compiler/table/access_builder.h"

namespace sprx {

std::span<const std::uint32_t> AccessIndex::find(std::uint64_t key) const {
  if (places_.empty()) return {};
  for (std::size_t at = start(key); places_[at].count != 0; at = at + 1 == places_.size() ? 0 : at + 1) {
    const Place& place = places_[at];
    if (place.key == key) return place.count == 1 ? std::span(&place.first, 1) : postings(place.first, place.count);
  }
  return {};
}

double AccessBuilder::cost(const KeySet& keys) const {
  double sum = 0;
  for (const Key& key : keys) {
    std::uint32_t uses = 1;
    if (key.kind == Key::Kind::gate) {
      sum += 0.2;  // it is tested for every message, once for all that share it
      uses = atom_uses_.at(static_cast<std::uint32_t>(key.hash));
    } else if (key.kind == Key::Kind::literal) {
      uses = std::max<std::uint32_t>(literals_.at(key.dimension).uses[key.hash], 1);
    } else if (key.kind == Key::Kind::prefix) {
      const auto place = prefix_uses_.find({key.dimension, key.cidr});
      if (place != prefix_uses_.end()) uses = place->second;
    } else if (const auto place = key_uses_.find(key.hash); place != key_uses_.end()) {
      uses = place->second;
    }
    sum += static_cast<double>(key.chance) * uses;
  }
  return sum;
}

std::optional<AccessBuilder::KeySet> AccessBuilder::cheapest(Ways ways) {
  std::optional<std::size_t> best;
  double least = 0;
  for (std::size_t i = 0; i < ways.size(); ++i) {
    const double price = cost(ways[i]);
    if (!best || price < least) {
      best = i;
      least = price;
    }
  }
  if (!best) return std::nullopt;
  return std::move(ways[*best]);
}

std::optional<AccessBuilder::KeySet> AccessBuilder::choose(ExprId id) {
  const Expr& e = pool_[id];
  Ways ways;
  switch (e.op) {
    case Op::never:
      return KeySet{};
    case Op::always:
    case Op::negate:
      break;
    case Op::all:
      all_ways(e, ways);
      break;
    case Op::holds: {
      if (const auto value = look_into(e)) {
        if (auto keys = choose(*value)) ways.push_back(std::move(*keys));
      }
      gate_way(id, ways);
      break;
    }
    case Op::any: {
      KeySet joined;
      bool complete = true;
      for (const ExprId part : pool_.list(e)) {
        auto keys = choose(part);
        if (!keys || joined.size() + keys->size() > kMaxKeysOfRule) {
          complete = false;
          break;
        }
        joined.insert(joined.end(), keys->begin(), keys->end());
      }
      if (complete) ways.push_back(std::move(joined));
      gate_way(id, ways);
      break;
    }
    default:
      atom_ways(id, ways);
  }
  return cheapest(std::move(ways));
}

/// First pass: how often each condition stands among those that must hold.
void AccessBuilder::count_uses(ExprId id) {
  const Expr& e = pool_[id];
  if (e.op != Op::all) ++atom_uses_[static_cast<std::uint32_t>(id)];
  if (e.op == Op::holds) {
    if (const auto condition = look_into(e)) count_uses(*condition);
  }
  if (e.op != Op::all && e.op != Op::any) return;
  for (const ExprId part : pool_.list(e)) count_uses(part);
}

/// Second pass: how many rules could be posted under each key.
void AccessBuilder::count(const KeySet& keys) {
  for (const Key& key : keys) {
    if (key.kind == Key::Kind::hashed) key_uses_[key.hash] += 1;
    if (key.kind == Key::Kind::prefix) prefix_uses_[{key.dimension, key.cidr}] += 1;
    if (key.kind == Key::Kind::literal) literals_.at(key.dimension).uses[key.hash] += 1;
  }
}

void AccessBuilder::count_all(ExprId id) {
  const Expr& e = pool_[id];
  Ways ways;
  if (e.op == Op::all) {
    all_ways(e, ways);
  } else if (e.op == Op::any) {
    for (const ExprId part : pool_.list(e)) count_all(part);
  } else if (e.op == Op::holds) {
    if (const auto value = look_into(e)) count_all(*value);
  } else if (e.op != Op::negate && e.op != Op::always && e.op != Op::never) {
    atom_ways(id, ways);
  }
  for (const KeySet& way : ways) count(way);
}

void AccessBuilder::post(AccessIndex& index, const std::vector<std::optional<KeySet>>& chosen) {
  std::vector<std::pair<std::uint64_t, std::uint32_t>> hashed;
  std::map<std::uint64_t, std::vector<std::uint32_t>> gates;
  std::vector<std::vector<std::pair<Cidr, std::uint32_t>>> prefixes(dimensions_.size());
  for (std::uint32_t rule = 0; rule < chosen.size(); ++rule) {
    if (!chosen[rule]) {
      index.residual_.push_back(rule);
      continue;
    }
    for (const Key& key : *chosen[rule]) {
      if (key.kind != Key::Kind::gate) used_[key.dimension] = true;
      if (key.kind == Key::Kind::hashed) {
        dimensions_[key.dimension].add(key.flavours, key.length);
        hashed.emplace_back(key.hash, rule);
      }
      if (key.kind == Key::Kind::gate) gates[key.hash].push_back(rule);
      if (key.kind == Key::Kind::prefix) prefixes[key.dimension].emplace_back(key.cidr, rule);
    }
  }
  std::sort(hashed.begin(), hashed.end());
  hashed.erase(std::unique(hashed.begin(), hashed.end()), hashed.end());
  std::size_t distinct = 0;
  for (std::size_t i = 0; i < hashed.size(); ++i) distinct += i == 0 || hashed[i].first != hashed[i - 1].first ? 1 : 0;
  if (distinct > 0) {
    index.places_.assign(distinct + distinct / 2 + 1, {});
    const std::size_t bits = std::bit_ceil(std::max<std::size_t>(distinct * AccessIndex::kFilterBits, 64));
    index.filter_.assign(bits / 64, 0);
    index.filter_shift_ = 64 - static_cast<std::uint32_t>(std::countr_zero(bits));
  }
  index.key_count_ = distinct;
  for (std::size_t i = 0; i < hashed.size();) {
    const std::uint64_t key = hashed[i].first;
    const auto first = static_cast<std::uint32_t>(index.postings_.size());
    for (; i < hashed.size() && hashed[i].first == key; ++i) index.postings_.push_back(hashed[i].second);
    std::size_t at = index.start(key);
    while (index.places_[at].count != 0) at = at + 1 == index.places_.size() ? 0 : at + 1;
    const std::uint64_t bit = key >> index.filter_shift_;
    index.filter_[bit >> 6] |= std::uint64_t{1} << (bit & 63);
    const auto count = static_cast<std::uint32_t>(index.postings_.size() - first);
    index.places_[at] = {key, count == 1 ? index.postings_.back() : first, count};
    if (count == 1) index.postings_.pop_back();
  }
  for (auto& [condition, rules] : gates) {
    rules.erase(std::unique(rules.begin(), rules.end()), rules.end());
    index.gates_.push_back({ExprId{static_cast<std::uint32_t>(condition)},
                            static_cast<std::uint32_t>(index.postings_.size()),
                            static_cast<std::uint32_t>(rules.size())});
    index.postings_.insert(index.postings_.end(), rules.begin(), rules.end());
  }
  for (std::size_t d = 0; d < dimensions_.size(); ++d) {
    if (prefixes[d].empty()) continue;
    auto& posted = prefixes[d];
    std::sort(posted.begin(), posted.end());
    posted.erase(std::unique(posted.begin(), posted.end()), posted.end());
    std::vector<Cidr> all;
    for (const auto& [cidr, rule] : posted) all.push_back(cidr);
    Dimension& made = dimensions_[d];
    made.prefixes.build(all);
    // Nodes are in the order of the sorted prefixes, so the postings of a node are next to each other.
    for (std::size_t i = 0; i < posted.size(); ++i) {
      if (made.prefixes.node_of(i) == made.bounds.size()) {
        made.bounds.push_back(static_cast<std::uint32_t>(index.postings_.size()));
      }
      index.postings_.push_back(posted[i].second);
    }
    made.bounds.push_back(static_cast<std::uint32_t>(index.postings_.size()));
    made.prefixes.seal();
  }
}

AccessIndex AccessBuilder::build() {
  const std::vector<Rule>& all = rules_.of(phase_);
  std::vector<std::optional<KeySet>> chosen;
  chosen.reserve(all.size());
  const auto each = [&](auto visit) {
    for (const Rule& rule : all) {
      looked_into_ = 0;
      visit(rule.condition);
    }
  };
  each([&](ExprId condition) { count_uses(condition); });
  each([&](ExprId condition) { count_all(condition); });
  each([&](ExprId condition) { chosen.push_back(choose(condition)); });

  AccessIndex index;
  used_.assign(dimensions_.size(), false);
  post_literals(index, chosen);
  post(index, chosen);
  // Dimensions that no chosen key speaks of would be looked at for nothing.
  for (std::size_t i = 0; i < dimensions_.size(); ++i) {
    if (used_[i]) index.dimensions_.push_back(std::move(dimensions_[i]));
  }
  return index;
}

AccessIndex build_access(const RuleSet& rules, Phase phase, const std::vector<bool>& reads_captures) {
  return AccessBuilder(rules, phase, reads_captures).build();
}

}  // namespace sprx
