// RuleFinder: which of the conditions that were added hold at a point, without trying each: every condition is kept
// under one key that it needs (a path, the beginning of one, a host, a network …), the rarest of those that it has.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "compiler/sets/box.h"

namespace sprx::sets {

class RuleFinder {
 public:
  explicit RuleFinder(Space& space) : space_(space) {}

  void add(std::uint32_t rule, ExprId condition);
  /// The rules whose condition holds there, in the order they were added.
  void find(Point& point, std::vector<std::uint32_t>& out);
  /// Every rule that may hold where the subjects have these values, in the order they were added: all those kept under
  /// a subject whose value is not known.
  void candidates(const std::function<std::optional<Value>(ExprId)>& value_of, std::vector<std::uint32_t>& out) const;

  /// Subjects whose value is asked for at each point: what looking up costs at least.
  [[nodiscard]] std::size_t asked() const { return dimensions_.size(); }
  /// Conditions tried by all `find`s so far, for tests of the cost.
  [[nodiscard]] std::uint64_t tried() const { return tried_; }

 private:
  struct Dimension {
    enum class Kind : std::uint8_t { equal, prefix, suffix, part, integer, address };
    ExprId subject = kNoExpr;
    Kind kind = Kind::equal;
    std::vector<std::size_t> sizes;  ///< of the prefixes, suffixes, parts, networks (bits) in use, ascending
  };
  struct Entry {
    std::uint32_t rule;
    ExprId condition;
  };
  struct Key {
    std::uint64_t hash;
    std::uint32_t dimension;
  };
  /// Keys of which a point has to have one.
  using Keys = std::vector<Key>;

  std::uint32_t dimension(ExprId subject, Dimension::Kind kind);
  Key text_key(ExprId subject, Dimension::Kind kind, std::string_view text);
  static Key key_of(std::uint32_t dimension, std::uint64_t what, std::size_t size);
  void keys_of(ExprId condition, std::vector<Keys>& out);
  void part_keys(ExprId subject, std::string_view text, std::vector<Keys>& out);
  void pattern_keys(ExprId subject, const Pattern& pattern, std::vector<Keys>& out);
  void note_patterns(std::uint32_t rule, ExprId whole, ExprId condition);
  void keys_of_atom(const Atom& atom, std::vector<Keys>& out);
  template <typename ValueOf, typename Take>
  void visit(const ValueOf& value_of, const Take& take) const;

  Space& space_;
  std::vector<Dimension> dimensions_;
  std::map<std::pair<std::uint32_t, Dimension::Kind>, std::uint32_t> ids_;
  std::unordered_map<std::uint64_t, std::vector<Entry>> postings_;
  std::vector<std::vector<Entry>> of_dimension_;  ///< all that is kept under its keys
  std::vector<Entry> rest_;
  /// By the patterns that a condition asks for: at a point whose value is a guess no key need be found in it.
  std::unordered_map<std::uint32_t, std::vector<Entry>> by_pattern_;
  std::uint64_t tried_ = 0;
};

}  // namespace sprx::sets
