#include <gtest/gtest.h>

#include "runtime/decide/escape.h"
#include "tests/decide/builder.h"

namespace sprx::test {
namespace {

/// What one unconditional rule with these actions decides.
std::string decided(Builder& b, const std::vector<Action>& actions, Message& m, Phase phase = Phase::request) {
  Builder copy;
  copy.rules = b.rules;
  copy.rule("r", copy.always(), actions, phase);
  const auto table = copy.build();
  return describe(table->rules(), phase, decide(*table, m, phase));
}

TEST(Actions, a_terminal_ends_the_phase_and_earlier_edits_stay) {
  Builder b;
  Message m("/a");
  b.rule("first", b.always(), {b.edit(ActionWord::set, Target::header, {"X"}, b.text("1"))});
  b.rule("second", b.always(),
         {b.edit(ActionWord::set, Target::header, {"Y"}, b.text("2")), b.terminal(ActionWord::forward)});
  b.rule("third", b.always(), {b.edit(ActionWord::set, Target::header, {"Z"}, b.text("3"))});
  const auto table = b.build();
  EXPECT_EQ(describe(table->rules(), Phase::request, decide(*table, m)),
            "forward | by=second | set 1 X=1/0 | set 1 Y=2/0 | rule=first | rule=second");
}

TEST(Actions, drop_deny_and_respond) {
  Builder b;
  Message m("/a");
  EXPECT_EQ(decided(b, {b.terminal(ActionWord::drop)}, m), "drop | by=r | rule=r");
  EXPECT_EQ(decided(b, {b.respond(429, kNoExpr, {}, {{"Retry-After", b.text("1")}}, ActionWord::deny)}, m),
            "deny | by=r | status=429 | header Retry-After=1 | rule=r");
  EXPECT_EQ(decided(b, {b.respond(200, b.text("hi"), "text/css")}, m),
            "respond | by=r | status=200 | body=hi | type=text/css | rule=r");
}

TEST(Actions, an_absent_value_leaves_out_headers_of_answers_and_log_fields_and_turns_set_into_unset) {
  Builder b;
  Message m("/a");
  const ExprId absent = b.field(Field::header, "none");
  EXPECT_EQ(
      decided(
          b,
          {b.edit(ActionWord::log, Target::none, {"k"}, absent), b.edit(ActionWord::set, Target::header, {"X"}, absent),
           b.edit(ActionWord::origin, Target::none, {}, absent), b.respond(200, kNoExpr, {}, {{"H", absent}})},
          m),
      "respond | by=r | status=200 | set 1 X=absent | rule=r");
}

TEST(Actions, every_control_but_the_tab_is_dropped_from_a_header) {
  Builder b;
  Message m("/?q=a%01%08%09%0B%1B%1Fb%7F%80c");
  EXPECT_EQ(decided(b, {b.edit(ActionWord::set, Target::header, {"X"}, b.field(Field::query, "q"))}, m),
            "pass | set 1 X=a\tb\x80"
            "c/0 | rule=r | dropped=6");
}

TEST(Actions, a_host_is_a_whole_one_or_stays_what_it_was) {
  const auto sent = [](std::string_view value) {
    Builder b;
    Message m("/a", "a.org");
    m.header("A", std::string(value));
    return decided(b, {b.edit(ActionWord::set, Target::host, {}, b.field(Field::header, "a"))}, m);
  };
  EXPECT_EQ(sent("b.org:8080"), "pass | set 5=b.org:8080/0 | rule=r");
  EXPECT_EQ(sent("[2001:DB8::1]:80"), "pass | set 5=[2001:db8::1]:80/0 | rule=r");
  EXPECT_EQ(sent("b\xC3\xBC"
                 "cher.de:81"),
            "pass | set 5=xn--bcher-kva.de:81/0 | rule=r");
  for (const char* none : {"a..b", "b.org:99999", "evil.org/", "evil.org/.x.org", "b.org,c.org", "user@b.org", " b.org",
                           "[::1", ":80", ".", "b.org:80:80"}) {
    EXPECT_EQ(sent(none), "pass | set 5=absent | rule=r") << none;
  }
}

TEST(Actions, line_breaks_and_nul_are_dropped_from_headers_and_logs_and_counted) {
  Builder b;
  Message m("/?q=a%0D%0ASet-Cookie:%20x%00y");
  const ExprId q = b.field(Field::query, "q");
  EXPECT_EQ(
      decided(b, {b.edit(ActionWord::set, Target::header, {"X"}, q), b.edit(ActionWord::log, Target::none, {"l"}, q)},
              m),
      "pass | set 1 X=aSet-Cookie: xy/0 | rule=r | log l=aSet-Cookie: xy | dropped=6");
  EXPECT_EQ(decided(b, {b.respond(200, kNoExpr, {}, {{"H", q}})}, m),
            "respond | by=r | status=200 | header H=aSet-Cookie: xy | rule=r | dropped=3");
}

TEST(Actions, a_redirect_is_put_together_by_origin_and_place) {
  Builder b;
  Message m("/a%20b?q=x%26y%3Fz%2F", "www.example.com");
  const ExprId q = b.field(Field::query, "q");
  EXPECT_EQ(decided(b, {b.redirect(b.concat({b.text("https://"), b.field(Field::host), b.field(Field::uri)}))}, m),
            "redirect | by=r | status=301 | location=https://www.example.com/a%20b?q=x%26y%3Fz%2F | rule=r");
  EXPECT_EQ(decided(b,
                    {b.redirect(b.concat({b.text("/to/"), q, b.text("?back="), q, b.text("#"), q}),
                                KeepQuery::unless_set, 308)},
                    m),
            "redirect | by=r | status=308 | location=/to/x&y%3Fz/?back=x%26y%3Fz/#x&y?z/ | keep=unless_set | rule=r");
}

TEST(Actions, no_client_text_makes_a_redirect_leave_the_site) {
  Builder b;
  for (const char* value : {"//evil.com", "%2F%2Fevil.com", "/%5Cevil.com", "%5C%5Cevil.com", "///evil.com/"}) {
    Message m(std::string("/?to=") + value);
    Builder copy;
    copy.rules = b.rules;
    const std::string out =
        decided(copy, {copy.redirect(copy.concat({copy.text("/"), copy.field(Field::query, "to")}))}, m);
    const std::size_t at = out.find("location=") + 9;
    EXPECT_EQ(out[at], '/') << out;
    EXPECT_TRUE(out[at + 1] != '/' && out[at + 1] != '\\') << out;
  }
}

TEST(Actions, set_path_is_encoded_for_the_wire) {
  Builder b;
  Message m("/x?q=a%20b%3Fc");
  EXPECT_EQ(
      decided(b, {b.edit(ActionWord::set, Target::path, {}, b.concat({b.text("/p/"), b.field(Field::query, "q")}))}, m),
      "pass | set 4=/p/a%20b%3Fc/0 | rule=r");
}

TEST(Actions, no_client_text_climbs_out_of_a_path_that_is_set) {
  Builder b;
  for (const char* value : {"../../admin", "..%2F..%2Fadmin", "%2e%2e/%2E%2E/admin", "./../admin", "/../admin",
                            "..%5Cadmin", "%2F..%2F..%2Fadmin", "x/../../admin", "..;/admin", "..%3Bx/..%5cadmin"}) {
    Message m(std::string("/?t=") + value);
    EXPECT_EQ(
        decided(b, {b.edit(ActionWord::set, Target::path, {}, b.concat({b.text("/n/"), b.field(Field::query, "t")}))},
                m),
        "pass | set 4=/n/admin/0 | rule=r")
        << value;
  }
}

TEST(Actions, what_a_let_names_is_resolved_and_what_a_default_makes_is_not) {
  Builder b;
  Message m("/?t=a/../b");
  const ExprId t = b.field(Field::query, "t");
  const ExprId either = b.many(Op::fallback, Type::string, {b.field(Field::query, "none"), t}, Origin::client);
  const ExprId named = b.let(b.define_let("named", t));
  EXPECT_EQ(decided(b, {b.edit(ActionWord::set, Target::path, {}, b.concat({b.text("/n/"), named}))}, m),
            "pass | set 4=/n/b/0 | rule=r");
  EXPECT_EQ(decided(b, {b.edit(ActionWord::set, Target::path, {}, b.concat({b.text("/n/"), either}))}, m),
            "pass | set 4=/n/a/b/0 | rule=r");
  EXPECT_EQ(decided(b, {b.redirect(b.concat({b.text("/n/"), t, b.text("?back="), t}))}, m),
            "redirect | by=r | status=301 | location=/n/b?back=a/../b | rule=r");
}

TEST(Actions, client_text_is_escaped_in_markup_and_json_bodies_only) {
  Builder b;
  Message m("/?q=%3Cb%3E%22%26'%5C%0A%FF%C3%A9");
  const ExprId body = b.concat({b.text("<p>\""), b.field(Field::query, "q"), b.text("\"</p>")});
  EXPECT_EQ(decided(b, {b.respond(200, body, "text/html; charset=utf-8")}, m),
            "respond | by=r | status=200 | body=<p>\"&lt;b&gt;&quot;&amp;&#39;\\\n\xFF\xC3\xA9\"</p> | type=text/html; "
            "charset=utf-8 | rule=r");
  EXPECT_EQ(
      decided(b, {b.respond(200, body, "application/problem+json")}, m),
      "respond | by=r | status=200 | body=<p>\"\\u003cb\\u003e\\u0022\\u0026'\\u005c\\u000a\\u00ff\xC3\xA9\"</p> | "
      "type=application/problem+json | rule=r");
  EXPECT_EQ(decided(b, {b.respond(200, body, "text/css")}, m),
            "respond | by=r | status=200 | body=<p>\"<b>\"&'\\\n\xFF\xC3\xA9\"</p> | type=text/css | rule=r");
  // A Content-Type among the headers counts too, and a body that is one value is escaped like one of many parts.
  EXPECT_EQ(
      decided(b, {b.respond(200, b.field(Field::query, "q"), {}, {{"content-type", b.text("image/svg+xml")}})}, m),
      "respond | by=r | status=200 | body=&lt;b&gt;&quot;&amp;&#39;\\\n\xFF\xC3\xA9 | header "
      "content-type=image/svg+xml | rule=r");
}

TEST(Actions, a_type_that_browsers_do_not_take_for_one_counts_as_markup) {
  for (const char* markup : {"text/html", "TEXT/HTML ; charset=x", "application/xhtml+xml", "text/xml", "image/svg+xml",
                             "", ",", "text", "text/", "/html", "*/*", "unknown/unknown", "application/unknown",
                             "text/ht ml", "text/plain, text/html", "text/plain;a=\"b,c\", text/html"})
    EXPECT_EQ(escaping_for(std::string_view(markup)), Escaping::markup) << markup;
  for (const char* script : {"text/javascript", "application/x-javascript;v=1", "Application/EcmaScript",
                             "text/javascript1.5", "text/jscript", "text/livescript", "text/plain,text/javascript"})
    EXPECT_EQ(escaping_for(std::string_view(script)), Escaping::script) << script;
  for (const char* json : {"application/json", "application/ld+json; x=1", "text/json"})
    EXPECT_EQ(escaping_for(std::string_view(json)), Escaping::json) << json;
  for (const char* plain :
       {"text/plain; charset=utf-8", "text/css", "image/png", "text/plain;a=\"text/html,text/html\""})
    EXPECT_EQ(escaping_for(std::string_view(plain)), Escaping::plain) << plain;
  const std::vector<HeaderLine> two{{"Content-Type", "text/plain"}, {"content-type", "text/html"}};
  EXPECT_EQ(escaping_for(two), Escaping::markup);
  EXPECT_EQ(escaping_for(std::span<const HeaderLine>()), Escaping::markup);
}

TEST(Actions, the_last_origin_counts) {
  Builder b;
  Message m;
  EXPECT_EQ(decided(b,
                    {b.edit(ActionWord::origin, Target::none, {}, b.text("one")),
                     b.edit(ActionWord::origin, Target::none, {}, b.text("two"))},
                    m),
            "pass | rule=r | origin=two");
}

TEST(Actions, edits_without_values_and_the_response_status) {
  Builder b;
  Message m;
  m.respond(200);
  EXPECT_EQ(decided(b,
                    {b.edit(ActionWord::unset, Target::header, {"A", "X-*"}),
                     b.edit(ActionWord::keep, Target::cookie, {"s"}), b.edit(ActionWord::sort, Target::query, {})},
                    m),
            "pass | unset 1 A X-*=/0 | keep 3 s=/0 | sort 2=/0 | rule=r");
  EXPECT_EQ(decided(b, {b.edit(ActionWord::set, Target::response_status, {}, b.number(404))}, m, Phase::response),
            "pass | set 8=/404 | rule=r");
  EXPECT_EQ(decided(b, {b.edit(ActionWord::set, Target::response_status, {}, b.number(99))}, m, Phase::response),
            "pass | set 8=absent | rule=r");
}

TEST(Actions, values_are_of_the_message_as_it_arrived) {
  Builder b;
  Message m("/a");
  m.header("X", "old");
  const ExprId x = b.field(Field::header, "x");
  EXPECT_EQ(decided(b,
                    {b.edit(ActionWord::set, Target::header, {"X"}, b.text("new")),
                     b.edit(ActionWord::log, Target::none, {"x"}, x)},
                    m),
            "pass | set 1 X=new/0 | rule=r | log x=old");
}

}  // namespace
}  // namespace sprx::test
