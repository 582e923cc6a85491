#include <gtest/gtest.h>

#include "tests/decide/builder.h"

namespace sprx::test {
namespace {

TEST(Conditions, equality_is_exact_and_nocase_is_ascii) {
  Builder b;
  Message m("/a");
  m.header("X", "Value");
  const ExprId x = b.field(Field::header, "x");
  EXPECT_TRUE(holds(b, b.op(Op::equal, x, b.text("Value")), m));
  EXPECT_FALSE(holds(b, b.op(Op::equal, x, b.text("value")), m));
  EXPECT_TRUE(holds(b, b.op(Op::equal, x, b.text("vALUE"), true), m));
  EXPECT_FALSE(holds(b, b.op(Op::equal, x, b.text("Value "), true), m));
}

TEST(Conditions, a_comparison_with_absent_is_false_and_its_negation_true) {
  Builder b;
  Message m("/a");
  const ExprId x = b.field(Field::header, "x");
  const std::uint32_t list = b.list(KeyKind::string, {"", "a"});
  for (const ExprId c :
       {b.op(Op::equal, x, b.text("")), b.op(Op::contains, x, b.text("")), b.in(x, list), b.matches(x, ".*"),
        b.op(Op::starts_with, x, b.text("")), b.op(Op::less, b.call(Function::int_of, {x}), b.number(5))}) {
    EXPECT_FALSE(holds(b, c, m));
    EXPECT_TRUE(holds(b, b.negate(c), m));
  }
  EXPECT_FALSE(holds(b, b.exists(x), m));
}

TEST(Conditions, exists_is_true_for_an_empty_value) {
  Builder b;
  Message m("/a?k");
  EXPECT_TRUE(holds(b, b.exists(b.field(Field::query, "k")), m));
  EXPECT_TRUE(holds(b, b.op(Op::equal, b.field(Field::query, "k"), b.text("")), m));
  EXPECT_FALSE(holds(b, b.exists(b.field(Field::query, "l")), m));
}

TEST(Conditions, numbers_compare_and_ranges_include_both_ends) {
  Builder b;
  Message m("/", "example.com:8080");
  const ExprId port = b.field(Field::port);
  EXPECT_TRUE(holds(b, b.op(Op::equal, port, b.number(8080)), m));
  EXPECT_FALSE(holds(b, b.op(Op::less, port, b.number(8080)), m));
  EXPECT_TRUE(holds(b, b.op(Op::less_equal, port, b.number(8080)), m));
  EXPECT_TRUE(holds(b, b.op(Op::greater, port, b.number(8079)), m));
  EXPECT_TRUE(holds(b, b.op(Op::greater_equal, port, b.number(8080)), m));
  EXPECT_TRUE(holds(b, b.in_range(port, 8080, 9000), m));
  EXPECT_TRUE(holds(b, b.in_range(port, 80, 8080), m));
  EXPECT_FALSE(holds(b, b.in_range(port, 8081, 9000), m));
}

TEST(Conditions, under_goes_by_segments_of_a_path) {
  Builder b;
  const ExprId path = b.field(Field::path);
  const ExprId admin = b.op(Op::under, path, b.path("/admin"));
  const ExprId below = b.op(Op::under, path, b.path("/admin/"));
  const ExprId everything = b.op(Op::under, path, b.path("/"));
  struct Case {
    std::string path;
    bool at;
    bool deeper;
  };
  for (const Case& c :
       {Case{"/admin", true, false}, Case{"/admin/", true, true}, Case{"/admin/x/y", true, true},
        Case{"/administrator", false, false}, Case{"/", false, false}, Case{"/x/admin", false, false}}) {
    Message m(c.path);
    EXPECT_EQ(holds(b, admin, m), c.at) << c.path;
    EXPECT_EQ(holds(b, below, m), c.deeper) << c.path;
    EXPECT_TRUE(holds(b, everything, m)) << c.path;
  }
  Message star("*", "example.com", "OPTIONS");
  EXPECT_FALSE(holds(b, everything, star));
}

TEST(Conditions, under_goes_by_labels_of_a_host) {
  Builder b;
  const ExprId c = b.op(Op::under, b.field(Field::host), b.host("example.com"));
  for (const auto& [host, expected] : {std::pair{"example.com", true},
                                       {"www.example.com", true},
                                       {"a.b.EXAMPLE.com", true},
                                       {"badexample.com", false},
                                       {"example.com.evil.org", false},
                                       {"com", false}}) {
    Message m("/", host);
    EXPECT_EQ(holds(b, c, m), expected) << host;
  }
}

TEST(Conditions, fragments_are_found_at_their_places_with_and_without_case) {
  Builder b;
  Message m("/");
  m.header("User-Agent", "Mozilla/5.0 Bot");
  const ExprId ua = b.field(Field::header, "user-agent");
  EXPECT_TRUE(holds(b, b.op(Op::contains, ua, b.text("Bot")), m));
  EXPECT_FALSE(holds(b, b.op(Op::contains, ua, b.text("bot")), m));
  EXPECT_TRUE(holds(b, b.op(Op::contains, ua, b.text("bOT"), true), m));
  EXPECT_TRUE(holds(b, b.op(Op::contains, ua, b.text(""), true), m));
  EXPECT_TRUE(holds(b, b.op(Op::starts_with, ua, b.text("Mozilla")), m));
  EXPECT_FALSE(holds(b, b.op(Op::starts_with, ua, b.text("ozilla")), m));
  EXPECT_TRUE(holds(b, b.op(Op::ends_with, ua, b.text(" BOT"), true), m));
  EXPECT_FALSE(holds(b, b.op(Op::ends_with, ua, b.text("Mozilla/5.0 Bot and more")), m));
}

TEST(Conditions, a_list_of_strings_holds_for_some_element_and_its_negation_for_none) {
  Builder b;
  Message m("/?a=1&a=2&b=3");
  const ExprId a = b.field(Field::query_all, "a");
  EXPECT_TRUE(holds(b, b.op(Op::equal, a, b.text("2")), m));
  EXPECT_FALSE(holds(b, b.op(Op::equal, a, b.text("3")), m));
  EXPECT_TRUE(holds(b, b.negate(b.op(Op::equal, a, b.text("3"))), m));
  EXPECT_FALSE(holds(b, b.negate(b.op(Op::equal, a, b.text("1"))), m));
  EXPECT_TRUE(holds(b, b.in(b.field(Field::query_names), b.list(KeyKind::string, {"x", "b"})), m));
}

TEST(Conditions, captures_come_from_the_first_element_that_matched) {
  Builder b;
  Message m("/?a=x1&a=y22&a=y3");
  const ExprId c = b.matches(b.field(Field::query_all, "a"), "^y(?P<n>[0-9]+)$", false, 0);
  b.rule("r", c, {b.edit(ActionWord::log, Target::none, {"n"}, b.capture(0))});
  const auto table = b.build();
  EXPECT_EQ(describe(table->rules(), Phase::request, decide(*table, m)), "pass | rule=r | log n=22");
}

TEST(Conditions, templates_bind_and_an_unused_optional_part_binds_nothing) {
  Builder b;
  const ExprId c = b.like(b.field(Field::path), "/blog/{year}[/{slug}]", TemplateKind::path, 0);
  b.rule("r", c,
         {b.edit(ActionWord::log, Target::none, {"y"}, b.capture(0)),
          b.edit(ActionWord::log, Target::none, {"s"}, b.capture(1))});
  const auto table = b.build();
  Message both("/blog/2019/hello");
  EXPECT_EQ(describe(table->rules(), Phase::request, decide(*table, both)), "pass | rule=r | log y=2019 | log s=hello");
  Message one("/blog/2019");
  EXPECT_EQ(describe(table->rules(), Phase::request, decide(*table, one)), "pass | rule=r | log y=2019 | log s=");
  Message none("/blogs/2019");
  EXPECT_EQ(describe(table->rules(), Phase::request, decide(*table, none)), "pass");
}

TEST(Conditions, captures_of_one_rule_are_unbound_in_the_next) {
  Builder b;
  b.rule("a", b.like(b.field(Field::path), "/{x}", TemplateKind::path, 0), {});
  b.rule("b", b.always(), {b.edit(ActionWord::log, Target::none, {"x"}, b.capture(0))});
  const auto table = b.build();
  Message m("/secret");
  EXPECT_EQ(describe(table->rules(), Phase::request, decide(*table, m)), "pass | rule=a | rule=b | log x=");
}

TEST(Conditions, an_address_is_found_in_prefixes_and_an_ipv4_mapped_one_is_its_ipv4_address) {
  Builder b;
  const ExprId ip = b.field(Field::client_ip);
  const ExprId office = b.in(ip, b.list(KeyKind::cidr, {"203.0.113.0/24", "2001:db8::/32"}));
  for (const auto& [text, expected] : {std::pair{"203.0.113.9", true},
                                       {"::ffff:203.0.113.9", true},
                                       {"203.0.114.1", false},
                                       {"2001:db8:1::1", true},
                                       {"2001:db9::1", false}}) {
    Message m;
    m.header("X-Forwarded-For", text);
    EXPECT_EQ(holds(b, office, m), expected) << text;
    EXPECT_EQ(holds(b, b.any({b.in_cidr(ip, "203.0.113.0/24"), b.in_cidr(ip, "2001:db8::/32")}), m), expected) << text;
  }
  Message m;
  m.header("X-Forwarded-For", "::ffff:1.2.3.4");
  EXPECT_TRUE(holds(b, b.op(Op::equal, ip, b.ip("1.2.3.4")), m));
}

TEST(Conditions, every_prefix_around_an_address_finds_its_rules) {
  Builder b;
  const ExprId ip = b.field(Field::client_ip);
  for (const char* cidr :
       {"10.0.0.0/8", "10.1.0.0/16", "10.1.2.0/24", "10.1.2.3", "10.1.3.0/24", "0.0.0.0/0", "::/0"}) {
    b.rule(cidr, b.in_cidr(ip, cidr), {});
  }
  const auto table = b.build();
  Message m;
  m.header("X-Forwarded-For", "10.1.2.3");
  EXPECT_EQ(describe(table->rules(), Phase::request, decide(*table, m)),
            "pass | rule=10.0.0.0/8 | rule=10.1.0.0/16 | rule=10.1.2.0/24 | rule=10.1.2.3 | rule=0.0.0.0/0");
}

TEST(Conditions, a_let_is_one_value_for_all_rules) {
  Builder b;
  const ExprId ua = b.field(Field::header, "user-agent");
  const ExprId chosen = b.many(Op::choose, Type::string,
                               {b.op(Op::contains, ua, b.text("bot"), true), b.text("bot"),
                                b.matches(ua, "iphone|android", true), b.text("mobile"), b.text("desktop")});
  const std::uint32_t device = b.define_let("device", chosen);
  for (const char* kind : {"bot", "mobile", "desktop"}) b.rule(kind, b.op(Op::equal, b.let(device), b.text(kind)), {});
  const auto table = b.build();
  for (const auto& [agent, expected] :
       {std::pair{"GoogleBot", "pass | rule=bot"}, {"iPhone", "pass | rule=mobile"}, {"", "pass | rule=desktop"}}) {
    Message m;
    m.header("User-Agent", agent);
    EXPECT_EQ(describe(table->rules(), Phase::request, decide(*table, m)), expected);
  }
}

TEST(Conditions, a_choose_without_else_and_a_missing_key_are_absent) {
  Builder b;
  Message m("/");
  const ExprId never = b.rules.pool.add({.op = Op::never});
  const ExprId chosen = b.many(Op::choose, Type::string, {never, b.text("x")});
  EXPECT_FALSE(holds(b, b.exists(chosen), m));
  EXPECT_EQ(value_of(b, b.many(Op::fallback, Type::string, {chosen, b.field(Field::header, "no"), b.text("last")}), m),
            "last");
  const std::uint32_t moved = b.table("moved", b.keys(KeyKind::path, {"/old"}), {"/new"});
  EXPECT_EQ(value_of(b, b.lookup(moved, b.field(Field::path)), m), "absent");
  Message old("/old");
  EXPECT_EQ(value_of(b, b.lookup(moved, b.field(Field::path)), old), "/new");
  EXPECT_TRUE(holds(b, b.in_table(b.field(Field::path), moved), old));
}

TEST(Conditions, tables_have_numbers_and_booleans_too) {
  Builder b;
  Message m("/a");
  const std::uint32_t costs = b.numbers("costs", b.keys(KeyKind::path, {"/a", "/b"}), {7, 9});
  const std::uint32_t open = b.numbers("open", b.keys(KeyKind::path, {"/a", "/b"}), {1, 0}, Type::boolean);
  const ExprId path = b.field(Field::path);
  EXPECT_EQ(value_of(b, b.lookup(costs, path), m), "7");
  EXPECT_TRUE(holds(b, b.op(Op::greater, b.lookup(costs, path), b.number(6)), m));
  EXPECT_TRUE(holds(b, b.holds(b.lookup(open, path)), m));
  Message other("/b");
  EXPECT_FALSE(holds(b, b.holds(b.lookup(open, path)), other));
}

TEST(Conditions, a_bound_that_is_reached_fails_the_message_and_is_never_no_match) {
  Builder b;
  std::uint32_t last = b.define_let("l0", b.text(std::string(1 << 16, 'x')));
  for (int i = 1; i < 9; ++i) last = b.define_let("l" + std::to_string(i), b.concat({b.let(last), b.let(last)}));
  b.rule("log", b.always(), {b.edit(ActionWord::log, Target::none, {"k"}, b.text("v"))});
  b.rule("large", b.negate(b.op(Op::contains, b.let(last), b.text("y"))), {b.terminal(ActionWord::forward)});
  const auto table = b.build();
  Message m;
  EXPECT_EQ(describe(table->rules(), Phase::request, decide(*table, m)), "failed | by=large");
}

/// Each let asks twice for the one before: whoever goes on after the bound never comes to an end.
TEST(Conditions, nothing_more_is_worked_out_once_a_bound_is_reached) {
  for (const bool called : {false, true}) {
    Builder b;
    std::uint32_t last = b.define_let("l0", b.text(std::string(1 << 16, 'x')));
    for (int i = 1; i < 64; ++i) {
      const ExprId before = b.let(last);
      last = b.define_let("l" + std::to_string(i), called ? b.call(Function::replace, {before, b.text("x"), before})
                                                          : b.concat({before, before}));
    }
    b.rule("large", b.negate(b.op(Op::contains, b.let(last), b.text("y"))), {b.terminal(ActionWord::forward)});
    const auto table = b.build();
    Message m;
    EXPECT_EQ(describe(table->rules(), Phase::request, decide(*table, m)), "failed | by=large");
  }
}

TEST(Conditions, score_is_the_sum_of_what_holds) {
  Builder b;
  Message m("/a");
  const ExprId holds_path = b.op(Op::equal, b.field(Field::path), b.path("/a"));
  const ExprId other = b.op(Op::equal, b.field(Field::path), b.path("/b"));
  const ExprId missing = b.op(Op::equal, b.field(Field::header, "x"), b.text("1"));
  EXPECT_EQ(value_of(b,
                     b.many(Op::score, Type::integer,
                            {holds_path, b.number(5), other, b.number(100), b.negate(missing), b.number(-7)}),
                     m),
            "-2");
  EXPECT_EQ(value_of(b, b.many(Op::score, Type::integer, {other, b.number(5), missing, b.number(1)}), m), "0");
  // The same line twice counts twice.
  EXPECT_EQ(value_of(b, b.many(Op::score, Type::integer, {holds_path, b.number(2), holds_path, b.number(2)}), m), "4");
  const ExprId let = b.let(b.define_let("suspicion", b.many(Op::score, Type::integer, {holds_path, b.number(5)})));
  EXPECT_TRUE(holds(b, b.op(Op::greater, let, b.number(4)), m));
}

}  // namespace
}  // namespace sprx::test
