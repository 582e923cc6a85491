// Briefs: every kind of step says what the rule says, and what a brief cannot say is left to the rule.
#include "compiler/table/brief.h"

#include <gtest/gtest.h>
#include <set>

#include "compiler/compile.h"
#include "compiler/table/index.h"
#include "runtime/decide/inputs.h"
#include "tests/decide/program_maker.h"

namespace sprx::test {
namespace {

using StepKind = BriefStep::Kind;

constexpr const char* kRules = R"(rule a { when path == "/a"; redirect 301 "/to/a"; }
rule b { when path == "/b"; redirect 302 "//b.example/"; }
rule c { when path == "/c"; redirect 302 "https://c.example/x y"; }
rule d { when path == "/d"; redirect 302 "http://d.example/?q=1#f"; }
rule e { when path == "/e" and host != "e.example"; deny { body "no"; } }
rule f { when path under "/f/" and method == "POST"; deny; }
rule g { when path under "/g" and host under "example"; respond 200 { body "plain"; } }
rule h { when path starts_with "/h" and header["X"] == "1"; set header["H"] = "h"; }
rule i { when path starts_with "/h" and header["X"] != "1"; add header["I"] = "i"; }
rule j { when path ends_with "/end" and header["X"] contains "2"; origin "second"; deny 404; }
rule k { when path ends_with ".html"; unset header["X"]; set header["K"] = "k"; }
rule l { when path == "/l"; respond 200 { body "<p>${host}"; } }
)";

std::vector<StepKind> kinds_of(const DecisionTable& table, std::uint32_t rule) {
  std::vector<StepKind> out;
  for (const BriefStep& step : table.index().briefs[0].of(rule)) out.push_back(step.kind);
  return out;
}

/// What both evaluators make of one message.
struct Both {
  Decision fast;
  Decision plain;
};

Both decide_both(const DecisionTable& table, Message& message, Scratch& scratch) {
  const RequestFacts& facts = message.facts(table.rules());
  TestLedger ledger;
  Both out;
  decide_request(table, facts, {}, ledger, scratch, message.arena(), out.fast);
  decide_plain(table, Phase::request, facts, nullptr, {}, ledger, message.arena(), out.plain);
  return out;
}

TEST(Brief, says_what_the_rule_says) {
  const Compilation made = compile(MemoryFiles{{"main.sprx", kRules}}, {.lints = false});
  ASSERT_TRUE(made.ok()) << render(made.diagnostics, made.sources, {.color = false});
  const DecisionTable& table = *made.table;
  using Kinds = std::vector<StepKind>;
  EXPECT_EQ(kinds_of(table, 0), (Kinds{StepKind::equal, StepKind::redirect}));
  EXPECT_EQ(kinds_of(table, 1), (Kinds{StepKind::equal, StepKind::redirect}));
  EXPECT_EQ(kinds_of(table, 2), (Kinds{StepKind::equal, StepKind::act}));  // the blank is encoded
  EXPECT_EQ(kinds_of(table, 3), (Kinds{StepKind::equal, StepKind::redirect}));
  EXPECT_EQ(kinds_of(table, 5), (Kinds{StepKind::under_path, StepKind::equal, StepKind::deny}));
  EXPECT_EQ(kinds_of(table, 8), (Kinds{StepKind::starts_with, StepKind::equal, StepKind::add}));
  EXPECT_EQ(kinds_of(table, 10), (Kinds{StepKind::ends_with, StepKind::act}));
  Scratch scratch;
  for (const char* host : {"e.example", "www.other"}) {
    for (const char* path : {"/a", "/b", "/c", "/d", "/e", "/f/", "/f", "/g/x", "/h", "/x/end", "/i.html", "/l"}) {
      for (const char* value : {"", "1", "12"}) {
        Message message(path, host);
        if (*value != '\0') message.header("X", value);
        const auto [fast, plain] = decide_both(table, message, scratch);
        EXPECT_EQ(describe(table.rules(), Phase::request, fast), describe(table.rules(), Phase::request, plain))
            << message.text();
      }
    }
  }
}

// A location that goes out as it is is not made, whoever works it out: it counts against no bound.
TEST(Brief, a_constant_location_counts_for_neither_evaluator) {
  std::string rules;
  std::string value;
  for (int i = 0; i < 64; ++i) value += "${header[\"X\"]}";
  for (int i = 0; i < 6; ++i) {
    rules += "rule r" + std::to_string(i) + " { set header[\"Y\"] = \"" + std::to_string(i) + value + "\"; }\n";
  }
  rules += "rule z { redirect 301 \"/" + std::string(60'000, 'z') + "\"; }\n";
  const Compilation made = compile(MemoryFiles{{"main.sprx", rules}}, {.lints = false});
  ASSERT_TRUE(made.ok()) << render(made.diagnostics, made.sources, {.color = false});
  const DecisionTable& table = *made.table;
  std::set<Outcome> outcomes;
  // So that what the six make is a little more or less than the bound.
  for (std::size_t size = kMaxMadeTextInAll / 6 / 64 - 200; size < kMaxMadeTextInAll / 6 / 64 + 50; size += 10) {
    Scratch scratch;
    Message message("/", "a.example");
    const std::string filler(size, 'x');
    message.header("X", filler);
    const auto [fast, plain] = decide_both(table, message, scratch);
    EXPECT_EQ(fast.outcome, plain.outcome) << size;
    outcomes.insert(fast.outcome);
  }
  EXPECT_EQ(outcomes, (std::set<Outcome>{Outcome::redirect, Outcome::failed}));
}

}  // namespace
}  // namespace sprx::test
