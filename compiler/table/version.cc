// The version of a table: a hash of what the program says, not of where its lines stand.
#include <fmt/format.h>

#include "compiler/table/hash.h"
#include "compiler/table/index.h"
#include "compiler/table/table.h"

namespace sprx {
namespace {

class Digest {
 public:
  explicit Digest(const RuleSet& rules) : rules_(rules) {}
  void number(std::uint64_t value) { hash_ = hash_mix(hash_, value + 0x1F3D); }
  void text(std::string_view value) { hash_ = hash_text(value, false, hash_); }
  void text(StrId id) {
    number(id == kNoStr ? 1 : 2);
    text(rules_.pool.strings.view(id));
  }
  void address(const IpAddress& ip) {
    text(std::string_view(reinterpret_cast<const char*>(ip.bytes.data()), ip.bytes.size()));
  }
  void cidr(const Cidr& value) {
    address(value.address);
    number(value.bits);
  }
  template <typename T>
  void id(T value) {
    number(static_cast<std::uint64_t>(value));
  }
  [[nodiscard]] std::uint64_t value() const { return hash_; }

  void pool();
  void keys(const Keys& keys);
  void data();
  void changing();
  void guard(const Rule& rule);
  void rules();

 private:
  const RuleSet& rules_;
  std::uint64_t hash_ = 0x73707278;
};

void Digest::pool() {
  const ExprPool& pool = rules_.pool;
  for (const Expr& e : pool.exprs) {
    id(e.op);
    id(e.type);
    id(e.origin);
    id(e.nocase ? 1 : 0);
    if (e.op == Op::text) {
      text(StrId{e.a});
    } else if (e.op == Op::field) {
      text(info(static_cast<Field>(e.a)).name);
      text(StrId{e.b});
    } else if (e.op == Op::call) {
      text(info(static_cast<Function>(e.a)).name);
      number(e.b);
      number(e.c);
    } else {
      number(e.a);
      number(e.b);
      number(e.c);
    }
  }
  for (const ExprId operand : pool.operands) id(operand);
  for (const std::int64_t value : pool.integers) id(value);
  for (const IpAddress& value : pool.addresses) address(value);
  for (const Cidr& value : pool.prefixes) cidr(value);
  for (const Template& value : pool.templates) {
    id(value.kind);
    text(value.source);
  }
  for (const Pattern& value : pool.patterns) {
    id(value.nocase ? 1 : 0);
    text(value.source);
  }
}

void Digest::keys(const Keys& keys) {
  id(keys.kind);
  id(keys.mode);
  id(keys.nocase ? 1 : 0);
  number(keys.size());
  for (const StrId row : keys.texts) text(row);
  for (const Cidr& row : keys.prefixes) cidr(row);
  for (const IntRange& row : keys.ranges) {
    id(row.first);
    id(row.last);
  }
  for (const PatternId row : keys.patterns) id(row);
  for (const TemplateId row : keys.templates) id(row);
}

void Digest::data() {
  for (const List& list : rules_.lists) {
    text(list.name);
    keys(list.keys);
  }
  for (const Table& table : rules_.tables) {
    text(table.name);
    keys(table.keys);
    id(table.value_type);
    for (const StrId row : table.texts) text(row);
    for (const std::int64_t row : table.integers) id(row);
  }
  for (const Let& let : rules_.lets) {
    text(let.name);
    id(let.value);
    id(let.phase);
  }
}

void Digest::changing() {
  for (const Flag& flag : rules_.flags) {
    text(flag.name);
    id(flag.on ? 1 : 0);
  }
  for (const DynamicList& list : rules_.dynamic_lists) {
    text(list.name);
    id(list.kind);
    id(list.ttl_us);
    number(list.max);
  }
  for (const Limit& limit : rules_.limits) {
    text(limit.name);
    number(limit.key_count);
    for (const std::int64_t part : {limit.count, limit.period_us, limit.burst, limit.penalty_us}) id(part);
    number(limit.max);
  }
  for (const ExprId key : rules_.limit_keys) id(key);
  for (const Ban& ban : rules_.bans) {
    id(ban.list);
    id(ban.key);
    id(ban.for_us);
  }
}

void Digest::guard(const Rule& rule) {
  if (rule.guard == kNoGuard) return;
  const Guard& guard = rules_.guards[rule.guard];
  id(guard.since_us);
  id(guard.until_us);
  id(guard.over);
  id(guard.dry_run ? 1 : 0);
}

void Digest::rules() {
  for (const auto& phase : rules_.rules) {
    number(phase.size());
    for (const Rule& rule : phase) {
      text(rule.name);
      id(rule.condition);
      guard(rule);
      number(rule.action_count);
      for (std::uint32_t i = 0; i < rule.action_count; ++i) {
        const Action& action = rules_.actions[rule.first_action + i];
        text(info(action.word).name);
        id(action.target);
        for (std::uint32_t n = 0; n < action.name_count; ++n) text(rules_.names[action.first_name + n]);
        id(action.value);
        id(action.answer);
      }
    }
  }
  for (const Answer& answer : rules_.answers) {
    number(answer.status);
    id(answer.keep_query);
    id(answer.location);
    id(answer.body);
    text(answer.content_type);
    number(answer.header_count);
    for (std::uint32_t i = 0; i < answer.header_count; ++i) {
      text(rules_.answer_headers[answer.first_header + i].name);
      id(rules_.answer_headers[answer.first_header + i].value);
    }
  }
  for (const std::int64_t value : rules_.settings.values) id(value);
  text(rules_.client_ip_header);
}

}  // namespace

std::string version_of(const RuleSet& rules) {
  Digest digest(rules);
  digest.pool();
  digest.data();
  digest.changing();
  digest.rules();
  return fmt::format("{:016x}", digest.value());
}

}  // namespace sprx
