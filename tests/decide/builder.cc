#include "tests/decide/builder.h"

#include <cstdio>
#include <cstdlib>

#include "compiler/table/canonical.h"
#include "runtime/decide/state.h"

namespace sprx::test {
namespace {

[[noreturn]] void give_up(std::string_view what, std::string_view text) {
  std::fprintf(stderr, "%s: %s\n", std::string(what).c_str(), std::string(text).c_str());
  std::abort();
}

std::string lowered(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = fold(c);
  return out;
}

Template made_template(std::string_view text, TemplateKind kind) {
  TemplateResult result = parse_template(text, kind);
  if (!result.value) give_up("bad template", text);
  return *result.value;
}

Pattern made_pattern(std::string_view text, bool nocase) {
  PatternResult result = compile_pattern(text, nocase);
  if (!result.errors.empty()) give_up("bad pattern", text);
  return std::move(result.value);
}

}  // namespace

ExprId Builder::field(Field field) {
  const FieldInfo& about = info(field);
  return rules.pool.add({.op = Op::field,
                         .type = about.type,
                         .origin = about.origin,
                         .a = static_cast<std::uint32_t>(field),
                         .b = static_cast<std::uint32_t>(kNoStr)});
}

ExprId Builder::field(Field field, std::string_view key) {
  const FieldInfo& about = info(field);
  return rules.pool.add({.op = Op::field,
                         .type = about.type,
                         .origin = about.origin,
                         .a = static_cast<std::uint32_t>(field),
                         .b = static_cast<std::uint32_t>(rules.pool.strings.intern(key))});
}

ExprId Builder::ip(std::string_view value) { return rules.pool.address(parse_ip(value).value()); }

ExprId Builder::op(Op op, ExprId a, ExprId b, bool nocase) {
  return rules.pool.add(
      {.op = op, .nocase = nocase, .a = static_cast<std::uint32_t>(a), .b = static_cast<std::uint32_t>(b)});
}

ExprId Builder::one(Op op, ExprId a) { return rules.pool.add({.op = op, .a = static_cast<std::uint32_t>(a)}); }

ExprId Builder::many(Op op, Type type, const std::vector<ExprId>& parts, Origin origin) {
  return rules.pool.add_list({.op = op, .type = type, .origin = origin}, parts);
}

ExprId Builder::flag(std::string_view name, bool on) {
  const StrId id = rules.pool.strings.intern(name);
  std::uint32_t at = 0;
  while (at < rules.flags.size() && rules.flags[at].name != id) ++at;
  if (at == rules.flags.size()) rules.flags.push_back({id, on});
  return rules.pool.add({.op = Op::flag, .a = at});
}

ExprId Builder::in_dynamic(ExprId a, std::uint32_t list) {
  return rules.pool.add({.op = Op::in_dynamic, .a = static_cast<std::uint32_t>(a), .b = list});
}

std::uint32_t Builder::dynamic_list(std::string_view name, KeyKind kind) {
  rules.dynamic_lists.push_back({rules.pool.strings.intern(name), kind, 1'000'000, 100});
  return static_cast<std::uint32_t>(rules.dynamic_lists.size() - 1);
}

LimitId Builder::limit(std::string_view name, const std::vector<ExprId>& keys) {
  Limit limit;
  limit.name = rules.pool.strings.intern(name);
  limit.first_key = static_cast<std::uint32_t>(rules.limit_keys.size());
  limit.key_count = static_cast<std::uint32_t>(keys.size());
  limit.period_us = 1'000'000;
  rules.limit_keys.insert(rules.limit_keys.end(), keys.begin(), keys.end());
  rules.limits.push_back(limit);
  return LimitId{static_cast<std::uint32_t>(rules.limits.size() - 1)};
}

Action Builder::ban(std::uint32_t list, ExprId key, std::int64_t for_us) {
  rules.bans.push_back({DynamicListId{list}, key, for_us});
  Action action;
  action.word = ActionWord::ban;
  action.answer = static_cast<std::uint32_t>(rules.bans.size() - 1);
  return action;
}

void Builder::guarded(std::string_view name, const Guard& guard, ExprId condition, const std::vector<Action>& actions,
                      Phase phase) {
  rule(name, condition, actions, phase);
  rules.rules[static_cast<std::size_t>(phase)].back().guard = static_cast<std::uint32_t>(rules.guards.size());
  rules.guards.push_back(guard);
}

ExprId Builder::in(ExprId a, std::uint32_t list) {
  return rules.pool.add({.op = Op::in_list, .a = static_cast<std::uint32_t>(a), .b = list});
}

ExprId Builder::in_table(ExprId a, std::uint32_t table) {
  return rules.pool.add({.op = Op::in_table, .a = static_cast<std::uint32_t>(a), .b = table});
}

ExprId Builder::in_cidr(ExprId a, std::string_view cidr) {
  return rules.pool.add(
      {.op = Op::in_cidr, .a = static_cast<std::uint32_t>(a), .b = rules.pool.prefix(parse_cidr(cidr).cidr)});
}

ExprId Builder::in_range(ExprId a, std::int64_t first, std::int64_t last) {
  return rules.pool.add(
      {.op = Op::in_range, .a = static_cast<std::uint32_t>(a), .b = rules.pool.integer_pair(first, last)});
}

ExprId Builder::like(ExprId a, std::string_view pattern, TemplateKind kind, std::uint32_t slot, bool nocase) {
  Template made = made_template(pattern, kind);
  if (slot != kNoSlots) {
    rules.capture_slots = std::max(rules.capture_slots, slot + static_cast<std::uint32_t>(made.names.size()));
  }
  return rules.pool.add({.op = Op::like,
                         .nocase = nocase,
                         .a = static_cast<std::uint32_t>(a),
                         .b = static_cast<std::uint32_t>(rules.pool.template_id(std::move(made))),
                         .c = slot});
}

ExprId Builder::matches(ExprId a, std::string_view pattern, bool nocase, std::uint32_t slot) {
  Pattern made = made_pattern(pattern, nocase);
  if (slot != kNoSlots) {
    rules.capture_slots = std::max(rules.capture_slots, slot + static_cast<std::uint32_t>(made.names.size()));
  }
  return rules.pool.add({.op = Op::matches,
                         .a = static_cast<std::uint32_t>(a),
                         .b = static_cast<std::uint32_t>(rules.pool.pattern_id(std::move(made))),
                         .c = slot});
}

ExprId Builder::pattern(std::string_view pattern, bool nocase) {
  PatternResult result = compile_pattern(pattern, nocase);
  if (!result.errors.empty()) std::abort();
  const PatternId id = rules.pool.pattern_id(std::move(result.value));
  return rules.pool.add({.op = Op::pattern, .type = Type::pattern, .a = static_cast<std::uint32_t>(id)});
}

ExprId Builder::capture(std::uint32_t slot, Origin origin) {
  rules.capture_slots = std::max(rules.capture_slots, slot + 1);
  return rules.pool.add({.op = Op::capture, .type = Type::string, .origin = origin, .a = slot});
}

ExprId Builder::call(Function function, const std::vector<ExprId>& arguments, Origin origin) {
  return rules.pool.add_list(
      {.op = Op::call, .type = info(function).result, .origin = origin, .a = static_cast<std::uint32_t>(function)},
      arguments);
}

ExprId Builder::let(std::uint32_t id) {
  const Expr& value = rules.pool[rules.lets[id].value];
  return rules.pool.add({.op = Op::let, .type = value.type, .origin = value.origin, .a = id});
}

ExprId Builder::lookup(std::uint32_t table, ExprId key) {
  return rules.pool.add(
      {.op = Op::lookup, .type = rules.tables[table].value_type, .a = table, .b = static_cast<std::uint32_t>(key)});
}

Keys Builder::keys(KeyKind kind, const std::vector<std::string>& rows, MatchMode mode, bool nocase) {
  Keys keys;
  keys.kind = kind;
  keys.mode = mode;
  keys.nocase = nocase;
  for (const std::string& row : rows) {
    switch (kind) {
      case KeyKind::string:
      case KeyKind::path:
      case KeyKind::host:
      case KeyKind::domain:
        keys.texts.push_back(rules.pool.strings.add(nocase ? lowered(row) : row));
        break;
      case KeyKind::cidr:
      case KeyKind::ip: {
        const CidrResult read = parse_cidr(row);
        if (read.error != CidrError::none) give_up("bad cidr", row);
        keys.prefixes.push_back(read.cidr);
        break;
      }
      case KeyKind::integer: {
        const std::size_t dots = row.find("..");
        const std::int64_t first = std::stoll(row);
        keys.ranges.push_back({first, dots == std::string::npos ? first : std::stoll(row.substr(dots + 2))});
        break;
      }
      case KeyKind::pattern:
        keys.patterns.push_back(rules.pool.pattern_id(made_pattern(row, nocase)));
        break;
      case KeyKind::path_template:
        keys.templates.push_back(rules.pool.template_id(made_template(row, TemplateKind::path)));
        break;
      case KeyKind::host_template:
        keys.templates.push_back(rules.pool.template_id(made_template(row, TemplateKind::host)));
        break;
    }
  }
  return keys;
}

std::uint32_t Builder::list(Keys keys, std::string_view name) {
  rules.lists.push_back({name.empty() ? kNoStr : rules.pool.strings.intern(name), std::move(keys)});
  return static_cast<std::uint32_t>(rules.lists.size() - 1);
}

std::uint32_t Builder::table(std::string_view name, Keys keys, const std::vector<std::string>& values) {
  Table table;
  table.name = rules.pool.strings.intern(name);
  table.keys = std::move(keys);
  for (const std::string& value : values) table.texts.push_back(rules.pool.strings.intern(value));
  rules.tables.push_back(std::move(table));
  return static_cast<std::uint32_t>(rules.tables.size() - 1);
}

std::uint32_t Builder::numbers(std::string_view name, Keys keys, const std::vector<std::int64_t>& values, Type type) {
  Table table;
  table.name = rules.pool.strings.intern(name);
  table.keys = std::move(keys);
  table.value_type = type;
  table.integers = values;
  rules.tables.push_back(std::move(table));
  return static_cast<std::uint32_t>(rules.tables.size() - 1);
}

std::uint32_t Builder::define_let(std::string_view name, ExprId value) {
  rules.lets.push_back({rules.pool.strings.intern(name), value, Phase::request});
  return static_cast<std::uint32_t>(rules.lets.size() - 1);
}

Action Builder::edit(ActionWord word, Target target, const std::vector<std::string>& names, ExprId value) {
  Action action;
  action.word = word;
  action.target = target;
  action.first_name = static_cast<std::uint32_t>(rules.names.size());
  action.name_count = static_cast<std::uint32_t>(names.size());
  for (const std::string& name : names) rules.names.push_back(rules.pool.strings.intern(name));
  action.value = value;
  return action;
}

Action Builder::terminal(ActionWord word) const {
  Action action;
  action.word = word;
  return action;
}

Action Builder::redirect(ExprId location, KeepQuery keep, std::uint16_t status) {
  Answer answer;
  answer.status = status;
  answer.keep_query = keep;
  answer.location = location;
  rules.answers.push_back(answer);
  Action action;
  action.word = ActionWord::redirect;
  action.answer = static_cast<std::uint32_t>(rules.answers.size() - 1);
  return action;
}

Action Builder::respond(std::uint16_t status, ExprId body, std::string_view content_type,
                        const std::vector<std::pair<std::string, ExprId>>& headers, ActionWord word) {
  Answer answer;
  answer.status = status;
  answer.body = body;
  if (!content_type.empty()) answer.content_type = rules.pool.strings.intern(content_type);
  answer.first_header = static_cast<std::uint32_t>(rules.answer_headers.size());
  answer.header_count = static_cast<std::uint32_t>(headers.size());
  for (const auto& [name, value] : headers) rules.answer_headers.push_back({rules.pool.strings.intern(name), value});
  rules.answers.push_back(answer);
  Action action;
  action.word = word;
  action.answer = static_cast<std::uint32_t>(rules.answers.size() - 1);
  return action;
}

void Builder::rule(std::string_view name, ExprId condition, const std::vector<Action>& actions, Phase phase) {
  Rule rule;
  rule.name = rules.pool.strings.intern(name);
  rule.file = rules.pool.strings.intern("main.sprx");
  rule.line = static_cast<std::uint32_t>(rules.of(phase).size() + 1);
  rule.condition = condition;
  rule.first_action = static_cast<std::uint32_t>(rules.actions.size());
  rule.action_count = static_cast<std::uint32_t>(actions.size());
  rules.actions.insert(rules.actions.end(), actions.begin(), actions.end());
  rules.rules[static_cast<std::size_t>(phase)].push_back(rule);
}

}  // namespace sprx::test
