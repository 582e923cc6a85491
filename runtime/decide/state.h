// Scratch::State: the working memory of evaluations. Nothing in it is cleared between messages; stamps say what is
// current.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/decide/datum.h"
#include "runtime/decide/decide.h"

namespace sprx {

struct Scratch::State {
  struct Capture {
    std::string_view text;
    std::uint64_t stamp = 0;
  };
  struct Memo {
    Datum value;
    std::uint64_t stamp = 0;
  };
  std::uint64_t message = 0;      ///< stamp of the current phase of a message
  std::uint64_t rule = 0;         ///< stamp of the rule that is being evaluated
  std::vector<Capture> captures;  ///< by slot
  std::vector<Memo> memo;         ///< by TableIndex::memo
  struct Charge {
    std::uint64_t stamp = 0;
    bool over = false;
  };
  std::vector<Charge> charges;          ///< by LimitId: what it said for the current message
  std::vector<std::uint64_t> found;     ///< by rule: the message it was last found for
  std::vector<std::uint64_t> literals;  ///< by literal of the access index: the message it was last seen in
  std::vector<std::uint32_t> candidates;
  std::vector<std::string_view> match_room;  ///< captures of the match that is being tried
  std::string buffer;
  std::uint64_t tried = 0;  ///< rules whose condition the last decision evaluated
};

}  // namespace sprx
