#include "runtime/decide/evaluate.h"

#include "runtime/decide/compare.h"
#include "runtime/decide/digest.h"
#include "runtime/decide/fields.h"
#include "runtime/decide/functions.h"
#include "runtime/decide/limit_key.h"

namespace sprx {
namespace {

/// Calls `holds` with the text of a present value, or with each element of a list until one holds.
template <typename Holds>
bool any_text(Inputs& inputs, const Datum& value, Holds holds) {
  if (!value.present()) return false;
  if (value.kind() != Datum::Kind::list) return holds(inputs.text_of(value));
  for (const std::string_view element : value.as_list()) {
    if (holds(element)) return true;
  }
  return false;
}

bool is_numeric(const Datum& value) {
  return value.kind() == Datum::Kind::number || value.kind() == Datum::Kind::boolean;
}

}  // namespace

Evaluation::Evaluation(const DecisionTable& table, Inputs& inputs, Scratch::State& state)
    : rules_(table.rules()), pool_(rules_.pool), index_(table.index()), inputs_(inputs), state_(state) {
  ++state_.message;
  ++state_.rule;
  if (state_.captures.size() < rules_.capture_slots) state_.captures.resize(rules_.capture_slots);
  if (state_.charges.size() < rules_.limits.size()) state_.charges.resize(rules_.limits.size());
  if (state_.memo.size() < index_.memo_count) state_.memo.resize(index_.memo_count);
}

// Once a bound is reached nothing more is worked out: what failed is not remembered, and a let that stands twice in the
// next one, which stands twice in the next one, would be tried again and again.
bool Evaluation::test(ExprId id) {
  if (inputs_.failed()) return false;
  const Expr& e = pool_[id];
  if (!may_be_kept(e.op)) return test_now(e);
  const std::uint32_t slot = index_.memo[static_cast<std::size_t>(id)];
  if (slot == kNoMemo) return test_now(e);
  if (state_.memo[slot].stamp == state_.message) return state_.memo[slot].value.as_number() != 0;
  const bool result = test_now(e);
  if (!inputs_.failed()) state_.memo[slot] = {Datum::boolean(result), state_.message};
  return result;
}

Datum Evaluation::value(ExprId id) {
  if (inputs_.failed()) return {};
  const Expr& e = pool_[id];
  if (e.op <= Op::matches) return Datum::boolean(test(id));
  if (!may_be_kept(e.op)) return value_now(e);
  const std::uint32_t slot = index_.memo[static_cast<std::size_t>(id)];
  if (slot == kNoMemo) return value_now(e);
  if (state_.memo[slot].stamp == state_.message) return state_.memo[slot].value;
  const Datum result = value_now(e);
  if (!inputs_.failed()) state_.memo[slot] = {result, state_.message};
  return result;
}

bool Evaluation::test_now(const Expr& e) {
  switch (e.op) {
    case Op::never:
      return false;
    case Op::always:
      return true;
    case Op::all:
      for (const ExprId part : pool_.list(e)) {
        if (!test(part) || inputs_.failed()) return false;
      }
      return true;
    case Op::any:
      for (const ExprId part : pool_.list(e)) {
        if (test(part)) return true;
        if (inputs_.failed()) return false;
      }
      return false;
    case Op::negate:
      return !test(ExprId{e.a});
    case Op::exists: {
      const Datum found = value(ExprId{e.a});
      return found.kind() == Datum::Kind::list ? !found.as_list().empty() : found.present();
    }
    case Op::flag:
      return inputs_.live().flags.empty() ? rules_.flags[e.a].on : inputs_.live().flags[e.a] != 0;
    case Op::holds: {
      const Datum held = value(ExprId{e.a});
      return is_numeric(held) && held.as_number() != 0;
    }
    case Op::equal:
      return equal(e);
    case Op::less:
      return compare_numbers(e, [](auto a, auto b) { return a < b; });
    case Op::less_equal:
      return compare_numbers(e, [](auto a, auto b) { return a <= b; });
    case Op::greater:
      return compare_numbers(e, [](auto a, auto b) { return a > b; });
    case Op::greater_equal:
      return compare_numbers(e, [](auto a, auto b) { return a >= b; });
    case Op::in_list:
      return in_list(e);
    case Op::in_table:
      return in_table(e);
    case Op::in_dynamic:
      return in_dynamic(e);
    case Op::in_cidr: {
      const Datum address = value(ExprId{e.a});
      return address.kind() == Datum::Kind::address && pool_.prefixes[e.b].contains(address.as_address());
    }
    case Op::in_range: {
      const Datum number = value(ExprId{e.a});
      return is_numeric(number) && pool_.integers[e.b] <= number.as_number() &&
             number.as_number() <= pool_.integers[e.b + 1];
    }
    case Op::under: {
      const Type type = pool_[ExprId{e.a}].type;
      const StepOrder order = type == Type::host || type == Type::domain ? StepOrder::host : StepOrder::path;
      return compare_texts(e, [&](auto a, auto b) { return text_under(a, b, order, e.nocase); });
    }
    case Op::contains:
      return compare_texts(e, [&](auto a, auto b) { return text_contains(a, b, e.nocase); });
    case Op::starts_with:
      return compare_texts(e, [&](auto a, auto b) { return text_starts_with(a, b, e.nocase); });
    case Op::ends_with:
      return compare_texts(e, [&](auto a, auto b) { return text_ends_with(a, b, e.nocase); });
    case Op::like:
      return like(e);
    case Op::matches:
      return matches(e);
    default: {
      const Datum held = value_now(e);
      return is_numeric(held) && held.as_number() != 0;
    }
  }
}

Datum Evaluation::value_now(const Expr& e) {
  switch (e.op) {
    case Op::text:
      return Datum::text(pool_.strings.view(StrId{e.a}));
    case Op::integer:
      return Datum::number(pool_.integers[e.a]);
    case Op::boolean:
      return Datum::boolean(e.a != 0);
    case Op::address:
      return Datum::address(pool_.addresses[e.a]);
    case Op::field:
      return read_field(static_cast<Field>(e.a), inputs_, pool_.strings.view(StrId{e.b}));
    case Op::capture: {
      const Scratch::State::Capture& capture = state_.captures[e.a];
      return Datum::text(capture.stamp == state_.rule ? capture.text : std::string_view("", 0));
    }
    case Op::let:
      return value(rules_.lets[e.a].value);
    case Op::lookup:
      return lookup(e);
    case Op::fallback:
      for (const ExprId part : pool_.list(e)) {
        if (const Datum found = value(part); found.present() || inputs_.failed()) return found;
      }
      return {};
    case Op::concat:
      return concat(e);
    case Op::choose:
      return choose(e);
    case Op::call:
      return call(e);
    case Op::score:
      return score(e);
    case Op::pattern:
      return Datum::pattern(pool_.at(PatternId{e.a}));
    default:
      return Datum::boolean(test_now(e));
  }
}

template <typename Compare>
bool Evaluation::compare_texts(const Expr& e, Compare compare) {
  const Datum left = value(ExprId{e.a});
  if (!left.present()) return false;
  const Datum right = value(ExprId{e.b});
  return any_text(inputs_, right, [&](std::string_view b) {
    return any_text(inputs_, left, [&](std::string_view a) { return compare(a, b); });
  });
}

template <typename Compare>
bool Evaluation::compare_numbers(const Expr& e, Compare compare) {
  const Datum left = value(ExprId{e.a});
  const Datum right = value(ExprId{e.b});
  return is_numeric(left) && is_numeric(right) && compare(left.as_number(), right.as_number());
}

bool Evaluation::equal(const Expr& e) {
  const Datum left = value(ExprId{e.a});
  if (!left.present()) return false;
  const Datum right = value(ExprId{e.b});
  if (!right.present()) return false;
  if (is_numeric(left) && is_numeric(right)) return left.as_number() == right.as_number();
  if (left.kind() == Datum::Kind::address && right.kind() == Datum::Kind::address) {
    return left.as_address() == right.as_address();
  }
  const bool secret = made_of_digest(rules_, ExprId{e.a}) || made_of_digest(rules_, ExprId{e.b});
  return any_text(inputs_, right, [&](std::string_view b) {
    return any_text(inputs_, left, [&](std::string_view a) {
      return secret ? digests_equal(a, b, e.nocase) : text_equal(a, b, e.nocase);
    });
  });
}

std::uint32_t Evaluation::find_row(const KeyLookup& lookup, const Keys& keys, const Datum& value) {
  if (!value.present()) return kNoRow;
  if (!keys.prefixes.empty()) return value.kind() == Datum::Kind::address ? lookup.find(value.as_address()) : kNoRow;
  if (!keys.ranges.empty()) return is_numeric(value) ? lookup.find(value.as_number()) : kNoRow;
  std::uint32_t row = kNoRow;
  any_text(inputs_, value, [&](std::string_view text) {
    row = lookup.find(pool_, keys, text);
    return row != kNoRow;
  });
  if (row == kRowFailed) {
    inputs_.fail();
    row = kNoRow;
  }
  return row;
}

bool Evaluation::in_list(const Expr& e) {
  return find_row(index_.lists[e.b], rules_.lists[e.b].keys, value(ExprId{e.a})) != kNoRow;
}

bool Evaluation::in_table(const Expr& e) {
  return find_row(index_.tables[e.b], rules_.tables[e.b].keys, value(ExprId{e.a})) != kNoRow;
}

bool Evaluation::in_dynamic(const Expr& e) {
  const LiveView& live = inputs_.live();
  if (live.lists.empty()) return false;
  const LiveKeys& keys = *live.lists[e.b];
  const Datum key = value(ExprId{e.a});
  const std::int64_t now = inputs_.request().now_us;
  if (key.kind() == Datum::Kind::address) return keys.holds(key.as_address(), rules_.dynamic_lists[e.b].kind, now);
  return any_text(inputs_, key, [&](std::string_view text) { return keys.holds(text, now); });
}

bool Evaluation::over(LimitId limit, Ledger& ledger) {
  Scratch::State::Charge& charge = state_.charges[static_cast<std::size_t>(limit)];
  if (charge.stamp == state_.message) return charge.over;
  const std::string_view key = limit_key(*this, limit);
  if (inputs_.failed()) return false;
  charge = {state_.message, !ledger.take(limit, key)};
  return charge.over;
}

Datum Evaluation::lookup(const Expr& e) {
  const Table& table = rules_.tables[e.a];
  const std::uint32_t row = find_row(index_.tables[e.a], table.keys, value(ExprId{e.b}));
  if (row == kNoRow) return {};
  if (table.value_type == Type::integer) return Datum::number(table.integers[row]);
  if (table.value_type == Type::boolean) return Datum::boolean(table.integers[row] != 0);
  return Datum::text(pool_.strings.view(table.texts[row]));
}

std::span<std::string_view> Evaluation::match_room(std::size_t count) {
  if (state_.match_room.size() < count) state_.match_room.resize(count);
  return std::span(state_.match_room).first(count);
}

void Evaluation::bind(std::uint32_t first, std::size_t count) {
  if (first == kNoSlots) return;
  for (std::size_t i = 0; i < count; ++i) state_.captures[first + i] = {state_.match_room[i], state_.rule};
}

bool Evaluation::like(const Expr& e) {
  const Template& pattern = pool_.at(TemplateId{e.b});
  const Datum left = value(ExprId{e.a});
  const auto room = match_room(pattern.names.size());
  const bool matched =
      any_text(inputs_, left, [&](std::string_view text) { return match(pattern, text, e.nocase, room); });
  if (matched) bind(e.c, room.size());
  return matched;
}

bool Evaluation::matches(const Expr& e) {
  const Pattern& pattern = pool_.at(PatternId{e.b});
  const Datum left = value(ExprId{e.a});
  const auto room = e.c == kNoSlots ? std::span<std::string_view>{} : match_room(pattern.names.size());
  const bool matched = any_text(inputs_, left, [&](std::string_view text) {
    const MatchOutcome outcome = search(pattern, text, room);
    if (outcome == MatchOutcome::failed) inputs_.fail();
    return outcome != MatchOutcome::no;
  });
  if (inputs_.failed()) return false;
  if (matched) bind(e.c, room.size());
  return matched;
}

Datum Evaluation::choose(const Expr& e) {
  const auto parts = pool_.list(e);
  for (std::size_t i = 0; i + 1 < parts.size(); i += 2) {
    if (test(parts[i])) return value(parts[i + 1]);
    if (inputs_.failed()) return {};
  }
  return parts.size() % 2 == 1 ? value(parts.back()) : Datum{};
}

Datum Evaluation::score(const Expr& e) {
  const auto parts = pool_.list(e);
  std::int64_t sum = 0;
  for (std::size_t i = 0; i + 1 < parts.size(); i += 2) {
    if (test(parts[i])) sum += value(parts[i + 1]).as_number();
    if (inputs_.failed()) return {};
  }
  return Datum::number(sum);
}

Datum Evaluation::concat(const Expr& e) {
  const auto parts = pool_.list(e);
  const std::span<Datum> values = inputs_.arena().array<Datum>(parts.size());
  for (std::size_t i = 0; i < parts.size(); ++i) values[i] = value(parts[i]);
  std::string& out = inputs_.buffer();
  for (const Datum& part : values) {
    Inputs::append_text(part, out);
    if (out.size() > kMaxMadeText) {
      inputs_.fail();
      return {};
    }
  }
  return Datum::text(inputs_.keep(out));
}

Datum Evaluation::call(const Expr& e) {
  const auto parts = pool_.list(e);
  const std::span<Datum> arguments = inputs_.arena().array<Datum>(parts.size());
  for (std::size_t i = 0; i < parts.size(); ++i) arguments[i] = value(parts[i]);
  if (inputs_.failed()) return {};
  return call_function(static_cast<Function>(e.a), inputs_, arguments);
}

}  // namespace sprx
