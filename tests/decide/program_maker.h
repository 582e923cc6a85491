// Random programs and messages over a small vocabulary, so that things meet; everything follows from the seed.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "tests/decide/builder.h"

namespace sprx::test {

class ProgramMaker {
 public:
  explicit ProgramMaker(std::uint64_t seed) : random_(seed) {}

  /// Whether patterns bind captures. RE2 allocates when it does, and only then.
  bool pattern_captures = true;

  /// A program with rules in both phases: all operators, kinds of keys, captures, lets, groups.
  std::shared_ptr<const DecisionTable> program();
  Message message();
  /// Turns some flags and puts some keys into dynamic lists.
  void fill(OwnLive& live);
  /// One condition without captures, of the kind that `number` says (below kAtoms).
  static constexpr std::size_t kAtoms = 36;
  ExprId atom(Builder& b, std::size_t number);

 private:
  std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random_); }
  bool chance(int percent) { return below(100) < static_cast<std::size_t>(percent); }
  template <typename Range>
  const auto& one_of(const Range& range) {
    return range[below(std::size(range))];
  }
  std::string path_text();
  std::string host_text();
  std::string word();
  std::string address_text();
  /// What one of the other functions makes of a header, an address or the Accept headers.
  ExprId made_text(Builder& b);
  ExprId score(Builder& b, int depth);
  std::vector<std::string> rows(std::size_t kind);
  ExprId text_field(Builder& b);
  ExprId list_atom(Builder& b);
  std::string fragment();
  ExprId literal_atom(Builder& b);
  ExprId capture_atom(Builder& b);
  ExprId condition(Builder& b, int depth);
  ExprId value(Builder& b, int depth);
  void add_lets(Builder& b);
  /// An atom, or a let that is a condition.
  ExprId plain_condition(Builder& b);
  std::uint32_t dynamic_list(Builder& b, KeyKind kind);
  LimitId limit(Builder& b);
  Guard guard(Builder& b, Phase phase);
  void add_rule(Builder& b, Phase phase, const std::vector<ExprId>& groups);
  std::vector<Action> actions(Builder& b, Phase phase);

  std::mt19937_64 random_;
  std::uint32_t next_slot_ = 0;
  std::uint32_t lets_ = 0;  ///< those that are texts come first
  std::vector<ExprId> conditions_;
  bool response_ = false;
};

}  // namespace sprx::test
