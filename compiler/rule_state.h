// What is known of the rule, and of the groups around it, while `check` goes through its statements.
#pragma once

#include "compiler/checker.h"

namespace sprx {

struct Checker::RuleState {
  Env env;
  Phase phase = Phase::request;
  std::string name;  ///< full name
  std::vector<Action> actions;
  std::vector<Span> places;  ///< of the actions
  Span any_origin;           ///< known: it lets any origin read its answer …
  Span credentials;          ///< … or lets cookies be sent with the request
  Guard guard;
  std::map<std::string, Span> guards_given;  ///< over, since, until, dry_run
  Span since_span;
  Span until_span;
  bool said_action = false;               ///< an action was there, right or wrong
  const ast::Action* terminal = nullptr;  ///< the action that ends the rule
  bool said_after = false;                ///< a statement after the terminal was reported
  bool poisoned = false;
};

/// A group while its items are walked; the top level of the files is one without a name.
struct Checker::GroupState {
  Env env;
  std::vector<ExprId> conditions;  ///< of this group and of those around it
  std::unordered_map<std::string, Span> names;
  std::string prefix;        ///< `shop.`
  WrittenCondition written;  ///< where those conditions are written
  bool lost = false;         ///< one of them has a mistake: rules under it are not what they are meant to be
  Span response_condition;   ///< known: the group's condition reads the response
  std::size_t depth = 0;
};

}  // namespace sprx
