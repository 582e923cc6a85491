// AccessBuilder: what building the index of one phase keeps track of. access_ways.cc finds the ways in which a rule can
// be found, access_build.cc chooses among them and posts the rules.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <unordered_map>

#include "compiler/table/access.h"
#include "compiler/table/let_value.h"

namespace sprx {

/// A list that one rule alone uses is posted key by key up to so many keys; one that rules share, up to kMaxSharedKeys.
inline constexpr std::size_t kMaxPostedKeys = 4096;
inline constexpr std::size_t kMaxSharedKeys = 8;
/// Bytes of a literal that are looked for where a rule is to be found; what follows is left to the rule's condition.
inline constexpr std::size_t kMaxAccessLiteral = 64;
static_assert(kMaxAccessLiteral <= kMaxGramLiteral);
/// Lets that are looked into for one rule: what uses one twice, and that one another twice, would grow without bound.
inline constexpr std::size_t kMaxLetsOfRule = 64;
/// Parts that one `or`, or hosts times paths, may bring under keys.
inline constexpr std::size_t kMaxKeysOfRule = 4096;

class AccessBuilder {
 public:
  AccessBuilder(const RuleSet& rules, Phase phase, const std::vector<bool>& reads_captures)
      : rules_(rules), pool_(rules.pool), phase_(phase), reads_captures_(reads_captures) {}
  AccessIndex build();

 private:
  /// A posting that finds a rule: a hashed key, a prefix of an address dimension, a literal, or a gate.
  struct Key {
    enum class Kind : std::uint8_t { hashed, prefix, literal, gate };
    Kind kind = Kind::hashed;
    float chance = 1;             // that a message has it, a guess
    std::uint32_t dimension = 0;  // hashed, prefix, literal
    std::uint8_t flavours = 0;    // hashed: a bit, for steps
    std::uint32_t length = 0;     // hashed: of a step, bytes
    std::uint64_t hash = 0;       // hashed: the key; literal: its number in the dimension; gate: the condition
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
    std::uint32_t length = 0;  // bytes
    float chance = 1;
  };

  void count_uses(ExprId id);
  void atom_ways(ExprId id, Ways& ways);
  void equal_ways(const Expr& e, Ways& ways);
  void list_ways(ExprId id, Ways& ways);
  void gate_way(ExprId id, Ways& ways);
  void literal_ways(ExprId id, Ways& ways);
  bool add_pattern(ExprId left, PatternId id, KeySet& way);
  Key literal_key(ExprId left, std::string_view text, bool nocase);
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
  /// The condition that a `holds` asks for where that is a let that stands for one. A rule looks into so many.
  [[nodiscard]] std::optional<ExprId> look_into(const Expr& e) {
    bool negated = false;
    const ExprId id = condition_behind(rules_, ExprId{e.a}, negated);
    if (id == kNoExpr || negated || looked_into_ == kMaxLetsOfRule) return std::nullopt;
    ++looked_into_;
    return id;
  }
  void flatten(const Expr& all, std::vector<ExprId>& parts, Ways& ways);
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
  void build_scans(std::vector<std::optional<KeySet>>& chosen);
  void post_literals(AccessIndex& index, std::vector<std::optional<KeySet>>& chosen);

  const RuleSet& rules_;
  const ExprPool& pool_;
  Phase phase_;
  const std::vector<bool>& reads_captures_;
  std::size_t looked_into_ = 0;  // lets, by the rule in hand
  std::vector<Dimension> dimensions_;
  std::vector<bool> used_;
  std::map<std::tuple<ExprId, Dimension::Kind, bool, StepOrder>, std::uint32_t> dimension_ids_;
  std::unordered_map<std::uint64_t, std::uint32_t> key_uses_;  // by hash: how many rules could be posted there
  std::map<std::pair<std::uint32_t, Cidr>, std::uint32_t> prefix_uses_;
  /// Literals of one dimension, in the order in which they were met.
  struct Literals {
    std::vector<std::pair<std::string, bool>> texts;  // and nocase
    std::map<std::pair<std::string, bool>, std::uint32_t> numbers;
    std::vector<std::uint32_t> uses;             // rules that could be posted there
    std::vector<std::uint32_t> numbers_of_hits;  // what the scan reports, for those that a chosen key speaks of
    std::uint32_t hits = 0;
  };
  std::unordered_map<std::uint32_t, Literals> literals_;                             // by dimension
  std::unordered_map<std::uint32_t, std::vector<std::string>> literals_of_pattern_;  // by PatternId
  std::unordered_map<std::uint32_t, std::uint32_t> atom_uses_;  // by ExprId: rules that have this condition
};

}  // namespace sprx
