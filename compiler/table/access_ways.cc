// Every condition that must hold gives a way to find the rule: a complete set of keys.
#include <algorithm>
#include <bit>

#include "compiler/table/access_builder.h"
#include "compiler/table/template_table.h"

namespace sprx {

std::uint32_t AccessBuilder::dimension(ExprId left, Dimension::Kind kind, bool nocase, StepOrder order) {
  const auto [place, fresh] =
      dimension_ids_.try_emplace({left, kind, nocase, order}, static_cast<std::uint32_t>(dimensions_.size()));
  if (fresh) {
    Dimension made;
    made.left = left;
    made.kind = kind;
    made.nocase = nocase;
    made.of_path = is_field(left, Field::path);
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

AccessBuilder::Step AccessBuilder::step_of(ExprId left, StepOrder order, bool nocase, std::string_view text,
                                           bool under_it) {
  Step step;
  step.dimension = dimension(left, Dimension::Kind::steps, nocase, order);
  step.flavour = under_it ? Flavour::at_or_below : Flavour::whole;
  if (under_it && order == StepOrder::path && text.ends_with('/')) {
    text.remove_suffix(1);
    step.flavour = Flavour::below;
  }
  step.hash = step_hash(order, text, nocase);
  step.length = static_cast<std::uint32_t>(text.size());
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
  } else if (e.op == Op::like && !e.nocase && is_field(ExprId{e.a}, Field::host) &&
             pool_.at(TemplateId{e.b}).is_literal()) {
    hosts.push_back(hash_text(pool_.at(TemplateId{e.b}).fixed_part(), false));
  } else if (e.op == Op::in_list && is_field(ExprId{e.a}, Field::host)) {
    const Keys& keys = rules_.lists[e.b].keys;
    if (keys.mode != MatchMode::exact || keys.nocase || keys.texts.empty() || keys.texts.size() > kMaxSharedKeys)
      return;
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
    key.length = step.length;
    key.chance = chance;
    key.hash = AccessIndex::step_key(AccessIndex::step_base(step.dimension, hash), flavour);
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
  literal_ways(id, ways);
  gate_way(id, ways);
}

/// The conditions of an `and`, those of lets in it too; a let that rules share is also a gate.
void AccessBuilder::flatten(const Expr& all, std::vector<ExprId>& parts, Ways& ways) {
  const auto take = [&](ExprId part) {
    if (pool_[part].op == Op::all) {
      flatten(pool_[part], parts, ways);
    } else {
      parts.push_back(part);
    }
  };
  for (const ExprId part : pool_.list(all)) {
    if (pool_[part].op != Op::holds) {
      take(part);
      continue;
    }
    gate_way(part, ways);
    if (const auto condition = look_into(pool_[part])) take(*condition);
  }
}

/// Every part of an `and` is a way; a path together with a host is one more.
void AccessBuilder::all_ways(const Expr& e, Ways& ways) {
  std::vector<std::uint64_t> hosts;
  std::vector<ExprId> parts;
  flatten(e, parts, ways);
  for (const ExprId part : parts) {
    if (hosts.empty()) host_hashes(part, hosts);
  }
  for (const ExprId part : parts) {
    const Op op = pool_[part].op;
    if (op == Op::any || op == Op::holds) {  // a let of a let
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

}  // namespace sprx
