#include "runtime/decide/apply.h"

#include <gtest/gtest.h>

#include "tests/decide/builder.h"

namespace sprx::test {
namespace {

struct Edited {
  Builder b;
  Arena arena;
  Decision decision;
  RequestMessage request;
  ResponseMessage response;

  void add(ActionWord word, Target target, const std::vector<std::string>& names, std::string_view text = {},
           bool present = true) {
    const Action action = b.edit(word, target, names);
    Edit edit;
    edit.word = word;
    edit.target = target;
    edit.first_name = action.first_name;
    edit.name_count = action.name_count;
    edit.text = text;
    edit.present = present;
    decision.edits.push_back(edit);
  }
  static std::string lines(const std::vector<HeaderLine>& headers) {
    std::string out;
    for (const HeaderLine& line : headers) out += std::string(line.name) + ": " + std::string(line.value) + "\n";
    return out;
  }
  std::string headers() {
    apply_request(b.rules, decision, arena, request);
    return lines(request.headers);
  }
  std::string query() {
    apply_request(b.rules, decision, arena, request);
    return (request.has_query ? "?" : "-") + std::string(request.query);
  }
  std::string response_headers() {
    apply_response(b.rules, decision, arena, response);
    return lines(response.headers);
  }
};

TEST(Apply, set_replaces_the_first_line_and_removes_the_others_and_nothing_else_moves) {
  Edited e;
  e.request.headers = {{"A", "1"}, {"x-Y", "2"}, {"B", "3"}, {"X-y", "4"}, {"A", "5"}};
  e.add(ActionWord::set, Target::header, {"X-Y"}, "new");
  EXPECT_EQ(e.headers(), "A: 1\nx-Y: new\nB: 3\nA: 5\n");
}

TEST(Apply, set_and_add_append_and_unset_takes_names_and_prefixes) {
  Edited e;
  e.request.headers = {{"A", "1"}, {"X-Debug-A", "2"}, {"x-debug-b", "3"}, {"X-Debug", "4"}, {"B", "5"}};
  e.add(ActionWord::unset, Target::header, {"b", "X-Debug-*"});
  e.add(ActionWord::add, Target::header, {"A"}, "6");
  e.add(ActionWord::set, Target::header, {"C"}, "7");
  e.add(ActionWord::set, Target::header, {"X-Debug"}, "", false);
  e.add(ActionWord::add, Target::header, {"D"}, "", false);
  EXPECT_EQ(e.headers(), "A: 1\nA: 6\nC: 7\n");
}

TEST(Apply, path_host_and_origin) {
  Edited e;
  e.request.path = "/a";
  e.request.headers = {{"host", "old.org"}, {"A", "1"}};
  e.add(ActionWord::set, Target::path, {}, "/b%20c");
  e.add(ActionWord::set, Target::host, {}, "new.org");
  e.decision.has_origin = true;
  e.decision.origin = "mobile";
  EXPECT_EQ(e.headers(), "host: new.org\nA: 1\nsection-origin: mobile\n");
  EXPECT_EQ(e.request.path, "/b%20c");
}

TEST(Apply, query_edits_keep_the_bytes_of_what_they_do_not_touch) {
  Edited e;
  e.request.query = "b=%7e&a=1&&%61=2&c";
  e.request.has_query = true;
  e.add(ActionWord::set, Target::query, {"a"}, "x y&%2F/");
  EXPECT_EQ(e.query(), "?b=%7e&a=x%20y%26%252F/&&c");
}

TEST(Apply, query_add_unset_keep_and_sort) {
  const auto edited = [](std::string_view query, ActionWord word, const std::vector<std::string>& names,
                         std::string_view text = {}) {
    Edited e;
    e.request.query = query;
    e.request.has_query = true;
    e.add(word, Target::query, names, text);
    return e.query();
  };
  EXPECT_EQ(edited("a=1", ActionWord::add, {"a"}, "2"), "?a=1&a=2");
  EXPECT_EQ(edited("", ActionWord::add, {"n m"}, ""), "?n%20m=");
  EXPECT_EQ(edited("utm_source=x&a=1&utm_m=2&b", ActionWord::unset, {"utm_*", "b"}), "?a=1");
  EXPECT_EQ(edited("a=1&a=2", ActionWord::unset, {"a"}), "-");
  EXPECT_EQ(edited("a=1", ActionWord::unset, {"A"}), "?a=1");
  EXPECT_EQ(edited("x=1&id=2&&page_n=3", ActionWord::keep, {"id", "page_*"}), "?id=2&page_n=3");
  EXPECT_EQ(edited("b=2&a=2&b=1&a=1&&c", ActionWord::sort, {}), "?a=2&a=1&b=2&b=1&c");
  Edited none;
  none.add(ActionWord::set, Target::query, {"k"}, "v");
  EXPECT_EQ(none.query(), "?k=v");
}

TEST(Apply, cookie_edits_rewrite_only_lines_they_touch_and_an_emptied_line_goes) {
  const auto edited = [](std::vector<HeaderLine> headers, ActionWord word, const std::vector<std::string>& names,
                         std::string_view text = {}, bool present = true) {
    Edited e;
    e.request.headers = std::move(headers);
    e.add(word, Target::cookie, names, text, present);
    return e.headers();
  };
  EXPECT_EQ(edited({{"Cookie", "a=1;b=2"}, {"X", "y"}, {"cookie", "c=3;  a=4"}}, ActionWord::set, {"a"}, "9"),
            "Cookie: a=9; b=2\nX: y\ncookie: c=3\n");
  EXPECT_EQ(edited({{"Cookie", "a=1"}, {"cookie", "b=2;c=3"}}, ActionWord::unset, {"a"}), "cookie: b=2;c=3\n");
  EXPECT_EQ(edited({{"Cookie", "a=1"}}, ActionWord::set, {"a"}, "", false), "");
  EXPECT_EQ(edited({{"Cookie", "_ga=1; PHPSESSID=2; wp_x=3"}}, ActionWord::keep, {"PHPSESSID", "wp_*"}),
            "Cookie: PHPSESSID=2; wp_x=3\n");
  EXPECT_EQ(edited({{"Cookie", "a=1;"}}, ActionWord::add, {"b"}, "2"), "Cookie: a=1; b=2\n");
  EXPECT_EQ(edited({}, ActionWord::set, {"b"}, "2;c=3"), "Cookie: b=2%3Bc=3\n");
  EXPECT_EQ(edited({{"Cookie", "a=1"}, {"Cookie", "a=2"}}, ActionWord::set, {"a"}, "3"), "Cookie: a=3\n");
}

TEST(Apply, response_edits_are_held_and_then_done) {
  Edited e;
  e.request.headers = {{"A", "1"}};
  e.response.status = 200;
  e.response.headers = {{"Server", "x"}, {"X-Powered-By", "y"}, {"Set-Cookie", "s=1; Path=/"}, {"Set-Cookie", "t=2"}};
  e.add(ActionWord::unset, Target::response_header, {"Server", "X-Powered-*"});
  e.add(ActionWord::set, Target::response_header, {"A"}, "b");
  e.add(ActionWord::unset, Target::response_cookie, {"s"});
  e.add(ActionWord::set, Target::response_status, {});
  e.decision.edits.back().number = 404;
  EXPECT_EQ(e.headers(), "A: 1\n");
  EXPECT_EQ(e.response_headers(), "Set-Cookie: t=2\nA: b\n");
  EXPECT_EQ(e.response.status, 404);
  EXPECT_EQ(e.response.reason, "Not Found");
}

TEST(Apply, response_cookies_are_set_added_and_removed_line_by_line) {
  const auto edited = [](ActionWord word, std::string_view text, std::string_view attributes = {},
                         bool present = true) {
    Edited e;
    e.response.headers = {{"Set-Cookie", "s=1; Path=/"}, {"X", "y"}, {"set-cookie", "t=2"}, {"SET-COOKIE", " s =3"}};
    e.add(word, Target::response_cookie, {"s"}, text, present);
    e.decision.edits.back().attributes = attributes;
    return e.response_headers();
  };
  EXPECT_EQ(edited(ActionWord::set, "9", "; Max-Age=60; Secure"),
            "X: y\nset-cookie: t=2\nSet-Cookie: s=9; Max-Age=60; Secure\n");
  EXPECT_EQ(edited(ActionWord::add, "9"),
            "Set-Cookie: s=1; Path=/\nX: y\nset-cookie: t=2\nSET-COOKIE:  s =3\nSet-Cookie: s=9\n");
  EXPECT_EQ(edited(ActionWord::unset, ""), "X: y\nset-cookie: t=2\n");
  EXPECT_EQ(edited(ActionWord::set, "", "; Secure", false), "X: y\nset-cookie: t=2\n");
  EXPECT_EQ(edited(ActionWord::add, "", "; Secure", false),
            "Set-Cookie: s=1; Path=/\nX: y\nset-cookie: t=2\nSET-COOKIE:  s =3\n");
}

TEST(Apply, a_response_cookie_value_stays_one_value_whatever_a_client_puts_in) {
  const auto value = [](std::string_view text) {
    Edited e;
    e.add(ActionWord::set, Target::response_cookie, {"s"}, text);
    e.decision.edits.back().attributes = "; Secure";
    return e.response_headers();
  };
  EXPECT_EQ(value("a; Domain=evil.org"), "Set-Cookie: s=a%3B%20Domain=evil.org; Secure\n");
  EXPECT_EQ(value("a,b\\c\"d"), "Set-Cookie: s=a%2Cb%5Cc%22d; Secure\n");
  EXPECT_EQ(value("\"a b\""), "Set-Cookie: s=\"a%20b\"; Secure\n");
  EXPECT_EQ(value("\""), "Set-Cookie: s=%22; Secure\n");
  EXPECT_EQ(value("\xC3\xA9\x01\x7F%41"), "Set-Cookie: s=%C3%A9%01%7F%41; Secure\n");
  EXPECT_EQ(value(""), "Set-Cookie: s=; Secure\n");
}

TEST(Apply, an_answer_has_its_headers_and_a_type_where_it_has_a_body) {
  Edited e;
  e.decision.outcome = Outcome::respond;
  e.decision.status = 503;
  e.decision.has_body = true;
  e.decision.body = "x";
  e.decision.headers = {{"Retry-After", "600"}};
  make_answer(e.b.rules, e.decision, e.request, e.arena, e.response);
  EXPECT_EQ(e.lines(e.response.headers), "Retry-After: 600\nContent-Type: text/plain; charset=utf-8\n");
  EXPECT_EQ(e.response.reason, "Service Unavailable");
  e.decision.content_type = "text/html";
  make_answer(e.b.rules, e.decision, e.request, e.arena, e.response);
  EXPECT_EQ(e.lines(e.response.headers), "Retry-After: 600\nContent-Type: text/html\n");
  e.decision.headers.push_back({"content-TYPE", "a/b"});
  make_answer(e.b.rules, e.decision, e.request, e.arena, e.response);
  EXPECT_EQ(e.lines(e.response.headers), "Retry-After: 600\ncontent-TYPE: a/b\n");
}

TEST(Apply, statuses_without_a_body_have_none_and_a_refusal_has_a_short_one) {
  Decision decision;
  decision.outcome = Outcome::respond;
  decision.has_body = true;
  decision.body = "x";
  for (const std::uint16_t status : {std::uint16_t{204}, std::uint16_t{205}, std::uint16_t{304}}) {
    decision.status = status;
    EXPECT_EQ(body_of(decision), "") << status;
  }
  decision.status = 200;
  EXPECT_EQ(body_of(decision), "x");
  decision.has_body = false;
  EXPECT_EQ(body_of(decision), "");
  decision.outcome = Outcome::deny;
  decision.status = 403;
  EXPECT_EQ(body_of(decision), "Forbidden\n");
}

TEST(Apply, a_body_is_escaped_for_the_type_that_the_answer_has_in_the_end) {
  Edited e;
  const TextPart parts[] = {{"<b>", Origin::own}, {"<x>'", Origin::client}};
  e.decision.outcome = Outcome::respond;
  e.decision.status = 200;
  e.decision.has_body = true;
  e.decision.body = "<b><x>'";
  e.decision.body_parts = parts;
  const auto final_of = [&](std::vector<HeaderLine> headers) {
    e.response.headers = std::move(headers);
    return std::string(final_body(e.decision, e.response, e.arena).value_or("too long"));
  };
  EXPECT_EQ(final_of({{"Content-Type", "text/plain"}}), "<b><x>'");
  EXPECT_EQ(final_of({{"content-type", "text/html"}}), "<b>&lt;x&gt;&#39;");
  EXPECT_EQ(final_of({}), "<b>&lt;x&gt;&#39;");
  EXPECT_EQ(final_of({{"Content-Type", "text/javascript"}}), "<b>\\u003cx\\u003e\\u0027");
  e.decision.status = 204;
  EXPECT_EQ(final_of({{"Content-Type", "text/html"}}), "");
  e.decision.status = 200;
  // Text that fits as it is and not when it is escaped: the bound holds for what is sent.
  const std::string long_text((4 << 20) / 5, '&');
  const TextPart at_bound[] = {{long_text, Origin::client}};
  const std::string longer = long_text + "&";
  const TextPart past[] = {{longer, Origin::client}};
  e.decision.body = long_text;
  e.decision.body_parts = at_bound;
  EXPECT_EQ(final_of({{"Content-Type", "text/html"}}).size(), long_text.size() * 5);
  e.decision.body_parts = past;
  EXPECT_EQ(final_of({{"Content-Type", "text/html"}}), "too long");
}

TEST(Apply, keep_query_joins_the_outgoing_query) {
  const auto location = [](std::string_view target, KeepQuery keep, std::string_view query) {
    Edited e;
    e.decision.outcome = Outcome::redirect;
    e.decision.status = 301;
    e.decision.location = target;
    e.decision.keep_query = keep;
    e.request.query = query;
    e.request.has_query = query != "none";
    if (!e.request.has_query) e.request.query = {};
    make_answer(e.b.rules, e.decision, e.request, e.arena, e.response);
    return std::string(find_header(e.response.headers, "location")->value);
  };
  EXPECT_EQ(location("/a", KeepQuery::no, "x=1"), "/a");
  EXPECT_EQ(location("/a", KeepQuery::yes, "x=1"), "/a?x=1");
  EXPECT_EQ(location("/a#f", KeepQuery::yes, "x=1"), "/a?x=1#f");
  EXPECT_EQ(location("/a?b=2#f", KeepQuery::yes, "x=1"), "/a?b=2&x=1#f");
  EXPECT_EQ(location("/a?", KeepQuery::yes, "x=1"), "/a?x=1");
  EXPECT_EQ(location("/a?b=2", KeepQuery::unless_set, "x=1"), "/a?b=2");
  EXPECT_EQ(location("/a#?", KeepQuery::unless_set, "x=1"), "/a?x=1#?");
  EXPECT_EQ(location("/a", KeepQuery::yes, ""), "/a");
  EXPECT_EQ(location("/a", KeepQuery::yes, "none"), "/a");
  EXPECT_EQ(location("/a", KeepQuery::yes, "x=\"<#"), "/a?x=%22%3C%23");
}

}  // namespace
}  // namespace sprx::test
