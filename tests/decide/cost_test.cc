// What `sprx dump --stage cost` says, to the byte.
#include "compiler/table/cost.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "compiler/compile.h"

namespace sprx::test {
namespace {

std::string cost_of(std::string rules) {
  const Compilation made = compile(MemoryFiles{{"main.sprx", std::move(rules)}}, {.lints = false});
  EXPECT_TRUE(made.ok()) << render(made.diagnostics, made.sources, {.color = false});
  return made.ok() ? cost(*made.table) : std::string();
}

TEST(Cost, names_what_every_request_pays_for_and_what_would_make_it_cheaper) {
  EXPECT_EQ(cost_of(R"(list bots: pattern = [r"(?i)crawler", r"spider[0-9]"];
list vague: pattern = [r"[0-9]{3}"];
table moved: path -> string = { "/a" => "/b"; "/c" => "/d"; };
rule everybody { log seen = "yes"; }
rule not_here { when path not under "/here"; set header["X"] = "1"; }
rule shapes { when path matches r"^/[a-z]/[0-9]+$"; deny; }
rule late { when int(query["age"]) > 18; set header["X"] = "2"; }
rule either { when path == "/x" or not exists header["Y"]; set header["X"] = "3"; }
rule page { when path == "/page"; deny; }
rule agents { when header["User-Agent"] contains "BadBot" or header["User-Agent"] matches bots; deny; }
rule numbers { when header["User-Agent"] matches vague; deny; }
rule moved_pages { when path in moved; redirect 301 moved[path]; }
)"),
            R"(request rules: 9, 2 found by look-ups, 0 behind shared conditions, 7 tried for every request

  tried for every request: 1 rule, which has no condition
    cheaper: if it is for some requests only, say for which
    main.sprx:4 everybody

  tried for every request: 1 rule, which says only what must not be
    cheaper: add what must be: a path, a host, a method, a header's value
    main.sprx:5 not_here

  tried for every request: 1 rule, which compares numbers or times
    cheaper: add a path, a host or a header's value that must be there
    main.sprx:7 late

  tried for every request: 1 rule, which has an `or` one side of which cannot be looked up
    cheaper: make two rules of it, or put a condition beside the `or` that both sides need
    main.sprx:8 either

  tried for every request: 1 rule, which asks for a list that is looked up as a whole, once a request
    cheaper: nothing has to be done; a path or host beside it saves the look-up
    main.sprx:12 moved_pages

  tried for every request: 2 rules, each of which has a pattern without a fixed text of three letters or more
    cheaper: write out a text that must stand there, use `like`, or add a path or host
    main.sprx:6 shapes
    main.sprx:11 numbers

  looked up once a request, whatever the number of rules
    path, one look-up for each of its first 2 segments
    header["user-agent"], read through once for 12 texts (5331 bytes)

memory
    5280 bytes  4 patterns, about; each grows with the texts that it meets
    1392 bytes  9 rules with their conditions and actions
      24 bytes  table moved, 2 rows
       8 bytes  list bots, 2 rows
       4 bytes  list vague, 1 row
)");
}

TEST(Cost, a_condition_that_rules_share_and_a_long_list_of_rules_are_counted) {
  std::string rules = "list vague: pattern = [r\"[0-9]{3}\"];\n";
  for (int i = 0; i < 3; ++i) {
    rules += fmt::format(
        "rule g{} {{ when header[\"A\"] matches vague and header[\"B{}\"] != \"1\"; log a = \"1\"; }}\n", i, i);
  }
  for (std::size_t i = 0; i < kRulesNamedInCost + 2; ++i) {
    rules += fmt::format("rule r{} {{ when path not under \"/p{}\"; log a = \"1\"; }}\n", i, i);
  }
  EXPECT_EQ(cost_of(rules),
            R"(request rules: 25, 0 found by look-ups, 3 behind shared conditions, 22 tried for every request

  tried for every request: 22 rules, each of which says only what must not be
    cheaper: add what must be: a path, a host, a method, a header's value
    main.sprx:5 r0
    main.sprx:6 r1
    main.sprx:7 r2
    main.sprx:8 r3
    main.sprx:9 r4
    main.sprx:10 r5
    main.sprx:11 r6
    main.sprx:12 r7
    main.sprx:13 r8
    main.sprx:14 r9
    main.sprx:15 r10
    main.sprx:16 r11
    main.sprx:17 r12
    main.sprx:18 r13
    main.sprx:19 r14
    main.sprx:20 r15
    main.sprx:21 r16
    main.sprx:22 r17
    main.sprx:23 r18
    main.sprx:24 r19
    and 2 more

  tested once a request, for all rules that share it
    header["a"] in vague  for 3 rules

memory
    3480 bytes  25 rules with their conditions and actions
    1248 bytes  1 pattern, about; each grows with the texts that it meets
       4 bytes  list vague, 1 row
)");
}

}  // namespace
}  // namespace sprx::test
