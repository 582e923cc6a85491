#include <gtest/gtest.h>

#include "tests/decide/builder.h"

namespace sprx::test {
namespace {

TEST(Render, conditions_read_as_their_author_would_write_them) {
  Builder b;
  const ExprId path = b.field(Field::path);
  const ExprId host = b.field(Field::host);
  const ExprId x = b.field(Field::header, "x");
  const ExprId is_host = b.op(Op::equal, host, b.host("a.org"));
  const ExprId old = b.like(path, "/old/{x}", TemplateKind::path, 0);
  const auto text = [&](ExprId id) { return render(b.rules, id); };
  EXPECT_EQ(text(is_host), "host == \"a.org\"");
  EXPECT_EQ(text(b.negate(is_host)), "host != \"a.org\"");
  EXPECT_EQ(text(b.op(Op::equal, x, b.text("a\"\n${"), true)), "header[\"x\"] nocase == \"a\\\"\\n\\${\"");
  EXPECT_EQ(text(b.all({is_host, b.any({b.exists(x), b.negate(old)})})),
            "host == \"a.org\" and (exists header[\"x\"] or path not like \"/old/{x}\")");
  EXPECT_EQ(text(b.any({b.all({is_host, is_host}), is_host})),
            "host == \"a.org\" and host == \"a.org\" or host == \"a.org\"");
  EXPECT_EQ(text(b.negate(b.any({is_host, old}))), "not (host == \"a.org\" or path like \"/old/{x}\")");
  EXPECT_EQ(text(b.negate(b.exists(x))), "not exists header[\"x\"]");
  EXPECT_EQ(text(b.in(b.field(Field::client_ip), b.list(b.keys(KeyKind::cidr, {"10.0.0.0/8"}), "office"))),
            "client.ip in office");
  EXPECT_EQ(text(b.negate(b.in(x, b.list(KeyKind::string, {"a", "b"}, MatchMode::contains, true)))),
            "header[\"x\"] not nocase contains [\"a\", \"b\"]");
  EXPECT_EQ(text(b.in_cidr(b.field(Field::client_ip), "10.0.0.0/8")), "client.ip in \"10.0.0.0/8\"");
  EXPECT_EQ(text(b.in_range(b.field(Field::port), 1, 1023)), "port in 1..1023");
  EXPECT_EQ(text(b.matches(x, "^a.b", true)), "header[\"x\"] matches r\"^a.b\"i");
  EXPECT_EQ(text(b.negate(b.op(Op::less, b.field(Field::port), b.number(80)))), "not port < 80");
  EXPECT_EQ(text(b.op(Op::equal, b.field(Field::now), b.rules.pool.integer(1'750'000'000'500'000, Type::time))),
            "now == \"2025-06-15T15:06:40.500000Z\"");
  EXPECT_EQ(text(b.all({old, b.op(Op::equal, b.capture(0), b.text("y"))})), "path like \"/old/{x}\" and x == \"y\"");
}

TEST(Render, values) {
  Builder b;
  const std::uint32_t moved = b.table("moved", b.keys(KeyKind::path, {"/a"}), {"/b"});
  const ExprId path = b.field(Field::path);
  const auto text = [&](ExprId id) { return render(b.rules, id); };
  EXPECT_EQ(text(b.lookup(moved, path)), "moved[path]");
  EXPECT_EQ(text(b.in_table(path, moved)), "path in moved");
  EXPECT_EQ(text(b.concat({b.text("a${\"b"), path, b.text("c")})), "\"a\\${\\\"b${path}c\"");
  EXPECT_EQ(text(b.many(Op::fallback, Type::string, {path, b.text("x")})), "path ?? \"x\"");
  EXPECT_EQ(text(b.many(Op::score, Type::integer, {b.exists(path), b.number(5), b.always(), b.number(-3)})),
            "score { 5 when exists path; -3 when true; }");
  EXPECT_EQ(text(b.call(Function::regex_replace, {path, b.pattern("(a)b", true), b.text("\\1")})),
            "regex_replace(path, r\"(a)b\"i, \"\\\\1\")");
  EXPECT_EQ(text(b.many(Op::choose, Type::string, {b.exists(path), b.text("x"), b.text("y")})),
            "choose { exists path => \"x\"; else => \"y\"; }");
  EXPECT_EQ(text(b.call(Function::lower, {path})), "lower(path)");
  EXPECT_EQ(text(b.rules.pool.boolean(true)), "true");
  EXPECT_EQ(text(b.rules.pool.integer(90'000, Type::duration)), "90s");
}

TEST(Explain, names_the_first_condition_that_failed_with_both_values) {
  Builder b;
  const ExprId path = b.field(Field::path);
  const ExprId x = b.field(Field::header, "x");
  b.rule("a", b.all({b.op(Op::under, path, b.path("/a")), b.op(Op::equal, x, b.text("1"))}), {});
  b.rule("b", b.op(Op::equal, path, b.path("/b")), {});
  b.rule("c", b.negate(b.op(Op::contains, path, b.text("a"))), {});
  b.rule("d", b.any({b.op(Op::equal, x, b.text("q")), b.exists(x)}), {});
  b.rule("e", b.in(b.field(Field::client_ip), b.list(b.keys(KeyKind::cidr, {"10.0.0.0/8"}), "office")), {});
  b.rule("f", b.op(Op::equal, b.call(Function::int_of, {x}), b.number(3)), {});
  b.rule("g", b.op(Op::under, path, b.path("/a")), {b.terminal(ActionWord::forward)});
  b.rule("h", b.op(Op::equal, path, b.path("/never")), {});
  const auto table = b.build();
  Message m("/a/x");
  std::string out;
  FreshLedger ledger;
  for (const WhyNot& reason :
       explain(*table, Phase::request, m.facts(table->rules()), nullptr, {}, ledger, m.arena())) {
    out += reason.rule + ": " + reason.atom + " | " + reason.left + " | " + reason.right + "\n";
  }
  EXPECT_EQ(out,
            "a: header[\"x\"] == \"1\" | absent | 1\n"
            "b: path == \"/b\" | /a/x | /b\n"
            "c: path not contains \"a\" | /a/x | a\n"
            "d: header[\"x\"] == \"q\" or exists header[\"x\"] | absent | q\n"
            "e: client.ip in office | 192.0.2.1 | office\n"
            "f: int(header[\"x\"]) == 3 | absent | 3\n");
}

TEST(Dump, says_everything_once) {
  Builder b;
  const ExprId path = b.field(Field::path);
  const std::uint32_t moved =
      b.table("moved", b.keys(KeyKind::path, {"/a", "/b"}, MatchMode::exact, true), {"/c", "/d"});
  const std::uint32_t office = b.list(b.keys(KeyKind::cidr, {"10.0.0.0/8"}), "office");
  b.define_let("device", b.text("x"));
  b.rule("old", b.like(path, "/old/{x}", TemplateKind::path, 0),
         {b.redirect(b.concat({b.text("/new/"), b.capture(0)}), KeepQuery::yes)});
  b.rule("moved", b.in_table(path, moved), {b.redirect(b.lookup(moved, path))});
  b.rule("blocked",
         b.all({b.in(b.field(Field::client_ip), office), b.op(Op::equal, b.field(Field::host), b.host("a.org"))}),
         {b.edit(ActionWord::log, Target::none, {"why"}, b.text("no")),
          b.respond(503, b.text("x"), "text/html", {{"Retry-After", b.text("1")}}, ActionWord::deny)});
  b.rule("tidy", b.always(), {b.edit(ActionWord::unset, Target::response_header, {"Server", "X-*"})}, Phase::response);
  const auto table = b.build();
  const std::string text = dump(*table);
  const std::string wanted =
      "\nlists\n"
      "  office: cidr, 1 row\n"
      "\ntables\n"
      "  moved: path nocase, 2 rows -> string\n"
      "\nlets\n"
      "  device = \"x\"\n"
      "\nrequest rules\n"
      "  0 old  main.sprx:1\n"
      "    when path like \"/old/{x}\"\n"
      "    redirect 301 \"/new/${x}\" keep_query\n"
      "  1 moved  main.sprx:2\n"
      "    when path in moved\n"
      "    redirect 301 moved[path]\n"
      "  2 blocked  main.sprx:3\n"
      "    when client.ip in office and host == \"a.org\"\n"
      "    log why = \"no\"\n"
      "    deny 503 { header \"Retry-After\" = \"1\"; content_type \"text/html\"; body \"x\"; }\n"
      "\nresponse rules\n"
      "  0 tidy  main.sprx:1\n"
      "    unset response.header[\"Server\", \"X-*\"]\n"
      "\nrequest index\n"
      "  1 hashed key\n"
      "  look up path by segments: below\n"
      "  look up client.ip by address, 1 in all\n"
      "  try always: moved\n"
      "\nresponse index\n"
      "  0 hashed keys\n"
      "  try always: tidy\n";
  EXPECT_EQ(text.substr(text.find("\nlists")), wanted);
  EXPECT_TRUE(text.starts_with("table " + table->version() + "\n\nsettings\n  upstream.connect_timeout = 2000 ms\n"));
}

}  // namespace
}  // namespace sprx::test
