#include "compiler/sets/rule_finder.h"

#include <algorithm>

#include "compiler/table/hash.h"
#include "compiler/table/pattern_literals.h"

namespace sprx::sets {
namespace {

/// Rows of a list under each of which a rule is kept; one with more is tried at every point.
constexpr std::size_t kMaxListKeys = 16;

/// Bytes of a fragment (`contains`) under which a rule is kept; a value is looked up once at each of its bytes.
constexpr std::size_t kPart = 4;

Uint128 masked(Uint128 address, std::size_t bits) { return bits == 0 ? 0 : address & (kLastAddress << (128 - bits)); }

std::uint64_t hash_address(Uint128 address) {
  return hash_mix(static_cast<std::uint64_t>(address >> 64), static_cast<std::uint64_t>(address));
}

}  // namespace

std::uint32_t RuleFinder::dimension(ExprId subject, Dimension::Kind kind) {
  const auto [place, fresh] =
      ids_.try_emplace({static_cast<std::uint32_t>(subject), kind}, static_cast<std::uint32_t>(dimensions_.size()));
  if (fresh) dimensions_.push_back({subject, kind, {}});
  return place->second;
}

RuleFinder::Key RuleFinder::key_of(std::uint32_t dimension, std::uint64_t what, std::size_t size) {
  return {hash_mix(hash_mix(what, size), dimension + std::uint64_t{1}), dimension};
}

RuleFinder::Key RuleFinder::text_key(ExprId subject, Dimension::Kind kind, std::string_view text) {
  const std::uint32_t id = dimension(subject, kind);
  std::vector<std::size_t>& sizes = dimensions_[id].sizes;
  const std::size_t size = kind == Dimension::Kind::equal ? 0 : text.size();
  const auto place = std::lower_bound(sizes.begin(), sizes.end(), size);
  if (place == sizes.end() || *place != size) sizes.insert(place, size);
  return key_of(id, hash_text(text, true), size);
}

/// A text that is part of the value: any few bytes of it will do, the rarest are taken.
void RuleFinder::part_keys(ExprId subject, std::string_view text, std::vector<Keys>& out) {
  const std::size_t size = std::min(text.size(), kPart);
  if (size == 0) return;
  for (std::size_t at = 0; at + size <= text.size(); ++at)
    out.push_back({text_key(subject, Dimension::Kind::part, text.substr(at, size))});
}

/// Of a pattern one of the texts is needed that stand in whatever it matches: by how they begin, or by how they end.
void RuleFinder::pattern_keys(ExprId subject, const Pattern& pattern, std::vector<Keys>& out) {
  const std::vector<std::string> texts = required_literals(pattern);
  if (texts.empty()) return;
  Keys begins;
  Keys ends;
  for (const std::string_view text : texts) {
    const std::size_t size = std::min(text.size(), kPart);
    begins.push_back(text_key(subject, Dimension::Kind::part, text.substr(0, size)));
    ends.push_back(text_key(subject, Dimension::Kind::part, text.substr(text.size() - size)));
  }
  out.push_back(std::move(begins));
  out.push_back(std::move(ends));
}

void RuleFinder::keys_of_atom(const Atom& atom, std::vector<Keys>& out) {
  const ExprPool& pool = space_.pool();
  const Expr& e = pool[atom.id];
  using K = Dimension::Kind;
  if (atom.sort == Sort::integer && e.op == Op::equal) {
    const auto number = static_cast<std::uint64_t>(pool.integers[pool[ExprId{e.b}].a]);
    out.push_back({key_of(dimension(atom.subject, K::integer), number, 0)});
    return;
  }
  if (atom.sort == Sort::address) {
    const bool one = e.op == Op::equal;
    if (!one && e.op != Op::in_cidr) return;
    const Cidr cidr = one ? Cidr{pool.addresses[pool[ExprId{e.b}].a], 128} : pool.prefixes[e.b];
    const std::uint32_t id = dimension(atom.subject, K::address);
    std::vector<std::size_t>& sizes = dimensions_[id].sizes;
    const auto place = std::lower_bound(sizes.begin(), sizes.end(), cidr.bits);
    if (place == sizes.end() || *place != cidr.bits) sizes.insert(place, cidr.bits);
    out.push_back({key_of(id, hash_address(number_of(cidr.address)), cidr.bits)});
    return;
  }
  if (atom.sort != Sort::text) return;
  const auto one = [&](K kind, std::string_view text) {
    if (kind == K::equal || !text.empty()) out.push_back({text_key(atom.subject, kind, text)});
  };
  const Type left = pool[ExprId{e.a}].type;
  switch (e.op) {
    case Op::equal:
      return one(K::equal, space_.constant(e));
    case Op::starts_with:
      return one(K::prefix, space_.constant(e));
    case Op::ends_with:
      return one(K::suffix, space_.constant(e));
    case Op::contains:
      return part_keys(atom.subject, space_.constant(e), out);
    case Op::matches:
      return pattern_keys(atom.subject, pool.at(PatternId{e.b}), out);
    case Op::under:
      return one(left == Type::host || left == Type::domain ? K::suffix : K::prefix, space_.constant(e));
    case Op::like: {
      const std::vector<TemplateToken>& tokens = pool.at(TemplateId{e.b}).tokens;
      if (tokens.empty()) return;
      if (tokens.front().kind == TemplateToken::Kind::literal) one(K::prefix, tokens.front().text);
      if (tokens.back().kind == TemplateToken::Kind::literal) one(K::suffix, tokens.back().text);
      return;
    }
    case Op::in_list:
    case Op::in_table: {
      bool folds = false;
      const auto texts = space_.finite_texts(atom.id, &folds);
      if (!texts || texts->size() > kMaxListKeys) return;
      Keys keys;
      for (const std::string_view text : *texts) keys.push_back(text_key(atom.subject, K::equal, text));
      out.push_back(std::move(keys));
      return;
    }
    default:
      return;
  }
}

void RuleFinder::keys_of(ExprId condition, std::vector<Keys>& out) {
  const Expr& e = space_.pool()[condition];
  switch (e.op) {
    case Op::all:
      for (const ExprId part : space_.pool().list(e)) keys_of(part, out);
      return;
    case Op::any: {
      // Some key of each side: the first that it has.
      Keys joined;
      for (const ExprId part : space_.pool().list(e)) {
        std::vector<Keys> side;
        keys_of(part, side);
        if (side.empty() || joined.size() + side.front().size() > kMaxListKeys) return;
        joined.insert(joined.end(), side.front().begin(), side.front().end());
      }
      if (!joined.empty()) out.push_back(std::move(joined));
      return;
    }
    case Op::negate:
    case Op::holds:
      return;
    default:
      return keys_of_atom(space_.atom(condition), out);
  }
}

void RuleFinder::note_patterns(std::uint32_t rule, ExprId whole, ExprId condition) {
  const Expr& e = space_.pool()[condition];
  if (e.op == Op::all || e.op == Op::any) {
    for (const ExprId part : space_.pool().list(e)) note_patterns(rule, whole, part);
  } else if (e.op == Op::matches) {
    std::vector<Entry>& entries = by_pattern_[static_cast<std::uint32_t>(space_.atom(condition).id)];
    if (entries.empty() || entries.back().rule != rule) entries.push_back({rule, whole});
  }
}

void RuleFinder::add(std::uint32_t rule, ExprId condition) {
  note_patterns(rule, condition, condition);
  std::vector<Keys> ways;
  keys_of(condition, ways);
  const Keys* best = nullptr;
  std::size_t best_size = 0;
  for (const Keys& way : ways) {
    std::size_t size = 0;
    for (const Key& key : way) {
      const auto known = postings_.find(key.hash);
      size = std::max(size, known == postings_.end() ? 0 : known->second.size());
    }
    if (best != nullptr && size >= best_size) continue;
    best = &way;
    best_size = size;
  }
  if (best == nullptr) {
    rest_.push_back({rule, condition});
    return;
  }
  of_dimension_.resize(dimensions_.size());
  for (const Key& key : *best) {
    for (std::vector<Entry>* entries : {&postings_[key.hash], &of_dimension_[key.dimension]})
      if (entries->empty() || entries->back().rule != rule) entries->push_back({rule, condition});
  }
}

/// Takes every posting under a key that the values have; all of a subject whose value is not known.
template <typename ValueOf, typename Take>
void RuleFinder::visit(const ValueOf& value_of, const Take& take) const {
  const auto look = [&](const Key& key) {
    const auto known = postings_.find(key.hash);
    if (known != postings_.end()) take(known->second);
  };
  take(rest_);
  for (std::uint32_t id = 0; id < dimensions_.size(); ++id) {
    const Dimension& dimension = dimensions_[id];
    const std::optional<Value> value = value_of(dimension.subject);
    if (!value && id < of_dimension_.size()) take(of_dimension_[id]);
    if (!value || !value->present) continue;
    const std::string_view text = value->text;
    switch (dimension.kind) {
      case Dimension::Kind::equal:
        look(key_of(id, hash_text(text, true), 0));
        break;
      case Dimension::Kind::integer:
        look(key_of(id, static_cast<std::uint64_t>(value->integer), 0));
        break;
      case Dimension::Kind::address:
        for (const std::size_t bits : dimension.sizes)
          look(key_of(id, hash_address(masked(value->address, bits)), bits));
        break;
      default:
        for (const std::size_t size : dimension.sizes) {
          if (size > text.size()) break;
          if (dimension.kind == Dimension::Kind::part) {
            for (std::size_t at = 0; at + size <= text.size(); ++at)
              look(key_of(id, hash_text(text.substr(at, size), true), size));
            continue;
          }
          const bool prefix = dimension.kind == Dimension::Kind::prefix;
          look(key_of(id, hash_text(prefix ? text.substr(0, size) : text.substr(text.size() - size), true), size));
        }
        break;
    }
  }
}

void RuleFinder::find(Point& point, std::vector<std::uint32_t>& out) {
  out.clear();
  const auto take = [&](const std::vector<Entry>& entries) {
    for (const Entry& entry : entries) {
      if (space_.exhausted()) return;  // of rules that are not found nothing is claimed
      ++tried_;
      if (point.holds(entry.condition)) out.push_back(entry.rule);
    }
  };
  visit([&](ExprId subject) { return std::optional(point.value(subject)); }, take);
  for (const ValueSet& set : point.box().sets()) {
    if (set.value().certain) continue;
    for (const Literal& literal : set.literals()) {
      const auto known = literal.truth ? by_pattern_.find(static_cast<std::uint32_t>(literal.atom)) : by_pattern_.end();
      if (known != by_pattern_.end()) take(known->second);
    }
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
}

void RuleFinder::candidates(const std::function<std::optional<Value>(ExprId)>& value_of,
                            std::vector<std::uint32_t>& out) const {
  out.clear();
  visit(value_of, [&](const std::vector<Entry>& entries) {
    for (const Entry& entry : entries) out.push_back(entry.rule);
  });
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
}

}  // namespace sprx::sets
