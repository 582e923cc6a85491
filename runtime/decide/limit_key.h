// The key of a limit as bytes: values of different kinds, and values side by side, never run into each other.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "compiler/table/rules.h"
#include "runtime/decide/datum.h"
#include "runtime/decide/inputs.h"

namespace sprx {

/// Appends one part. An absent value is a part of its own; an IPv6 address stands for its /64, which is what one
/// customer of a network has.
void append_limit_key(const Datum& value, std::string& out);

/// The key that `limit` has for the message that `evaluator` looks at. The text is in the evaluator's buffer: use it at
/// once.
template <typename Evaluator>
std::string_view limit_key(Evaluator& evaluator, LimitId id) {
  const RuleSet& rules = evaluator.rules();
  const Limit& limit = rules.limits[static_cast<std::size_t>(id)];
  Inputs& inputs = evaluator.inputs();
  // All values first: working one out may use the buffer too.
  const std::span<Datum> values = inputs.arena().template array<Datum>(limit.key_count);
  for (std::uint32_t i = 0; i < limit.key_count; ++i)
    values[i] = evaluator.value(rules.limit_keys[limit.first_key + i]);
  std::string& key = inputs.buffer();
  for (const Datum& value : values) append_limit_key(value, key);
  return key;
}

}  // namespace sprx
