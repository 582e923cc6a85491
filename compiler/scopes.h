// What the checker knows of names and values while it walks a program: symbols and their scopes, captures, the
// environment of an expression, checked values. Lives as long as the Checker.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "compiler/ast.h"
#include "compiler/facts.h"
#include "compiler/program.h"

namespace sprx {

struct Scope;
struct Env;

/// The rule, group, let, limit or test being checked, which reports in it name.
struct Construct {
  Span name;
  std::string_view label;  ///< "in this rule"; good for ever
};

/// A comparison that a list or table stands in.
struct RowUse {
  ExprId subject = kNoExpr;
  MatchMode mode = MatchMode::exact;
  bool nocase = false;
  Span where;
};

/// What a bare word that is no field can mean, other than a capture.
struct Symbol {
  enum class Kind : std::uint8_t { list, table, let, flag, dynamic, unreadable };
  enum class State : std::uint8_t { untouched, busy, done };
  Kind kind = Kind::unreadable;
  State state = State::untouched;
  bool used = false;
  bool banned = false;    ///< dynamic list: some rule writes into it
  bool poisoned = false;  ///< an error was reported for it: uses are silent
  Span where;
  std::string name;
  std::string full_name;  ///< with the names of its groups
  const ast::List* list = nullptr;
  const ast::Let* let = nullptr;
  Scope* scope = nullptr;
  Env* env = nullptr;            ///< let of a group: where its captures are visible; nullptr at the top
  std::uint32_t id = 0;          ///< ListId, TableId, LetId, FlagId or DynamicListId once done
  Type type = Type::none;        ///< key type of a list or table, type of a let
  Phase phase = Phase::request;  ///< let: response when it reads the response
  std::size_t depth = 0;         ///< let: how many lets deep
  std::vector<Span> rows;        ///< list and table: where each row stands
  std::vector<RowUse> uses;      ///< all of its uses, unless it is …
  bool used_otherwise = false;   ///< … used in a way of which nothing is said
  bool pasted = false;           ///< its rows stand in quotes with commas, which was said
};

/// A limit: named outside of the scopes, used by `over` only.
struct LimitSymbol {
  Span where;
  const ast::Limit* declaration = nullptr;
  LimitId id = kNoLimit;
  bool used = false;
  bool poisoned = false;
};

/// Names that are visible at a place: those of the file level, of a group, of a rule.
struct Scope {
  Scope* parent = nullptr;
  std::unordered_map<std::string, Symbol*> names;
  std::string prefix;  ///< full name of the group with a dot, "" at the top
};

/// A capture that is bound at a place.
struct Capture {
  std::string name;
  Span where;
  ExprId value = kNoExpr;  ///< Op::capture, or a choose between several
  CaptureInfo info;
};

/// Captures that a rule, group or let binds, and names of captures that are read in it.
struct CaptureUses {
  std::vector<std::pair<std::string, Span>> bound;
  std::unordered_set<std::string> used;
};

/// A capture that was bound on some way only.
struct LostCapture {
  std::string name;
  Span where;
  Span way;  ///< what leaves it unbound
  std::string reason;
};

/// Where an expression stands: what it may read and what is bound there. Environments nest: group, rule, let.
struct Env {
  const Env* parent = nullptr;
  Scope* scope = nullptr;
  bool response = false;       ///< response fields may be read
  std::string_view construct;  ///< "rule", "group", "let"
  std::string_view construct_name;
  const ast::Rule* rule = nullptr;  ///< the rule, if it is one's: its later lets are looked at for help
  bool incomplete = false;          ///< part of it did not parse: names may be missing
  bool unproved = false;            ///< a condition has a mistake: what it would prove is not known
  bool reads_response = false;
  std::size_t let_depth = 0;  ///< deepest let it uses
  std::vector<Capture> captures;
  std::vector<LostCapture> lost;
  Facts facts;
  std::uint32_t next_slot = 0;
  std::size_t nodes = 0;  ///< of the expression being checked
};

/// A checked value; without an id it is poisoned and everything that uses it is silent.
struct Value {
  ExprId id = kNoExpr;
  Type type = Type::none;
  Span span;
  [[nodiscard]] bool ok() const { return id != kNoExpr; }
};

/// What a literal would be read as.
struct Want {
  Type type = Type::none;    ///< none: a string stays a string
  ExprId subject = kNoExpr;  ///< the value it is compared with
  bool nocase = false;
};

/// A written list as an operator uses it.
struct ListUse {
  KeyKind kind = KeyKind::string;
  MatchMode mode = MatchMode::exact;
  bool nocase = false;
};

/// The list, table, let, flag or dynamic list that `name` is at a place; nullptr for none.
[[nodiscard]] Symbol* find_symbol(const Env& env, const std::string& name);
[[nodiscard]] const Capture* find_capture(const Env& env, std::string_view name);

}  // namespace sprx
