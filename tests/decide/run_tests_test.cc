// The runner of in-language tests: what holds, what does not, and what is said of it.
#include "runtime/decide/run_tests.h"

#include <gtest/gtest.h>

#include "compiler/compile.h"
#include "runtime/decide/test_judge.h"
#include "tests/compiler/check_support.h"

namespace sprx::test {
namespace {

using sprx::testing::TempDirectory;

/// A configuration compiled with its tests, and what they came to.
struct Ran {
  Compilation compiled;
  TestRun run;

  explicit Ran(const std::string& text, const TestRunOptions& options = {}) {
    const TempDirectory directory;
    directory.write("main.sprx", text);
    directory.write("cases.tsv", "/a\t301\t/b\n/c\t-\n/c\t404\n");
    compiled = compile(directory.path(), {});
    if (compiled.ok()) run = run_tests(*compiled.table, compiled.tests.cases, options);
  }
  std::string rule_of(const TestFailure& failure) const {
    if (!failure.rule) return "";
    const RuleSet& rules = compiled.table->rules();
    return std::string(rules.pool.strings.view(rules.of(failure.rule->phase)[failure.rule->index].name));
  }
  /// "NAME: expected … got … [rule: why]", a line a failure.
  std::string text() const {
    if (!compiled.ok()) return render(compiled.diagnostics, compiled.sources, {});
    std::string out;
    for (std::size_t i = 0; i < run.results.size(); ++i) {
      for (const TestFailure& failure : run.results[i].failures) {
        out += compiled.tests.cases[i].name + ": expected " + failure.expected + ", got " + failure.got;
        if (failure.rule) out += " [" + rule_of(failure) + ": " + failure.why + "]";
        out += "\n";
      }
    }
    return out;
  }
};

const std::string kRules = R"(
rule tls { when scheme == "http"; redirect 301 "https://${host}${uri}"; }
rule gone { when path == "/gone"; respond 410 { header "X-A" = "1"; body "gone"; } }
rule secret { when path under "/secret" and client.ip not in "192.0.2.0/24"; log reason = "secret"; deny 404; }
rule bad { when header["User-Agent"] == "bad"; drop; }
rule edits {
  when path under "/e";
  set path = "/new";
  set header["X-A"] = "1";
  unset header["X-B"];
  set query["a"] = "2";
  set cookie["c"] = "3";
  origin "two";
}
group shop when host == "shop.example.com" { rule beta { when cookie["beta"] == "1"; set header["X-Beta"] = "1"; } }
response rule seal { when response.status == 200; set response.header["X-Seal"] = "s"; set response.cookie["k"] = "v"; }
)";

TEST(RunTests, every_kind_of_expectation_can_hold) {
  const Ran ran(kRules + R"(
test a { get "http://x.example.com/p?q=1"; expect redirect; expect redirect 301; expect redirect "https://x.example.com/p?q=1";
         expect redirect 301 "https://x.example.com/p?q=1"; expect rule tls; expect no rule gone; expect response 301; }
test b { post "/gone"; expect respond 410 { header "X-A" = "1"; no header "X-Seal"; body "gone"; } expect response 410; }
test c { get "/secret/x" { client "203.0.113.9"; } expect deny; expect deny 404; expect log reason = "secret"; }
test d { get "/secret/x" { client "192.0.2.1"; } expect forward; expect no log reason; }
test e { get "/" { header "User-Agent" = "bad"; } expect drop; }
test f { get "/e?a=1" { header "X-B" = "b"; cookie "c" = "1"; cookie "d" = "4"; }
         expect forward { path "/new"; query "a=2"; host "www.example.com"; method "GET"; header "X-A" = "1"; no header "X-B";
                          cookie "c" = "3"; cookie "d" = "4"; no cookie "e"; origin "two"; }
         expect response 200 { header "x-seal" = "s"; cookie "k" = "v"; no header "Server"; no cookie "z"; } }
test g { get "https://shop.example.com/" { cookie "beta" = "1"; } expect rule shop.beta; expect rule shop; }
test h { get "/" ; upstream 404 { header "A" = "1"; header "A" = "2"; } expect response 404 { header "A" = "1, 2"; } expect no rule seal; }
test i { get "/%zz"; expect refused; expect refused 400; }
test j { get "/p"; expect forward { no query; no origin; } }
test k { options "*"; expect forward { path "*"; } }
test l { get "/" { method "PURGE"; } expect forward { method "PURGE"; } }
)");
  EXPECT_EQ(ran.text(), "");
  EXPECT_EQ(ran.run.passed, 12U);
}

TEST(RunTests, attributes_of_a_cookie_are_those_of_the_last_line_that_sets_it) {
  const Ran ran(R"(
response rule seal { set response.cookie["k"] = "v" { max_age 30d; path "/"; http_only; same_site lax; } }
test a { get "/"; expect response 200 { cookie "k" = "v" { path "/"; same_site lax; max_age 30d; } } }
test b { get "/"; expect response 200 { cookie "k" = "w" { same_site strict; secure; max_age 30s; path "/a"; } cookie "z" = "1" { secure; } } }
test c { get "/"; upstream 200 { cookie "u" = "1" { secure; } cookie "u" = "2" { domain "x.org"; } }
         expect response 200 { cookie "u" = "2" { domain "x.org"; } } }
test d { get "/"; upstream 200 { header "Set-Cookie" = "u=1;secure=1 ; samesite=LAX; Domain=.X.org;path= /b; Path=/c; max-age=5; max-age=x"; }
         expect response 200 { cookie "u" = "1" { secure; same_site lax; domain "x.org"; path "/c"; max_age 5s; } } }
test e { get "/"; upstream 200 { cookie "u" = "1" { path "/b"; } cookie "u" = "1" { path "/B"; secure; } }
         expect response 200 { cookie "u" = "1" { path "/b"; http_only; secure; } } }
)");
  EXPECT_EQ(ran.text(),
            "b: expected the response to set the cookie `k` to `w`, got `v` [seal: changed by this rule]\n"
            "b: expected the cookie `k` to be set with `SameSite=Strict`, got `k=v; Max-Age=2592000; Path=/; HttpOnly; "
            "SameSite=Lax` [seal: changed by this rule]\n"
            "b: expected the cookie `k` to be set with `Secure`, got `k=v; Max-Age=2592000; Path=/; HttpOnly; "
            "SameSite=Lax` [seal: changed by this rule]\n"
            "b: expected the cookie `k` to be set with `Max-Age=30`, got `k=v; Max-Age=2592000; Path=/; HttpOnly; "
            "SameSite=Lax` [seal: changed by this rule]\n"
            "b: expected the cookie `k` to be set with `Path=/a`, got `k=v; Max-Age=2592000; Path=/; HttpOnly; "
            "SameSite=Lax` [seal: changed by this rule]\n"
            "b: expected the response to set the cookie `z` to `1`, got none\n"
            "e: expected the cookie `u` to be set with `Path=/b`, got `u=1; Path=/B; Secure`\n"
            "e: expected the cookie `u` to be set with `HttpOnly`, got `u=1; Path=/B; Secure`\n");
}

TEST(RunTests, a_rule_on_trial_counts_as_tested) {
  const Ran ran(R"(
rule trial { when path == "/a"; dry_run; deny; }
test a { get "/a"; expect forward; expect would trial; }
test b { get "/b"; expect no would trial; }
)");
  EXPECT_EQ(ran.text(), "");
  EXPECT_EQ(ran.run.matched[static_cast<std::size_t>(Phase::request)][0], 1U);
}

TEST(RunTests, a_rule_on_trial_is_blamed_for_what_it_would_have_done_only) {
  const Ran ran(R"(
rule trial { when not exists header["User-Agent"]; dry_run; deny; }
rule later { when path == "/c"; dry_run; redirect 302 "/d"; }
rule a { when path == "/a"; redirect 301 "/b"; }
test a { get "/a"; expect response 302; }
test b { get "/a"; expect redirect 301 "/c"; }
test c { get "/x"; expect deny 403; }
test d { get "/x"; expect deny 404; }
test e { get "/c"; expect redirect 302 "/d"; }
test f { get "/c"; expect redirect 302 "/e"; }
)");
  EXPECT_EQ(ran.text(),
            "a: expected a 302 answer, got a 301 redirect to `/b` [a: this rule redirected it]\n"
            "b: expected a 301 redirect to `/c`, got a 301 redirect to `/b` "
            "[a: this rule redirected it]\n"
            "c: expected a 403 answer by `deny`, got the request sent to the next hop "
            "[trial: this rule would have done it, but is on trial (`dry_run`)]\n"
            "d: expected a 404 answer by `deny`, got the request sent to the next hop\n"
            "e: expected a 302 redirect to `/d`, got the request sent to the next hop "
            "[later: this rule would have done it, but is on trial (`dry_run`)]\n"
            "f: expected a 302 redirect to `/e`, got the request sent to the next hop\n");
}

TEST(RunTests, of_a_rule_that_its_guard_kept_from_matching_the_guard_is_named) {
  const Ran ran(R"(
limit api { key client.ip; rate 10/s; }
rule early { when path == "/a"; since "2026-11-27T00:00:00Z"; set header["X-A"] = "1"; }
rule late { when path == "/a"; until "2026-11-27T00:00:00Z"; set header["X-B"] = "1"; }
rule throttle { when path == "/b"; over api; deny 429; }
test a { get "/a" { at "2026-11-26T00:00:00Z"; } expect rule early; }
test b { get "/a" { at "2026-11-27T00:00:00Z"; } expect rule late; }
test c { get "/b"; expect rule throttle; }
test d { get "/c"; expect rule throttle; }
)");
  EXPECT_EQ(
      ran.text(),
      "a: expected the rule `early` to match, got `since \"2026-11-27T00:00:00Z\"` does not hold: it is "
      "`2026-11-26T00:00:00Z` [early: this rule did not match]\n"
      "b: expected the rule `late` to match, got `until \"2026-11-27T00:00:00Z\"` does not hold: it is "
      "`2026-11-27T00:00:00Z` [late: this rule did not match]\n"
      "c: expected the rule `throttle` to match, got `over api` does not hold: a token is left, unless the test says "
      "`exhausted api;` [throttle: this rule did not match]\n"
      "d: expected the rule `throttle` to match, got `path == \"/b\"` does not hold: it is `/c` "
      "[throttle: this rule did not match]\n");
}

TEST(RunTests, failures_say_what_was_expected_what_happened_and_which_rule_did_it) {
  const Ran ran(kRules + R"(
test a { get "http://x.example.com/p"; expect forward; expect redirect 302; expect redirect "/p"; expect rule gone; }
test b { get "/gone"; expect respond 410 { header "X-A" = "2"; body "here"; } expect no rule gone; }
test c { get "/e"; expect forward { path "/e"; header "X-A" = "2"; no header "X-A"; no query; origin "one"; cookie "c" = "4"; } }
test d { get "/"; expect deny 403; expect rule secret; expect log reason = "x"; expect response 404 { header "A" = "1"; } }
test e { get "/secret"; expect no log reason; expect log reason = "y"; }
test f { get "/"; expect response 200 { header "X-Seal" = "t"; no cookie "k"; body "x"; } expect rule shop; }
test g { get "/%00"; expect rule tls; expect forward; }
)");
  EXPECT_EQ(
      ran.text(),
      R"(a: expected the request to go to the next hop, got a 301 redirect to `https://x.example.com/p` [tls: this rule redirected it]
a: expected a 302 redirect, got a 301 redirect to `https://x.example.com/p` [tls: this rule redirected it]
a: expected a redirect to `/p`, got a 301 redirect to `https://x.example.com/p` [tls: this rule redirected it]
a: expected the rule `gone` to match, got `tls`, which stands before it, ended it [tls: this rule ended it first]
b: expected the header `X-A` to be `2`, got `1` [gone: this rule answered it]
b: expected the body `here`, got `gone` [gone: this rule answered it]
b: expected the rule `gone` not to match, got a match [gone: this rule matched]
c: expected the path `/e`, got `/new` [edits: changed by this rule]
c: expected the header `X-A` to be `2`, got `1` [edits: changed by this rule]
c: expected no header `X-A`, got `1` [edits: changed by this rule]
c: expected no query, got `a=2` [edits: changed by this rule]
c: expected the origin `one`, got `two` [edits: changed by this rule]
c: expected the cookie `c` to be `4`, got `3` [edits: changed by this rule]
d: expected a 403 answer by `deny`, got the request sent to the next hop
d: expected the rule `secret` to match, got `path under "/secret"` does not hold: it is `/` [secret: this rule did not match]
d: expected the log field `reason` to be `x`, got no such field
d: expected a 404 answer, got the request sent to the next hop
e: expected no log field `reason`, got `secret` [secret: this rule logged it]
e: expected the log field `reason` to be `y`, got `secret` [secret: this rule logged it]
f: expected the header `X-Seal` to be `t`, got `s` [seal: changed by this rule]
f: expected no cookie `k`, got `v` [seal: changed by this rule]
f: expected the body `x`, got a body that no rule makes
f: expected a rule of `shop` to match, got none that did
g: expected the rule `tls` to match, got a 400 refusal by the proxy itself (bad_path), so that it was not asked
g: expected the request to go to the next hop, got a 400 refusal by the proxy itself (bad_path)
)");
  EXPECT_EQ(ran.run.failed, 7U);
}

TEST(RunTests, lines_of_a_file_are_tests) {
  const Ran ran("rule r { when path == \"/a\"; redirect 301 \"/b\"; }\ntests cases from \"cases.tsv\";\n");
  EXPECT_EQ(ran.text(), "cases.3: expected a 404 answer, got the request sent to the next hop\n");
  EXPECT_EQ(ran.run.passed, 2U);
}

TEST(RunTests, a_test_whose_answer_depends_on_the_time_must_say_it) {
  const std::string rules = R"(
rule sale { when path == "/sale" and now > "2026-06-01T00:00:00Z"; redirect 302 "/over"; }
rule dated { when path == "/dated"; log at = choose { now > "2026-01-01T00:00:00Z" => "late"; else => "early"; }; }
)";
  EXPECT_EQ(
      Ran(rules + "test a { get \"/sale\"; expect forward; }").text(),
      "a: expected the test to say `at`, got an answer that depends on the time [sale: this rule asks for the time]\n");
  EXPECT_EQ(Ran(rules + "test a { get \"/sale\" { at \"2026-05-31T00:00:00Z\"; } expect forward; }\n"
                        "test b { get \"/sale\" { at \"2026-06-02T00:00:00Z\"; } expect redirect 302; }\n"
                        "test c { get \"/other\"; expect forward; }\n"
                        "test d { get \"/dated\"; expect log at = \"early\"; }\n")
                .text(),
            "");
}

TEST(RunTests, the_filter_chooses_by_name) {
  const Ran ran("test ab { get \"/\"; expect deny; }\ntest bc { get \"/\"; expect forward; }\n", {.filter = "bc"});
  EXPECT_EQ(ran.text(), "");
  EXPECT_EQ(ran.run.passed, 1U);
  EXPECT_FALSE(ran.run.results[0].ran);
}

TEST(RunTests, coverage_counts_negations_as_they_are_written) {
  const Ran ran(R"(
list l: path = ["/a", "/b"];
rule r { when path not in l; set header["X"] = "1"; }
rule s { when path not like "/a/*" and not path under "/c"; set header["X"] = "1"; }
rule t { when method != "GET" or not (path == "/a" or path == "/d"); set header["X"] = "1"; }
test a { get "/a"; expect no rule r; }
test b { get "/a/x"; expect rule r; }
test c { get "/c"; expect no rule s; }
)",
                {.filter = {}, .coverage = true});
  ASSERT_EQ(ran.text(), "");
  std::string seen;
  for (const RuleCoverage& rule : ran.run.coverage.rules[0]) {
    for (const AtomCoverage& atom : rule.atoms) {
      seen += render(ran.compiled.table->rules(), atom.atom) + " " + std::to_string(atom.seen_true) + "/" +
              std::to_string(atom.seen_false) + "\n";
    }
  }
  EXPECT_EQ(seen,
            "path not in l 2/1\n"
            "path not like \"/a/*\" 2/1\n"
            "path not under \"/c\" 1/1\n"
            "method != \"GET\" 0/3\n"
            "path == \"/a\" 1/2\n"
            "path == \"/d\" 0/2\n");
}

TEST(RunTests, a_next_hop_can_fail_and_response_rules_see_how) {
  const Ran ran(R"(
rule edits { when path == "/e"; set header["X"] = "1"; }
response rule outage {
  when response.source == "proxy" and response.error in ["connect_timeout", "dns_error"];
  log why = response.error;
  respond 503 { body "soon"; }
}
response rule seal { set response.header["X-Seal"] = "${response.status} ${response.error}"; }
test one { get "/e"; upstream error connect_timeout; expect respond 503 { body "soon"; } expect rule edits;
  expect log why = "connect_timeout"; expect forward { header "X" = "1"; } }
test two { get "/"; upstream error dns_error; expect rule outage; }
test three { get "/"; upstream error upstream_closed; expect no rule outage;
  expect response 502 { header "X-Seal" = "502 upstream_closed"; header "Content-Type" = "text/plain; charset=utf-8"; } }
test four { get "/"; upstream error upstream_response_timeout; expect response 504; }
test five { get "/"; upstream 503; expect no rule outage; expect response 503 { header "X-Seal" = "503 "; } }
test six { get "/"; upstream error connect_failed; expect refused; }
)");
  EXPECT_EQ(ran.text(),
            "six: expected a refusal by the proxy itself, got the request sent to the next hop and a 502 answer\n");
}

TEST(RunTests, rules_on_trial_would_have_matched) {
  const Ran ran(R"(
rule trial { when path under "/a"; dry_run; deny; }
response rule late { when response.status == 404; dry_run; respond 410; }
test one { get "/a"; upstream 404; expect would trial; expect would late; expect no rule trial; expect response 404; }
test two { get "/b"; expect no would trial; expect no would late; expect forward; }
)");
  EXPECT_EQ(ran.text(), "");
  EXPECT_EQ(ran.run.matched[0], (std::vector<std::uint32_t>{1}));
  EXPECT_EQ(ran.run.matched[1], (std::vector<std::uint32_t>{1}));
}

TEST(RunTests, coverage_counts_what_each_part_of_a_condition_came_to) {
  const Ran ran(R"(
rule r { when method == "GET" and (path == "/a" or path == "/b") and not (host == "x.example.com"); deny; }
rule s { when method == "PUT"; deny; }
test a { get "/a"; expect deny; }
test b { get "/c"; expect forward; }
)",
                {.filter = {}, .coverage = true});
  ASSERT_EQ(ran.text(), "");
  const auto& rules = ran.run.coverage.rules[0];
  std::string seen;
  for (const RuleCoverage& rule : rules) {
    seen += std::to_string(rule.reached) + ":";
    for (const AtomCoverage& atom : rule.atoms)
      seen += " " + std::to_string(atom.seen_true) + "/" + std::to_string(atom.seen_false);
    seen += "\n";
  }
  EXPECT_EQ(seen, "2: 2/0 1/1 0/1 1/0\n1: 0/1\n");
  EXPECT_EQ(ran.run.matched[0], (std::vector<std::uint32_t>{1, 0}));
}

}  // namespace
}  // namespace sprx::test
