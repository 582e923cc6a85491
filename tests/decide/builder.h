// Programs and messages for tests, put together without the compiler.
#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/table/table.h"
#include "tests/decide/engines.h"

namespace sprx::test {

/// Builds a RuleSet expression by expression, rule by rule.
class Builder {
 public:
  RuleSet rules;

  ExprId field(Field field);
  ExprId field(Field field, std::string_view key);
  ExprId text(std::string_view value, Type type = Type::string) { return rules.pool.text(value, type); }
  ExprId path(std::string_view value) { return text(value, Type::path); }
  ExprId host(std::string_view value) { return text(value, Type::host); }
  ExprId number(std::int64_t value) { return rules.pool.integer(value); }
  ExprId ip(std::string_view value);
  ExprId op(Op op, ExprId a, ExprId b, bool nocase = false);
  ExprId all(std::initializer_list<ExprId> parts) { return many(Op::all, Type::boolean, parts); }
  ExprId any(std::initializer_list<ExprId> parts) { return many(Op::any, Type::boolean, parts); }
  ExprId many(Op op, Type type, const std::vector<ExprId>& parts, Origin origin = Origin::own);
  ExprId negate(ExprId a) { return one(Op::negate, a); }
  ExprId exists(ExprId a) { return one(Op::exists, a); }
  ExprId holds(ExprId a) { return one(Op::holds, a); }
  ExprId one(Op op, ExprId a);
  ExprId always() { return rules.pool.add({.op = Op::always}); }
  ExprId flag(std::string_view name, bool on = false);
  ExprId in_dynamic(ExprId a, std::uint32_t list);
  ExprId in(ExprId a, std::uint32_t list);
  ExprId in_table(ExprId a, std::uint32_t table);
  ExprId in_cidr(ExprId a, std::string_view cidr);
  ExprId in_range(ExprId a, std::int64_t first, std::int64_t last);
  ExprId like(ExprId a, std::string_view pattern, TemplateKind kind, std::uint32_t slot = kNoSlots,
              bool nocase = false);
  ExprId matches(ExprId a, std::string_view pattern, bool nocase = false, std::uint32_t slot = kNoSlots);
  ExprId pattern(std::string_view pattern, bool nocase = false);
  ExprId capture(std::uint32_t slot, Origin origin = Origin::client);
  ExprId call(Function function, const std::vector<ExprId>& arguments, Origin origin = Origin::client);
  ExprId concat(const std::vector<ExprId>& parts) { return many(Op::concat, Type::string, parts); }
  ExprId let(std::uint32_t id);
  ExprId lookup(std::uint32_t table, ExprId key);

  /// Keys of any kind from texts; bad ones abort the test program.
  Keys keys(KeyKind kind, const std::vector<std::string>& rows, MatchMode mode = MatchMode::exact, bool nocase = false);
  std::uint32_t list(Keys keys, std::string_view name = {});
  std::uint32_t list(KeyKind kind, const std::vector<std::string>& rows, MatchMode mode = MatchMode::exact,
                     bool nocase = false) {
    return list(keys(kind, rows, mode, nocase));
  }
  std::uint32_t table(std::string_view name, Keys keys, const std::vector<std::string>& values);
  std::uint32_t numbers(std::string_view name, Keys keys, const std::vector<std::int64_t>& values,
                        Type type = Type::integer);
  std::uint32_t define_let(std::string_view name, ExprId value);

  std::uint32_t dynamic_list(std::string_view name, KeyKind kind);
  LimitId limit(std::string_view name, const std::vector<ExprId>& keys);

  Action ban(std::uint32_t list, ExprId key, std::int64_t for_us);
  Action edit(ActionWord word, Target target, const std::vector<std::string>& names, ExprId value = kNoExpr);
  Action terminal(ActionWord word) const;
  Action redirect(ExprId location, KeepQuery keep = KeepQuery::no, std::uint16_t status = 301);
  Action respond(std::uint16_t status, ExprId body = kNoExpr, std::string_view content_type = {},
                 const std::vector<std::pair<std::string, ExprId>>& headers = {},
                 ActionWord word = ActionWord::respond);
  void rule(std::string_view name, ExprId condition, const std::vector<Action>& actions, Phase phase = Phase::request);
  void guarded(std::string_view name, const Guard& guard, ExprId condition, const std::vector<Action>& actions,
               Phase phase = Phase::request);

  /// The table; the builder is empty afterwards.
  std::shared_ptr<const DecisionTable> build() { return make_table(std::move(rules)); }
};

/// The decision about one message; a test fails where the evaluators differ.
[[nodiscard]] Decision decide(const DecisionTable& table, Message& message, Phase phase = Phase::request,
                              const LiveView& live = {});
/// Whether the one condition holds for the message, by both engines.
[[nodiscard]] bool holds(Builder& builder, ExprId condition, Message& message, Phase phase = Phase::request);
/// The value of an expression for the message as text; "absent".
[[nodiscard]] std::string value_of(Builder& builder, ExprId id, Message& message, Phase phase = Phase::request);

}  // namespace sprx::test
