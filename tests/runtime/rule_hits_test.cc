// Matches of rules, counted by several workers and carried from table to table.
#include "runtime/rule_hits.h"

#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "compiler/compile.h"
#include "tests/runtime/proxy_fixture.h"

namespace sprx {
namespace {

using testing::ElementsAre;

constexpr std::size_t kWorkers = 2;

std::vector<std::string> shown(const HitBook::Report& report) {
  std::vector<std::string> out;
  for (const HitBook::Hit& rule : report.rules) {
    out.push_back(rule.name + (rule.dry_run ? "? " : " ") + std::to_string(rule.matches));
  }
  if (report.left_out > 0) {
    out.push_back(std::to_string(report.left_out) + " others " + std::to_string(report.others) + " " +
                  std::to_string(report.others_would));
  }
  return out;
}

std::string rule(const std::string& name, bool dry_run = false) {
  return "rule " + name + " { when path == \"/" + name + "\"; " + (dry_run ? "dry_run; " : "") + "deny; }\n";
}

void count(RuleHits& hits, std::size_t worker, Phase phase, std::vector<RuleIndex> rules) {
  hits.count(worker, phase, rules);
}

TEST(RuleHits, AddsUpWorkersAndKnowsBothPhases) {
  HitBook book(kWorkers);
  const auto table = table_of(rule("a") + "response rule z { unset response.header[\"X\"]; }\n" + rule("b", true));
  const auto hits = book.bind(table->rules());
  count(*hits, 0, Phase::request, {0, 1});
  count(*hits, 1, Phase::request, {1});
  count(*hits, 1, Phase::response, {0});
  EXPECT_THAT(shown(book.report(10)), ElementsAre("a 1", "b? 2", "z 1"));
  EXPECT_THAT(shown(book.top(10)), ElementsAre("b? 2", "a 1", "z 1"));
}

TEST(RuleHits, CountsTheLinesOfRedirectsTogether) {
  const TempFolder folder;
  std::ofstream(folder.path() / "one.tsv") << "/1\t/x\n/2\t/y\n";
  std::ofstream(folder.path() / "two.tsv") << "/3\t/x\n/4\t/y\n";
  std::ofstream(folder.path() / "main.sprx")
      << rule("a") +
             "redirects one from \"one.tsv\" { status 301; }\nredirects two from \"two.tsv\" { status 301; }\n" +
             rule("b");
  const Compilation result = compile(folder.path(), {.lints = false});
  ASSERT_TRUE(result.ok());
  HitBook book(kWorkers);
  const auto hits = book.bind(result.table->rules());
  count(*hits, 0, Phase::request, {1, 2, 2, 3, 5});
  EXPECT_THAT(shown(book.report(10)), ElementsAre("a 0", "one 3", "two 1", "b 1"));
}

TEST(RuleHits, GoOnAfterAReloadByNameAndBeginAnewWhenARuleGoesOnTrial) {
  HitBook book(kWorkers);
  auto first = book.bind(table_of(rule("a") + rule("b") + rule("c"))->rules());
  count(*first, 0, Phase::request, {0, 1, 2});
  const auto second = book.bind(table_of(rule("c") + rule("b", true) + rule("d"))->rules());
  count(*second, 0, Phase::request, {0, 1, 2});
  EXPECT_THAT(shown(book.report(10)), ElementsAre("c 2", "b? 1", "d 1"));
  // A request that began before still counts, and nothing is lost when its table goes.
  count(*first, 1, Phase::request, {2, 2});
  EXPECT_THAT(shown(book.report(10)), ElementsAre("c 4", "b? 1", "d 1"));
  EXPECT_TRUE(book.collect());
  first.reset();
  EXPECT_FALSE(book.collect());
  EXPECT_THAT(shown(book.report(10)), ElementsAre("c 4", "b? 1", "d 1"));
}

TEST(RuleHits, LoseNothingWhereATableInTheMiddleGoesFirst) {
  HitBook book(kWorkers);
  auto first = book.bind(table_of(rule("a") + rule("b"))->rules());
  auto second = book.bind(table_of(rule("b") + rule("a"))->rules());
  auto third = book.bind(table_of(rule("x") + rule("a") + rule("b"))->rules());
  count(*first, 0, Phase::request, {0});
  count(*second, 0, Phase::request, {0, 1});
  second.reset();
  EXPECT_TRUE(book.collect());
  count(*first, 1, Phase::request, {0, 1});
  count(*third, 1, Phase::request, {0, 1});
  EXPECT_THAT(shown(book.report(10)), ElementsAre("x 1", "a 4", "b 2"));
  first.reset();
  EXPECT_FALSE(book.collect());
  EXPECT_THAT(shown(book.report(10)), ElementsAre("x 1", "a 4", "b 2"));
}

TEST(RuleHits, PastTheBoundAreCountedTogether) {
  HitBook book(kWorkers);
  const auto hits = book.bind(table_of(rule("a") + rule("b") + rule("c", true) + rule("d"))->rules());
  count(*hits, 0, Phase::request, {0, 1, 2, 2, 3});
  EXPECT_THAT(shown(book.report(4)), ElementsAre("a 1", "b 1", "c? 2", "d 1"));
  EXPECT_THAT(shown(book.report(3)), ElementsAre("a 1", "b 1", "c? 2", "1 others 1 0"));
  EXPECT_THAT(shown(book.report(1)), ElementsAre("a 1", "3 others 2 2"));
  EXPECT_THAT(shown(book.top(1)), ElementsAre("c? 2", "3 others 3 0"));
}

TEST(Histogram, HoldsABoundInItsBucketAndWhatIsLongerInTheNext) {
  Histogram histogram;
  for (const std::int64_t us : {0, 100, 101, 60'000'000, 60'000'001}) histogram.observe(us);
  EXPECT_EQ(histogram.counts[0].value(), 2U);
  EXPECT_EQ(histogram.counts[1].value(), 1U);
  EXPECT_EQ(histogram.counts[Histogram::kBoundsUs.size() - 1].value(), 1U);
  EXPECT_EQ(histogram.counts[Histogram::kBoundsUs.size()].value(), 1U);
  EXPECT_EQ(histogram.sum_us.value(), 120'000'202U);
}

}  // namespace
}  // namespace sprx
