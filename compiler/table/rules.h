// Rules, their actions and their order: the part of a program that the walk goes along.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "compiler/table/changing.h"
#include "compiler/table/expr.h"
#include "compiler/table/lists.h"
#include "compiler/table/vocabulary.h"

namespace sprx {

/// What an edit changes.
enum class Target : std::uint8_t {
  none,
  header,
  query,
  cookie,
  path,
  host,
  response_header,
  response_cookie,
  response_status
};

enum class KeepQuery : std::uint8_t { no, yes, unless_set };

/// A header line of an answer made here.
struct AnswerHeader {
  StrId name = kNoStr;
  ExprId value = kNoExpr;
};

/// What a terminal that answers says. Indices are into RuleSet.
struct Answer {
  std::uint16_t status = 0;
  KeepQuery keep_query = KeepQuery::no;
  ExprId location = kNoExpr;    ///< redirect: a `concat` whose parts keep their origins
  ExprId body = kNoExpr;        ///< kNoExpr: no body given
  StrId content_type = kNoStr;  ///< kNoStr: the default
  std::uint32_t first_header = 0;
  std::uint32_t header_count = 0;
};

/// One action of a rule, in source order.
struct Action {
  ActionWord word = ActionWord::log;
  Target target = Target::none;
  std::uint32_t first_name = 0;  ///< names of header, query, cookie, log key: RuleSet::names[first_name, +name_count)
  std::uint32_t name_count = 0;  ///< a trailing `*` in a name (unset, keep) stands for any rest
  ExprId value = kNoExpr;        ///< set, add, origin, log
  StrId attributes = kNoStr;     ///< set and add of a response cookie: `; Path=/; Secure`
  std::uint32_t answer = 0;      ///< respond, redirect, deny: index into RuleSet::answers; ban: into RuleSet::bans
};

inline constexpr std::uint32_t kNoGuard = 0xFFFFFFFF;

/// One rule; redirects lines are rules like any other.
struct alignas(32) Rule {
  StrId name = kNoStr;  ///< full name: `shop.beta`, `legacy.12`
  StrId file = kNoStr;
  std::uint32_t line = 0;
  ExprId condition = kNoExpr;  ///< `all` of the groups' conditions and the rule's, in order; Op::always for none
  std::uint32_t first_action = 0;
  std::uint32_t action_count = 0;
  std::uint32_t guard = kNoGuard;  ///< index into RuleSet::guards; most rules have none
};

/// A let: its value is computed at most once a message, when first asked for.
struct Let {
  StrId name = kNoStr;
  ExprId value = kNoExpr;
  Phase phase = Phase::request;  ///< response: reads the response
};

/// Everything a program says, resolved: shared by Program (compiler) and DecisionTable (runtime).
struct RuleSet {
  ExprPool pool;
  std::vector<List> lists;
  std::vector<Table> tables;
  std::vector<Let> lets;
  std::array<std::vector<Rule>, 2> rules;  ///< by Phase, in source order
  std::vector<Action> actions;
  std::vector<StrId> names;
  std::vector<Answer> answers;
  std::vector<AnswerHeader> answer_headers;
  std::vector<Flag> flags;                 ///< by FlagId
  std::vector<DynamicList> dynamic_lists;  ///< by DynamicListId
  std::vector<Limit> limits;               ///< by LimitId
  std::vector<ExprId> limit_keys;
  std::vector<Guard> guards;
  std::vector<Ban> bans;
  std::uint32_t capture_slots = 0;  ///< how many slots an evaluation needs
  Settings settings;
  StrId client_ip_header = kNoStr;  ///< settings { client_ip { header "…"; } }, lower case

  [[nodiscard]] const std::vector<Rule>& of(Phase phase) const { return rules[static_cast<std::size_t>(phase)]; }
};

}  // namespace sprx
