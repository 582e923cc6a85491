// How each rule gets its keys: every condition that must hold gives a way to find the rule; the one that is expected to be
// looked at least often is taken.
#include <algorithm>
#include <bit>
#include <map>
#include <optional>
#include <tuple>
#include <unordered_map>

#include "compiler/table/access.h"
#include "compiler/table/template_table.h"

namespace sprx {

/// A list that one rule alone uses is posted key by key up to so many keys; one that rules share, up to kMaxSharedKeys.
inline constexpr std::size_t kMaxPostedKeys = 4096;
inline constexpr std::size_t kMaxSharedKeys = 8;
/// Parts that one `or`, or hosts times paths, may bring under keys.
inline constexpr std::size_t kMaxKeysOfRule = 4096;

std::span<const std::uint32_t> AccessIndex::find(std::uint64_t key) const {
  if (places_.empty()) return {};
  const std::size_t mask = places_.size() - 1;
  for (std::size_t at = key & mask; places_[at].count != 0; at = (at + 1) & mask) {
    if (places_[at].key == key) return postings(places_[at].first, places_[at].count);
  }
  return {};
}

class AccessBuilder {
 public:
  AccessBuilder(const RuleSet& rules, Phase phase, const std::vector<bool>& reads_captures)
      : rules_(rules), pool_(rules.pool), phase_(phase), reads_captures_(reads_captures) {}
  AccessIndex build();

 private:
  /// A posting that finds a rule: a hashed key, a prefix of an address dimension, or a gate.
  struct Key {
    enum class Kind : std::uint8_t { hashed, prefix, gate };
    Kind kind = Kind::hashed;
    float chance = 1;             // that a message has it, a guess
    std::uint32_t dimension = 0;  // hashed, prefix
    std::uint8_t flavours = 0;    // hashed: a bit, for steps
    std::uint64_t hash = 0;       // hashed: the key; gate: the condition
    Cidr cidr;                    // prefix
  };
  using KeySet = std::vector<Key>;
  /// Several ways to find the same rule, each a complete set of keys.
  using Ways = std::vector<KeySet>;
  /// A path condition as steps, and the hosts that a rule is for: made into one key where both are there.
  struct Step {
    std::uint32_t dimension = 0;
    Flavour flavour = Flavour::whole;
    std::uint64_t hash = 0;
    float chance = 1;
  };

  void count_uses(ExprId id);
  void atom_ways(ExprId id, Ways& ways);
  void equal_ways(const Expr& e, Ways& ways);
  void list_ways(ExprId id, Ways& ways);
  void gate_way(ExprId id, Ways& ways);
  void all_ways(const Expr& e, Ways& ways);
  std::optional<KeySet> choose(ExprId id);
  std::optional<KeySet> cheapest(Ways ways);
  [[nodiscard]] double cost(const KeySet& keys) const;
  void count(const KeySet& keys);
  void count_all(ExprId id);

  std::uint32_t dimension(ExprId left, Dimension::Kind kind, bool nocase = false, StepOrder order = StepOrder::path);
  Key text_key(ExprId left, std::string_view text, bool nocase);
  void path_steps(ExprId id, std::vector<Step>& steps);
  void host_hashes(ExprId id, std::vector<std::uint64_t>& hosts) const;
  Step step_of(ExprId left, StepOrder order, bool nocase, std::string_view text, bool under_it);
  std::optional<Step> template_step(ExprId left, bool nocase, const Template& pattern);
  KeySet keys_of(const std::vector<Step>& steps, const std::vector<std::uint64_t>& hosts);
  [[nodiscard]] bool usable(ExprId left) const { return !reads_captures_[static_cast<std::size_t>(left)]; }
  [[nodiscard]] bool is_field(ExprId id, Field field) const {
    return pool_[id].op == Op::field && pool_[id].a == static_cast<std::uint32_t>(field);
  }
  [[nodiscard]] StepOrder order_of(ExprId left) const {
    return pool_[left].type == Type::host || pool_[left].type == Type::domain ? StepOrder::host : StepOrder::path;
  }
  /// The condition that a `holds` asks for where that is a let that stands for one.
  [[nodiscard]] std::optional<ExprId> condition_of(const Expr& e) const {
    const Expr& value = pool_[ExprId{e.a}];
    if (value.op != Op::let) return std::nullopt;
    const ExprId id = rules_.lets[value.a].value;
    if (pool_[id].op > Op::matches) return std::nullopt;
    return id;
  }
  [[nodiscard]] bool is_text(ExprId id) const {
    const Type type = pool_[id].type;
    return type == Type::string || type == Type::path || type == Type::host || type == Type::domain ||
           type == Type::string_list;
  }
  [[nodiscard]] bool is_number(ExprId id) const {
    const Type type = pool_[id].type;
    return type == Type::integer || type == Type::duration || type == Type::time;
  }
  [[nodiscard]] float chance_of_text(ExprId left, std::string_view text) const;
  void post(AccessIndex& index, const std::vector<std::optional<KeySet>>& chosen);

  const RuleSet& rules_;
  const ExprPool& pool_;
  Phase phase_;
  const std::vector<bool>& reads_captures_;
  std::vector<Dimension> dimensions_;
  std::vector<bool> used_;
  std::map<std::tuple<ExprId, Dimension::Kind, bool, StepOrder>, std::uint32_t> dimension_ids_;
  std::unordered_map<std::uint64_t, std::uint32_t> key_uses_;   // by hash: how many rules could be posted there
  std::map<std::pair<std::uint32_t, Cidr>, std::uint32_t> prefix_uses_;
  std::unordered_map<std::uint32_t, std::uint32_t> atom_uses_;  // by ExprId: rules that have this condition
};

std::uint32_t AccessBuilder::dimension(ExprId left, Dimension::Kind kind, bool nocase, StepOrder order) {
  const auto [place, fresh] =
      dimension_ids_.try_emplace({left, kind, nocase, order}, static_cast<std::uint32_t>(dimensions_.size()));
  if (fresh) {
    Dimension made;
    made.left = left;
    made.kind = kind;
    made.nocase = nocase;
    made.order = order;
    made.id = place->second;
    dimensions_.push_back(std::move(made));
  }
  return place->second;
}

float AccessBuilder::chance_of_text(ExprId left, std::string_view text) const {
  if (pool_[left].op != Op::field) return 0.3F;
  switch (static_cast<Field>(pool_[left].a)) {
    case Field::path:
    case Field::raw_path:
    case Field::uri:
      return text.size() <= 1 ? 0.1F : 0.002F;
    case Field::host:
      return 0.2F;
    case Field::query:
    case Field::query_all:
    case Field::cookie:
    case Field::cookie_all:
    case Field::header:
    case Field::header_all:
    case Field::path_file:
      return 0.02F;
    default:
      return 0.4F;
  }
}

AccessBuilder::Key AccessBuilder::text_key(ExprId left, std::string_view text, bool nocase) {
  Key key;
  key.chance = chance_of_text(left, text);
  key.dimension = dimension(left, Dimension::Kind::equal, nocase);
  key.hash = AccessIndex::text_key(key.dimension, text, nocase);
  return key;
}

void AccessBuilder::gate_way(ExprId id, Ways& ways) {
  if (!usable(id) || atom_uses_[static_cast<std::uint32_t>(id)] < 2) return;
  Key key;
  key.kind = Key::Kind::gate;
  key.chance = 0.5F;
  key.hash = static_cast<std::uint64_t>(id);
  ways.push_back({key});
}

void AccessBuilder::equal_ways(const Expr& e, Ways& ways) {
  const ExprId ids[2] = {ExprId{e.a}, ExprId{e.b}};
  for (int i = 0; i < 2; ++i) {
    const ExprId left = ids[i];
    const Expr& right = pool_[ids[1 - i]];
    if (!usable(left)) continue;
    if (right.op == Op::text && is_text(left)) {
      ways.push_back({text_key(left, pool_.strings.view(StrId{right.a}), e.nocase)});
    } else if (right.op == Op::integer && is_number(left)) {
      Key key;
      key.chance = 0.1F;
      key.dimension = dimension(left, Dimension::Kind::number);
      key.hash = AccessIndex::number_key(key.dimension, pool_.integers[right.a]);
      ways.push_back({key});
    } else if (right.op == Op::address && pool_[left].type == Type::ip) {
      Key key;
      key.kind = Key::Kind::prefix;
      key.chance = 0.001F;
      key.dimension = dimension(left, Dimension::Kind::address);
      key.cidr = {pool_.addresses[right.a], 128};
      ways.push_back({key});
    }
  }
}

void AccessBuilder::list_ways(ExprId id, Ways& ways) {
  const Expr& e = pool_[id];
  const ExprId left{e.a};
  const Keys& keys = rules_.lists[e.b].keys;
  const std::size_t uses = atom_uses_[static_cast<std::uint32_t>(id)];
  if (!usable(left) || keys.mode != MatchMode::exact) return;
  if (keys.size() > (uses > 1 ? kMaxSharedKeys : kMaxPostedKeys)) return;
  const bool text = keys.kind == KeyKind::string || keys.kind == KeyKind::path || keys.kind == KeyKind::host;
  const bool address = keys.kind == KeyKind::cidr || keys.kind == KeyKind::ip;
  if (!(text && is_text(left)) && !(address && pool_[left].type == Type::ip)) return;
  KeySet way;
  for (const StrId row : keys.texts) way.push_back(text_key(left, pool_.strings.view(row), keys.nocase));
  for (const Cidr& row : keys.prefixes) {
    Key key;
    key.kind = Key::Kind::prefix;
    key.chance = row.bits > 104 ? 0.001F : 0.05F;
    key.dimension = dimension(left, Dimension::Kind::address);
    key.cidr = row;
    way.push_back(key);
  }
  ways.push_back(std::move(way));
}

AccessBuilder::Step AccessBuilder::step_of(ExprId left, StepOrder order, bool nocase, std::string_view text, bool under_it) {
  Step step;
  step.dimension = dimension(left, Dimension::Kind::steps, nocase, order);
  step.flavour = under_it ? Flavour::at_or_below : Flavour::whole;
  if (under_it && order == StepOrder::path && text.ends_with('/')) {
    text.remove_suffix(1);
    step.flavour = Flavour::below;
  }
  step.hash = step_hash(order, text, nocase);
  const std::uint32_t depth = step_count(order, text);
  dimensions_[step.dimension].deepest = std::max(dimensions_[step.dimension].deepest, depth);
  step.chance = step.flavour == Flavour::whole ? 0.002F : depth <= 1 ? 0.9F : depth == 2 ? 0.05F : 0.02F;
  return step;
}

std::optional<AccessBuilder::Step> AccessBuilder::template_step(ExprId left, bool nocase, const Template& pattern) {
  const FixedStep fixed = fixed_step(pattern);
  const StepOrder order = pattern.kind == TemplateKind::host ? StepOrder::host : StepOrder::path;
  if (fixed.whole) return step_of(left, order, nocase, fixed.text, false);
  if (fixed.text.empty()) return std::nullopt;
  Step step = step_of(left, order, nocase, fixed.text, true);
  if (step.flavour == Flavour::at_or_below && !fixed.may_end) step.flavour = Flavour::below;
  return step;
}

/// Steps of which one must be there for the condition to hold; nothing is added where there are none.
void AccessBuilder::path_steps(ExprId id, std::vector<Step>& steps) {
  const Expr& e = pool_[id];
  const ExprId left{e.a};
  switch (e.op) {
    case Op::equal: {
      const Expr& right = pool_[ExprId{e.b}];
      if (usable(left) && right.op == Op::text && pool_[left].type == Type::path) {
        steps.push_back(step_of(left, StepOrder::path, e.nocase, pool_.strings.view(StrId{right.a}), false));
      }
      break;
    }
    case Op::under: {
      const Expr& right = pool_[ExprId{e.b}];
      if (usable(left) && right.op == Op::text) {
        steps.push_back(step_of(left, order_of(left), e.nocase, pool_.strings.view(StrId{right.a}), true));
      }
      break;
    }
    case Op::like:
      if (usable(left)) {
        if (const auto step = template_step(left, e.nocase, pool_.at(TemplateId{e.b}))) steps.push_back(*step);
      }
      break;
    case Op::in_list: {
      const Keys& keys = rules_.lists[e.b].keys;
      const std::size_t most = atom_uses_[static_cast<std::uint32_t>(id)] > 1 ? kMaxSharedKeys : kMaxPostedKeys;
      if (!usable(left) || keys.size() > most) break;
      const bool under_it = keys.mode == MatchMode::under;
      if (under_it || (keys.mode == MatchMode::exact && keys.kind == KeyKind::path)) {
        const bool labels = keys.kind == KeyKind::host || keys.kind == KeyKind::domain;
        const StepOrder order = labels ? StepOrder::host : StepOrder::path;
        for (const StrId row : keys.texts) {
          steps.push_back(step_of(left, order, keys.nocase, pool_.strings.view(row), under_it));
        }
      } else if (keys.mode == MatchMode::exact && keys.kind == KeyKind::domain) {
        for (const StrId row : keys.texts) {
          std::string_view text = pool_.strings.view(row);
          const bool below = text.starts_with("*.");
          const bool only = text.starts_with('=');
          text.remove_prefix(below ? 2 : only ? 1 : 0);
          Step step = step_of(left, StepOrder::host, keys.nocase, text, !only);
          if (below) step.flavour = Flavour::below;
          steps.push_back(step);
        }
      } else if (!keys.templates.empty()) {
        std::vector<Step> found;
        for (const TemplateId row : keys.templates) {
          const auto step = template_step(left, keys.nocase, pool_.at(row));
          if (!step) return;
          found.push_back(*step);
        }
        steps.insert(steps.end(), found.begin(), found.end());
      }
      break;
    }
    default:
      break;
  }
}

/// Hashes of the hosts one of which must be there for the condition to hold; nothing is added where that is not so.
void AccessBuilder::host_hashes(ExprId id, std::vector<std::uint64_t>& hosts) const {
  const Expr& e = pool_[id];
  if (e.op == Op::equal && !e.nocase && is_field(ExprId{e.a}, Field::host) && pool_[ExprId{e.b}].op == Op::text) {
    hosts.push_back(hash_text(pool_.strings.view(StrId{pool_[ExprId{e.b}].a}), false));
  } else if (e.op == Op::like && !e.nocase && is_field(ExprId{e.a}, Field::host) && pool_.at(TemplateId{e.b}).is_literal()) {
    hosts.push_back(hash_text(pool_.at(TemplateId{e.b}).fixed_part(), false));
  } else if (e.op == Op::in_list && is_field(ExprId{e.a}, Field::host)) {
    const Keys& keys = rules_.lists[e.b].keys;
    if (keys.mode != MatchMode::exact || keys.nocase || keys.texts.empty() || keys.texts.size() > kMaxSharedKeys) return;
    if (keys.kind != KeyKind::host && keys.kind != KeyKind::string) return;
    for (const StrId row : keys.texts) hosts.push_back(hash_text(pool_.strings.view(row), false));
  } else if (e.op == Op::any) {
    std::vector<std::uint64_t> found;
    for (const ExprId part : pool_.list(e)) {
      const std::size_t before = found.size();
      host_hashes(part, found);
      if (found.size() == before) return;
    }
    hosts.insert(hosts.end(), found.begin(), found.end());
  }
}

AccessBuilder::KeySet AccessBuilder::keys_of(const std::vector<Step>& steps, const std::vector<std::uint64_t>& hosts) {
  KeySet keys;
  const auto add = [&](const Step& step, Flavour flavour, std::uint64_t hash, float chance) {
    Key key;
    key.dimension = step.dimension;
    key.flavours = static_cast<std::uint8_t>(1 << static_cast<int>(flavour));
    key.chance = chance;
    key.hash = AccessIndex::step_key(step.dimension, flavour, hash);
    keys.push_back(key);
  };
  for (const Step& step : steps) {
    if (hosts.empty()) add(step, step.flavour, step.hash, step.chance);
    for (const std::uint64_t host : hosts) {
      const auto flavour = static_cast<Flavour>(static_cast<int>(step.flavour) + 3);
      add(step, flavour, AccessIndex::with_host(step.hash, host), step.chance * 0.2F);
    }
  }
  return keys;
}

void AccessBuilder::atom_ways(ExprId id, Ways& ways) {
  const Expr& e = pool_[id];
  std::vector<Step> steps;
  path_steps(id, steps);
  if (!steps.empty()) ways.push_back(keys_of(steps, {}));
  if (e.op == Op::equal && (steps.empty() || pool_[ExprId{e.a}].type != Type::path)) equal_ways(e, ways);
  if (e.op == Op::in_list && steps.empty()) list_ways(id, ways);
  if (e.op == Op::in_cidr && usable(ExprId{e.a})) {
    Key key;
    key.kind = Key::Kind::prefix;
    key.chance = pool_.prefixes[e.b].bits > 104 ? 0.001F : 0.05F;
    key.dimension = dimension(ExprId{e.a}, Dimension::Kind::address);
    key.cidr = pool_.prefixes[e.b];
    ways.push_back({key});
  }
  gate_way(id, ways);
}

/// Every part of an `and` is a way; a path together with a host is one more.
void AccessBuilder::all_ways(const Expr& e, Ways& ways) {
  std::vector<std::uint64_t> hosts;
  std::vector<ExprId> parts;
  const auto flatten = [&](const auto& self, const Expr& node) -> void {
    for (const ExprId part : pool_.list(node)) {
      if (pool_[part].op == Op::all) {
        self(self, pool_[part]);
      } else {
        parts.push_back(part);
      }
    }
  };
  flatten(flatten, e);
  for (const ExprId part : parts) {
    if (hosts.empty()) host_hashes(part, hosts);
  }
  for (const ExprId part : parts) {
    const Op op = pool_[part].op;
    if (op == Op::any || op == Op::holds) {
      if (auto keys = choose(part)) ways.push_back(std::move(*keys));
    } else if (op == Op::never) {
      ways.push_back({});
    } else {
      atom_ways(part, ways);
    }
    if (hosts.empty() || hosts.size() > kMaxSharedKeys) continue;
    std::vector<Step> steps;
    path_steps(part, steps);
    const bool of_path = !steps.empty() && is_field(dimensions_[steps.front().dimension].left, Field::path);
    if (of_path && steps.size() * hosts.size() <= kMaxKeysOfRule) ways.push_back(keys_of(steps, hosts));
  }
}

double AccessBuilder::cost(const KeySet& keys) const {
  double sum = 0;
  for (const Key& key : keys) {
    std::uint32_t uses = 1;
    if (key.kind == Key::Kind::gate) {
      sum += 0.2;  // it is tested for every message, once for all that share it
      uses = atom_uses_.at(static_cast<std::uint32_t>(key.hash));
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
      if (const auto value = condition_of(e)) {
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
  if (e.op != Op::all && e.op != Op::any) return;
  for (const ExprId part : pool_.list(e)) count_uses(part);
}

/// Second pass: how many rules could be posted under each key.
void AccessBuilder::count(const KeySet& keys) {
  for (const Key& key : keys) {
    if (key.kind == Key::Kind::hashed) key_uses_[key.hash] += 1;
    if (key.kind == Key::Kind::prefix) prefix_uses_[{key.dimension, key.cidr}] += 1;
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
    if (const auto value = condition_of(e)) count_all(*value);
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
      if (key.kind == Key::Kind::hashed) dimensions_[key.dimension].flavours |= key.flavours;
      if (key.kind == Key::Kind::hashed) hashed.emplace_back(key.hash, rule);
      if (key.kind == Key::Kind::gate) gates[key.hash].push_back(rule);
      if (key.kind == Key::Kind::prefix) prefixes[key.dimension].emplace_back(key.cidr, rule);
    }
  }
  std::sort(hashed.begin(), hashed.end());
  hashed.erase(std::unique(hashed.begin(), hashed.end()), hashed.end());
  std::size_t distinct = 0;
  for (std::size_t i = 0; i < hashed.size(); ++i) distinct += i == 0 || hashed[i].first != hashed[i - 1].first ? 1 : 0;
  if (distinct > 0) index.places_.assign(std::bit_ceil(distinct * 2), {});
  index.key_count_ = distinct;
  for (std::size_t i = 0; i < hashed.size();) {
    const std::uint64_t key = hashed[i].first;
    const auto first = static_cast<std::uint32_t>(index.postings_.size());
    for (; i < hashed.size() && hashed[i].first == key; ++i) index.postings_.push_back(hashed[i].second);
    const std::size_t mask = index.places_.size() - 1;
    std::size_t at = key & mask;
    while (index.places_[at].count != 0) at = (at + 1) & mask;
    index.places_[at] = {key, first, static_cast<std::uint32_t>(index.postings_.size() - first)};
  }
  for (auto& [condition, rules] : gates) {
    rules.erase(std::unique(rules.begin(), rules.end()), rules.end());
    index.gates_.push_back({ExprId{static_cast<std::uint32_t>(condition)}, static_cast<std::uint32_t>(index.postings_.size()),
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
  for (const Rule& rule : all) count_uses(rule.condition);
  for (const Rule& rule : all) count_all(rule.condition);
  std::vector<std::optional<KeySet>> chosen;
  chosen.reserve(all.size());
  for (const Rule& rule : all) chosen.push_back(choose(rule.condition));

  AccessIndex index;
  used_.assign(dimensions_.size(), false);
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
