// Random programs and messages over a small vocabulary, so that things meet; everything follows from the choices.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tests/decide/builder.h"
#include "tests/decide/choices.h"

namespace sprx::test {

class ProgramMaker {
 public:
  explicit ProgramMaker(std::uint64_t seed) : choices_(seed) {}
  /// `input` has to outlive this.
  explicit ProgramMaker(std::string_view input) : choices_(input) {}

  /// Whether patterns bind captures. RE2 allocates when it does, and only then.
  bool pattern_captures = true;

  /// A program with rules in both phases: all operators, kinds of keys, captures, lets, groups.
  std::shared_ptr<const DecisionTable> program();
  Message message();
  /// Messages are made of the other end of the input from here on.
  void turn_to_messages() { choices_.turn(); }
  [[nodiscard]] bool more() const { return choices_.more(); }
  /// Turns some flags and puts some keys into dynamic lists.
  void fill(OwnLive& live);
  /// One condition without captures, of the kind that `number` says (below kAtoms).
  static constexpr std::size_t kAtoms = 36;
  ExprId atom(Builder& b, std::size_t number);

 private:
  std::size_t below(std::size_t n) { return choices_.below(n); }
  /// Whether the text that is to be made is one of any letters.
  bool freely() { return choices_.free() && chance(25); }
  bool chance(int percent) { return below(100) < static_cast<std::size_t>(percent); }
  template <typename Range>
  const auto& one_of(const Range& range) {
    return range[below(std::size(range))];
  }
  std::string segment();
  std::string path_text();
  std::string host_text();
  std::string word();
  std::string address_text();
  /// One of `known`, or one that compiles, with and without regard to case, and has no named groups.
  std::string pattern_text(std::span<const std::string_view> known);
  std::string template_text(std::span<const std::string_view> known, TemplateKind kind);
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

  Choices choices_;
  std::uint32_t next_slot_ = 0;
  std::uint32_t lets_ = 0;  ///< those that are texts come first
  std::vector<ExprId> conditions_;
  bool response_ = false;
};

}  // namespace sprx::test
