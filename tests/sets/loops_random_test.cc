// Every circle that is reported is one: its URLs are walked again through the plain evaluator. And the other way round,
// the circles of a small world are counted, to see how many are found.
#include <gtest/gtest.h>
#include <iostream>
#include <random>
#include <set>

#include "compiler/loops.h"
#include "compiler/table/table.h"
#include "runtime/decide/plain.h"
#include "tests/decide/builder.h"

namespace sprx::test {
namespace {

constexpr std::string_view kPaths[] = {"/a", "/b", "/c", "/a/x", "/b/x", "/A"};
constexpr std::string_view kTargets[] = {"/a", "/b", "/c", "/a/x", "/done", "/B"};

/// Redirects between few paths, some of them with captures, some under conditions.
void fill(Builder& b, std::mt19937& random) {
  const auto one = [&](const auto& range) { return std::string(range[random() % std::size(range)]); };
  const ExprId path = b.field(Field::path);
  for (int i = 0; i < 8; ++i) {
    std::vector<ExprId> when;
    ExprId target = b.text(one(kTargets));
    const auto ask_of_capture = [&] {
      const ExprId equal = b.op(Op::equal, b.capture(0), b.text("x"));
      if (random() % 4 == 0) when.push_back(random() % 2 == 0 ? equal : b.negate(equal));
      if (random() % 4 == 0) when.push_back(b.op(Op::starts_with, b.capture(0), b.text("x")));
    };
    switch (random() % 5) {
      case 0:
        when.push_back(b.op(Op::equal, path, b.path(one(kPaths)), random() % 2 == 0));
        break;
      case 1:
        when.push_back(b.like(path, "/a/{x}", TemplateKind::path, 0));
        ask_of_capture();
        target = b.concat({b.text(random() % 2 == 0 ? "/b/" : "/c/"), b.capture(0)});
        break;
      case 2:
        when.push_back(b.like(path, "/{_:b|c}/{x}", TemplateKind::path, 0));
        ask_of_capture();
        target = b.concat({b.text("/a/"), b.capture(0)});
        break;
      case 3: {
        const std::uint32_t table = b.table("t" + std::to_string(i), b.keys(KeyKind::path, {"/a", "/b", "/c"}),
                                            {one(kTargets), one(kTargets), one(kTargets)});
        when.push_back(b.in_table(path, table));
        target = b.concat({b.lookup(table, path)});
        break;
      }
      default:
        when.push_back(b.op(Op::equal, path, b.path(one(kPaths))));
        break;
    }
    if (random() % 4 == 0) when.push_back(b.op(Op::equal, b.field(Field::host), b.host("a.org")));
    if (random() % 6 == 0) when.push_back(b.op(Op::equal, b.field(Field::header, "x"), b.text("1")));
    if (random() % 8 == 0) when.push_back(b.negate(b.op(Op::equal, b.field(Field::scheme), b.text("http"))));
    b.rule("r" + std::to_string(i), b.many(Op::all, Type::boolean, when), {b.redirect(b.concat({target}))});
  }
}

struct Request {
  std::string host;
  std::string path;
  bool marked = false;  ///< with `X: 1`
  std::string scheme = "https";
};

/// Where the request is redirected to; empty where it is not.
std::string next_path(const DecisionTable& table, const Request& request) {
  Message message(request.path, request.host);
  message.header("X-Forwarded-Proto", request.scheme);
  if (request.marked) message.header("X", "1");
  Decision decision;
  FreshLedger ledger;
  decide_plain(table, Phase::request, message.facts(table.rules()), nullptr, {}, ledger, message.arena(), decision);
  return decision.outcome == Outcome::redirect ? std::string(decision.location) : std::string();
}

/// The paths of the circle that the request comes to, the smallest first; empty where it comes to none.
std::set<std::string> circle_of(const DecisionTable& table, Request request) {
  std::vector<std::string> seen;
  while (!request.path.empty() && seen.size() < 30) {
    const auto known = std::find(seen.begin(), seen.end(), request.path);
    if (known != seen.end()) return {known, seen.end()};
    seen.push_back(request.path);
    request.path = next_path(table, request);
  }
  return {};
}

/// The URLs of a report: of its message or its first note.
std::vector<std::string> urls_of(const Diagnostic& d) {
  std::vector<std::string> out;
  std::string text = d.message;
  for (const Note& note : d.notes) text += " " + note.text;
  for (std::size_t at = text.find("http"); at != std::string::npos; at = text.find("http", at + 1))
    out.push_back(text.substr(at, text.find(' ', at) - at));
  return out;
}

TEST(Loops, every_circle_that_is_reported_is_one) {
  std::size_t reported = 0;
  std::size_t exist = 0;
  std::size_t found = 0;
  for (unsigned seed = 1; seed <= 400; ++seed) {
    std::mt19937 random(seed);
    Builder b;
    b.rules.capture_slots = 4;
    fill(b, random);
    CheckedProgram program;
    program.rules = b.rules;
    for (std::uint32_t i = 0; i < program.rules.of(Phase::request).size(); ++i) {
      program.rule_names[0].push_back({FileId{0}, i * 2, i * 2 + 1});
      program.rule_owners[0].push_back({});
    }
    AllowSet allows;
    DiagnosticList out;
    ASSERT_TRUE(check_loops(program, allows, out));
    const auto table = b.build();
    std::set<std::set<std::string>> known;
    for (const Diagnostic& d : out.all()) {
      if (d.kind != Kind::redirect_loop) continue;
      ++reported;
      const std::vector<std::string> urls = urls_of(d);
      ASSERT_FALSE(urls.empty()) << d.message;
      const std::size_t colon = urls[0].find("://");
      const std::string scheme = urls[0].substr(0, colon);
      const std::string rest = urls[0].substr(colon + 3);
      const std::size_t slash = rest.find('/');
      bool circle = false;
      std::set<std::string> paths;
      for (const bool marked : {false, true}) {
        paths = circle_of(*table, {rest.substr(0, slash), rest.substr(slash), marked, scheme});
        circle = circle || paths.contains(rest.substr(slash));
        if (circle) break;
      }
      ASSERT_TRUE(circle) << "seed " << seed << ": " << urls[0] << "\n" << dump(*table);
      known.insert(paths);
    }
    std::set<std::set<std::string>> all;
    for (const std::string host : {"a.org", "b.org"}) {
      for (const std::string_view path : kPaths) {
        for (const bool marked : {false, true}) {
          if (const auto circle = circle_of(*table, {host, std::string(path), marked, "https"}); !circle.empty())
            all.insert(circle);
        }
      }
    }
    exist += all.size();
    for (const std::set<std::string>& circle : all) found += known.contains(circle) ? 1 : 0;
  }
  std::cout << reported << " circles reported; " << found << " of the " << exist << " of this world\n";
  EXPECT_GT(reported, 100U);
  EXPECT_GT(found * 10, exist * 7);
}

}  // namespace
}  // namespace sprx::test
