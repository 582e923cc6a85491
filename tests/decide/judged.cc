// What tests ask of both evaluators at once.
#include <gtest/gtest.h>

#include "tests/decide/builder.h"

namespace sprx::test {

Decision decide(const DecisionTable& table, Message& message, Phase phase, const LiveView& live) {
  static Scratch scratch;
  Decision decided;
  EXPECT_EQ(difference(table, live, message, phase, scratch, &decided), "");
  return decided;
}

bool holds(Builder& builder, ExprId condition, Message& message, Phase phase) {
  Builder copy;
  copy.rules = builder.rules;
  copy.rule("one", condition, {}, phase);
  // Once alone, once among rules that make its parts shared, so that it is found by a gate where it can be.
  copy.rule("two", condition, {}, phase);
  const auto table = copy.build();
  const Decision decision = decide(*table, message, phase);
  EXPECT_NE(decision.matched.size(), 1U);
  return !decision.matched.empty();
}

std::string value_of(Builder& builder, ExprId id, Message& message, Phase phase) {
  Builder copy;
  copy.rules = builder.rules;
  copy.rule("one", copy.always(), {copy.edit(ActionWord::log, Target::none, {"v"}, id)}, phase);
  const auto table = copy.build();
  const Decision decision = decide(*table, message, phase);
  return decision.log.empty() ? "absent" : std::string(decision.log[0].value);
}

}  // namespace sprx::test
