// Growth by counting: how many rules the walk looks at, not how long it takes.
#include "compiler/table/index.h"

#include <gtest/gtest.h>

#include "compiler/table/access_builder.h"
#include "runtime/decide/state.h"
#include "tests/decide/builder.h"

namespace sprx::test {
namespace {

std::uint64_t tried(const DecisionTable& table, Message& message) {
  Scratch scratch;
  FreshLedger ledger;
  Decision decision;
  decide_request(table, message.facts(table.rules()), {}, ledger, scratch, message.arena(), decision);
  return scratch.state().tried;
}

constexpr int kMany = 10'000;

TEST(Index, ten_thousand_exact_paths_are_one_look_up) {
  Builder b;
  for (int i = 0; i < kMany; ++i) {
    const std::string n = std::to_string(i);
    b.rule("r" + n, b.op(Op::equal, b.field(Field::path), b.path("/p/" + n)), {b.redirect(b.text("/q/" + n))});
  }
  const auto table = b.build();
  Message hit("/p/777");
  EXPECT_EQ(tried(*table, hit), 1U);
  Message miss("/p/x");
  EXPECT_EQ(tried(*table, miss), 0U);
}

TEST(Index, prefixes_hosts_and_templates_are_found_by_their_steps) {
  Builder b;
  const ExprId path = b.field(Field::path);
  const ExprId host = b.field(Field::host);
  for (int i = 0; i < 2000; ++i) {
    const std::string n = std::to_string(i);
    b.rule("u" + n,
           b.all({b.op(Op::equal, b.field(Field::method), b.text("GET")), b.op(Op::under, path, b.path("/u/" + n))}),
           {});
    b.rule("h" + n, b.op(Op::under, host, b.host("h" + n + ".org")), {});
    b.rule("t" + n, b.like(path, "/t/" + n + "/{x}", TemplateKind::path, 0), {});
    b.rule("o" + n, b.like(path, "/o/" + n + "[/{x}]", TemplateKind::path, 0), {});
    b.rule("b" + n, b.all({b.op(Op::equal, host, b.host("shop.org")), b.op(Op::equal, path, b.path("/same"))}), {});
    b.rule("c" + n, b.all({b.op(Op::equal, host, b.host("c" + n + ".org")), b.op(Op::equal, path, b.path("/index"))}),
           {});
  }
  const auto table = b.build();
  EXPECT_TRUE(table->index().access[0].residual().empty()) << dump(*table);
  for (const auto& [target, authority, expected] : {std::tuple{"/u/5/x/y", "none.org", 1U},
                                                    {"/x", "www.h7.org", 1U},
                                                    {"/t/9/z", "none.org", 1U},
                                                    {"/o/3", "none.org", 1U},
                                                    {"/index", "c1999.org", 1U},
                                                    {"/index", "none.org", 0U},
                                                    {"/same", "shop.org", 2000U},
                                                    {"/", "none.org", 0U}}) {
    Message m(target, authority);
    EXPECT_EQ(tried(*table, m), expected) << target << " " << authority;
  }
}

TEST(Index, addresses_headers_and_queries_are_found_by_value) {
  Builder b;
  for (int i = 0; i < 2000; ++i) {
    const std::string n = std::to_string(i);
    b.rule(
        "ip" + n,
        b.in_cidr(b.field(Field::client_ip), "10." + std::to_string(i / 250) + "." + std::to_string(i % 250) + ".0/24"),
        {});
    b.rule("header" + n, b.op(Op::equal, b.field(Field::header, "x"), b.text(n)), {});
    b.rule("query" + n, b.in(b.field(Field::query_all, "k"), b.list(KeyKind::string, {n, "also" + n})), {});
    b.rule("either" + n,
           b.any({b.op(Op::equal, b.field(Field::path), b.path("/" + n)),
                  b.op(Op::equal, b.field(Field::cookie, "c"), b.text(n))}),
           {});
  }
  const auto table = b.build();
  EXPECT_TRUE(table->index().access[0].residual().empty());
  Message m("/1?k=zz&k=also3", "a.org");
  m.header("X", "4").header("X-Forwarded-For", "10.2.3.4").header("Cookie", "c=6");
  EXPECT_EQ(tried(*table, m), 5U);
}

TEST(Index, the_most_selective_part_of_a_condition_is_taken) {
  Builder b;
  const ExprId api = b.op(Op::under, b.field(Field::path), b.path("/api"));
  for (int i = 0; i < 1000; ++i) {
    b.rule("r" + std::to_string(i),
           b.all({api, b.op(Op::equal, b.field(Field::header, "x"), b.text(std::to_string(i)))}), {});
  }
  const auto table = b.build();
  Message m("/api/x");
  m.header("X", "17");
  EXPECT_EQ(tried(*table, m), 1U);
}

TEST(Index, a_condition_that_rules_share_is_tested_once_for_all) {
  Builder b;
  const ExprId bots = b.in(b.field(Field::header, "user-agent"), b.list(KeyKind::pattern, {"bot", "spider"}));
  for (int i = 0; i < 1000; ++i)
    b.rule("r" + std::to_string(i), b.all({bots, b.negate(b.exists(b.field(Field::header, "x")))}), {});
  const auto table = b.build();
  Message m;
  EXPECT_EQ(tried(*table, m), 0U);
  m.header("User-Agent", "a spider");
  EXPECT_EQ(tried(*table, m), 1000U);
}

/// The condition as a let, as the compiler makes one of it.
ExprId as_let(Builder& b, ExprId condition) {
  const ExprId value =
      b.many(Op::choose, Type::boolean, {condition, b.rules.pool.boolean(true), b.rules.pool.boolean(false)});
  return b.holds(b.let(b.define_let("l" + std::to_string(b.rules.lets.size()), value)));
}

TEST(Index, a_let_is_looked_into_and_joined_with_the_other_conditions) {
  Builder b;
  const ExprId shared = b.negate(b.exists(b.field(Field::header, "x")));
  for (int i = 0; i < 1000; ++i) {
    const ExprId path = as_let(b, b.all({as_let(b, b.op(Op::under, b.field(Field::path), b.path("/shop"))), shared}));
    b.rule("r" + std::to_string(i),
           b.all({path, b.op(Op::equal, b.field(Field::host), b.host("h" + std::to_string(i) + ".org"))}), {});
  }
  const auto table = b.build();
  Message m("/shop/1", "h7.org");
  EXPECT_EQ(tried(*table, m), 1U);
  Message elsewhere("/stop/1", "h7.org");
  EXPECT_EQ(tried(*table, elsewhere), 0U);
}

TEST(Index, so_many_lets_are_looked_into_for_a_rule_and_no_more) {
  for (const std::size_t lets : {kMaxLetsOfRule, kMaxLetsOfRule + 1}) {
    Builder b;
    ExprId condition = b.op(Op::equal, b.field(Field::path), b.path("/a"));
    for (std::size_t i = 0; i < lets; ++i) condition = as_let(b, condition);
    b.rule("r", condition, {});
    const auto table = b.build();
    Message m("/b");
    EXPECT_EQ(tried(*table, m), lets == kMaxLetsOfRule ? 0U : 1U) << "past it the rule is tried for every message";
  }
}

TEST(Index, lets_that_use_each_other_twice_are_no_more_work) {
  Builder b;
  ExprId condition = b.op(Op::equal, b.field(Field::path), b.path("/a"));
  for (int i = 0; i < 60; ++i) {
    const ExprId x = b.op(Op::equal, b.field(Field::header, "x"), b.text(std::to_string(i)));
    condition = as_let(b, b.any({b.all({condition, x}), b.all({condition, b.negate(x)})}));
  }
  b.rule("r", condition, {});
  Message m("/a");
  EXPECT_EQ(tried(*b.build(), m), 1U);
}

TEST(Index, texts_in_a_header_are_found_in_one_scan) {
  Builder b;
  const ExprId agent = b.field(Field::header, "user-agent");
  for (int i = 0; i < 2000; ++i) {
    const std::string n = std::to_string(1000 + i);
    b.rule("contains" + n, b.op(Op::contains, agent, b.text("Bot" + n + "x"), i % 2 == 1), {});
    b.rule("starts" + n, b.op(Op::starts_with, agent, b.text("start" + n)), {});
    b.rule("ends" + n, b.op(Op::ends_with, agent, b.text("end-of-" + n)), {});
    b.rule("matches" + n, b.matches(agent, "crawl" + n + "[0-9]+\\b", false), {});
    b.rule("list" + n, b.in(agent, b.list(KeyKind::string, {"one-" + n, "two-" + n}, MatchMode::contains, true)), {});
    b.rule("patterns" + n, b.in(agent, b.list(KeyKind::pattern, {"^left" + n, "(right|wrong)" + n})), {});
  }
  const auto table = b.build();
  EXPECT_TRUE(table->index().access[0].residual().empty());
  for (const auto& [text, expected] :
       {std::pair{"Mozilla/5.0 (compatible; Bot1998x; +http://x.org)", 1U},
        {"bot1998x", 0U},
        {"bot1999X", 1U},
        {"xx start1007", 1U},
        {"start1007 end-of-1003", 2U},
        {"CRAWL1500", 1U},
        {"TWO-2999 one-1000", 2U},
        {"right2000 left2001", 2U},
        {"Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/119.0", 0U}}) {
    Message m;
    m.header("User-Agent", text);
    EXPECT_EQ(tried(*table, m), expected) << text;
  }
}

TEST(Index, texts_that_crowd_each_other_are_tried_for_every_message_and_not_lost) {
  // Texts of one repeated letter have one gram between them.
  Builder b;
  const ExprId agent = b.field(Field::header, "user-agent");
  for (std::size_t i = 0; i < 40; ++i) {
    b.rule("r" + std::to_string(i), b.op(Op::contains, agent, b.text(std::string(5 + i, 'a'))), {});
  }
  const auto table = b.build();
  const std::size_t residual = table->index().access[0].residual().size();
  EXPECT_GT(residual, 0U);
  EXPECT_LT(residual, 40U);
  Message m;
  m.header("User-Agent", std::string(24, 'a'));
  EXPECT_EQ(decide(*table, m).matched.size(), 20U);
}

TEST(Index, rules_without_a_key_are_tried_in_source_order_between_the_others) {
  Builder b;
  const ExprId path = b.field(Field::path);
  b.rule("1", b.negate(b.op(Op::equal, path, b.path("/x"))), {});
  b.rule("2", b.op(Op::equal, path, b.path("/a")), {});
  b.rule("3", b.always(), {});
  b.rule("4", b.op(Op::under, path, b.path("/a")), {b.terminal(ActionWord::forward)});
  b.rule("5", b.always(), {});
  const auto table = b.build();
  Message a("/a");
  EXPECT_EQ(describe(table->rules(), Phase::request, decide(*table, a)),
            "forward | by=4 | rule=1 | rule=2 | rule=3 | rule=4");
  Message x("/x");
  EXPECT_EQ(describe(table->rules(), Phase::request, decide(*table, x)), "pass | rule=3 | rule=5");
}

TEST(Index, equal_programs_have_equal_versions_and_others_not) {
  const auto version = [](std::string_view path, std::uint32_t line) {
    Builder b;
    b.rule("r", b.op(Op::equal, b.field(Field::path), b.path(path)), {b.terminal(ActionWord::forward)});
    b.rules.rules[0][0].line = line;
    return b.build()->version();
  };
  EXPECT_EQ(version("/a", 1), version("/a", 1));
  EXPECT_EQ(version("/a", 1), version("/a", 7));  // where a rule stands says nothing about what it means
  EXPECT_NE(version("/a", 1), version("/b", 1));
  EXPECT_EQ(version("/a", 1).size(), 16U);
}

TEST(Index, an_empty_table_lets_everything_pass) {
  const auto table = empty_table();
  Message m;
  EXPECT_EQ(describe(table->rules(), Phase::request, decide(*table, m)), "pass");
}

}  // namespace
}  // namespace sprx::test
