// Space: what the conditions of one program speak of, as a space of points that requests are mapped into. A point gives
// a value to every subject (a field, `header["X"]`, a let, a function of them) and a truth to every opaque condition.
//
// Why proofs in it hold for requests. Every request is one point, though not every point is a request: subjects are
// taken as independent of each other although `path` and `path.extension` are not, and an opaque condition (a
// comparison of two values, a flag) may be true or false whatever the subjects are. So the space is too large, never
// too small. A condition is represented in it exactly: as a boolean formula over atoms, each of which is the true set
// of its subject's values or an opaque variable named by its (hash-consed) id. Hence "no point satisfies this formula"
// means "no request does": that is the only thing that is ever claimed. The other answer, "some point does", claims
// nothing. What would break this is an atom that means different things in two places; those are conditions that read
// captures (slots are used again by every rule) and they are `free`: whoever uses them must take them as true and as
// false, whichever is the safe side. A bound that is reached is "unknown", never "no".
//
// The plan is that of decision tables and of packet classifiers: conditions as boxes, first match wins, a rule is
// shadowed when the union of the earlier ones covers its box (Pooch, "Translation of Decision Tables", ACM Computing
// Surveys 1974; Al-Shaer and Hamed, "Discovery of Policy Anomalies in Distributed Firewalls", INFOCOM 2004; Yuan et
// al., "FIREMAN", S&P 2006). Unlike there, no box is ever taken apart or compared with every other: a point of the
// later rule is looked for that no earlier rule takes, and only rules that take the point that was found are brought in
// (see prove.h).
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "compiler/sets/ranges.h"
#include "compiler/table/key_lookup.h"
#include "compiler/table/rules.h"

namespace sprx::sets {

/// What kind of values an atom is about, and so how sets of them are decided.
enum class Sort : std::uint8_t {
  fixed,    ///< always or never true
  free,     ///< depends on captures: nothing may be concluded
  opaque,   ///< true or false, known by its id only
  text,     ///< of one text
  texts,    ///< of some element of a list of texts
  integer,  ///< numbers and times
  address,
};

struct Atom {
  Sort sort = Sort::opaque;
  bool truth = false;        ///< fixed
  ExprId id = kNoExpr;       ///< equal for atoms that mean the same
  ExprId subject = kNoExpr;  ///< text, texts, integer, address
};

/// What the values of a subject can be at all. Larger than what requests hold, never smaller.
struct Domain {
  enum class Kind : std::uint8_t { any, path, host, lower, some };
  Kind kind = Kind::any;
  bool may_be_absent = true;
  std::vector<std::string> texts;  ///< some: one of these
  Integers integers;
};

/// Most texts that are tried one by one.
inline constexpr std::size_t kMaxTried = 200'000;
/// What the search of a text in a pattern counts as, against one comparison.
inline constexpr std::size_t kSearchCost = 8;

class Space {
 public:
  /// A list or table without rows is taken for one that may get some.
  explicit Space(const RuleSet& rules) : rules_(rules) {}

  [[nodiscard]] const RuleSet& rules() const { return rules_; }
  /// Counts `count` comparisons, or as much of copying and looking through.
  void spend(std::size_t count) { spent_ += count; }
  [[nodiscard]] std::uint64_t spent() const { return spent_; }
  /// From here on so much may be spent; without this, anything.
  void allow(std::uint64_t work) { most_ = spent_ + work; }
  /// Whether more was spent: whoever asks then hears "unknown".
  [[nodiscard]] bool exhausted() const { return spent_ > most_; }

  [[nodiscard]] const ExprPool& pool() const { return rules_.pool; }
  /// The atom of a condition that is none of all, any, negate, holds.
  const Atom& atom(ExprId condition);
  /// Whether a value or condition reads captures; binding some does not count.
  bool reads_captures(ExprId id);
  /// A let is its value.
  [[nodiscard]] ExprId resolve(ExprId value) const;
  /// For `holds`: the condition that the boolean value is, if it is one and its negation if `*negated`; kNoExpr
  /// otherwise.
  [[nodiscard]] ExprId condition_of(ExprId value, bool* negated) const;
  const Domain& domain(ExprId subject);
  [[nodiscard]] bool in_domain(const Domain& domain, std::string_view text) const;

  /// Whether an atom holds for a text that is present.
  MatchOutcome text_holds(ExprId atom, std::string_view text);
  /// The numbers, and addresses, that an atom holds for.
  const Integers& integers(ExprId atom);
  const Addresses& addresses(ExprId atom);

  /// Where the row that wins is looked up.
  const KeyLookup& rows_of(TableId table);

  /// Texts outside of which an atom holds for none; nothing when there are too many to list.
  std::optional<std::vector<std::string_view>> finite_texts(ExprId atom, bool* folded) const;
  /// Whether the atom does not tell capitals from small letters.
  [[nodiscard]] bool folds(ExprId atom) const;
  /// The constant on the right of a text comparison.
  [[nodiscard]] std::string_view constant(const Expr& e) const;

 private:
  Atom classify(ExprId condition);
  Atom compare(ExprId id, const Expr& e);
  [[nodiscard]] Sort sort_of(Type type) const;
  [[nodiscard]] bool is_constant(ExprId id) const;
  [[nodiscard]] bool always_present(ExprId id) const;
  Domain make_domain(ExprId subject) const;
  const KeyLookup& lookup(const Expr& e);
  [[nodiscard]] const Keys& keys(const Expr& e) const;

  const RuleSet& rules_;
  std::uint64_t spent_ = 0;
  std::uint64_t most_ = std::numeric_limits<std::uint64_t>::max();
  std::unordered_map<std::uint32_t, Atom> atoms_;
  std::unordered_map<std::uint64_t, ExprId> same_;  ///< like and matches, whatever slots they bind
  std::unordered_map<std::uint32_t, bool> reads_;
  std::unordered_map<std::uint32_t, Domain> domains_;
  std::unordered_map<std::uint32_t, Integers> integers_;
  std::unordered_map<std::uint32_t, Addresses> addresses_;
  std::unordered_map<std::uint64_t, KeyLookup> lookups_;  ///< by list (even) and table (odd)
  std::unordered_map<std::uint32_t, KeyLookup> rows_;     ///< by table
};

}  // namespace sprx::sets
