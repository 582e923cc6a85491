// Judge: what one finished journey is to the expectations of its test. Private to run_tests.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/decide/journey.h"
#include "runtime/decide/run_tests.h"

namespace sprx {

class Judge {
 public:
  Judge(const DecisionTable& table, Journey& journey, std::vector<TestFailure>& out)
      : table_(table), rules_(table.rules()), journey_(journey), out_(out) {}

  void judge(const Expectation& expected);
  /// Full name of a rule.
  [[nodiscard]] std::string name_of(RuleRef rule) const;

 private:
  void outcome(const Expectation& expected);
  void rule(const Expectation& expected);
  void log(const Expectation& expected);
  void part(const Expectation& expected, const ExpectedPart& part);
  [[nodiscard]] bool came_to(Expected what) const;
  [[nodiscard]] std::string happened() const;
  /// The rule that ended the request, of either phase.
  [[nodiscard]] std::optional<RuleRef> ender() const;
  [[nodiscard]] std::string ender_text() const;
  /// A rule with `dry_run` that would have brought about what is expected.
  [[nodiscard]] std::optional<RuleRef> on_trial(const Expectation& expected) const;
  [[nodiscard]] bool gives(const Action& action, const Expectation& expected) const;
  [[nodiscard]] std::optional<std::string> location() const;
  [[nodiscard]] std::optional<std::string> found(const Expectation& expected, const ExpectedPart& part) const;
  /// The last rule that matched and has an action on the part.
  [[nodiscard]] std::optional<RuleRef> editor(const ExpectedPart& part, bool answer) const;
  [[nodiscard]] std::optional<RuleRef> last_with(Phase phase, const auto& is_it) const;
  /// Rules of that name, or below it, that matched; with `trial` those with `dry_run` that would have.
  [[nodiscard]] std::vector<RuleRef> matched(std::string_view name, bool trial) const;
  void no_match(const Expectation& expected, bool trial);
  void wrong_word(const Expectation& expected, RuleRef rule);
  void why_no_rule(const Expectation& expected, RuleRef rule);
  TestFailure& fail(TestFailure::Of of, PlaceId place, std::string expected, std::string got);

  const DecisionTable& table_;
  const RuleSet& rules_;
  Journey& journey_;
  std::vector<TestFailure>& out_;
};

/// Text in backquotes, shortened where it is very long.
[[nodiscard]] std::string in_ticks(std::string_view text);

}  // namespace sprx
