// `sprx trace`: the shapes that others script against, and what it says to people.
#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/tools/program.h"

namespace sprx::test {
namespace {

namespace json = boost::json;
using ::testing::HasSubstr;

constexpr const char* kTraced = R"(
rule bad_bot {
  when header["User-Agent"] contains "EvilScraper";
  log reason = "bad bot";
  deny { header "X-Why" = "bot"; }
}
rule old_blog {
  when path like "/blog/{year}/{slug}[/]" and year matches r"^20\d\d$";
  redirect 301 "/articles/${slug}";
}
rule office { when client.ip in ["203.0.113.0/24"]; set header["X-Office"] = "yes"; unset header["X-Debug-*"]; }
rule sorry { when path == "/sorry"; respond 503 { body "later"; } }
rule gone { when path == "/gone"; drop; }
rule late { when now >= "2030-01-01T00:00:00Z"; set header["X-Late"] = "yes"; }
response rule hardening {
  when response.status == 200;
  unset response.header["Server"];
  set response.header["X-Frame-Options"] = "DENY";
}
)";

class Trace : public ::testing::Test {
 protected:
  Trace() { folder_.write("main.sprx", kTraced); }

  Finished trace(std::vector<std::string> arguments, std::string_view input = {}) {
    arguments.insert(arguments.begin(), {"trace", "--config", folder_.path().string()});
    return sprx(arguments, input);
  }
  /// The JSON answers to lines of requests.
  std::vector<json::value> ask(std::string_view requests) {
    const Finished done = trace({"--requests", "-"}, requests);
    EXPECT_EQ(done.status, 0) << done.err;
    std::vector<json::value> out;
    for (const std::string& line : lines_of(done.out)) out.push_back(json::parse(line));
    return out;
  }
  json::value ask_one(std::string_view request) {
    const std::vector<json::value> answers = ask(request);
    return answers.size() == 1 ? answers.front() : json::value();
  }
  Folder folder_;
};

TEST_F(Trace, a_redirect_has_status_location_and_rule) {
  EXPECT_EQ(ask_one(R"({"url":"http://www.example.com/blog/2019/hello"})"),
            json::parse(R"({"outcome":"redirect","status":301,"location":"/articles/hello",
                            "headers":{"Location":"/articles/hello"},"rules":["old_blog"]})"));
}

TEST_F(Trace, a_condition_on_a_capture_is_shown_with_the_name_of_the_capture) {
  const json::value answer = json::parse(trace({"--json", "http://a/blog/1999/hello"}).out);
  const json::array& why = answer.at("why").as_array();
  ASSERT_GE(why.size(), 2U);
  EXPECT_EQ(why.at(1), json::parse(R"({"rule":"old_blog","atom":"year matches r\"^20\\d\\d$\"","left":"1999",
                                       "right":"r\"^20\\d\\d$\""})"));
}

TEST_F(Trace, a_denial_has_its_headers_and_log_fields) {
  const json::value answer = ask_one(R"({"url":"http://a/","headers":{"User-Agent":"EvilScraper/2"}})");
  EXPECT_EQ(answer.at("outcome").as_string(), "deny");
  EXPECT_EQ(answer.at("status").as_int64(), 403);
  EXPECT_EQ(answer.at("headers").at("X-Why").as_string(), "bot");
  EXPECT_EQ(answer.at("log"), json::parse(R"({"reason":"bad bot"})"));
  EXPECT_FALSE(answer.as_object().contains("forward"));
}

TEST_F(Trace, what_is_forwarded_shows_edits_and_the_rest_as_it_came) {
  const json::value answer =
      ask_one(R"({"method":"POST","url":"https://www.example.com:8443/a%20b?x=1&y","client":"203.0.113.9",)"
              R"("headers":{"X-Debug-On":"1","Accept":["a","b"],"Connection":"x-hop","X-Hop":"1"}})");
  EXPECT_EQ(answer.at("outcome").as_string(), "forward");
  EXPECT_EQ(answer.at("rules"), json::parse(R"(["office","hardening"])"));
  EXPECT_EQ(answer.at("forward"),
            json::parse(R"({"method":"POST","host":"www.example.com:8443","path":"/a%20b","query":"x=1&y","headers":{
              "Accept":["a","b"],"X-Forwarded-Proto":"https","X-Forwarded-For":"203.0.113.9","X-Office":"yes"}})"));
}

TEST_F(Trace, headers_of_a_forwarded_request_are_the_upstream_response_after_response_rules) {
  const json::value answer =
      ask_one(R"({"url":"http://a/","upstream":{"status":200,"headers":{"Server":"x","Set-Cookie":["a=1","b=2"]}}})");
  EXPECT_EQ(answer.at("status").as_int64(), 200);
  EXPECT_EQ(answer.at("headers"), json::parse(R"({"Set-Cookie":["a=1","b=2"],"X-Frame-Options":"DENY"})"));
}

TEST_F(Trace, response_rules_see_the_status_that_was_given) {
  const json::value answer = ask_one(R"({"url":"http://a/","upstream":{"status":404,"headers":{"Server":"x"}}})");
  EXPECT_EQ(answer.at("status").as_int64(), 404);
  EXPECT_EQ(answer.at("headers"), json::parse(R"({"Server":"x"})"));
  EXPECT_EQ(answer.at("rules"), json::parse("[]"));
}

TEST_F(Trace, statuses_have_the_names_that_RFC_9110_gives_them) {
  for (const auto& [status, name] : {std::pair{"413", "413 Content Too Large\n"},
                                     {"422", "422 Unprocessable Content\n"},
                                     {"425", "425 Too Early\n"}})
    EXPECT_THAT(trace({"http://a/", "--upstream-status", status}).out, HasSubstr(name));
}

TEST_F(Trace, an_answer_made_here_has_its_body) {
  const json::value answer = ask_one(R"({"url":"http://a/sorry"})");
  EXPECT_EQ(answer.at("outcome").as_string(), "respond");
  EXPECT_EQ(answer.at("status").as_int64(), 503);
  EXPECT_EQ(answer.at("body").as_string(), "later");
}

TEST_F(Trace, an_answer_to_HEAD_has_no_body) {
  EXPECT_EQ(ask_one(R"({"url":"http://a/sorry","method":"HEAD"})"), json::parse(R"({"outcome":"respond","status":503,
                            "headers":{"Content-Type":"text/plain; charset=utf-8"},"rules":["sorry"]})"));
  const std::string out = trace({"http://a/sorry", "-X", "HEAD"}).out;
  EXPECT_THAT(out, HasSubstr("    503 Service Unavailable\n    Content-Type: text/plain; charset=utf-8\n\n"
                             "    (no body: HEAD gets the head alone)\n"));
  EXPECT_EQ(out.find("later"), std::string::npos);
  EXPECT_EQ(trace({"http://a/x", "-X", "HEAD"}).out.find("no body"), std::string::npos) << "what the next hop sends";
}

TEST_F(Trace, OPTIONS_of_the_server_as_a_whole_has_the_path_star) {
  folder_.write("main.sprx", "rule star { when path == \"*\"; set header[\"X-Star\"] = host; }\n");
  const auto forwarded = [&](std::string_view request) {
    const json::value answer = ask_one(request);
    const json::object& to = answer.at("forward").as_object();
    return std::string(to.at("path").as_string()) + " " + std::string(to.at("headers").at("X-Star").as_string());
  };
  // As a client and the proxy make one of it (RFC 9112 3.2.4).
  EXPECT_EQ(forwarded(R"({"url":"http://a.org","method":"OPTIONS"})"), "* a.org");
  EXPECT_EQ(forwarded(R"({"url":"*","method":"OPTIONS","headers":{"Host":"b.org"}})"), "* b.org");
  EXPECT_EQ(forwarded(R"({"url":"*","method":"OPTIONS"})"), "* www.example.com");
  EXPECT_THAT(trace({"*", "-X", "OPTIONS"}).out, HasSubstr("    OPTIONS * HTTP/1.1\n    Host: www.example.com\n"));
  EXPECT_EQ(ask_one(R"({"url":"http://a.org?x","method":"OPTIONS"})").at("forward").at("path").as_string(), "/");
  EXPECT_EQ(ask_one(R"({"url":"http://a.org/*","method":"OPTIONS"})").at("forward").at("path").as_string(), "/*");
  EXPECT_EQ(ask_one(R"({"url":"http://a.org"})").at("forward").at("path").as_string(), "/");
  EXPECT_EQ(trace({"*"}).status, 2);
}

TEST_F(Trace, conditions_do_not_see_what_Connection_names) {
  folder_.write("main.sprx", "rule secret { when header[\"X-Secret\"] == \"1\"; deny; }\n");
  const std::string request = R"({"url":"http://a/","headers":{"X-Secret":"1")";
  EXPECT_EQ(ask_one(request + "}}").at("outcome").as_string(), "deny");
  const json::value hidden = ask_one(request + R"(,"Connection":"X-Secret"}})");
  EXPECT_EQ(hidden.at("outcome").as_string(), "forward");
}

TEST_F(Trace, a_country_is_said_as_the_platform_says_it) {
  folder_.write("main.sprx", "rule au { when geo.country == \"AU\"; respond 200 { body \"${geo.country}\"; } }\n");
  EXPECT_EQ(ask_one(R"({"url":"http://a/","country":"AU"})").at("body").as_string(), "AU");
  EXPECT_EQ(ask_one(R"({"url":"http://a/","country":"NZ"})").at("outcome").as_string(), "forward");
  // A header of that name is what it says.
  EXPECT_EQ(ask_one(R"({"url":"http://a/","country":"NZ","headers":{"Section-IO-Geo-Country-Code":"AU"}})")
                .at("outcome")
                .as_string(),
            "respond");
  EXPECT_EQ(json::parse(trace({"http://a/", "--json", "--country", "AU"}).out).at("outcome").as_string(), "respond");
  EXPECT_EQ(json::parse(trace({"http://a/", "--json"}).out).at("outcome").as_string(), "forward");
  const Finished wrong = trace({"http://a/", "--country", "au"});
  EXPECT_EQ(wrong.status, 2);
  EXPECT_THAT(wrong.err, HasSubstr("`au` is no upper-case ISO 3166 country code"));
}

TEST_F(Trace, a_dropped_connection_has_no_status) {
  EXPECT_EQ(ask_one(R"({"url":"http://a/gone"})"), json::parse(R"({"outcome":"drop","rules":["gone"]})"));
}

TEST_F(Trace, what_the_proxy_refuses_is_refused) {
  EXPECT_EQ(ask_one(R"({"url":"http://a/%zz"})"),
            json::parse(R"({"outcome":"refused","status":400,"error":"bad_path","rules":[]})"));
  EXPECT_EQ(ask_one(R"({"url":"http://a b/"})"),
            json::parse(R"({"outcome":"refused","status":400,"error":"bad_host","rules":[]})"));
  EXPECT_EQ(ask_one(R"({"url":"http://a/","headers":{"X":"1\r\nY: 2"}})").at("outcome").as_string(), "refused");
  EXPECT_EQ(ask_one(R"({"url":"http://a/","method":"CONNECT"})").at("outcome").as_string(), "refused");
}

TEST_F(Trace, the_time_can_be_given) {
  EXPECT_EQ(ask_one(R"({"url":"http://a/","at":"2029-12-31T23:59:59.999999Z"})").at("rules"),
            json::parse(R"(["hardening"])"));
  EXPECT_EQ(ask_one(R"({"url":"http://a/","at":"2030-01-01T02:00:00+02:00"})").at("rules"),
            json::parse(R"(["late","hardening"])"));
}

constexpr const char* kChanging = R"(
flag maintenance = off;
dynamic list banned: ip { ttl 1h; }
limit api { key client.ip; rate 1/h; burst 1; }
rule closed { when maintenance; respond 503; }
rule blocked { when client.ip in banned; deny; }
rule throttle { over api; deny 429; }
rule sale { since "2030-01-01T00:00:00Z"; redirect 302 "/sale"; }
rule trial { dry_run; drop; }
rule trap { when path == "/trap"; ban banned client.ip for 1h; }
)";

TEST_F(Trace, flags_can_be_turned_and_rules_on_trial_are_shown) {
  folder_.write("main.sprx", kChanging);
  EXPECT_EQ(ask_one(R"({"url":"http://a/","flags":{"maintenance":"on"}})"),
            json::parse(R"({"outcome":"respond","status":503,"rules":["closed"]})"));
  const json::value calm = ask_one(R"({"url":"http://a/","flags":{"maintenance":false}})");
  EXPECT_EQ(calm.at("outcome").as_string(), "forward");
  EXPECT_EQ(calm.at("rules"), json::parse("[]"));
  EXPECT_EQ(calm.at("would"), json::parse(R"(["trial"])"));
  const Finished option = trace({"http://a/", "--flag", "maintenance=on", "--json"});
  EXPECT_EQ(json::parse(option.out).at("status").as_int64(), 503);
  EXPECT_THAT(trace({"http://a/"}).out, HasSubstr("rules on trial (dry_run) that would have matched\n  trial "));
  const Finished unknown = trace({"http://a/", "--flag", "other=on"});
  EXPECT_EQ(unknown.status, 2);
  EXPECT_EQ(unknown.err, "sprx: the configuration declares no flag `other`\n");
  EXPECT_EQ(trace({"http://a/", "--flag", "maintenance=yes"}).status, 2);
  const Finished bare = trace({"http://a/", "--flag", "maintenance", "--json"});
  EXPECT_EQ(json::parse(bare.out).at("status").as_int64(), 503);
}

TEST_F(Trace, keys_of_dynamic_lists_and_empty_buckets_can_be_given) {
  folder_.write("main.sprx", kChanging);
  const char* const answers[] = {R"({"outcome":"deny","status":403,"rules":["blocked"]})",
                                 R"({"outcome":"deny","status":429,"rules":["throttle"]})"};
  const std::vector<json::value> lines =
      ask("{\"url\":\"http://a/\",\"client\":\"203.0.113.9\",\"has\":{\"banned\":[\"192.0.2.1\",\"203.0.113.9\"]}}\n"
          "{\"url\":\"http://a/\",\"has\":{\"banned\":\"192.0.2.1\"},\"exhausted\":[\"api\"]}\n");
  ASSERT_EQ(lines.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    json::object without_body = lines[i].as_object();
    for (const char* part : {"headers", "body"}) without_body.erase(part);
    EXPECT_EQ(json::value(without_body), json::parse(answers[i]));
  }
  const auto status = [&](std::vector<std::string> options) {
    options.insert(options.begin(), {"http://a/", "--json", "--at", "2026-01-01T00:00:00Z"});
    const json::object answer = json::parse(trace(options).out).as_object();
    return answer.contains("status") ? answer.at("status").as_int64() : 0;
  };
  EXPECT_EQ(status({"--client", "203.0.113.9", "--has", "banned=192.0.2.1", "--has", "banned=203.0.113.9"}), 403);
  EXPECT_EQ(status({"--exhausted", "api"}), 429);
  EXPECT_EQ(status({"--client", "203.0.113.9"}), 200);
}

TEST_F(Trace, state_that_the_rules_do_not_declare_is_a_usage_mistake) {
  folder_.write("main.sprx", kChanging);
  const auto said = [&](const char* option, const char* value) {
    const Finished done = trace({"http://a/", option, value});
    EXPECT_EQ(done.status, 2);
    return done.err;
  };
  EXPECT_EQ(said("--exhausted", "other"), "sprx: the configuration declares no limit `other`\n");
  EXPECT_EQ(said("--has", "banned=nobody"), "sprx: `banned=nobody`: the key is no IP address\n");
  EXPECT_THAT(said("--has", "other=1.2.3.4"), HasSubstr("`other=1.2.3.4`: "));
  EXPECT_THAT(said("--has", "banned"), HasSubstr("`banned` is not `LIST=KEY`"));
  const Finished line = trace({"--requests", "-"}, R"({"url":"http://a/","exhausted":["other"]})");
  EXPECT_EQ(line.status, 2);
  EXPECT_THAT(line.out, HasSubstr("the configuration declares no limit `other`"));
}

TEST_F(Trace, the_next_hop_can_fail) {
  folder_.write("main.sprx",
                "response rule outage { when response.source == \"proxy\" and response.error == \"connect_timeout\";"
                " respond 503 { body \"soon\"; } }\n");
  const json::value rule = ask_one(R"({"url":"http://a/","upstream":{"error":"connect_timeout"}})");
  EXPECT_EQ(rule.at("status").as_int64(), 503);
  EXPECT_EQ(rule.at("rules"), json::parse(R"(["outage"])"));
  EXPECT_EQ(rule.at("error").as_string(), "connect_timeout");
  const json::value other = ask_one(R"({"url":"http://a/","upstream":{"error":"dns_error"}})");
  EXPECT_EQ(other.at("status").as_int64(), 502);
  EXPECT_EQ(other.at("outcome").as_string(), "forward");
  EXPECT_EQ(other.at("rules"), json::parse("[]"));
  const Finished option = trace({"http://a/", "--json", "--upstream-error", "connect_timeout"});
  EXPECT_EQ(json::parse(option.out).at("status").as_int64(), 503);
  const Finished unknown = trace({"http://a/", "--upstream-error", "bad_chunk"});
  EXPECT_EQ(unknown.status, 2);
  EXPECT_THAT(unknown.err, HasSubstr("`bad_chunk` is no way in which the next hop fails: dns_error connect_failed"));
}

TEST_F(Trace, each_line_begins_with_full_buckets_and_empty_lists) {
  folder_.write("main.sprx", kChanging);
  const std::string line = R"({"url":"http://a/trap"})";
  for (const json::value& answer : ask(line + "\n" + line + "\n" + line)) {
    EXPECT_EQ(answer.at("rules"), json::parse(R"(["trap"])"));
  }
}

TEST_F(Trace, why_names_the_guard_that_said_no) {
  folder_.write("main.sprx", kChanging);
  const Finished done = trace({"http://a/", "--json", "--at", "2026-01-01T00:00:00Z"});
  const json::value why = json::parse(done.out).at("why");
  EXPECT_EQ(why.at(0), json::parse(R"({"rule":"closed","atom":"maintenance","left":"off","right":"on"})"));
  EXPECT_EQ(why.at(2),
            json::parse(R"({"rule":"throttle","atom":"over api","left":"a token was left","right":"none"})"));
  EXPECT_EQ(why.at(3),
            json::parse(
                R"({"rule":"sale","atom":"since \"2030-01-01T00:00:00Z\"","left":"2026-01-01T00:00:00Z","right":""})"));
}

TEST_F(Trace, every_line_has_an_answer_in_order) {
  const std::vector<json::value> answers =
      ask("{\"url\":\"http://a/sorry\"}\n\n{\"url\":\"http://a/gone\"}\n{\"url\":\"http://a/x\"}");
  ASSERT_EQ(answers.size(), 3U);
  EXPECT_EQ(answers[0].at("outcome").as_string(), "respond");
  EXPECT_EQ(answers[1].at("outcome").as_string(), "drop");
  EXPECT_EQ(answers[2].at("outcome").as_string(), "forward");
}

TEST_F(Trace, a_line_that_is_no_request_is_answered_with_its_mistake) {
  const std::pair<const char*, const char*> wrong[] = {
      {"nonsense", "not JSON: syntax error"},
      {"[]", "not a JSON object"},
      {"{}", "`url` is missing"},
      {R"({"url":"/x"})", "`/x` is not a URL like http://host/path"},
      {R"({"url":"http://a/","colour":1})", "a request has no `colour`"},
      {R"({"url":"http://a/","headers":{"X":1}})", "`X` is not a string"},
      {R"({"url":"http://a/","client":"300.1.1.1"})", "`300.1.1.1` is not an IP address"},
      {R"({"url":"http://a/","at":"yesterday"})", "`at` is not a time like 2026-01-31T12:00:00Z"},
      {R"({"url":"http://a/","flags":{"f":true}})", "the configuration declares no flag `f`"},
      {R"({"url":"http://a/","upstream":{"status":100}})", "`upstream.status` is not a number from 200 to 599"},
  };
  for (const auto& [line, mistake] : wrong) {
    const Finished done = trace({"--requests", "-"}, std::string(line) + "\n{\"url\":\"http://a/gone\"}\n");
    EXPECT_EQ(done.status, 2) << line;
    const std::vector<std::string> lines = lines_of(done.out);
    ASSERT_EQ(lines.size(), 2U) << line;
    EXPECT_EQ(json::parse(lines[0]), json::value({{"error", mistake}})) << line;
    EXPECT_EQ(done.err, std::string("sprx: line 1: ") + mistake + "\n");
  }
}

TEST_F(Trace, one_request_says_why_each_other_rule_did_not_match) {
  const Finished done = trace({"http://www.example.com/sorry", "--json", "--client", "198.51.100.1"});
  ASSERT_EQ(done.status, 0) << done.err;
  const json::array why = json::parse(done.out).at("why").as_array();
  ASSERT_GE(why.size(), 3U);
  EXPECT_EQ(why[0].at("rule").as_string(), "bad_bot");
  EXPECT_EQ(why[0].at("left").as_string(), "absent");
  EXPECT_EQ(why[2].at("rule").as_string(), "office");
  EXPECT_THAT(std::string(why[2].at("left").as_string()), HasSubstr("198.51.100.1"));
}

TEST_F(Trace, says_that_a_negated_comparison_wants_any_other_value) {
  folder_.write("main.sprx",
                "flag open = off;\nrule a { when host != \"a\"; set header[\"A\"] = \"1\"; }\nrule b { when host not "
                "in [\"a\", \"b\"]; set header[\"B\"] = \"1\"; }\n"
                "rule c { when open; deny; }\n");
  const std::string out = trace({"http://a/"}).out;
  EXPECT_EQ(out.substr(out.find("\nrules that")),
            "\nrules that did not match, and the first condition that was false\n"
            "  a                             host != \"a\"\n"
            "                                  it was a\n"
            "                                  wanted any but a\n"
            "  b                             host not in [\"a\", \"b\"]\n"
            "                                  it was a\n"
            "                                  wanted any but [\"a\", \"b\"]\n"
            "  c                             open\n"
            "                                  it was off\n"
            "                                  wanted on\n");
}

TEST_F(Trace, a_directory_that_is_not_there_is_a_mistake_of_usage) {
  const Finished done = sprx({"trace", folder_.path().string() + "/nowhere", "http://a/"});
  EXPECT_EQ(done.status, 2);
  EXPECT_EQ(done.err, "sprx: there is no directory `" + folder_.path().string() + "/nowhere`\n");
}

TEST_F(Trace, of_many_rules_people_see_those_that_came_close_and_all_of_them_when_they_ask) {
  std::string rules = "rule near { when host == \"a\" and path == \"/near\"; deny; }\n";
  for (int i = 0; i < 10; ++i)
    rules += "rule far" + std::to_string(i) + " { when path == \"/far" + std::to_string(i) + "\"; drop; }\n";
  folder_.write("main.sprx", rules);
  const std::string near =
      "\nrules that did not match, and the first condition that was false\n"
      "  near                          path == \"/near\"\n"
      "                                  it was /\n"
      "                                  wanted /near\n";
  const std::string few = trace({"http://a/"}).out;
  EXPECT_EQ(few.substr(few.find("\nrules that")),
            near + "  10 more, whose very first condition was false; `--why` shows them\n");
  const std::string none = trace({"http://b/"}).out;
  EXPECT_EQ(none.substr(none.find("\nrules that")),
            near.substr(0, near.find("  near")) + "  11 whose very first condition was false; `--why` shows them\n");
  const std::string all = trace({"http://a/", "--why"}).out;
  EXPECT_THAT(all, HasSubstr("  far9                          path == \"/far9\"\n"));
  EXPECT_EQ(all.find("--why"), std::string::npos);
}

TEST_F(Trace, a_body_is_shown_line_by_line) {
  folder_.write("main.sprx", "rule r { respond 200 { body \"\"\"one\n\ttwo\n\nfour\n\"\"\"; } }\n");
  const std::string out = trace({"http://a/"}).out;
  EXPECT_EQ(out.substr(out.find("\n\n    one")), "\n\n    one\n    \\x09two\n\n    four\n");
}

TEST_F(Trace, lines_say_why_only_when_asked) {
  EXPECT_FALSE(ask_one(R"({"url":"http://a/"})").as_object().contains("why"));
  const Finished done = trace({"--requests", "-", "--why"}, R"({"url":"http://a/"})");
  EXPECT_TRUE(json::parse(done.out).as_object().contains("why"));
}

TEST_F(Trace, tells_people_the_decision_and_the_rule_with_its_place) {
  const Finished done = trace({"http://www.example.com/blog/2019/hello"});
  EXPECT_EQ(done.status, 0);
  EXPECT_THAT(done.out, HasSubstr("GET http://www.example.com/blog/2019/hello\n\n  redirect 301 to /articles/hello\n"));
  EXPECT_THAT(done.out, HasSubstr("  by rule old_blog main.sprx:7\n"));
  EXPECT_EQ(done.out.find('\x1b'), std::string::npos);
}

TEST_F(Trace, tells_people_what_the_next_hop_sees) {
  const Finished done = trace({"http://a/x?y", "--client", "203.0.113.9", "-H", "X-Debug-On: 1", "-X", "PUT"});
  EXPECT_THAT(done.out, HasSubstr("    PUT /x?y HTTP/1.1\n    Host: a\n"));
  EXPECT_THAT(done.out, HasSubstr("  + X-Office: yes\n"));
  EXPECT_THAT(done.out, HasSubstr("  - X-Debug-On: 1\n"));
}

TEST_F(Trace, control_characters_do_not_reach_the_terminal) {
  const Finished done = trace({"http://a/sorry", "-H", "User-Agent: \x1b[31mred"});
  EXPECT_EQ(done.out.find('\x1b'), std::string::npos);
}

TEST_F(Trace, bytes_that_are_not_utf8_are_shown_as_characters_of_their_value) {
  const Finished done = trace({"http://a/", "--json", "-H", "X-Byte: \xE9"});
  EXPECT_EQ(json::parse(done.out).at("forward").at("headers").at("X-Byte").as_string(), "\xC3\xA9");
}

TEST_F(Trace, an_option_takes_one_value_and_the_url_may_follow_it) {
  const Finished usual = trace({"http://a/x", "--json", "--at", "2026-11-01T00:00:00Z", "-H", "A: b", "-H", "C: d"});
  ASSERT_EQ(usual.status, 0) << usual.err;
  const auto same = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {"--at", "2026-11-01T00:00:00Z"});
    const Finished done = trace(std::move(words));
    EXPECT_EQ(done.status, 0) << done.err;
    EXPECT_EQ(done.out, usual.out);
  };
  same({"--json", "-H", "A: b", "-H", "C: d", "http://a/x"});
  same({"--json", "--header=A: b", "--header", "C: d", "http://a/x"});
  for (const char* const option : {"-H", "--upstream-header"})
    EXPECT_EQ(trace({option, "X-Any: 1", "http://a/x"}).status, 0) << option;
  // What comes is the option's own mistake: the URL was not taken for a value of it.
  for (const char* const option : {"--flag", "--has", "--exhausted"}) {
    const Finished done = trace({option, "nosuch=1", "http://a/x"});
    EXPECT_EQ(done.err.find("URL"), std::string::npos) << option << done.err;
    EXPECT_EQ(done.err.find("http://a/x"), std::string::npos) << option << done.err;
    EXPECT_NE(done.err.find("nosuch"), std::string::npos) << option << done.err;
  }
}

TEST_F(Trace, usage_mistakes_exit_with_2) {
  EXPECT_EQ(trace({}).status, 2);
  EXPECT_EQ(trace({"a", "b"}).status, 2);
  EXPECT_EQ(trace({"www.example.com"}).status, 2);
  EXPECT_EQ(trace({"http://a/", "-H", "no colon"}).status, 2);
  EXPECT_EQ(trace({"http://a/", "--at", "now"}).status, 2);
  EXPECT_EQ(trace({"http://a/", "--client", "me"}).status, 2);
  EXPECT_EQ(trace({"http://a/", "--upstream-status", "99"}).status, 2);
  EXPECT_EQ(trace({"--requests", (folder_ / "missing").string()}).status, 2);
}

TEST_F(Trace, a_wrong_configuration_is_shown_and_exits_with_1) {
  folder_.write("main.sprx", "rule x { when hst == \"a\"; deny; }\n");
  const Finished done = trace({"http://a/"});
  EXPECT_EQ(done.status, 1);
  EXPECT_EQ(done.out, "");
  EXPECT_THAT(done.err, HasSubstr("main.sprx:1:15"));
}

TEST_F(Trace, the_directory_may_stand_before_the_url) {
  const Finished done = sprx({"trace", folder_.path().string(), "http://a/gone", "--json"});
  EXPECT_EQ(done.status, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr(R"("outcome":"drop")"));
}

}  // namespace
}  // namespace sprx::test
