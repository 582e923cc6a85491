// What the platform and traffic change while a table is in use: flags, dynamic lists and rate limits as they are
// declared, and the guards of rules that ask limits and the clock. What they hold at a moment is the runtime's.
#pragma once

#include <cstdint>
#include <limits>

#include "compiler/table/expr.h"
#include "compiler/table/lists.h"

namespace sprx {

/// `flag NAME = on|off;`
struct Flag {
  StrId name = kNoStr;
  bool on = false;  ///< until a message says otherwise
};

/// `dynamic list NAME: TYPE { ttl …; max …; }`. Kinds: string, path, host, ip, cidr.
struct DynamicList {
  StrId name = kNoStr;  ///< full name
  KeyKind kind = KeyKind::ip;
  std::int64_t ttl_us = 0;  ///< of a key that is put in without a time; microseconds
  std::uint32_t max = 0;    ///< keys at a time; past it the one that expires soonest goes
};

/// `limit NAME { … }`: a bucket of tokens for each key.
struct Limit {
  StrId name = kNoStr;
  std::uint32_t first_key = 0;  ///< what the key is made of: RuleSet::limit_keys[first_key, +key_count)
  std::uint32_t key_count = 0;  ///< 0: one bucket for everybody
  std::int64_t count = 1;       ///< so many tokens …
  std::int64_t period_us = 1;   ///< … in so many microseconds flow into a bucket
  std::int64_t burst = 1;       ///< tokens that a full bucket holds
  std::int64_t penalty_us = 0;  ///< a key that found no token gets none for so long; 0 for none
  std::uint32_t max = 0;        ///< keys at a time
};

/// What a rule asks besides its condition, in the order in which it is asked: the window before the condition, the
/// limit after it.
struct Guard {
  std::int64_t since_us = std::numeric_limits<std::int64_t>::min();  ///< matches from this time on …
  std::int64_t until_us = std::numeric_limits<std::int64_t>::max();  ///< … and before this one
  LimitId over = kNoLimit;                                           ///< matches only where this had no token left
  bool dry_run = false;                                              ///< noted, but does nothing
};

/// `ban LIST VALUE for 10m;`
struct Ban {
  DynamicListId list{};
  ExprId key = kNoExpr;
  std::int64_t for_us = 0;
};

}  // namespace sprx
