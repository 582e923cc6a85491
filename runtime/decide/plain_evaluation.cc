#include "runtime/decide/plain_evaluation.h"

#include <algorithm>

#include "compiler/table/canonical.h"
#include "runtime/decide/fields.h"
#include "runtime/decide/functions.h"
#include "runtime/decide/limit_key.h"

namespace sprx {
namespace {

std::string lowered(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = fold(c);
  return out;
}

bool is_under(std::string_view text, std::string_view top, bool by_labels) {
  if (text == top) return true;
  if (by_labels) return text.ends_with("." + std::string(top));
  return text.starts_with(top.ends_with('/') ? std::string(top) : std::string(top) + "/");
}

bool by_mode(std::string_view text, std::string_view key, MatchMode mode, bool by_labels) {
  switch (mode) {
    case MatchMode::exact:
      return text == key;
    case MatchMode::under:
      return is_under(text, key, by_labels);
    case MatchMode::contains:
      return text.find(key) != std::string_view::npos;
    case MatchMode::starts_with:
      return text.starts_with(key);
    case MatchMode::ends_with:
      return text.ends_with(key);
  }
  return false;
}

/// How well a domain key fits a host, 0 for not at all: the longer name first, then `=` and `*.` before a plain one.
std::size_t domain_fit(std::string_view host, std::string_view key) {
  const bool only = key.starts_with('=');
  const bool below = key.starts_with("*.");
  const std::string_view name = key.substr(only ? 1 : below ? 2 : 0);
  const bool fits = only    ? host == name
                    : below ? host != name && is_under(host, name, true)
                            : is_under(host, name, true);
  return fits ? 2 * name.size() + (only || below ? 2 : 1) : 0;
}

bool is_number(const Datum& value) {
  return value.kind() == Datum::Kind::number || value.kind() == Datum::Kind::boolean;
}

}  // namespace

std::vector<std::string_view> PlainEvaluation::texts_of(const Datum& value) {
  if (!value.present()) return {};
  if (value.kind() == Datum::Kind::list) return {value.as_list().begin(), value.as_list().end()};
  return {inputs_.text_of(value)};
}

bool PlainEvaluation::test(ExprId id) {
  if (inputs_.failed()) return false;
  const Expr& e = pool_[id];
  switch (e.op) {
    case Op::never:
      return false;
    case Op::always:
      return true;
    case Op::all: {
      for (const ExprId part : pool_.list(e)) {
        if (!test(part)) return false;
      }
      return true;
    }
    case Op::any: {
      for (const ExprId part : pool_.list(e)) {
        if (test(part)) return true;
      }
      return false;
    }
    case Op::negate:
      return !test(ExprId{e.a});
    case Op::exists: {
      const Datum v = value(ExprId{e.a});
      return v.present() && !(v.kind() == Datum::Kind::list && v.as_list().empty());
    }
    case Op::flag: {
      const auto flags = inputs_.live().flags;
      return e.a < flags.size() ? flags[e.a] == 1 : rules_.flags[e.a].on;
    }
    case Op::holds: {
      const Datum v = value(ExprId{e.a});
      return is_number(v) && v.as_number() != 0;
    }
    case Op::in_list:
      return find_row(rules_.lists[e.b].keys, value(ExprId{e.a})).has_value();
    case Op::in_table:
      return find_row(rules_.tables[e.b].keys, value(ExprId{e.a})).has_value();
    case Op::in_dynamic:
      return in_dynamic(e);
    case Op::in_cidr: {
      const Datum v = value(ExprId{e.a});
      return v.kind() == Datum::Kind::address && pool_.prefixes[e.b].contains(v.as_address());
    }
    case Op::in_range: {
      const Datum v = value(ExprId{e.a});
      return is_number(v) && v.as_number() >= pool_.integers[e.b] && v.as_number() <= pool_.integers[e.b + 1];
    }
    case Op::like:
      return bind_template(e);
    case Op::matches:
      return bind_pattern(e);
    case Op::equal:
    case Op::less:
    case Op::less_equal:
    case Op::greater:
    case Op::greater_equal:
    case Op::under:
    case Op::contains:
    case Op::starts_with:
    case Op::ends_with:
      return compare(e);
    default: {
      const Datum v = value(id);
      return is_number(v) && v.as_number() != 0;
    }
  }
}

bool PlainEvaluation::in_dynamic(const Expr& e) {
  const Datum v = value(ExprId{e.a});
  if (!v.present() || e.b >= inputs_.live().lists.size()) return false;
  const KeyKind kind = rules_.dynamic_lists[e.b].kind;
  bool found = false;
  const auto look = [&](std::string_view key, std::int64_t until_us) {
    if (until_us <= inputs_.request().now_us) return;
    if (v.kind() == Datum::Kind::address) {
      const CidrResult prefix = parse_cidr(live_key_text(kind, key));
      found = found || prefix.cidr.contains(v.as_address());
      return;
    }
    for (const std::string_view text : texts_of(v)) found = found || text == key;
  };
  for (const LiveShard* shard : inputs_.live().lists[e.b]->shards()) shard->each(look);
  return found;
}

bool PlainEvaluation::over(LimitId limit, Ledger& ledger) {
  std::optional<bool>& charged = charged_[static_cast<std::size_t>(limit)];
  if (!charged) {
    const std::string key(limit_key(*this, limit));
    if (inputs_.failed()) return false;
    charged = !ledger.take(limit, key);
  }
  return *charged;
}

bool PlainEvaluation::compare(const Expr& e) {
  const Datum left = value(ExprId{e.a});
  const Datum right = value(ExprId{e.b});
  if (!left.present() || !right.present()) return false;
  if (is_number(left) && is_number(right)) {
    const std::int64_t a = left.as_number();
    const std::int64_t b = right.as_number();
    if (e.op == Op::equal) return a == b;
    if (e.op == Op::less) return a < b;
    if (e.op == Op::less_equal) return a <= b;
    if (e.op == Op::greater) return a > b;
    if (e.op == Op::greater_equal) return a >= b;
  }
  if (e.op >= Op::less && e.op <= Op::greater_equal) return false;
  if (e.op == Op::equal && left.kind() == Datum::Kind::address && right.kind() == Datum::Kind::address) {
    return left.as_address() == right.as_address();
  }
  const Type type = pool_[ExprId{e.a}].type;
  for (const std::string_view a : texts_of(left)) {
    for (const std::string_view b : texts_of(right)) {
      if (e.nocase ? compare_texts(e, type, lowered(a), lowered(b)) : compare_texts(e, type, a, b)) return true;
    }
  }
  return false;
}

bool PlainEvaluation::compare_texts(const Expr& e, const Type left_type, std::string_view left,
                                    std::string_view right) const {
  const bool by_labels = left_type == Type::host || left_type == Type::domain;
  switch (e.op) {
    case Op::under:
      return by_mode(left, right, MatchMode::under, by_labels);
    case Op::contains:
      return by_mode(left, right, MatchMode::contains, by_labels);
    case Op::starts_with:
      return by_mode(left, right, MatchMode::starts_with, by_labels);
    case Op::ends_with:
      return by_mode(left, right, MatchMode::ends_with, by_labels);
    default:
      return left == right;
  }
}

bool PlainEvaluation::bind_template(const Expr& e) {
  const Template& pattern = pool_.at(TemplateId{e.b});
  for (const std::string_view text : texts_of(value(ExprId{e.a}))) {
    std::vector<std::string_view> found(pattern.names.size());
    if (!match(pattern, text, e.nocase, found)) continue;
    if (e.c != kNoSlots) std::copy(found.begin(), found.end(), captures_.begin() + e.c);
    return true;
  }
  return false;
}

bool PlainEvaluation::bind_pattern(const Expr& e) {
  const Pattern& pattern = pool_.at(PatternId{e.b});
  for (const std::string_view text : texts_of(value(ExprId{e.a}))) {
    std::vector<std::string_view> found(e.c == kNoSlots ? 0 : pattern.names.size());
    const MatchOutcome outcome = search(pattern, text, found);
    if (outcome == MatchOutcome::failed) inputs_.fail();
    if (outcome == MatchOutcome::failed) return false;
    if (outcome == MatchOutcome::no) continue;
    std::copy(found.begin(), found.end(), captures_.begin() + (found.empty() ? 0 : e.c));
    return true;
  }
  return false;
}

std::optional<std::size_t> PlainEvaluation::find_row(const Keys& keys, const Datum& value) {
  if (!value.present()) return std::nullopt;
  std::optional<std::size_t> best;
  if (value.kind() == Datum::Kind::address && !keys.prefixes.empty()) {
    for (std::size_t row = 0; row < keys.prefixes.size(); ++row) {
      if (!keys.prefixes[row].contains(value.as_address())) continue;
      if (!best || keys.prefixes[row].bits > keys.prefixes[*best].bits) best = row;
    }
    return best;
  }
  if (is_number(value) && !keys.ranges.empty()) {
    const auto holds = [&](const IntRange& range) {
      return range.first <= value.as_number() && value.as_number() <= range.last;
    };
    const auto row = std::find_if(keys.ranges.begin(), keys.ranges.end(), holds);
    if (row == keys.ranges.end()) return std::nullopt;
    return static_cast<std::size_t>(row - keys.ranges.begin());
  }
  for (const std::string_view text : texts_of(value)) {
    if (const auto row = find_text(keys, text)) return row;
  }
  return std::nullopt;
}

std::optional<std::size_t> PlainEvaluation::find_text(const Keys& keys, std::string_view text) {
  for (std::size_t row = 0; row < keys.patterns.size(); ++row) {
    const MatchOutcome outcome = search(pool_.at(keys.patterns[row]), text, {});
    if (outcome == MatchOutcome::failed) inputs_.fail();
    if (outcome == MatchOutcome::yes) return row;
  }
  for (std::size_t row = 0; row < keys.templates.size(); ++row) {
    std::vector<std::string_view> found(pool_.at(keys.templates[row]).names.size());
    if (match(pool_.at(keys.templates[row]), text, keys.nocase, found)) return row;
  }
  const std::string folded = keys.nocase ? lowered(text) : std::string(text);
  const bool by_labels = keys.kind == KeyKind::host || keys.kind == KeyKind::domain;
  std::optional<std::size_t> best;
  std::size_t best_fit = 0;
  for (std::size_t row = 0; row < keys.texts.size(); ++row) {
    const std::string_view key = pool_.strings.view(keys.texts[row]);
    if (keys.kind == KeyKind::domain && keys.mode == MatchMode::exact) {
      const std::size_t fit = domain_fit(folded, key);
      if (fit > best_fit) best = row;
      best_fit = std::max(best_fit, fit);
    } else if (by_mode(folded, key, keys.mode, by_labels)) {
      return row;
    }
  }
  return best;
}

Datum PlainEvaluation::value(ExprId id) {
  if (inputs_.failed()) return {};
  const Expr& e = pool_[id];
  switch (e.op) {
    case Op::text:
      return Datum::text(pool_.strings.view(StrId{e.a}));
    case Op::integer:
      return Datum::number(pool_.integers[e.a]);
    case Op::boolean:
      return Datum::boolean(e.a == 1);
    case Op::address:
      return Datum::address(pool_.addresses[e.a]);
    case Op::field:
      return read_field(static_cast<Field>(e.a), inputs_, pool_.strings.view(StrId{e.b}));
    case Op::capture:
      return Datum::text(captures_[e.a]);
    case Op::let: {
      if (!lets_[e.a]) lets_[e.a] = value(rules_.lets[e.a].value);
      return *lets_[e.a];
    }
    case Op::lookup: {
      const Table& table = rules_.tables[e.a];
      const auto row = find_row(table.keys, value(ExprId{e.b}));
      if (!row) return {};
      if (table.value_type == Type::integer) return Datum::number(table.integers[*row]);
      if (table.value_type == Type::boolean) return Datum::boolean(table.integers[*row] == 1);
      return Datum::text(pool_.strings.view(table.texts[*row]));
    }
    case Op::fallback: {
      for (const ExprId part : pool_.list(e)) {
        const Datum v = value(part);
        if (v.present()) return v;
      }
      return {};
    }
    case Op::concat: {
      std::string joined;
      for (const ExprId part : pool_.list(e)) joined += inputs_.text_of(value(part));
      return Datum::text(inputs_.keep(joined));
    }
    case Op::choose: {
      const auto parts = pool_.list(e);
      std::size_t i = 0;
      for (; i + 1 < parts.size(); i += 2) {
        if (test(parts[i])) return value(parts[i + 1]);
      }
      return i < parts.size() ? value(parts[i]) : Datum{};
    }
    case Op::call: {
      std::vector<Datum> arguments;
      for (const ExprId part : pool_.list(e)) arguments.push_back(value(part));
      return call_function(static_cast<Function>(e.a), inputs_, arguments);
    }
    case Op::score: {
      const auto parts = pool_.list(e);
      Datum sum = Datum::number(0);
      for (std::size_t i = 1; i < parts.size(); i += 2) {
        const bool counts = test(parts[i - 1]);
        if (counts) sum = Datum::number(sum.as_number() + pool_.integers[pool_[parts[i]].a]);
      }
      return inputs_.failed() ? Datum{} : sum;
    }
    case Op::pattern:
      return Datum::pattern(pool_.at(PatternId{e.a}));
    default:
      return Datum::boolean(test(id));
  }
}

}  // namespace sprx
