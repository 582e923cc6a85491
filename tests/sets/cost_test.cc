// What the look for unreachable rules costs does not grow with the square of the rules.
#include <chrono>
#include <gtest/gtest.h>
#include <iostream>

#include "compiler/loops.h"
#include "compiler/reach.h"
#include "compiler/sets/concrete.h"
#include "compiler/sets/prove.h"
#include "tests/compiler/check_support.h"

namespace sprx::testing {
namespace {

/// Rules of many kinds, none of them hidden: exact paths, templates, hosts, networks, headers, methods.
std::string mixed_rules(std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string n = std::to_string(i);
    out += "rule r" + n + " { when ";
    switch (i % 8) {
      case 0:
      case 1:
        out += "path == \"/page/" + n + "\"";
        break;
      case 2:
        out += "path like \"/product/{id}/v" + n + "\"";
        break;
      case 3:
        out += "host == \"h" + n + ".example.com\" and path under \"/area\"";
        break;
      case 4:
        out += "client.ip in \"10." + std::to_string(i / 256 % 256) + "." + std::to_string(i % 256) +
               ".0/24\" and path under \"/n" + n + "\"";
        break;
      case 5:
        out += "header[\"X-Key\"] == \"" + n + "\" and method == \"POST\"";
        break;
      case 6:
        out += "path under \"/section" + n + "\" and path.extension in [\"jpg\", \"png\"]";
        break;
      default:
        out += "path nocase in [\"/List/" + n + "\", \"/list2/" + n + "\"] and query[\"q\"] contains \"x\"";
        break;
    }
    out += "; deny; }\n";
  }
  return out;
}

double milliseconds(std::chrono::steady_clock::time_point since) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - since).count();
}

struct Cost {
  double reach = 0;
  double loops = 0;
  std::uint64_t compared = 0;
  std::size_t found = 0;
};

Cost cost_of(const Files& files) {
  const TempDirectory directory;
  for (const auto& [name, text] : files) directory.write(name, text);
  CompileOptions options;
  options.build = false;
  const Compilation run = compile(directory.path(), options);
  Cost cost;
  EXPECT_TRUE(run.program.has_value()) << render(run.diagnostics, run.sources, {});
  if (!run.program) return cost;
  sets::Space space(run.program->rules);
  auto begin = std::chrono::steady_clock::now();
  const Reachability reach = find_unreachable(*run.program, space);
  cost.reach = milliseconds(begin);
  begin = std::chrono::steady_clock::now();
  AllowSet allows;
  DiagnosticList out;
  check_loops(*run.program, allows, out);
  cost.loops = milliseconds(begin);
  cost.compared = reach.compared;
  cost.found = reach.found.size();
  EXPECT_TRUE(reach.whole);
  return cost;
}

TEST(Cost, of_mixed_rules_grows_with_their_number) {
  for (const std::size_t count : {1'000, 10'000}) {
    const Cost cost = cost_of({{"main.sprx", mixed_rules(count)}});
    std::cout << count << " rules: reach " << cost.reach << " ms, loops " << cost.loops << " ms, " << cost.compared
              << " conditions tried\n";
    EXPECT_EQ(cost.found, 0U);
    // Not even a few of the earlier rules are looked at for each.
    EXPECT_LT(cost.compared, count * 4);
  }
}

TEST(Cost, of_rules_that_look_for_fragments_grows_with_their_number) {
  for (const std::size_t count : {1'000, 10'000}) {
    std::string text;
    for (std::size_t i = 0; i < count; i += 4) {
      const std::string n = std::to_string(i) + "x";
      text += "rule a" + n + " { when header[\"User-Agent\"] contains \"Bad" + n + "\"; deny; }\n";
      text += "rule b" + n + " { when header[\"User-Agent\"] matches r\"worse" + n + "/[0-9]+\"; deny; }\n";
      text += "rule c" + n + " { when path contains \"/" + n + "/\"; deny; }\n";
      text += "rule d" + n + " { when path == \"/old-" + n + "\"; redirect 301 \"/new-" + n + "\"; }\n";
    }
    const Cost cost = cost_of({{"main.sprx", text}});
    std::cout << count << " rules: reach " << cost.reach << " ms, loops " << cost.loops << " ms, " << cost.compared
              << " conditions tried\n";
    EXPECT_EQ(cost.found, 0U);
    EXPECT_LT(cost.compared, count * 4);
  }
}

TEST(Cost, of_a_long_redirects_file_grows_with_its_lines) {
  for (const std::size_t count : {10'000, 100'000}) {
    std::string lines;
    for (std::size_t i = 0; i < count; ++i) {
      const std::string n = std::to_string(i);
      lines += i % 10 == 9 ? "/t" + n + "/{x}\t/u" + n + "/{x}\n" : "/old/page-" + n + "\t/new/page-" + n + "\n";
    }
    const Cost cost =
        cost_of({{"main.sprx", "redirects legacy from \"legacy.tsv\" { status 301; }\n"}, {"legacy.tsv", lines}});
    std::cout << count << " lines: reach " << cost.reach << " ms, loops " << cost.loops << " ms, " << cost.compared
              << " conditions tried\n";
    EXPECT_EQ(cost.found, 0U);
    EXPECT_LT(cost.compared, count * 2);
  }
}

/// Lines of which nothing can be looked up.
Files unkeyed_lines(std::size_t count) {
  std::string lines;
  for (std::size_t i = 0; i < count; ++i) lines += "/*a" + std::to_string(i) + "*b*/{x...}\t/q/{x}\n";
  return {{"main.sprx", "redirects r from \"r.tsv\" { status 301; }\n"}, {"r.tsv", lines}};
}

/// What the compiler says of these files, without lints.
std::string said_of(const Files& files) {
  const TempDirectory directory;
  for (const auto& [name, text] : files) directory.write(name, text);
  CompileOptions options;
  options.build = false;
  options.lints = false;
  const Compilation run = compile(directory.path(), options);
  return render(run.diagnostics, run.sources, {});
}

TEST(Cost, of_lines_that_cannot_be_looked_up_ends_at_a_bound) {
  const TempDirectory directory;
  for (const auto& [name, text] : unkeyed_lines(60)) directory.write(name, text);
  CompileOptions options;
  options.build = false;
  const Compilation run = compile(directory.path(), options);
  ASSERT_TRUE(run.program.has_value()) << render(run.diagnostics, run.sources, {});
  sets::Space space(run.program->rules);
  const std::uint64_t all = find_unreachable(*run.program, space).compared;
  EXPECT_GT(all, 1'000U);
  EXPECT_TRUE(find_unreachable(*run.program, space, kMaxReachTries, all).whole);
  const Reachability cut = find_unreachable(*run.program, space, kMaxReachTries, all - 1);
  EXPECT_FALSE(cut.whole);
  EXPECT_LE(cut.compared, all);
}

/// Rules each of which takes 300 paths, all but one of them taken by the one before it.
Files large_sets(std::size_t rules, std::size_t paths) {
  std::string text;
  for (std::size_t i = 0; i < rules; ++i) {
    text += "rule r" + std::to_string(i) + " { when ";
    for (std::size_t k = 0; k < paths; ++k)
      text += (k == 0 ? "path == \"/a" : " or path == \"/a") + std::to_string(i + k) + "\"";
    text += "; deny; }\n";
  }
  return {{"main.sprx", text}};
}

TEST(Cost, of_rules_with_large_sets_ends_at_a_bound) {
  for (const std::size_t rules : {40, 100}) {
    const Compilation run = compile(large_sets(rules, 300), [] {
      CompileOptions options;
      options.build = false;
      return options;
    }());
    ASSERT_TRUE(run.program.has_value()) << render(run.diagnostics, run.sources, {});
    sets::Space space(run.program->rules);
    space.allow(kMaxReachWork);
    const auto begin = std::chrono::steady_clock::now();
    const Reachability reach = find_unreachable(*run.program, space);
    std::cout << rules << " rules of 300 paths: reach " << milliseconds(begin) << " ms, " << space.spent()
              << " comparisons, " << (reach.whole ? "whole" : "given up") << '\n';
    EXPECT_TRUE(reach.found.empty());
    EXPECT_LT(space.spent(), kMaxReachWork + kMaxReachWork / 10);
  }
  EXPECT_EQ(said_of(large_sets(100, 300)), "");
}

TEST(Cost, of_many_lines_that_cannot_be_looked_up_is_bounded) {
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(said_of(unkeyed_lines(6'000)), "");
  std::cout << "6000 lines of templates without a key: " << milliseconds(begin) << " ms\n";
}

/// A rule that wants `count` lets to hold; the last of them contradicts what it asks besides.
std::string many_lets(std::size_t count) {
  std::string lets;
  std::string wanted;
  for (std::size_t i = 1; i < count; ++i) {
    const std::string n = std::to_string(i);
    lets += "let b" + n + " = header[\"X-" + n + "\"] == \"1\";\n";
    wanted += " when b" + n + ";";
  }
  return lets + "let last = method == \"GET\";\nrule r {" + wanted + " when last; when method == \"POST\"; deny; }\n";
}

TEST(Cost, lets_of_one_box_are_taken_apart_up_to_the_bound_and_then_left_open) {
  const std::string at = said_of({{"main.sprx", many_lets(sets::kMaxLets)}});
  EXPECT_NE(at.find("E3002"), std::string::npos) << at;
  EXPECT_EQ(said_of({{"main.sprx", many_lets(sets::kMaxLets + 1)}}), "");
}

/// A redirect to itself, if the `count` lets that its condition is made of are worked out.
std::string looping_lets(std::size_t count) {
  constexpr std::size_t kEach = 1'000;
  std::string lets;
  std::string target;
  for (std::size_t made = 0; made < count;) {
    const std::string group = std::to_string(made);
    const std::size_t inner = std::min(kEach, count - made - 1);
    std::string parts;
    for (std::size_t i = 0; i < inner; ++i) {
      const std::string name = "l" + group + "_" + std::to_string(i);
      lets += "let " + name + " = lower(\"\");\n";
      parts += "${" + name + "}";
    }
    lets += "let g" + group + " = \"" + parts + "\";\n";
    target += "${g" + group + "}";
    made += inner + 1;
  }
  return lets + "rule r { when path == \"/x\"; when \"" + target + "\" == \"\"; redirect 301 \"/x\"; }\n";
}

TEST(Cost, values_of_lets_are_worked_out_up_to_the_bound_and_then_unknown) {
  const std::string at = said_of({{"main.sprx", looping_lets(sets::kMaxLetValues)}});
  EXPECT_NE(at.find("E4006"), std::string::npos) << at;
  EXPECT_EQ(said_of({{"main.sprx", looping_lets(sets::kMaxLetValues + 1)}}), "");
}

/// As many lets as may be made of lets, each of which names the one before it twice: put in, 2^62 conditions.
std::string doubled_lets(const std::string& inner, const std::string& shape, const std::string& indent) {
  constexpr int kDeep = 62;
  std::string out = indent + "let a" + std::to_string(kDeep) + " = " + inner + ";\n";
  for (int i = kDeep - 1; i >= 0; --i) {
    std::string value = shape;
    const auto put = [&value](std::string_view what, const std::string& text) {
      for (std::size_t at = value.find(what); at != std::string::npos; at = value.find(what, at + text.size()))
        value.replace(at, what.size(), text);
    };
    put("A", "a" + std::to_string(i + 1));
    put("N", std::to_string(i));
    out += indent + "let a" + std::to_string(i) + " = " + value + ";\n";
  }
  return out;
}

TEST(Cost, of_lets_made_of_lets_does_not_double_with_each) {
  const std::string shapes[] = {"(A and header[\"xN\"] == \"1\") or (not A and header[\"yN\"] == \"1\")",
                                "(A and A) or not A", "A and A", "A or A",
                                "(A or header[\"xN\"] == \"1\") and (not A or header[\"yN\"] == \"1\")"};
  for (const std::string& shape : shapes) {
    const std::string top = doubled_lets("path == \"/x\"", shape, "") +
                            "rule r { when a0; redirect 302 \"https://other.example.net/\"; }\n"
                            "rule s { when not a0 and a1; redirect 302 \"https://other.example.net/\"; }\n"
                            "response rule t { when a0 or a1; set response.header[\"X\"] = \"1\"; }\n";
    const std::string own = "rule r {\n  when path like \"/{q}\";\n" + doubled_lets("q == \"x\"", shape, "  ") +
                            "  when a0;\n  redirect 302 \"https://other.example.net/\";\n}\n";
    for (const std::string& text : {top, own}) {
      const TempDirectory directory;
      directory.write("main.sprx", text);
      const auto begin = std::chrono::steady_clock::now();
      const Compilation run = compile(directory.path(), {});
      std::cout << shape << ": " << milliseconds(begin) << " ms\n";
      // Doubling would take until the sun has burnt out.
      EXPECT_LT(milliseconds(begin), 20'000) << shape;
      // Some of the shapes are always or never true: that may be said, and nothing else.
      for (const Diagnostic& d : run.diagnostics.all()) {
        EXPECT_TRUE(d.kind == Kind::never_matches || d.kind == Kind::hidden_rule)
            << render(run.diagnostics, run.sources, {});
      }
      EXPECT_TRUE(run.table != nullptr || run.diagnostics.has_errors());
    }
  }
}

TEST(Cost, of_doubled_lets_still_finds_what_is_hidden) {
  const TempDirectory directory;
  directory.write("main.sprx", doubled_lets("path == \"/x\"", "A and A", "") +
                                   "rule r { when path == \"/x\"; deny; }\nrule s { when a0; deny; }\n");
  const Compilation run = compile(directory.path(), {});
  ASSERT_EQ(run.diagnostics.all().size(), 1U);
  EXPECT_EQ(run.diagnostics.all()[0].kind, Kind::hidden_rule);
}

}  // namespace
}  // namespace sprx::testing
