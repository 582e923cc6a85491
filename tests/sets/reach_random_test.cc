// Every finding about reachability is true: programs at random, all requests of a small world through the plain
// evaluator.
#include <deque>
#include <gtest/gtest.h>
#include <iostream>
#include <random>

#include "compiler/reach.h"
#include "runtime/decide/plain.h"
#include "tests/decide/program_maker.h"

namespace sprx::test {
namespace {

constexpr std::string_view kHosts[] = {"a.org", "b.org", "x.a.org"};
constexpr std::string_view kPaths[] = {"/", "/a", "/A", "/a/b", "/b", "/a/"};
constexpr std::string_view kMethods[] = {"GET", "POST"};
constexpr std::string_view kAddresses[] = {"10.0.0.1", "10.0.1.1", "192.0.2.1"};
constexpr std::string_view kValues[] = {"", "1", "2", "12"};
constexpr std::string_view kPathTemplates[] = {"/{x}", "/a[/{_...}]", "/{_:a|b}", "/*", "/{x}/b", "/a[/]"};
constexpr std::string_view kHostTemplates[] = {"{x}.org", "[{_...}.]a.org", "*.org"};
constexpr std::string_view kCidrs[] = {"10.0.0.0/23", "10.0.0.0/24", "10.0.1.0/24", "0.0.0.0/0", "192.0.2.1"};

/// Rules over a world small enough to try every request of it.
class SmallPrograms {
 public:
  explicit SmallPrograms(unsigned seed) : random_(seed) {}

  void fill(Builder& b, int rules) {
    for (int i = 0; i < rules; ++i) {
      std::vector<Action> actions;
      const auto end = random_() % 10;
      if (end < 7) actions.push_back(b.terminal(ActionWord::forward));
      if (end == 7) actions.push_back(b.redirect(b.text("/x")));
      b.rule("r" + std::to_string(i), condition(b, 2), actions);
    }
  }

  static std::deque<Message> messages() {
    std::deque<Message> out;
    for (const std::string_view host : kHosts) {
      for (const std::string_view path : kPaths) {
        for (const std::string_view method : kMethods) {
          for (const std::string_view ip : kAddresses) {
            for (const std::string_view value : kValues) {
              for (const bool query : {false, true}) {
                Message& m = out.emplace_back(std::string(path) + (query ? "?k=1&k=2" : ""), std::string(host),
                                              std::string(method));
                m.client(ip);
                if (!value.empty()) m.header("X", std::string(value));
              }
            }
          }
        }
      }
    }
    return out;
  }

 private:
  std::mt19937 random_;

  template <typename Range>
  std::string one(const Range& range) {
    return std::string(range[random_() % std::size(range)]);
  }
  template <typename Range>
  std::vector<std::string> some(const Range& range) {
    std::vector<std::string> out;
    for (const std::string_view text : range) {
      if (random_() % 2 == 0 && !text.empty()) out.emplace_back(text);
    }
    if (out.empty()) out.push_back(one(kPaths));
    return out;
  }

  ExprId atom(Builder& b) {
    const ExprId path = b.field(Field::path);
    const ExprId host = b.field(Field::host);
    const ExprId ip = b.field(Field::client_ip);
    const ExprId x = b.field(Field::header, "x");
    const bool nocase = random_() % 4 == 0;
    switch (random_() % 20) {
      case 0:
      case 1:
        return b.op(Op::equal, path, b.path(one(kPaths)), nocase);
      case 2:
        return b.op(Op::under, path, b.path(one(kPaths)), nocase);
      case 3:
      case 4:
        return b.like(path, one(kPathTemplates), TemplateKind::path, kNoSlots, nocase);
      case 5:
        return b.in(path, b.list(KeyKind::path, some(kPaths), MatchMode::exact, nocase));
      case 6:
      case 7:
        return b.op(Op::equal, host, b.host(one(kHosts)));
      case 8:
        return b.op(Op::under, host, b.host(one(kHosts)));
      case 9:
        return b.like(host, one(kHostTemplates), TemplateKind::host);
      case 10:
        return b.in(host, b.list(KeyKind::host, {one(kHosts), one(kHosts)}));
      case 11:
      case 12:
        return b.op(Op::equal, b.field(Field::method), b.text(one(kMethods)));
      case 13:
        return b.in_cidr(ip, one(kCidrs));
      case 14:
        return b.in(ip, b.list(KeyKind::cidr, {one(kCidrs), one(kCidrs)}));
      case 15:
        return b.exists(x);
      case 16:
        return b.op(Op::equal, x, b.text(one(kValues)));
      case 17:
        return b.op(Op::contains, x, b.text("1"));
      case 18:
        return b.op(Op::equal, b.field(Field::query_all, "k"), b.text(one(kValues)));
      default:
        return b.matches(path, one(std::to_array<std::string_view>({"^/a", "b$"})));
    }
  }

  ExprId condition(Builder& b, int depth) {
    const auto form = random_() % (depth == 0 ? 4 : 9);
    if (form < 4) return atom(b);
    if (form == 4) return b.negate(condition(b, depth - 1));
    std::vector<ExprId> parts;
    for (auto n = 1 + random_() % 3; n > 0; --n) parts.push_back(condition(b, depth - 1));
    return b.many(form < 8 ? Op::all : Op::any, Type::boolean, parts);
  }
};

CheckedProgram checked(const RuleSet& rules) {
  CheckedProgram program;
  program.rules = rules;
  return program;
}

/// Marks the rules that a message comes to match.
void mark(const DecisionTable& table, Message& message, Phase phase, std::vector<bool>& matched) {
  Decision decision;
  const RequestFacts& facts = message.facts(table.rules());
  const ResponseHead* const response = phase == Phase::response ? message.response() : nullptr;
  FreshLedger ledger;
  decide_plain(table, phase, facts, response, {}, ledger, message.arena(), decision);
  for (const RuleIndex rule : decision.matched) matched[rule] = true;
}

TEST(Reachability, says_nothing_false_of_every_request_of_a_small_world) {
  std::size_t hidden = 0;
  std::size_t never = 0;
  std::size_t together = 0;
  std::size_t missed = 0;
  for (unsigned seed = 1; seed <= 150; ++seed) {
    Builder b;
    SmallPrograms(seed).fill(b, 14);
    const CheckedProgram program = checked(b.rules);
    sets::Space space(program.rules);
    const Reachability reach = find_unreachable(program, space);
    const auto table = b.build();
    std::vector<bool> matched(table->rules().of(Phase::request).size());
    std::deque<Message> messages = SmallPrograms::messages();
    for (Message& message : messages) mark(*table, message, Phase::request, matched);
    std::vector<bool> reported(matched.size());
    for (const Unreachable& it : reach.found) {
      ASSERT_FALSE(matched[it.rule]) << "seed " << seed << " rule " << it.rule << "\n" << dump(*table);
      reported[it.rule] = true;
      ++(it.by.empty() ? never : it.by.size() == 1 ? hidden : together);
    }
    for (std::size_t i = 0; i < matched.size(); ++i) missed += !matched[i] && !reported[i] ? 1 : 0;
  }
  // A rule that no request of this world comes to may still be needed in the whole one, so the second figure is a
  // bound.
  std::cout << never << " never match, " << hidden << " hidden by one, " << together
            << " by several together; of those that this world never reaches "
            << 100 * (never + hidden + together) / (never + hidden + together + missed) << " % are found\n";
  EXPECT_GT(never, 20U);
  EXPECT_GT(hidden, 100U);
  EXPECT_GT(together, 20U);
}

TEST(Reachability, says_nothing_false_with_every_operator) {
  std::size_t found = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    ProgramMaker maker(seed);
    const auto table = maker.program();
    const CheckedProgram program = checked(table->rules());
    sets::Space space(program.rules);
    const Reachability reach = find_unreachable(program, space);
    if (reach.found.empty()) continue;
    found += reach.found.size();
    std::vector<bool> matched[2] = {std::vector<bool>(table->rules().of(Phase::request).size()),
                                    std::vector<bool>(table->rules().of(Phase::response).size())};
    for (int i = 0; i < 150; ++i) {
      Message message = maker.message();
      for (const Phase phase : {Phase::request, Phase::response})
        mark(*table, message, phase, matched[static_cast<std::size_t>(phase)]);
    }
    for (const Unreachable& it : reach.found)
      ASSERT_FALSE(matched[static_cast<std::size_t>(it.phase)][it.rule])
          << "seed " << seed << " rule " << it.rule << "\n"
          << dump(*table);
  }
  std::cout << found << " findings\n";
  EXPECT_GT(found, 100U);
}

TEST(Reachability, stops_at_its_bound_and_says_so) {
  Builder b;
  SmallPrograms(7).fill(b, 14);
  const CheckedProgram program = checked(b.rules);
  sets::Space space(program.rules);
  EXPECT_FALSE(find_unreachable(program, space, 3).whole);
  EXPECT_TRUE(find_unreachable(program, space).whole);
}

}  // namespace
}  // namespace sprx::test
