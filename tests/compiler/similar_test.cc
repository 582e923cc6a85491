#include <chrono>
#include <gtest/gtest.h>
#include <string>

#include "compiler/compile.h"
#include "compiler/diagnostics.h"

namespace sprx {
namespace {

std::string_view near(std::string_view name) {
  static const std::vector<std::string_view> kNames{"host",    "path",        "port", "header", "client.ip", "redirect",
                                                    "respond", "starts_with", "in",   "is",     "max_errors"};
  return similar(name, kNames);
}

TEST(Similar, finds_a_name_with_a_slip) {
  EXPECT_EQ(near("hst"), "host");
  EXPECT_EQ(near("hots"), "host");
  EXPECT_EQ(near("HOST"), "host");
  EXPECT_EQ(near("hoost"), "host");
  EXPECT_EQ(near("redirct"), "redirect");
  EXPECT_EQ(near("startswith"), "starts_with");
  EXPECT_EQ(near("clientip"), "client.ip");
  EXPECT_EQ(near("client_ip"), "client.ip");
  EXPECT_EQ(near("errors_max"), "max_errors");
  EXPECT_EQ(near("pat"), "path");
}

TEST(Similar, finds_nothing_where_nothing_is_near) {
  EXPECT_EQ(near(""), "");
  EXPECT_EQ(near("cookie"), "");
  EXPECT_EQ(near("x"), "");
  EXPECT_EQ(near("on"), "");
  EXPECT_EQ(near(std::string(100'000, 'h')), "");
  EXPECT_EQ(similar("host", {}), "");
}

TEST(Similar, costs_no_more_than_it_may) {
  const std::vector<std::string_view> names{"name_10", "name_2000", "a_name_of_another_length"};
  std::uint64_t work = 1'000;
  EXPECT_EQ(similar("name_11", names, work), "name_10");
  EXPECT_EQ(work, 1'000U - 7 * 7 - 1 - 1) << "what is too long is not compared letter by letter";
  work = 7 * 7 + 1 + 1;
  EXPECT_EQ(similar("name_11", names, work), "name_10");
  EXPECT_EQ(work, 0U);
  EXPECT_EQ(similar("name_11", names, work), "") << "nothing is left";
  work = 7 * 7;
  EXPECT_EQ(similar("name_11", names, work), "") << "a name that was not compared may be nearer";
  EXPECT_EQ(work, 0U);
}

TEST(Similar, suggestions_of_one_run_are_bounded) {
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += "let name_" + std::to_string(i) + " = host;\n";
  for (int i = 0; i < 5'000; ++i) {
    const std::string n = std::to_string(i);
    text += "rule r" + n + " { when nome_x" + n + " == \"a\"; deny; }\n";
  }
  const auto begin = std::chrono::steady_clock::now();
  CompileOptions options;
  options.build = false;
  const Compilation run = compile(MemoryFiles{{"main.sprx", text}}, options);
  std::size_t suggested = 0;
  for (const Diagnostic& d : run.diagnostics.all()) {
    for (const Note& note : d.notes) suggested += note.text.find("a name like it") != std::string::npos ? 1 : 0;
  }
  EXPECT_GT(suggested, 5U);
  EXPECT_LT(suggested, 500U);
  // Seconds even under sanitizers; without a bound it was most of a minute in a release build.
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(30));
}

}  // namespace
}  // namespace sprx
